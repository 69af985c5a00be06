"""What is wrong with a sheet, so that nobody publishes what could not be answered."""

from collections.abc import Iterable
from dataclasses import dataclass

from questionnaires.rules.sheets import CHOOSABLE, Question, Sheet, Sort

FEWEST_OPTIONS = 2


@dataclass(frozen=True)
class Flaw:
    """Something that is wrong, in a sentence; with the key of the question where it has one."""

    says: str
    key: str = ""


def flaws(sheet: Sheet, *, kinds: Iterable[str], categories: Iterable[str]) -> list[Flaw]:
    """Return all that is wrong with a sheet, in its order; `kinds` and `categories` are offered."""
    found: list[Flaw] = []
    if sheet.kind and sheet.kind not in set(kinds):
        found.append(Flaw("It is asked with a kind that is not offered. Choose another."))
    if gone := set(sheet.categories) - set(categories):
        found.append(Flaw(f"There is no category {', '.join(sorted(gone))} any more. Take it out."))
    if not sheet.questions:
        found.append(Flaw("It asks nothing yet. Add a question."))
    found += [
        Flaw(f"The section “{one.title}” has no question. Add one, or remove the section.")
        for one in sheet.sections
        if not one.questions and sheet.questions
    ]
    before: dict[str, Question] = {}
    for question in sheet.questions:
        found += [Flaw(says, question.key) for says in _of_question(question, before)]
        before[question.key] = question
    return found


def _of_question(question: Question, before: dict[str, Question]) -> list[str]:
    found: list[str] = []
    named = f"“{question.label}”"
    if question.sort in CHOOSABLE - {Sort.YES_NO} and len(question.options) < FEWEST_OPTIONS:
        found.append(f"{named} offers fewer than two answers. Write one a line.")
    hangs = question.shown_if
    if hangs is None:
        return found
    other = before.get(hangs.key)
    if other is None:
        found.append(f"{named} hangs on a question that does not stand before it. Move one.")
    elif unknown := set(hangs.codes) - {one.code for one in other.offered}:
        found.append(
            f"{named} hangs on an answer that “{other.label}” does not offer: "
            f"{', '.join(sorted(unknown))}. Choose again on what it hangs."
        )
    return found
