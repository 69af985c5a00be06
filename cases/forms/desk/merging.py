"""Into which case another one is merged, who comes along, and why; what is taken out of a case."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django import forms

from cases.forms.desk.joining import CaseField
from cases.models import Allegation, Case, Concern
from people.forms import Offer, PersonField
from people.models import Person

NONE_CHOSEN = "Choose at least one. Nothing was changed."


class IntoForm(forms.Form):
    """Which case goes on."""

    into = CaseField(
        label="Which case goes on?",
        help_text="An open one on whose team you are.",
        error_messages={
            "required": "Choose the case that goes on. Nothing was changed.",
            "invalid_choice": "Choose one of these cases. Nothing was changed.",
        },
    )

    def __init__(self, *args: Any, among: Iterable[tuple[Case, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["into"]
        if isinstance(field, CaseField):
            field.offer(among)


class MergeForm(forms.Form):
    """Who comes along, that those who come to read more were asked, and why it is one matter."""

    bring = forms.TypedMultipleChoiceField(
        label="Who comes onto the case that goes on",
        help_text="Whoever is not ticked has nothing of either afterwards.",
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    asked = forms.BooleanField(
        label="Each of those who come to read more was asked, and is not tied to anybody in it",
        error_messages={
            "required": "Ask them first whether they are impartial: they read it at once. Nothing "
            "was changed; what you entered is kept."
        },
    )
    reason = forms.CharField(
        label="Why they are one matter",
        help_text="It is sealed to the team, and cannot be changed.",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Say why they are one matter. Nothing was changed."},
    )

    def __init__(self, *args: Any, come: Sequence[Person], reads_more: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["bring"]
        persons = {str(one.pk): one for one in come}
        if not persons:
            del self.fields["bring"]
        elif isinstance(field, forms.TypedMultipleChoiceField):
            field.coerce = persons.__getitem__
            field.choices = [(key, one.name) for key, one in persons.items()]
            field.initial = list(persons)
        if not reads_more:
            del self.fields["asked"]


class TakeOutForm(Offer):
    """Which concern becomes a case of its own, who leads that, and why."""

    offered = "lead"

    concern = forms.TypedChoiceField(
        label="Which concern",
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choose the concern. Nothing was changed.",
            "invalid_choice": "Choose one of these concerns. Nothing was changed.",
        },
    )
    lead = PersonField(
        label="Who leads it", error_messages={"required": "Choose who leads the new case."}
    )
    reason = forms.CharField(
        label="Why it is a matter of its own",
        help_text="Whoever may open both cases reads it.",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Say why it is a matter of its own. Nothing was changed."},
    )

    def __init__(self, *args: Any, of: Iterable[tuple[Concern, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = {one.ref: (one, label) for one, label in of}
        field = self.fields["concern"]
        if isinstance(field, forms.TypedChoiceField):
            field.coerce = lambda ref: offered[ref][0]
            field.choices = [(ref, label) for ref, (_, label) in offered.items()]


class SplitForm(Offer):
    """Which allegations are worked in a case of their own, who leads that, and why."""

    offered = "lead"

    allegations = forms.TypedMultipleChoiceField(
        label="Which allegations",
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": NONE_CHOSEN,
            "invalid_choice": "Choose from the list. Nothing was changed.",
        },
    )
    summary = forms.CharField(
        label="What the new case is about",
        help_text="One line. It is sealed to its team.",
        max_length=140,
        error_messages={"required": "Say in one line what the new case is about."},
    )
    lead = PersonField(
        label="Who leads it", error_messages={"required": "Choose who leads the new case."}
    )
    reason = TakeOutForm.base_fields["reason"]

    def __init__(self, *args: Any, of: Iterable[tuple[Allegation, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered: dict[str, tuple[Allegation, str]] = {
            str(one.pk): (one, label) for one, label in of
        }
        field = self.fields["allegations"]
        if isinstance(field, forms.TypedMultipleChoiceField):
            field.coerce = lambda pk: offered[str(UUID(pk))][0]
            field.choices = [(pk, label) for pk, (_, label) in offered.items()]
