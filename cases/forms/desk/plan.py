"""What is entered to say what an investigation is to find out, and how."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms

from cases.forms.desk.hearing import day_field
from people.forms import Offer, PersonField

ASKS = "question_"


def _words(label: str, help_text: str, *, rows: int = 3, missing: str = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        required=bool(missing),
        widget=forms.Textarea(attrs={"rows": rows}),
        error_messages={"required": missing},
    )


def _change() -> forms.CharField:
    return _words(
        "What changes, and why",
        "The version before stays as it was signed.",
        rows=2,
        missing="Write what changes with this version, and why. Nothing was signed.",
    )


class TermsForm(Offer):
    """The terms of reference of an investigation."""

    offered = "approver"

    purpose = _words(
        "What is to be found out",
        "Questions that evidence can answer. Not who is guilty.",
        missing="Write what is to be found out. Nothing was signed.",
    )
    scope = _words(
        "What belongs to it",
        "Which time, places, units and dealings are looked at.",
        missing="Write what belongs to it. Nothing was signed.",
    )
    outside = _words("What does not belong to it", "And who looks into that, if somebody does.")
    limits = _words("What limits it", "By when it ends, what may not be looked at, which law.")
    change = _change()
    approver = PersonField(
        label="Who approves them",
        help_text="Another person than you. Until then the terms before count.",
        error_messages={"required": "Choose who approves them. Nothing was signed."},
    )
    # the latest version that the page showed
    over = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        about: Iterable[tuple[UUID, str]],
        is_formal: bool,
        is_first: bool,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        for pk, label in about:
            self.fields[f"{ASKS}{pk}"] = _words(f"Questions about allegation {label}", "", rows=2)
        if not is_formal:
            del self.fields["approver"]
        if is_first:
            del self.fields["change"]
        asked = [name for name in self.fields if name.startswith(ASKS)]
        self.order_fields(["purpose", *asked, "scope", "outside", "limits", "change", "approver"])

    def clean(self) -> dict[str, Any]:
        """Return the terms, with the questions by their allegations."""
        entered: dict[str, Any] = super().clean() or {}
        names = [name for name in entered if name.startswith(ASKS)]
        entered["questions"] = {UUID(name.removeprefix(ASKS)): entered.pop(name) for name in names}
        entered.setdefault("change", "")
        return entered


class PlanForm(forms.Form):
    """The plan of an investigation."""

    sources = _words(
        "Sources to look at",
        "Records, systems, places and people, in which order, and why in that order.",
        rows=4,
        missing="Write which sources are looked at. Nothing was signed.",
    )
    people = _words(
        "Who works on it", "Who does what, whose expertise is needed, who is kept out of it."
    )
    change = _change()
    over = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, is_first: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_first:
            del self.fields["change"]

    def clean(self) -> dict[str, Any]:
        """Return the plan."""
        entered: dict[str, Any] = super().clean() or {}
        entered.setdefault("change", "")
        return entered


class PlanStepForm(Offer):
    """A step of the plan."""

    offered = "assignee"

    words = _words(
        "What is done", "Sealed to the team.", rows=2,
        missing="Write what is done. Nothing was added.",
    )  # fmt: skip
    assignee = PersonField(label="Who does it", error_messages={"required": "Choose who does it."})
    due_on = day_field(
        "By which day", "Left empty, the office's standard counts: ten working days.",
        required=False,
    )  # fmt: skip


class DecideTermsForm(forms.Form):
    """What somebody else decides on terms that wait."""

    what = forms.ChoiceField(
        choices=[(one, one) for one in ("approve", "refuse", "take_back")],
        error_messages={
            "required": "Press what you decide. Nothing was decided.",
            "invalid_choice": "Press what you decide. Nothing was decided.",
        },
    )
    # what is decided on is what was read
    version = forms.UUIDField(
        error_messages={
            "required": "Look at the terms again. Nothing was decided.",
            "invalid": "Look at the terms again. Nothing was decided.",
        }
    )
    reason = _words("What is to be changed", "Sealed to the team. Whoever signed them reads it.")

    def clean(self) -> dict[str, Any]:
        """Return the decision; terms that are sent back say why."""
        entered: dict[str, Any] = super().clean() or {}
        if entered.get("what") == "refuse" and not entered.get("reason", "").strip():
            self.add_error("reason", "Write what is to be changed. Nothing was decided.")
        return entered
