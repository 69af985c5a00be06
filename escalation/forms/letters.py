"""What is entered on the pages of the engine."""

from django import forms

from ledger.notices import Why


class StuckForm(forms.Form):
    """Which line of letters; without a channel, all of them."""

    channel = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)
    addressee = forms.UUIDField(required=False, widget=forms.HiddenInput)
    problem = forms.CharField(required=False, max_length=120, widget=forms.HiddenInput)


class DropForm(StuckForm):
    """And why it need not go any more."""

    why = forms.TypedChoiceField(
        label="Why it need not go any more",
        choices=[("", "Choose"), *Why.choices],
        coerce=Why,
        error_messages={"required": "Choose why it need not go any more. Nothing was changed."},
    )
