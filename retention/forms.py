"""What is entered about retention: terms, holds, what is picked, reasons."""

from typing import Any
from uuid import UUID

from django import forms

from cases.models import Category
from retention.lifecycle import Ground, HoldGround, Outcome
from retention.rules import LAW_MAX, MONTHS_MAX


class TermForm(forms.Form):
    """For how long what ended so is kept."""

    category = forms.ModelChoiceField(
        Category.objects.filter(is_active=True).order_by("position", "label"),
        required=False,
        empty_label="Every category without a time of its own",
    )
    outcome = forms.TypedChoiceField(
        label="How it ended",
        choices=[("", "Choose"), *Outcome.choices],
        coerce=Outcome,
        error_messages={"required": "Choose how it ended."},
    )
    months = forms.IntegerField(
        label="Months after its end",
        min_value=1,
        max_value=MONTHS_MAX,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        error_messages={
            "required": "Write for how many months.",
            "invalid": "Write the months as a number, such as 36.",
            "min_value": f"Choose between 1 and {MONTHS_MAX} months.",
            "max_value": f"Choose between 1 and {MONTHS_MAX} months.",
        },
    )
    law = forms.CharField(
        label="The law or the reason",
        help_text="As you would name it to an auditor: “HinSchG §11(5)”.",
        max_length=LAW_MAX,
        error_messages={"required": "Name the law or the reason."},
    )


class RuleForm(forms.Form):
    """Which proposal, and whether it is to count."""

    rule = forms.UUIDField(widget=forms.HiddenInput)
    what = forms.ChoiceField(choices=[("confirm", "Confirm"), ("refuse", "Refuse")])


class PickForm(forms.Form):
    """What is picked from a list, by reference."""

    pick = forms.Field(required=False, widget=forms.MultipleHiddenInput)

    def clean_pick(self) -> list[str]:
        """Return the references."""
        return list(self.cleaned_data["pick"] or ())


class DisposalsForm(PickForm):
    """Disposals that are picked, and why they are stopped or refused."""

    reason = forms.CharField(
        label="Why",
        help_text="Sealed with the case. Not needed to approve.",
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def clean_pick(self) -> Any:
        """Return the ids; what is none of ours is picked by nobody."""
        try:
            return [UUID(one) for one in super().clean_pick()]
        except ValueError:
            msg = "Pick from the list again. Nothing was changed."
            raise forms.ValidationError(msg) from None


class DecideForm(DisposalsForm):
    """What is decided on disposals that are picked."""

    what = forms.ChoiceField(choices=[("approve", "Approve"), ("refuse", "Refuse")])


class StopForm(DisposalsForm):
    """Why disposals that are picked are stopped."""

    reason = forms.CharField(
        label="Why they are not to be erased",
        help_text="Sealed with the case.",
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "Say why. Nothing was stopped."},
    )


class HoldForm(forms.Form):
    """Why something must not be erased."""

    ground = forms.TypedChoiceField(
        label="Why it has to be kept",
        choices=HoldGround,
        coerce=HoldGround,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose why it has to be kept."},
    )
    reason = forms.CharField(
        label="In your words",
        help_text="Sealed with the case. It cannot be changed afterwards.",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Say why it has to be kept. Nothing was changed."},
    )


class LiftForm(forms.Form):
    """Which hold is lifted, and why."""

    hold = forms.UUIDField(widget=forms.HiddenInput)
    reason = forms.CharField(
        label="Why it need not be held any more",
        help_text="Sealed with the case.",
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "Say why. The hold stands."},
    )


class RequestForm(forms.Form):
    """Why something is erased before its time."""

    ground = forms.TypedChoiceField(
        label="Who asked for it",
        choices=[
            (Ground.DATA_SUBJECT.value, Ground.DATA_SUBJECT.label),
            (Ground.COURT_ORDER.value, Ground.COURT_ORDER.label),
        ],
        coerce=Ground,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose who asked for it."},
    )
    reason = forms.CharField(
        label="What was asked, and how you know",
        help_text="Sealed with the case. The second person reads it, if they hold a key.",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Say what was asked. Nothing was proposed."},
    )
