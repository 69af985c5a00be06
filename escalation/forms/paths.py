"""What is entered about paths: their names, rungs, made-up cases, decisions."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Self

from django import forms

from common import days
from escalation.forms.spans import SpanForm
from escalation.models import Calendar, MoveReason, SentBack
from escalation.rules import Anchor, Limit, Rung, WorkingTime
from escalation.rules.ladders import UNNAMED, Does, Given, Step
from people.rules import Role

EARLIEST, LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)


class PathForm(forms.Form):
    """A new path."""

    name = forms.CharField(
        label="Name",
        help_text="As people speak of it: “Guidance requests”.",
        max_length=120,
        error_messages={"required": "Give the path a name."},
    )
    code = forms.SlugField(
        label="Code",
        help_text="Small letters, digits and hyphens. It cannot change later.",
        max_length=50,
        error_messages={
            "required": "Give the path a code.",
            "invalid": "Use letters, digits and hyphens alone, such as guidance.",
        },
    )


class StepForm(SpanForm):
    """One rung: when, on what condition, doing what, reaching whom."""

    anchor = forms.TypedChoiceField(label="Counted", choices=Anchor, coerce=Anchor)
    given = forms.TypedChoiceField(label="If", choices=Given, coerce=Given)
    does = forms.TypedChoiceField(label="Do", choices=Does, coerce=Does)
    role = forms.ChoiceField(
        label="Whom",
        help_text="Left empty where the owner is reminded, or it is raised.",
        choices=[("", "The owner, or nobody"), *Role.choices],
        required=False,
    )
    # which rungs were on the page: somebody else may have changed them
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        """Ask for whom a step is, where it is for somebody."""
        data = super().clean() or {}
        does, role = data.get("does"), data.get("role")
        if does is not None and does not in UNNAMED and not role:
            self.add_error("role", "Choose whom it reaches. Your other answers are kept.")
        elif does in UNNAMED and role:
            self.add_error(
                "role", f"To {does.label} names nobody else. Choose the first line, or do another."
            )
        return data

    @property
    def step(self) -> Step:
        """Return the rung."""
        data = self.cleaned_data
        return Step(
            Rung(data["anchor"], self.limit), data["does"].value, data["role"], data["given"].value
        )

    @classmethod
    def shown(cls, step: Step) -> Self:
        """Return the form that changes a rung, filled with it."""
        known = {"anchor": step.rung.anchor, "given": step.given}
        return cls(known=step.rung.limit, initial={**known, "does": step.does, "role": step.role})


class RungForm(forms.Form):
    """What is done with a rung that stands."""

    what = forms.ChoiceField(choices=[(one, one) for one in ("keep", "up", "down", "remove")])
    seen = forms.CharField(required=False, widget=forms.HiddenInput)


class TryForm(SpanForm):
    """A made-up case: when it begins, by which calendar, within which time it is owed."""

    start = forms.DateTimeField(
        label="Begins",
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={
            "required": "Say when it begins.",
            "invalid": "This is no date and time. Write it as 2026-03-16 10:00.",
        },
    )
    calendar = forms.ModelChoiceField(
        Calendar.objects.order_by("name"),
        label="Calendar",
        empty_label=None,
        error_messages={"invalid_choice": "There is no such calendar any more. Choose another."},
    )

    field_order = ("start", "calendar", "count", "unit")

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        known: Limit,
        office: Calendar,
        now: datetime,
        prefix: str | None = None,
    ) -> None:
        """Begin with a clock of this limit that starts now, by the office's calendar."""
        local = now.astimezone(days.zone()).replace(second=0, microsecond=0)
        initial = {"start": f"{local:%Y-%m-%dT%H:%M}", "calendar": office.pk}
        super().__init__(data, known=known, initial=initial, prefix=prefix)
        self.known, self.office, self.now = known, office, local
        self.fields["count"].label = "Owed within"
        self.fields["start"].help_text = f"By the clocks of {days.zone().key}."

    def case(self) -> tuple[Limit, datetime, WorkingTime]:
        """Return the case that was entered, or the one it began with where that cannot be."""
        if not self.is_bound or not self.is_valid():
            return self.known, self.now, self.office.hours
        calendar: Calendar = self.cleaned_data["calendar"]
        return self.limit, self.cleaned_data["start"], calendar.hours

    def clean_start(self) -> datetime:
        """Return the moment, as the office's clocks show it."""
        start: datetime = self.cleaned_data["start"]
        start = start.replace(tzinfo=days.zone())
        if start.astimezone(UTC).astimezone(start.tzinfo) != start:
            msg = (
                f"There is no {start:%H:%M} on that day: the clocks of {days.zone().key} go "
                "forward over it. Choose an hour before or after."
            )
            raise forms.ValidationError(msg)
        if not EARLIEST < start < LATEST:
            msg = "Choose a year between 2000 and 2100."
            raise forms.ValidationError(msg)
        return start


class DecideForm(forms.Form):
    """What becomes of a version."""

    what = forms.ChoiceField(
        choices=[(one, one) for one in ("propose", "publish", "send_back", "discard")]
    )
    # which proposal was looked at: another may have taken its place
    seen = forms.CharField(required=False, widget=forms.HiddenInput)
    reason = forms.ChoiceField(
        label="Why it goes back", choices=[("", "Choose"), *SentBack.choices], required=False
    )

    def clean(self) -> dict[str, Any]:
        """Ask why something is sent back."""
        data = super().clean() or {}
        if data.get("what") == "send_back" and not data.get("reason"):
            self.add_error("reason", "Choose why it goes back. Nothing was changed.")
        return data


class MoveForm(forms.Form):
    """Why running clocks go over to the newest version."""

    reason = forms.TypedChoiceField(
        label="Why they go over",
        choices=[("", "Choose"), *MoveReason.choices],
        coerce=MoveReason,
        error_messages={"required": "Choose why. Nothing was moved."},
    )
