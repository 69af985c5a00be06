"""Count running clocks again whose calendar changed: what was promised is kept, with a trace."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import reduce
from operator import or_
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from common import days
from escalation.actions import alarms, batches
from escalation.duties import REGISTRY
from escalation.lifecycle import COUNTING, State
from escalation.models import Calendar, CalendarChange, Clock, ClockMove, ClockQuerySet, Problem
from escalation.rules import Limit, Schedule, schedule
from escalation.rules.changes import Group, Move, grouped
from escalation.rules.recounts import earliest, recounted
from ledger import actions as ledger
from ledger.actions import Act
from ledger.rules import SYSTEM
from ledger.verbs import Verb

# What comes sooner by a change leaves at least so much of the time on which somebody counted.
NOTICE = timedelta(days=1)
BATCH = 500
# of how many clocks it is found out beforehand whether a change moves them
SAMPLE = 500


@dataclass(frozen=True)
class Forecast:
    """How many clocks run by a calendar, and of those looked at how many a change moves."""

    running: int = 0
    looked_at: int = 0
    moved: int = 0
    groups: Sequence[Group] = ()


def recount(*, now: datetime, batch: int = BATCH, enough: Callable[[], bool] = bool) -> int:
    """Count the clocks again whose calendar has changed since; return how many were.

    The soonest first, a transaction a batch, and several may count at once. Nothing comes sooner
    than before unless it leaves `NOTICE`. A clock that cannot be counted stops no other, keeps its
    times, is an alarm, and is tried again later. Once it is `enough` the rest is left to the next.
    """
    total, failed = 0, set[UUID]()
    while True:
        found, counted_now = _recount_batch(now=now, batch=batch, failed=failed)
        total += counted_now
        if found < batch or enough():
            return total


def forecast(calendar: Calendar, *, now: datetime) -> Forecast:
    """Return what the next sweep will make of the clocks of a calendar that has changed."""
    # what it says since; the one at hand knows days of before
    calendar = Calendar.objects.get(pk=calendar.pk)
    running = Clock.objects.filter(state__in=COUNTING, calendar=calendar)
    soonest = running.exclude(limit="").order_by("due_at").select_related("unit")
    clocks = list(soonest.prefetch_related("pauses", "path__steps")[:SAMPLE])
    found = [move for clock in clocks if (move := _would_move(clock, calendar, now=now))]
    return Forecast(running.count(), len(clocks), len(found), grouped(found))


def _would_move(clock: Clock, calendar: Calendar, *, now: datetime) -> Move | None:
    try:
        times = counted(clock, calendar, now=now)
    except (ValueError, OverflowError):
        return None  # it cannot be counted, and will keep its times
    if times == times_of(clock):
        return None
    unit = clock.unit.name if clock.unit else ""
    return Move(clock.name, unit, days.last_day(clock.due_at), days.last_day(times.due))


@transaction.atomic
def _recount_batch(*, now: datetime, batch: int, failed: set[UUID]) -> tuple[int, int]:
    """Return how many clocks were found behind, and how many of them could be counted."""
    clocks = list(
        Clock.objects.filter(_stale(), state__in=COUNTING)
        .not_put_off(now)
        .exclude(pk__in=failed)
        .select_for_update(skip_locked=True)
        .order_by("next_at")[:batch]
    )
    if not clocks:
        return 0, 0
    # each calendar once, and not once a clock: it knows what it found out about its days
    used = Calendar.objects.filter(pk__in={clock.calendar_id for clock in clocks})
    calendars = {calendar.pk: calendar for calendar in used.prefetch_related("days")}
    oldest = min(clock.calendar_n for clock in clocks)
    changes = list(CalendarChange.objects.filter(calendar__in=calendars, n__gt=oldest))

    def aside(clock: Clock, error: Exception) -> None:
        failed.add(clock.pk)
        alarms.set_aside(clock, error, now=now, otherwise=Problem.UNCOUNTED)

    return len(clocks), batches.each(
        clocks, lambda some: _count_all(_again(some), calendars, changes, now=now), aside
    )


def _again(clocks: Sequence[Clock]) -> list[Clock]:
    """Return clocks as they stand: an attempt that failed has changed those at hand."""
    countable: ClockQuerySet = Clock.objects.prefetch_related("pauses", "path__steps")
    return list(countable.filter(pk__in=[clock.pk for clock in clocks]))


def _stale() -> Q:
    """Return the condition that a clock was counted by an older calendar.

    Each calendar by its number, so that an index answers it however many clocks there are.
    """
    versions = Calendar.objects.values_list("pk", "n")
    return reduce(or_, (Q(calendar=pk, calendar_n__lt=n) for pk, n in versions))


def _count_all(
    clocks: Sequence[Clock],
    calendars: Mapping[int, Calendar],
    changes: Sequence[CalendarChange],
    *,
    now: datetime,
) -> int:
    moved: list[tuple[Clock, Schedule]] = []
    traces: list[ClockMove] = []
    for clock in clocks:
        if clock.calendar_id is None:
            raise AssertionError
        calendar, before = calendars[clock.calendar_id], times_of(clock)
        if clock.limit:
            _count_again(clock, calendar, now=now)
        if times_of(clock) != before:
            moved.append((clock, before))
        if clock.due_at != before.due:
            since = [one for one in changes if one.calendar_id == calendar.pk]
            traces.append(_trace(clock, before, since, now=now))
        clock.calendar_n = calendar.n
    fields = ["due_at", "times", "promised", "grace_until", "next_at", "calendar_n"]
    Clock.objects.bulk_update(clocks, fields)
    ClockMove.objects.bulk_create(traces)
    ledger.record_all([_moved(clock, before, now=now) for clock, before in moved])
    late = [clock for clock, before in moved if clock.due_at != before.due]
    for kind in {clock.subject_kind for clock in late}:
        REGISTRY[kind].moved([clock for clock in late if clock.subject_kind == kind])
    alarms.well(clocks, of=(Problem.UNCOUNTED,))
    return len(clocks)


def _count_again(clock: Clock, calendar: Calendar, *, now: datetime) -> None:
    """Give a clock its times by a calendar, and keep the earliest that was told of each."""
    before, promised = times_of(clock), promised_of(clock)
    raw, found = _raw(clock, calendar, now=now), counted(clock, calendar, now=now)
    at = clock.paused_until or now
    if clock.grace_until is None and max(raw.due, promised.due) <= at < before.due:
        clock.grace_until = found.due
    if found != before:
        clock.promised = earliest(promised, found).moments
        put(clock, found)


def counted(clock: Clock, calendar: Calendar, *, now: datetime) -> Schedule:
    """Return the times of a clock by a calendar; what was promised of it is kept.

    What has come stays as it was: a limit that ran out, and the steps that were taken.
    """
    before = times_of(clock)
    # a clock that rests runs from its planned end on
    at = clock.paused_until or now
    ahead = recounted(
        _raw(clock, calendar, now=now),
        before,
        promised_of(clock),
        at=at,
        least=at + NOTICE,
        last=clock.grace_until or at + NOTICE,
    )
    taken = clock.next_step - 1
    return Schedule(ahead.due, (*before.steps[:taken], *ahead.steps[taken:]))


def _raw(clock: Clock, calendar: Calendar, *, now: datetime) -> Schedule:
    """Return the times of a clock as a calendar alone has them."""
    is_over = clock.state != State.PAUSED and clock.due_at <= now
    return schedule(
        Limit.read(clock.limit),
        clock.path.rungs,
        clock.started_at,
        calendar.hours,
        [(one.since, one.until) for one in (pause.paused for pause in clock.pauses.all())],
        ran_out=clock.due_at if is_over else None,
    )


def promised_of(clock: Clock) -> Schedule:
    """Return the earliest that was ever told of a clock's limit and steps."""
    due, *steps = clock.promised or times_of(clock).moments
    return Schedule(due, tuple(steps))


