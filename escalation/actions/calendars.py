"""Calendars: make and change them, decide on single days, and by which of them a unit works."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db import transaction

from common.errors import KEPT, RuleError
from escalation.actions.holidays import load, mark_zone
from escalation.actions.recounting import Forecast, forecast
from escalation.models import Calendar, CalendarDay, CalendarOfUnit
from escalation.rules import NoWorkingTimeError
from escalation.rules.calendars import WEEKDAYS, hours_of, spans
from escalation.rules.places import regions
from ledger import actions as ledger
from ledger.actions import Act
from ledger.rules import Actor, Fact
from ledger.verbs import Verb
from people import access
from people.models import Person, Unit
from people.rules import Role

# further ahead nobody decides on single days, and a slip of the year would stand for ever
AHEAD = timedelta(days=366 * 5)


@dataclass(frozen=True)
class Hours:
    """What a calendar says: its zone, its week from Monday, and whose public holidays it keeps."""

    name: str
    week: Sequence[str]
    zone: str = ""
    country: str = ""
    region: str = ""


@transaction.atomic
def make_calendar(*, code: str, hours: Hours, by: Person, now: datetime) -> Calendar:
    """Make a calendar, with the public holidays of its place."""
    access.require(by, Role.ADMINISTRATOR)
    if Calendar.objects.filter(code=code).exists():
        msg = f"There is a calendar “{code}” already. {KEPT}"
        raise RuleError(msg)
    calendar = Calendar(code=code)
    _set(calendar, hours)
    calendar.save(force_insert=True)
    settle(calendar, Verb.CALENDAR_MADE, by=by.actor, now=now)
    return calendar


@transaction.atomic
def change_calendar(calendar: Calendar, *, hours: Hours, by: Person, now: datetime) -> Forecast:
    """Change what a calendar says; return what will become of the clocks that run by it.

    They are counted again by the next sweep. Where nothing is different, nothing happens.
    """
    access.require(by, Role.ADMINISTRATOR)
    calendar = held(calendar)
    before = {name: getattr(calendar, name) for name in PARTS}
    _set(calendar, hours)
    changed = [PARTS[name] for name, was in before.items() if getattr(calendar, name) != was]
    if not changed:
        return Forecast()
    calendar.save()
    changed = list(dict.fromkeys(changed))
    settle(calendar, Verb.CALENDAR_CHANGED, by=by.actor, now=now, what=",".join(changed))
    # its name alone moves nothing
    return Forecast() if changed == ["name"] else forecast(calendar, now=now)


@transaction.atomic
def set_day(
    calendar: Calendar, *, day: date, name: str, hours: str, by: Person, now: datetime
) -> Forecast:
    """Close a day, or open it for some hours, whatever its week and the law say."""
    access.require(by, Role.ADMINISTRATOR)
    calendar = held(calendar)
    today = now.astimezone(calendar.zone_info).date()
    if day < today:
        msg = f"That day is over. Choose today or a day to come. {KEPT}"
        raise RuleError(msg)
    if day > today + AHEAD:
        msg = f"That is more than five years away. Look at the year again. {KEPT}"
        raise RuleError(msg)
    CalendarDay.objects.update_or_create(
        calendar=calendar,
        day=day,
        defaults={
            "name": name.strip(),
            "hours": _read(hours),
            "source": CalendarDay.Source.OFFICE,
        },
    )
    what = "day_opened" if hours.strip() else "day_closed"
    facts = {"what": what, "day": day.isoformat()}
    settle(calendar, Verb.CALENDAR_CHANGED, by=by.actor, now=now, **facts)
    return forecast(calendar, now=now)


@transaction.atomic
def forget_day(calendar: Calendar, *, day: date, by: Person, now: datetime) -> Forecast:
    """Let a day be again as its week and the law have it."""
    access.require(by, Role.ADMINISTRATOR)
    calendar = held(calendar)
    if day < now.astimezone(calendar.zone_info).date():
        msg = "That day is over; clocks have run by it. Nothing was changed."
        raise RuleError(msg)
    gone, _ = calendar.days.filter(day=day, source=CalendarDay.Source.OFFICE).delete()
    if not gone:
        msg = "That day is as its week and the law have it already. Nothing was changed."
        raise RuleError(msg)
    facts = {"what": "day_given_back", "day": day.isoformat()}
    settle(calendar, Verb.CALENDAR_CHANGED, by=by.actor, now=now, **facts)
    return forecast(calendar, now=now)


@transaction.atomic
def work_by(unit: Unit, *, calendar: Calendar | None, by: Person, now: datetime) -> None:
    """Let a unit work by a calendar, or by the office's; clocks that run keep theirs."""
    access.require(by, Role.ADMINISTRATOR)
    if calendar is None:
        CalendarOfUnit.objects.filter(unit=unit).delete()
    else:
        CalendarOfUnit.objects.update_or_create(unit=unit, defaults={"calendar": calendar})
    ledger.record(
        Verb.CALENDAR_GIVEN,
        by=by.actor,
        at=now,
        subject=f"unit:{unit.pk}",
        calendar=calendar.code if calendar else "",
    )


# -- what a calendar says ------------------------------------------------------------

# the parts of a calendar, as the ledger names them
PARTS = {"name": "name", "zone": "zone", "week": "week", "country": "place", "region": "place"}


def held(calendar: Calendar) -> Calendar:
    """Return a calendar as it is now, held until the commit."""
    return Calendar.objects.select_for_update().get(pk=calendar.pk)


def _set(calendar: Calendar, hours: Hours) -> None:
    if len(hours.week) != len(WEEKDAYS):
        msg = f"A week has seven days. {KEPT}"
        raise RuleError(msg)
    try:
        ZoneInfo(hours.zone or "UTC")
    except (ZoneInfoNotFoundError, ValueError, OSError):
        msg = f"There is no time zone “{hours.zone}”. Choose one such as Europe/London. {KEPT}"
        raise RuleError(msg) from None
    supported = regions()
    if hours.country and hours.country not in supported:
        msg = f"The public holidays of “{hours.country}” are not known. {KEPT}"
        raise RuleError(msg)
    if hours.region and hours.region not in supported.get(hours.country, ()):
        msg = f"“{hours.region}” is no region of {hours.country or 'no country'}. {KEPT}"
        raise RuleError(msg)
    calendar.name, calendar.zone = hours.name.strip(), hours.zone
    calendar.country, calendar.region = hours.country, hours.region
    calendar.week = [_read(one) for one in hours.week]


def _read(hours: str) -> str:
    """Return hours as they are kept, or refuse them with what is wrong."""
    try:
        return hours_of(spans(hours))
    except ValueError as error:
        msg = f"{error} {KEPT}"
        raise RuleError(msg) from None


def settle(calendar: Calendar, verb: Verb, *, by: Actor, now: datetime, **facts: Fact) -> None:
    """Load its holidays, refuse it where nothing is worked, and let its clocks be counted again."""
    load(calendar, now=now)
    mark_zone(calendar, now=now)
    calendar.n += 1
    calendar.save(update_fields=["n", "zone_was"])
    try:
        Calendar.objects.get(pk=calendar.pk).hours.after_working_time(now, timedelta(hours=1))
    except NoWorkingTimeError:
        msg = f"By this calendar nobody would work for a year. Give it some hours. {KEPT}"
        raise RuleError(msg) from None
    told = {"version": calendar.n, **facts}
    ledger.record_all([Act(verb, by, now, f"calendar:{calendar.code}", facts=told)])
