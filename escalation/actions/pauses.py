"""Pause a clock for a listed reason and a limited time, and let it run again."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.db import transaction

from common import days
from common.errors import RuleError
from escalation import lifecycle
from escalation.actions import alarms
from escalation.actions.recounting import NOTICE, promised_of, put, times_of
from escalation.actions.reminders import Told, said_of, tell
from escalation.actions.turns import turns
from escalation.duties import REGISTRY
from escalation.lifecycle import Move, State
from escalation.models import Clock, Does, PathStep, Pause
from escalation.notices import MAIL
from escalation.rules import Limit, Schedule, schedule
from escalation.rules.pauses import Reason, days_left, may_be_paused, runs_on
from escalation.rules.recounts import earliest
from ledger import actions as ledger
from ledger.actions import Act, Notice
from ledger.rules import SYSTEM, Fact
from ledger.verbs import Verb
from people.models import Attendance, Person

KEPT = "Nothing was paused; what you entered is kept."
# what says when a clock is due
TIMES = ("due_at", "times", "promised", "grace_until", "next_at")


@transaction.atomic
def pause_clock(
    clock: UUID, *, reason: Reason, until: datetime, by: Person, now: datetime
) -> Pause:
    """Pause a clock until a moment, at which it runs again by itself.

    Whoever owns its subject decides beforehand who may. Its times move by as much as is paused.
    """
    held = Clock.objects.select_for_update().get(pk=clock)
    before = [pause.paused for pause in held.pauses.all()]
    if not may_be_paused(held.kind) or not held.limit:
        msg = f"{runs_on(held.kind)} Nothing was paused."
        raise RuleError(msg)
    if held.state == State.BREACHED or held.due_at <= now:
        msg = "Its time has run out, so there is nothing left to pause. Nothing was changed."
        raise RuleError(msg)
    left = days_left(reason, before)
    if until <= now:
        msg = f"Choose a day to come on which it runs again. {KEPT}"
        raise RuleError(msg)
    if until - now > left:
        msg = f"For this reason it can rest no longer than until {_day(now + left)}. {KEPT}"
        raise RuleError(msg)
    held.state = lifecycle.after(held.state, Move.PAUSE)
    held.paused_until = until
    pause = Pause.objects.create(clock=held, reason=reason, since=now, until=until, by=by)
    _count(held, pause, was=None, now=now)
    held.save(update_fields=["state", "paused_until", *TIMES])
    _record(
        held, Verb.CLOCK_PAUSED, by, now, reason=reason.value, until=days.day_of(until).isoformat()
    )
    REGISTRY[held.subject_kind].moved([held])
    return pause


@transaction.atomic
def resume_clock(clock: UUID, *, by: Person, now: datetime, is_told: bool = True) -> Clock:
    """Let a clock run again before its pause was to end; what was left of its time is left.

    Nobody is told where the next pause begins in the same act.
    """
    held = Clock.objects.select_for_update().get(pk=clock)
    if held.state != State.PAUSED:
        msg = "It runs already. Nothing was changed."
        raise RuleError(msg)
    pause = held.pauses.get(ended_at=None)
    _resume(held, pause, at=min(now, pause.until), by=by, now=now, is_told=is_told)
    return held


def resume_due(*, now: datetime, enough: Callable[[], bool] = bool) -> int:
    """Let every clock run again whose pause has come to its end; return how many.

    A transaction each: one that cannot run again stops no other, is an alarm, and waits longer
    each time, as a step does. Once it is `enough` the rest is left to the next.
    """
    over = Pause.objects.over(now).not_put_off(now).order_by("until")
    waiting = list(over.values_list("clock", flat=True))
    return sum(_resume_planned(clock, now=now) for clock in waiting if not enough())


def _day(moment: datetime) -> str:
    day = days.day_of(moment)
    return f"{day.day} {day:%B %Y}"


def _resume_planned(clock: UUID, *, now: datetime) -> bool:
    try:
        with transaction.atomic():
            free = Clock.objects.select_for_update(skip_locked=True)
            held = free.filter(pk=clock, state=State.PAUSED).first()
            if held is None:
                return False
            pause = held.pauses.get(ended_at=None)
            _resume(held, pause, at=pause.until, by=None, now=now)
    except Exception as error:  # noqa: BLE001 - whatever one clock raises, the others go on
        alarms.set_aside(Clock.objects.get(pk=clock), error, now=now)
        return False
    return True


def end_pause(clock: Clock, *, by: Person | None, now: datetime) -> None:
    """End the pause of a clock of which nothing is owed any more; part of meeting or cancelling.

    Of an anonymous reporter the day alone is told, which begins before a pause of the same day.
    """
    if clock.paused_until is None:
        return
    pause = clock.pauses.get(ended_at=None)
    _end(clock, pause, at=max(min(now, pause.until), pause.since), by=by)


def _end(clock: Clock, pause: Pause, *, at: datetime, by: Person | None) -> None:
    pause.ended_at, pause.ended_by = at, by
    pause.save(update_fields=["ended_at", "ended_by"])
    clock.paused_until = None
    clock.paused_for += at - pause.since


def _resume(
    clock: Clock,
    pause: Pause,
    *,
    at: datetime,
    by: Person | None,
    now: datetime,
    is_told: bool = True,
) -> None:
    _end(clock, pause, at=at, by=by)
    clock.state = lifecycle.after(clock.state, Move.RESUME)
    _count(clock, pause, was=pause.until, now=now)
    clock.save(update_fields=["state", "paused_until", "paused_for", *TIMES])
    alarms.well([clock])
    facts: dict[str, Fact] = {
        "how": "by_hand" if by else "by_itself",
        "days": (at - pause.since).days,
        "is": days.last_day(clock.due_at).isoformat(),
    }
    _record(clock, Verb.CLOCK_RESUMED, by, now, **facts)
    REGISTRY[clock.subject_kind].moved([clock])
    if is_told:
        _tell(clock, pause, by=by, now=now)


def _count(clock: Clock, pause: Pause, *, was: datetime | None, now: datetime) -> None:
    """Count the times of a clock by its pauses, of which one begins, or ends before it `was` to.

    Steps that were taken keep theirs. What was promised rests with the clock, and so do its grace
    and what it has by a notice alone, which no calendar counts.
    """
    since, until = pause.since, pause.ended_at or pause.until
    rested = until - (was or since)
    found, before = _counted(clock, pause, until), _counted(clock, pause, was or since)
    rests = [new - old for new, old in zip(found.moments, before.moments, strict=True)]
    stands, promised = times_of(clock), promised_of(clock)
    is_older = clock.calendar is not None and clock.calendar_n < clock.calendar.n
    if found.due <= since:
        rests = [rested] * len(rests)
        found = stands.moved_by(rests)
    elif is_older:
        # its calendar changed while it rested: whoever counted on its times keeps some of them
        notice = (clock.paused_until or now) + NOTICE
        found = found.not_sooner(stands.moved_by(rests), notice)
    taken = clock.next_step - 1
    put(clock, Schedule(found.due, (*stands.steps[:taken], *found.steps[taken:])))
    if clock.promised or is_older:
        clock.promised = earliest(promised.moved_by(rests), times_of(clock)).moments
    if clock.grace_until is not None:
        clock.grace_until += rested


def _counted(clock: Clock, pause: Pause, until: datetime) -> Schedule:
    """Return the times of a clock by its calendar, had a pause lasted until then."""
    if clock.calendar is None:
        raise AssertionError
    others = [one.paused for one in clock.pauses.all() if one.pk != pause.pk]
    return schedule(
        Limit.read(clock.limit),
        clock.path.rungs,
        clock.started_at,
        clock.calendar.hours,
        [*((one.since, one.until) for one in others), (pause.since, until)],
    )


def _record(clock: Clock, verb: Verb, by: Person | None, now: datetime, **facts: Fact) -> None:
    subject = f"{clock.subject_kind}:{clock.subject_id}"
    told = {"clock": clock.kind, **facts}
    ledger.record_all([Act(verb, by.actor if by else SYSTEM, now, subject, facts=told)])


def _tell(clock: Clock, pause: Pause, *, by: Person | None, now: datetime) -> None:
    """Tell whoever would be reminded of it that it runs again, unless they let it run."""
    duty = REGISTRY[clock.subject_kind]
    as_a_reminder = PathStep(version=clock.path, n=0, does=Does.REMIND)
    due = [(clock, as_a_reminder)]
    turn = turns(duty, due, Attendance.on(days.day_of(now)))[clock.pk]
    reference = duty.references([clock]).get(clock.pk, "")
    notices = [
        Told(
            clock,
            person,
            Notice(
                identity=f"pause:{pause.pk}:{person.pk}",
                channel=MAIL,
                to=f"person:{person.pk}",
                template="clock_resume",
                at=now,
                context=said_of(
                    clock, person, reference, instead_of=turn.in_place_of(person), now=now
                ),
            ),
        )
        for person in turn.persons
        if person != by
    ]
    # what ended by itself only reminds; what somebody ended is told at once
    waits = set() if by else {one.notice.identity for one in notices}
    tell(notices, reminders=waits, now=now)
