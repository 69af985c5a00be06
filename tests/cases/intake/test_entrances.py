"""Entrances for people outside: their words and questions, and no name of whoever works here."""

from dataclasses import replace

import pytest
from django.test import Client

from cases import access, actions
from cases.actions import Words
from cases.models import Concern, Entrance
from common.errors import RuleError
from ledger.models import Detail
from people.models import Person
from questionnaires.lifecycle import BY_NAME
from safes.rules import Receipt
from tests.api.program import Program
from tests.cases.intake.reporter import Reporter
from tests.conftest import BecomeProcess
from tests.questionnaires.sheets import SHEET, published
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.req("INT-10")]
WORDS = Words("لعملائنا", "اكتب لنا بلا خوف.", "ar")
OUTSIDE = replace(SHEET, kind=BY_NAME, categories=(), language="ar")


@pytest.fixture
def reporter(client: Client, world: World) -> Reporter:
    return Reporter(client)


def opened(world: World, words: Words = WORDS) -> Entrance:
    return actions.open_entrance(words=words, by=world["adam"], now=world.now)


def begin(reporter: Reporter, entrance: Entrance) -> None:
    reporter.get(f"/speak/at/{entrance.code}/")
    reporter.post("/speak/file/", kind="report", **reporter.hidden)


def names_in(page: str) -> list[str]:
    return [name for name in Person.objects.values_list("name", flat=True) if name in page]


def concern_of(code: str) -> Concern:
    receipt = Receipt.parse(code)
    assert receipt is not None
    concern = access.concern_of(receipt)
    assert concern is not None
    return concern


def test_it_speaks_its_language_asks_its_questions_and_shows_no_name(
    reporter: Reporter, world: World, process: BecomeProcess, stranger: Program
) -> None:
    asked = published(world, OUTSIDE)
    entrance = opened(world, replace(WORDS, questionnaire=asked.questionnaire))
    begin(reporter, entrance)
    landing = reporter.answers[0].content.decode()
    assert '<h1 lang="ar" dir="rtl">لعملائنا</h1>' in landing
    assert "stays in the history of your browser" in landing
    reporter.answer(happened="Her nephew answers every question for her.")
    reporter.answer(category="other")
    assert "Is there a deadline?" in reporter.text
    assert 'lang="ar" dir="rtl"' in reporter.html
    reporter.answer(asked=["deadline", "how", "words"], **{"more-deadline": "no"})
    for typed in ({}, {"in_danger": "no"}, {}, {"mode": "anonymous"}, {}):
        reporter.answer(**typed)
    assert "Look it over" in reporter.text
    reporter.answer("send")
    code = reporter.receipt
    concern = concern_of(code)
    assert (concern.entrance, concern.form) == (entrance, asked)
    olga, key = world["olga"], world.openers["olga"]
    actions.answer(concern, by=olga, text="Thank you.", now=world.now, opener=key)
    reporter.come_back(code)
    assert "The ethics office" in reporter.text
    for page in reporter.answers:
        assert names_in(page.content.decode()) == []
    # who would keep somebody away writes a name; nobody is listed
    reporter.press("readers")
    assert names_in(reporter.html) == []
    told = stranger.post("receipts/readers/", {"receipt": code}).json()
    assert [one["name"] for one in told["at_once"]] == ["Ethics officer"] * len(told["at_once"])
    with process("worker"):
        filed = Detail.objects.filter(facts__entrance=entrance.code)
        assert filed.exists()


def test_a_full_name_keeps_away_and_half_a_name_tells_nobody_who_works_here(
    reporter: Reporter, world: World
) -> None:
    entrance = opened(world)
    name = world["olga"].name
    half = name.split()[0]
    for about, told, is_walled in ((name, "It happened.", True), ("", f"{half} did it.", False)):
        begin(reporter, entrance)
        reporter.answer(happened=told)
        reporter.answer(category="other")
        for typed in ({}, {"in_danger": "no"}, {"about": about}, {"mode": "anonymous"}, {}):
            reporter.answer(**typed)
        assert "Do you mean one of these?" not in reporter.text
        assert names_in(reporter.text.replace(name, "", 1)) == []
        reporter.answer("send")
        concern = concern_of(reporter.receipt)
        assert access.is_walled(world["olga"], list(concern.walls.all())) is is_walled


def test_closed_and_unknown_are_the_door_of_everybody_and_what_was_begun_is_sent(
    reporter: Reporter, world: World
) -> None:
    entrance = opened(world)
    at = f"/speak/at/{entrance.code}/"
    assert reporter.get(at.upper().replace("/SPEAK/AT/", "/speak/at/")).content != b""
    begin(reporter, entrance)
    actions.close_entrance(entrance, by=world["adam"], now=world.now)
    with pytest.raises(RuleError, match="closed already"):
        actions.close_entrance(entrance, by=world["adam"], now=world.now)
    plain = reporter.client.get("/speak/").content
    assert reporter.client.get(at).content == plain
    assert reporter.client.get("/speak/at/never/").content == plain
    for typed in (
        {"happened": "It happened."},
        {"category": "other"},
        {},
        {"in_danger": "no"},
        {},
        {"mode": "anonymous"},
        {},
    ):
        reporter.answer(**typed)
    reporter.answer("send")
    assert concern_of(reporter.receipt).entrance == entrance
    # whoever begins now comes in by no entrance, whatever the page says
    reporter.post("/speak/file/", kind="report", entrance=entrance.code)
    reporter.answer(go="later", happened="It happened.")
    assert access.draft_entrance({"entrance": entrance.code}) == entrance
    draft = concern_of(reporter.receipt)
    receipt = Receipt.parse(reporter.receipt)
    assert receipt is not None
    assert "entrance" not in access.draft_answers(draft, receipt)


def test_a_questionnaire_that_is_asked_by_name_is_asked_nowhere_else(
    reporter: Reporter, world: World
) -> None:
    published(world, OUTSIDE)
    # a second of its kind is no double
    published(world, OUTSIDE, code="clients")
    reporter.begin()
    reporter.answer(happened="It happened.")
    reporter.answer(category="other")
    assert "Is there a deadline?" not in reporter.text
