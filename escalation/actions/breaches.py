"""A clock that runs out: recorded when its limit comes, whether or not a step comes with it."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import F, Func
from django.db.models.fields import DateTimeField

from escalation import lifecycle
from escalation.lifecycle import Move, State
from escalation.models import Clock
from ledger import actions as ledger
from ledger.actions import Act
from ledger.rules import SYSTEM, Fact
from ledger.verbs import Verb


class At(Func):
    """An element of an array by its number, from 1; NULL past its end."""

    template = "(%(expressions)s])"
    arg_joiner = "["
    output_field = DateTimeField()


def has_run_out(clock: Clock, now: datetime) -> bool:
    """Return whether the limit of a clock has come, and nobody has recorded it."""
    return clock.state == State.RUNNING and clock.due_at <= now


def is_limit_alone(clock: Clock, now: datetime) -> bool:
    """Return whether the limit has come and no step with it: the next is ahead, or there is none.

    A number past the end of its path is no end: such a clock cannot be followed.
    """
    at = clock.step_at
    is_between = clock.next_step == len(clock.times) + 1 if at is None else at > now
    return has_run_out(clock, now) and is_between


def run_out(clocks: Sequence[Clock], *, now: datetime) -> None:
    """Record that clocks ran out, which tells nobody: their steps do."""
    if not clocks:
        return
    Clock.objects.filter(pk__in=[clock.pk for clock in clocks]).update(
        state=lifecycle.after(State.RUNNING, Move.BREACH),
        breached_at=F("due_at"),
        next_at=At(F("times"), F("next_step")),
    )
    ledger.record_all([breach(clock, now=now) for clock in clocks])


def breach(clock: Clock, *, now: datetime) -> Act:
    """Return the act by which a clock is known to have run out."""
    facts: dict[str, Fact] = {"clock": clock.kind, "subject_kind": clock.subject_kind}
    subject = f"{clock.subject_kind}:{clock.subject_id}"
    return Act(Verb.CLOCK_BREACHED, SYSTEM, now, subject, facts=facts)
