"""What is entered about standards: which duty, how long it may take, which path follows."""

from typing import Any

from django import forms

from common.levels import Level
from escalation.forms.spans import COUNT_MAX, SpanForm
from escalation.models import Path, Scope, StandardChange
from escalation.rules import Limit
from escalation.rules.kinds import GUIDANCE, KINDS

SCOPES = [
    Scope(),
    *(Scope(level.value) for level in reversed(Level)),
    Scope(filed_as=GUIDANCE),
]


def _code(scope: Scope) -> str:
    return scope.filed_as or str(scope.level or "")


class StandardForm(SpanForm):
    """How long one kind of duty may take from now on."""

    kind = forms.ChoiceField(
        label="Duty",
        choices=[("", "Choose"), *((one.code, one.name) for one in KINDS.values())],
        error_messages={
            "required": "Choose the duty. Nothing was changed.",
            "invalid_choice": "Choose a duty from the list.",
        },
    )
    scope = forms.ChoiceField(
        label="For",
        help_text="What runs on a concern may take another path at each level, and for requests "
        "for guidance; an investigation and its phases at each level.",
        choices=[(_code(one), one.words or "Everything else") for one in SCOPES],
        required=False,
        error_messages={"invalid_choice": "Choose from the list."},
    )
    path = forms.ModelChoiceField(
        Path.objects.in_use().order_by("name"),
        label="Path",
        help_text="Who is reached, and when, if it is not done in time.",
        empty_label="Choose",
        error_messages={
            "required": "Choose a path. Nothing was changed.",
            "invalid_choice": "There is no such path any more. Choose another.",
        },
    )

    field_order = ("kind", "scope", "count", "unit", "path")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["count"].label = "It may take"
        self.fields["count"].required = False
        self.fields["count"].help_text = "Empty: as long as the policy promises, and never longer."
        self.fields["unit"].label = "Counted in"
        self.fields["unit"].help_text = "Working time is counted by the calendar of the unit."

    def clean_count(self) -> int | None:
        """Refuse what would be over as soon as it begins, and nothing where nobody promises it."""
        count: int | None = self.cleaned_data["count"]
        kind = KINDS.get(self.cleaned_data.get("kind", ""))
        if count is None and kind is not None and not kind.is_promised:
            msg = f"Write a number between 1 and {COUNT_MAX}: no policy promises this."
            raise forms.ValidationError(msg)
        if count == 0:
            msg = "Give it at least 1."
            raise forms.ValidationError(msg)
        return count

    def clean(self) -> dict[str, Any]:
        """Return what the action takes: the count and its unit are one limit."""
        entered = super().clean() or {}
        if self.errors:
            return entered
        scope = next(one for one in SCOPES if _code(one) == entered["scope"])
        limit: Limit | None = self.limit if entered["count"] else None
        kept = {name: entered[name] for name in ("kind", "path")}
        return {**kept, **scope._asdict(), "limit": limit}


class DecideStandardForm(forms.Form):
    """What becomes of a change that waits for a second person."""

    change = forms.ModelChoiceField(
        StandardChange.objects.filter(state=StandardChange.State.PROPOSED),
        error_messages={
            "required": "Choose which. Nothing was changed.",
            "invalid_choice": "It was confirmed or dropped meanwhile. Nothing was changed.",
        },
    )
    what = forms.ChoiceField(
        choices=[(one, one) for one in ("confirm", "drop")],
        error_messages={"required": "Press one of the two buttons. Nothing was changed."},
    )
