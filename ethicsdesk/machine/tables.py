"""The tables of houses for tests: made by the migrations once, then restored until they change."""

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from secrets import token_hex

from ethicsdesk.machine import accounts, programs, schema
from ethicsdesk.machine.house import python
from ethicsdesk.machine.processes import Process
from ethicsdesk.machine.running import Place, finish
from ethicsdesk.machine.state import ROOT

KEPT = ROOT / ".venv" / "tables"
# What lies in these decides what is done with tables, never how they are made.
APART = {"actions", "demo", "desk", "forms", "intake", "reports", "serializers", "views"}


def make(places: Sequence[Place]) -> None:
    """Make the tables of houses that have none, side by side; each has servers of its own."""
    kept = KEPT / schema.fingerprint(code())
    if not kept.exists():
        first, *places = places
        _finish("preparing the database", [_migrated(first)])
        _keep(first, kept)
    _finish("restoring the tables", [step for place in places for step in _restored(place, kept)])


def migrate(places: Sequence[Place]) -> None:
    """Make the tables in servers that were given to us, where nothing may be restored."""
    _finish("preparing the database", [_migrated(place) for place in places])


def code() -> Iterator[Path]:
    """Yield every module that may decide how tables and grants are made."""
    for path in schema.code():
        if APART.isdisjoint(path.relative_to(ROOT).parts):
            yield path


def _migrated(place: Place) -> Process:
    return place.begin(python("-m", "ethicsdesk.machine.prepare", "schema"), "owner")


def _keep(place: Place, kept: Path) -> None:
    """Keep what the migrations made, in the place of what older code had made."""
    shutil.rmtree(KEPT, ignore_errors=True)
    half = kept.with_name(f".{token_hex(4)}")
    half.mkdir(parents=True)
    dump = [_program("pg_dump"), "--format=custom"]
    steps = [
        place.begin([*dump, f"--file={half / name}", f"--dbname={url}"], "owner")
        for name, url in _databases(place)
    ]
    _finish("keeping the tables", steps)
    half.replace(kept)


def _restored(place: Place, kept: Path) -> Iterator[Process]:
    restore = _program("pg_restore")
    strictly = ("--clean", "--if-exists", "--exit-on-error", "--single-transaction")
    for name, url in _databases(place):
        yield place.begin([restore, *strictly, f"--dbname={url}", str(kept / name)], "owner")


def _databases(place: Place) -> Iterator[tuple[str, str]]:
    yield "main", place.addresses.main.url
    yield "keystore", place.addresses.keystore.url


def _program(name: str) -> str:
    return str(programs.postgres(accounts.service()) / name)


def _finish(what: str, steps: Sequence[Process]) -> None:
    try:
        for step in steps:
            finish(what, step)
    finally:
        for step in steps:
            step.kill()
