"""Look at a house from inside one of its processes, and say what is not well and what to do."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

from django.db import Error

from ethicsdesk.doctor.databases import PLACES, database
from ethicsdesk.doctor.findings import Finding, State, bad, warn
from ethicsdesk.doctor.running import (
    broker,
    clocks,
    erasures,
    ledger,
    limits,
    outbox,
    people,
    sweep,
)
from ethicsdesk.doctor.site import cleaning, configuration, key_files

__all__ = [
    "PLACES",
    "Finding",
    "State",
    "bad",
    "broker",
    "cleaning",
    "clocks",
    "configuration",
    "database",
    "erasures",
    "examine",
    "key_files",
    "ledger",
    "limits",
    "outbox",
    "people",
    "sweep",
]

Looks = Callable[[datetime], Iterable[Finding]]


def examine(now: Callable[[], datetime]) -> Iterator[Finding]:
    """Yield every finding; what needs a database that does not answer is left out, and said so."""
    yield from configuration()
    yield from key_files()
    yield from cleaning()
    standing = True
    for alias in PLACES:
        findings = list(database(alias))
        standing = standing and all(one.state != State.BAD for one in findings)
        yield from findings
    yield from broker()
    yield from limits()
    if not standing:
        yield warn("The rest was not looked at", "put the databases right first, then ask again.")
        return
    moment = now()
    looks: list[Looks] = [sweep, clocks, outbox, ledger, erasures, people]
    for look in looks:
        try:
            yield from look(moment)
        except Error as error:
            said = str(error).strip().splitlines()[0]
            yield bad(
                f"The database refused to be asked ({said})", "run `./desk manage grant_roles`."
            )
