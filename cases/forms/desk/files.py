"""What is entered at a file: why its original is needed, who gets it, once more."""

from django import forms


class ReasonForm(forms.Form):
    """Why somebody needs the original of a file."""

    reason = forms.CharField(
        label="What you need the original for",
        help_text="Sealed to the team. Whoever releases it reads this first.",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Say what you need it for. Nothing was asked yet."},
    )


class ReleaseForm(forms.Form):
    """Which request for an original is granted."""

    request = forms.UUIDField(
        widget=forms.HiddenInput,
        error_messages={
            "required": "Choose which request you release. Nothing was released.",
            "invalid": "There is no such request. Nothing was released.",
        },
    )


class AgainForm(forms.Form):
    """Nothing but the wish to try once more."""
