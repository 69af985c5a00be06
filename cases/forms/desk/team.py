"""Who is on a case, whom it is about, who steps off and who takes over."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django import forms

from cases.forms.desk.choosing import OneOf
from cases.lifecycle import GUEST_DAYS, Area, Function
from cases.models import Member
from common import days
from people.forms import Found, Offer, PersonField, one_of_them


class SearchForm(forms.Form):
    """A name, or a part of it."""

    q = forms.CharField(label="Name", required=False, max_length=120)


class SubjectForm(Found):
    """Whom a case is about, out of those who were found."""

    person = one_of_them("Who is it?", so_far="Nobody was named.")


AREAS = [(one.value, one.label) for one in Area if one != Area.CORE]
FUNCTIONS = [(one.value, one.label) for one in Function if one != Function.LEAD]


class FunctionForm(forms.Form):
    """In which function somebody is on a case, and what of it they see."""

    function = forms.TypedChoiceField(
        label="Function",
        choices=[("", "Investigator, or independent person"), *FUNCTIONS],
        coerce=Function,
        empty_value=None,
        required=False,
        error_messages={"invalid_choice": "Choose a function from the list."},
    )
    areas = forms.TypedMultipleChoiceField(
        label="Of what the function may see, only this",
        help_text="Tick nothing to let them see all that the function needs.",
        choices=AREAS,
        coerce=Area,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    def clean_areas(self) -> list[Area] | None:
        """Return what was ticked, or None where nothing was: all that the function needs."""
        return self.cleaned_data["areas"] or None


class _Until(forms.Form):
    """The last day of a guest, on which their time still runs."""

    until = forms.DateField(
        label="Last day",
        help_text=(
            f"Whoever is not of the office has to have one, at most {GUEST_DAYS} days ahead. "
            "After it their access ends by itself."
        ),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": "Write the day as 2026-03-16."},
    )

    def clean_until(self) -> datetime | None:
        """Return the moment at which that day is over."""
        day: date | None = self.cleaned_data["until"]
        return days.midnight(day + timedelta(days=1)) if day else None


class MemberForm(FunctionForm, _Until, Offer):
    """Who comes onto a case, in which function, and until when."""

    person = PersonField(label="Person", error_messages={"required": "Choose a person."})

    field_order = ("person", "function", "until", "areas")


class PlaceForm(FunctionForm, _Until):
    """Whose place on a case is changed: the function, the last day of a guest, or that it ends."""

    FUNCTION, LONGER, END = "function", "longer", "end"

    member = OneOf(label="Whose place")
    reason = forms.CharField(label="Why they stay longer", required=False, max_length=500)
    # by the button that was pressed
    do = forms.ChoiceField(choices=[(one, one) for one in (FUNCTION, LONGER, END)])

    field_order = ("member", "function", "areas", "until", "reason")

    def __init__(self, *args: Any, among: Iterable[Member], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        member = self.fields["member"]
        if isinstance(member, OneOf):
            listed = ((one.pk, f"{one.person.name}, {_in(one)}", one) for one in among)
            member.offer(listed, none="Choose")

    def clean(self) -> dict[str, Any]:
        """Refuse what the pressed button needs and was not entered."""
        cleaned = super().clean() or {}
        needed = {self.FUNCTION: "function", self.LONGER: "until"}.get(cleaned.get("do", ""), "")
        if cleaned.get("member") is None and "member" not in self.errors:
            self.add_error("member", "Choose whose place it is. Nothing was changed.")
        if needed and cleaned.get(needed) is None and needed not in self.errors:
            self.add_error(needed, f"{NEEDED[needed]} Nothing was changed.")
        return cleaned


NEEDED = {"function": "Choose the new function.", "until": "Choose the new last day."}


def _in(member: Member) -> str:
    return Function(member.function).label.lower()


class AuditorForm(Offer):
    """Which auditor may see that the case is there, and when what was done."""

    person = PersonField(label="Auditor", error_messages={"required": "Choose an auditor."})


class RecuseForm(Offer):
    """Stepping off, for good, and who takes over."""

    offered = "to"

    reason = forms.CharField(
        label="Why you step off",
        help_text="It is sealed to those who stay. You will not be able to read it again.",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Write why you step off. Nothing was changed."},
    )
    to = PersonField(
        label="Who takes over",
        help_text=(
            "Whoever leads has to choose. Would you rather not say? Choose the head of the office. "
            "Everybody else may leave it empty: those who stay go on."
        ),
        required=False,
        empty_value=None,
    )


class TakeOverForm(forms.Form):
    """Leading a case instead of somebody, and why."""

    reason = forms.CharField(
        label="Why you take it over",
        help_text=(
            "It is sealed to the team as a decision. While the lead is not here you may leave it "
            "empty."
        ),
        widget=forms.Textarea(attrs={"rows": 2}),
        required=False,
    )
