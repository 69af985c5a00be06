"""A questionnaire at the reporter's door and on the desk: asked, kept, dropped, read."""

import json
from dataclasses import replace
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cases import access
from cases import actions as cases
from cases.models import Concern, Wall
from people.rules import blind_index
from questionnaires import actions
from questionnaires.rules import Question, Section, Sort
from safes import access as opening
from safes.rules import Receipt
from tests.cases.intake.reporter import Reporter
from tests.conftest import BecomeProcess
from tests.doors import sign_in
from tests.questionnaires.sheets import SHEET, next_version, published, renamed
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.req("INT-6")]
ON_PAGE = ["deadline", "how", "words"]
ALL = ["deadline", "when", "who", "how", "words"]


@pytest.fixture
def reporter(client: Client, world: World) -> Reporter:
    return Reporter(client)


def to_topic(reporter: Reporter, category: str = "other") -> None:
    reporter.begin()
    reporter.answer(happened="Her nephew answers every question for her.")
    reporter.answer(category=category)


def to_review(reporter: Reporter, **people: str) -> None:
    for typed in ({}, {"in_danger": "no"}, people, {"mode": "anonymous"}, {}):
        reporter.answer(**typed)
        assert reporter.page.status_code == 200, reporter.text


def of(code: str) -> tuple[Concern, Receipt]:
    receipt = Receipt.parse(code)
    assert receipt is not None
    concern = access.concern_of(receipt)
    assert concern is not None
    return concern, receipt


def kept(code: str) -> dict[str, object]:
    concern, receipt = of(code)
    where = (concern.pk, "answers")
    more = json.loads(opening.open_texts(receipt.opener, [where])[where])["more"]
    assert isinstance(more, dict)
    return more


def test_it_is_asked_after_the_topic_and_conditions_take_effect_at_continue(
    reporter: Reporter, world: World
) -> None:
    published(world)
    to_topic(reporter)
    assert "Question 2 of 7" in reporter.text
    assert "Is there a deadline?" in reporter.text
    assert "Who presses you?" not in reporter.text
    # nothing was answered that has to be
    reporter.answer(asked=ON_PAGE, **{"more-words": "Sign today."})
    assert reporter.page.status_code == 422
    assert "“Is there a deadline?” has no answer yet." in reporter.text
    assert "Sign today." in reporter.text
    # the answer opens others, which nobody could have answered yet
    reporter.answer(asked=ON_PAGE, **{"more-words": "Sign today.", "more-deadline": "yes"})
    assert reporter.page.status_code == 200
    assert "we ask a little more" in reporter.text
    assert "Who presses you?" in reporter.text
    assert "“Who presses you?” has no answer yet." not in reporter.text
    typed: dict[str, Any] = {
        "more-words": "Sign today.",
        "more-deadline": "yes",
        "more-how": ["mail", "call"],
    }
    reporter.answer(asked=ALL, **typed, **{"more-when_month": "10"})
    assert reporter.page.status_code == 422
    assert "The year is missing" in reporter.text
    assert "“Who presses you?” has no answer yet." in reporter.text
    date = {"more-when_month": "10", "more-when_year": "2026"}
    reporter.answer(asked=ALL, **typed, **date, **{"more-who": "The client."})
    assert "Question 3 of 7" in reporter.text
    to_review(reporter)
    for said in ("By calling, By mail", "October 2026", "The client.", "Sign today."):
        assert said in reporter.text
    reporter.answer("send")
    assert kept(reporter.receipt) == {
        "deadline": "yes",
        "when": "2026-10",
        "who": "The client.",
        "how": ["call", "mail"],
        "words": "Sign today.",
    }


def test_a_hidden_answer_is_kept_in_the_draft_and_dropped_at_filing(
    reporter: Reporter, world: World
) -> None:
    published(world)
    to_topic(reporter)
    reporter.answer(asked=ON_PAGE, **{"more-deadline": "yes"})
    reporter.answer(asked=ALL, **{"more-deadline": "yes", "more-who": "Olga Example"})
    reporter.answer("back")
    assert 'value="Olga Example"' in reporter.html
    # no deadline after all: what hung on it is not asked any more, and keeps nobody away
    reporter.answer(asked=ALL, **{"more-deadline": "no", "more-who": "Olga Example"})
    to_review(reporter)
    assert "Olga Example" in reporter.text.partition("Who will read it")[2]
    reporter.answer("change:more")
    assert "Who presses you?" not in reporter.text
    reporter.answer(asked=ON_PAGE, **{"more-deadline": "yes"})
    assert 'value="Olga Example"' in reporter.html
    reporter.answer(asked=ALL, **{"more-deadline": "no", "more-who": "Olga Example"})
    assert "Look it over" in reporter.text
    reporter.answer("send")
    concern, _ = of(reporter.receipt)
    assert kept(reporter.receipt) == {"deadline": "no"}
    assert not Wall.objects.filter(concern=concern).exists()


