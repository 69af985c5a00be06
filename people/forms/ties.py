"""What somebody says about themselves: to whom they are close, and who stands in for them."""

from collections.abc import Iterable
from typing import Any, ClassVar

from django import forms

from common.fields import Described
from people.models import Person


class PersonField(forms.TypedChoiceField):
    """One of the persons that the page offers. Cleans to a `Person`."""

    def offer(self, persons: Iterable[Person]) -> None:
        """Offer these persons, in their order; as radios with their units beside them."""
        offered = {str(person.pk): person for person in persons}
        self.coerce = offered.__getitem__
        if isinstance(self.widget, forms.RadioSelect):
            self.choices = [(key, _with_unit(person)) for key, person in offered.items()]
        else:
            self.choices = [("", "Choose"), *((key, one.name) for key, one in offered.items())]


def _with_unit(person: Person) -> Described:
    return Described(person.name, hint=person.unit.name if person.unit else "")


class Offer(forms.Form):
    """A form in which one field, named by `offered`, chooses among persons."""

    offered: ClassVar[str] = "person"

    def __init__(self, *args: Any, among: Iterable[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields[self.offered]
        if isinstance(field, PersonField):
            field.offer(among)


class SearchForm(forms.Form):
    """A name, or a part of it."""

    q = forms.CharField(label="Name", required=False, max_length=120)


class TieForm(Offer):
    """To whom somebody is too close, out of those who were found."""

    offered = "about"

    q = forms.CharField(required=False, max_length=120, widget=forms.HiddenInput)
    about = PersonField(
        label="Who is it?",
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choose the person. Nothing was declared.",
            "invalid_choice": "Look for the name again and choose. Nothing was declared.",
        },
    )


class LineForm(Offer):
    """To whom somebody reports from now on, out of those who were found."""

    offered = "manager"

    q = forms.CharField(required=False, max_length=120, widget=forms.HiddenInput)
    manager = PersonField(
        label="To whom do they report from now on?",
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choose the person. Nothing was changed.",
            "invalid_choice": "Look for the name again and choose. Nothing was changed.",
        },
    )

    def __init__(self, *args: Any, ends: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # whoever is to report to nobody chooses nobody
        self.fields["manager"].required = not ends


class StandInForm(Offer):
    """Who acts for somebody, out of those who were found, and from when until when."""

    offered = "to"

    q = forms.CharField(required=False, max_length=120, widget=forms.HiddenInput)
    to = PersonField(
        label="Who stands in for you?",
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choose the person. Nobody was asked.",
            "invalid_choice": "Look for the name again and choose. Nobody was asked.",
        },
    )
    since = forms.DateField(
        label="From",
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={
            "required": "Say from which day. Nobody was asked.",
            "invalid": "Write the day as 2026-03-16.",
        },
    )
    until = forms.DateField(
        label="Until",
        help_text="The last day. Leave it empty where you do not know yet.",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"invalid": "Write the day as 2026-03-16, or leave it empty."},
    )
