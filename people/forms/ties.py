"""What somebody says about themselves: to whom they are close, and who stands in for them."""

from collections.abc import Callable, Iterable
from typing import Any, ClassVar

from django import forms

from common.fields import Described
from people.models import Person


def _unit_of(person: Person) -> str:
    return person.unit.name if person.unit else ""


class PersonField(forms.TypedChoiceField):
    """One of the persons that the page offers. Cleans to a `Person`."""

    def offer(self, persons: Iterable[Person], *, said: Callable[[Person], str] = _unit_of) -> None:
        """Offer these persons, in their order; as radios with what is said of each beside them.

        By default that is their unit.
        """
        offered = {str(person.pk): person for person in persons}
        self.coerce = offered.__getitem__
        if isinstance(self.widget, forms.RadioSelect):
            self.choices = [(k, Described(one.name, hint=said(one))) for k, one in offered.items()]
        else:
            self.choices = [("", "Choose"), *((key, one.name) for key, one in offered.items())]


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


class Found(Offer):
    """A form that chooses among those who were found by a name, which it keeps."""

    q = forms.CharField(required=False, max_length=120, widget=forms.HiddenInput)


def one_of_them(label: str, *, so_far: str) -> PersonField:
    """Return the field that chooses; `so_far` says what has not happened without a choice."""
    return PersonField(
        label=label,
        widget=forms.RadioSelect,
        error_messages={
            "required": f"Choose the person. {so_far}",
            "invalid_choice": f"Look for the name again and choose. {so_far}",
        },
    )


class TieForm(Found):
    """To whom somebody is too close, out of those who were found."""

    offered = "about"

    about = one_of_them("Who is it?", so_far="Nothing was declared.")


class LineForm(Found):
    """To whom somebody reports from now on, out of those who were found."""

    offered = "manager"

    manager = one_of_them("To whom do they report from now on?", so_far="Nothing was changed.")

    def __init__(self, *args: Any, ends: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # whoever is to report to nobody chooses nobody
        self.fields["manager"].required = not ends


class AwayForm(forms.Form):
    """From when until when somebody is away."""

    since = forms.DateField(
        label="First day",
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={
            "required": "Say from which day. Nothing was changed.",
            "invalid": "Write the day as 2026-03-16.",
        },
    )
    until = forms.DateField(
        label="Last day",
        help_text="Leave it empty where you do not know yet: you say when you are back.",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"invalid": "Write the day as 2026-03-16, or leave it empty."},
    )


class NoteAwayForm(Offer):
    """Of whom it is said that they are away, until when, and who is asked to stand in."""

    person = PersonField(
        label="Who is away?",
        error_messages={
            "required": "Choose who is away. Nothing was changed.",
            "invalid_choice": "Choose somebody from the list. Nothing was changed.",
        },
    )
    until = forms.DateField(
        label="Last day",
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={
            "required": "Say until which day. Nothing was changed.",
            "invalid": "Write the day as 2026-03-16.",
        },
    )
    stand_in = PersonField(
        label="Who stands in?",
        help_text="It counts once they agree, and whatever is closed to you is closed to them as "
        "well then. Whoever is away today is not in this list. Leave it empty where somebody "
        "stands in already, or you do not know yet.",
        required=False,
        error_messages={"invalid_choice": "Choose somebody from the list. Nothing was changed."},
    )

    def __init__(
        self, *args: Any, among: Iterable[Person], stand_ins: Iterable[Person] | None
    ) -> None:
        super().__init__(*args, among=among)
        field = self.fields["stand_in"]
        if stand_ins is None:
            # administrators ask nobody: whoever stands in comes near cases
            del self.fields["stand_in"]
        elif isinstance(field, PersonField):
            field.empty_value = None
            field.offer(stand_ins)


class StandInForm(Found):
    """Who acts for somebody, out of those who were found, and from when until when."""

    offered = "to"

    to = one_of_them("Who stands in for you?", so_far="Nobody was asked.")
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

    def __init__(self, *args: Any, among: Iterable[Person], asks: Person, **kwargs: Any) -> None:
        offered = list(among)
        super().__init__(*args, among=offered, **kwargs)
        field = self.fields[self.offered]
        if asks.is_office and isinstance(field, PersonField):
            field.offer(offered, said=_part_of)


def _part_of(person: Person) -> str:
    """Return what somebody of the office has to know of whoever they ask."""
    if person.is_office:
        return _unit_of(person)
    said = "No part in the ethics office: nothing of concerns and cases goes to them"
    return f"{_unit_of(person)}. {said}".removeprefix(". ")
