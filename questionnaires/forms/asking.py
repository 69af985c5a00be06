"""The questions of a version as a form: what is asked with the answers that were given."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar, cast

from django import forms
from django.forms.boundfield import BoundField
from django.forms.forms import DeclarativeFieldsMetaclass
from django.utils.datastructures import MultiValueDict

from common.fields import PARTS, PartialDate
from questionnaires.models import FormVersion
from questionnaires.rules import Answers, Question, Sheet, Sort, answered, asked

# how the inputs of a questionnaire are named beside those of the house
PREFIX = "more-"
# under which name a page says which questions stood on it, by their keys
ASKED = "asked"
ROWS = 4


class Several(forms.MultipleChoiceField):
    """Any of several answers, which the rules check."""

    def validate(self, value: Any) -> None:
        """Leave it to the rules."""


class One(forms.ChoiceField):
    """One of several answers, which the rules check."""

    def validate(self, value: Any) -> None:
        """Leave it to the rules."""


def name_of(key: str) -> str:
    """Return how the input of a question is named."""
    return PREFIX + key


def field_of(question: Question) -> forms.Field:
    """Return the field in which a question is answered; whether it is an answer the rules say."""
    common: dict[str, Any] = {
        "label": question.label,
        "help_text": question.hint,
        "required": False,
    }
    offered = [(one.code, one.label) for one in question.offered]
    match question.sort:
        case Sort.TEXT:
            return forms.CharField(**common, widget=forms.Textarea(attrs={"rows": ROWS}))
        case Sort.YES_NO | Sort.CHOICE:
            return One(**common, choices=offered, widget=forms.RadioSelect)
        case Sort.CHOICES:
            return Several(**common, choices=offered, widget=forms.CheckboxSelectMultiple)
        case Sort.DAY:
            return PartialDate(**common)
        case Sort.NUMBER:
            return forms.CharField(**common, widget=forms.TextInput(attrs={"inputmode": "numeric"}))
        case _:
            return forms.CharField(**common, widget=forms.TextInput(attrs={"autocomplete": "off"}))


@dataclass(frozen=True)
class Part:
    """A section as a page shows it, with the fields that are asked of it."""

    title: str
    intro: str
    fields: list[BoundField]


class AskedForm(forms.Form):
    """What a version asks with these answers. A version has a class of its own: `asking`."""

    use_required_attribute = False
    sheet: ClassVar[Sheet]
    language: ClassVar[str]
    direction: ClassVar[str]

    # what is kept of it, once it was checked
    answers: Answers

    def __init__(self, data: "MultiValueDict[str, str] | None" = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.ask(data or MultiValueDict())

    def ask(self, typed: Mapping[str, object]) -> None:
        """Ask what is asked where this was typed: by the name of each input, its values."""
        self.asked = asked(self.sheet.sections, chosen_in(typed))
        for question in self.asked:
            self.fields[name_of(question.key)] = field_of(question)

    def clean(self) -> dict[str, Any]:
        """Check every answer by the rules, and say what is wrong where it stands."""
        given = super().clean() or {}
        raw = {one.key: given.get(name_of(one.key)) for one in self.asked}
        self.answers, wrong = answered(self.sheet.sections, raw)
        for key, says in wrong.items():
            # a date that is none was refused by its field, part by part
            if name_of(key) not in self.errors:
                self.add_error(name_of(key), says)
        return given

    def opens(self, on_page: Collection[str]) -> bool:
        """Return whether it asks what did not stand on a page yet, and say nothing wrong of that.

        `on_page` are the keys of what stood there.
        """
        unseen = [one.key for one in self.asked if one.key not in on_page]
        for key in unseen:
            self.errors.pop(name_of(key), None)
        return bool(unseen)

    @property
    def parts(self) -> Iterator[Part]:
        """Return the sections of which something is asked."""
        keys = {one.key for one in self.asked}
        for section in self.sheet.sections:
            fields = [self[name_of(one.key)] for one in section.questions if one.key in keys]
            if fields:
                yield Part(section.title, section.intro, fields)


def chosen_in(typed: Mapping[str, object]) -> dict[str, list[str]]:
    """Return what was chosen, by the keys of questions, of what was typed by names of inputs."""
    lists = typed.lists() if isinstance(typed, MultiValueDict) else typed.items()
    return {
        name.removeprefix(PREFIX): [str(one) for one in values]
        for name, values in lists
        if name.startswith(PREFIX) and isinstance(values, list)
    }


Asks = TypeVar("Asks", bound=AskedForm)


def asking(version: FormVersion, base: type[Asks]) -> type[Asks]:
    """Return the form of a version."""
    told = {
        "__doc__": base.__doc__,
        "__module__": base.__module__,
        "sheet": version.sheet,
        "language": version.language,
        "direction": version.direction,
    }
    return cast("type[Asks]", DeclarativeFieldsMetaclass(base.__name__, (base,), told))


def input_names(question: Question) -> list[str]:
    """Return the names of the inputs in which a question is answered."""
    name = name_of(question.key)
    return [f"{name}_{part}" for part in PARTS] if question.sort == Sort.DAY else [name]
