"""Calendars: make and change them, decide on single days, and by which of them a unit works."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import CharField, Model

from common.errors import KEPT, RuleError
from escalation import notices
from escalation.actions.changes import NAME, changed, heads_beside
from escalation.actions.holidays import load, mark_zone
from escalation.actions.recounting import Forecast
from escalation.models import Calendar, CalendarDay, CalendarOfUnit
from escalation.rules import NoWorkingTimeError, bounds
from escalation.rules.calendars import WEEKDAYS, ZONES, hours_of, spans
from escalation.rules.places import regions
from ledger import actions as ledger
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
    _require_own_name(calendar)
    calendar.save(force_insert=True)
    _settle(calendar, None, now=now)
    calendar.n += 1
    calendar.save(update_fields=["n", "zone_was"])
    ledger.record(
        Verb.CALENDAR_MADE, by=by.actor, at=now, subject=f"calendar:{code}", version=calendar.n
    )
    return calendar


@transaction.atomic
def change_calendar(
    calendar: Calendar, *, hours: Hours, by: Person, now: datetime, seen: str = ""
) -> Forecast | None:
    """Change what a calendar says; return what will become of the clocks that run by it.

    They are counted again by the next sweep; None where none is, since its name alone is another.
    Where nothing is different, nothing happens. `seen` is the mark of what was on the page: what
    somebody else wrote meanwhile is not written over.
    """
    access.require(by, Role.ADMINISTRATOR)
    calendar = held(calendar)
    if seen and seen != calendar.mark:
        msg = (
            f"Somebody else changed this calendar while you worked on it. {KEPT} What it says now "
            "stands above the form; save again if yours is to take its place."
        )
        raise RuleError(msg)
    before = {name: getattr(calendar, name) for name in PARTS}
    was = _measured(calendar, now=now)
    _set(calendar, hours)
    differing = [PARTS[name] for name in PARTS if getattr(calendar, name) != before[name]]
    if not differing:
        return None
    if NAME in differing:
        _require_own_name(calendar)
    calendar.save()
    if differing == [NAME]:
        changed(calendar, what=NAME, by=by, now=now)
        return None
    _settle(calendar, was, now=now)
    return changed(calendar, what=",".join(dict.fromkeys(differing)), by=by, now=now)


@transaction.atomic
def set_day(
    calendar: Calendar, *, day: date, name: str, hours: str, by: Person, now: datetime
) -> Forecast:
    """Close a day, or open it for some hours, whatever its week and the law say.

    What was decided for a day already is taken back first: nobody writes over it unseen.
    """
    access.require(by, Role.ADMINISTRATOR)
    calendar = held(calendar)
    today = now.astimezone(calendar.zone_info).date()
    if day < today:
        msg = f"That day is over. Choose today or a day to come. {KEPT}"
        raise RuleError(msg)
    if day > today + AHEAD:
        msg = f"That is more than five years away. Look at the year again. {KEPT}"
        raise RuleError(msg)
    if standing := calendar.days.filter(day=day, source=CalendarDay.Source.OFFICE).first():
        how = f"open {standing.hours}" if standing.hours else "closed"
        msg = (
            f"{day.day} {day:%B %Y} stands there already: “{standing.name}”, {how}. To change it, "
            f"take it back among the days to come, then add it again. {KEPT}"
        )
        raise RuleError(msg)
    _fits(CalendarDay, "name", name)
    was = _measured(calendar, now=now)
    CalendarDay.objects.update_or_create(
        calendar=calendar,
        day=day,
        defaults={
            "name": name.strip(),
            "hours": _read(hours),
            "source": CalendarDay.Source.OFFICE,
        },
    )
    _settle(calendar, was, now=now)
    what = "day_opened" if hours.strip() else "day_closed"
    return changed(calendar, what=what, day=day, by=by, now=now)


@transaction.atomic
def forget_day(calendar: Calendar, *, day: date, by: Person, now: datetime) -> Forecast:
    """Let a day be again as its week and the law have it."""
    access.require(by, Role.ADMINISTRATOR)
    calendar = held(calendar)
    if day < now.astimezone(calendar.zone_info).date():
        msg = "That day is over; clocks have run by it. Nothing was changed."
        raise RuleError(msg)
    standing = calendar.days.filter(day=day, source=CalendarDay.Source.OFFICE).first()
    if standing is None:
        msg = "That day is as its week and the law have it already. Nothing was changed."
        raise RuleError(msg)
    was = _measured(calendar, now=now)
    standing.delete()
    _settle(calendar, was, now=now)
    return changed(calendar, what="day_given_back", day=day, by=by, now=now)


@transaction.atomic
def retire_calendar(calendar: Calendar, *, by: Person, now: datetime) -> None:
    """Let no unit be given a calendar any more by which none works; what runs by it runs on."""
    access.require(by, Role.ADMINISTRATOR)
    calendar = held(calendar)
    if calendar.is_office:
        msg = (
            "Every unit that was given no other works by this calendar, so it stays. Nothing was "
            "changed."
        )
        raise RuleError(msg)
    if calendar.retired_at is not None:
        msg = "It is retired already. Nothing was changed."
        raise RuleError(msg)
    units = calendar.units.order_by("unit__name").values_list("unit__name", flat=True)
    if units:
        first, more = units[0], len(units) - 1
        others = f" and {more} other{'s' if more > 1 else ''}" if more else ""
        msg = (
            f"“{first}”{others} work{'' if more else 's'} by it. Give them another calendar first. "
            "Nothing was changed."
        )
        raise RuleError(msg)
    calendar.retired_at = now
    calendar.save(update_fields=["retired_at"])
    ledger.record(Verb.CALENDAR_RETIRED, by=by.actor, at=now, subject=f"calendar:{calendar.code}")


@transaction.atomic
def work_by(unit: Unit, *, calendar: Calendar | None, by: Person, now: datetime) -> None:
    """Let a unit work by a calendar, or by the office's; clocks that run keep theirs.

    The heads of the office are told, as of a change: a unit may be given other days as well by
    giving it another calendar.
    """
    access.require(by, Role.ADMINISTRATOR)
    before = Calendar.objects.of(unit)
    if calendar is None:
        CalendarOfUnit.objects.filter(unit=unit).delete()
    else:
        calendar = held(calendar)
        if calendar.retired_at is not None:
            msg = f"“{calendar.name}” is retired by now. Choose another calendar. {KEPT}"
            raise RuleError(msg)
        CalendarOfUnit.objects.update_or_create(unit=unit, defaults={"calendar": calendar})
    ledger.record(
        Verb.CALENDAR_GIVEN,
        by=by.actor,
        at=now,
        subject=f"unit:{unit.pk}",
        calendar=calendar.code if calendar else "",
    )
    given = Calendar.objects.of(unit)
    if given != before:
        ledger.post(notices.calendar_given(unit, given, heads_beside(by), by=by, now=now))


# -- what a calendar says ------------------------------------------------------------

# the parts of a calendar, as the ledger names them
PARTS = {"name": "name", "zone": "zone", "week": "week", "country": "place", "region": "place"}


def held(calendar: Calendar) -> Calendar:
    """Return a calendar as it is now, held until the commit."""
    return Calendar.objects.select_for_update().get(pk=calendar.pk)


def _require_own_name(calendar: Calendar) -> None:
    """Refuse the name of another calendar that is in use: lists tell them apart by it alone."""
    others = Calendar.objects.in_use().exclude(pk=calendar.pk)
    if others.filter(name__iexact=calendar.name).exists():
        msg = f"There is a calendar “{calendar.name}” already. {KEPT}"
        raise RuleError(msg)


def _set(calendar: Calendar, hours: Hours) -> None:
    if len(hours.week) != len(WEEKDAYS):
        msg = f"A week has seven days. {KEPT}"
        raise RuleError(msg)
    if hours.zone and hours.zone not in ZONES:
        msg = f"There is no time zone “{hours.zone}”. Choose one such as Europe/London. {KEPT}"
        raise RuleError(msg)
    supported = regions()
    if hours.country and hours.country not in supported:
        msg = f"The public holidays of “{hours.country}” are not known. {KEPT}"
        raise RuleError(msg)
    if hours.region and hours.region not in supported.get(hours.country, ()):
        msg = f"“{hours.region}” is no region of {hours.country or 'no country'}. {KEPT}"
        raise RuleError(msg)
    _fits(Calendar, "name", hours.name)
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


def _fits(model: type[Model], field: str, words: str) -> None:
    """Refuse words that a column does not take."""
    column = model._meta.get_field(field)
    longest = column.max_length if isinstance(column, CharField) else None
    if longest is not None and len(words.strip()) > longest:
        msg = f"That is {len(words.strip())} letters long; {longest} fit. Shorten it. {KEPT}"
        raise RuleError(msg)


def _measured(calendar: Calendar, *, now: datetime, today: date | None = None) -> bounds.Measured:
    """Return how much a calendar is worked, as it is written down now."""
    hours = Calendar.objects.get(pk=calendar.pk).hours
    own = calendar.days.filter(source=CalendarDay.Source.OFFICE, hours="")
    closed = own.values_list("day", flat=True)
    return bounds.measured(hours, closed, today=today or hours.local_day(now))


def _settle(calendar: Calendar, was: bounds.Measured | None, *, now: datetime) -> None:
    """Load its holidays, and refuse what no office can mean; unsaved but for the days.

    `was` is how it was before the change; nothing where it is new.
    """
    load(calendar, now=now)
    mark_zone(calendar, now=now)
    hours = Calendar.objects.get(pk=calendar.pk).hours
    try:
        hours.after_working_time(now, timedelta(hours=1))
    except NoWorkingTimeError:
        msg = f"By this calendar nobody would work for a year. Give it some hours. {KEPT}"
        raise RuleError(msg) from None
    # counted from one day for both: another zone may be a day ahead
    flaw = bounds.flaw_of(_measured(calendar, now=now, today=was and was.today), was)
    if flaw:
        msg = f"{flaw} {KEPT}"
        raise RuleError(msg)
