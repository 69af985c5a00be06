"""The OpenAPI document is true: every operation and every answer it names, as we answer them."""

import io
import json
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import Client
from drf_spectacular.validation import validate_schema
from jsonschema import Draft202012Validator
from jsonschema.validators import validator_for

from people.rules import Scope
from tests.api.site import BODIES, DOCUMENT, OPERATIONS, Site, resolved, wrong_with

# These cannot be brought about from outside at will; test_refusals breaks things to see them, and
# test_limits empties the budgets of the door.
UNASKED = {"409", "429", "500", "503"}
# None of our members takes any of these.
WRONG_TYPES: tuple[object, ...] = (None, 7, [[]])


def assert_documented(name: str, response: Any) -> str:
    """Assert that the document names this answer, and that the answer has the shape it gives."""
    answers = OPERATIONS[name][2]["responses"]
    status = str(response.status_code)
    assert status in answers, f"{name} answered {status}: {response.content!r}"
    content = resolved(answers[status])["content"]
    kind = response["Content-Type"].partition(";")[0]
    assert kind in content, f"{name} answered {kind}"
    if content[kind]["schema"].get("format") == "binary":
        return status
    value: object = response.content.decode() if kind == "text/plain" else response.json()
    assert not wrong_with(content[kind]["schema"], value), name
    return status


@pytest.mark.req("API-1")
def test_the_document_is_valid_and_made_without_a_warning() -> None:
    validate_schema(DOCUMENT)  # type: ignore[no-untyped-call] # untyped
    Draft202012Validator.check_schema(DOCUMENT["components"]["schemas"]["Problem"])
    assert validator_for(DOCUMENT) is not None
    call_command("spectacular", "--validate", "--fail-on-warn", stdout=io.StringIO())


@pytest.mark.req("API-1")
@pytest.mark.parametrize("name", ["Clock", "Path", "Rung", "Standard", "Calendar", "CalendarDay"])
def test_every_member_of_what_runs_in_time_says_what_it_is(name: str) -> None:
    members = DOCUMENT["components"]["schemas"][name]["properties"]
    assert [one for one, shape in members.items() if not shape.get("description")] == []


def test_the_document_is_served_to_anybody(site: Site) -> None:
    response = Client().get("/api/v1/openapi.json")
    assert response["Content-Type"] == "application/json"
    assert response.json() == DOCUMENT
    assert response.json()["openapi"].startswith("3.1")
    assert Client().post("/api/v1/openapi.json").status_code == 405


@pytest.mark.req("API-1")
@pytest.mark.parametrize("name", OPERATIONS)
def test_every_operation_answers_what_the_document_says(site: Site, name: str) -> None:
    status = assert_documented(name, site.asked(name))
    assert status in {"200", "201"}


@pytest.mark.req("API-1")
@pytest.mark.parametrize("name", OPERATIONS)
def test_every_refusal_of_the_document_can_be_had_and_has_its_shape(site: Site, name: str) -> None:
    seen = {assert_documented(name, response) for response in refusals(site, name)}
    named = {code for code in OPERATIONS[name][2]["responses"] if code >= "400"}
    assert seen - UNASKED == named - UNASKED


def refusals(site: Site, name: str) -> list[Any]:
    """Bring about every refusal that an operation can have."""
    path, (_, _, operation) = site.path(name), OPERATIONS[name]
    found = [site.asked(name, Accept="image/png")]
    if "security" in operation:
        found += [site.asked(name, site.stranger), site.asked(name, site.powerless)]
    if "{ref}" in OPERATIONS[name][0]:
        found.append(site.program.get(path.replace(site.case.ref, "2026-9999")))
    elif "{report}" in OPERATIONS[name][0]:
        found.append(site.program.get(path.replace(site.report, str(uuid4()))))
    elif "{code}" in OPERATIONS[name][0]:
        found.append(site.program.get(path.replace("office", "nowhere")))
        found.append(site.program.get(path, {"page_size": "0"}))
    elif name not in BODIES and "400" in operation["responses"]:
        found.append(site.program.get(path, {"page_size": "0"}))
    if name in BODIES:
        found += wrong_bodies(site, name)
    return found + (EXTRA[name](site) if name in EXTRA else [])


