"""What is entered at the queue: filters, who gets which concern, words to look for."""

from typing import Any

from django import forms

from cases import rules
from cases.lifecycle import Channel, Given, Level
from cases.models import UNREAD, Age, Category, ClockState, Show, Whose
from people.forms import Offer, PersonField
from people.models import Unit

WORDS_MAX = 300


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
    urgency = forms.TypedChoiceField(
        choices=[("", "Any urgency"), *reversed(Level.choices)],
        coerce=int,
        required=False,
        empty_value=None,
        error_messages={"invalid_choice": "There is no such urgency. All are shown."},
    )
    due = forms.ChoiceField(
        label="Clock",
        choices=[("", "Any clock"), *ClockState.choices],
        required=False,
        error_messages={"invalid_choice": "There is no such state of a clock. All are shown."},
    )
    age = forms.ChoiceField(
        choices=[("", "Any age"), *Age.choices],
        required=False,
        error_messages={"invalid_choice": "There is no such age. All are shown."},
    )
    whose = forms.ChoiceField(
        choices=[("", "Anybody's"), *Whose.choices],
        required=False,
        error_messages={"invalid_choice": "There is no such answer to whose. All are shown."},
    )
    unread = forms.ChoiceField(
        label="Read",
        choices=[("", "Read or not"), (UNREAD, "Unread")],
        required=False,
        error_messages={"invalid_choice": "What is read and what is not are both shown."},
    )


class KeepForm(forms.Form):
    """Whether a view that is kept is there for everybody in the office."""

    is_shared = forms.BooleanField(label="For everybody in the office", required=False)


def given_field() -> forms.TypedChoiceField:
    """Return the question why something goes to another than whose turn it is. Cleans to Given."""
    return forms.TypedChoiceField(
        label="Why, if it is not their turn",
        choices=[("", "It is their turn"), *Given.choices],
        coerce=Given,
        required=False,
        empty_value=None,
        error_messages={"invalid_choice": "Choose why again. Nothing was changed."},
    )


class AssignForm(Offer):
    """Who looks after a concern, and why if it is not their turn."""

    offered = "to"

    to = PersonField(label="Who looks after it", error_messages={"required": "Choose a person."})
    given = given_field()
    given_words = forms.CharField(
        label="In a few words",
        max_length=WORDS_MAX,
        required=False,
        error_messages={"max_length": f"Say it in {WORDS_MAX} characters. Nothing was changed."},
    )


class GiveForm(AssignForm):
    """Who looks after those concerns that are picked; each by turn where that was pressed."""

    to = PersonField(
        label="Give those that are picked to", error_messages={"required": "Choose a person."}
    )

    def __init__(self, *args: Any, is_by_turn: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].required = not is_by_turn


class WordsForm(forms.Form):
    """A reference that leads to its concern or case, or words to look for in what one can open."""

    words = forms.CharField(
        label="A reference, or words to look for",
        help_text="A reference leads there at once. Of words, the beginning is enough; everything "
        "in which all of them stand is found.",
        max_length=120,
        widget=forms.TextInput(attrs={"data-key": "/", "autocomplete": "off"}),
        required=False,
    )
    client = forms.CharField(
        label="Name or number of a client",
        help_text="In full. However it is written, the same client is found.",
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    # what it may be the reference of, if it has the shape of one
    reference = ""

    def clean_words(self) -> list[str]:
        """Return the terms, or say that there is none."""
        typed = self.cleaned_data["words"]
        self.reference = rules.reference_in(typed)
        terms = rules.terms_of(typed)
        if typed and not terms:
            msg = f"Write a word of {rules.SHORTEST_TERM} letters or more to look for."
            raise forms.ValidationError(msg)
        return terms

    def clean(self) -> dict[str, Any]:
        """Return what is looked for, or say that nothing is."""
        entered: dict[str, Any] = super().clean() or {}
        if not self.errors and not entered.get("words") and not entered.get("client"):
            msg = "Write a reference, at least one word to look for, or a client."
            self.add_error("words", msg)
        return entered
