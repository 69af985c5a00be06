"""People are told of a case at the desk: from a script, read by another, recorded how and when."""

import html
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from cases import actions
from cases.actions.telling import text_for
from cases.lifecycle import PartyRole, TellingState
from cases.models import Case, Telling
from common import clock, days
from people.middleware import act_as
from policies.models import Script
from tests.desk.test_case import at, send, text
from tests.doors import sign_in
from tests.world import World

pytestmark = pytest.mark.req("CAS-6")


@pytest.fixture
def case(world: World) -> Case:
    """Return a case that Omar leads, with somebody affected."""
    act_as(world["omar"])
    case = world.triage(world.file()[0], by="omar")
    actions.add_party(
        case,
        by=world["omar"],
        role=PartyRole.AFFECTED,
        name="Rae Stone",
        now=world.now,
        opener=world.openers["omar"],
    )
    return case


def script(code: str) -> str:
    return str(Script.objects.get(code=f"{code}-en").pk)


def begun(client: Client, address: str, to: object, code: str, until: str = "") -> str:
    found = client.get(address, {"to": str(to), "script": script(code), "until": until})
    return " ".join(html.unescape(found.content.decode()).split())


def test_a_reporter_is_told_and_hears_again_by_a_day_that_is_due(
    client: Client, world: World, case: Case
) -> None:
    sign_in(client, world, "omar")
    page = text(client, at("telling", case))
    for words in ("The reporter", "1. Rae Stone", "Nothing yet", "First reply"):
        assert words in page
    concern = case.concerns.get()
    until = days.day_of(clock.now()) + timedelta(days=30)
    page = begun(client, at("telling", case), concern.pk, "reporter-begun", str(until))
    assert "You hear from us by" in page
    told = {"to": str(concern.pk), "script": script("reporter-begun"), "until": str(until)}
    # Enter with an empty text keeps what was chosen
    page = send(client, at("telling-tell", case), {**told, "text": ""})
    assert "Write what they are told." in page
    page = send(client, at("telling-tell", case), {**told, "text": "We have begun [to do what]."})
    for words in ("Something is still to be written: [to do what]", "We have begun [to do what]."):
        assert words in page
    filled = text_for(Script.objects.get(code="reporter-begun-en"), concern, until)
    page = send(client, at("telling-tell", case), {**told, "text": filled})
    for words in ("Sent. The reporter sees it", "To hear again", "Script version 1"):
        assert words in page
    assert "Tell somebody, as promised" in text(client, at("tasks", case))


def test_an_outcome_goes_by_two_and_a_name_in_it_is_asked_about(
    client: Client, world: World, case: Case
) -> None:
    sign_in(client, world, "omar")
    party = case.parties.get()
    entered = {
        "to": str(party.pk),
        "script": script("affected-outcome"),
        "text": "It happened, as Otto Example says.",
        "approver": str(world["hana"].pk),
    }
    assert "[What was found" in begun(client, at("telling", case), party.pk, "affected-outcome")
    page = send(client, at("telling-tell", case), entered)
    for words in ("The text names Otto Example. Nothing was sent.", "They may know who this is"):
        assert words in page
    assert not Telling.objects.exists()
    page = send(client, at("telling-tell", case), {**entered, "may_name": str(world["otto"].pk)})
    assert "Hana Example reads it before it goes." in page
    telling = Telling.objects.get()
    assert "Something is written and nobody is told it yet." in text(client, at("close", case))
    # whoever wrote it is not offered to approve it, and cannot
    assert "Approve it" not in page
    decide = {"telling": str(telling.pk), "what": "approve"}
    page = send(client, at("telling-decide", case), decide)
    assert "You wrote it, so another person decides." in page
    sign_in(client, world, "hana")
    assert "Read what is to be told" in text(client, reverse("desk:today"))
    page = send(client, at("telling-decide", case), {**decide, "what": "refuse"})
    assert "Say what is to be changed." in page
    page = send(client, at("telling-decide", case), decide)
    assert "Whoever tells them records it here." in page
    sign_in(client, world, "omar")
    today = str(days.day_of(clock.now()))
    told = {"telling": str(telling.pk), "told_on": today}
    assert "Say how they were told." in send(client, at("telling-told", case), told)
    page = send(client, at("telling-told", case), {**told, "means": "letter"})
    for words in ("a letter", "Read and approved by Hana Example", "It happened, as Otto"):
        assert words in page
    telling.refresh_from_db()
    assert telling.state == TellingState.TOLD
    assert "was not told what came of it" not in text(client, at("close", case))


@pytest.mark.req("CAS-11")
def test_why_somebody_is_not_told_stands_there_and_a_closing_begins_with_the_script(
    client: Client, world: World, case: Case
) -> None:
    sign_in(client, world, "omar")
    page = text(client, at("close", case))
    assert "Party 1, who is affected, was not told what came of it." in page
    assert "[What was found, and what is done about it" in page
    untold = {"to": str(case.parties.get().pk), "why": "harm", "words": "He waits at her door."}
    assert "Choose why." in send(client, at("telling-untold", case), {**untold, "why": ""})
    page = send(client, at("telling-untold", case), untold)
    for words in ("It would put somebody in danger", "He waits at her door."):
        assert words in page
    assert "was not told what came of it" not in text(client, at("close", case))


def test_before_a_case_its_reporter_is_told_and_the_page_leads_on_to_the_case(
    client: Client, world: World, case: Case
) -> None:
    worked = case.concerns.get()
    concern, _ = world.file()
    sign_in(client, world, "olga")
    address = reverse("desk:concern-telling", args=[concern.ref])
    assert address in client.get(reverse("desk:concern", args=[concern.ref])).content.decode()
    page = begun(client, address, concern.pk, "reporter-acknowledged")
    assert "What you told us has arrived" in page
    assert "What came of it" not in page
    told = {
        "to": str(concern.pk),
        "script": script("reporter-acknowledged"),
        "text": "Thank you. A person has read it.",
    }
    tell = reverse("desk:concern-telling-tell", args=[concern.ref])
    assert "Sent. The reporter sees it" in send(client, tell, told)
    sign_in(client, world, "omar")
    answer = client.get(reverse("desk:concern-telling", args=[worked.ref]))
    assert answer.headers["Location"] == at("telling", case)
