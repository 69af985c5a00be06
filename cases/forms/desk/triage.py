"""The formal record of a triage."""

from collections.abc import Iterable

from django import forms

from cases.lifecycle import Level
from cases.models import Category
from common.fields import Described
from people.forms import Offer, PersonField
from people.models import Person


def _levels(*levels: Level) -> list[tuple[int, str]]:
    return [(level.value, level.label) for level in levels]


class TriageForm(Offer):
    """The formal record of a triage."""

    offered = "lead"

    category = forms.ModelChoiceField(
        Category.objects.filter(is_active=True).order_by("position", "label"),
        empty_label="Choose",
        error_messages={"required": "Choose what it is about."},
    )
    in_danger = forms.TypedChoiceField(
        label="Is anyone in danger?",
        choices=[
            ("yes", Described("Yes", hint="Act first; write it down afterwards.")),
            ("no", "No"),
        ],
        coerce=lambda answer: answer == "yes",
        widget=forms.RadioSelect,
        error_messages={"required": "Say whether anyone is in danger."},
    )
    urgency = forms.TypedChoiceField(
        label="How urgent is it?",
        choices=_levels(*reversed(Level)),
        coerce=lambda level: Level(int(level)),
        widget=forms.RadioSelect,
        error_messages={"required": "Say how urgent it is."},
    )
    severity = forms.TypedChoiceField(
        label="How severe is it, if it is true?",
        choices=_levels(Level.HIGH, Level.NORMAL, Level.LOW),
        coerce=lambda level: Level(int(level)),
        widget=forms.RadioSelect,
        error_messages={"required": "Say how severe it would be."},
    )
    is_investigated = forms.TypedChoiceField(
        label="Does it need an investigation?",
        choices=[
            ("yes", Described("Yes", hint="Planning, evidence, findings, outcome, each in time.")),
            (
                "no",
                Described("No", hint="Advice, an answer, a decision. It can still begin later."),
            ),
        ],
        coerce=lambda answer: answer == "yes",
        required=False,
        empty_value=None,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": "Say whether it needs an investigation."},
    )
    reason = forms.CharField(
        label="Why you decided so",
        help_text="It is sealed to the team of the case, and cannot be changed.",
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "Write why you decided so."},
    )
    parties = forms.ModelMultipleChoiceField(
        Person.objects.active().select_related("unit"),
        label="The words may mean one of these. Is it about them?",
        help_text="Half a name keeps nobody away. Whoever you tick, and everyone who reports to "
        "them, will not read it from the moment you sign. That cannot be taken back.",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "invalid_choice": "Somebody you ticked does not work here any more. Look again.",
            "invalid_pk_value": "Somebody you ticked does not work here any more. Look again.",
        },
    )
    lead = PersonField(
        label="Who leads the case",
        help_text="You stay on the team, whoever leads.",
        error_messages={"required": "Choose who leads the case."},
    )

    def ask_about(self, hinted: Iterable[Person]) -> None:
        """Ask about those whom the words may mean, and whoever is ticked, and nobody else."""
        ticked = self.cleaned_data.get("parties", ()) if self.is_bound else ()
        asked = {str(one.pk): one for one in (*hinted, *ticked)}
        if not asked:
            del self.fields["parties"]
            return
        field = self.fields["parties"]
        if isinstance(field, forms.ModelMultipleChoiceField):
            field.choices = [
                (key, Described(f"It is about {one.name}", hint=one.unit.name if one.unit else ""))
                for key, one in asked.items()
            ]
