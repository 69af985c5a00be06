"""What is entered to protect somebody: how high the risk is, how they are, what makes it good."""

from collections.abc import Collection
from typing import Any

from django import forms

from cases.forms.desk.hearing import day_field
from cases.lifecycle.protection import (
    Answer,
    Asking,
    Point,
    RemedyKind,
    RiskLevel,
    RiskSign,
)
from people.forms import Offer, PersonField


def _radio(label: str, choices: Any, coerce: Any, missing: str) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=label,
        choices=choices,
        coerce=coerce,
        widget=forms.RadioSelect,
        error_messages={"required": missing, "invalid_choice": "Choose from the list."},
    )


class RiskForm(forms.Form):
    """How high the risk is that somebody is made to pay, and what was agreed with them."""

    to = forms.UUIDField(widget=forms.HiddenInput)
    point = forms.TypedChoiceField(
        label="At which point you weigh it",
        choices=Point,
        coerce=Point,
        error_messages={"required": "Choose the point.", "invalid_choice": "Choose the point."},
    )
    signs = forms.TypedMultipleChoiceField(
        label="What makes it likelier",
        help_text="A threat, or that whom it is about decides on their work, proposes “High”; so "
        "do three of the others. One proposes “Medium”.",
        choices=RiskSign,
        coerce=RiskSign,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "Choose from the list."},
    )
    level = _radio(
        "How high is the risk?",
        RiskLevel,
        RiskLevel,
        "Choose how high the risk is. Nothing was signed.",
    )
    lower = forms.CharField(
        label="Why it is lower than the signs propose",
        help_text="Needed only then. Sealed.",
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    asking = forms.TypedChoiceField(
        label="By which way they can safely be asked",
        help_text="As they said themselves. Never at work, and never at an address that others "
        "read.",
        coerce=Asking,
        error_messages={
            "required": "Choose how they can be asked. Nothing was signed.",
            "invalid_choice": "Choose how they can be asked.",
        },
    )
    agreed = forms.CharField(
        label="What was agreed with them",
        help_text="What protects them, what they wish, whom they turn to. Sealed to the team.",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, ways: Collection[Asking], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self, ways)


class CheckInForm(forms.Form):
    """What somebody answered who was asked how they are."""

    to = forms.UUIDField(widget=forms.HiddenInput)
    answer = _radio(
        "Has anything happened to them since?",
        Answer,
        Answer,
        "Choose what they answered. Nothing was recorded.",
    )
    words = forms.CharField(
        label="What they said",
        help_text="Where something has happened: what, when, by whom. It opens a case of its own "
        "at once, with the same walls. Sealed.",
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    in_danger = forms.BooleanField(label="Somebody may be in danger", required=False)
    asking = forms.TypedChoiceField(
        label="How they were asked",
        coerce=Asking,
        error_messages={
            "required": "Choose how they were asked. Nothing was recorded.",
            "invalid_choice": "Choose how they were asked.",
        },
    )
    on = day_field("On which day", "", required=True)

    def __init__(self, *args: Any, ways: Collection[Asking], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self, [one for one in ways if one != Asking.NOT])


def _offer(form: forms.Form, ways: Collection[Asking]) -> None:
    field = form.fields["asking"]
    if isinstance(field, forms.TypedChoiceField):
        offered = [(one.value, one.label) for one in ways]
        field.choices = offered if len(offered) == 1 else [("", "Choose"), *offered]


class ReadForm(forms.Form):
    """Which answer of a reporter was read."""

    read = forms.UUIDField(widget=forms.HiddenInput)


class RemedyForm(Offer):
    """What makes good what was done to somebody, who sees to it, and by when."""

    offered = "owner"

    kind = forms.TypedChoiceField(
        label="What makes it good",
        choices=[("", "Choose"), *RemedyKind.choices],
        coerce=RemedyKind,
        error_messages={
            "required": "Choose what makes it good. Nothing was recorded.",
            "invalid_choice": "Choose what makes it good from the list.",
        },
    )
    words = forms.CharField(
        label="For whom, and what is to be done",
        help_text="Sealed to those who work on it.",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Write for whom it is, and what is to be done."},
    )
    owner = PersonField(
        label="Who sees to it", error_messages={"required": "Choose who sees to it."}
    )
    due_on = day_field("Promised by", "It is due on that day, also after closing.", required=True)


class RestoredForm(forms.Form):
    """That something was made good, and on which day."""

    remedy = forms.UUIDField(widget=forms.HiddenInput)
    on = day_field("Done on", "", required=True)
    words = forms.CharField(
        label="What came of it",
        help_text="Sealed. Also whether they say that it makes it good.",
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