def wrong_bodies(site: Site, name: str) -> list[Any]:
    path, who = site.path(name), site.program
    huge = " " * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)
    found = [
        who.post(path, {}),
        who.send("POST", path, "{"),
        who.send("POST", path, huge),
        who.send("POST", path, "x", content_type="text/plain"),
    ]
    if "422" in OPERATIONS[name][2]["responses"]:
        site.asked(name, Idempotency_Key="k")
        text = ({"narrative", "body", "period"} & site.body(name).keys()).pop()
        other = {**site.body(name), text: "2025"}
        found.append(who.post(path, other, Idempotency_Key="k"))
    return found


def unknown_receipt(name: str) -> Callable[[Site], list[Any]]:
    return lambda site: [site.stranger.post(site.path(name), {**site.body(name), "receipt": "0"})]


EXTRA: dict[str, Callable[[Site], list[Any]]] = {
    "open_receipt": unknown_receipt("open_receipt"),
    "write_message": unknown_receipt("write_message"),
    "see_readers": unknown_receipt("see_readers"),
    "exclude_readers": unknown_receipt("exclude_readers"),
    "read_figures": lambda site: [site.program.get("figures/", {"period": "tea"})],
    "get_latest_checkpoint": lambda site: [site.before_any_checkpoint],
}


@pytest.mark.req("API-1")
@pytest.mark.parametrize("name", BODIES)
def test_a_body_is_taken_as_the_document_says_and_not_otherwise(site: Site, name: str) -> None:
    """What misses a required member, has an unknown one, or one of a wrong type is refused."""
    schema = OPERATIONS[name][2]["requestBody"]["content"]["application/json"]["schema"]
    shape, body = resolved(schema), site.body(name)
    assert not wrong_with(schema, body)
    assert shape["additionalProperties"] is False
    wrong = [{key: body[key] for key in body if key != gone} for gone in shape["required"]]
    wrong += [{**body, key: value} for key in shape["properties"] for value in WRONG_TYPES]
    wrong += [{**body, "unheard_of": 1}]
    for one in wrong:
        assert wrong_with(schema, one), one
        assert assert_documented(name, site.program.post(site.path(name), one)) == "400", one


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_example_has_the_shape_that_it_is_an_example_of(name: str) -> None:
    _, _, operation = OPERATIONS[name]
    shown = [operation.get("requestBody", {})]
    shown += [resolved(answer) for answer in operation["responses"].values()]
    for place in shown:
        for media in place.get("content", {}).values():
            examples = [one["value"] for one in media.get("examples", {}).values()]
            examples += [media["example"]] if "example" in media else []
            for example in examples:
                assert not wrong_with(media["schema"], example), json.dumps(example)


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_operation_says_what_it_is_for_and_what_it_needs(name: str) -> None:
    path, method, operation = OPERATIONS[name]
    assert operation["summary"]
    assert operation["description"]
    assert operation["tags"]
    scopes = [scope for one in operation.get("security", []) for scope in one["bearer"]]
    assert all(scope in Scope.values for scope in scopes)
    assert scopes or path.startswith("/api/v1/receipts/")
    headers = [one["name"] for one in operation.get("parameters", []) if one["in"] == "header"]
    assert ("Idempotency-Key" in headers) == ("201" in operation["responses"])
    assert method in {"get", "post"}


def test_the_filed_examples_are_taken(site: Site) -> None:
    media = OPERATIONS["file_concern"][2]["requestBody"]["content"]["application/json"]
    for example in media["examples"].values():
        assert site.program.post("concerns/", example["value"]).status_code == 201
