"""What becomes of a clock that cannot go on: it is set aside, tried again, told of every day."""

import logging
from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction
from psycopg2.errors import DeadlockDetected, LockNotAvailable

from escalation import lifecycle, notices
from escalation.actions.breaches import has_run_out, run_out
from escalation.duties import REGISTRY, Duty, VanishedError
from escalation.lifecycle import Move, State
from escalation.models import AGAIN, OF_TIMES, Clock, Heartbeat, Problem
from ledger import actions as ledger
from ledger.rules import SYSTEM
from ledger.verbs import Verb
from people.models import Person
from people.rules import Role

log = logging.getLogger("ethicsdesk.sweep")
# somebody holds it, or two waited for each other
HELD = (LockNotAvailable, DeadlockDetected)
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=6)
# as far as tries are counted: what the column takes
MOST_TRIES = 32_767
# what lasts is told again after so long, and of so many clocks at the most it is asked who may know
DAY = timedelta(days=1)
MOST = 1000
REPEATED = "alarms"
# what a clock says of its problem
FIELDS = ("problem", "problem_at", "tries")
STEPS = frozenset(Problem) - frozenset(OF_TIMES)


class UnfitError(Exception):
    """A clock and its path do not fit together."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.label)
        self.problem = problem


def set_aside(
    clock: Clock, error: Exception, *, now: datetime, otherwise: Problem = Problem.FAILED
) -> None:
    """Put a clock off that failed, for longer each time; one without a subject is cancelled.

    `otherwise` is what to call it where the error says nothing. A problem with its times puts no
    step off, and takes the place of no other problem: what is on record lasts, and is told of
    every day. What somebody holds at this moment is no problem: the next sweep takes it. Where
    not even this can be recorded, the clock stays as it is and the sweep goes on.
    """
    if isinstance(error.__cause__, HELD):
        return
    problem = _problem(error) or otherwise
    log.warning("clock %s: %s (%s)", clock.pk, problem.label, type(error).__name__)
    try:
        _put_off(clock, problem, now=now)
    except Exception as failure:  # noqa: BLE001 - nothing about one clock ends the sweep
        log.warning("clock %s could not be set aside (%s)", clock.pk, type(failure).__name__)


@transaction.atomic
def _put_off(clock: Clock, problem: Problem, *, now: datetime) -> None:
    if problem in OF_TIMES and clock.problem:
        if clock.problem in OF_TIMES:
            Clock.objects.filter(pk=clock.pk).update(tries=_hourly(clock, now))
        return
    is_new = clock.problem != problem or _is_of_before(clock)
    tries = 1 if is_new else min(clock.tries + 1, MOST_TRIES)
    changes: dict[str, Any] = {"problem": problem, "tries": tries}
    if is_new:
        changes |= {"problem_at": now}
    if problem in STEPS and has_run_out(clock, now):
        run_out([clock], now=now)
    if problem == Problem.VANISHED:
        state = lifecycle.after(clock.state, Move.CANCEL)
        changes |= {"state": state, "cancelled_at": now, "next_at": None, "paused_until": None}
        clock.pauses.filter(ended_at=None).update(ended_at=now)
    elif problem in STEPS:
        tried = now + wait(0 if is_new else clock.tries)
        is_ahead = clock.state == State.RUNNING and clock.due_at > now
        changes |= {"next_at": min(tried, clock.due_at) if is_ahead else tried}
    Clock.objects.filter(pk=clock.pk).update(**changes)
    if not is_new:
        return
    ledger.record(
        Verb.CLOCK_SET_ASIDE,
        by=SYSTEM,
        at=now,
        subject=f"{clock.subject_kind}:{clock.subject_id}",
        clock=clock.kind,
        step=clock.next_step,
        why=problem,
    )
    raise_alarm([clock], now=now)


def _is_of_before(clock: Clock) -> bool:
    """Return whether a clock that rests has a problem from before its end: its pause cannot end.

    What it had is a step's that waits; that it does not run again is told of as something new.
    """
    end = clock.paused_until
    return end is not None and clock.problem_at is not None and clock.problem_at < end


def _hourly(clock: Clock, now: datetime) -> int:
    """Return as how many tries one counts that comes now: what was missed is not made up for."""
    return min((now - (clock.problem_at or now)) // AGAIN + 1, MOST_TRIES)


def wait(tries: int) -> timedelta:
    """Return after how long a step that failed so often before is tried again."""
    # more doublings than these would reach past the longest
    doubled: int = 2 ** min(tries, 10)
    return min(FIRST_WAIT * doubled, LONGEST_WAIT)


def found_nobody(clocks: Sequence[Clock], *, now: datetime) -> None:
    """Mark the clocks whose step found nobody, and tell who can put it right."""
    if not clocks:
        return
    new = [clock.pk for clock in clocks if clock.problem != Problem.NOBODY]
    Clock.objects.filter(pk__in=new).update(problem=Problem.NOBODY, problem_at=now, tries=0)
    raise_alarm(clocks, now=now)


def well(clocks: Sequence[Clock], *, of: Collection[str] = STEPS) -> None:
    """Take note that clocks have those problems no more: by default, those of their steps."""
    recovered = [clock.pk for clock in clocks if clock.problem in of]
    if recovered:
        Clock.objects.filter(pk__in=recovered).update(problem="", problem_at=None, tries=0)


def forget(clock: Clock) -> None:
    """Take every problem off a clock at hand, of which nothing is owed any more; unsaved."""
    clock.problem, clock.problem_at, clock.tries = "", None, 0


def repeat(*, now: datetime) -> None:
    """Tell again, once a day, of what has lasted a day: a notice is read once and forgotten."""
    if Heartbeat.objects.filter(name=REPEATED, at__gt=now - DAY).exists():
        return
    lasting = Clock.objects.open().exclude(problem="").filter(problem_at__lte=now - DAY)
    with transaction.atomic():
        raise_alarm(list(lasting.order_by("problem_at")[:MOST]), now=now)
        Heartbeat.objects.beat(REPEATED, now=now)


def raise_alarm(clocks: Sequence[Clock], *, now: datetime) -> None:
    """Tell the heads and the administrators, unless a wall stands before them, and never of what.

    Once a day and person: how many there are stands on the page of health.
    """
    overseers = _overseers()
    told = {one.pk for clock in clocks for one in overseers if clock.subject_kind not in REGISTRY}
    for kind, duty in REGISTRY.items():
        mine = [(clock, overseers) for clock in clocks if clock.subject_kind == kind]
        if mine:
            told |= _asked(partial(_unwalled, duty, mine), overseers)
    ledger.post(notices.alarm([one for one in overseers if one.pk in told], now=now))


def could_not_go_on(subject_id: UUID, error: Exception, *, now: datetime) -> None:
    """Tell that work could not be passed on by itself, whether or not a clock runs on it.

    The heads and administrators before whom no wall stands are told, once a day, and not of what.
    What somebody holds at this moment is no problem, and nothing about one stops the others.
    """
    if isinstance(error.__cause__, HELD):
        return
    log.warning("work %s could not go on (%s)", subject_id, type(error).__name__)
    try:
        with transaction.atomic():
            overseers = _overseers()
            told = _asked(partial(_near, subject_id, overseers), overseers)
            ledger.post(notices.alarm([one for one in overseers if one.pk in told], now=now))
    except Exception as failure:  # noqa: BLE001 - nothing about one of them ends the others
        log.warning("of work %s nobody was told (%s)", subject_id, type(failure).__name__)


def _overseers() -> list[Person]:
    return list(Person.objects.holding(Role.HEAD, Role.ADMINISTRATOR))


def _asked(ask: Callable[[], set[UUID]], overseers: Sequence[Person]) -> set[UUID]:
    """Return who may be told; where a duty cannot say it, administrators: they are told nothing."""
    try:
        with transaction.atomic():
            return ask()
    except Exception as failure:  # noqa: BLE001 - an alarm that fails is no reason to tell nobody
        log.warning("a duty could not say who may be told (%s)", type(failure).__name__)
        return {one.pk for one in overseers if one.holds(Role.ADMINISTRATOR)}


def _unwalled(duty: Duty, near: Sequence[tuple[Clock, Collection[Person]]]) -> set[UUID]:
    return {pk for persons in duty.unwalled(near).values() for pk in persons}


def _near(subject_id: UUID, persons: Sequence[Person]) -> set[UUID]:
    """Return who of these may come near a subject, whatever its kind is."""
    conflicts = Person.objects.conflicts(one.pk for one in persons)
    return {
        pk
        for pk, own in conflicts.items()
        if not any(subject_id in set(duty.closed_to(own)) for duty in REGISTRY.values())
    }


def _problem(error: Exception) -> Problem | None:
    if isinstance(error, VanishedError):
        return Problem.VANISHED
    return error.problem if isinstance(error, UnfitError) else None
