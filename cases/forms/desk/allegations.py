"""What is entered about parties and allegations, and what was found of them."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django import forms

from cases.forms.desk.choosing import OneOf
from cases.lifecycle import OF_ALLEGATIONS, Finding, PartyRole
from cases.models import Category, Party
from common.fields import Described

WORDS = {
    Finding.SUBSTANTIATED: "It happened, on what can be shown.",
    Finding.PARTLY: "A part of it happened, or it happened otherwise than it was told.",
    Finding.INSUFFICIENT: "What there is does not tell whether it happened.",
    Finding.UNSUBSTANTIATED: "It did not happen, on what can be shown.",
    Finding.OUT_OF_SCOPE: "It is not for this office to find. Say whose it is.",
}


class PartyForm(forms.Form):
    """Who is a party of a case."""

    role = forms.TypedChoiceField(
        label="What are they in this case?",
        choices=PartyRole,
        coerce=PartyRole,
        widget=forms.RadioSelect,
        error_messages={"required": "Say what they are in this case. Nothing was added."},
    )
    name = forms.CharField(
        label="Name, or how they are known",
        help_text="Sealed to the team. Around a subject who works here a wall goes up at once.",
        max_length=200,
        error_messages={"required": "Write who it is. Nothing was added."},
    )
    contact = forms.CharField(
        label="How to reach them", help_text="You may leave it empty.", required=False,
        max_length=500,
    )  # fmt: skip


class AllegationForm(forms.Form):
    """One thing that is alleged."""

    text = forms.CharField(
        label="What is alleged",
        help_text="One thing that can be found true or not: who, what, when. Sealed to the team.",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Write what is alleged. Nothing was added."},
    )
    category = forms.ModelChoiceField(
        Category.objects.filter(is_active=True).order_by("position", "label"),
        label="Category",
        empty_label=None,
        error_messages={"required": "Choose a category. Nothing was added."},
    )
    against = OneOf(label="Whom it is about", required=False)

    def __init__(self, *args: Any, parties: Iterable[tuple[Party, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["against"]
        if isinstance(field, OneOf):
            field.offer(((party.pk, name, party) for party, name in parties), none="Not said")


class FindingForm(forms.Form):
    """What was found of an allegation, and on what it rests."""

    finding = forms.TypedChoiceField(
        label="What was found?",
        choices=[(one.value, Described(one.label, hint=WORDS[one])) for one in OF_ALLEGATIONS],
        coerce=Finding,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what was found. Nothing was signed."},
    )
    relied_on = forms.TypedMultipleChoiceField(
        label="Evidence it relies on",
        coerce=UUID,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "Choose from the evidence that bears on it."},
    )
    reason = forms.CharField(
        label="Why you find so",
        help_text="How you weighed what speaks for it and against it. Sealed, and signed by you.",
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": "Write why you find so. What you chose is kept."},
    )

    def __init__(self, *args: Any, among: Sequence[tuple[UUID, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["relied_on"]
        if isinstance(field, forms.TypedMultipleChoiceField):
            field.choices = [(str(pk), label) for pk, label in among]
