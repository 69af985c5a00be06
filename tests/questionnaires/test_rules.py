"""Which questions are asked, against a slow and plain way of saying it; answers; editing."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.errors import RuleError
from questionnaires.rules import (
    Condition,
    Option,
    Question,
    Section,
    Sheet,
    Sort,
    WrongAnswerError,
    answered,
    as_json,
    asked,
    checked,
    compare,
    flaws,
    from_json,
    in_words,
)
from questionnaires.rules.editing import (
    key_for,
    options_from,
    with_question,
    with_question_moved,
    without_section,
)
from tests.questionnaires.sheets import DEADLINE, HOW, SHEET, WHEN, WHO, renamed

CODES = ("a", "b", "c")


@st.composite
def sheets(draw: st.DrawFn) -> tuple[Section, ...]:
    """Return sections whose questions hang on any question at all, also on later ones."""
    keys = [f"q{n}" for n in range(draw(st.integers(1, 7)))]
    hangs = st.none() | st.builds(
        Condition, st.sampled_from(keys), st.lists(st.sampled_from(CODES), min_size=1).map(tuple)
    )
    options = tuple(Option(code, code) for code in CODES)
    questions = [
        Question(key, Sort.CHOICES, key, options=options, shown_if=draw(hangs)) for key in keys
    ]
    cut = draw(st.integers(0, len(questions)))
    return (Section("1", "", tuple(questions[:cut])), Section("2", "", tuple(questions[cut:])))


CHOSEN = st.dictionaries(
    st.sampled_from([f"q{n}" for n in range(8)]), st.lists(st.sampled_from(CODES)), max_size=8
)


def is_asked(key: str, questions: list[Question], chosen: dict[str, list[str]]) -> bool:
    """Say whether one question is asked, on its own, by walking back to what it hangs on."""
    keys = [one.key for one in questions]
    question = questions[keys.index(key)]
    if question.shown_if is None:
        return True
    on = question.shown_if.key
    if on not in keys[: keys.index(key)]:
        return False
    opens = any(code in question.shown_if.codes for code in chosen.get(on, []))
    return opens and is_asked(on, questions, chosen)


@pytest.mark.req("INT-6")
@given(sheets(), CHOSEN)
def test_what_is_asked_is_what_each_question_says_of_itself(
    sections: tuple[Section, ...], chosen: dict[str, list[str]]
) -> None:
    questions = [one for section in sections for one in section.questions]
    expected = [one.key for one in questions if is_asked(one.key, questions, chosen)]
    assert [one.key for one in asked(sections, chosen)] == expected
    # what is hidden is not kept, and leaving it out opens and closes nothing
    answers, wrong = answered(sections, dict(chosen))
    assert not wrong
    assert set(answers) <= set(expected)
    kept = {key: one for key, one in answers.items() if isinstance(one, list)}
    assert [one.key for one in asked(sections, kept)] == expected


@given(sheets())
def test_a_sheet_is_kept_as_it_is(sections: tuple[Section, ...]) -> None:
    assert from_json(as_json(sections)) == sections
    assert from_json(as_json(SHEET.sections)) == SHEET.sections


@pytest.mark.parametrize(
    ("sort", "raw", "kept"),
    [
        (Sort.LINE, "  Olga ", "Olga"),
        (Sort.YES_NO, "yes", "yes"),
        (Sort.CHOICE, "mail", "mail"),
        (Sort.CHOICES, ["mail", "call", "mail"], ["call", "mail"]),
        (Sort.DAY, "2026-02", "2026-02"),
        (Sort.DAY, "2024-02-29", "2024-02-29"),
        (Sort.NUMBER, "12", 12),
        (Sort.NUMBER, 0, 0),
        (Sort.TEXT, " ", None),
        (Sort.CHOICES, [], None),
    ],
)
def test_an_answer_is_kept_as_its_kind_has_it(sort: Sort, raw: object, kept: object) -> None:
    assert checked(replace(HOW, sort=sort), raw) == kept


@pytest.mark.parametrize(
    ("sort", "raw"),
    [
        (Sort.LINE, "x" * 301),
        (Sort.TEXT, 7),
        (Sort.YES_NO, "maybe"),
        (Sort.YES_NO, True),
        (Sort.CHOICE, ["mail"]),
        (Sort.CHOICES, ["mail", "fax"]),
        (Sort.CHOICES, "mail"),
        (Sort.CHOICES, [["mail"]]),
        (Sort.DAY, "2026-02-30"),
        (Sort.DAY, "2026-13"),
        (Sort.DAY, "0000"),
        (Sort.DAY, "soon"),
        (Sort.NUMBER, "-1"),
        (Sort.NUMBER, "1.5"),
        (Sort.NUMBER, True),
        (Sort.NUMBER, "٣"),
    ],
)
def test_what_is_no_answer_is_refused(sort: Sort, raw: object) -> None:
    with pytest.raises(WrongAnswerError):
        checked(replace(HOW, sort=sort), raw)


def test_what_has_to_be_answered_is_asked_for_only_where_it_is_asked() -> None:
    assert answered(SHEET.sections, {"deadline": "no"})[1] == {}
    assert list(answered(SHEET.sections, {"deadline": "yes"})[1]) == ["who"]
    assert list(answered(SHEET.sections, {})[1]) == ["deadline"]


def test_answers_are_told_in_the_words_of_their_version() -> None:
    told = in_words(SHEET.sections, {"deadline": "yes", "when": "2026-10", "how": ["call", "mail"]})
    assert [(one.label, said) for one, said in told] == [
        ("Is there a deadline?", "Yes"),
        ("When does it end?", "October 2026"),
        ("How do they press?", "By calling, By mail"),
    ]


def test_what_cannot_be_asked_is_said() -> None:
    known = {"kinds": ["report"], "categories": ["other"]}
    assert flaws(SHEET, **known) == []
    later = replace(SHEET, sections=(Section("1", "", (WHEN, DEADLINE)), Section("2")))
    says = " ".join(one.says for one in flaws(later, **known))
    assert "does not stand before it" in says
    assert "“2” has no question" in says
    unknown = replace(WHO, shown_if=Condition("deadline", ("maybe",)))
    few = replace(HOW, options=HOW.options[:1])
    wrong = replace(SHEET, kind="joke", sections=(Section("1", "", (DEADLINE, unknown, few)),))
    assert [one.key for one in flaws(wrong, **known)] == ["", "who", "how"]
    assert "asks nothing" in flaws(Sheet(), **known)[0].says


def test_a_question_wanders_over_the_edge_of_its_section() -> None:
    sheet = with_question_moved(SHEET, key="how", by=-1)
    assert [one.key for one in sheet.sections[0].questions] == ["deadline", "when", "who", "how"]
    assert with_question_moved(sheet, key="how", by=1) == SHEET
    assert with_question_moved(SHEET, key="deadline", by=-1) == SHEET
    with pytest.raises(RuleError, match="Move or remove them first"):
        without_section(SHEET, n=1)


def test_a_key_comes_of_the_words_and_stays() -> None:
    sheet = with_question(SHEET, replace(WHO, key="", label="Is thère a Deadline?"), n=2)
    assert sheet.questions[-1].key == "is_there_a_deadline"
    assert key_for("Is there a deadline?", {"is_there_a_deadline"}) == "is_there_a_deadline_2"
    assert key_for("متى؟", set()) == "question"
    codes = [one.code for one in options_from("By calling\nBy letter", HOW.options)]
    assert codes == ["call", "mail"]
    grown = options_from("By mail\nBy fax\nBy calling", HOW.options)
    assert [one.code for one in grown] == ["mail", "by_fax", "call"]


def test_versions_are_compared_question_by_question() -> None:
    after = replace(renamed(SHEET, "when", "By when?"), categories=())
    after = with_question(after, Question("", Sort.NUMBER, "How often?"), n=2)
    assert [(one.of, one.was, one.now) for one in compare(SHEET, after)] == [
        ("Asked of", "report, other", "report, all categories"),
        ("Question “By when?”: words", "When does it end?", "By when?"),
        ("Question “How often?”", "", "A whole number; asked always"),
    ]
    assert compare(SHEET, SHEET) == []
