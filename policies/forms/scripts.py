"""What is entered about the catalogue of scripts: what one says, and what becomes of it."""

from typing import Any

from django import forms

from common.languages import LANGUAGES
from policies.actions import Wording
from policies.models import Script
from policies.models.scripts import TEXT_MAX
from policies.rules.scripts import BY_TWO, Approval, Audience, Milestone


class ScriptForm(forms.Form):
    """What a version of a script says. Cleans to a `Wording`."""

    audience = forms.TypedChoiceField(
        label="Told to",
        choices=Audience,
        coerce=Audience,
        error_messages={"required": "Choose to whom it is told. Nothing was changed."},
    )
    milestone = forms.TypedChoiceField(
        label="When",
        choices=Milestone,
        coerce=Milestone,
        error_messages={"required": "Choose when it is told. Nothing was changed."},
    )
    language = forms.ChoiceField(label="Language", choices=LANGUAGES, initial="en")
    text = forms.CharField(
        label="The text",
        help_text="{reference} and {until}, the day by which they hear again, are filled by the "
        "case; for reporters {filed} as well. A line whose blank stays empty is left out. What "
        "whoever writes has to add stands [in square brackets].",
        max_length=TEXT_MAX,
        widget=forms.Textarea(attrs={"rows": 12}),
        error_messages={"required": "Write the text. Nothing was changed."},
    )
    approval = forms.TypedChoiceField(
        label="Who reads it before it goes",
        help_text="What came of it is always read by another person.",
        choices=Approval,
        coerce=Approval,
        initial=Approval.CHANGED,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose who reads it. Nothing was changed."},
    )
    is_retired = forms.BooleanField(
        label="It is not offered any more",
        help_text="What was told with it stays as it was told.",
        required=False,
    )

    def __init__(self, *args: Any, of: Script | None = None, **options: Any) -> None:
        if of is not None:
            said = {name: getattr(of, name) for name in ("text", "approval")}
            options["initial"] = {**said, "is_retired": not of.is_offered}
        super().__init__(*args, **options)
        self.of = of
        if of is not None:
            for name in ("audience", "milestone", "language"):
                del self.fields[name]
            if of.milestone in BY_TWO:
                self.fields["approval"].disabled = True

    def clean(self) -> dict[str, Any]:
        """Return what the action takes."""
        entered = super().clean() or {}
        if self.errors:
            return entered
        if self.of is not None:
            entered["audience"] = Audience(self.of.audience)
            entered["milestone"] = Milestone(self.of.milestone)
            entered["language"] = self.of.language
        entered["approval"] = Approval(entered["approval"])
        is_retired = entered.pop("is_retired")
        return {"wording": Wording(**entered, is_offered=not is_retired)}


class DecideScriptForm(forms.Form):
    """What becomes of a version that waits for a second person."""

    draft = forms.ModelChoiceField(
        Script.objects.filter(state=Script.State.PROPOSED),
        error_messages={
            "required": "Choose which. Nothing was changed.",
            "invalid_choice": "It was published or dropped meanwhile. Nothing was changed.",
        },
    )
    what = forms.ChoiceField(
        choices=[(one, one) for one in ("publish", "drop")],
        error_messages={"required": "Press one of the two buttons. Nothing was changed."},
    )
