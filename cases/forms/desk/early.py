"""What is entered about how a case is worked: a change of it, a session, an agreement."""

from typing import Any

from django import forms

from cases.lifecycle.tracks import Power, Present, Track, WhyTrack
from common.fields import Described
from people.forms import Offer, PersonField

TRACKS = [
    (Track.INVESTIGATION.value, Described(
        Track.INVESTIGATION.label, hint="Planning, evidence, findings, outcome, each in time."
    )),
    (Track.ADVICE.value, Described(
        Track.ADVICE.label, hint="An answer, a decision. More can still follow later."
    )),
    (Track.COACHING.value, Described(
        Track.COACHING.label, hint="Sessions with one side, and what they do next."
    )),
    (Track.MEDIATION.value, Described(
        Track.MEDIATION.label, hint="Both sides agree on something. Only between equals."
    )),
]  # fmt: skip


def track_field() -> forms.TypedChoiceField:
    """Return how a case is worked; what is left out is decided by what it is."""
    return forms.TypedChoiceField(
        label="How is it worked?",
        choices=TRACKS,
        coerce=Track,
        required=False,
        empty_value=None,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": "Choose from the list how it is worked."},
    )


def power_field() -> forms.TypedChoiceField:
    """Return whether one depends on the other; nobody has to look before they mediate."""
    return forms.TypedChoiceField(
        label="Does one depend on the other: their line, care, money or papers?",
        help_text="Mediation asks for a no.",
        choices=Power,
        coerce=Power,
        required=False,
        empty_value=Power.NOT_ASKED,
        error_messages={"invalid_choice": "Choose from the list whether one depends on the other."},
    )


class TrackForm(forms.Form):
    """How a case is worked from now on, and why."""

    track = track_field()
    power = power_field()
    why = forms.TypedChoiceField(
        label="Why",
        choices=[("", "Choose"), *WhyTrack.choices],
        coerce=WhyTrack,
        error_messages={
            "required": "Choose why. Nothing was changed.",
            "invalid_choice": "Choose a reason from the list. Nothing was changed.",
        },
    )
    words = forms.CharField(
        label="In your words",
        help_text="Sealed to the team of the case, and not changed later.",
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "Write why. What you chose is kept."},
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        track = self.fields["track"]
        track.required = True
        track.error_messages["required"] = "Choose how it is worked. Nothing was changed."


def present_field(label: str, refusal: str) -> forms.TypedMultipleChoiceField:
    """Return who was there or agreed, by what they are in the case."""
    return forms.TypedMultipleChoiceField(
        label=label,
        choices=Present,
        coerce=Present,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": refusal, "invalid_choice": "Choose from the list."},
    )


class MeetingForm(forms.Form):
    """A session that was held."""

    held_on = forms.DateField(
        label="When",
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={
            "required": "Say on which day. Nothing was added.",
            "invalid": "Write the day as 2026-03-31. Nothing was added.",
        },
    )
    present = present_field("Who was there", "Say who was there. Nothing was added.")
    words = forms.CharField(
        label="What was worked on",
        help_text="Sealed to the team of the case, and not changed later.",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Write what was worked on. Nothing was added."},
    )


class AgreementForm(Offer):
    """A version of an agreement, and who looks when whether it is kept."""

    offered = "assignee"

    agreed = present_field("Who agreed", "Say who agreed. Nothing was signed.")
    words = forms.CharField(
        label="What was agreed",
        help_text="All of it: this version stands in place of the one before. Sealed.",
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "Write what was agreed. Nothing was signed."},
    )
    assignee = PersonField(
        label="Who looks whether it is kept",
        error_messages={"required": "Choose who looks whether it is kept."},
    )
    follow_up_on = forms.DateField(
        label="When, if not in a month",
        help_text="Empty: as long as the office's standard for follow-ups says.",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"invalid": "Write the day as 2026-03-31. Nothing was signed."},
    )
