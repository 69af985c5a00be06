"""A receipt that a program issued changes when the reporter comes back, and locks nobody out."""

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from cases import access, actions
from cases.models import Concern
from common import clock
from common.errors import RuleError
from ledger.models import Entry
from people.middleware import act_as
from safes import access as opening
from safes.models import Grant, Safe
from safes.rules import Receipt
from tests.api.program import Program, concern
from tests.cases.intake.reporter import Reporter, a_file
from tests.conftest import BecomeProcess
from tests.world import NARRATIVE, World

pytestmark = [pytest.mark.django_db, pytest.mark.req("INT-3", "SEC-4")]


@pytest.fixture
def reporter(client: Client, world: World) -> Reporter:
    return Reporter(client)


@pytest.fixture
def issued(program: Program) -> str:
    """Return a receipt that a program was given."""
    code: str = program.post("concerns/", concern()).json()["receipt"]
    return code


def opens(code: str) -> Concern | None:
    receipt = Receipt.parse(code)
    assert receipt is not None
    return access.concern_of(receipt)


def changed(reporter: Reporter, code: str) -> str:
    """Come back, keep the new receipt and use it."""
    reporter.come_back(code)
    new = reporter.receipt
    reporter.press("change", kept="on")
    assert "Your receipt was changed." in reporter.text
    return new


def test_the_first_return_offers_a_receipt_that_nobody_else_has_seen(
    reporter: Reporter, issued: str
) -> None:
    reporter.come_back(issued)
    assert "Take a receipt that is yours alone." in reporter.text
    assert reporter.receipt != issued
    assert "nephew" not in reporter.text


def test_the_old_receipt_then_gets_the_answer_of_every_wrong_one(
    reporter: Reporter, issued: str
) -> None:
    new = changed(reporter, issued)
    assert NARRATIVE[:20] in reporter.text
    old = reporter.come_back(issued)
    unknown = reporter.come_back(str(Receipt.new()))
    assert (old.status_code, old.content) == (404, unknown.content)
    reporter.come_back(new)
    assert "It waits for a first reply" in reporter.text
    assert "Change your receipt" not in reporter.text


def test_the_old_one_works_until_the_new_one_is_kept_so_that_a_lost_page_locks_nobody_out(
    reporter: Reporter, issued: str
) -> None:
    reporter.come_back(issued)
    lost = reporter.receipt
    reporter.come_back(issued)
    assert reporter.receipt != lost
    assert opens(lost) is None
    reporter.press("change")
    assert reporter.page.status_code == 422
    assert "Say that you have kept it. Nothing was changed yet." in reporter.text
    shown = reporter.receipt
    reporter.press("change", kept="on")
    assert opens(issued) is None
    assert opens(shown) is not None


def test_not_now_shows_where_it_stands_and_asks_again(reporter: Reporter, issued: str) -> None:
    reporter.come_back(issued)
    reporter.press("show")
    assert "It waits for a first reply" in reporter.text
    assert "Change your receipt" in reporter.text
    reporter.press("offer")
    new = reporter.receipt
    reporter.press("change", kept="on")
    assert opens(new) is not None


def test_pressed_twice_it_changes_once(reporter: Reporter, issued: str) -> None:
    reporter.come_back(issued)
    page, new = reporter.page, reporter.receipt
    for _ in range(2):
        reporter.answers.append(page)
        reporter.press("change", kept="on")
        assert reporter.page.status_code == 200
        assert NARRATIVE[:20] in reporter.text
    assert Entry.objects.filter(verb="receipt_changed").count() == 1
    assert opens(new) is not None


def test_a_page_of_the_old_receipt_opens_nothing_afterwards(
    reporter: Reporter, issued: str
) -> None:
    reporter.come_back(issued)
    reporter.press("show")
    old_page = reporter.page
    changed(reporter, issued)
    reporter.answers.append(old_page)
    reporter.press("say", text="It is me, the helpline.")
    assert reporter.page.status_code == 410
    assert "come back with the new one" in reporter.text
    assert "It is me, the helpline." in reporter.html


def test_what_the_reporter_files_here_is_not_changed(reporter: Reporter) -> None:
    code = reporter.file()
    reporter.come_back(code)
    assert "It waits for a first reply" in reporter.text
    reporter.press("offer")
    reporter.press("change", kept="on")
    assert "yours alone already" in reporter.text
    assert opens(code) is not None


@pytest.mark.req("SEC-1")
def test_the_old_key_holds_no_grant_and_what_comes_later_is_sealed_to_a_new_one(
    reporter: Reporter, issued: str, world: World
) -> None:
    old = Receipt.parse(issued)
    assert old is not None
    before = opens(issued)
    assert before is not None
    reporter.come_back(issued)
    reporter.press("show")
    reporter.press("add", file=a_file())
    copied = list(Grant.objects.filter(safe=before.safe, holder=old.opener.public))
    new = changed(reporter, issued)
    assert not Grant.objects.filter(safe=before.safe, holder=old.opener.public).exists()
    after = opens(new)
    assert after is not None
    assert after.safe.epoch == before.safe.epoch + 1
    message = actions.say(after, text="Only for you.", now=clock.now())
    place = (message.pk, "body")
    # even with the grants of a stolen copy put back
    Grant.objects.bulk_create(copied)
    assert opening.open_texts(old.opener, [place]) == {}
    receipt = Receipt.parse(new)
    assert receipt is not None
    narrative = (after.pk, "narrative")
    assert opening.open_texts(receipt.opener, [place, narrative]) == {
        place: "Only for you.",
        narrative: NARRATIVE,
    }
    act_as(world["olga"])
    assert opening.open_texts(world.openers["olga"], [place]) == {place: "Only for you."}
    assert "letter.pdf" in reporter.text


def test_one_that_is_worked_on_as_a_case_is_changed_too(
    reporter: Reporter, issued: str, world: World
) -> None:
    found = opens(issued)
    assert found is not None
    act_as(world["olga"])
    world.triage(found)
    new = changed(reporter, issued)
    assert "It is being worked on" in reporter.text
    after = opens(new)
    assert after is not None
    message = actions.say(after, text="More.", now=clock.now())
    act_as(world["olga"])
    assert opening.open_texts(world.openers["olga"], [(message.pk, "body")])


def test_a_receipt_of_ones_own_is_not_changed_by_the_action_either(world: World) -> None:
    filed, receipt = world.file()
    access.present(receipt)
    with pytest.raises(RuleError, match="yours alone"):
        actions.change_receipt(filed, old=receipt, new=Receipt.new(), now=world.now)
    assert Safe.objects.get(pk=filed.safe_id).epoch == 1


@pytest.mark.req("SEC-2")
def test_the_process_of_the_door_may_change_a_receipt_and_no_other_row(
    world: World, program: Program, process: BecomeProcess, issued: str
) -> None:
    filed, _ = world.file()
    old, new = Receipt.parse(issued), Receipt.new()
    assert old is not None
    act_as(None)
    with process("speak"):
        found = access.concern_of(old)
        assert found is not None
        access.present_next(new)
        assert not Concern.objects.filter(pk=filed.pk).exists()
        actions.change_receipt(found, old=old, new=new, now=world.now)
        assert access.concern_of(old) is None
        assert access.concern_of(new) is not None


def test_the_offer_costs_no_more_queries_than_looking(
    reporter: Reporter, issued: str, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(8):
        reporter.come_back(issued)
