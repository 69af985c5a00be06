"""Let running clocks go over to the newest version of their path, or to the path of what is urgent.

The first is asked by people and done by workers, because an administrator does not see the
clocks behind their own walls, and a path that left some behind would tell of the wall. The second
is part of the act that makes something more urgent.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F

from common.errors import RuleError
from escalation.actions import alarms, batches
from escalation.actions.recounting import NOTICE
from escalation.models import (
    Clock,
    ClockQuerySet,
    MoveReason,
    Path,
    PathMove,
    PathVersion,
    Problem,
    StepTaken,
    TimedPromise,
)
from escalation.rules import Limit
from escalation.rules.kinds import KINDS
from escalation.rules.ladders import ends_well
from escalation.rules.moves import Onward, Standing, moved, not_later
from ledger import actions as ledger
from ledger.actions import Act
from ledger.rules import SYSTEM, Actor, Fact
from ledger.verbs import Verb
from people import access
from people.models import Person
from people.rules import Role

BATCH = 500
# what says how a clock goes on
ONWARD = ("path", "times", "promised", "next_step", "next_at")


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

    What rests is moved once it runs again; what somebody holds, and what is due and not yet swept,
    at the next time. A clock that cannot be moved stops no other, keeps its version, is an alarm,
    and is tried again later.
    """
    total, failed = 0, set[UUID]()
    for pk in PathMove.objects.filter(done_at__isnull=True).values_list("pk", flat=True):
        found = batch
        while found == batch:
            found, moved_now = _move_batch(pk, now=now, batch=batch, failed=failed)
            total += moved_now
        _finish(pk, now=now)
    return total


@transaction.atomic
def _move_batch(pk: int, *, now: datetime, batch: int, failed: set[UUID]) -> tuple[int, int]:
    """Return how many clocks were found to be moved, and how many of them could be."""
    move = PathMove.objects.select_related("version").prefetch_related("version__steps").get(pk=pk)
    clocks = list(
        _on_older(move.version)
        .ticking()
        .exclude(next_at__lte=now)
        .not_put_off(now)
        .exclude(pk__in=failed)
        .select_for_update(skip_locked=True, of=("self",))
        .order_by("pk")[:batch]
    )
    if not clocks:
        return 0, 0

    def aside(clock: Clock, error: Exception) -> None:
        failed.add(clock.pk)
        alarms.set_aside(clock, error, now=now, otherwise=Problem.UNMOVED)

    count = batches.each(clocks, lambda some: _move(some, move.version, now=now), aside)
    PathMove.objects.filter(pk=pk).update(moved=F("moved") + count)
    return len(clocks), count


def _move(some: Sequence[Clock], to: PathVersion, *, now: datetime) -> int:
    # as they stand: an attempt that failed has changed those at hand
    found = Clock.objects.filter(pk__in=[clock.pk for clock in some])
    clocks = list(found.select_related("calendar", "path").prefetch_related("calendar__days"))
    acts = [_moved(clock, to, now=now) for clock in clocks]
    for left in {clock.path for clock in clocks}:
        mine = [clock.pk for clock in clocks if clock.path == left]
        StepTaken.objects.filter(clock__in=mine, version=None).update(version=left)
    for clock in clocks:
        _go_on(clock, to, now=now)
    Clock.objects.bulk_update(clocks, ONWARD)
    ledger.record_all(acts)
    alarms.well(clocks, of=(Problem.UNMOVED,))
    return len(clocks)


def _go_on(clock: Clock, to: PathVersion, *, now: datetime) -> None:
    _put(clock, to, _onward(clock, to, since=clock.started_at, now=now, notice=now + NOTICE))


def _onward(
    clock: Clock, to: PathVersion, *, since: datetime, now: datetime, notice: datetime
) -> Onward:
    assert clock.calendar is not None  # noqa: S101 - those without are not moved
    standing = Standing(since, Limit.read(clock.limit), clock.due_at, clock.step_at)
    return moved(standing, to.rungs, clock.calendar.hours, now=now, notice=notice)


def _put(clock: Clock, to: PathVersion, onward: Onward) -> None:
    """Let a clock go on by a version; what was told of its steps is what they are now."""
    clock.path, clock.times, clock.next_step = to, list(onward.times), onward.next_step
    clock.next_at = clock.next_moment
    if clock.promised:
        clock.promised = [clock.promised[0], *onward.times]


def _moved(clock: Clock, to: PathVersion, *, now: datetime) -> Act:
    return Act(
        Verb.CLOCK_PATH_MOVED,
        SYSTEM,
        now,
        f"{clock.subject_kind}:{clock.subject_id}",
        facts={"clock": clock.kind, "was": clock.path.n, "is": to.n},
    )


# -- what becomes more urgent ----------------------------------------------------------------------


def change_paths(
    *,
    subject_kind: str,
    subject_id: UUID,
    promises: Iterable[TimedPromise],
    by: Actor,
    now: datetime,
) -> None:
    """Let the running clocks of a subject go over to the paths of these, inside the act of why.

    For what became more urgent, so nothing is put off: each keeps its limit, its next step comes no
    later than it was to, and nor does the last. What is counted from the start counts from now.
    What runs on the same path goes on by the version it has.
    """
    paths = {one.kind: one.path for one in promises}
    running = Clock.objects.about(subject_kind, [subject_id]).ticking().exclude(limit="")
    clocks = [
        clock
        for clock in running.filter(kind__in=paths, calendar__isnull=False)
        .select_for_update(of=("self",))
        .select_related("calendar", "path__path")
        .order_by("pk")
        if clock.path.path_id != paths[clock.kind].path_id
    ]
    for clock in clocks:
        _change_path(clock, paths[clock.kind], by=by, now=now)


def _change_path(clock: Clock, to: PathVersion, *, by: Actor, now: datetime) -> None:
    StepTaken.objects.filter(clock=clock, version=None).update(version=clock.path)
    was = clock.path
    onward = _onward(clock, to, since=now, now=now, notice=now)
    ahead = onward.next_step - 1
    coming = not_later(onward.times[ahead:], than=clock.times[clock.next_step - 1 :])
    _put(clock, to, Onward((*onward.times[:ahead], *coming), onward.next_step))
    clock.save(update_fields=ONWARD)
    subject = f"{clock.subject_kind}:{clock.subject_id}"
    facts: dict[str, Fact] = {"clock": clock.kind, "was": was.path.code, "path": to.path.code}
    ledger.record_all([Act(Verb.CLOCK_PATH_CHANGED, by, now, subject, facts={**facts, "is": to.n})])


@transaction.atomic
def _finish(pk: int, *, now: datetime) -> None:
    """Call it done once nothing runs or rests by an older version, or a later move takes it on."""
    move = PathMove.objects.select_related("version").get(pk=pk)
    later = PathMove.objects.filter(
        version__path=move.version.path_id, version__n__gt=move.version.n
    )
    if later.exists() or not _on_older(move.version).exists():
        move.done_at = now
        move.save(update_fields=["done_at"])


def _on_older(version: PathVersion) -> ClockQuerySet:
    """Return the clocks that count by an earlier version, and know by which limit.

    What was told never goes over to a version that falls silent: only gentle duties do.
    """
    older = Clock.objects.open().filter(path__path=version.path_id, path__n__lt=version.n)
    if not ends_well(version.ladder):
        older = older.filter(kind__in=[kind.code for kind in KINDS.values() if kind.is_gentle])
    return older.filter(calendar__isnull=False).exclude(limit="")
