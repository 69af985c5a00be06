"""What is entered to tell people: whom, with which script, what, and what becomes of it."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms

from cases.access import NamedOne
from cases.actions import ToldHow
from cases.forms.desk.choosing import OneOf
from cases.forms.desk.hearing import day_field
from cases.lifecycle import BY_HAND, Means, WhyUntold
from people.forms import Offer, PersonField
from policies.models import Script
from policies.rules.scripts import Approval


class BeginTellingForm(forms.Form):
    """To whom, at which milestone, and by which day they hear again."""

    to = forms.UUIDField(widget=forms.HiddenInput)
    script = OneOf(
        label="What to tell them",
        error_messages={
            "required": "Choose what to tell them.",
            "invalid_choice": "Choose from the list what to tell them.",
        },
    )
    until = day_field(
        "They hear again by",
        "The text says it, and it is due from you on that day. Left empty, nothing is promised.",
        required=False,
    )

    def __init__(self, *args: Any, scripts: Iterable[Script], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["script"]
        if isinstance(field, OneOf):
            field.offer((one.pk, _label(one), one) for one in scripts)


def _label(script: Script) -> str:
    language = "" if script.language == "en" else f" ({script.language})"
    return f"{script.get_milestone_display()}{language}"


class NamesField(forms.MultipleChoiceField):
    """Whom a text may name, of those whom the page asks about. Cleans to their keys."""

    widget = forms.CheckboxSelectMultiple

    def valid_value(self, value: Any) -> bool:
        """Return whether it may be a key: of whom it is asked depends on the text."""
        try:
            UUID(str(value))
        except ValueError:
            return False
        return True

    def clean(self, value: Any) -> set[UUID]:
        """Return the keys."""
        return {UUID(one) for one in super().clean(value)}


def means_field(*, required: bool) -> forms.TypedChoiceField:
    """Return how somebody without a channel here was told."""
    return forms.TypedChoiceField(
        label="How they were told",
        choices=[("", "Choose"), *((one.value, one.label) for one in BY_HAND)],
        coerce=Means,
        empty_value=None,
        required=required,
        error_messages={"required": "Say how they were told. What you entered is kept."},
    )


class TellForm(Offer):
    """What somebody is told, how, and who reads it before."""

    offered = "approver"

    to = forms.UUIDField(widget=forms.HiddenInput)
    script = forms.UUIDField(widget=forms.HiddenInput)
    until = forms.DateField(required=False, widget=forms.HiddenInput)
    text = forms.CharField(
        label="What they read",
        help_text="No names. What stands [in square brackets] is for you to write.",
        widget=forms.Textarea(attrs={"rows": 12}),
        error_messages={"required": "Write what they are told. Nothing was sent."},
    )
    may_name = NamesField(
        label="They may know who this is",
        required=False,
        error_messages={"invalid_choice": "Choose from the list."},
    )
    means = means_field(required=False)
    told_on = day_field("On which day", "", required=False)
    approver = PersonField(
        label="Who reads it before it goes",
        required=False,
        empty_value=None,
        error_messages={"required": "Choose who reads it. Nothing was sent."},
    )

    def __init__(self, *args: Any, script: Script, is_party: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if script.approval == Approval.NEVER:
            del self.fields["approver"]
        elif script.approval == Approval.ALWAYS:
            self.fields["approver"].required = True
        else:
            self.fields["approver"].help_text = "Needed where you change the text."
        if not is_party or script.approval == Approval.ALWAYS:
            # they are told here, or once it is approved
            del self.fields["means"]
            del self.fields["told_on"]
        elif script.approval == Approval.CHANGED:
            self.fields["means"].help_text = "Where you leave the text as it is."

    def ask(self, named: Iterable[NamedOne]) -> None:
        """Ask whether the text may name these."""
        field = self.fields["may_name"]
        if isinstance(field, forms.MultipleChoiceField):
            field.choices = [(str(one.key), one.label) for one in named]

    @property
    def asks_names(self) -> bool:
        """Return whether it is asked whom the text may name."""
        field = self.fields["may_name"]
        return isinstance(field, forms.MultipleChoiceField) and bool(field.choices)

    def clean(self) -> dict[str, Any]:
        """Return what the action takes."""
        entered: dict[str, Any] = super().clean() or {}
        for name in ("to", "script"):
            entered.pop(name, None)
        means, on = entered.pop("means", None), entered.pop("told_on", None)
        entered["told"] = ToldHow(means, on) if means and on else None
        return entered


class DecideTellingForm(forms.Form):
    """What becomes of what somebody wrote."""

    telling = forms.UUIDField(widget=forms.HiddenInput)
    what = forms.ChoiceField(
        choices=[(one, one) for one in ("approve", "refuse", "back")],
        error_messages={"required": "Press one of the buttons. Nothing was changed."},
    )
    reason = forms.CharField(
        label="What is to be changed",
        help_text="Sealed to the team. Whoever wrote it reads it.",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class RecordToldForm(forms.Form):
    """How somebody was told what was approved, and on which day."""

    telling = forms.UUIDField(widget=forms.HiddenInput)
    means = means_field(required=True)
    told_on = day_field("On which day", "", required=True)


class UntoldForm(forms.Form):
    """Why somebody is not told what came of it."""

    to = forms.UUIDField(widget=forms.HiddenInput)
    why = forms.TypedChoiceField(
        label="Why",
        choices=WhyUntold,
        coerce=WhyUntold,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose why. Nothing was recorded."},
    )
    words = forms.CharField(
        label="In your words",
        help_text="Sealed to the team. Whoever decides on closing reads it.",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Write why. What you chose is kept."},
    )
