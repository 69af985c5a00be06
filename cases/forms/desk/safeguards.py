"""What is entered about safeguards: what is put in place, who owns it, what it did."""

from django import forms

from cases.forms.tasks import EVERY
from cases.lifecycle.risks import SafeguardKind
from escalation.rules import Limit
from people.forms import Offer, PersonField

OFTEN = {"": "As often as the office's standard says", **{k: v for k, v in EVERY.items() if k}}


class SafeguardForm(Offer):
    """A safeguard: what it is, who owns it, how often they look at it again."""

    offered = "owner"

    kind = forms.TypedChoiceField(
        label="What protects somebody",
        choices=[("", "Choose"), *SafeguardKind.choices],
        coerce=SafeguardKind,
        error_messages={
            "required": "Choose what it is. Nothing was added.",
            "invalid_choice": "Choose what it is from the list.",
        },
    )
    words = forms.CharField(
        label="How, and for whom",
        help_text="Sealed to those who work on it.",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    owner = PersonField(
        label="Who owns it",
        help_text="They look whether it still protects, and are reminded of it.",
        error_messages={"required": "Choose who owns it."},
    )
    every = forms.TypedChoiceField(
        label="How often they look at it again",
        choices=list(OFTEN.items()),
        coerce=Limit.read,
        empty_value=None,
        required=False,
        error_messages={"invalid_choice": "Choose how often from the list."},
    )


class EndSafeguardForm(forms.Form):
    """What a safeguard did, and why it ends."""

    words = forms.CharField(
        label="What it did, and why it is not needed any more",
        help_text="Sealed. Its reviews end with it.",
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "Write what it did. Nothing was changed."},
    )


class KeepSafeguardForm(Offer):
    """Who looks at a safeguard again."""

    offered = "owner"

    owner = PersonField(label="Who owns it", error_messages={"required": "Choose who owns it."})
