"""What is entered about safeguards: what is put in place, who owns it, what it did."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms

from cases.forms.tasks import EVERY
from cases.lifecycle.risks import Answer, SafeguardKind
from escalation.rules import Limit
from people.forms import Offer, PersonField
from people.models import Person

OFTEN = {"": "As often as the office's standard says", **{k: v for k, v in EVERY.items() if k}}


class SafeguardForm(Offer):
    """A safeguard: what it is, who owns it, how often they look at it again."""

    offered = "owner"

    kind = forms.TypedChoiceField(
        label="What protects somebody",
        choices=[("", "Choose"), *SafeguardKind.choices],
        coerce=SafeguardKind,
        error_messages={
            "required": "Choose what it is. Nothing was added.",
            "invalid_choice": "Choose what it is from the list.",
        },
    )
    words = forms.CharField(
        label="How, and for whom",
        help_text="Sealed to those who work on it.",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    owner = PersonField(
        label="Who owns it",
        help_text="They look whether it still protects, and are reminded of it.",
        error_messages={"required": "Choose who owns it."},
    )
    every = forms.TypedChoiceField(
        label="How often they look at it again",
        choices=list(OFTEN.items()),
        coerce=Limit.read,
        empty_value=None,
        required=False,
        error_messages={"invalid_choice": "Choose how often from the list."},
    )


class EndSafeguardForm(forms.Form):
    """What a safeguard did, and why it ends."""

    words = forms.CharField(
        label="What it did, and why it is not needed any more",
        help_text="Sealed. Its reviews end with it.",
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "Write what it did. Nothing was changed."},
    )


class KeepSafeguardForm(Offer):
    """Who looks at a safeguard again."""

    offered = "owner"

    owner = PersonField(label="Who owns it", error_messages={"required": "Choose who owns it."})


class AskForm(Offer):
    """What is to be authorised, and who of the team is asked, or somebody outside."""

    words = forms.CharField(
        label="What is to be authorised",
        help_text="Sealed to the team. Where you ask somebody outside it, also who that is.",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Write what is to be authorised. Nothing was asked."},
    )
    person = PersonField(
        label="Who is asked",
        help_text="Only who holds a key to the case can read it here and answer. For a supervisor "
        "outside the team leave it empty: ask them yourself, and write down what they say.",
        required=False,
        empty_value=None,
    )

    def __init__(self, *args: Any, among: Iterable[Person], **options: Any) -> None:
        team = list(among)
        super().__init__(*args, among=team, **options)
        field = self.fields["person"]
        if isinstance(field, PersonField):
            named = [(str(one.pk), one.name) for one in team]
            field.choices = [("", "Somebody outside the team"), *named]


class AnswerAuthorisationForm(forms.Form):
    """What was answered, and by whom."""

    answer = forms.TypedChoiceField(
        label="The answer",
        coerce=Answer,
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choose the answer. Nothing was changed.",
            "invalid_choice": "Choose the answer from the list.",
        },
    )
    words = forms.CharField(
        label="What was said",
        help_text="Sealed. By whom and when, if it was not you; on which condition.",
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "Write what was said. Nothing was changed."},
    )

    def __init__(self, *args: Any, offered: Sequence[Answer], **options: Any) -> None:
        super().__init__(*args, **options)
        answer = self.fields["answer"]
        if isinstance(answer, forms.TypedChoiceField):
            answer.choices = [(one.value, one.label) for one in offered]
        # of what another is asked there is one thing to say: that it is not needed any more
        self.is_of_another = len(offered) == 1
        if self.is_of_another:
            answer.initial = offered[0]
            self.fields["words"].label = "Why it is taken back"
            self.fields["words"].help_text = "Sealed."
