"""Trying a path on clocks that ran: who would have been reached, how often, and how late. Pure.

What is known of a past clock is when it started, its limit and calendar, when it was met, and
whether it ran out. Whether somebody had opened a concern, looked after it or was away at that time
is not: for such steps the number is the most that it can have been.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from escalation.rules.calendars import WorkingTime
from escalation.rules.ladders import Does, Given, Step
from escalation.rules.limits import Limit

# Below it a count could mean somebody; all others are rounded, so that a difference tells nobody.
FEW = 5
KNOWN = (Given.ALWAYS, Given.UNANSWERED)
WEEK = timedelta(weeks=1)


class Past(NamedTuple):
    """A clock that ran: `answered` is when the reporter was answered, None where never or unknown.

    `is_told` is whether the answer can be known at all.
    """

    start: datetime
    limit: Limit
    hours: WorkingTime
    met: datetime | None
    ran_out: bool
    answered: datetime | None = None
    is_told: bool = False


@dataclass
class Reached:
    """How many clocks would have come as far as a step, and how many of these ran out of time.

    `at_most`: its condition is not known of the past, so there were no more than that.
    """

    step: Step
    count: int = 0
    late: int = 0
    at_most: bool = False


def trial(steps: Sequence[Step], clocks: Sequence[Past], *, now: datetime) -> list[Reached]:
    """Return how often each step would have been taken until `now`.

    Steps are taken in their order, so a clock that is met is asked for no later one.
    """
    found = [Reached(step, at_most=not _is_known(step)) for step in steps]
    for past in clocks:
        due = past.limit.deadline(past.start, past.hours)
        end = min(past.met, now) if past.met else now
        for reached in found:
            if _at(reached.step, past, due) > end:
                break
            if reached.step.given == Given.UNANSWERED and not _unanswered(reached, past, due):
                continue
            reached.count += 1
            reached.late += past.ran_out
    return found


def _is_known(step: Step) -> bool:
    """Return whether history tells if a step was taken; not how urgent something was already."""
    return step.given in KNOWN and step.does != Does.RAISE


def _unanswered(reached: Reached, past: Past, due: datetime) -> bool:
    if not past.is_told:
        reached.at_most = True
        return True
    return past.answered is None or past.answered > _at(reached.step, past, due)


def _at(step: Step, past: Past, due: datetime) -> datetime:
    return step.rung.at(past.start, due, past.hours)


def told(count: int) -> int | None:
    """Return a count as it may be shown: in fives, or None where it is too small to tell."""
    return None if count < FEW else round(count / FEW) * FEW


def told_share(count: int, of: int) -> int | None:
    """Return a share in whole per cent, of counts as they may be shown."""
    part, whole = told(count), told(of)
    return None if part is None or whole is None else min(round(100 * part / whole), 100)


@dataclass
class Alerts:
    """How often a role would have been told: all who hold it at once, or one of them."""

    to_all: int = 0
    to_one: int = 0

    @property
    def count(self) -> int:
        """Return how often somebody would have been told."""
        return self.to_all + self.to_one

    def a_week(self, people: int, lasting: timedelta) -> float | None:
        """Return alerts for each of so many people in a week; None where it is not to be told."""
        if told(self.count) is None or not people:
            return None
        each = (told(self.to_all) or 0) + (told(self.to_one) or 0) / people
        return round(each / max(lasting / WEEK, 1), 2)


def audience(reached: Sequence[Reached]) -> dict[str, Alerts]:
    """Return how many alerts each role would have had, in the order of the steps.

    The owner stands under no role; they are told as well when something is made more urgent.
    """
    found: dict[str, Alerts] = {}
    for one in reached:
        alerts = found.setdefault(one.step.role, Alerts())
        if one.step.does == Does.NOTIFY:
            alerts.to_all += one.count
        else:
            alerts.to_one += one.count
    return found
