"""What becomes of a clock that cannot take its step: it is set aside, tried again, and told of."""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F
from psycopg2.errors import DeadlockDetected, LockNotAvailable

from escalation import lifecycle, notices
from escalation.duties import REGISTRY, VanishedError
from escalation.lifecycle import Move
from escalation.models import Clock, Problem
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


class UnfitError(Exception):
    """A clock and its path do not fit together."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.label)
        self.problem = problem


def set_aside(clock: Clock, error: Exception, *, now: datetime) -> None:
    """Put a clock off whose step failed, for longer each time; one without a subject is cancelled.

    What somebody holds at this moment is no problem: the next sweep takes it. Where not even this
    can be recorded, the clock stays as it is and the sweep goes on.
    """
    if isinstance(error.__cause__, HELD):
        return
    problem = _problem(error)
    log.warning("clock %s: %s (%s)", clock.pk, problem.label, type(error).__name__)
    try:
        _put_off(clock, problem, now=now)
    except Exception as failure:  # noqa: BLE001 - nothing about one clock ends the sweep
        log.warning("clock %s could not be set aside (%s)", clock.pk, type(failure).__name__)


@transaction.atomic
def _put_off(clock: Clock, problem: Problem, *, now: datetime) -> None:
    changes = {"problem": problem, "problem_at": now, "tries": F("tries") + 1}
    if problem == Problem.VANISHED:
        state = lifecycle.after(clock.state, Move.CANCEL)
        changes |= {"state": state, "next_at": None}
    else:
        changes |= {"next_at": now + wait(clock.tries)}
    Clock.objects.filter(pk=clock.pk).update(**changes)
    if clock.problem == problem:
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


def wait(tries: int) -> timedelta:
    """Return after how long a step that failed so often before is tried again."""
    # more doublings than these would reach past the longest
    doubled: int = 2 ** min(tries, 10)
    return min(FIRST_WAIT * doubled, LONGEST_WAIT)


def found_nobody(clocks: Sequence[Clock], *, now: datetime) -> None:
    """Mark the clocks whose step found nobody, and tell who can put it right."""
    if not clocks:
        return
    marked = Clock.objects.filter(pk__in=[clock.pk for clock in clocks])
    marked.update(problem=Problem.NOBODY, problem_at=now)
    raise_alarm(clocks, now=now)


def well(clocks: Sequence[Clock]) -> None:
    """Take note that the step of a clock that had a problem reached somebody."""
    recovered = [clock.pk for clock in clocks if clock.problem]
    if recovered:
        Clock.objects.filter(pk__in=recovered).update(problem="", problem_at=None, tries=0)


def raise_alarm(clocks: Sequence[Clock], *, now: datetime) -> None:
    """Tell the heads and the administrators, unless a wall stands before them, and never of what.

    Once a day and person: how many there are stands on the page of health.
    """
    overseers = list(Person.objects.holding(Role.HEAD, Role.ADMINISTRATOR))
    told = {one.pk for clock in clocks for one in overseers if clock.subject_kind not in REGISTRY}
    for kind, duty in REGISTRY.items():
        mine = [(clock, overseers) for clock in clocks if clock.subject_kind == kind]
        if mine:
            told.update(*duty.unwalled(mine).values())
    ledger.post(notices.alarm([one for one in overseers if one.pk in told], now=now))


def could_not_go_on(subject_id: UUID, error: Exception, *, now: datetime) -> None:
    """Tell that work could not be passed on by itself: the clocks on it say before whom no wall is.

    What somebody holds at this moment is no problem, and nothing about one stops the others.
    """
    if isinstance(error.__cause__, HELD):
        return
    log.warning("work %s could not go on (%s)", subject_id, type(error).__name__)
    try:
        with transaction.atomic():
            clocks = Clock.objects.open().filter(subject_id=subject_id)
            raise_alarm(list(clocks), now=now)
    except Exception as failure:  # noqa: BLE001 - nothing about one of them ends the others
        log.warning("of work %s nobody was told (%s)", subject_id, type(failure).__name__)


def _problem(error: Exception) -> Problem:
    if isinstance(error, VanishedError):
        return Problem.VANISHED
    return error.problem if isinstance(error, UnfitError) else Problem.FAILED
