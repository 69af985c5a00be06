"""What is entered about standards: which duty, how long it may take, which path follows."""

from typing import Any

from django import forms

from escalation.models import Path
from escalation.rules import Limit
from escalation.rules.kinds import ANY, KINDS

UNITS = {
    "working_days": "working days",
    "working_hours": "working hours",
    "days": "calendar days",
    "months": "months",
    "hours": "hours by the clock",
}
LEVELS = {ANY: "Any", 1: "Low", 2: "Normal", 3: "High", 4: "Someone may be in danger"}
MOST = 999


class StandardForm(forms.Form):
    """How long one kind of duty may take from now on."""

    kind = forms.ChoiceField(
        label="Duty",
        choices=[
            ("", "Choose"),
            *((one.code, one.name) for one in KINDS.values() if not one.is_promised),
        ],
        error_messages={
            "required": "Choose the duty. Nothing was changed.",
            "invalid_choice": "Choose a duty from the list. What a policy promises is set there.",
        },
    )
    level = forms.TypedChoiceField(
        label="How grave it is",
        help_text="An investigation and its phases may take another time at each level.",
        choices=list(LEVELS.items()),
        coerce=int,
        initial=ANY,
        required=False,
        empty_value=None,
        error_messages={"invalid_choice": "Choose a level from the list."},
    )
    count = forms.IntegerField(
        label="It may take",
        min_value=1,
        max_value=MOST,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        error_messages={
            "required": "Say how long it may take. Nothing was changed.",
            "invalid": "Write a whole number.",
            "min_value": "Give it at least 1.",
            "max_value": f"Write {MOST} or less.",
        },
    )
    unit = forms.ChoiceField(
        label="Counted in",
        help_text="Working time is counted by the calendar of the unit.",
        choices=list(UNITS.items()),
        error_messages={
            "required": "Choose in what it is counted.",
            "invalid_choice": "Choose in what it is counted.",
        },
    )
    path = forms.ModelChoiceField(
        Path.objects.order_by("name"),
        label="Path",
        help_text="Who is reached, and when, if it is not done in time.",
        empty_label="Choose",
        error_messages={
            "required": "Choose a path. Nothing was changed.",
            "invalid_choice": "There is no such path any more. Choose another.",
        },
    )

    def clean(self) -> dict[str, Any]:
        """Return what the action takes: the count and its unit are one limit."""
        entered = super().clean() or {}
        if self.errors:
            return entered
        limit = Limit(**{entered.pop("unit"): entered.pop("count")})
        return {**entered, "level": entered["level"] or ANY, "limit": limit}
