"""What is entered about calendars: the hours of a week, a place, single days, units."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.forms.boundfield import BoundField

from escalation.actions import Hours
from escalation.forms.spans import offer
from escalation.models import Calendar
from escalation.rules.calendars import WEEKDAYS, spans
from escalation.rules.places import countries, names_of_regions
from people.models import Unit

HOURS_MAX = 60
NAME_MAX = 120


class HoursField(forms.CharField):
    """The hours of a day as people write them; nothing is closed."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, max_length=HOURS_MAX, **kwargs)

    def validate(self, value: str) -> None:
        """Refuse what is no time, ends before it begins, or overlaps."""
        super().validate(value)
        try:
            spans(value)
        except ValueError as error:
            raise forms.ValidationError(str(error)) from None


class CalendarForm(forms.Form):
    """What a calendar says."""

    name = forms.CharField(
        max_length=NAME_MAX, error_messages={"required": "Give it a name. Nothing was changed."}
    )
    zone = forms.CharField(
        label="Time zone",
        help_text="Write a part of it and choose. Leave it empty for the office's own.",
        required=False,
        max_length=HOURS_MAX,
        widget=forms.TextInput(attrs={"list": "zones", "autocomplete": "off"}),
    )
    country = forms.ChoiceField(
        label="Public holidays of",
        required=False,
        error_messages={"invalid_choice": "Choose a country from the list."},
    )
    region = forms.ChoiceField(
        help_text="After another country was chosen, save once, then choose.",
        required=False,
        error_messages={"invalid_choice": "This is no region of that country. Choose again."},
    )
    # what was on the page: somebody else may have changed it
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for n, weekday in enumerate(WEEKDAYS):
            self.fields[f"day_{n}"] = HoursField(label=weekday)
        country = self["country"].value() or ""
        offer(self, "country", [("", "No public holidays"), *countries().items()])
        regions = names_of_regions(str(country))
        offer(self, "region", [("", "All of it"), *regions.items()])

    @property
    def about(self) -> Iterator[BoundField]:
        """Return the name, the zone and the place."""
        return (self[name] for name in ("name", "zone", "country", "region"))

    @property
    def weekdays(self) -> Iterator[BoundField]:
        """Return the hours of each weekday."""
        return (self[f"day_{n}"] for n, _ in enumerate(WEEKDAYS))

    @property
    def hours(self) -> Hours:
        """Return what was entered, as the action takes it."""
        entered = self.cleaned_data
        return Hours(
            entered["name"],
            [entered[f"day_{n}"] for n, _ in enumerate(WEEKDAYS)],
            entered["zone"].strip(),
            entered["country"],
            entered["region"],
        )

    @classmethod
    def of(cls, calendar: Calendar) -> "CalendarForm":
        """Return the form as a calendar is."""
        week = {f"day_{n}": hours for n, hours in enumerate(calendar.week)}
        about = {name: getattr(calendar, name) for name in ("name", "zone", "country", "region")}
        return cls(initial={**about, **week})


class NewCalendarForm(forms.Form):
    """The name of a new calendar, which begins as the office's."""

    name = forms.CharField(
        label="Name of the calendar",
        help_text="Where it holds, as “Kathmandu”.",
        max_length=NAME_MAX,
        error_messages={"required": "Give it a name. Nothing was made."},
    )


class DayForm(forms.Form):
    """A day that differs from its week."""

    day = forms.DateField(
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={
            "required": "Say which day. Nothing was changed.",
            "invalid": "Write the day as 2026-03-16.",
        },
    )
    name = forms.CharField(
        label="What it is",
        max_length=NAME_MAX,
        error_messages={"required": "Say what it is, as “Staff day”. Nothing was changed."},
    )
    hours = HoursField(label="Hours", help_text="As 9:00-13:00. Leave it empty where it is closed.")


class ForgetDayForm(forms.Form):
    """A day that is again as its week and the law have it."""

    day = forms.DateField(widget=forms.HiddenInput)


class RetireForm(forms.Form):
    """That a calendar is retired, which has nothing to say."""


class WorkByForm(forms.Form):
    """By which calendar a unit works."""

    unit = forms.ModelChoiceField(
        Unit.objects.order_by("name"),
        empty_label="Choose",
        error_messages={"required": "Choose a unit. Nothing was changed."},
    )
    calendar = forms.ModelChoiceField(
        Calendar.objects.in_use().order_by("name"),
        to_field_name="code",
        label="Works by",
        empty_label="Choose",
        error_messages={"required": "Choose a calendar. Nothing was changed."},
    )
