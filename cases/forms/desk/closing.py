"""The end of a case."""

from django import forms

from cases.lifecycle import Finding


class CloseForm(forms.Form):
    """The end of a case."""

    finding = forms.TypedChoiceField(
        choices=Finding,
        coerce=Finding,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose the finding."},
    )
    reason = forms.CharField(
        label="What the finding rests on",
        help_text="Sealed to the team of the case. It cannot be changed afterwards.",
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": "Write what the finding rests on."},
    )
    message = forms.CharField(
        label="What the reporter reads",
        help_text="The outcome in plain words: what was done, and why. No names.",
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": "Write to the reporter what came of it."},
    )
