"""What is entered to take an investigation on, or back."""

from typing import Any

from django import forms

from cases.lifecycle import Phase, WhyBack, why_back

LOOK_AGAIN = "Somebody moved it meanwhile. Look again. Nothing was changed."


class PhaseForm(forms.Form):
    """Which phase somebody saw when they pressed the button."""

    at = forms.TypedChoiceField(
        choices=Phase,
        coerce=Phase,
        widget=forms.HiddenInput,
        error_messages={"required": LOOK_AGAIN, "invalid_choice": LOOK_AGAIN},
    )


class BackForm(PhaseForm):
    """Why an investigation goes back."""

    why = forms.TypedChoiceField(
        label="Why",
        coerce=WhyBack,
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choose why. Nothing was changed.",
            "invalid_choice": "Choose a reason from the list. Nothing was changed.",
        },
    )
    words = forms.CharField(
        label="In your words",
        help_text="Sealed to the team of the case. It stands in the timeline.",
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "Write what is missing or new. What you chose is kept."},
    )

    def __init__(self, *args: Any, phase: Phase, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["why"]
        if isinstance(field, forms.TypedChoiceField):
            field.choices = [(one.value, one.label) for one in why_back(phase)]
