"""Start, meet and cancel clocks."""

from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID

from escalation import lifecycle
from escalation.actions import alarms
from escalation.actions.breaches import breach
from escalation.actions.pauses import end_pause
from escalation.lifecycle import COUNTING, Move
from escalation.models import Calendar, Clock, TimedPromise
from escalation.rules import schedule
from ledger import actions as ledger
from people.models import Person, Unit


def clocks_for(
    *,
    subject_kind: str,
    subject_id: UUID,
    start: datetime,
    promises: Iterable[TimedPromise],
    calendar: Calendar,
    owner: Person | None = None,
    unit: Unit | None = None,
) -> list[Clock]:
    """Return the clocks of a subject, unsaved, for whoever starts many at once."""
    clocks = []
    for promise in promises:
        times = schedule(promise.limit, promise.path.rungs, start, calendar.hours)
        clock = Clock(
            subject_kind=subject_kind,
            subject_id=subject_id,
            kind=promise.kind,
            owner=owner,
            unit=unit,
            limit=promise.limit.code,
            calendar=calendar,
            calendar_n=calendar.n,
            started_at=start,
            due_at=times.due,
            path=promise.path,
            times=list(times.steps),
        )
        clock.next_at = clock.next_moment
        clocks.append(clock)
    return clocks


def start(
    *,
    subject_kind: str,
    subject_id: UUID,
    start: datetime,
    promises: Iterable[TimedPromise],
    calendar: Calendar,
    owner: Person | None = None,
    unit: Unit | None = None,
) -> list[Clock]:
    """Start the clocks of a subject, inside the transaction of what they promise."""
    return Clock.objects.bulk_create(
        clocks_for(
            subject_kind=subject_kind,
            subject_id=subject_id,
            start=start,
            promises=promises,
            calendar=calendar,
            owner=owner,
            unit=unit,
        )
    )


def give(
    *, subject_kind: str, subject_ids: Iterable[UUID], owner: UUID | None, unit: UUID | None
) -> None:
    """Write down who answers for the open clocks of subjects, and of which unit these are.

    What was met or cancelled stays with whoever answered for it then.
    """
    Clock.objects.about(subject_kind, subject_ids).open().update(owner=owner, unit=unit)


def hang(clocks: Iterable[Clock], *, on: UUID, owner: UUID | None, unit: UUID | None) -> None:
    """Let clocks run on as those of another subject, which took over what they are about."""
    ids = [clock.pk for clock in clocks]
    Clock.objects.filter(pk__in=ids).update(subject_id=on, owner=owner, unit=unit)


def meet(*, subject_kind: str, subject_id: UUID, kind: str, now: datetime) -> Clock | None:
    """Meet a clock, if it still runs or rests; return it."""
    met = meet_all(subject_kind=subject_kind, subject_id=subject_id, kinds=[kind], now=now)
    return met.get(kind)


def meet_all(
    *, subject_kind: str, subject_id: UUID, kinds: Collection[str], now: datetime
) -> dict[str, Clock]:
    """Meet those clocks of these kinds that still run or rest; return them by kind."""
    about = Clock.objects.about(subject_kind, [subject_id])
    met = list(about.filter(state__in=COUNTING, kind__in=kinds).select_for_update())
    for clock in met:
        end_pause(clock, by=None, now=now)
        clock.state = lifecycle.after(clock.state, Move.MEET)
        clock.met_at, clock.next_at = now, None
        alarms.forget(clock)
        if clock.breached_at is None and now > clock.due_at:
            clock.breached_at = clock.due_at  # met late, before a sweep saw it
            ledger.record_all([breach(clock, now=now)])
        clock.save(
            update_fields=[
                "state", "met_at", "next_at", "breached_at", "paused_until", "paused_for",
                *alarms.FIELDS,
            ]
        )  # fmt: skip
    return {clock.kind: clock for clock in met}


def cancel(
    *, subject_kind: str, subject_id: UUID, now: datetime, kinds: Collection[str] | None = None
) -> None:
    """Cancel the clocks of a subject that still run or rest: nothing is owed any more.

    With `kinds`, those alone.
    """
    open_ones = Clock.objects.about(subject_kind, [subject_id]).filter(state__in=COUNTING)
    if kinds is not None:
        open_ones = open_ones.filter(kind__in=kinds)
    for clock in open_ones.select_for_update():
        end_pause(clock, by=None, now=now)
        clock.state = lifecycle.after(clock.state, Move.CANCEL)
        clock.cancelled_at, clock.next_at = now, None
        alarms.forget(clock)
        clock.save(
            update_fields=[
                "state", "cancelled_at", "next_at", "paused_until", "paused_for", *alarms.FIELDS,
            ]
        )  # fmt: skip


def forget(*, subject_kind: str, subject_ids: Collection[UUID]) -> None:
    """Delete the clocks of subjects that are erased, with the steps they took."""
    Clock.objects.about(subject_kind, subject_ids).delete()
