"""Into which case a concern is triaged, and why it is the same matter."""

from collections.abc import Iterable
from typing import Any

from django import forms

from cases.forms.desk.triage import TriageForm
from cases.lifecycle import Level
from cases.models import Case


class CaseField(forms.TypedChoiceField):
    """One of the cases that the page offers. Cleans to a `Case`."""

    def offer(self, cases: Iterable[tuple[Case, str]]) -> None:
        """Offer these cases, each with what it is called, in their order."""
        offered = {one.ref: (one, label) for one, label in cases}
        self.coerce = lambda ref: offered[ref][0]
        self.choices = [("", "Choose"), *((ref, label) for ref, (_, label) in offered.items())]


class JoinForm(forms.Form):
    """The record of a triage into a case that is open."""

    into = CaseField(
        label="Into which case?",
        help_text="One of those on whose team you are.",
        error_messages={
            "required": "Choose a case. Nothing was changed.",
            "invalid_choice": "Choose one of these cases. Nothing was changed.",
        },
    )
    in_danger = TriageForm.base_fields["in_danger"]
    urgency = TriageForm.base_fields["urgency"]
    # no table stands beside this one that could say it
    severity = forms.TypedChoiceField(
        label="Severity",
        choices=[(level.value, level.label) for level in (Level.HIGH, Level.NORMAL, Level.LOW)],
        coerce=lambda level: Level(int(level)),
        error_messages={
            "required": "Choose how severe it is.",
            "invalid_choice": "Choose a severity from the list.",
        },
    )
    reason = forms.CharField(
        label="Why it is the same matter",
        help_text="It is sealed to the team of the case, and cannot be changed.",
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "Write why it is the same matter."},
    )

    def __init__(self, *args: Any, among: Iterable[tuple[Case, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["into"]
        if isinstance(field, CaseField):
            field.offer(among)
