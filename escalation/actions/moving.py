"""Let running clocks go over to the newest version of their path: asked by people, done by workers.

Workers, because an administrator does not see the clocks behind their own walls, and a path that
left some behind for that reason would tell of the wall.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F

from common.errors import RuleError
from escalation.actions.recounting import NOTICE
from escalation.lifecycle import TICKING
from escalation.models import (
    Clock,
    ClockQuerySet,
    MoveReason,
    Path,
    PathMove,
    PathVersion,
    StepTaken,
)
from escalation.rules import Limit
from escalation.rules.moves import Standing, moved
from ledger import actions as ledger
from ledger.actions import Act
from ledger.rules import SYSTEM
from ledger.verbs import Verb
from people import access
from people.models import Person
from people.rules import Role

BATCH = 500


@transaction.atomic
def ask_to_move(path: Path, *, reason: MoveReason, by: Person, now: datetime) -> PathMove:
    """Let the running clocks of a path go over to its newest version."""
    access.require(by, Role.ADMINISTRATOR)
    newest = PathVersion.objects.newest_of([path.pk]).get(path.pk)
    if newest is None or not newest.path.versions.published().exclude(pk=newest.pk).exists():
        msg = "There is no older version that anything could run on. Nothing was changed."
        raise RuleError(msg)
    try:
        with transaction.atomic():
            move = PathMove.objects.create(version=newest, reason=reason, asked_by=by, asked_at=now)
    except IntegrityError:
        msg = "Somebody asked for that already; it is being done. Nothing was changed."
        raise RuleError(msg) from None
    ledger.record(
        Verb.PATH_MOVE_ASKED,
        by=by.actor,
        at=now,
        subject=f"path:{path.code}",
        version=newest.n,
        reason=reason,
    )
    return move


def move_clocks(*, now: datetime, batch: int = BATCH) -> int:
    """Move the clocks that people asked to move, in batches, a transaction each; return how many.

    What is paused keeps its version, and what somebody holds is moved at the next time.
    """
    total = 0
    for pk in PathMove.objects.filter(done_at__isnull=True).values_list("pk", flat=True):
        found = batch
        while found == batch:
            found = _move_batch(pk, now=now, batch=batch)
            total += found
        _finish(pk, now=now)
    return total


@transaction.atomic
def _move_batch(pk: int, *, now: datetime, batch: int) -> int:
    move = PathMove.objects.select_related("version").prefetch_related("version__steps").get(pk=pk)
    clocks = list(
        _on_older(move.version)
        .select_related("calendar", "path")
        .prefetch_related("calendar__days")
        .select_for_update(skip_locked=True, of=("self",))
        .order_by("pk")[:batch]
    )
    _move(clocks, move.version, now=now)
    PathMove.objects.filter(pk=pk).update(moved=F("moved") + len(clocks))
    return len(clocks)


def _move(clocks: Sequence[Clock], to: PathVersion, *, now: datetime) -> None:
    acts = [_moved(clock, to, now=now) for clock in clocks]
    for left in {clock.path for clock in clocks}:
        mine = [clock.pk for clock in clocks if clock.path == left]
        StepTaken.objects.filter(clock__in=mine, version=None).update(version=left)
    for clock in clocks:
        _go_on(clock, to, now=now)
    Clock.objects.bulk_update(clocks, ["path", "times", "next_step", "next_at"])
    ledger.record_all(acts)


def _go_on(clock: Clock, to: PathVersion, *, now: datetime) -> None:
    assert clock.calendar is not None  # noqa: S101 - those without are not moved
    standing = Standing(clock.started_at, Limit.read(clock.limit), clock.due_at, clock.next_at)
    onward = moved(standing, to.rungs, clock.calendar.hours, now=now, notice=now + NOTICE)
    clock.path, clock.times = to, list(onward.times)
    clock.next_step, clock.next_at = onward.next_step, onward.next_at


def _moved(clock: Clock, to: PathVersion, *, now: datetime) -> Act:
    return Act(
        Verb.CLOCK_PATH_MOVED,
        SYSTEM,
        now,
        f"{clock.subject_kind}:{clock.subject_id}",
        facts={"clock": clock.kind, "was": clock.path.n, "is": to.n},
    )


@transaction.atomic
def _finish(pk: int, *, now: datetime) -> None:
    """Call it done, unless some were held by somebody and are still to be moved."""
    move = PathMove.objects.select_related("version").get(pk=pk)
    if not _on_older(move.version).exists():
        move.done_at = now
        move.save(update_fields=["done_at"])


def _on_older(version: PathVersion) -> ClockQuerySet:
    """Return the clocks that tick by an earlier version, and know by which limit."""
    older = Clock.objects.filter(path__path=version.path_id, path__n__lt=version.n)
    return older.filter(state__in=TICKING, calendar__isnull=False).exclude(limit="")
