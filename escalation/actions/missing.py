"""Start the clocks of what was there before their kinds were known: once, after an upgrade."""

import logging
import time
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from uuid import UUID

from escalation.actions import batches
from escalation.actions.alarms import HELD
from escalation.actions.clocks import clocks_for
from escalation.duties import REGISTRY, Missing
from escalation.models import Calendar, Clock, Standard
from ledger import actions as ledger
from ledger.actions import Act
from ledger.rules import SYSTEM
from ledger.verbs import Verb

log = logging.getLogger("ethicsdesk.sweep")
# what was not started: the kind of clock, and of its subject, and which one that is
Left = set[tuple[str, str, UUID]]
BATCH = 500
# an act of a person takes moments: what they hold is come back to for so long, in seconds
PATIENCE, BETWEEN = 30.0, 0.5


def start_missing(*, now: datetime, batch: int = BATCH, patience: float = PATIENCE) -> int:
    """Start every clock that should run and never did; return how many.

    They count from now: nobody knew of them, so nothing is late on the day of an upgrade. What ran
    once is never started again. A transaction a batch, so that it may be broken off and begun anew.
    What cannot be started stops no other: it is logged, and left to the next time. What somebody
    holds at this moment is come back to after all others, for as long as there is `patience`.
    """
    ends = time.monotonic() + patience
    kinds, total, failed = list(REGISTRY), 0, Left()
    while True:
        held = Left()
        total += sum(_start_all(kind, failed, held, now=now, batch=batch) for kind in kinds)
        if not held:
            return total
        if time.monotonic() >= ends:
            for left in sorted(held):
                log.warning("%s of %s %s is not started (somebody holds it)", *left)
            return total
        kinds = sorted({kind for _, kind, _ in held})
        time.sleep(BETWEEN)


def _start_all(subject_kind: str, failed: Left, held: Left, *, now: datetime, batch: int) -> int:
    """Start what is missing of a kind of subject, but what has failed; return how much it was."""
    total = 0

    def key(one: Missing) -> tuple[str, str, UUID]:
        return one.kind, subject_kind, one.subject_id

    def aside(one: Missing, error: Exception) -> None:
        if isinstance(error.__cause__, HELD):
            held.add(key(one))
            return
        failed.add(key(one))
        log.warning("%s of %s %s is not started (%s)", *key(one), type(error).__name__)

    while True:
        left = failed | held
        found = REGISTRY[subject_kind].missing(now=now, most=batch + len(left))
        some = [one for one in found if key(one) not in left]
        if not some:
            return total
        total += batches.each(some, partial(_start, subject_kind, now=now), aside)


def _start(subject_kind: str, some: Sequence[Missing], *, now: datetime) -> int:
    clocks = Clock.objects.bulk_create(_clocks(subject_kind, some))
    REGISTRY[subject_kind].moved(clocks)
    ledger.record_all([_added(clock, now=now) for clock in clocks])
    return len(clocks)


def _clocks(subject_kind: str, missing: Sequence[Missing]) -> list[Clock]:
    """Return what is missing as clocks, unsaved; limits and calendars are looked up once each."""
    timed = {(one.kind, one.level, one.filed_as) for one in missing}
    promises = {
        (kind, level, filed_as): Standard.objects.timed(kind, level=level, filed_as=filed_as)
        for kind, level, filed_as in timed
    }
    units = {one.works_by or one.unit for one in missing}
    calendars = {unit: Calendar.objects.of(unit) for unit in units}
    return [
        clock
        for one in missing
        for clock in clocks_for(
            subject_kind=subject_kind,
            subject_id=one.subject_id,
            start=one.start,
            promises=promises[one.kind, one.level, one.filed_as],
            calendar=calendars[one.works_by or one.unit],
            owner=one.owner,
            unit=one.unit,
        )
    ]


def _added(clock: Clock, *, now: datetime) -> Act:
    subject = f"{clock.subject_kind}:{clock.subject_id}"
    return Act(Verb.CLOCK_ADDED, SYSTEM, now, subject, facts={"clock": clock.kind})
