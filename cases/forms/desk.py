"""What is entered at the desk: filters, assignments, the triage record, notes, people, the end."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.db.models import TextChoices

from cases import rules
from cases.lifecycle import Channel, Finding, Level
from cases.models import Category, Note
from common.fields import Described
from escalation.lifecycle import State
from escalation.models import Clock
from escalation.rules.pauses import LONGEST, Reason, may_be_paused
from people.forms import Found, Offer, PersonField, one_of_them
from people.models import Person, Unit

MESSAGE = "message"
# no clock of ours rests into another millennium
LAST_YEAR = 2999


class Show(TextChoices):
    """Which part of the work the queue shows."""

    ALL = "", "Everything open"
    TRIAGE = "triage", "Waiting for triage"
    MINE = "mine", "Mine"
    OPEN = "open", "Open cases"
    CLOSED = "closed", "Closed cases"


class QueueFilter(forms.Form):
    """The chips of the queue, as they stand in its address."""

    show = forms.ChoiceField(
        choices=Show,
        required=False,
        widget=forms.HiddenInput,
        error_messages={"invalid_choice": "There is no such view. Everything open is shown."},
    )
    category = forms.ModelChoiceField(
        Category.objects.order_by("position", "label"),
        required=False,
        empty_label="Any category",
        error_messages={"invalid_choice": "There is no such category. All are shown."},
    )
    channel = forms.ChoiceField(
        choices=[("", "Any channel"), *Channel.choices],
        required=False,
        error_messages={"invalid_choice": "There is no such channel. All are shown."},
    )
    unit = forms.ModelChoiceField(
        Unit.objects.order_by("name"),
        to_field_name="code",
        required=False,
        empty_label="Any unit",
        error_messages={"invalid_choice": "There is no such unit. All are shown."},
    )


class AssignForm(Offer):
    """Who looks after a concern."""

    offered = "to"

    to = PersonField(label="Who looks after it", error_messages={"required": "Choose a person."})


class GiveForm(AssignForm):
    """Who looks after those concerns that are picked."""

    to = PersonField(
        label="Give those that are picked to", error_messages={"required": "Choose a person."}
    )


class ClockField(forms.TypedChoiceField):
    """One of the clocks that the page offers. Cleans to a `Clock`."""

    def offer(self, clocks: Iterable[Clock]) -> None:
        """Offer these clocks, in their order."""
        offered = {str(clock.pk): clock for clock in clocks}
        self.coerce = offered.__getitem__
        self.choices = [(key, clock.name) for key, clock in offered.items()]


class PauseForm(forms.Form):
    """Which clock rests, why, and until when."""

    clock = ClockField(
        label="Which clock",
        error_messages={
            "required": "Choose a clock. Nothing was paused.",
            "invalid_choice": "This clock cannot be paused now. Choose one of these.",
        },
    )
    reason = forms.TypedChoiceField(
        label="Why it has to wait",
        choices=[
            (one.value, Described(one.label, hint=f"{LONGEST[one].days} days at the most"))
            for one in Reason
        ],
        coerce=Reason,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose why. Nothing was paused."},
    )
    until = forms.DateField(
        label="It runs again on",
        help_text="By itself, as that day begins.",
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={
            "required": "Say when it runs again. Nothing was paused.",
            "invalid": "Write the day as 2026-03-16.",
        },
    )

    def __init__(self, *args: Any, among: Iterable[Clock], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = [
            clock
            for clock in among
            if clock.state == State.RUNNING and may_be_paused(clock.kind) and clock.limit
        ]
        self.is_possible = bool(offered)
        field = self.fields["clock"]
        if isinstance(field, ClockField):
            field.offer(offered)

    def clean_until(self) -> date:
        """Return the day; a slip of the year is said here."""
        until: date = self.cleaned_data["until"]
        if until.year > LAST_YEAR:
            msg = "Look at the year again. Nothing was paused."
            raise forms.ValidationError(msg)
        return until


class ResumeForm(forms.Form):
    """Which clock runs again."""

    clock = forms.UUIDField(widget=forms.HiddenInput)


class AnswerForm(forms.Form):
    """A message to the reporter."""

    text = forms.CharField(
        label="Message to the reporter",
        widget=forms.Textarea(attrs={"rows": 3, "placeholder": "What you want to say or ask"}),
        error_messages={"required": "Write what you want to say. Nothing was sent."},
    )


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


class EntryForm(forms.Form):
    """One entry of a case's timeline: a signed note, or a message to the reporter."""

    kind = forms.ChoiceField(
        choices=[*Note.Kind.choices, (MESSAGE, "Message to the reporter")],
        initial=Note.Kind.NOTE,
        widget=forms.RadioSelect,
        error_messages={"required": "Say what you are adding.", "invalid_choice": "Choose a kind."},
    )
    text = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 3, "placeholder": "What happened, as it happened"}),
        error_messages={"required": "Write what you want to keep. Nothing was added."},
    )


