"""What the open queue learns of what came in since, and what it never learns."""

import json
import re
from datetime import timedelta
from html import unescape

import pytest
from django.test import Client

from cases.desk.views.arrived import arrived
from cases.desk.views.rows import COUNTED
from common import clock
from people.middleware import act_as
from people.models import Session
from tests.doors import sign_in
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.req("TRI-1"), pytest.mark.usefixtures("world")]


def opened(client: Client, filters: str = "") -> str:
    """Open the queue; return where its page asks what is new."""
    page = client.get(f"/desk/{filters}").content.decode()
    ask, known = (re.search(f'data-{name}="([^"]*)"', page) for name in ("live", "known"))
    assert ask
    assert known
    return f"{unescape(ask[1])}known={known[1]}"


def new(client: Client, address: str) -> int:
    number: int = json.loads(client.get(address).content)["new"]
    return number


def test_two_that_came_in_are_told_and_nothing_while_nothing_changes(
    client: Client, world: World
) -> None:
    world.file()
    sign_in(client, world, "olga")
    address = opened(client)
    first = client.get(address)
    assert json.loads(first.content) == {"new": 0}
    assert first["Cache-Control"] == "no-store"
    again = client.get(address, headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    gone, _ = world.file()
    world.file()
    changed = client.get(address, headers={"if-none-match": first["ETag"]})
    assert json.loads(changed.content) == {"new": 2}
    # what is triaged meanwhile is not there to be shown
    act_as(world["olga"])
    world.triage(gone)
    assert new(client, address) == 1
    # once they are shown they are known
    assert new(client, opened(client)) == 0


def test_what_does_not_fit_the_filters_is_not_told(client: Client, world: World) -> None:
    sign_in(client, world, "olga")
    phoned, mine = opened(client, "?channel=phone"), opened(client, "?show=mine")
    world.file()
    assert (new(client, phoned), new(client, mine)) == (0, 0)
    assert "data-live" not in client.get("/desk/?show=open").content.decode()


@pytest.mark.req("TRI-6")
def test_behind_a_wall_nothing_came_in(client: Client, world: World) -> None:
    sign_in(client, world, "omar")
    address = opened(client)
    before = client.get(address)
    world.file(excluded=(world["omar"],))
    after = client.get(address)
    assert (after.content, after["ETag"]) == (before.content, before["ETag"])


def test_asking_keeps_no_session_from_ending_and_whoever_is_signed_out_is_told(
    client: Client, world: World
) -> None:
    sign_in(client, world, "olga")
    address = opened(client)
    idle = clock.now() - timedelta(minutes=30)
    Session.objects.update(seen_at=idle)
    assert new(client, address) == 0
    assert Session.objects.get().seen_at == idle
    Session.objects.update(seen_at=clock.now() - timedelta(hours=2))
    assert json.loads(client.get(address).content)["signed_out"]


@pytest.mark.parametrize(
    ("now", "told"),
    [
        (["first", *map(str, range(COUNTED))], ["first"]),
        # one of them was triaged, so that another moved up to the end
        ([*map(str, range(1, COUNTED)), "next", "later"], []),
        (["others", "alone"], []),
    ],
)
def test_of_more_than_are_counted_those_are_told_that_came_among_them(
    now: list[str], told: list[str]
) -> None:
    assert arrived(now, [str(n) for n in range(COUNTED)]) == told
