"""Calendars in the browser, for administrators: hours, holidays, single days, units."""

import itertools
from collections import defaultdict
from typing import Any, NamedTuple

from django import forms
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.text import slugify

from common.errors import RuleError
from escalation import actions
from escalation.desk.moves import Move, clocks_told, moves, will, would
from escalation.forms.calendars import (
    CalendarForm,
    DayForm,
    ForgetDayForm,
    NewCalendarForm,
    RetireForm,
    WorkByForm,
)
from escalation.lifecycle import COUNTING
from escalation.models import Calendar, CalendarChange, CalendarDay, CalendarOfUnit, Clock
from escalation.rules import Limit
from escalation.rules.calendars import WEEKDAYS, ZONES, WorkingTime
from escalation.rules.places import place
from people import access
from people.models import Unit
from people.rules import Role
from safes.desk.base import Page, Step

WHO = frozenset({Role.ADMINISTRATOR, Role.HEAD})
CHANGES_SHOWN = 5
# leaves room for a number where another has the same
CODE_MAX = 40


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
        shown(Limit(working_days=5).deadline(now, hours)),
        shown(Limit(working_hours=2).end(now, hours)),
    )


class Changed(NamedTuple):
    """A change of a calendar, and what it moved."""

    change: CalendarChange
    moves: list[Move]


class Keeping(Step):
    """An act of an administrator; heads of the office read what stands, and keep no calendars."""

    def post(self, request: HttpRequest, **kwargs: object) -> HttpResponse:
        """Let administrators act."""
        access.require(self.person, Role.ADMINISTRATOR)
        return super().post(request, **kwargs)


class CalendarsFrame(Page):
    """All calendars, and which units work by them."""

    roles = WHO

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
            for one in Calendar.objects.order_by(
                F("retired_at").asc(nulls_first=True), "-is_office", "name"
            )
        ]
        return self.show(
            "escalation/calendars.html",
            lines=lines,
            may_edit=self.person.holds(Role.ADMINISTRATOR),
            form=next(iter(wrong.values()), None),
            new=wrong.get("new") or NewCalendarForm(auto_id="new_%s"),
            work_by=wrong.get("work_by") or WorkByForm(auto_id="work_by_%s"),
        )


class Calendars(Keeping, CalendarsFrame):
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
        name = entered["name"].strip()
        self.made = actions.make_calendar(
            code=_free_code(name),
            hours=actions.Hours(name, office.week, office.zone, office.country, office.region),
            by=self.person,
            now=self.now,
        )
        return "Made, as the office's is. Set its hours and its place, then give it to units."

    def onward(self) -> str:
        """Lead to the calendar."""
        return reverse("setup:calendar", args=[self.made.code])


class WorkBy(Keeping, CalendarsFrame):
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


def _free_code(name: str) -> str:
    """Return a code for a name that no calendar has: long names may begin alike."""
    base = slugify(name)[:CODE_MAX].strip("-") or "calendar"
    taken = set(Calendar.objects.filter(code__startswith=base).values_list("code", flat=True))
    numbered = (f"{base}-{n}" for n in itertools.count(2))
    return next(code for code in itertools.chain([base], numbered) if code not in taken)


class CalendarFrame(Page):
    """One calendar."""

    roles = WHO
    looked = False
    foreseen: actions.Forecast | None = None

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
        running = Clock.objects.filter(calendar=calendar, state__in=COUNTING).count()
        return self.show(
            "escalation/calendar.html",
            calendar=calendar,
            place=place(calendar.country, calendar.region),
            days=list(coming),
            own=CalendarDay.Source.OFFICE,
            units=[one.unit for one in units.order_by("unit__name")],
            running=clocks_told(running),
            preview=preview(calendar.hours, self.now),
            week=week_words(calendar.week),
            changes=[
                Changed(one, moves(one.told))
                for one in calendar.changes.select_related("by").order_by("-n")[:CHANGES_SHOWN]
            ],
            foreseen=would(self.foreseen) if self.looked else "",
            would_move=moves(self.foreseen.groups) if self.foreseen else [],
            may_edit=self.person.holds(Role.ADMINISTRATOR),
            zones=ZONES,
            form=next((one for one in wrong.values() if one.errors), None),
            hours=wrong.get("hours") or CalendarForm.of(calendar),
            day=wrong.get("day") or DayForm(auto_id="day_%s"),
        )


class Changing(Keeping, CalendarFrame):
    """A change of a calendar, of which one sees what it would move before it is made."""

    def post(self, request: HttpRequest, **kwargs: object) -> HttpResponse:
        """Change it, or show what that would move."""
        if "look" not in request.POST:
            return super().post(request, **kwargs)
        access.require(self.person, Role.ADMINISTRATOR)
        form = self.form(request.POST)
        if form.is_valid():
            try:
                self.foreseen = actions.foreseen(
                    self.calendar,
                    lambda: self.change(**form.cleaned_data),
                    by=self.person,
                    now=self.now,
                )
            except RuleError as refusal:
                form.add_error(None, str(refusal))
            else:
                self.looked = True
        return self.page(**{self.name: form})

    def act(self, **entered: Any) -> str:
        """Change it."""
        return f"Saved. {will(self.change(**entered))}"

    def change(self, **entered: Any) -> actions.Forecast | None:
        """Call the action; return what will become of the clocks."""
        raise NotImplementedError


class OneCalendar(Changing):
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

    def change(self, **entered: Any) -> actions.Forecast | None:
        """Change it: the form says it as the action takes it."""
        return actions.change_calendar(
            self.calendar,
            hours=self.entered.hours,
            seen=entered["seen"],
            by=self.person,
            now=self.now,
        )


class SetDay(Changing):
    """Close a day, or open it for some hours."""

    name = "day"

    def form(self, data: Any) -> forms.Form:
        """Return which day and what it is."""
        return DayForm(data, auto_id="day_%s")

    def change(self, **entered: Any) -> actions.Forecast | None:
        """Write it down."""
        return actions.set_day(self.calendar, by=self.person, now=self.now, **entered)


class ForgetDay(Changing):
    """Let a day be again as its week and the law have it."""

    name = "forget"

    def form(self, data: Any) -> forms.Form:
        """Return which day."""
        return ForgetDayForm(data)

    def change(self, **entered: Any) -> actions.Forecast | None:
        """Give it back."""
        return actions.forget_day(self.calendar, by=self.person, now=self.now, **entered)


class Retire(Keeping, CalendarFrame):
    """Let no unit be given a calendar any more."""

    name = "retire"

    def form(self, data: Any) -> forms.Form:
        """Return that it is meant."""
        return RetireForm(data)

    def act(self, **entered: Any) -> str:  # noqa: ARG002 - there is nothing to enter
        """Retire it."""
        actions.retire_calendar(self.calendar, by=self.person, now=self.now)
        return "Retired. No unit can be given it any more; clocks that run by it run on."