class WordsForm(forms.Form):
    """Words to look for in what one can open."""

    words = forms.CharField(
        label="Words to look for",
        help_text="Everything in which all of them stand is found; the beginning of a word is "
        "enough.",
        max_length=120,
        error_messages={"required": "Write at least one word to look for."},
    )

    def clean_words(self) -> list[str]:
        """Return the terms, or say that there is none."""
        terms = rules.terms_of(self.cleaned_data["words"])
        if not terms:
            msg = f"Write a word of {rules.SHORTEST_TERM} letters or more to look for."
            raise forms.ValidationError(msg)
        return terms


class ReasonForm(forms.Form):
    """Why somebody needs the original of a file."""

    reason = forms.CharField(
        label="What you need the original for",
        help_text="Sealed to the team. Whoever releases it reads this first.",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Say what you need it for. Nothing was asked yet."},
    )


class ReleaseForm(forms.Form):
    """Which request for an original is granted."""

    request = forms.UUIDField(
        widget=forms.HiddenInput,
        error_messages={
            "required": "Choose which request you release. Nothing was released.",
            "invalid": "There is no such request. Nothing was released.",
        },
    )


class AgainForm(forms.Form):
    """Nothing but the wish to try once more."""


class SearchForm(forms.Form):
    """A name, or a part of it."""

    q = forms.CharField(label="Name", required=False, max_length=120)


class SubjectForm(Found):
    """Whom a case is about, out of those who were found."""

    person = one_of_them("Who is it?", so_far="Nobody was named.")


class MemberForm(Offer):
    """Who joins the team."""

    person = PersonField(label="Officer", error_messages={"required": "Choose an officer."})


class AuditorForm(MemberForm):
    """Which auditor may see that the case is there, and when what was done."""

    person = PersonField(label="Auditor", error_messages={"required": "Choose an auditor."})


class RecuseForm(Offer):
    """Stepping off, for good, and who takes over."""

    offered = "to"

    reason = forms.CharField(
        label="Why you step off",
        help_text="It is sealed to those who stay. You will not be able to read it again.",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Write why you step off. Nothing was changed."},
    )
    to = PersonField(
        label="Who takes over",
        help_text=(
            "Whoever leads has to choose. Would you rather not say? Choose the head of the office. "
            "Everybody else may leave it empty: those who stay go on."
        ),
        required=False,
        empty_value=None,
    )


class TakeOverForm(forms.Form):
    """Leading a case instead of somebody, and why."""

    reason = forms.CharField(
        label="Why you take it over",
        help_text=(
            "It is sealed to the team as a decision. While the lead is not here you may leave it "
            "empty."
        ),
        widget=forms.Textarea(attrs={"rows": 2}),
        required=False,
    )


class CloseForm(forms.Form):
    """The end of a case."""

    finding = forms.TypedChoiceField(
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
        help_text="The outcome in plain words: what was done, and why. No names.",
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": "Write to the reporter what came of it."},
    )
