"""The outbox tells the world at least once, under one identity, and never in the act's way."""

from datetime import datetime, timedelta

import pytest
from django.core import mail

from escalation.notices import seal_address
from ledger import actions
from ledger.actions import Notice
from ledger.models import Outbox
from tests.conftest import BecomeProcess
from tests.world import World

pytestmark = pytest.mark.django_db


def notice(world: World, to: str | None = None, identity: str = "a") -> Notice:
    return Notice(
        identity=identity,
        channel="mail",
        to=to or f"person:{world['olga'].pk}",
        template="concern_filed",
        at=world.now,
        context={"name": "Olga", "reference": "C-7"},
    )


def deliver(process: BecomeProcess, now: datetime) -> int:
    with process("worker"):
        return actions.deliver(now=now)


@pytest.mark.req("ESC-6")
def test_the_same_notice_posted_twice_is_one(world: World, process: BecomeProcess) -> None:
    actions.post([notice(world)])
    actions.post([notice(world)])
    assert deliver(process, world.now) == 1
    assert deliver(process, world.now) == 0
    assert len(mail.outbox) == 1


@pytest.mark.req("INT-4")
def test_mail_says_that_something_waits_and_not_what(world: World, process: BecomeProcess) -> None:
    world.file()
    deliver(process, world.now + timedelta(hours=2))
    assert {tuple(message.to) for message in mail.outbox} == {
        ("olga@example.org",),
        ("omar@example.org",),
    }
    for message in mail.outbox:
        assert "14 October" not in f"{message.subject} {message.body}"
        assert message.extra_headers["Message-ID"].endswith(".ethicsdesk>")


@pytest.mark.req("INT-4", "SEC-1")
def test_a_reporters_address_is_read_by_the_mailer_alone(
    world: World, process: BecomeProcess
) -> None:
    sealed = seal_address("somebody@example.net")
    assert "somebody" not in sealed
    actions.post([notice(world, to=sealed)])
    deliver(process, world.now)
    assert mail.outbox[0].to == ["somebody@example.net"]


def test_a_notice_to_nobody_is_dead_at_once_and_says_why(
    world: World, process: BecomeProcess
) -> None:
    actions.post([notice(world, to=f"person:{world['stan'].pk}")])
    world["stan"].__class__.objects.filter(pk=world["stan"].pk).update(email="")
    deliver(process, world.now)
    with process("worker"):
        row = Outbox.objects.get()
    assert (row.dead_at, row.problem) == (world.now, "nobody is there to receive it")


def test_a_failing_notice_is_tried_again_later_and_stops_no_other(
    world: World, process: BecomeProcess
) -> None:
    broken = Notice("b", "mail", "sealed:00", "concern_filed", world.now, {})
    actions.post([broken, notice(world)])
    deliver(process, world.now)
    with process("worker"):
        row = Outbox.objects.get(identity="b")
    assert row.sent_at is None
    assert row.tries == 1
    assert row.next_try_at > world.now
    assert len(mail.outbox) == 1
