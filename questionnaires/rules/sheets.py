"""What a version of a questionnaire says: of whom it is asked, its sections and questions."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import TextChoices

# in characters
LINE_MAX, TEXT_MAX = 300, 10_000
LABEL_MAX, HINT_MAX, TITLE_MAX, INTRO_MAX = 200, 400, 120, 1_000
KEY_MAX = 40
SECTIONS_MAX, QUESTIONS_MAX, OPTIONS_MAX = 12, 60, 30


class Sort(TextChoices):
    """What kind of answer a question takes."""

    LINE = "line", "A line of text"
    TEXT = "text", "A longer text"
    YES_NO = "yes_no", "Yes or no"
    CHOICE = "choice", "One of several answers"
    CHOICES = "choices", "Any of several answers"
    DAY = "day", "A date, or as much of it as is known"
    NUMBER = "number", "A whole number"


# in which somebody writes in their own words, and so may name somebody
WRITTEN = frozenset({Sort.LINE, Sort.TEXT})
# whose answers are codes, on which other questions may hang
CHOOSABLE = frozenset({Sort.YES_NO, Sort.CHOICE, Sort.CHOICES})


@dataclass(frozen=True)
class Option:
    """An answer that is offered."""

    code: str
    label: str


YES_NO = (Option("yes", "Yes"), Option("no", "No"))


@dataclass(frozen=True)
class Condition:
    """That a question is asked only where an earlier one was answered with one of these codes."""

    key: str
    codes: tuple[str, ...]


@dataclass(frozen=True)
class Question:
    """One question. Its key is the answer's name in what is kept, and in the API."""

    key: str
    sort: Sort
    label: str
    hint: str = ""
    is_required: bool = False
    # whether half a name in the answer keeps somebody away, as it does in “Who is it about?”
    names_people: bool = False
    options: tuple[Option, ...] = ()
    shown_if: Condition | None = None

    @property
    def offered(self) -> tuple[Option, ...]:
        """Return the answers to choose from, or none where the answer is written."""
        if self.sort == Sort.YES_NO:
            return YES_NO
        return self.options if self.sort in CHOOSABLE else ()

    def said(self, code: str) -> str:
        """Return how an answer is called that is kept as a code."""
        return next((one.label for one in self.offered if one.code == code), code)


@dataclass(frozen=True)
class Section:
    """Questions that belong together, under a heading."""

    title: str
    intro: str = ""
    questions: tuple[Question, ...] = ()


@dataclass(frozen=True)
class Sheet:
    """All that a version says, and so all that a second person publishes.

    An empty `kind` is every kind, no `categories` are all; both are codes that only who offers
    the questionnaire knows. `language` is a code of Django's (BCP 47 in small letters).
    """

    kind: str = ""
    categories: tuple[str, ...] = ()
    language: str = "en"
    sections: tuple[Section, ...] = ()

    @property
    def questions(self) -> list[Question]:
        """Return every question, in the order in which they are asked."""
        return list(questions_of(self.sections))

    def question(self, key: str) -> Question | None:
        """Return the question with a key."""
        return next((one for one in self.questions if one.key == key), None)


def questions_of(sections: Iterable[Section]) -> Iterator[Question]:
    """Return the questions of sections, in their order."""
    for section in sections:
        yield from section.questions


# -- as rows keep it -----------------------------------------------------------------------


def as_json(sections: Sequence[Section]) -> list[dict[str, Any]]:
    """Return sections as a row keeps them; what is empty is left out."""
    return [
        {
            "title": section.title,
            "intro": section.intro,
            "questions": [_question_as_json(one) for one in section.questions],
        }
        for section in sections
    ]


def _question_as_json(question: Question) -> dict[str, Any]:
    told: dict[str, Any] = {
        "key": question.key,
        "sort": question.sort.value,
        "label": question.label,
        "hint": question.hint,
        "is_required": question.is_required,
        "names_people": question.names_people,
    }
    if question.options:
        told["options"] = [{"code": one.code, "label": one.label} for one in question.options]
    if question.shown_if is not None:
        told["shown_if"] = {"key": question.shown_if.key, "is": list(question.shown_if.codes)}
    return told


def from_json(kept: Iterable[Mapping[str, Any]]) -> tuple[Section, ...]:
    """Return the sections that a row keeps."""
    return tuple(
        Section(section["title"], section["intro"], tuple(map(_question_of, section["questions"])))
        for section in kept
    )


def _question_of(kept: Mapping[str, Any]) -> Question:
    hangs = kept.get("shown_if")
    return Question(
        key=kept["key"],
        sort=Sort(kept["sort"]),
        label=kept["label"],
        hint=kept["hint"],
        is_required=kept["is_required"],
        names_people=kept["names_people"],
        options=tuple(Option(one["code"], one["label"]) for one in kept.get("options", ())),
        shown_if=Condition(hangs["key"], tuple(hangs["is"])) if hangs else None,
    )
