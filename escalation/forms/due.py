"""The shapes of what is chosen in the lists of what is due."""

from typing import Any

from django import forms
from django.db.models import TextChoices

from escalation.forms.spans import offer
from escalation.rules.kinds import KINDS
from people.models import Person, Unit
from people.rules import TRUSTED


class Show(TextChoices):
    """Which part of what is due the page shows."""

    OPEN = "", "Everything due"
    OVER = "over", "Overdue"
    RUNNING = "running", "Still to come"
    PAUSED = "paused", "Paused"
    MET = "met", "Met lately"


class Whose(TextChoices):
    """For whose duties somebody asks, beside a single person's."""

    MINE = "", "Mine"
    ALL = "all", "Everybody's"
    NOBODY = "nobody", "Nobody's"


class DueFilter(forms.Form):
    """The chips of the page of everything due, as they stand in its address."""

    show = forms.ChoiceField(
        choices=Show,
        required=False,
        widget=forms.HiddenInput,
        error_messages={"invalid_choice": "There is no such view. Everything due is shown."},
    )
    of = forms.ChoiceField(
        label="Who answers for it",
        required=False,
        error_messages={"invalid_choice": "There is no such person here. Your own is shown."},
    )
    kind = forms.ChoiceField(
        label="What is due",
        required=False,
        error_messages={"invalid_choice": "There is no such duty. All are shown."},
    )
    unit = forms.ModelChoiceField(
        Unit.objects.order_by("name"),
        to_field_name="code",
        required=False,
        empty_label="Any unit",
        error_messages={"invalid_choice": "There is no such unit. All are shown."},
    )

    def __init__(self, *args: Any, is_office: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = [(one.code, one.name) for one in KINDS.values()]
        offer(self, "kind", [("", "Anything"), *kinds])
        offer(self, "of", _persons() if is_office else [(Whose.MINE.value, Whose.MINE.label)])


def _persons() -> list[tuple[str, str]]:
    """Return whose duties one may ask for: anybody's with a role, who may have one."""
    people = Person.objects.holding(*TRUSTED).values_list("pk", "name")
    return [*Whose.choices, *((str(pk), name) for pk, name in people)]
