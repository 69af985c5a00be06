"""Letters that do not go are isolated, listed without telling of what, tried again or let be."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from ledger import actions, notices
from ledger.actions import Notice
from ledger.models import ISOLATED, Entry, Outbox
from ledger.rules import Actor
from ledger.verbs import Verb
from tests.conftest import BecomeProcess
from tests.doors import sign_in
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.req("ESC-6")]

PAGE = "/setup/letters/"
MINUTE = timedelta(minutes=1)


@pytest.fixture
def poison() -> Iterator[str]:
    """Give a channel that always raises."""

    def refuse(row: Outbox) -> None:
        raise ConnectionRefusedError(row.identity)

    notices.register("poison", refuse)
    yield "poison"
    del notices.CHANNELS["poison"]


def post(world: World, channel: str, count: int = 1, *, at: datetime, name: str = "olga") -> None:
    actions.post(
        Notice(f"{channel}:{at}:{n}", channel, f"person:{world[name].pk}", "concern_filed", at, {})
        for n in range(count)
    )


def relay(process: BecomeProcess, since: datetime, until: datetime, every: timedelta) -> None:
    """Deliver at every tick of a while."""
    with process("worker"):
        while since <= until:
            actions.deliver(now=since)
            since += every


def rows(process: BecomeProcess, channel: str) -> list[Outbox]:
    with process("worker"):
        return list(Outbox.objects.filter(channel=channel))


def test_letters_that_always_fail_are_isolated_and_the_healthy_go_before_their_next_try(
    world: World, process: BecomeProcess, poison: str
) -> None:
    post(world, poison, 60, at=world.now)
    relay(process, world.now, world.now + timedelta(seconds=50), timedelta(seconds=5))
    assert {row.tries for row in rows(process, poison)} == {ISOLATED}
    # all of these are due again, and were posted first
    again = max(row.next_try_at for row in rows(process, poison)) + MINUTE
    post(world, "mail", at=again)
    with process("worker"):
        assert actions.deliver(now=again, seconds=0.0) == 0
        assert actions._deliver_next(now=again)
    assert len(mail.outbox) == 1
    assert {row.tries for row in rows(process, poison)} == {ISOLATED}


def test_each_try_comes_after_a_longer_wait_and_after_more_than_a_day_it_is_given_up(
    world: World, process: BecomeProcess, poison: str
) -> None:
    post(world, poison, at=world.now)
    waits, now = [], world.now
    while True:
        with process("worker"):
            actions.deliver(now=now)
            row = Outbox.objects.get(channel=poison)
        if row.dead_at:
            break
        waits.append(row.next_try_at - now)
        now = row.next_try_at
    assert waits[:5] == [timedelta(seconds=2**n) for n in range(1, 6)]
    assert max(waits) == timedelta(hours=1)
    assert now - world.now > timedelta(days=1)


@pytest.fixture
def keeper(client: Client, world: World) -> Client:
    """Return the browser of an administrator."""
    sign_in(client, world, "adam", vault=False)
    return client


def stick(world: World, process: BecomeProcess, problem: str, *, name: str = "olga") -> None:
    """Let a letter be given up for a reason."""
    post(world, "mail", at=world.now, name=name)
    with process("worker"):
        one = Outbox.objects.filter(dead_at=None)
        one.update(dead_at=world.now, problem=problem, tries=actions.MAX_TRIES)


def test_the_page_says_to_whom_and_why_and_neither_how_many_nor_of_what(
    world: World, process: BecomeProcess, keeper: Client
) -> None:
    stick(world, process, "SMTPServerDisconnected")
    before = keeper.get(PAGE).content.decode()
    assert "Olga Example" in before
    assert "SMTPServerDisconnected" in before
    assert "concern" not in before.partition("<main")[2].lower()
    actions.post(
        [Notice("more", "mail", f"person:{world['olga'].pk}", "team_wrote", world.now, {})]
    )
    with process("worker"):
        Outbox.objects.filter(identity="more").update(
            dead_at=world.now, problem="SMTPServerDisconnected", tries=actions.MAX_TRIES
        )
    after = keeper.get(PAGE)
    assert len(after.context["lines"]) == 1
    assert after.content.decode().count("Olga Example") == before.count("Olga Example")


def test_the_page_asks_as_often_for_many_lines_as_for_one(
    world: World, process: BecomeProcess, keeper: Client
) -> None:
    asked = []
    for names in (("olga",), ("omar", "hana", "ines", "otto")):
        for name in names:
            stick(world, process, "TimeoutError", name=name)
        with CaptureQueriesContext(connection) as captured:
            keeper.get(PAGE)
        asked.append(len(captured))
    assert asked[0] == asked[1]


@pytest.mark.parametrize("problem", sorted(notices.UNLISTED))
def test_what_a_wall_holds_back_stands_nowhere(
    world: World, process: BecomeProcess, keeper: Client, problem: str
) -> None:
    stick(world, process, problem)
    assert "Every letter went" in keeper.get(PAGE).content.decode()
    line = {"channel": "mail", "addressee": world["olga"].pk, "problem": problem}
    keeper.post(f"{PAGE}again/", line)
    assert rows(process, "mail")[0].dead_at == world.now


def test_a_letter_is_tried_again_and_goes(
    world: World, process: BecomeProcess, keeper: Client
) -> None:
    stick(world, process, "TimeoutError")
    line = {"channel": "mail", "addressee": world["olga"].pk, "problem": "TimeoutError"}
    said = keeper.post(f"{PAGE}again/", line, follow=True).content.decode()
    assert "tried again now" in said
    assert "Every letter went" in said
    with process("worker"):
        actions.deliver(now=rows(process, "mail")[0].next_try_at)
    assert [letter.to for letter in mail.outbox] == [["olga@example.org"]]
    told = Entry.objects.get(verb=Verb.LETTERS_RETRIED)
    assert told.actor == Actor.person(world["adam"].pk).ref
    assert told.subject == f"person:{world['olga'].pk}"
    assert "nothing left of it" in keeper.post(f"{PAGE}again/", line, follow=True).content.decode()


def test_everything_is_tried_again_but_what_a_wall_holds_back(
    world: World, process: BecomeProcess, keeper: Client
) -> None:
    for name, problem in (
        ("olga", "TimeoutError"), ("omar", notices.NOBODY), ("hana", notices.WITHHELD),
    ):  # fmt: skip
        stick(world, process, problem, name=name)
        world.now += MINUTE
    keeper.post(f"{PAGE}again/", {})
    waiting = {row.addressee for row in rows(process, "mail") if row.dead_at is None}
    assert waiting == {world["olga"].pk, world["omar"].pk}


def test_a_letter_is_let_be_for_a_reason_and_never_without(
    world: World, process: BecomeProcess, keeper: Client
) -> None:
    stick(world, process, "TimeoutError")
    line = {"channel": "mail", "addressee": world["olga"].pk, "problem": "TimeoutError"}
    refused = keeper.post(f"{PAGE}drop/", line).content.decode()
    assert "Choose why it need not go any more" in refused
    assert "<details open" in refused
    assert rows(process, "mail")[0].problem == "TimeoutError"
    said = keeper.post(f"{PAGE}drop/", {**line, "why": "told"}, follow=True).content.decode()
    assert "tried no more" in said
    assert rows(process, "mail")[0].problem == notices.DROPPED
    assert Entry.objects.filter(verb=Verb.LETTERS_DROPPED).count() == 1
    with process("worker"):
        assert actions.deliver(now=world.now + timedelta(days=2)) == 0


@pytest.mark.parametrize("name", ["olga", "hana", "anna", "stan"])
def test_letters_are_for_administrators_alone(client: Client, world: World, name: str) -> None:
    sign_in(client, world, name, vault=False)
    for page in (PAGE, f"{PAGE}again/", f"{PAGE}drop/"):
        assert client.post(page, {"why": "told"}).status_code == 403
