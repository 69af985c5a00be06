"""What is entered to hear those whom a case concerns."""

from django import forms

from cases.lifecycle import WhyUnheard


def day_field(label: str, help_text: str, *, required: bool) -> forms.DateField:
    """Return a field for a day."""
    return forms.DateField(
        label=label,
        help_text=help_text,
        required=required,
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "required": "Choose the day. Nothing was recorded.",
            "invalid": "This is no date. Write it as 2026-03-16.",
        },
    )


class AskResponseForm(forms.Form):
    """What is put to somebody whom a case is about."""

    words = forms.CharField(
        label="What was put to them, and how",
        help_text="What they can answer to, so that the reporter is not known by it. Sealed to the "
        "team.",
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "Write what was put to them. Nothing was recorded."},
    )
    due_on = day_field(
        "They answer by",
        "Left empty, the office's standard counts: ten working days.",
        required=False,
    )


class GivenForm(forms.Form):
    """What somebody answered whom a case is about."""

    words = forms.CharField(
        label="What they answered",
        help_text="In their words, as far as you have them. Sealed, and never changed.",
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": "Write what they answered. Nothing was recorded."},
    )
    given_on = day_field("Answered on", "", required=True)


class WaiveForm(forms.Form):
    """Why somebody whom a case is about was not heard."""

    why = forms.TypedChoiceField(
        label="Why",
        choices=WhyUnheard,
        coerce=WhyUnheard,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose why. Nothing was recorded."},
    )
    words = forms.CharField(
        label="In your words",
        help_text="Sealed to the team. Whoever decides on closing reads it.",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Write why. What you chose is kept."},
    )
