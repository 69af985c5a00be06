"""Which questions are asked with the answers so far, and whether an answer is one."""

import calendar
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date

from questionnaires.rules.sheets import (
    LINE_MAX,
    TEXT_MAX,
    WRITTEN,
    Question,
    Section,
    Sort,
    questions_of,
)

# what is kept of one answer: words, a code, a day (ISO 8601, whose end may be missing); codes; a
# number
Answer = str | int | list[str]
Answers = dict[str, Answer]
NUMBER_MAX = 1_000_000_000
DAY = re.compile(r"[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?")
WHOLE = re.compile(r"[0-9]{1,12}")


class WrongAnswerError(Exception):
    """The answer is none to this question; the message is a sentence for whoever gave it."""


def asked(sections: Iterable[Section], chosen: Mapping[str, Collection[str]]) -> list[Question]:
    """Return the questions that are asked where these codes were chosen so far, by key.

    A question that hangs on another is asked where the other is asked itself, stands before it,
    and was answered with one of the codes: so what was answered to a question that is not asked
    any more opens nothing.
    """
    found: dict[str, Question] = {}
    for question in questions_of(sections):
        hangs = question.shown_if
        if hangs is None or (
            hangs.key in found and not set(hangs.codes).isdisjoint(chosen.get(hangs.key, ()))
        ):
            found[question.key] = question
    return list(found.values())


def codes_of(answer: object) -> list[str]:
    """Return the codes that an answer may choose, whatever was sent."""
    if isinstance(answer, str):
        return [answer]
    return [one for one in answer if isinstance(one, str)] if isinstance(answer, list) else []


def checked(question: Question, raw: object) -> Answer | None:
    """Return the answer as it is kept, None where there is none, or refuse what is no answer."""
    if isinstance(raw, str):
        raw = raw.strip()
    if raw is None or raw in ("", []):
        if question.is_required:
            msg = f"“{question.label}” has no answer yet."
            raise WrongAnswerError(msg)
        return None
    return _CHECKS[question.sort](question, raw)


def _written(question: Question, raw: object) -> str:
    limit = LINE_MAX if question.sort == Sort.LINE else TEXT_MAX
    if not isinstance(raw, str):
        msg = "Write this as text."
        raise WrongAnswerError(msg)
    if len(raw) > limit:
        msg = (
            f"This is {len(raw) - limit:,} characters longer than this answer can be "
            f"({limit:,}). Shorten it, or add the rest as a file."
        )
        raise WrongAnswerError(msg)
    return raw


def _chosen(question: Question, raw: object) -> str:
    codes = [one.code for one in question.offered]
    if not isinstance(raw, str) or raw not in codes:
        raise WrongAnswerError(_offered(codes))
    return raw


def _several(question: Question, raw: object) -> list[str]:
    codes = [one.code for one in question.offered]
    if not isinstance(raw, list) or any(one not in codes for one in raw):
        raise WrongAnswerError(_offered(codes))
    return [code for code in codes if code in raw]


def _offered(codes: list[str]) -> str:
    return f"Choose from what is offered: {', '.join(codes)}."


def _day(_question: Question, raw: object) -> str:
    if not isinstance(raw, str) or not DAY.fullmatch(raw):
        msg = "Write the date as 2026-10-14, or as much as is known: 2026-10, or 2026."
        raise WrongAnswerError(msg)
    year, month, day = (*map(int, raw.split("-")), 1, 1)[:3]
    try:
        date(year, month, day)
    except ValueError:
        msg = "There is no such day."
        raise WrongAnswerError(msg) from None
    return raw


def _number(_question: Question, raw: object) -> int:
    if isinstance(raw, str) and WHOLE.fullmatch(raw):
        raw = int(raw)
    # True is a number to Python alone
    if not isinstance(raw, int) or isinstance(raw, bool) or not 0 <= raw <= NUMBER_MAX:
        msg = "Write a whole number with figures, such as 3."
        raise WrongAnswerError(msg)
    return raw


_CHECKS: dict[Sort, Callable[[Question, object], Answer]] = {
    Sort.LINE: _written,
    Sort.TEXT: _written,
    Sort.YES_NO: _chosen,
    Sort.CHOICE: _chosen,
    Sort.CHOICES: _several,
    Sort.DAY: _day,
    Sort.NUMBER: _number,
}


def answered(
    sections: Iterable[Section], raw: Mapping[str, object]
) -> tuple[Answers, dict[str, str]]:
    """Return the answers to what is asked, and what is wrong with the others, each by key.

    What was answered to questions that are not asked is left out.
    """
    answers: Answers = {}
    wrong: dict[str, str] = {}
    for question in asked(sections, {key: codes_of(one) for key, one in raw.items()}):
        try:
            answer = checked(question, raw.get(question.key))
        except WrongAnswerError as error:
            wrong[question.key] = str(error)
        else:
            if answer is not None:
                answers[question.key] = answer
    return answers, wrong


# -- what was answered ---------------------------------------------------------------------


def in_words(
    sections: Iterable[Section], answers: Mapping[str, object]
) -> list[tuple[Question, str]]:
    """Return the questions that were answered, in their order, each with its answer in words."""
    return [
        (question, _said(question, answers[question.key]))
        for question in questions_of(sections)
        if question.key in answers
    ]


def _said(question: Question, answer: object) -> str:
    if isinstance(answer, list):
        return ", ".join(question.said(str(code)) for code in answer)
    if question.sort == Sort.DAY:
        return _day_in_words(str(answer))
    return question.said(str(answer)) if question.offered else str(answer)


def _day_in_words(known: str) -> str:
    """Return `14 October 2026`, `October 2026` or `2026`."""
    year, *rest = known.split("-")
    words = [calendar.month_name[int(rest[0])], year] if rest else [year]
    return " ".join([str(int(rest[1])), *words] if len(rest) > 1 else words)


def texts_in(sections: Iterable[Section], answers: Mapping[str, object]) -> str:
    """Return all that was written in somebody's own words, as one text."""
    return "\n\n".join(_written_in(sections, answers))


def names_in(sections: Iterable[Section], answers: Mapping[str, object]) -> str:
    """Return what was written where half a name is enough, as one text."""
    return "\n".join(_written_in(sections, answers, is_name=True))


def _written_in(
    sections: Iterable[Section], answers: Mapping[str, object], *, is_name: bool = False
) -> list[str]:
    return [
        str(answers[one.key])
        for one in questions_of(sections)
        if one.sort in WRITTEN and one.key in answers and (one.names_people or not is_name)
    ]
