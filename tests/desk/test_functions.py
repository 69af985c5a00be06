"""The pages of a case for those who see a part of it, and how its lead decides who does."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from cases import actions
from cases.lifecycle import Function
from cases.models import Case, Member, Note
from common import clock, days
from people.middleware import act_as
from people.rules import Role
from tests.doors import sign_in
from tests.world import World

pytestmark = pytest.mark.req("CAS-4", "SEC-2")


def at(name: str, case: Case) -> str:
    return reverse(f"desk:{name}", args=[case.ref])


def page(client: Client, name: str, case: Case) -> str:
    return client.get(at(name, case)).content.decode()


def test_the_lead_lets_an_expert_in_for_a_time_and_each_finds_their_part_alone(
    client: Client, world: World
) -> None:
    case = world.triage(world.file()[0])
    world.hire("egon", Role.EXPERT)
    actions.sign_note(
        case, by=world["olga"], opener=world.openers["olga"], kind=Note.Kind.ADVICE,
        text="Do not settle.", now=world.now,
    )  # fmt: skip
    act_as(None)
    until = days.day_of(clock.now()) + timedelta(days=10)
    asked = {"member-person": str(world["egon"].pk), "member-function": "hr"}
    sign_in(client, world, "olga")
    assert "Legal advice" in page(client, "case", case)
    # whoever is not of the office comes until a day, and what was entered stands there still
    refused = client.post(at("member", case), asked).content.decode()
    assert "This person cannot join" in refused
    assert '<option value="hr" selected>' in refused
    client.post(at("member", case), {**asked, "member-until": f"{until}"}, follow=True)
    act_as(world["olga"])
    member = Member.objects.get(person=world["egon"])
    assert (member.function, member.areas) == ("hr", ["core", "support"])
    listed = page(client, "access", case)
    assert "Guest until" in listed
    assert "Sees: the case itself, support" in listed
    # what he may not see is not there, neither as a tab nor at its address
    sign_in(client, world, "egon")
    found = page(client, "case", case)
    assert case.ref in found
    for name in ("evidence", "files", "clients"):
        assert at(name, case) not in found
        assert client.get(at(name, case)).status_code == 404
    assert client.get(at("safeguards", case)).status_code == 200
    assert "settle" not in found
    assert client.get(reverse("desk:cases")).status_code == 200
    assert client.get(reverse("desk:queue")).status_code == 403
    act = {"place-member": str(member.pk), "place-do": "end"}
    assert "end" not in client.post(at("place", case), act).headers.get("Location", "")
    # the lead puts him into another function, lets him stay longer, and ends it
    sign_in(client, world, "olga")
    changed = {**act, "place-do": "function", "place-function": "approver"}
    client.post(at("place", case), changed, follow=True)
    sign_in(client, world, "egon")
    assert client.get(at("case", case)).headers["Location"] == at("close", case)
    assert client.get(at("close", case)).status_code == 200
    assert client.get(at("tasks", case)).status_code == 404
    sign_in(client, world, "olga")
    longer = {**act, "place-do": "longer", "place-until": f"{until + timedelta(days=5)}"}
    assert "Say why they stay longer" in client.post(at("place", case), longer).content.decode()
    client.post(at("place", case), {**longer, "place-reason": "The log came late."}, follow=True)
    act_as(world["olga"])
    stays = Member.objects.get(pk=member.pk).until
    assert stays == days.midnight(until + timedelta(days=6))
    client.post(at("place", case), act, follow=True)
    sign_in(client, world, "egon")
    assert client.get(at("case", case)).status_code == 404
    act_as(world["olga"])
    assert not Member.objects.standing().filter(person=world["egon"]).exists()
    assert Function(member.function) == Function.HR