def put(clock: Clock, times: Schedule) -> None:
    """Give a clock its times."""
    clock.due_at, clock.times = times.due, list(times.steps)
    clock.next_at = clock.next_moment


def times_of(clock: Clock) -> Schedule:
    """Return the times that a clock has."""
    return Schedule(clock.due_at, tuple(clock.times))


def _trace(
    clock: Clock, before: Schedule, changes: Sequence[CalendarChange], *, now: datetime
) -> ClockMove:
    """Return what whoever sees the clock is told of its move."""
    since = [one for one in changes if one.n > clock.calendar_n]
    codes = {code: None for one in since for code in one.what.split(",") if code != "name"}
    day = since[0].day if len(since) == 1 else None
    return ClockMove(
        clock=clock, at=now, was=before.due, now=clock.due_at, what=",".join(codes), day=day
    )


def _moved(clock: Clock, before: Schedule, *, now: datetime) -> Act:
    moved = sum(new != old for new, old in zip(clock.times, before.steps, strict=True))
    return Act(
        Verb.CLOCK_MOVED,
        SYSTEM,
        now,
        f"{clock.subject_kind}:{clock.subject_id}",
        facts={
            "clock": clock.kind,
            "was": days.last_day(before.due).isoformat(),
            "is": days.last_day(clock.due_at).isoformat(),
            "steps": moved,
        },
    )
