"""How somebody wants to be reminded."""

from datetime import time
from typing import Any

from django import forms

from common.fields import Described
from escalation.rules.reminders import Rhythm

AT_ONCE, DAILY = "at_once", "daily"
INVALID = {"invalid": "Write the time as 07:30."}


def _time(label: str, **kwargs: Any) -> forms.TimeField:
    return forms.TimeField(
        label=label,
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages=INVALID,
        **kwargs,
    )


class RemindersForm(forms.Form):
    """At once or once a day, and when nothing comes."""

    how = forms.ChoiceField(
        label="How reminders come",
        choices=[
            (AT_ONCE, Described("Each by itself", hint="As soon as there is one.")),
            (DAILY, Described("One mail a day", hint="Everything that comes due, in one list.")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose how they come. Nothing was changed."},
    )
    daily_at = _time("The mail of the day comes at")
    quiet_from = _time("Nothing comes from")
    quiet_until = _time("until", help_text="Leave both empty to be reminded at any time.")

    def clean(self) -> dict[str, Any]:
        """Return what was chosen as the action takes it; say what is half."""
        entered = self.cleaned_data
        begins, ends = entered.get("quiet_from"), entered.get("quiet_until")
        # what was written and is no time is said already
        wrong = set(self.errors)
        is_daily = entered.get("how") == DAILY
        if is_daily and entered.get("daily_at") is None and "daily_at" not in wrong:
            self.add_error("daily_at", "Say when the mail of the day comes.")
        if (begins is None) != (ends is None) and not {"quiet_from", "quiet_until"} & wrong:
            missing = "quiet_until" if ends is None else "quiet_from"
            self.add_error(missing, "Say both, or leave both empty.")
        return entered

    @property
    def daily(self) -> time | None:
        """Return when the mail of the day comes, if there is to be one."""
        found: time | None = self.cleaned_data["daily_at"]
        return found if self.cleaned_data["how"] == DAILY else None

    @property
    def quiet(self) -> tuple[time, time] | None:
        """Return between when nothing comes."""
        begins, ends = self.cleaned_data["quiet_from"], self.cleaned_data["quiet_until"]
        return (begins, ends) if begins is not None and ends is not None else None

    @classmethod
    def of(cls, rhythm: Rhythm) -> "RemindersForm":
        """Return the form as somebody is reminded now."""
        begins, ends = rhythm.quiet or (None, None)
        return cls(
            initial={
                "how": AT_ONCE if rhythm.daily_at is None else DAILY,
                "daily_at": rhythm.daily_at,
                "quiet_from": begins,
                "quiet_until": ends,
            }
        )
