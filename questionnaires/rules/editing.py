"""How a sheet changes: each function takes one and returns another, or refuses in a sentence."""

import re
import unicodedata
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from typing import TypeVar

from common.errors import KEPT, RuleError
from questionnaires.rules.sheets import (
    KEY_MAX,
    OPTIONS_MAX,
    QUESTIONS_MAX,
    SECTIONS_MAX,
    Option,
    Question,
    Section,
    Sheet,
)

Thing = TypeVar("Thing")
Edit = Callable[[Sheet], Sheet]
NOT_IN_KEYS = re.compile(r"[^a-z0-9]+")


def with_scope(sheet: Sheet, *, kind: str, categories: tuple[str, ...], language: str) -> Sheet:
    """Return the sheet asked of others, or in another language."""
    return replace(sheet, kind=kind, categories=categories, language=language)


# -- sections ------------------------------------------------------------------------------


def with_section(sheet: Sheet, *, title: str, intro: str) -> Sheet:
    """Return the sheet with a section more, at its end."""
    if len(sheet.sections) >= SECTIONS_MAX:
        msg = f"A questionnaire has {SECTIONS_MAX} sections at the most. {KEPT}"
        raise RuleError(msg)
    return replace(sheet, sections=(*sheet.sections, Section(title, intro)))


def with_section_changed(sheet: Sheet, *, n: int, title: str, intro: str) -> Sheet:
    """Return the sheet with the heading of a section changed; they count from 1."""
    section = replace(_section(sheet, n), title=title, intro=intro)
    return _with_sections(sheet, n, section)


def with_section_moved(sheet: Sheet, *, n: int, by: int) -> Sheet:
    """Return the sheet with a section further up or down, as far as there are places."""
    _section(sheet, n)
    return replace(sheet, sections=_moved(sheet.sections, n - 1, by))


def without_section(sheet: Sheet, *, n: int) -> Sheet:
    """Return the sheet without a section, which has to be empty."""
    if _section(sheet, n).questions:
        msg = f"There are questions in this section. Move or remove them first. {KEPT}"
        raise RuleError(msg)
    return replace(sheet, sections=(*sheet.sections[: n - 1], *sheet.sections[n:]))


def _section(sheet: Sheet, n: int) -> Section:
    if not 1 <= n <= len(sheet.sections):
        msg = f"There is no section {n} any more. {KEPT} Load the page again."
        raise RuleError(msg)
    return sheet.sections[n - 1]


def _with_sections(sheet: Sheet, n: int, *sections: Section) -> Sheet:
    return replace(sheet, sections=(*sheet.sections[: n - 1], *sections, *sheet.sections[n:]))


# -- questions -----------------------------------------------------------------------------


def with_question(sheet: Sheet, question: Question, *, n: int) -> Sheet:
    """Return the sheet with a question more, at the end of a section; it gets a key."""
    if len(sheet.questions) >= QUESTIONS_MAX:
        msg = f"A questionnaire has {QUESTIONS_MAX} questions at the most. {KEPT}"
        raise RuleError(msg)
    section = _section(sheet, n)
    key = key_for(question.label, {one.key for one in sheet.questions})
    added = (*section.questions, replace(question, key=key))
    return _with_sections(sheet, n, replace(section, questions=added))


def with_question_changed(sheet: Sheet, question: Question, *, n: int) -> Sheet:
    """Return the sheet with a question changed, in its place or at the end of another section."""
    at, section = _place(sheet, question.key)
    if at == n:
        changed = tuple(question if one.key == question.key else one for one in section.questions)
        return _with_sections(sheet, n, replace(section, questions=changed))
    target = _section(sheet, n)
    rest = without_question(sheet, key=question.key)
    return _with_sections(rest, n, replace(target, questions=(*target.questions, question)))


def with_question_moved(sheet: Sheet, *, key: str, by: int) -> Sheet:
    """Return the sheet with a question one place up or down, over the edge of its section."""
    n, section = _place(sheet, key)
    at = [one.key for one in section.questions].index(key)
    if 0 <= at + by < len(section.questions):
        moved = _moved(section.questions, at, by)
        return _with_sections(sheet, n, replace(section, questions=moved))
    if not 1 <= n + by <= len(sheet.sections):
        return sheet
    question, target = section.questions[at], sheet.sections[n + by - 1]
    rest = without_question(sheet, key=key)
    questions = (*target.questions, question) if by < 0 else (question, *target.questions)
    return _with_sections(rest, n + by, replace(target, questions=questions))


def without_question(sheet: Sheet, *, key: str) -> Sheet:
    """Return the sheet without a question."""
    n, section = _place(sheet, key)
    rest = tuple(one for one in section.questions if one.key != key)
    return _with_sections(sheet, n, replace(section, questions=rest))


def _place(sheet: Sheet, key: str) -> tuple[int, Section]:
    """Return in which section a question stands, and which number that has."""
    for n, section in enumerate(sheet.sections, start=1):
        if any(one.key == key for one in section.questions):
            return n, section
    msg = f"There is no such question any more. {KEPT} Load the page again."
    raise RuleError(msg)


def _moved(things: Sequence[Thing], at: int, by: int) -> tuple[Thing, ...]:
    rest = [*things[:at], *things[at + 1 :]]
    rest.insert(min(max(at + by, 0), len(rest)), things[at])
    return tuple(rest)


# -- keys and codes ------------------------------------------------------------------------


def key_for(words: str, taken: Collection[str]) -> str:
    """Return a key that says what it is of: small letters, digits and underscores, not taken."""
    plain = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode().lower()
    stem = NOT_IN_KEYS.sub("_", plain).strip("_")[:KEY_MAX].rstrip("_") or "question"
    tries = [stem, *(f"{stem}_{n}" for n in range(2, QUESTIONS_MAX + len(taken) + 3))]
    return next(one for one in tries if one not in taken)


def options_from(text: str, before: Sequence[Option] = ()) -> tuple[Option, ...]:
    """Return the options that a text offers, one a line.

    One that is called as before keeps its code, and where none was added or taken away the
    others do too: on codes hang conditions, and the programs that send them.
    """
    labels = list(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))
    if len(labels) > OPTIONS_MAX:
        msg = f"A question offers {OPTIONS_MAX} answers at the most. {KEPT}"
        raise RuleError(msg)
    known = {one.label: one.code for one in before}
    if len(labels) == len(before):
        free = [one.code for one in before if one.label not in labels]
        renamed = [label for label in labels if label not in known]
        known |= dict(zip(renamed, free, strict=True))
    taken = {known[label] for label in labels if label in known}
    options: list[Option] = []
    for label in labels:
        code = known.get(label) or key_for(label, taken)
        taken.add(code)
        options.append(Option(code, label))
    return tuple(options)
