"""What calendars take from outside, which changes: public holidays, and the rules of time zones."""

import hashlib
import logging
from datetime import date, datetime

import holidays
from django.db import transaction

from escalation.actions.changes import changed
from escalation.models import Calendar, CalendarDay
from escalation.rules.calendars import changes_of

log = logging.getLogger(__name__)
# the years ahead for which public holidays and the rules of zones are known
YEARS = 2


def load_holidays(*, now: datetime) -> int:
    """Load the public holidays of the years to come, and look at the zones' rules again.

    Return how many calendars changed; their clocks are counted again by the next sweep. Each
    calendar for itself: a country that the library no longer knows keeps its days, and stops none.
    """
    return sum(_renew(pk, now=now) for pk in Calendar.objects.values_list("pk", flat=True))


@transaction.atomic
def _renew(pk: int, *, now: datetime) -> bool:
    calendar = Calendar.objects.select_for_update().get(pk=pk)
    different = []
    try:
        if load(calendar, now=now):
            different.append("holidays")
    except NotImplementedError:
        log.warning("the public holidays of a calendar are not known any more")
    if mark_zone(calendar, now=now):
        different.append("zone_rules")
    # a year more may be known, though nothing is different
    calendar.save(update_fields=["zone_was"])
    if different:
        changed(calendar, what=",".join(different), by=None, now=now)
    return bool(different)


def load(calendar: Calendar, *, now: datetime) -> bool:
    """Write down the public holidays from today on; return whether anything changed.

    Days that are over stay as they were: clocks have run by them.
    """
    today = now.astimezone(calendar.zone_info).date()
    known = calendar.days.filter(source=CalendarDay.Source.LAW, day__gte=today)
    before = set(known.values_list("day", flat=True))
    wanted = _holidays(calendar, today)
    # what the office decided for a day stands
    decided = set(
        calendar.days.filter(source=CalendarDay.Source.OFFICE).values_list("day", flat=True)
    )
    gone = before - wanted.keys()
    added = wanted.keys() - before - decided
    if gone:
        known.filter(day__in=gone).delete()
    CalendarDay.objects.bulk_create(
        CalendarDay(calendar=calendar, day=day, name=wanted[day], source=CalendarDay.Source.LAW)
        for day in sorted(added)
    )
    return bool(gone or added)


def _holidays(calendar: Calendar, today: date) -> dict[date, str]:
    if not calendar.country:
        return {}
    years = range(today.year, today.year + YEARS + 1)
    found = holidays.country_holidays(
        calendar.country, subdiv=calendar.region or None, years=years, language="en_US"
    )
    longest = CalendarDay._meta.get_field("name").max_length
    return {day: name[:longest] for day, name in found.items() if day >= today}


def mark_zone(calendar: Calendar, *, now: datetime) -> bool:
    """Write down what its zone is by year; return whether a year is not what it was.

    The rules of zones come with the system and change with it, mostly some weeks before they hold.
    """
    zone, was = calendar.zone_info, calendar.zone_was
    year = now.astimezone(zone).year
    calendar.zone_was = {str(one): _mark(calendar, one) for one in range(year, year + YEARS + 1)}
    return any(was.get(one, mark) != mark for one, mark in calendar.zone_was.items())


def _mark(calendar: Calendar, year: int) -> str:
    told = [
        f"{moment.isoformat()} {offset}" for moment, offset in changes_of(calendar.zone_info, year)
    ]
    return hashlib.sha256("\n".join(told).encode()).hexdigest()[:16]
