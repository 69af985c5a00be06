"""The OpenAPI document is true: every operation and every answer it names, as we answer them."""

import io
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import Client
from drf_spectacular.validation import validate_schema
from jsonschema import Draft202012Validator
from jsonschema.validators import validator_for

from audits import actions as audits
from ethicsdesk.openapi import described, operations
from ledger import actions as ledger
from ledger.rules import SYSTEM
from people.middleware import act_as
from people.rules import Scope
from tests.api.conftest import Program, concern
from tests.audits.conftest import QUARTER, SEEN, file_many
from tests.conftest import BecomeProcess
from tests.world import World

DOCUMENT = described()
OPERATIONS = {
    operation["operationId"]: (path, method, operation)
    for path, method, operation in operations(DOCUMENT)
}
# These cannot be brought about from outside at will; test_refusals breaks things to see them.
UNASKED = {"409", "500", "503"}
# None of our members takes any of these.
WRONG_TYPES: tuple[object, ...] = (None, 7, [[]])


class Site:
    """A site with one of everything, and what its operations are asked with."""

    def __init__(self, world: World, process: BecomeProcess) -> None:
        self.world = world
        self.report = ""
        self._process = process
        self.program = Program(world, list(Scope))
        self.stranger = Program(world, [])
        self.stranger.token = ""
        self.powerless = Program(world, [])
        found, self.receipt = world.file(unit=world.unit)
        world.file()
        act_as(world["olga"])
        self.case = world.triage(found)
        self.before_any_checkpoint = self.asked("get_latest_checkpoint")
        with process("worker"):
            ledger.seal(now=world.now + timedelta(days=1))

    def release(self) -> "Site":
        """Let a worker count what was filed, release it, and produce a report of it."""
        file_many(self.world, 6)
        with self._process("worker"):
            ledger.seal(now=SEEN)
            audits.fold_and_release(now=SEEN)
        self.report = str(audits.ask_for_report(QUARTER, by=SYSTEM, now=SEEN).pk)
        with self._process("worker"):
            audits.produce(now=SEEN)
        return self

    def path(self, name: str) -> str:
        path = OPERATIONS[name][0].removeprefix("/api/v1/")
        named = {"{ref}": self.case.ref, "{report}": self.report, "{form}": "json"}
        for parameter, value in named.items():
            path = path.replace(parameter, value)
        return path + QUERIES.get(name, "")

    def body(self, name: str) -> dict[str, Any]:
        return BODIES[name](self)

    def asked(self, name: str, who: Program | None = None, **headers: str) -> Any:
        """Ask an operation as it should be asked."""
        who = who or (self.program if "security" in OPERATIONS[name][2] else self.stranger)
        if name in BODIES:
            return who.post(self.path(name), self.body(name), **headers)
        return who.get(self.path(name), None, **headers)


BODIES: dict[str, Callable[[Site], dict[str, Any]]] = {
    "file_concern": lambda _: concern(unit="field", about="Nobody", exclude=["otto"]),
    "open_receipt": lambda site: {"receipt": str(site.receipt)},
    "write_message": lambda site: {"receipt": str(site.receipt), "body": "The 15th."},
    "ask_for_report": lambda _: {"period": QUARTER},
}
QUERIES = {"read_figures": f"?period={QUARTER}"}
OF_AUDITS = {"read_figures", "list_reports", "ask_for_report", "read_report", "download_report"}


@pytest.fixture
def site(world: World, process: BecomeProcess, request: pytest.FixtureRequest) -> Site:
    name = getattr(request.node, "callspec", None)
    found = Site(world, process)
    return found.release() if name and name.params.get("name") in OF_AUDITS else found


def resolved(node: dict[str, Any]) -> dict[str, Any]:
    """Return what a reference leads to."""
    while "$ref" in node:
        found: Any = DOCUMENT
        for part in node["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        node = found
    return node


def wrong_with(schema: dict[str, Any], value: object) -> list[str]:
    """Return what the document says against a value."""
    whole = {**schema, "components": DOCUMENT["components"]}
    check = Draft202012Validator(whole, format_checker=Draft202012Validator.FORMAT_CHECKER)
    return [f"{error.json_path}: {error.message}" for error in check.iter_errors(value)]


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


def test_the_document_is_served_to_anybody(db: None) -> None:
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
