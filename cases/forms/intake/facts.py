"""The facts beside the story: which way, topic, place, time, danger, people, who tells it."""

from datetime import date
from typing import Any

from django import forms

from cases import access
from cases.forms.intake.questions import GONE, Question, TrustedField, Words
from cases.lifecycle import Kind, Mode
from cases.models import Category
from common.errors import RuleError
from common.fields import Described, PartialDate
from people.models import Person, Unit
from people.rules import FOR_EVER

NAME_MAX, CONTACT_MAX, ABOUT_MAX = 120, 300, 2_000


class KindForm(Question):
    """Which of the three ways."""

    kind = forms.ChoiceField(
        label="What would you like to do?",
        widget=forms.RadioSelect,
        choices=[
            (
                Kind.GUIDANCE,
                Described("Ask for guidance", hint="Nothing has happened yet. Think it through."),
            ),
            (
                Kind.REPORT,
                Described("Report a concern", hint="Something happened. You do not need proof."),
            ),
            (
                Kind.EXCEPTION,
                Described("Request an exception", hint="The rule would harm someone. May it bend?"),
            ),
        ],
        error_messages={"required": "Choose one of the three.", "invalid_choice": GONE},
    )


class CategoryField(forms.ModelChoiceField[Category]):
    """The site's categories, each with its hint."""

    def label_from_instance(self, obj: Category) -> str:
        """Return the category's label."""
        return Described(obj.label, hint=obj.hint)


class TopicForm(Question):
    """What it is closest to, and where."""

    category = CategoryField(
        label="What is it closest to?",
        queryset=Category.objects.filter(is_active=True).order_by("position", "label"),
        empty_label=None,
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choose what it is closest to. It can be changed later.",
            "invalid_choice": GONE,
        },
    )
    unit = forms.ModelChoiceField(
        label="Where is it?",
        help_text="Leave it open if the name of the unit would point at you.",
        queryset=Unit.objects.order_by("name"),
        to_field_name="code",
        required=False,
        empty_label="I would rather not say",
        error_messages={"invalid_choice": GONE},
    )


class WhenForm(Question):
    """When it was, as far as it is known."""

    happened_on = PartialDate(
        label="When was it, or when will it be?",
        help_text="The year alone is enough. Leave all of it empty if you do not know.",
        required=False,
    )


class DangerForm(Question):
    """Whether somebody has to act today."""

    in_danger = forms.ChoiceField(
        label="Is anyone in danger now?",
        widget=forms.RadioSelect,
        choices=[("yes", "Yes, someone may be"), ("no", "No, not now")],
        error_messages={"required": "Choose yes or no.", "invalid_choice": GONE},
    )


class PeopleForm(Question):
    """Who it is about, and who must not read it."""

    about = Words(
        label="Who is it about?",
        help_text="Names, if you know them. Leave it empty if you would rather not say.",
        required=False,
        rows=2,
        limit=ABOUT_MAX,
    )
    excluded = TrustedField(
        label="Is one of these people involved, or too close to it?",
        help_text=(
            "Whoever you tick never sees it, nor does anyone who reports to them, stands in for "
            "them, or has told us to be close to them."
        ),
        queryset=Person.objects.trusted(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def clean(self) -> dict[str, Any]:
        """Refuse where nobody would be left to read it."""
        if not self.errors:
            try:
                self.readers(since=FOR_EVER)
            except RuleError as error:
                self.add_error("excluded", str(error))
        return self.cleaned_data

    def readers(self, narrative: str = "", *, names: str = "", since: date) -> access.Readers:
        """Return who would read it if it were sent on a day, or refuse.

        `names` is what was answered to any question for names; without it, what was answered here.
        """
        given = self.cleaned_data
        about = names or given["about"]
        subjects = access.subjects_in(about, given["excluded"], narrative)
        return access.readers_beyond(access.walls_around(subjects, since=since))


KNOWS, ASKS, PROTECTS = "Who knows it is you", "We can ask you things", "We can protect you"


class KnownForm(Question):
    """Named, confidential or anonymous: by consequence, none chosen beforehand."""

    mode = forms.ChoiceField(
        label="How do you want to be known?",
        help_text="Choose by what follows from it. You can tell us more later, never take it back.",
        widget=forms.RadioSelect,
        choices=[
            (
                Mode.ANONYMOUS,
                Described(
                    "Anonymous",
                    follows=[
                        (KNOWS, "Nobody"),
                        (ASKS, "Only if you come back with the receipt"),
                        (PROTECTS, "Only as far as we can guess"),
                    ],
                ),
            ),
            (
                Mode.CONFIDENTIAL,
                Described(
                    "Confidential",
                    follows=[
                        (KNOWS, "Nobody, unless a custodian agrees"),
                        (ASKS, "Yes, without knowing your name"),
                        (PROTECTS, "Yes, through the custodian"),
                    ],
                ),
            ),
            (
                Mode.NAMED,
                Described(
                    "Named",
                    follows=[
                        (KNOWS, "The people who work on it"),
                        (ASKS, "Yes, in person too"),
                        (PROTECTS, "Yes, from the first day"),
                    ],
                ),
            ),
        ],
        error_messages={"required": "Choose how you want to be known.", "invalid_choice": GONE},
    )


class YouForm(Question):
    """Who the reporter is; asked only where they want to be known."""

    name = Words(
        label="Your name",
        limit=NAME_MAX,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "Write your name, or go back and choose to be anonymous."},
    )
    contact = Words(
        label="How can we reach you?",
        help_text="A telephone number, a place, a good time. You may leave it empty.",
        limit=CONTACT_MAX,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    notify = forms.EmailField(
        label="An e-mail address to tell you that something waits",
        help_text="You may leave it empty and look here with your receipt instead.",
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        error_messages={"invalid": "Write the address as name@example.org, or leave it empty."},
    )
