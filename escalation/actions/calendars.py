"""Calendars: make and change them, load public holidays, and count running clocks again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import holidays
from django.db import transaction
from django.db.models import F

from common import days
from common.errors import RuleError
from escalation.duties import REGISTRY
from escalation.lifecycle import COUNTING
from escalation.models import Calendar, CalendarDay, CalendarOfUnit, Clock
from escalation.rules import Limit, NoWorkingTimeError, Schedule, schedule
from escalation.rules.calendars import WEEKDAYS, spans
from ledger import actions as ledger
from ledger.actions import Act
from ledger.rules import SYSTEM, Actor
from ledger.verbs import Verb
from people import access
from people.models import Person, Unit
from people.rules import Role

# What comes sooner by a change leaves at least so much of the time on which somebody counted.
NOTICE = timedelta(days=1)
# the years ahead for which public holidays are known
YEARS = 2
BATCH = 500
KEPT = "Nothing was changed; what you entered is kept."


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
    _settle(calendar, Verb.CALENDAR_MADE, by=by.actor, now=now)
    return calendar


@transaction.atomic
def change_calendar(calendar: Calendar, *, hours: Hours, by: Person, now: datetime) -> None:
    """Change what a calendar says; the clocks that run by it are counted again."""
    access.require(by, Role.ADMINISTRATOR)
    calendar = _held(calendar)
    _set(calendar, hours)
    calendar.save()
    _settle(calendar, Verb.CALENDAR_CHANGED, by=by.actor, now=now)


@transaction.atomic
def set_day(
    calendar: Calendar, *, day: date, name: str, hours: str, by: Person, now: datetime
) -> None:
    """Close a day, or open it for some hours, whatever its week and the law say."""
    access.require(by, Role.ADMINISTRATOR)
    if day < days.day_of(now):
        msg = f"That day is over. Choose today or a day to come. {KEPT}"
        raise RuleError(msg)
    calendar = _held(calendar)
    CalendarDay.objects.update_or_create(
        calendar=calendar,
        day=day,
        defaults={
            "name": name.strip(),
            "hours": _read(hours),
            "source": CalendarDay.Source.OFFICE,
        },
    )
    _settle(calendar, Verb.CALENDAR_CHANGED, by=by.actor, now=now)


@transaction.atomic
def forget_day(calendar: Calendar, *, day: date, by: Person, now: datetime) -> None:
    """Let a day be again as its week and the law have it."""
    access.require(by, Role.ADMINISTRATOR)
    if day < days.day_of(now):
        msg = "That day is over; clocks have run by it. Nothing was changed."
        raise RuleError(msg)
    calendar = _held(calendar)
    calendar.days.filter(day=day, source=CalendarDay.Source.OFFICE).delete()
    _settle(calendar, Verb.CALENDAR_CHANGED, by=by.actor, now=now)


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


@transaction.atomic
def load_holidays(*, now: datetime) -> int:
    """Load the public holidays of the years to come; return how many calendars changed."""
    changed = 0
    for calendar in Calendar.objects.exclude(country="").select_for_update():
        if _load(calendar, days.day_of(now)):
            _settle(calendar, Verb.CALENDAR_CHANGED, by=SYSTEM, now=now)
            changed += 1
    return changed


# -- clocks that run -----------------------------------------------------------------


def recount(*, now: datetime, batch: int = BATCH) -> int:
    """Count the clocks again whose calendar has changed since; return how many.

    Nothing comes sooner than before unless it leaves `NOTICE`. Several may count at once.
    """
    total = 0
    while True:
        found = _recount_batch(now=now, batch=batch)
        total += found
        if found < batch:
            return total


@transaction.atomic
def _recount_batch(*, now: datetime, batch: int) -> int:
    stale = Clock.objects.filter(state__in=COUNTING, calendar_n__lt=F("calendar__n"))
    clocks = list(
        stale.select_related("calendar")
        .prefetch_related("calendar__days", "path__steps")
        .select_for_update(skip_locked=True, of=("self",))
        .order_by("pk")[:batch]
    )
    moved = [(clock, before) for clock in clocks if (before := _count(clock, now=now))]
    Clock.objects.bulk_update(clocks, ["due_at", "times", "next_at", "calendar_n"])
    ledger.record_all([_moved(clock, before, now=now) for clock, before in moved])
    for kind in {clock.subject_kind for clock, _ in moved}:
        REGISTRY[kind].moved([clock for clock, _ in moved if clock.subject_kind == kind])
    return len(clocks)


def _count(clock: Clock, *, now: datetime) -> datetime | None:
    """Count a clock again; return when it was due, if that has changed."""
    calendar = clock.calendar
    assert calendar is not None  # noqa: S101 - it was found by its calendar
    clock.calendar_n = calendar.n
    if not clock.limit:
        return None
    before = Schedule(clock.due_at, tuple(clock.times))
    counted = schedule(
        Limit.read(clock.limit), clock.path.rungs, clock.started_at, calendar.hours
    ).not_sooner(before, now + NOTICE)
    clock.due_at, clock.times = counted.due, list(counted.steps)
    if clock.next_at is not None:
        clock.next_at = clock.times[clock.next_step - 1]
    return before.due if counted.due != before.due else None


def _moved(clock: Clock, before: datetime, *, now: datetime) -> Act:
    return Act(
        Verb.CLOCK_MOVED,
        SYSTEM,
        now,
        f"{clock.subject_kind}:{clock.subject_id}",
        facts={
            "clock": clock.kind,
            "was": days.day_of(before).isoformat(),
            "is": days.day_of(clock.due_at).isoformat(),
        },
    )


# -- what a calendar says ------------------------------------------------------------


def _held(calendar: Calendar) -> Calendar:
    return Calendar.objects.select_for_update().get(pk=calendar.pk)


def _set(calendar: Calendar, hours: Hours) -> None:
    if len(hours.week) != len(WEEKDAYS):
        msg = f"A week has seven days. {KEPT}"
        raise RuleError(msg)
    try:
        ZoneInfo(hours.zone or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        msg = f"There is no time zone “{hours.zone}”. Choose one such as Europe/London. {KEPT}"
        raise RuleError(msg) from None
    supported = holidays.list_supported_countries()
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
        spans(hours)
    except ValueError as error:
        msg = f"{error} {KEPT}"
        raise RuleError(msg) from None
    return hours.strip()


def _settle(calendar: Calendar, verb: Verb, *, by: Actor, now: datetime) -> None:
    """Load its holidays, refuse it where nothing is worked, and let its clocks be counted again."""
    _load(calendar, days.day_of(now))
    calendar.n = F("n") + 1
    calendar.save(update_fields=["n"])
    calendar.refresh_from_db()
    try:
        Calendar.objects.get(pk=calendar.pk).hours.after_working_time(now, timedelta(hours=1))
    except NoWorkingTimeError:
        msg = f"By this calendar nobody would work for a year. Give it some hours. {KEPT}"
        raise RuleError(msg) from None
    ledger.record(verb, by=by, at=now, subject=f"calendar:{calendar.code}", version=calendar.n)


def _load(calendar: Calendar, today: date) -> bool:
    """Write down the public holidays from today on; return whether anything changed.

    Days that are over stay as they were: clocks have run by them.
    """
    known = calendar.days.filter(source=CalendarDay.Source.LAW, day__gte=today)
    before = dict(known.values_list("day", "name"))
    wanted = _holidays(calendar, today)
    gone = before.keys() - wanted.keys()
    known.filter(day__in=gone).delete()
    # what the office decided for a day stands
    decided = set(
        calendar.days.filter(source=CalendarDay.Source.OFFICE).values_list("day", flat=True)
    )
    added = CalendarDay.objects.bulk_create(
        CalendarDay(calendar=calendar, day=day, name=name, source=CalendarDay.Source.LAW)
        for day, name in wanted.items()
        if day not in before and day not in decided
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
