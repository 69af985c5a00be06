"""Days as the office counts them: its zone, its midnights."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings


def zone() -> ZoneInfo:
    """Return the time zone in which the office counts its days."""
    return ZoneInfo(settings.OFFICE_ZONE)


def day_of(moment: datetime) -> date:
    """Return the calendar day on which `moment` falls at the office."""
    return moment.astimezone(zone()).date()


def midnight(day: date) -> datetime:
    """Return the moment at which `day` begins at the office."""
    return datetime.combine(day, time(), tzinfo=zone())


def next_midnight(moment: datetime) -> datetime:
    """Return the first midnight at the office after `moment`."""
    return midnight(day_of(moment) + timedelta(days=1))


def next_hour(moment: datetime) -> datetime:
    """Return the next full hour, so that a time of sending tells no time of writing."""
    return moment.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
