"""What is entered to let a clock rest, and to let it run again."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms

from common.fields import Described
from escalation.lifecycle import State
from escalation.models import Clock
from escalation.rules.pauses import LONGEST, Reason, may_be_paused

# no clock of ours rests into another millennium
LAST_YEAR = 2999


class ClockField(forms.TypedChoiceField):
    """One of the clocks that the page offers. Cleans to a `Clock`."""

    def offer(self, clocks: Iterable[Clock]) -> None:
        """Offer these clocks, in their order."""
        offered = {str(clock.pk): clock for clock in clocks}
        self.coerce = offered.__getitem__
        self.choices = [(key, clock.name) for key, clock in offered.items()]


class PauseForm(forms.Form):
    """Which clock rests, why, and until when."""

    clock = ClockField(
        label="Which clock",
        error_messages={
            "required": "Choose a clock. Nothing was paused.",
            "invalid_choice": "This clock cannot be paused now. Choose one of these.",
        },
    )
    reason = forms.TypedChoiceField(
        label="Why it has to wait",
        choices=[
            (one.value, Described(one.label, hint=f"{LONGEST[one].days} days at the most"))
            for one in Reason
        ],
        coerce=Reason,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose why. Nothing was paused."},
    )
    until = forms.DateField(
        label="It runs again on",
        help_text="By itself, as that day begins.",
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={
            "required": "Say when it runs again. Nothing was paused.",
            "invalid": "Write the day as 2026-03-16.",
        },
    )

    def __init__(self, *args: Any, among: Iterable[Clock], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = [
            clock
            for clock in among
            if clock.state == State.RUNNING and may_be_paused(clock.kind) and clock.limit
        ]
        self.is_possible = bool(offered)
        field = self.fields["clock"]
        if isinstance(field, ClockField):
            field.offer(offered)

    def clean_until(self) -> date:
        """Return the day; a slip of the year is said here."""
        until: date = self.cleaned_data["until"]
        if until.year > LAST_YEAR:
            msg = "Look at the year again. Nothing was paused."
            raise forms.ValidationError(msg)
        return until


class ResumeForm(forms.Form):
    """Which clock runs again."""

    clock = forms.UUIDField(widget=forms.HiddenInput)
