"""Calendars in the browser, for administrators: hours, holidays, single days, units."""

from collections import defaultdict
from typing import Any, NamedTuple
from zoneinfo import available_timezones

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.text import slugify

from escalation import actions
from escalation.forms.calendars import (
    CalendarForm,
    DayForm,
    ForgetDayForm,
    NewCalendarForm,
    WorkByForm,
)
from escalation.lifecycle import COUNTING
from escalation.models import Calendar, CalendarDay, CalendarOfUnit, Clock
from escalation.rules import Limit
from escalation.rules.calendars import WEEKDAYS, WorkingTime
from escalation.rules.places import place
from people.models import Unit
from people.rules import Role
from safes.desk.base import Page, Step


class Line(NamedTuple):
    """A calendar of the list."""

    calendar: Calendar
    zone: str
    place: str
    week: str
    units: list[Unit]


class Preview(NamedTuple):
    """What a calendar makes of something that starts now."""

    zone: str
    now: str
    five_days: str
    two_hours: str


def week_words(week: list[str]) -> str:
    """Return the hours of a week in short: days that are worked alike stand together."""
    told: list[tuple[int, int, str]] = []
    for n, hours in enumerate(week):
        if told and told[-1][2] == hours:
            told[-1] = (told[-1][0], n, hours)
        else:
            told.append((n, n, hours))
    return "; ".join(
        f"{WEEKDAYS[first]}{f' to {WEEKDAYS[last]}' if last > first else ''} {hours}"
        for first, last, hours in told
        if hours
    )


def preview(hours: WorkingTime, now: Any) -> Preview:
    """Return, on the clocks of a calendar, when something would be due that starts now."""

    def shown(moment: Any) -> str:
        local = moment.astimezone(hours.zone)
        return f"{local:%A}, {local.day} {local:%B} {local.year}, {local:%H:%M}"

    return Preview(
        hours.zone.key,
        shown(now),
        shown(Limit(working_days=5).end(now, hours)),
        shown(Limit(working_hours=2).end(now, hours)),
    )


def said(forecast: actions.Forecast) -> str:
    """Return what will become of the clocks, and how sure that is."""
    if not forecast.running:
        return "Saved. No clock that runs is counted by it."
    clocks = f"{forecast.running:,} clock{'s' if forecast.running > 1 else ''}"
    among = f" of the {forecast.looked_at} nearest" if forecast.looked_at < forecast.running else ""
    moves = (
        f"{forecast.moved}{among} will be due at another time, none sooner than a day from now "
        "unless it was due before that already."
        if forecast.moved
        else f"None{among} will be due at another time."
    )
    return f"Saved. {clocks} counted by it will be counted again within a minute. {moves}"


class CalendarsFrame(Page):
    """All calendars, and which units work by them."""

    roles = frozenset({Role.ADMINISTRATOR})

    def address(self) -> str:
        """Return where the page is."""
        return reverse("setup:calendars")

    def page(self, **wrong: forms.Form) -> HttpResponse:
        """Show the list."""
        units: dict[int, list[Unit]] = defaultdict(list)
        given = CalendarOfUnit.objects.select_related("unit").order_by("unit__name")
        for one_given in given:
            units[one_given.calendar_id].append(one_given.unit)
        lines = [
            Line(
                one,
                one.zone_info.key,
                place(one.country, one.region),
                week_words(one.week),
                units[one.pk],
            )
            for one in Calendar.objects.order_by("-is_office", "name")
        ]
        return self.show(
            "escalation/calendars.html",
            lines=lines,
            form=next(iter(wrong.values()), None),
            new=wrong.get("new") or NewCalendarForm(auto_id="new_%s"),
            work_by=wrong.get("work_by") or WorkByForm(auto_id="work_by_%s"),
        )


