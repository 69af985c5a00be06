"""What is entered about the catalogue of indicators: what a sign says, and what becomes of it."""

from typing import Any

from django import forms

from common.levels import Level
from policies.actions import Sign
from policies.models import Indicator
from policies.rules.indicators import Remedy


class IndicatorForm(forms.Form):
    """What a version of an indicator says and proposes. Cleans to a `Sign`."""

    label = forms.CharField(
        label="The sign",
        help_text="What somebody sees or hears, in a few words.",
        max_length=120,
        error_messages={"required": "Write the sign. Nothing was changed."},
    )
    why = forms.CharField(
        label="Why it matters",
        help_text="One sentence. It stands beside what the sign proposes.",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Write why it matters. Nothing was changed."},
    )
    source = forms.CharField(
        label="By which source",
        max_length=160,
        error_messages={"required": "Name the source. Nothing was changed."},
    )
    urgency = forms.TypedChoiceField(
        label="It proposes this urgency",
        choices=[(level.value, level.label) for level in reversed(Level)],
        coerce=lambda level: Level(int(level)),
        initial=Level.NORMAL,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose an urgency. Nothing was changed."},
    )
    remedies = forms.TypedMultipleChoiceField(
        label="And to do this",
        choices=Remedy,
        coerce=Remedy,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    is_retired = forms.BooleanField(
        label="It is not offered any more",
        help_text="What was marked with it stays as it was marked.",
        required=False,
    )

    @classmethod
    def of(cls, one: Indicator, data: Any = None, **options: Any) -> "IndicatorForm":
        """Return the form, begun with what an indicator says now."""
        said = {name: getattr(one, name) for name in ("label", "why", "source", "urgency")}
        begun = {**said, "remedies": one.remedies, "is_retired": not one.is_offered}
        return cls(data, initial=begun, **options)

    def clean(self) -> dict[str, Any]:
        """Return what the action takes."""
        entered = super().clean() or {}
        if self.errors:
            return entered
        is_retired = entered.pop("is_retired")
        return {"sign": Sign(**entered, is_offered=not is_retired)}


class DecideIndicatorForm(forms.Form):
    """What becomes of a version that waits for a second person."""

    draft = forms.ModelChoiceField(
        Indicator.objects.filter(state=Indicator.State.PROPOSED),
        error_messages={
            "required": "Choose which. Nothing was changed.",
            "invalid_choice": "It was published or dropped meanwhile. Nothing was changed.",
        },
    )
    what = forms.ChoiceField(
        choices=[(one, one) for one in ("publish", "drop")],
        error_messages={"required": "Press one of the two buttons. Nothing was changed."},
    )
