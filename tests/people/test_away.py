"""A colleague who cannot say that they are away: who says it for them, and what follows."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from cases import access
from cases import actions as cases
from common import clock, days
from common.errors import RuleError
from ledger.models import Entry, Outbox
from ledger.verbs import Verb
from people import actions
from people.models import Absence, Delegation
from tests.conftest import BecomeProcess
from tests.doors import sign_in
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.req("ESC-7")]
PAGE = "/staff/away/others/"
STAND_INS = "/staff/stand-ins/"


def told(process: BecomeProcess, template: str) -> list[str]:
    with process("worker"):
        return list(Outbox.objects.filter(template=template).values_list("to", flat=True))


def note_on(client: Client) -> str:
    """Return what the page of the day says of being away."""
    page = " ".join(client.get("/desk/today/").content.decode().split())
    assert "<h1>Today</h1>" in page
    return page.partition('aria-labelledby="cover"')[2].partition("</section>")[0]


def test_whoever_says_it_themselves_is_told_how_to_be_back(world: World, client: Client) -> None:
    actions.go_away(world["carl"], since=days.day_of(clock.now()), now=clock.now())
    sign_in(client, world, "carl")
    note = note_on(client)
    assert "You are away until you say that you are back" in note
    assert 'action="/staff/away/back/"' in note
    # whoever has no work at the desk begins their day with the policies
    actions.note_away(
        world["adam"], until=days.day_of(clock.now()), by=world["hana"], now=clock.now()
    )
    sign_in(client, world, "adam")
    policies = client.get("/staff/").content.decode()
    assert "Hana Example said so for you." in policies
    assert 'action="/staff/away/back/"' in policies


def test_the_absent_are_not_asked_and_whoever_has_no_part_comes_with_a_hint(
    world: World, client: Client
) -> None:
    today = days.day_of(clock.now())
    actions.go_away(world["otto"], since=today, until=today, now=clock.now())
    sign_in(client, world, "hana")
    form = client.get(PAGE).context["form"]
    assert str(world["otto"].pk) not in dict(form.fields["stand_in"].choices)
    sign_in(client, world, "olga")
    hint = "No part in the ethics office: nothing of concerns and cases goes to them"
    assert hint in client.get(STAND_INS, {"q": "Stan"}).content.decode()
    assert hint not in client.get(STAND_INS, {"q": "Otto"}).content.decode()
    asked = {"q": "Otto", "to": str(world["otto"].pk), "since": today.isoformat()}
    refused = client.post(STAND_INS, asked).content.decode()
    assert "Otto Example is away on that day. Ask somebody else" in refused
    assert not Delegation.objects.exists()
    asked["since"] = (today + timedelta(days=1)).isoformat()
    assert client.post(STAND_INS, asked).status_code == 302
    # whoever has no part in the office themselves may ask anybody
    sign_in(client, world, "stan", vault=False)
    assert hint not in client.get(STAND_INS, {"q": "Chief"}).content.decode()


def test_the_head_says_it_asks_somebody_to_stand_in_and_the_person_ends_it(
    world: World, client: Client, process: BecomeProcess
) -> None:
    today = days.day_of(clock.now())
    sign_in(client, world, "hana")
    page = client.get(PAGE).content.decode()
    assert "Everybody with a part in the office is here" in page
    answer = client.post(
        PAGE,
        {"person": world["olga"].pk, "until": today, "stand_in": world["otto"].pk},
        follow=True,
    ).content.decode()
    assert "Olga Example is away. They were told by mail." in answer
    assert "said by Hana Example" in answer
    assert told(process, "noted_away") == [f"person:{world['olga'].pk}"]
    assert told(process, "stand_in_asked") == [f"person:{world['otto'].pk}"]
    begun = Entry.objects.get(verb=Verb.ABSENCE_BEGUN)
    assert (begun.actor, begun.subject) == (world["hana"].actor.ref, f"person:{world['olga'].pk}")
    otto, olga = Client(), Client()
    sign_in(otto, world, "otto")
    assert "Hana Example asks" in otto.get("/staff/stand-ins/").content.decode()
    sign_in(olga, world, "olga")
    assert "Hana Example said so for you" in olga.get("/staff/away/").content.decode()
    begins = note_on(olga)
    for words in ("You are away until", "Hana Example said so for you.", "Otto Example was asked"):
        assert words in begins
    assert "Nobody stands in for you, so the next in turn gets what comes for you." in begins
    actions.accept_delegation(Delegation.objects.get(), now=clock.now())
    assert "Otto Example gets what comes for you." in note_on(olga)
    assert note_on(otto) == ""
    olga.post("/staff/away/back/")
    assert note_on(olga) == ""
    assert not Absence.objects.on(today).exists()


@pytest.mark.parametrize("name", ["olga", "carl", "chief", "anna", "stan"])
def test_nobody_else_says_it(world: World, client: Client, name: str) -> None:
    sign_in(client, world, name, vault=name != "stan")
    assert client.get(PAGE).status_code == 403
    with pytest.raises(PermissionDenied):
        actions.note_away(world["omar"], until=world.now.date(), by=world[name], now=world.now)
    assert "cannot say so" not in client.get("/staff/away/").content.decode()


def test_of_oneself_and_of_whoever_has_no_part_in_the_office_nobody_says_it(world: World) -> None:
    for name in ("hana", "stan"):
        with pytest.raises(PermissionDenied):
            actions.note_away(world[name], until=world.now.date(), by=world["hana"], now=world.now)


def test_an_administrator_asks_nobody_to_stand_in(world: World, client: Client) -> None:
    """Whoever stands in comes near cases."""
    sign_in(client, world, "adam")
    assert "Who stands in?" not in client.get(PAGE).content.decode()
    given: dict[str, Any] = {"until": world.now.date(), "by": world["adam"], "now": world.now}
    with pytest.raises(PermissionDenied):
        actions.note_away(world["olga"], stand_in=world["otto"], **given)
    actions.note_away(world["olga"], **given)
    assert not Delegation.objects.exists()


def test_the_head_asks_nobody_from_outside_and_never_themselves(world: World) -> None:
    """Their own keys would open all that the colleague has, without a reason."""
    given: dict[str, Any] = {"until": world.now.date(), "by": world["hana"], "now": world.now}
    with pytest.raises(RuleError, match="You cannot ask yourself to stand in"):
        actions.note_away(world["olga"], stand_in=world["hana"], **given)
    with pytest.raises(PermissionDenied):
        actions.note_away(world["olga"], stand_in=world["stan"], **given)
    assert not Delegation.objects.exists()


@pytest.mark.parametrize(("first", "last"), [(None, -1), (None, 14), (5, 5)])
def test_days_that_cannot_be_are_refused(world: World, first: int | None, last: int) -> None:
    today = world.now.date()
    if first is not None:
        actions.go_away(world["olga"], since=today + timedelta(days=first), now=world.now)
    with pytest.raises(RuleError, match=r"within 14 days|some of these days"):
        actions.note_away(
            world["olga"], until=today + timedelta(days=last), by=world["hana"], now=world.now
        )


def test_a_slip_of_the_year_is_said(world: World) -> None:
    until = world.now.date().replace(year=9999)
    with pytest.raises(RuleError, match="Look at the year"):
        actions.go_away(world["olga"], since=world.now.date(), until=until, now=world.now)


@pytest.mark.req("TRI-6")
def test_whoever_is_asked_by_somebody_stands_behind_the_walls_of_both(
    world: World, process: BecomeProcess
) -> None:
    """Else whoever must not come near would say that the lead is away, and choose who reads."""
    actions.declare_tie(world["hana"], about=world["stan"], now=world.now)
    concern, _ = world.file(excluded=(world["stan"],))
    case = world.triage(concern)
    walls = list(case.walls.all())
    assert [access.is_walled(world[name], walls) for name in ("hana", "ines")] == [True, False]
    until = world.now.date()
    actions.note_away(
        world["olga"], until=until, by=world["hana"], stand_in=world["ines"], now=world.now
    )
    assert not access.is_walled(world["ines"], walls)
    actions.accept_delegation(Delegation.objects.get(), now=world.now)
    assert access.is_walled(world["ines"], walls)
    with process("worker"):
        assert cases.see_to_open_work(now=world.now) == 0


def test_the_page_says_what_is_missing(world: World, client: Client) -> None:
    sign_in(client, world, "hana")
    page = client.post(PAGE, {"person": "", "until": "", "stand_in": ""}).content.decode()
    assert "Choose who is away" in page
    assert "Say until which day" in page
