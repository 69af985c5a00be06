"""What is looked for among policies, and who is to read one by when."""

from typing import Any

from django import forms
from django.db.models import TextChoices

from escalation.rules import Limit
from people.models import Unit
from people.rules import Role


class SearchForm(forms.Form):
    """Words, and a day."""

    q = forms.CharField(
        label="Words in the title or summary",
        required=False,
        max_length=120,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    on = forms.DateField(
        label="In force on",
        help_text="Today, if you leave it empty.",
        required=False,
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "invalid": "This is no date. Write it as 2026-03-16. What is in force today is shown."
        },
    )


class Whom(TextChoices):
    """Who is asked to read a policy."""

    EVERYBODY = "everybody", "Everybody who works here"
    UNITS = "units", "The units that you choose"
    ROLES = "roles", "The parts that you choose"


# in what the time is counted; the most of it is about a year
TIMES = {"days": "calendar days", "working_days": "working days"}
MOST = 365


class CampaignForm(forms.Form):
    """Who is to read the version in force, and by when."""

    whom = forms.ChoiceField(
        label="Who is asked",
        help_text="Whoever joins them while it runs is asked too, with as much time.",
        choices=Whom,
        initial=Whom.EVERYBODY,
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choose who is asked. Nobody was asked.",
            "invalid_choice": "Choose one of these. Nobody was asked.",
        },
    )
    units = forms.ModelMultipleChoiceField(
        Unit.objects.order_by("name"),
        label="Units",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "invalid_choice": "There is no such unit. Choose from the list.",
            "invalid_pk_value": "There is no such unit. Choose from the list.",
        },
    )
    roles = forms.MultipleChoiceField(
        label="Parts",
        required=False,
        choices=Role,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "There is no such part. Choose from the list."},
    )
    count = forms.IntegerField(
        label="Time to read it",
        min_value=1,
        max_value=MOST,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        error_messages={
            "required": "Say how much time people have.",
            "invalid": "Write a whole number.",
            "min_value": "Give people at least 1.",
            "max_value": f"Write {MOST} or less.",
        },
    )
    time = forms.ChoiceField(
        label="Counted in",
        help_text="Working days are those of each person's unit.",
        choices=list(TIMES.items()),
        error_messages={
            "required": "Choose in what it is counted.",
            "invalid_choice": "Choose in what it is counted.",
        },
    )
    is_material = forms.BooleanField(
        label="The change is material: ask those too who acknowledged an earlier version",
        required=False,
    )

    def __init__(self, *args: Any, is_first: bool, standard: Limit, **kwargs: Any) -> None:
        """Begin with the office's time limit; of a first version nothing has changed."""
        super().__init__(*args, **kwargs)
        days = standard.days + 30 * standard.months
        time = "days" if days else "working_days"
        self.initial.update(time=time, count=days or standard.working_days or 1)
        if is_first:
            del self.fields["is_material"]

    def clean(self) -> dict[str, Any]:
        """Return what the action takes; a choice that was left empty is said where it stands."""
        entered = super().clean() or {}
        whom = entered.get("whom")
        for name, word in ((Whom.UNITS, "unit"), (Whom.ROLES, "part")):
            if whom != name:
                entered[name] = []
            elif not self.has_error(name) and not entered.get(name):
                self.add_error(name, f"Choose at least one {word}.")
        if self.errors:
            return entered
        return {
            "units": list(entered["units"]),
            "roles": [Role(role) for role in entered["roles"]],
            "limit": Limit(**{entered["time"]: entered["count"]}),
            "is_material": entered.get("is_material", False),
        }
