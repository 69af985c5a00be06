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
from policies.models import Script
from tests.doors import sign_in
from tests.world import NARRATIVE, World

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
    steers_nothing(client, case, found)
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


def steers_nothing(client: Client, case: Case, found: str) -> None:
    """Check that what is not a guest's to do is not offered, and is refused."""
    related = at("related", case)
    for offered in ("Message to the reporter", "Go on to the", "Pause a clock", related):
        assert offered not in found
    assert client.post(at("phase-on", case), {"at": "planning"}).status_code == 403
    assert client.get(at("redact", case)).status_code == 404
    assert client.get(at("bundle", case)).status_code == 404


def test_whoever_is_asked_to_read_what_is_told_finds_that_and_nothing_else_that_was_filed(
    client: Client, world: World
) -> None:
    case = world.triage(world.file()[0])
    act_as(world["olga"])
    concern = case.concerns.get()
    actions.tell(
        concern, by=world["olga"], script=Script.objects.offered().get(code="reporter-outcome-en"),
        text="We found that the date was moved.", approver=world["ines"], now=world.now,
        opener=world.openers["olga"],
    )  # fmt: skip
    telling = concern.tellings.get()
    assert Member.objects.get(person=world["ines"]).function == Function.APPROVER
    sign_in(client, world, "ines")
    told = page(client, "telling", case)
    assert "We found that the date was moved." in told
    assert NARRATIVE not in told
    assert client.get(reverse("desk:concern", args=[concern.ref])).status_code == 404
    done = client.post(
        at("telling-decide", case), {"telling": str(telling.pk), "what": "approve"}, follow=True
    )
    assert "Approved and sent" in done.content.decode()
    # once it is decided, nothing of what was filed is left there
    assert "We found that the date was moved." not in page(client, "telling", case)
