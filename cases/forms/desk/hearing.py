"""What is entered to hear those whom a case concerns."""

from typing import Any

from django import forms

from cases.forms.desk.choosing import OneOf
from cases.lifecycle import Shown, WhyUnheard
from people.forms import Offer, PersonField


def day_field(label: str, help_text: str, *, required: bool) -> forms.DateField:
    """Return a field for a day."""
    return forms.DateField(
        label=label,
        help_text=help_text,
        required=required,
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "required": "Choose the day. Nothing was recorded.",
            "invalid": "This is no date. Write it as 2026-03-16.",
        },
    )


class AskResponseForm(forms.Form):
    """What is put to somebody whom a case is about."""

    words = forms.CharField(
        label="What was put to them, and how",
        help_text="What they can answer to, so that the reporter is not known by it. Sealed to the "
        "team.",
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "Write what was put to them. Nothing was recorded."},
    )
    due_on = day_field(
        "They answer by",
        "Left empty, the office's standard counts: ten working days.",
        required=False,
    )


class GivenForm(forms.Form):
    """What somebody answered whom a case is about."""

    words = forms.CharField(
        label="What they answered",
        help_text="In their words, as far as you have them. Sealed, and never changed.",
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": "Write what they answered. Nothing was recorded."},
    )
    given_on = day_field("Answered on", "", required=True)


class WaiveForm(forms.Form):
    """Why somebody whom a case is about was not heard."""

    why = forms.TypedChoiceField(
        label="Why",
        choices=WhyUnheard,
        coerce=WhyUnheard,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose why. Nothing was recorded."},
    )
    words = forms.CharField(
        label="In your words",
        help_text="Sealed to the team. Whoever decides on closing reads it.",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Write why. What you chose is kept."},
    )


class PlanInterviewForm(Offer):
    """Whom to interview about what, who holds it, and by when."""

    offered = "assignee"

    party = OneOf(
        label="Whom to interview",
        error_messages={
            "required": "Choose a party. Nothing was planned.",
            "invalid_choice": "Choose a party from the list. Nothing was planned.",
        },
    )
    words = forms.CharField(
        label="What it is to clear up",
        help_text="What you want to know, and what you do not ask, so that nobody is known by it.",
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "Write what it is to clear up. Nothing was planned."},
    )
    assignee = PersonField(
        label="Who holds it", error_messages={"required": "Choose who holds it."}
    )
    due_on = day_field(
        "Held by",
        "Left empty, the office's standard counts: ten working days.",
        required=False,
    )

    def __init__(self, *args: Any, parties: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["party"]
        if isinstance(field, OneOf):
            field.offer(parties)


class MinutesForm(forms.Form):
    """The minutes of an interview."""

    minutes = forms.CharField(
        label="Minutes",
        help_text="Who was there, what was asked and what was said. Sealed, and signed by you.",
        widget=forms.Textarea(attrs={"rows": 10}),
        error_messages={"required": "Write what was said. Nothing was signed."},
    )


class HoldForm(MinutesForm):
    """That an interview was held, and its minutes."""

    held_on = day_field("Held on", "", required=True)
    field_order = ("held_on", "minutes")


class ReplyForm(forms.Form):
    """What whoever was interviewed says to the minutes."""

    agrees = forms.TypedChoiceField(
        label="What do they say to the minutes?",
        choices=[("yes", "They agree"), ("no", "They object")],
        coerce="yes".__eq__,
        widget=forms.RadioSelect,
        error_messages={"required": "Say whether they agree. Nothing was recorded."},
    )
    objections = forms.CharField(
        label="What they object to",
        help_text="In their words. Sealed. Empty where they agree.",
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    how = forms.TypedChoiceField(
        label="How they said it",
        choices=Shown,
        coerce=Shown,
        widget=forms.RadioSelect,
        error_messages={"required": "Say how. Nothing was recorded."},
    )
    on = day_field("On which day", "", required=True)


class CallOffForm(forms.Form):
    """Why an interview is called off."""

    reason = forms.CharField(
        label="Why it is called off",
        help_text="Sealed to the team.",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Write why. Nothing was changed."},
    )
