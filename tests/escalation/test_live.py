"""What a page that is open learns of its clocks, and what it never learns."""

import json
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from cases.models import Concern
from common import clock
from escalation.models import Clock
from people.middleware import act_as
from people.models import Session
from tests.doors import sign_in
from tests.world import World


def of(concern: Concern, world: World) -> list[Clock]:
    """Return the clocks of a concern, as the head sees them."""
    act_as(world["hana"])
    clocks = list(Clock.objects.about("concern", [concern.pk]).order_by("due_at"))
    act_as(None)
    return clocks


def ask(client: Client, clocks: Iterable[Clock], **headers: str) -> Any:
    listed = ",".join(one.pk.hex for one in clocks)
    return client.get("/desk/live/", {"of": listed}, headers=headers)


def told(response: Any) -> dict[str, dict[str, str]]:
    assert response.status_code == 200
    found: dict[str, dict[str, str]] = json.loads(response.content)["clocks"]
    return found


@pytest.mark.req("ESC-3")
def test_it_tells_how_each_clock_stands_and_nothing_while_nothing_changes(
    client: Client, world: World
) -> None:
    concern, _ = world.file(now=clock.now())
    clocks = of(concern, world)
    sign_in(client, world, "olga")
    first = ask(client, clocks)
    assert set(told(first)) == {one.pk.hex for one in clocks}
    assert first["Cache-Control"] == "no-store"
    assert concern.ref not in first.content.decode()
    again = ask(client, clocks, if_none_match=first["ETag"])
    assert (again.status_code, again.content) == (304, b"")
    act_as(world["hana"])
    Clock.objects.filter(pk=clocks[0].pk).update(state="breached", due_at=clock.now())
    act_as(None)
    changed = told(ask(client, clocks, if_none_match=first["ETag"]))[clocks[0].pk.hex]
    assert changed["state"] == "breached"
    assert "ed-clock--over" in changed["html"]
    assert "over" in changed["html"]


@pytest.mark.req("ESC-5", "TRI-6")
def test_behind_a_wall_a_clock_is_as_if_it_were_not_there(client: Client, world: World) -> None:
    concern, _ = world.file(excluded=(world["omar"],))
    clocks = of(concern, world)
    sign_in(client, world, "omar")
    assert told(ask(client, clocks)) == {}
    act_as(world["olga"])
    world.triage(concern)
    act_as(None)
    other = Client()
    sign_in(other, world, "otto")
    assert told(ask(other, clocks)) == {}


def test_whoever_has_no_such_pages_is_refused_and_who_is_signed_out_is_told(
    client: Client, world: World
) -> None:
    concern, _ = world.file()
    clocks = of(concern, world)
    assert json.loads(ask(client, clocks).content) == {"clocks": {}, "signed_out": True}
    for name in ("stan", "adam", "chief"):
        sign_in(client, world, name, vault=False)
        assert ask(client, clocks).status_code == 403


@pytest.mark.parametrize("named", ["", "x", "x,,", "0" * 40, "a" * 32])
def test_names_that_are_none_are_left_out(client: Client, world: World, named: str) -> None:
    sign_in(client, world, "olga")
    assert told(client.get("/desk/live/", {"of": named})) == {}


def test_a_page_that_asks_keeps_no_session_from_ending(client: Client, world: World) -> None:
    sign_in(client, world, "olga")
    idle = clock.now() - timedelta(minutes=30)
    Session.objects.update(seen_at=idle)
    assert ask(client, []).status_code == 200
    assert Session.objects.get().seen_at == idle
    client.get("/desk/due/")
    assert Session.objects.get().seen_at > idle
    Session.objects.update(seen_at=clock.now() - timedelta(hours=2))
    assert json.loads(ask(client, []).content)["signed_out"]


def test_it_takes_the_same_queries_however_many_clocks(
    client: Client, world: World, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    clocks = of(world.file()[0], world)
    sign_in(client, world, "olga")
    for _ in range(2):
        with django_assert_num_queries(QUERIES):
            ask(client, clocks)
        clocks += of(world.file()[0], world)


# the frame, and the clocks
QUERIES = 8
