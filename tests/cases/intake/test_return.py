"""Coming back with the receipt: one answer to every wrong one, promises, messages, taking back."""

from datetime import timedelta

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from cases import access, actions
from cases.intake.capability import Capability
from cases.lifecycle import ConcernStatus, Finding
from cases.models import Concern, Message
from common import clock, days
from escalation.models import Clock
from ledger.models import Outbox
from safes import access as opening
from safes.rules import Receipt
from tests.cases.intake.reporter import STORIES, Reporter, a_file
from tests.conftest import BecomeProcess
from tests.world import World


@pytest.fixture
def reporter(client: Client, world: World) -> Reporter:
    return Reporter(client)


def concern_of(code: str) -> Concern:
    receipt = Receipt.parse(code)
    assert receipt is not None
    concern = access.concern_of(receipt)
    assert concern is not None
    return concern


def opened(reporter: Reporter, kind: str = "report", **changes: str) -> Concern:
    """Send something and come back to it."""
    code = reporter.file(kind, **changes)
    reporter.come_back(code)
    assert reporter.page.status_code == 200
    return concern_of(code)


WRONG = {
    "unknown": str(Receipt.new()),
    "mistyped": "",
    "too short": "K7QF-29MD",
    "not one": "' OR 1=1 --",
    "empty": "",
    "huge": "A" * 50_000,
    "other alphabet": "ключ",
}


@pytest.mark.req("INT-3")
def test_every_wrong_receipt_gets_one_answer_byte_for_byte(
    reporter: Reporter, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    code = reporter.file()
    last = "0" if code[0] != "0" else "1"
    wrong = [*WRONG.values(), last + code[1:], code[:-1]]
    for typed in wrong:
        with django_assert_num_queries(6):
            reporter.come_back(typed)
    answers = reporter.answers[-len(wrong) :]
    assert {(one.status_code, one.content) for one in answers} == {(404, answers[0].content)}
    assert len({tuple(sorted(one.headers.items())) for one in answers}) == 1
    assert "Nothing opens with this receipt" in reporter.text
    assert "28 letters and figures" in reporter.text


def test_the_receipt_opens_however_it_is_typed(reporter: Reporter) -> None:
    code = reporter.file()
    alike = code.lower().replace("-", "").replace("1", "l").replace("0", "o")
    for typed in (code, alike, f"  {code.replace('-', ' ')} ", code.replace("-", "\N{EN DASH}")):
        assert reporter.come_back(typed).status_code == 200
        assert "It waits for a first reply" in reporter.text


@pytest.mark.req("INT-3")
def test_the_page_shows_what_is_promised_and_then_what_was_kept(
    reporter: Reporter, world: World
) -> None:
    concern = opened(reporter)
    today = days.day_of(clock.now())
    due = today + timedelta(days=7)
    assert STORIES["report"]["happened"] in reporter.text
    assert f"By {due.day} {due:%B}" in reporter.text
    code = str(reporter_receipt(reporter))
    case = world.triage(concern)
    actions.answer(
        concern, by=world["olga"], opener=world.openers["olga"], text="Thank you.", now=clock.now()
    )
    reporter.come_back(code)
    assert "It is being worked on" in reporter.text
    assert "Olga Example in the ethics office looks after it" in reporter.text
    assert f"Promised by {due.day} {due:%B}. 7 days early." in reporter.text
    world.close(
        case, finding=Finding.PARTLY, reason="The log.", message="The date stays.", now=clock.now()
    )
    reporter.come_back(code)
    assert "It is closed" in reporter.text
    assert "The date stays." in reporter.text


def reporter_receipt(reporter: Reporter) -> Receipt:
    capability = Capability.opened(reporter.hidden["capability"])
    assert capability is not None
    return capability.receipt


@pytest.mark.req("ESC-3")
def test_a_broken_promise_says_so_first_and_by_how_much(reporter: Reporter, world: World) -> None:
    concern = opened(reporter)
    today = days.day_of(clock.now())
    Concern.objects.filter(pk=concern.pk).update(acknowledge_by=today - timedelta(days=2))
    reporter.come_back(str(reporter_receipt(reporter)))
    assert "We are 2 days late." in reporter.text
    actions.answer(
        concern_of(str(reporter_receipt(reporter))),
        by=world["olga"],
        opener=world.openers["olga"],
        text="Sorry.",
        now=clock.now(),
    )
    reporter.press("show")
    assert "2 days late." in reporter.text


@pytest.mark.req("INT-4")
def test_messages_go_both_ways_with_unread_marks_and_a_mail_that_says_only_that_one_waits(
    reporter: Reporter, world: World, process: BecomeProcess
) -> None:
    concern = opened(reporter, mode="named", name="Rita", notify="rita@example.org")
    Concern.objects.filter(pk=concern.pk).update(is_unread=False)
    reporter.press("say", text="One more thing:\r\nit was on a Monday.")
    assert "Your message was sent." in reporter.text
    concern.refresh_from_db()
    assert concern.is_unread
    message = concern.messages.get()
    body = opening.open_texts(world.openers["olga"], [(message.pk, "body")])
    assert body[message.pk, "body"] == "One more thing:\nit was on a Monday."

    actions.answer(
        concern,
        by=world["olga"],
        opener=world.openers["olga"],
        text="Which Monday?",
        now=clock.now(),
    )
    reporter.press("show")
    assert "One message is new" in reporter.text
    assert "Which Monday?" in reporter.text
    reporter.press("show")
    assert "is new" not in reporter.text
    with process("worker"):
        notice = Outbox.objects.get(template="team_wrote")
    assert "rita" not in notice.to
    assert notice.context == {}


def test_a_message_sent_twice_by_one_page_arrives_once(reporter: Reporter) -> None:
    concern = opened(reporter)
    page = reporter.page
    reporter.press("say", text="It was on a Monday.")
    reporter.answers.append(page)
    reporter.press("say", text="It was on a Monday.")
    assert "Your message was sent." in reporter.text
    assert concern.messages.count() == 1
    reporter.answers.append(page)
    reporter.press("say", text="It was on a Tuesday.")
    reporter.press("say", text="It was on a Tuesday.")
    assert concern.messages.count() == 3


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("  ", "The message is empty, so nothing was sent."),
        ("x" * 20_004, "This is 4 characters longer than we can take"),
    ],
)
def test_a_message_that_cannot_be_sent_is_kept(reporter: Reporter, text: str, message: str) -> None:
    concern = opened(reporter)
    reporter.press("say", text=text)
    assert reporter.page.status_code == 422
    assert message in reporter.text
    assert text in reporter.html
    assert reporter.title.startswith("Error: ")
    assert concern.messages.count() == 0


