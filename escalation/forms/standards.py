"""What is entered about standards: which duty, how long it may take, which path follows."""

from typing import Any

from django import forms

from common.levels import Level
from escalation.forms.spans import SpanForm
from escalation.models import Path
from escalation.rules.kinds import ANY, KINDS

LEVELS: dict[int, str] = {ANY: "Any", **dict(Level.choices)}


class StandardForm(SpanForm):
    """How long one kind of duty may take from now on."""

    kind = forms.ChoiceField(
        label="Duty",
        choices=[
            ("", "Choose"),
            *((one.code, one.name) for one in KINDS.values() if not one.is_promised),
        ],
        error_messages={
            "required": "Choose the duty. Nothing was changed.",
            "invalid_choice": "Choose a duty from the list. A policy changes what it promises.",
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

    field_order = ("kind", "level", "count", "unit", "path")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["count"].label = "It may take"
        self.fields["unit"].label = "Counted in"
        self.fields["unit"].help_text = "Working time is counted by the calendar of the unit."

    def clean_count(self) -> int:
        """Refuse what would be over as soon as it begins."""
        count: int = self.cleaned_data["count"]
        if not count:
            msg = "Give it at least 1."
            raise forms.ValidationError(msg)
        return count

    def clean(self) -> dict[str, Any]:
        """Return what the action takes: the count and its unit are one limit."""
        entered = super().clean() or {}
        if self.errors:
            return entered
        limit = self.limit
        kept = {name: entered[name] for name in ("kind", "path")}
        return {**kept, "level": entered["level"] or ANY, "limit": limit}
