"""Days as the office counts them: its zone, its midnights."""

import random
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings

_random = random.SystemRandom()


def zone() -> ZoneInfo:
    """Return the time zone in which the office counts its days."""
    return ZoneInfo(settings.OFFICE_ZONE)


def day_of(moment: datetime) -> date:
    """Return the calendar day on which `moment` falls at the office."""
    return moment.astimezone(zone()).date()


def last_day(moment: datetime) -> date:
    """Return the office's day with which a period ends that runs until `moment`.

    What ends at midnight ends with the day before (EU Regulation 1182/71, art. 3(2)).
    """
    return day_of(moment - timedelta(microseconds=1))


def midnight(day: date) -> datetime:
    """Return the moment at which `day` begins at the office."""
    return datetime.combine(day, time(), tzinfo=zone())


def next_midnight(moment: datetime) -> datetime:
    """Return the first midnight at the office after `moment`."""
    return midnight(day_of(moment) + timedelta(days=1))


def blurred(moment: datetime) -> datetime:
    """Return a random full minute of the two hours after `moment`.

    Whatever is told then may have been written at any time of the two hours before.
    """
    return moment.replace(second=0, microsecond=0) + timedelta(minutes=_random.randint(1, 119))
