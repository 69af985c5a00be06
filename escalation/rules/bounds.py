"""What no office can mean by a calendar: refused with a sentence, since people slip. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import NamedTuple

from escalation.rules.calendars import DAY, WorkingTime

# Whoever works less by it cannot keep three working days, which is what a reporter is promised.
LEAST_A_WEEK = timedelta(hours=5)
# Beside weekends and public holidays; twice as many as the longest annual leave that a law gives.
MOST_CLOSED = 60
# Longer than the longest summer closing: within it a concern would wait for a month, by rule.
LONGEST_CLOSED = 31


def hours_a_week(hours: WorkingTime) -> timedelta:
    """Return how long an ordinary week is worked."""
    minutes = sum(span.end - span.start for day in hours.week for span in day)
    return timedelta(minutes=minutes)


class Measured(NamedTuple):
    """How much a calendar is worked from a day on: what its bounds are set against.

    `closed` is how many days the office itself closes, by year, of those its week has hours for;
    `longest` how many days on end nobody works, and `since` the first of these.
    """

    today: date
    week: timedelta
    closed: Mapping[int, int]
    longest: int
    since: date


def measured(hours: WorkingTime, own: Iterable[date], *, today: date) -> Measured:
    """Return how much is worked by these hours from today on; `own` the office itself closed.

    What is over counts no more: nobody can open it again.
    """
    ahead = [day for day in own if day >= today]
    closed = [day for day in ahead if hours.week[day.weekday()]]
    longest, since = _longest(hours, max([today, *closed]), today=today)
    years = Counter(day.year for day in closed)
    return Measured(today, hours_a_week(hours), years, longest, since)


def flaw_of(now: Measured, was: Measured | None) -> str:
    """Return what no office can mean by a calendar, as a sentence; nothing where all is well.

    What was so before may stay, so a change is asked only for what it makes worse.
    """
    if now.week < LEAST_A_WEEK and (was is None or now.week < was.week):
        least = LEAST_A_WEEK // timedelta(hours=1)
        return (
            f"A week by it has less than {least} hours of work, and limits of some working days "
            "could not be kept. Look at the hours again."
        )
    for year, count in now.closed.items():
        if count > max(MOST_CLOSED, was.closed.get(year, 0) if was else 0):
            return (
                f"That would be more than {MOST_CLOSED} closed days of the office's own in {year}, "
                "and every promise would wait for them. Change the hours of the week instead."
            )
    if now.longest > max(LONGEST_CLOSED, was.longest if was else 0):
        return (
            f"From {_said(now.since)} on nobody would work for more than {LONGEST_CLOSED} days, "
            "and whoever tells something would wait for as long. Leave a day open between."
        )
    return ""


def _longest(hours: WorkingTime, until: date, *, today: date) -> tuple[int, date]:
    """Return how many days on end nobody works, at the most, and since when."""
    longest, since, day = (0, today), today, today
    while day <= until + LONGEST_CLOSED * DAY:
        if hours.is_working(day):
            since = day + DAY
        else:
            longest = max(longest, ((day - since).days + 1, since), key=lambda found: found[0])
        day += DAY
    return longest


def _said(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
