"""The end of a case: what is asked, what another person decides, and how it is taken up again."""

from typing import Any

from django import forms

from cases.lifecycle import Factor, Finding, WhyReopened
from people.forms import Offer, PersonField


def tell_all(form: forms.Form, reporters: int) -> None:
    """Say beside the message of a form to how many reporters it goes, where it is not one."""
    if reporters > 1:
        field = form.fields["message"]
        field.help_text = f"{field.help_text} All {reporters} reporters of this case read it."


class CloseForm(Offer):
    """What is needed to close a case, and who decides on it."""

    offered = "approver"

    finding = forms.TypedChoiceField(
        label="What was found?",
        choices=Finding,
        coerce=Finding,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose the finding."},
    )
    reason = forms.CharField(
        label="What the finding rests on",
        help_text="Sealed to the team of the case. It cannot be changed afterwards.",
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": "Write what the finding rests on."},
    )
    message = forms.CharField(
        label="What the reporter reads",
        help_text="The outcome in plain words: what was done, and why. No names. What stands [in "
        "square brackets] is for you to write. They read it once the closing is approved.",
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": "Write to the reporter what came of it."},
    )
    factors = forms.TypedMultipleChoiceField(
        label="What contributed to it",
        help_text="Counted over all cases, without their words. Tick all that you see.",
        choices=Factor,
        coerce=Factor,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "Choose from the list."},
    )
    no_factors = forms.BooleanField(label="None of these is seen", required=False)
    lessons = forms.CharField(
        label="What is to be learned from it",
        help_text="What made it possible, and what should change. Sealed. What somebody has to "
        "do about it is a task: a corrective action.",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    nothing_learned = forms.BooleanField(label="There is nothing to learn from it", required=False)
    approver = PersonField(
        label="Who decides on it",
        help_text="Another person than you. They read all of this first.",
        error_messages={"required": "Choose who decides. Nothing was asked yet."},
    )

    def __init__(self, *args: Any, is_found: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_found:
            # the findings of its allegations say it
            del self.fields["finding"]

    def clean(self) -> dict[str, Any]:
        """Return what is asked, or ask for what contributed and what is to be learned."""
        entered: dict[str, Any] = super().clean() or {}
        if bool(entered.get("factors")) == entered.pop("no_factors", False):
            self.add_error("factors", "Tick what contributed, or that none of these is seen.")
        if not entered.get("lessons") and not entered.pop("nothing_learned", False):
            msg = "Write what is to be learned, or tick that there is nothing."
            self.add_error("lessons", msg)
        entered.pop("nothing_learned", None)
        return entered


class SendBackForm(forms.Form):
    """Why a closing is sent back."""

    reason = forms.CharField(
        label="What is missing",
        help_text="Sealed to the team. Whoever asked reads it.",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Write what is missing. Nothing was changed."},
    )


class ReopenForm(forms.Form):
    """Why a closed case is worked on again."""

    why = forms.TypedChoiceField(
        label="Why",
        choices=WhyReopened,
        coerce=WhyReopened,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose why. Nothing was changed."},
    )
    words = forms.CharField(
        label="In your words",
        help_text="Sealed to the team. It stands in the timeline.",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Write why it is worked on again. What you chose is kept."},
    )
    message = forms.CharField(
        label="What the reporter reads",
        help_text="That you look at it again, and what happens next. No names.",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Write to the reporter that it goes on."},
    )
