"""What a questionnaire is made of, which of its questions are asked, and what changes. Pure."""

from questionnaires.rules.asking import (
    Answer,
    Answers,
    WrongAnswerError,
    answered,
    asked,
    checked,
    codes_of,
    in_words,
    names_in,
    texts_in,
)
from questionnaires.rules.comparing import Change, compare
from questionnaires.rules.flaws import Flaw, flaws
from questionnaires.rules.sheets import (
    CHOOSABLE,
    LINE_MAX,
    TEXT_MAX,
    WRITTEN,
    Condition,
    Option,
    Question,
    Section,
    Sheet,
    Sort,
    as_json,
    from_json,
)

__all__ = [
    "CHOOSABLE",
    "LINE_MAX",
    "TEXT_MAX",
    "WRITTEN",
    "Answer",
    "Answers",
    "Change",
    "Condition",
    "Flaw",
    "Option",
    "Question",
    "Section",
    "Sheet",
    "Sort",
    "WrongAnswerError",
    "answered",
    "as_json",
    "asked",
    "checked",
    "codes_of",
    "compare",
    "flaws",
    "from_json",
    "in_words",
    "names_in",
    "texts_in",
]
