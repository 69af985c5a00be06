"""By which facts cases and concerns are looked for, as they stand in the address of the search."""

from collections.abc import Sequence
from typing import Any, ClassVar
from uuid import UUID

from django import forms

from cases import rules
from cases.lifecycle import Channel, Factor, Finding, Kind, Level
from cases.lifecycle.outcomes import ForOrganisation, ForSubject
from cases.lifecycle.tracks import Track
from cases.models import Category, Standing
from people.models import Person, Unit
from people.rules import OFFICE

SO_FAR = "It does not count."


def _one_of(label: str, choices: Sequence[tuple[Any, Any]]) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        choices=[("", "Any"), *choices],
        required=False,
        error_messages={"invalid_choice": f"{label}: there is no such choice. {SO_FAR}"},
    )


def _level(label: str) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=label,
        choices=[("", "Any"), *reversed(Level.choices)],
        coerce=int,
        required=False,
        empty_value=None,
        error_messages={"invalid_choice": f"{label}: there is no such level. {SO_FAR}"},
    )


def _day(label: str) -> forms.DateField:
    return forms.DateField(
        label=label,
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": f"{label}: write the day as 2026-03-17. {SO_FAR}"},
    )


class FactsForm(forms.Form):
    """What is known of a case or a concern without opening it."""

    ref = forms.CharField(
        label="Reference begins with", required=False, max_length=16,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    state = _one_of("State", Standing.choices)
    category = forms.ModelChoiceField(
        Category.objects.order_by("position", "label"),
        required=False,
        empty_label="Any",
        error_messages={"invalid_choice": f"There is no such category. {SO_FAR}"},
    )
    kind = _one_of("What was filed", Kind.choices)
    channel = _one_of("Channel", Channel.choices)
    unit = forms.ModelChoiceField(
        Unit.objects.order_by("name"),
        to_field_name="code",
        required=False,
        empty_label="Any",
        error_messages={"invalid_choice": f"There is no such unit. {SO_FAR}"},
    )
    urgency = _level("Urgency")
    severity = _level("Severity")
    track = _one_of("How it is worked", Track.choices)
    lead = forms.TypedChoiceField(
        label="Who looks after it",
        coerce=UUID,
        required=False,
        empty_value=None,
        error_messages={"invalid_choice": f"There is no such person here. {SO_FAR}"},
    )
    filed_from = _day("Filed from")
    filed_until = _day("Filed until")
    closed_from = _day("Closed from")
    closed_until = _day("Closed until")
    finding = _one_of("What was found", Finding.choices)
    subject = _one_of("What followed for whom it is about", ForSubject.choices)
    organisation = _one_of("What followed for the organisation", ForOrganisation.choices)
    factor = _one_of("What contributed", Factor.choices)

    # periods whose end may not lie before their beginning
    PERIODS: ClassVar = (("filed_from", "filed_until"), ("closed_from", "closed_until"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["lead"]
        if isinstance(field, forms.ChoiceField):
            here = Person.objects.holding(*OFFICE).values_list("pk", "name")
            field.choices = [("", "Anybody"), *((str(pk), name) for pk, name in here)]

    def clean_ref(self) -> str:
        """Return how the reference begins, however it is written."""
        return rules.reference_begins(self.cleaned_data["ref"])

    def clean(self) -> dict[str, Any]:
        """Return the facts that are asked for, or say which period ends before it begins."""
        entered: dict[str, Any] = super().clean() or {}
        for first, last in self.PERIODS:
            begins, ends = entered.get(first), entered.get(last)
            if begins and ends and ends < begins:
                self.add_error(last, f"This period ends before it begins. {SO_FAR}")
        return entered
