"""API5:2023 Broken Function Level Authorization: a scope opens what the document says, no more."""

from functools import cache
from itertools import product
from typing import Any

import pytest

from people.rules import Scope
from tests.api.program import Program, is_problem
from tests.api.site import OPERATIONS, Site

pytestmark = pytest.mark.req("SEC-2")
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "OPTIONS", "CONNECT", "PURGE")


@cache
def needed(name: str) -> str:
    """Return the scope that the document names for an operation."""
    found: Any = OPERATIONS[name][2].get("security", [{}])[0].get("bearer", [""])
    assert len(found) == 1
    return str(found[0])


CLOSED = [name for name in OPERATIONS if "security" in OPERATIONS[name][2]]


def test_every_other_scope_together_does_not_open_it(site: Site) -> None:
    site.release()
    for name in CLOSED:
        others = Program(site.world, [scope for scope in Scope if scope != needed(name)])
        assert needed(name) in is_problem(site.asked(name, others), 403)["detail"], name


def test_its_own_scope_alone_opens_it(site: Site) -> None:
    site.release()
    for name in CLOSED:
        alone = Program(site.world, [Scope(needed(name))])
        assert site.asked(name, alone).status_code in {200, 201, 202}, name


def test_a_method_that_is_not_in_the_document_is_refused_even_to_who_may_all(site: Site) -> None:
    named = {(path, verb.upper()) for path, verb, _ in OPERATIONS.values()}
    for path, method in product({path for path, _ in named}, METHODS):
        if (path, method) in named:
            continue
        short = path.removeprefix("/api/v1/").replace("{ref}", site.case.ref)
        short = short.replace("{report}", "0" * 32).replace("{form}", "json")
        assert site.program.send(method, short, "{}").status_code in {404, 405}, f"{method} {path}"


def test_the_method_cannot_be_smuggled_in(site: Site) -> None:
    for header in ("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"):
        answer = site.program.get("cases/", None, **{header.replace("-", "_"): "DELETE"})
        assert answer.status_code == 200


def test_no_program_reaches_the_pages_of_people(site: Site) -> None:
    for page in ("/desk/", "/insight/", "/setup/", "/staff/", f"/desk/cases/{site.case.ref}/"):
        answer = site.program.ask_page(page)
        assert answer.status_code == 302
        assert answer["Location"].startswith("/sign-in/")
