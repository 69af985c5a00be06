"""A stretch of time as it is entered, and choices that a form knows only once it is made."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from escalation.rules import Limit

UNITS = {
    "days": "days",
    "working_days": "working days",
    "hours": "hours",
    "working_hours": "working hours",
    "months": "months",
}
COUNT_MAX = 999


def offer(form: forms.Form, name: str, choices: Sequence[tuple[str, Any]]) -> None:
    """Let a field of a form offer these choices."""
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)  # noqa: S101 - declared so by the form
    field.choices = choices


class SpanForm(forms.Form):
    """A stretch of time: a number and its unit, or several of them that are kept as they are."""

    count = forms.IntegerField(
        label="How long",
        min_value=0,
        max_value=COUNT_MAX,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "ed-input--short"}),
        error_messages={
            "required": "Write a number; 0 is at once.",
            "invalid": "Write the time as a whole number, such as 2.",
            "min_value": f"Choose between 0 and {COUNT_MAX}.",
            "max_value": f"Choose between 0 and {COUNT_MAX}.",
        },
    )
    unit = forms.ChoiceField(label="Unit of time", choices=list(UNITS.items()))

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        known: Limit | None = None,
        initial: Mapping[str, Any] | None = None,
        **options: Any,
    ) -> None:
        """Begin with a limit; one of several parts stands among the units as a whole."""
        super().__init__(data, initial={**self._of(known), **(initial or {})}, **options)
        if known is not None and len(known.code.split()) > 1:
            offer(self, "unit", [*UNITS.items(), (known.code, f"time {known}")])

    @staticmethod
    def _of(known: Limit | None) -> dict[str, Any]:
        if known is None:
            return {}
        parts = [(name, getattr(known, name)) for name in UNITS if getattr(known, name)]
        if len(parts) > 1:
            return {"count": 1, "unit": known.code}
        unit, count = parts[0] if parts else ("days", 0)
        return {"count": count, "unit": unit}

    @property
    def limit(self) -> Limit:
        """Return what was entered."""
        count, unit = self.cleaned_data["count"], self.cleaned_data["unit"]
        return Limit(**{unit: count}) if unit in UNITS else Limit.read(unit)
