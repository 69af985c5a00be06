"""The reporter's view over the API: nobody has to say who they are, and nothing is noted."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from cases import actions
from cases.lifecycle import Kind
from cases.models import Concern
from ledger.models import Entry
from ledger.verbs import Verb
from people.middleware import act_as
from safes.rules import Receipt
from tests.api.program import BARE, Program, is_problem
from tests.conftest import BecomeProcess
from tests.world import World


@pytest.fixture
def answered(world: World) -> tuple[Concern, Receipt]:
    """Return a concern with one message from the team."""
    concern, receipt = world.file()
    act_as(world["olga"])
    actions.answer(
        concern,
        by=world["olga"],
        opener=world.openers["olga"],
        text="Which visit do you mean?",
        now=world.now,
    )
    return concern, receipt


@pytest.mark.req("API-1", "INT-4")
def test_a_receipt_shows_where_it_stands_and_what_was_written(
    answered: tuple[Concern, Receipt], stranger: Program
) -> None:
    _, receipt = answered
    response = stranger.post("receipts/", {"receipt": str(receipt)})
    assert response.status_code == 200
    assert response.json() == {
        "status": "received",
        "milestones": [
            {"what": "acknowledge", "promised_on": "2026-03-23", "kept_on": "2026-03-16"},
            {"what": "feedback", "promised_on": "2026-06-16", "kept_on": None},
        ],
        "messages": [
            {
                "n": 1,
                "from": "team",
                "on": "2026-03-16",
                "body": "Which visit do you mean?",
                "is_new": True,
            }
        ],
        "identity": [],
    }
    again = stranger.post("receipts/", {"receipt": str(receipt).lower().replace("-", " ")})
    assert [message["is_new"] for message in again.json()["messages"]] == [False]


@pytest.mark.req("INT-4")
def test_a_reporter_writes_and_the_team_is_told(
    world: World, answered: tuple[Concern, Receipt], stranger: Program
) -> None:
    _, receipt = answered
    body = {"receipt": str(receipt), "body": "The one on the 14th."}
    response = stranger.post("receipts/messages/", body)
    assert response.status_code == 201
    written = response.json()
    assert (written["n"], written["from"], written["body"]) == (2, "you", "The one on the 14th.")
    shown = stranger.post("receipts/", {"receipt": str(receipt)}).json()
    assert shown["messages"][1] == written


def test_a_message_is_written_once_for_each_key_and_each_receipt_has_its_own(
    world: World, stranger: Program
) -> None:
    receipts = [world.file()[1], world.file()[1]]
    for receipt in receipts:
        body = {"receipt": str(receipt), "body": "Once."}
        first = stranger.post("receipts/messages/", body, Idempotency_Key="1")
        again = stranger.post("receipts/messages/", body, Idempotency_Key="1")
        assert (first.status_code, first.content) == (201, again.content)
        shown = stranger.post("receipts/", {"receipt": str(receipt)}).json()
        assert len(shown["messages"]) == 1
        other = {**body, "body": "Twice."}
        is_problem(stranger.post("receipts/messages/", other, Idempotency_Key="1"), 422)


@pytest.mark.req("SEC-2")
def test_unknown_malformed_and_erased_receipts_get_one_answer(
    world: World, stranger: Program, process: BecomeProcess
) -> None:
    erased = Receipt.new()
    actions.start_draft(receipt=erased, kind=Kind.REPORT, answers={}, now=world.now)
    with process("worker"):
        assert actions.expire_drafts(now=world.now + timedelta(days=20)) == 1
    typed = [
        str(Receipt.new()),
        str(erased),
        "",
        "0",
        "not a receipt at all",
        str(Receipt.new())[:-1] + "U",
        "\0",
        "\ud800",
        "😀" * 28,
        "x" * 100_000,
    ]
    for path, extra in (("receipts/", {}), ("receipts/messages/", {"body": "Hello?"})):
        answers, queries, headers = set(), set(), set()
        for one in typed:
            with CaptureQueriesContext(connection) as seen:
                response = stranger.post(path, {"receipt": one, **extra})
            is_problem(response, 404)
            answers.add(response.content)
            headers.add(tuple(sorted(response.items())))
            queries.add(len(seen))
        assert len(answers) == len(headers) == len(queries) == 1


def test_a_receipt_of_a_wrong_type_is_named(stranger: Program) -> None:
    wrong: list[dict[str, object]] = [{"receipt": 5}, {"receipt": None}, {}]
    for body in wrong:
        assert list(is_problem(stranger.post("receipts/", body), 400)["errors"]) == ["receipt"]
    more = {"receipt": "x", "name": "Stan"}
    assert list(is_problem(stranger.post("receipts/", more), 400)["errors"]) == ["name"]


@pytest.mark.parametrize("text", ["", "  ", "x" * 20_001, 7])
def test_a_message_that_cannot_be_sent_is_named(
    world: World, stranger: Program, text: object
) -> None:
    _, receipt = world.file()
    body = {"receipt": str(receipt), "body": text}
    assert list(is_problem(stranger.post("receipts/messages/", body), 400)["errors"]) == ["body"]


def test_nobody_is_written_to_about_what_was_taken_back(world: World, stranger: Program) -> None:
    concern, receipt = world.file()
    actions.withdraw(concern, now=world.now)
    body = {"receipt": str(receipt), "body": "Hello?"}
    is_problem(stranger.post("receipts/messages/", body), 409)


@pytest.mark.req("SEC-2")
def test_nothing_tells_who_came(world: World, program: Program) -> None:
    """Neither a token, a cookie nor an address is looked at, and the ledger knows the day alone."""
    _, receipt = world.file()
    response = program.post(
        "receipts/",
        {"receipt": str(receipt)},
        Cookie="ed-session=abc",
        User_Agent="Known/1.0",
        X_Forwarded_For="192.0.2.7",
    )
    assert response.status_code == 200
    assert not response.cookies
    assert "Vary" not in response
    assert "HTTP_AUTHORIZATION" not in response.wsgi_request.META
    assert "REMOTE_ADDR" not in response.wsgi_request.META
    entry = Entry.objects.get(verb=Verb.RECEIPT_USED)
    assert (entry.actor, entry.at) == ("reporter", None)


def test_a_broken_token_does_not_shut_the_reporters_door(world: World, stranger: Program) -> None:
    _, receipt = world.file()
    body = {"receipt": str(receipt)}
    assert stranger.post("receipts/", body, Authorization="Bearer no").status_code == 200


def test_a_draft_is_shown_as_one(world: World, stranger: Program) -> None:
    receipt = Receipt.new()
    actions.start_draft(receipt=receipt, kind=Kind.REPORT, answers={}, now=world.now)
    shown = stranger.post("receipts/", {"receipt": str(receipt)}).json()
    assert shown == {"status": "draft", "milestones": [], "messages": [], "identity": []}


def test_coming_back_takes_the_same_number_of_queries_however_long_the_talk(
    world: World, stranger: Program, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    concern, receipt = world.file()
    for talk in range(1, 4):
        act_as(world["olga"])
        actions.answer(
            concern,
            by=world["olga"],
            opener=world.openers["olga"],
            text=f"Number {talk}",
            now=world.now,
        )
        with django_assert_num_queries(BARE + 15):
            response = stranger.post("receipts/", {"receipt": str(receipt)})
        assert len(response.json()["messages"]) == talk
