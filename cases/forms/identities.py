"""What is asked of whoever wants to know a reporter's name, and of the custodian who decides."""

from typing import Any

from django import forms
from django.conf import settings


class AskForm(forms.Form):
    """Why somebody needs to know who the reporter is."""

    reason = forms.CharField(
        label="Why you need to know who it is",
        help_text="The custodian reads it to decide, and the reporter reads it as you write it.",
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "Say why you need to know. Nothing was asked yet."},
    )


class GrantForm(forms.Form):
    """For how long a name is open to whoever asked."""

    for_days = forms.TypedChoiceField(
        label="Open for",
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choose for how long. Nothing was decided.",
            "invalid_choice": "Choose one of these. Nothing was decided.",
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        longest = settings.IDENTITY_OPEN_DAYS
        lengths = sorted({1, min(3, longest), longest})
        field = self.fields["for_days"]
        if not isinstance(field, forms.TypedChoiceField):
            raise TypeError
        field.choices = [(n, "1 day" if n == 1 else f"{n} days") for n in lengths]


class RefuseForm(forms.Form):
    """Why a name stays sealed."""

    reason = forms.CharField(
        label="Why it stays sealed",
        help_text="Whoever asked reads it, and so does the reporter.",
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Say why you refuse. Nothing was decided."},
    )