@pytest.mark.req("INT-4", "TRI-6")
@pytest.mark.parametrize(
    ("typed", "away"),
    [
        ({"more-words": "Olga Example told me to sign."}, True),
        ({"more-words": "Olga told me to sign."}, False),
        # where it asks for names, half of one is enough
        ({"more-deadline": "yes", "more-who": "Olga"}, True),
    ],
)
def test_a_name_in_an_answer_builds_a_wall(
    reporter: Reporter, world: World, process: BecomeProcess, typed: dict[str, str], *, away: bool
) -> None:
    published(world)
    to_topic(reporter)
    reporter.answer(asked=ON_PAGE, **{"more-deadline": "no", **typed})
    if "more-who" in typed:
        reporter.answer(asked=ALL, **typed)
    to_review(reporter)
    readers = reporter.text.partition("Who will read it")[2].partition("What happens next")[0]
    assert ("Olga Example" not in readers.partition("Nobody reads it")[0]) is away
    reporter.answer("send")
    concern, _ = of(reporter.receipt)
    with process("owner"):
        blinds = {bytes(wall.blind) for wall in Wall.objects.filter(concern=concern)}
    assert (blind_index(world["olga"].pk) in blinds) is away


def test_a_draft_keeps_the_version_it_began_with(reporter: Reporter, world: World) -> None:
    first = published(world)
    to_topic(reporter)
    reporter.answer("later", asked=ON_PAGE, **{"more-words": "Sign."})
    code = reporter.receipt
    second = next_version(world, first, renamed(SHEET, "deadline", "Until when?"))
    actions.retire_form(second.questionnaire, by=world["hana"], now=world.now)
    reporter.come_back(code)
    assert "Is there a deadline?" in reporter.text
    assert "Sign." in reporter.text
    reporter.answer(asked=ON_PAGE, **{"more-deadline": "no", "more-words": "Sign."})
    to_review(reporter)
    assert "Is there a deadline?" in reporter.text
    reporter.answer("send")
    assert of(reporter.receipt)[0].form == first


def test_another_topic_is_asked_otherwise(reporter: Reporter, world: World) -> None:
    sheet = replace(SHEET, categories=("harassment",), sections=SHEET.sections[1:])
    cases.add_category(code="harassment", label="Harassment", now=world.now)
    published(world, sheet)
    of_all = (Section("Money", "", (Question("sum", Sort.NUMBER, "How much?"),)),)
    published(world, replace(SHEET, categories=(), sections=of_all), code="money")
    to_topic(reporter)
    assert "How much?" in reporter.text
    reporter.answer("back")
    reporter.answer(category="harassment")
    assert "How do they press?" in reporter.text
    reporter.answer("back")
    reporter.answer("back")
    reporter.answer("back")
    reporter.answer(kind="guidance")
    reporter.answer(want="They want it signed.")
    reporter.answer(category="harassment")
    assert "Question 3 of 7" in reporter.text


def test_who_passed_the_topic_before_it_was_published_is_not_asked(
    reporter: Reporter, world: World
) -> None:
    to_topic(reporter)
    assert "Question 3 of 7" in reporter.text
    published(world)
    reporter.answer("back")
    reporter.answer(category="other")
    assert "Question 3 of 7" in reporter.text


def test_the_desk_reads_the_words_of_the_version_that_was_answered(
    reporter: Reporter, world: World
) -> None:
    first = published(world)
    to_topic(reporter)
    typed: dict[str, Any] = {"more-deadline": "no", "more-how": ["mail"]}
    reporter.answer(asked=ON_PAGE, **typed, **{"more-words": "Sign it, or the crocodile bites."})
    to_review(reporter)
    reporter.answer("send")
    concern, _ = of(reporter.receipt)
    next_version(world, first, renamed(SHEET, "how", "In which way?"))
    desk = Client()
    sign_in(desk, world, "olga")
    page = desk.get(f"/desk/concerns/{concern.ref}/").content.decode()
    assert "How do they press?" in page
    assert "By mail" in page
    assert "In which way?" not in page
    # what was written there is found as the story is
    found = desk.post("/desk/search/", {"words": "crocodile"}).content.decode()
    assert concern.ref in found


def test_what_was_typed_is_shown_back_where_the_page_opens_nothing(reporter: Reporter) -> None:
    typed = {"more-what_did_they_say": "Sign today, or else.", "asked": "what_did_they_say"}
    reporter.post("/speak/file/", capability="broken", step="more", go="next", **typed)
    assert reporter.page.status_code == 400
    assert "What did they say" in reporter.text
    assert "Sign today, or else." in reporter.html


def test_a_step_costs_one_statement_more_where_something_is_asked(
    client: Client, world: World
) -> None:
    """The version that the draft is bound to; nothing else is looked up."""
    costs = []
    for is_asked in (False, True):
        if is_asked:
            published(world)
        reporter = Reporter(client)
        to_topic(reporter)
        if is_asked:
            reporter.answer(asked=ON_PAGE, **{"more-deadline": "no"})
        with CaptureQueriesContext(connection) as asked:
            reporter.answer()
        assert "Question 4 of 7" in reporter.text
        costs.append(len(asked))
    assert costs[1] == costs[0] + 1
