"""Who reads it, over the API: before filing for programs, and with a receipt for reporters."""

from typing import Any
from uuid import uuid4

import pytest

from cases import actions
from cases.lifecycle import Kind
from cases.models import Concern
from people.middleware import act_as
from safes.rules import Receipt
from tests.api.program import Program, is_problem
from tests.conftest import BecomeProcess
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.req("TRI-6")]
NAMING = "Olga Example signed it, on a Monday."


def names(found: list[dict[str, object]]) -> list[object]:
    return [one["name"] for one in found]


@pytest.mark.req("API-1")
def test_a_program_asks_who_would_read_it_and_gets_the_wizards_answer(
    world: World, program: Program, process: BecomeProcess
) -> None:
    plain = program.post("concerns/readers/", {"narrative": ""})
    assert plain.status_code == 200
    assert names(plain.json()["at_once"]) == ["Olga Example", "Omar Example"]
    assert names(plain.json()["if_late"]) == ["Hana Example", "Ines Example"]
    asked = {"about": "It is about Ines", "narrative": "Olga Example signed.", "exclude": ["otto"]}
    told = program.post("concerns/readers/", asked).json()
    assert names(told["at_once"]) == ["Omar Example"]
    assert names(told["if_late"]) == ["Hana Example"]
    with process("owner"):
        assert not Concern.objects.exists()
    is_problem(
        program.post("concerns/readers/", {"narrative": "", "exclude": ["nobody-here"]}), 400
    )
    everybody = ["olga", "omar", "otto", "ines", "hana"]
    is_problem(program.post("concerns/readers/", {"narrative": "", "exclude": everybody}), 409)


@pytest.mark.req("API-1", "INT-3")
def test_a_reporter_sees_and_excludes_over_the_api(world: World, stranger: Program) -> None:
    concern, receipt = world.file()
    asked = {"receipt": str(receipt), "body": NAMING}
    told = stranger.post("receipts/readers/", asked).json()
    assert names(told["at_once"]) == ["Olga Example", "Omar Example"]
    assert told["named"] == ["Olga Example"]
    away = {"receipt": str(receipt), "exclude": [told["at_once"][0]["id"]]}
    left = stranger.post("receipts/exclusions/", away)
    assert left.status_code == 200
    assert names(left.json()["at_once"]) == ["Omar Example"]
    act_as(world["olga"])
    assert not Concern.objects.visible_to(world["olga"]).filter(pk=concern.pk).exists()
    unknown = {**away, "exclude": [str(world["stan"].pk)]}
    is_problem(stranger.post("receipts/exclusions/", unknown), 400)


def test_of_a_draft_the_api_says_who_would_read_it(world: World, stranger: Program) -> None:
    receipt = Receipt.new()
    fields = {"kind": ["report"], "happened": ["So."], "about": ["Olga Example"]}
    answers: dict[str, object] = {"step": "review", "fields": fields}
    actions.start_draft(receipt=receipt, kind=Kind.REPORT, answers=answers, now=world.now)
    told = stranger.post("receipts/readers/", {"receipt": str(receipt)}).json()
    assert names(told["at_once"]) == ["Omar Example"]
    away = {"receipt": str(receipt), "exclude": [str(world["omar"].pk)]}
    is_problem(stranger.post("receipts/exclusions/", away), 409)


@pytest.mark.req("API-1", "INT-4")
def test_a_message_that_names_a_reader_is_held_up_until_the_reporter_says_they_may_read_it(
    world: World, stranger: Program
) -> None:
    concern, receipt = world.file()
    message: dict[str, object] = {"receipt": str(receipt), "body": NAMING}
    asked = is_problem(stranger.post("receipts/messages/", message, Idempotency_Key="1"), 409)
    olga = {"id": str(world["olga"].pk), "name": "Olga Example"}
    assert asked["named_readers"] == [olga]
    assert "Nothing was sent." in asked["detail"]
    # who else may read it changes nothing, and what is no id is named
    another = {**message, "may_read": [str(world["omar"].pk)]}
    assert is_problem(stranger.post("receipts/messages/", another), 409)["named_readers"] == [olga]
    wrong = is_problem(stranger.post("receipts/messages/", {**message, "may_read": ["olga"]}), 400)
    assert "may_read" in str(wrong["errors"])
    assert not concern.messages.exists()
    # a refusal used no key up
    sure = {**message, "may_read": [olga["id"]]}
    assert stranger.post("receipts/messages/", sure, Idempotency_Key="1").status_code == 201
    assert concern.messages.count() == 1


@pytest.mark.req("API-1", "SEC-4")
def test_names_are_not_looked_for_without_an_end_and_everybody_named_may_be_allowed(
    world: World, stranger: Program, settings: Any
) -> None:
    settings.RECEIPT_BUDGETS = {**settings.RECEIPT_BUDGETS, "message": (2, 2)}
    _, receipt = world.file()
    message: dict[str, object] = {"receipt": str(receipt), "body": NAMING}
    many = {**message, "may_read": [str(uuid4()) for _ in range(30)]}
    for asked in (message, many):
        is_problem(stranger.post("receipts/messages/", asked), 409)
    is_problem(stranger.post("receipts/messages/", message), 429)


@pytest.mark.req("API-1", "TRI-6")
def test_a_message_that_names_somebody_kept_away_goes_unasked(
    world: World, stranger: Program
) -> None:
    concern, receipt = world.file()
    away = {"receipt": str(receipt), "exclude": [str(world["olga"].pk)]}
    assert stranger.post("receipts/exclusions/", away).status_code == 200
    message = {"receipt": str(receipt), "body": NAMING}
    assert stranger.post("receipts/messages/", message).status_code == 201
    assert concern.messages.count() == 1
