"""What is written at the desk: an answer to the reporter, an entry of a case's timeline."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django import forms

from cases.actions import Told
from cases.forms.desk.choosing import OneOf
from cases.lifecycle import Mode
from cases.models import Concern, Note
from common import days

MESSAGE = "message"
# with as many reporters a message says to whom it goes
SEVERAL = 2
# the parts of a quote and of what happened at some time, and the kinds that have them
OF_QUOTE = ("said_by", "speaker", "to_whom")
WHEN = ("day", "time")
TIMED = frozenset({Note.Kind.NOTE, Note.Kind.QUOTE, Note.Kind.OBSERVATION})


class AnswerForm(forms.Form):
    """A message to the reporter."""

    text = forms.CharField(
        label="Message to the reporter",
        widget=forms.Textarea(attrs={"rows": 3, "placeholder": "What you want to say or ask"}),
        error_messages={"required": "Write what you want to say. Nothing was sent."},
    )


class ToldForm(forms.Form):
    """What is noted, when it happened, and of a quote who said it; which of them, the kind says."""

    text = forms.CharField(
        label="Text",
        widget=forms.Textarea(
            attrs={"rows": 3, "placeholder": "What happened, as it happened", "data-key": "c"}
        ),
        error_messages={"required": "Write what you want to keep. Nothing was added."},
    )
    day = forms.DateField(
        label="It happened on",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": "Write the day as 2026-03-16."},
    )
    time = forms.TimeField(
        label="At, if you know",
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages={"invalid": "Write the time as 14:05."},
    )
    said_by = forms.TypedChoiceField(
        label="Who said it",
        choices=[("", "Choose"), *Note.SaidBy.choices],
        coerce=Note.SaidBy,
        empty_value=None,
        required=False,
        error_messages={"invalid_choice": "Choose who said it."},
    )
    speaker = forms.CharField(label="Name, if you know it", required=False, max_length=120)
    to_whom = forms.CharField(label="To whom, if not to you", required=False, max_length=120)

    field_order: Sequence[str] = ("kind", *OF_QUOTE, *WHEN, "text")

    def kind_of(self, cleaned: dict[str, Any]) -> str:
        """Return the kind of what is noted."""
        return str(cleaned.get("kind", ""))

    def clean(self) -> dict[str, Any]:
        """Return what was entered, with `told`; a quote says who said it and when."""
        cleaned = self.cleaned_data
        kind = self.kind_of(cleaned)
        is_quote = kind == Note.Kind.QUOTE
        if is_quote and cleaned.get("said_by") is None and "said_by" not in self.errors:
            self.add_error("said_by", "Say who said it. Nothing was added yet.")
        if is_quote and cleaned.get("day") is None and "day" not in self.errors:
            self.add_error("day", "Say on which day it was said. Nothing was added yet.")
        if kind in TIMED and cleaned.get("time") and not cleaned.get("day"):
            self.add_error("day", "Say on which day that was.")
        told = Told(happened=self._happened(cleaned) if kind in TIMED else None)
        if is_quote:
            told = told._replace(
                said_by=cleaned.get("said_by"),
                speaker=cleaned.get("speaker", ""),
                to_whom=cleaned.get("to_whom", ""),
            )
        return {**cleaned, "told": told}

    def _happened(self, cleaned: dict[str, Any]) -> date | None:
        day, time = cleaned.get("day"), cleaned.get("time")
        return datetime.combine(day, time, tzinfo=days.zone()) if day and time else day


class EntryForm(ToldForm):
    """One entry of a case's timeline: a signed note, or a message to the reporter."""

    kind = forms.ChoiceField(
        choices=[],
        initial=Note.Kind.NOTE,
        widget=forms.RadioSelect,
        error_messages={"required": "Say what you are adding.", "invalid_choice": "Choose a kind."},
    )
    # when the draft was kept that stood in the composer, if it did
    draft = forms.DateTimeField(required=False, widget=forms.HiddenInput)
    to = OneOf(label="To which reporter", required=False)

    field_order = ("kind", "to", *OF_QUOTE, *WHEN, "text")

    def __init__(
        self,
        *args: Any,
        kinds: Sequence[Note.Kind],
        among: Sequence[Concern],
        writes: bool = True,
        **kwargs: Any,
    ) -> None:
        """Offer these kinds, and a message to whoever may write one."""
        super().__init__(*args, **kwargs)
        kind = self.fields["kind"]
        if isinstance(kind, forms.ChoiceField):
            listed = [(one.value, one.label) for one in kinds]
            kind.choices = [*listed, *([(MESSAGE, "Message to the reporter")] if writes else [])]
        field = self.fields["to"]
        if len(among) < SEVERAL:
            del self.fields["to"]
        elif isinstance(field, OneOf):
            field.offer(((one.pk, _reporter(one), one) for one in among), none="Choose")

    def clean(self) -> dict[str, Any]:
        """Return what was entered; of several reporters a message names one."""
        cleaned = super().clean()
        is_open = "to" in self.fields and "to" not in self.errors and cleaned.get("to") is None
        if is_open and cleaned.get("kind") == MESSAGE:
            self.add_error("to", "Choose the reporter who reads it. Nothing was sent yet.")
        return cleaned


def _reporter(concern: Concern) -> str:
    return f"{concern.ref}, {Mode(concern.mode).label.lower()}"


class DraftForm(forms.Form):
    """What of an entry is kept as it stands, whatever is missing."""

    kind = forms.CharField(required=False, max_length=12)
    to = forms.CharField(required=False, max_length=36)
    text = forms.CharField(required=False, strip=False)
    day = forms.CharField(required=False, max_length=10)
    time = forms.CharField(required=False, max_length=8)
    said_by = forms.CharField(required=False, max_length=10)
    speaker = forms.CharField(required=False, max_length=120)
    to_whom = forms.CharField(required=False, max_length=120)


class AmendForm(ToldForm):
    """A new version of a note of one's own, and why."""

    why = forms.CharField(
        label="Why you amend it",
        help_text="It stands beside the new version, and the old one stays readable.",
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "Say why you amend it. Nothing was changed."},
    )
    over = forms.IntegerField(widget=forms.HiddenInput)

    field_order = (*OF_QUOTE, *WHEN, "text", "why")

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._kind = kind
        gone = (*(WHEN if kind not in TIMED else ()), *(OF_QUOTE if kind != "quote" else ()))
        for name in gone:
            del self.fields[name]

    def kind_of(self, cleaned: dict[str, Any]) -> str:  # noqa: ARG002 - it is known already
        """Return the kind of the note, which stays."""
        return self._kind