class Calendars(Step, CalendarsFrame):
    """The list, on which an administrator makes a calendar."""

    name = "new"

    def get(self, request: HttpRequest, **kwargs: object) -> HttpResponse:  # noqa: ARG002 - Django's signature
        """Show the list."""
        return self.page()

    def form(self, data: Any) -> forms.Form:
        """Return the name."""
        return NewCalendarForm(data, auto_id="new_%s")

    def act(self, **entered: Any) -> str:
        """Make it as the office's is."""
        office = Calendar.objects.of(None)
        name = entered["name"]
        self.made = actions.make_calendar(
            code=slugify(name)[:50] or f"calendar-{Calendar.objects.count() + 1}",
            hours=actions.Hours(name, office.week, office.zone, office.country, office.region),
            by=self.person,
            now=self.now,
        )
        return "Made, as the office's is. Set its hours and its place, then give it to units."

    def onward(self) -> str:
        """Lead to the calendar."""
        return reverse("setup:calendar", args=[self.made.code])


class WorkBy(Step, CalendarsFrame):
    """Let a unit work by a calendar."""

    name = "work_by"

    def form(self, data: Any) -> forms.Form:
        """Return which unit and which calendar."""
        return WorkByForm(data, auto_id="work_by_%s")

    def act(self, **entered: Any) -> str:
        """Give it to them."""
        unit, calendar = entered["unit"], entered["calendar"]
        own = None if calendar.is_office else calendar
        actions.work_by(unit, calendar=own, by=self.person, now=self.now)
        return f"{unit.name} works by “{calendar.name}”. Clocks that run already keep theirs."


class CalendarFrame(Page):
    """One calendar."""

    roles = frozenset({Role.ADMINISTRATOR})

    @cached_property
    def calendar(self) -> Calendar:
        """Return the calendar."""
        return get_object_or_404(Calendar, code=self.kwargs["code"])

    def address(self) -> str:
        """Return where the page is."""
        return reverse("setup:calendar", args=[self.calendar.code])

    def page(self, **wrong: forms.Form) -> HttpResponse:
        """Show what it says, the days to come, and what it makes of something that starts now."""
        calendar = Calendar.objects.get(pk=self.calendar.pk)
        today = calendar.hours.local_day(self.now)
        coming = calendar.days.filter(day__gte=today).order_by("day")
        units = CalendarOfUnit.objects.filter(calendar=calendar).select_related("unit")
        return self.show(
            "escalation/calendar.html",
            calendar=calendar,
            place=place(calendar.country, calendar.region),
            days=list(coming),
            own=CalendarDay.Source.OFFICE,
            units=[one.unit for one in units.order_by("unit__name")],
            running=Clock.objects.filter(calendar=calendar, state__in=COUNTING).count(),
            preview=preview(calendar.hours, self.now),
            zones=sorted(available_timezones()),
            form=next(iter(wrong.values()), None),
            hours=wrong.get("hours") or CalendarForm.of(calendar),
            day=wrong.get("day") or DayForm(auto_id="day_%s"),
        )


class OneCalendar(Step, CalendarFrame):
    """The page of a calendar, on which an administrator changes what it says."""

    name = "hours"

    def get(self, request: HttpRequest, **kwargs: object) -> HttpResponse:  # noqa: ARG002 - Django's signature
        """Show the page."""
        return self.page()

    def form(self, data: Any) -> CalendarForm:
        """Return what it is to say; a region of another country goes with that."""
        if data.get("country", "") != self.calendar.country:
            data = data.copy()
            data["region"] = ""
        self.entered = CalendarForm(data)
        return self.entered

    def act(self, **entered: Any) -> str:  # noqa: ARG002 - the form says it as the action takes it
        """Change it."""
        hours = self.entered.hours
        return said(
            actions.change_calendar(self.calendar, hours=hours, by=self.person, now=self.now)
        )


class SetDay(Step, CalendarFrame):
    """Close a day, or open it for some hours."""

    name = "day"

    def form(self, data: Any) -> forms.Form:
        """Return which day and what it is."""
        return DayForm(data, auto_id="day_%s")

    def act(self, **entered: Any) -> str:
        """Write it down."""
        return said(actions.set_day(self.calendar, by=self.person, now=self.now, **entered))


class ForgetDay(Step, CalendarFrame):
    """Let a day be again as its week and the law have it."""

    name = "forget"

    def form(self, data: Any) -> forms.Form:
        """Return which day."""
        return ForgetDayForm(data)

    def act(self, **entered: Any) -> str:
        """Give it back."""
        return said(actions.forget_day(self.calendar, by=self.person, now=self.now, **entered))