@pytest.mark.req("INT-3")
def test_a_file_is_added_later_once_and_the_team_is_told(reporter: Reporter) -> None:
    concern = opened(reporter)
    Concern.objects.filter(pk=concern.pk).update(is_unread=False)
    page = reporter.page
    for _ in range(2):
        reporter.answers.append(page)
        reporter.press("add", file=a_file())
        assert "letter.pdf" in reporter.text
    concern.refresh_from_db()
    assert concern.attachments.count() == 1
    assert concern.is_unread


def test_a_wrong_file_is_refused_and_the_page_says_why(reporter: Reporter) -> None:
    concern = opened(reporter)
    reporter.press("add", file=a_file("run.pdf", b"MZ\x90\x00"))
    assert reporter.page.status_code == 422
    assert "We take PDF, JPEG, PNG, plain text, Word, Excel and PowerPoint" in reporter.text
    reporter.press("add")
    assert "Choose a file first." in reporter.text
    assert concern.attachments.count() == 0


@pytest.mark.req("INT-3")
def test_taking_it_back_is_explained_asked_and_done_once(reporter: Reporter) -> None:
    concern = opened(reporter)
    reporter.press("withdraw")
    assert "No date is promised any more" in reporter.text
    concern.refresh_from_db()
    assert concern.status == ConcernStatus.RECEIVED
    page = reporter.page
    for _ in range(2):
        reporter.answers.append(page)
        reporter.press("withdraw-now")
        assert reporter.page.status_code == 200
        assert "You took it back" in reporter.text
    concern.refresh_from_db()
    assert concern.status == ConcernStatus.WITHDRAWN
    assert not Clock.objects.about("concern", [concern.pk]).ticking().exists()
    reporter.press("say", text="And yet.")
    assert "this was not sent, or was taken back" in reporter.text
    assert "And yet." in reporter.html


def test_what_is_worked_on_is_not_taken_back_by_a_button(reporter: Reporter, world: World) -> None:
    concern = opened(reporter)
    world.triage(concern)
    reporter.press("withdraw-now")
    assert reporter.page.status_code == 422
    assert "cannot be withdrawn now" in reporter.text
    assert "Write to us above" in reporter.text


def test_an_old_page_says_so_and_shows_the_message_that_was_typed(reporter: Reporter) -> None:
    opened(reporter)
    old = Capability.granted(
        reporter_receipt(reporter), now=clock.now() - timedelta(hours=3), is_shown=True
    )
    reporter.post("/speak/return/", capability=old.sealed(), go="say", text="It was a Monday.")
    assert reporter.page.status_code == 410
    assert "It was a Monday." in reporter.text
    assert Message.objects.count() == 0


def test_the_page_asks_as_many_queries_for_many_messages_as_for_one(
    reporter: Reporter, world: World, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    concern = opened(reporter)
    code = str(reporter_receipt(reporter))
    actions.answer(
        concern, by=world["olga"], opener=world.openers["olga"], text="Thank you.", now=clock.now()
    )
    with django_assert_num_queries(QUERIES):
        reporter.come_back(code)
    for n in range(5):
        actions.answer(
            concern,
            by=world["olga"],
            opener=world.openers["olga"],
            text=f"Question {n}",
            now=clock.now(),
        )
        actions.say(concern_of(code), text=f"Answer {n}", now=clock.now())
    with django_assert_num_queries(QUERIES):
        reporter.come_back(code)


QUERIES = 25
