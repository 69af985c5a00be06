"""Why something is struck that was entered by mistake."""

from django import forms


class StrikeForm(forms.Form):
    """Why it is struck."""

    reason = forms.CharField(
        label="Why it was a mistake",
        help_text="Sealed to the team. It stands beside what was struck, which stays readable.",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Write why it was a mistake. Nothing was struck."},
    )
