"""What is entered about tasks: what, who, by when, what came of it, why it is not needed."""

from django import forms

from cases.lifecycle import TaskKind
from common.fields import Described
from escalation.rules import Limit
from people.forms import Offer, PersonField

HINTS = {
    TaskKind.TASK: "Something somebody is to do.",
    TaskKind.CHECK_IN: "Ask the reporter or somebody else how they are, by a safe channel.",
    TaskKind.SAFEGUARD_REVIEW: "Look whether what protects people still does.",
    TaskKind.REFERRAL: "It was passed on: see that it arrived and what came of it.",
    TaskKind.CORRECTIVE_ACTION: "What has to change, whoever changes it.",
}
EVERY = {"": "Once", "7d": "Every week", "14d": "Every two weeks", "1m": "Every month",
         "3m": "Every three months"}  # fmt: skip


class TaskForm(Offer):
    """A task: its kind, its words, who does it, by when, and whether it repeats."""

    offered = "assignee"

    kind = forms.TypedChoiceField(
        label="What is it?",
        choices=[(kind.value, Described(kind.label, hint=HINTS[kind])) for kind in HINTS],
        coerce=TaskKind,
        widget=forms.RadioSelect,
        error_messages={"required": "Say what it is.", "invalid_choice": "Choose a kind."},
    )
    words = forms.CharField(
        label="What is to be done",
        help_text="Sealed to those who work on it. Of a check-in: with whom, and by which channel.",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    assignee = PersonField(label="Who does it", error_messages={"required": "Choose a person."})
    due_on = forms.DateField(
        label="By which day",
        help_text="Left empty, the office's standard for its kind counts.",
        required=False,
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": "This is no date. Write it as 2026-03-16."},
    )
    every = forms.TypedChoiceField(
        label="How often",
        help_text="A check-in or a review opens the next one when it is done.",
        choices=list(EVERY.items()),
        coerce=Limit.read,
        empty_value=None,
        required=False,
        error_messages={"invalid_choice": "Choose how often from the list."},
    )


class DoneForm(forms.Form):
    """What came of a task."""

    words = forms.CharField(
        label="What came of it",
        help_text="Sealed. You may leave it empty.",
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class CancelForm(forms.Form):
    """Why a task is not needed any more."""

    reason = forms.CharField(
        label="Why it is not needed any more",
        help_text="Sealed. What would have followed it is not opened either.",
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "Write why it is not needed any more. Nothing was changed."},
    )


class HandForm(Offer):
    """Who does a task from now on."""

    offered = "to"

    to = PersonField(
        label="Who does it from now on", error_messages={"required": "Choose a person."}
    )
