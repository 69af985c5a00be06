"""What is entered to say what follows from a finding."""

from typing import Any

from django import forms

from cases.lifecycle.outcomes import ForOrganisation, ForSubject


class OutcomeForm(forms.Form):
    """What follows from a finding, for whom it is about and for the organisation."""

    subject = forms.TypedMultipleChoiceField(
        label="What follows for whom it is about?",
        help_text="From the mildest to the gravest.",
        choices=ForSubject,
        coerce=ForSubject,
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": "Choose what follows for them, or “Nothing”. Nothing was signed.",
            "invalid_choice": "Choose from the list.",
        },
    )
    organisation = forms.TypedMultipleChoiceField(
        label="What follows for the organisation?",
        help_text="Who does it by when is a task: a corrective action.",
        choices=ForOrganisation,
        coerce=ForOrganisation,
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": "Choose what follows for it, or “Nothing”. Nothing was signed.",
            "invalid_choice": "Choose from the list.",
        },
    )
    because = forms.CharField(
        label="Why this follows",
        help_text="What weighs for and against it, and who decided it where that is not the "
        "office. Sealed, and signed by you.",
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "Write why this follows. What you chose is kept."},
    )
    departs = forms.CharField(
        label="Why it differs from earlier cases",
        help_text="Needed where it is milder or harsher than usual. Sealed.",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def clean(self) -> dict[str, Any]:
        """Return what follows; nothing and something do not go together."""
        entered: dict[str, Any] = super().clean() or {}
        for name in ("subject", "organisation"):
            chosen = entered.get(name, [])
            if len(chosen) > 1 and "none" in chosen:
                self.add_error(name, "Choose “Nothing” by itself, or what follows.")
        return entered
