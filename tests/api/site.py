"""A site with one of everything, and the operations of the OpenAPI document to ask it with."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from jsonschema import Draft202012Validator

from audits import actions as audits
from ethicsdesk.openapi import described, operations
from ledger import actions as ledger
from ledger.rules import SYSTEM
from people.middleware import act_as
from people.rules import Scope
from tests.api.program import Program, concern
from tests.audits.conftest import QUARTER, SEEN, file_many
from tests.conftest import BecomeProcess
from tests.world import World

DOCUMENT = described()
OPERATIONS = {
    operation["operationId"]: (path, method, operation)
    for path, method, operation in operations(DOCUMENT)
}


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
        named = {
            "{ref}": self.case.ref,
            "{code}": "office",
            "{report}": self.report,
            "{form}": "json",
        }
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
    "ask_readers": lambda _: {"narrative": "Olga Example signed it.", "exclude": ["otto"]},
    "see_readers": lambda site: {"receipt": str(site.receipt), "body": "Olga Example signed it."},
    "exclude_readers": lambda site: {
        "receipt": str(site.receipt),
        "exclude": [str(site.world["otto"].pk)],
    },
    "write_message": lambda site: {"receipt": str(site.receipt), "body": "The 15th."},
    "ask_for_report": lambda _: {"period": QUARTER},
}
QUERIES = {"read_figures": f"?period={QUARTER}"}
OF_AUDITS = {"read_figures", "list_reports", "ask_for_report", "read_report", "download_report"}


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
