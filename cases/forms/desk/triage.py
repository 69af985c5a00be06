"""The formal record of a triage, and the signs that are marked before it."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from django import forms
from django.utils.safestring import SafeString

from cases.access import Signs
from cases.actions import Weighed
from cases.forms.desk.early import power_field, track_field
from cases.forms.desk.queue import given_field
from cases.lifecycle import Level
from cases.lifecycle.risks import Committee, Consent, Impact, Likelihood, SafeguardKind
from cases.models import Category
from cases.rules import risk
from cases.rules.risk import Proposal
from common.fields import Described
from people.forms import Offer, PersonField
from people.models import Person
from policies.models import Indicator

# every risk there is, as it stands in a form: how likely, how grave
RISKS = {
    f"{likelihood.value}-{impact.value}": (likelihood, impact)
    for impact in reversed(Impact)
    for likelihood in Likelihood
}


class Cell(NamedTuple):
    """One answer of the table of risks: its control, and the severity that follows from it."""

    control: SafeString
    id: str
    severity: Level


class Signed(NamedTuple):
    """One sign of the list: its control, what it says and proposes."""

    control: SafeString
    id: str
    sign: Indicator


class SignsField(forms.TypedMultipleChoiceField):
    """Signs out of those that the page offers. Cleans to a list of `Indicator`."""

    def offer(self, signs: Iterable[Indicator]) -> None:
        """Offer these signs, in their order."""
        offered = {str(sign.pk): sign for sign in signs}
        self.coerce = offered.__getitem__
        self.choices = [(key, sign.label) for key, sign in offered.items()]


class SignsForm(forms.Form):
    """The signs of pressure that somebody sees in a concern."""

    signs = SignsField(
        label="What do you see?",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "invalid_choice": "One of these signs is not on the list any more. Look again."
        },
    )

    def __init__(self, *args: Any, known: Signs, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = known
        self.fields["signs"].initial = [str(pk) for pk in known.marked]
        field = self.fields["signs"]
        if isinstance(field, SignsField):
            field.offer(known.offered)

    def signed(self) -> list[Signed]:
        """Return each sign with its control, as the page shows them."""
        pairs = zip(self["signs"], self.known.offered, strict=True)
        return [Signed(one.tag(), one.id_for_label, sign) for one, sign in pairs]


def _levels(*levels: Level) -> list[tuple[int, str]]:
    return [(level.value, level.label) for level in levels]


# what is put in place by its name alone
GUARDS = [(kind.value, kind.label) for kind in SafeguardKind if kind != SafeguardKind.OTHER]


def _proposed(key: str, label: str, proposal: Proposal) -> str:
    signs = {remedy.value: signs for remedy, signs in proposal.remedies.items()}.get(key)
    return Described(label, hint=f"Proposed, since: {'; '.join(signs)}") if signs else label


# what may be left as it is in a record, with what each begins with
LOOKED_AT = {
    "consent": Consent.NOT_YET.value,
    "consent_words": "",
    "committee": Committee.NOT_ASKED.value,
    "committee_words": "",
    "resources": "",
}


class TriageForm(Offer, SignsForm):
    """The formal record of a triage.

    What is known or proposed it begins with; whoever signs it decides.
    """

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
    risk = forms.TypedChoiceField(
        label="How likely is it, and how grave?",
        help_text="Choose one. What stands there is the severity that follows.",
        choices=[
            (key, f"{likelihood.label}, {impact.label.lower()}")
            for key, (likelihood, impact) in RISKS.items()
        ],
        coerce=RISKS.__getitem__,
        widget=forms.RadioSelect,
        error_messages={
            "required": "Say how likely and how grave it is.",
            "invalid_choice": "Choose from the table how likely and how grave it is.",
        },
    )
    severity = forms.TypedChoiceField(
        label="Severity",
        choices=[("", "As the table says"), *_levels(Level.HIGH, Level.NORMAL, Level.LOW)],
        coerce=lambda level: Level(int(level)),
        required=False,
        empty_value=None,
        error_messages={"invalid_choice": "Choose a severity from the list."},
    )
    override = forms.CharField(
        label="Why otherwise than proposed",
        help_text="Only where it is less urgent than what you marked proposes, or of another "
        "severity than the table says.",
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    safeguards = forms.TypedMultipleChoiceField(
        label="What protects people from now on?",
        help_text="Whoever leads the case owns it, and looks at it again in time.",
        choices=GUARDS,
        coerce=SafeguardKind,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "Choose from the list what protects people."},
    )
    consent = forms.TypedChoiceField(
        label="History of consent",
        choices=Consent,
        coerce=Consent,
        required=False,
        empty_value=Consent.NOT_YET,
    )
    consent_words = forms.CharField(
        label="What it shows",
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    committee = forms.TypedChoiceField(
        label="Ethics committee",
        choices=Committee,
        coerce=Committee,
        required=False,
        empty_value=Committee.NOT_ASKED,
    )
    committee_words = forms.CharField(
        label="What it says",
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    resources = forms.CharField(
        label="What it needs",
        help_text="People, time, skills, a language, a budget.",
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    track = track_field()
    power = power_field()
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
    given = given_field()

    def propose(self, proposal: Proposal) -> None:
        """Say beside each safeguard which signs propose it; none of them is ticked by that."""
        field = self.fields["safeguards"]
        if isinstance(field, forms.TypedMultipleChoiceField):
            field.choices = [(key, _proposed(key, label, proposal)) for key, label in GUARDS]

    def table(self) -> list[tuple[Impact, list[Cell]]]:
        """Return the table of risks: a row by how grave, a cell in it by how likely."""
        answers = list(self["risk"])
        rows: list[tuple[Impact, list[Cell]]] = []
        for one, (likelihood, impact) in zip(answers, RISKS.values(), strict=True):
            if likelihood == Likelihood.UNLIKELY:
                rows.append((impact, []))
            level = risk.severity(likelihood, impact)
            one.data["attrs"].pop("aria-invalid", None)
            said = f"{likelihood.label}, {impact.label.lower()}: {level.label.lower()}"
            one.data["attrs"]["aria-label"] = said
            rows[-1][1].append(Cell(one.tag(), one.id_for_label, level))
        return rows

    @property
    def likelihoods(self) -> Sequence[str]:
        """Return the heads of the table's columns."""
        return [one.label for one in Likelihood]

    @property
    def is_apart_open(self) -> bool:
        """Return whether something of what stands apart was entered, or is wrong."""
        return any(self[name].errors or self[name].value() for name in ("severity", "override"))

    @property
    def is_looked_at(self) -> bool:
        """Return whether more than what it begins with was entered of what was looked at."""
        return self.is_bound and any(
            self[name].errors or self.data.get(self.add_prefix(name), "") not in {"", first}
            for name, first in LOOKED_AT.items()
        )

    def clean(self) -> dict[str, Any]:
        """Return what the action takes: what was weighed in one."""
        entered = super().clean() or {}
        if self.errors:
            return entered
        likelihood, impact = entered.pop("risk")
        words = ("consent", "consent_words", "committee", "committee_words", "resources")
        told = {name: entered.pop(name) for name in (*words, "override")}
        return {**entered, "weighed": Weighed(likelihood, impact, **told)}

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
