"""What every page of questions at the door shares: its texts, its choices, how it is read."""

from typing import Any, Self

from django import forms
from django.core.exceptions import ValidationError
from django.utils.datastructures import MultiValueDict

from cases.rules import NARRATIVE_MAX
from common.fields import PARTS, Described, PartialDate
from people.models import Person

# What was typed, as it was typed: the values of every input by its name.
Answers = dict[str, list[str]]
GONE = "Choose again: what you had chosen is not offered any more."


class Words(forms.CharField):
    """A text of bounded length. The browser is told no limit: it would cut what is pasted."""

    def __init__(self, *, limit: int = NARRATIVE_MAX, rows: int = 4, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": rows}))
        super().__init__(**kwargs)
        self.limit = limit

    def validate(self, value: str) -> None:
        """Say by how much a text is too long."""
        super().validate(value)
        if len(value) > self.limit:
            raise ValidationError(too_long(len(value) - self.limit, self.limit))


def too_long(over: int, limit: int) -> str:
    """Return what is said of a text that is longer than its limit."""
    return (
        f"This is {over:,} characters longer than we can take ({limit:,}). Shorten it, or add the "
        "rest as a file. All of it is kept here."
    )


class Question(forms.Form):
    """One page of questions; the server alone says what is wrong, so that it is said one way."""

    use_required_attribute = False

    def names(self) -> list[str]:
        """Return the names of the inputs on the page."""
        names: list[str] = []
        for name, field in self.fields.items():
            if isinstance(field, PartialDate):
                names += [f"{name}_{part}" for part in PARTS]
            elif not isinstance(field, forms.FileField):
                names.append(name)
        return names

    @classmethod
    def typed(cls, posted: "MultiValueDict[str, str]") -> Answers:
        """Return what was typed on this page, wrong or right."""
        return {
            name: [value.replace("\r\n", "\n") for value in posted.getlist(name)]
            for name in cls().names()
        }

    @classmethod
    def of(cls, answers: Answers) -> Self:
        """Return the page with its answers, to be checked."""
        return cls(MultiValueDict(answers))

    @classmethod
    def shown(cls, answers: Answers) -> Self:
        """Return the page with its answers as they were typed, unchecked."""
        form = cls()
        for name, field in form.fields.items():
            if isinstance(field, PartialDate):
                form.initial[name] = ["".join(answers.get(f"{name}_{part}", ())) for part in PARTS]
            elif isinstance(field, forms.ModelMultipleChoiceField):
                form.initial[name] = answers.get(name, [])
            else:
                form.initial[name] = "".join(answers.get(name, [])[:1])
        return form


class TrustedField(forms.ModelMultipleChoiceField[Person]):
    """The people of the office and around it, each with what they do."""

    def label_from_instance(self, obj: Person) -> str:
        """Return the person's name and roles."""
        return Described(obj.name, hint=", ".join(obj.role_labels))

    def clean(self, value: Any) -> Any:
        """Say one thing of everything that is not in the list."""
        try:
            return super().clean(value)
        except ValidationError as error:
            if error.code == "required":
                raise
            raise ValidationError(GONE) from None
