"""Sweep: take every step that is due, once, whatever dies meanwhile."""

import math
import time
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from escalation.actions import alarms, batches
from escalation.actions.pauses import resume_due
from escalation.actions.recounting import recount
from escalation.actions.steps import take_steps
from escalation.models import Clock, Heartbeat

BATCH = 1000


@dataclass
class Swept:
    """What a sweep found and did: clocks due, steps taken, clocks left for a later sweep."""

    due: int = 0
    acted: int = 0
    skipped: int = 0


def sweep(*, now: datetime, batch: int = BATCH, seconds: float = math.inf) -> Swept:
    """Take every step that is due, in batches, a transaction each; after `seconds` leave the rest.

    Several may sweep at once: locked rows are skipped, and the constraint on (clock, step) makes
    a second taking of the same step impossible.
    """
    swept = Swept()
    began = time.monotonic()

    def enough() -> bool:
        return time.monotonic() - began >= seconds

    recount(now=now, enough=enough)
    resume_due(now=now, enough=enough)
    failed: set[UUID] = set()
    while not enough():
        if not _sweep_batch(now=now, batch=batch, swept=swept, failed=failed):
            break
    Heartbeat.objects.beat("sweep", now=now)
    alarms.repeat(now=now)
    return swept


@transaction.atomic
def _sweep_batch(*, now: datetime, batch: int, swept: Swept, failed: set[UUID]) -> int:
    clocks = _lock_due(now=now, size=batch, but=failed)
    if not clocks:
        return 0

    def aside(clock: Clock, error: Exception) -> None:
        failed.add(clock.pk)
        swept.skipped += 1
        alarms.set_aside(clock, error, now=now)

    swept.acted += batches.each(clocks, lambda some: take_steps(some, now=now), aside)
    swept.due += len(clocks)
    return len(clocks)


def _lock_due(*, now: datetime, size: int, but: set[UUID]) -> list[Clock]:
    due = Clock.objects.due(now).select_for_update(skip_locked=True, of=("self",))
    return list(due.exclude(pk__in=but).order_by("next_at")[:size])
