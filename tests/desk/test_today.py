"""Today: what is due soon, what waits for an answer, and what is new, each one click away."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from cases import access, actions
from cases.lifecycle import Given, Mode
from cases.models import Case, Concern, Visit
from common import clock
from ledger.rules import SYSTEM
from people import actions as people
from people.middleware import act_as
from people.rules import Role
from safes.rules import Receipt
from tests.doors import sign_in
from tests.world import World, give_key

TODAY = "/desk/today/"


def shown(client: Client) -> str:
    response = client.get(TODAY)
    assert response.status_code == 200
    return response.content.decode()


def section(page: str, name: str) -> str:
    """Return one of the three lists."""
    return page.partition(f'id="{name}"')[2].partition("</section>")[0]


def triage(world: World, concern: Concern, *, by: str = "olga") -> Case:
    act_as(world[by])
    case = world.triage(concern, by=by)
    act_as(None)
    return case


def ask(concern: Concern, receipt: Receipt) -> None:
    """Write to the team as the reporter."""
    access.present(receipt)
    actions.say(concern, text="Are you there?", now=clock.now(), opener=receipt.opener)


def test_with_nothing_to_do_each_list_says_what_will_stand_there(
    client: Client, world: World
) -> None:
    sign_in(client, world, "olga")
    page = shown(client)
    for sentence in (
        "Nothing is due from you this week",
        "Nobody waits for you",
        "Nothing new",
    ):
        assert sentence in page
    assert f'href="{reverse("me:stand-ins")}"' in page


def test_what_is_due_from_me_within_a_week_stands_there_the_nearest_first(
    client: Client, world: World, promised_alone: Callable[[], None]
) -> None:
    soon, _ = world.file(now=clock.now() - timedelta(days=5))
    late, _ = world.file(now=clock.now() - timedelta(days=9))
    others, _ = world.file(now=clock.now() - timedelta(days=5))
    mine = [triage(world, one) for one in (soon, late)]
    theirs = triage(world, others, by="omar")
    promised_alone()
    sign_in(client, world, "olga")
    due = section(shown(client), "due")
    assert due.index(mine[1].ref) < due.index(mine[0].ref)
    assert theirs.ref not in due
    # feedback is due in three months, and each has been acknowledged in a week
    assert due.count("to acknowledge") == 2
    assert "to give feedback" not in due


def test_a_reporter_who_wrote_last_waits_until_they_are_answered(
    client: Client, world: World
) -> None:
    concern, receipt = world.file()
    case = triage(world, concern)
    sign_in(client, world, "olga")
    assert "Nobody waits for you" in shown(client)
    ask(concern, receipt)
    waiting = section(shown(client), "waiting")
    assert f'href="{reverse("desk:case", args=[case.ref])}"' in waiting
    assert "The reporter wrote" in waiting
    assert "Are you there?" not in waiting
    act_as(world["olga"])
    opener = world.openers["olga"]
    actions.answer(concern, by=world["olga"], text="Yes.", now=clock.now(), opener=opener)
    assert "Nobody waits for you" in shown(client)


def test_decisions_that_wait_for_me_lead_to_where_they_are_made(
    client: Client, world: World
) -> None:
    identity = actions.Identity("Rita Reporter")
    concern, _ = world.file(mode=Mode.CONFIDENTIAL, identity=identity)
    triage(world, concern)
    act_as(world["olga"])
    actions.ask_identity(concern, by=world["olga"], reason="I must call.", now=world.now)
    act_as(None)
    newcomer = people.add_person(
        username="nora", name="Nora Example", roles=[Role.OFFICER], by=SYSTEM, now=world.now
    )
    give_key(newcomer, is_attested=False)
    people.ask_for_roles(world["stan"], roles=[Role.OFFICER], by=world["adam"], now=world.now)
    sign_in(client, world, "carl")
    carls = shown(client)
    assert f'href="{reverse("desk:identities")}"' in section(carls, "waiting")
    assert f'href="{reverse("setup:keys")}"' in section(carls, "waiting")
    assert 'id="new"' not in carls
    sign_in(client, world, "hana")
    hanas = section(shown(client), "waiting")
    assert "Confirm a change of an account" in hanas
    assert "Open an identity" not in hanas
    sign_in(client, world, "olga")
    assert "Confirm a change" not in shown(client)


def test_what_is_new_stands_there_until_the_next_visit(client: Client, world: World) -> None:
    filed, _ = world.file(
        now=clock.now(),
        mode=Mode.NAMED,
        identity=actions.Identity("Rita Reporter"),
    )
    sign_in(client, world, "olga")
    for _ in range(2):  # looking again an hour later is the same visit
        page = section(shown(client), "new")
        assert f'href="{reverse("desk:concern", args=[filed.ref])}"' in page
    seen = Visit.objects.get()
    assert seen.person == world["olga"]
    # two hours on, she comes back
    Visit.objects.update(seen_at=clock.now() - timedelta(hours=2))
    Concern.objects.filter(pk=filed.pk).update(filed_at=clock.now() - timedelta(hours=3))
    assert filed.ref not in section(shown(client), "new")
    assert Visit.objects.count() == 1


def test_what_others_gave_me_is_new_and_what_i_took_is_not(client: Client, world: World) -> None:
    given, _ = world.file()
    taken, _ = world.file()
    act_as(world["olga"])
    Visit.objects.create(
        person=world["olga"], seen_at=clock.now(), since=clock.now() - timedelta(hours=1)
    )
    actions.assign(taken, by=world["olga"], to=world["olga"], now=clock.now())
    act_as(world["omar"])
    actions.assign(given, by=world["omar"], to=world["olga"], now=clock.now(), why=Given.ASKED)
    act_as(None)
    sign_in(client, world, "olga")
    new = section(shown(client), "new")
    assert given.ref in new
    assert "Given to you" in new
    assert taken.ref not in new


@pytest.mark.req("TRI-6")
def test_whoever_is_walled_off_finds_nothing_of_it(client: Client, world: World) -> None:
    concern, receipt = world.file(excluded=(world["omar"],), now=clock.now())
    triage(world, concern)
    ask(concern, receipt)
    sign_in(client, world, "omar")
    page = shown(client)
    assert concern.ref not in page
    assert "Nobody waits for you" in page
    assert "Nothing new" in page


def test_nobody_sees_when_others_were_here(client: Client, world: World) -> None:
    sign_in(client, world, "olga")
    client.get(TODAY)
    act_as(world["hana"])
    assert not Visit.objects.exists()
    act_as(world["olga"])
    assert Visit.objects.exists()


def test_an_officer_lands_there_after_signing_in(client: Client, world: World) -> None:
    sign_in(client, world, "olga")
    assert client.get("/sign-in/")["Location"] == TODAY


def test_the_page_takes_the_same_queries_however_much_there_is(
    client: Client, world: World, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    sign_in(client, world, "olga")
    client.get(TODAY)
    for n in range(4):
        if n in {1, 3}:
            with django_assert_num_queries(QUERIES):
                client.get(TODAY)
        concern, receipt = world.file(now=clock.now())
        act_as(world["olga"])
        actions.assign(concern, by=world["olga"], to=world["olga"], now=clock.now())
        world.triage(concern)
        Concern.objects.filter(pk=concern.pk).update(owner=world["olga"])
        act_as(None)
        ask(concern, receipt)


QUERIES = 29
