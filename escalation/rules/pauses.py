"""For which reasons a clock may be paused, which clocks, and for how long. Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import TextChoices

from escalation.rules.kinds import KINDS


class Reason(TextChoices):
    """Why a clock is paused."""

    REPORTER = "reporter", "Waiting for the reporter's answer"
    AUTHORITY = "authority", "Waiting for another authority"
    PROSECUTOR = "prosecutor", "Police or a prosecutor asked to wait"
    AWAY = "away", "Whoever it concerns is unfit or away"
    LEGAL = "legal", "A court or a law says to wait"


# For how long a clock may be paused for each reason, and for all of them together, however often.
LONGEST: Mapping[Reason, timedelta] = {
    Reason.REPORTER: timedelta(days=28),
    Reason.AUTHORITY: timedelta(days=90),
    Reason.PROSECUTOR: timedelta(days=180),
    Reason.AWAY: timedelta(days=42),
    Reason.LEGAL: timedelta(days=180),
}
IN_ALL = timedelta(days=270)

# What the office owes itself. What it owes a reporter runs on: Directive (EU) 2019/1937 asks for
# an acknowledgement in seven days and feedback in three months whatever is waited for, and what
# keeps somebody safe does not wait either.
PAUSABLE = frozenset(code for code, kind in KINDS.items() if kind.can_rest)
LAW: Mapping[str, str] = {
    "acknowledge": "seven days (Directive (EU) 2019/1937, art. 9(1)(b))",
    "feedback": "three months (Directive (EU) 2019/1937, art. 9(1)(f))",
}


class Paused(NamedTuple):
    """For what a clock was paused, and from when to when."""

    reason: Reason
    since: datetime
    until: datetime


def may_be_paused(kind: str) -> bool:
    """Return whether clocks of a kind can be paused at all."""
    return kind in PAUSABLE


def runs_on(kind: str) -> str:
    """Return the sentence that refuses to pause a clock of this kind."""
    if kind in LAW:
        return f"The law gives {LAW[kind]}, and no pause makes that longer."
    return "Somebody counts on this time, so it is never paused."


def days_left(reason: Reason, before: Sequence[Paused]) -> timedelta:
    """Return for how long a clock may still be paused for a reason, after the pauses before."""
    spent = _length(before)
    for_this = _length([one for one in before if one.reason == reason])
    return max(min(LONGEST[reason] - for_this, IN_ALL - spent), timedelta())


def _length(pauses: Sequence[Paused]) -> timedelta:
    return sum((one.until - one.since for one in pauses), timedelta())
