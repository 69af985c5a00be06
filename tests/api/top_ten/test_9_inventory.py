"""API9:2023 Improper Inventory Management: what answers is documented."""

import re

import pytest
from django.test import Client
from django.urls import URLResolver, get_resolver

from tests.api.site import DOCUMENT, OPERATIONS

pytestmark = pytest.mark.req("API-1")
# the document, the page that shows it, and what answers for every other address
ABOUT = {"/api/v1/", "/api/v1/openapi.json"}


def addresses(resolver: URLResolver, before: str = "/") -> list[str]:
    """Return every address below a prefix, with its places as the document writes them."""
    found = []
    for pattern in resolver.url_patterns:
        whole = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            found += addresses(pattern, whole)
        elif "^" not in whole:
            found.append(re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", whole))
    return found


def test_the_document_names_every_address_that_answers() -> None:
    answering = {one for one in addresses(get_resolver()) if one.startswith("/api/")}
    catch_all = {one for one in answering if one.endswith("{rest}")}
    assert answering - ABOUT - catch_all == {path for path, _, _ in OPERATIONS.values()}


@pytest.mark.parametrize(
    "path",
    ["/api/", "/api/v0/", "/api/v2/cases/", "/api/v1/admin/", "/api/v1/debug/", "/api/internal/",
     "/admin/", "/api/v1/swagger.json", "/api/v1/schema/", "/graphql", "/api/v1/users/", "/.env",
     "/api/v1/metrics", "/.git/config", "/__debug__/"],
)  # fmt: skip
def test_no_other_version_and_no_forgotten_door_answers(db: None, path: str) -> None:
    assert Client().get(path).status_code == 404


def test_the_document_names_its_version_and_one_server() -> None:
    assert DOCUMENT["info"]["version"] == "1"
    assert len(DOCUMENT["servers"]) == 1
    assert {path.split("/")[2] for path in DOCUMENT["paths"]} == {"v1"}


def test_an_operation_that_is_to_go_says_so() -> None:
    for name, (_, _, operation) in OPERATIONS.items():
        assert not operation.get("deprecated"), f"{name}: name the day on which it ends"
