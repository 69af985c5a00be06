"""How a concern or case stands to another one, and why."""

from typing import Any

from django import forms

from cases.lifecycle.links import SAID, LinkKind

# of a reference, no more is read
LONGEST = 20


class LinkForm(forms.Form):
    """What it is to which other one, and why."""

    other = forms.CharField(
        label="Which other one",
        help_text="Its reference, as it stands in the queue.",
        max_length=LONGEST,
        error_messages={
            "required": "Write the reference of the other concern or case. Nothing was changed.",
            "max_length": "This is no reference. Nothing was changed.",
        },
    )
    kind = forms.TypedChoiceField(
        label="What this one is",
        widget=forms.RadioSelect,
        coerce=LinkKind,
        choices=[(kind.value, kind.label) for kind in SAID],
        help_text="“Not related” takes it out of what is suggested, with your name.",
        error_messages={
            "required": "Choose what it is. Nothing was changed.",
            "invalid_choice": "Choose from the list. Nothing was changed.",
        },
    )
    reason = forms.CharField(
        label="Why",
        help_text="Whoever may open both reads it.",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Say why, for whoever reads it later. Nothing was changed."},
    )

    def clean_other(self) -> str:
        """Return the reference as it is kept."""
        return str(self.cleaned_data["other"]).strip().upper()


class UnlinkForm(forms.Form):
    """Which link was a slip."""

    link = forms.UUIDField(widget=forms.HiddenInput)


def begun(other: str, data: Any = None) -> LinkForm:
    """Return the form, begun with a reference that a suggestion led to."""
    return LinkForm(data, auto_id="link_%s", initial={"other": other[:LONGEST]})
