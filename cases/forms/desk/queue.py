"""What is entered at the queue: filters, who gets which concern, words to look for."""

from django import forms
from django.db.models import TextChoices

from cases import rules
from cases.lifecycle import Channel
from cases.models import Category
from people.forms import Offer, PersonField
from people.models import Unit


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
