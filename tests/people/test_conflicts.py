"""Everybody declares their own conflicts of interest and stand-ins, and sees nobody else's."""

from datetime import date

import pytest
from django.test import Client

from people import actions
from people.models import Delegation, Tie
from tests.doors import sign_in
from tests.world import World

pytestmark = pytest.mark.req("TRI-6")
CONFLICTS, STAND_INS = "/staff/conflicts/", "/staff/stand-ins/"


def page(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def test_a_conflict_is_found_declared_and_ended(client: Client, world: World) -> None:
    sign_in(client, world, "olga")
    assert "Stan Example" in page(client, f"{CONFLICTS}?q=stan")
    sent = {"q": "stan", "about": str(world["stan"].pk)}
    done = client.post(CONFLICTS, sent, follow=True).content.decode()
    assert "Whatever is about Stan Example is closed to you" in done
    tie = Tie.objects.get()
    assert (tie.person, tie.about, tie.until) == (world["olga"], world["stan"], None)
    ended = client.post(f"{CONFLICTS}{tie.pk}/end/", follow=True).content.decode()
    assert "stays closed to you" in ended
    assert Tie.objects.get().until is not None


def test_what_was_declared_is_seen_by_oneself_alone(client: Client, world: World) -> None:
    tie = actions.declare_tie(world["olga"], about=world["omar"], now=world.now)
    for name in ("omar", "hana", "adam", "anna"):
        sign_in(client, world, name)
        assert "since 16 March" not in page(client, CONFLICTS), name
        assert client.post(f"{CONFLICTS}{tie.pk}/end/").status_code == 404
    assert Tie.objects.get().until is None


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"q": "stan", "about": ""}, "Choose the person. Nothing was declared."),
        ({"q": "stan", "about": "nobody"}, "Look for the name again and choose"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_declared(
    sent: dict[str, str], said: str, client: Client, world: World
) -> None:
    sign_in(client, world, "olga")
    assert said in client.post(CONFLICTS, sent).content.decode()
    assert not Tie.objects.exists()


def test_the_same_conflict_is_declared_once(client: Client, world: World) -> None:
    actions.declare_tie(world["olga"], about=world["stan"], now=world.now)
    sign_in(client, world, "olga")
    sent = {"q": "stan", "about": str(world["stan"].pk)}
    assert "already" in client.post(CONFLICTS, sent).content.decode()
    assert Tie.objects.count() == 1


def test_a_stand_in_is_asked_agrees_and_ends_it(client: Client, world: World) -> None:
    sign_in(client, world, "stan", vault=False)
    sent = {"q": "olga", "to": str(world["olga"].pk), "since": "2026-03-16", "until": ""}
    assert "has to agree" in client.post(STAND_INS, sent, follow=True).content.decode()
    asked = Delegation.objects.get()
    assert asked.accepted_on is None
    assert client.post(f"{STAND_INS}{asked.pk}/accept/").status_code == 404
    other = Client()
    sign_in(other, world, "olga")
    assert "Decline" in page(other, STAND_INS)
    other.post(f"{STAND_INS}{asked.pk}/accept/")
    assert Delegation.objects.get().accepted_on is not None
    assert "End it" in page(other, STAND_INS)
    other.post(f"{STAND_INS}{asked.pk}/end/")
    assert Delegation.objects.get().until is not None


@pytest.mark.req("SEC-2")
@pytest.mark.parametrize("asks", ["stan", "otto"])
def test_whoever_asks_for_a_stand_in_cannot_try_out_who_is_away(
    client: Client, world: World, asks: str
) -> None:
    day = date(2026, 3, 16)
    for name in ("chief", "olga"):
        actions.go_away(world[name], since=day, until=day, now=world.now)
    sign_in(client, world, asks, vault=False)

    def answer(to: str, since: str, until: str) -> str:
        sent = {"q": to, "to": str(world[to].pk), "since": since, "until": until}
        return client.post(STAND_INS, sent, follow=True).content.decode()

    # what is refused anyway does not say it on the way, whoever is asked for
    for to in ("chief", "olga"):
        refused = answer(to, "2026-03-16", "2026-03-15")
        assert "Choose a later one" in refused
        assert "is away" not in refused
    assert not Delegation.objects.exists()
    # what is not refused reaches whoever was asked, even where they are away
    assert "is away" not in answer("chief", "2026-03-16", "")
    assert Delegation.objects.get().delegate == world["chief"]


def test_a_stand_in_is_a_matter_of_two(client: Client, world: World) -> None:
    asked = actions.delegate(world["stan"], to=world["olga"], since=world.now.date(), now=world.now)
    sign_in(client, world, "omar")
    assert "Stan Example" not in page(client, STAND_INS)
    for end in ("accept", "end"):
        assert client.post(f"{STAND_INS}{asked.pk}/{end}/").status_code == 404
    assert Delegation.objects.get().until is None


@pytest.mark.parametrize(
    ("dates", "said"),
    [
        ({"since": "2026-03-16", "until": "2026-03-01"}, "Choose a later one"),
        ({"since": "", "until": ""}, "Say from which day"),
    ],
)
def test_days_that_cannot_be_are_refused(
    dates: dict[str, str], said: str, client: Client, world: World
) -> None:
    sign_in(client, world, "stan", vault=False)
    sent = {"q": "olga", "to": str(world["olga"].pk), **dates}
    assert said in client.post(STAND_INS, sent).content.decode()
    assert not Delegation.objects.exists()
