"""What no office can mean by a calendar: refused with a sentence, since people slip. Pure."""

from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta

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


def flaw_of(hours: WorkingTime, own: Iterable[date], *, today: date) -> str:
    """Return what no office can mean by these hours, as a sentence; nothing where all is well.

    `own` are the days that the office itself closed, whether or not its week has hours for them.
    """
    if hours_a_week(hours) < LEAST_A_WEEK:
        least = LEAST_A_WEEK // timedelta(hours=1)
        return (
            f"A week by it has less than {least} hours of work, and limits of some working days "
            "could not be kept. Look at the hours again."
        )
    closed = [day for day in own if hours.week[day.weekday()]]
    for year, count in Counter(day.year for day in closed).items():
        if count > MOST_CLOSED:
            return (
                f"That would be more than {MOST_CLOSED} closed days of the office's own in {year}, "
                "and every promise would wait for them. Change the hours of the week instead."
            )
    return _gap(hours, max([today, *closed]), today=today)


def _gap(hours: WorkingTime, until: date, *, today: date) -> str:
    day, since = today, today
    while day <= until + LONGEST_CLOSED * DAY:
        if hours.is_working(day):
            since = day + DAY
        elif (day - since).days >= LONGEST_CLOSED:
            return (
                f"From {_said(since)} on nobody would work for more than {LONGEST_CLOSED} days, "
                "and whoever tells something would wait for as long. Leave a day open between."
            )
        day += DAY
    return ""


def _said(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
