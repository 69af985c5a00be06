"""Who is protected is weighed, asked and told of at the desk; a sign opens a case at once."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases import actions
from cases.lifecycle import PartyRole
from cases.lifecycle.protection import RemedyKind
from cases.models import Case, CheckIn, Remedy
from common import clock, days
from people.middleware import act_as
from tests.desk.test_case import at, send, text
from tests.doors import sign_in
from tests.world import World

pytestmark = pytest.mark.req("CAS-7")


@pytest.fixture
def case(world: World) -> Case:
    """Return a case that Omar leads, with a witness."""
    act_as(world["omar"])
    case = world.triage(world.file()[0], by="omar")
    actions.add_party(
        case,
        by=world["omar"],
        role=PartyRole.WITNESS,
        name="Rae Stone",
        now=world.now,
        opener=world.openers["omar"],
    )
    return case


def test_somebody_is_weighed_asked_and_a_sign_opens_a_case(
    client: Client, world: World, case: Case
) -> None:
    sign_in(client, world, "omar")
    here = at("protection", case)
    page = text(client, here)
    for words in ("The reporter", "1. Rae Stone", "Not weighed", "When it was told.", "None yet"):
        assert words in page
    witness = case.parties.get()
    page = " ".join(
        client.get(here, {"to": str(witness.pk), "do": "weigh"}).content.decode().split()
    )
    assert "Weigh the risk 1. Rae Stone" in page
    assert "Their own channel here" not in page
    entered = {
        "to": str(witness.pk),
        "point": "report",
        "signs": "is_manager",
        "level": "low",
        "asking": "phone",
        "agreed": "Her sister's number.",
    }
    page = send(client, at("protection-risk", case), entered)
    for words in ("The signs propose “High”", "Her sister&#x27;s number.", "Weigh the risk 1."):
        assert words in page or words.replace("&#x27;", "'") in page
    page = send(client, at("protection-risk", case), {**entered, "level": "high"})
    for words in ("Signed.", "High", "Whom it is about decides on their work", "Asked next"):
        assert words in page
    # on the day it is due in Today, and the task leads here
    task = CheckIn.objects.awaited().get().task
    assert task is not None
    assert f'href="{here}"' in client.get(at("tasks", case)).content.decode()
    asked = {"to": str(witness.pk), "answer": "yes", "asking": "phone"}
    asked["on"] = str(days.day_of(clock.now()))
    page = send(client, at("protection-check", case), asked)
    assert "Write what happened to them." in page
    page = send(client, at("protection-check", case), {**asked, "words": "Her shifts are gone."})
    opened = Case.objects.exclude(pk=case.pk).get()
    for words in (
        f"{opened.ref} was opened for it at once",
        "A sign opened",
        "Her shifts are gone.",
    ):
        assert words in page
    assert "Sign of retaliation in" in text(client, at("protection", opened))


def test_what_makes_it_good_is_promised_and_recorded(
    client: Client, world: World, case: Case
) -> None:
    sign_in(client, world, "omar")
    today = days.day_of(clock.now())
    promised = {
        "kind": RemedyKind.APOLOGY.value,
        "words": "To Rae.",
        "owner": str(world["omar"].pk),
        "due_on": str(today + timedelta(days=9)),
    }
    page = send(client, at("protection-remedy", case), {**promised, "due_on": ""})
    for words in ("Choose the day.", "To Rae."):
        assert words in page
    page = send(client, at("protection-remedy", case), promised)
    for words in ("You see to it.", "Somebody apologises to them", "To Rae.", "Open"):
        assert words in page
    done = {"remedy": str(Remedy.objects.get().pk), "on": str(today), "words": "He did."}
    page = send(client, at("protection-restored", case), done)
    for words in ("Recorded.", "He did.", "Done"):
        assert words in page


def test_an_auditor_sees_that_and_no_words_and_acts_on_nothing(
    client: Client, world: World, case: Case
) -> None:
    actions.grant_view(case, by=world["omar"], person=world["anna"], now=world.now)
    witness = case.parties.get()
    actions.promise_remedy(
        case, by=world["omar"], kind=RemedyKind.PAY, owner=world["omar"],
        due_on=days.day_of(world.now) + timedelta(days=9), words="Rae's shifts.", now=world.now,
    )  # fmt: skip
    sign_in(client, world, "anna")
    page = text(client, at("protection", case))
    assert "Pay, bonus or rank is given back" in page
    for words in ("Rae", "Weigh the risk", "Promise what"):
        assert words not in page
    entered = {"to": str(witness.pk), "point": "report", "level": "low", "asking": "phone"}
    assert client.post(at("protection-risk", case), entered).status_code == 403
    sign_in(client, world, "olga")
    assert client.get(reverse("desk:protection", args=[case.ref])).status_code == 404


def test_the_page_asks_as_often_for_many_as_for_few(
    client: Client, world: World, case: Case
) -> None:
    sign_in(client, world, "omar")
    client.get(at("protection", case))
    with CaptureQueriesContext(connection) as few:
        client.get(at("protection", case))
    for n in range(4):
        actions.add_party(
            case, by=world["omar"], role=PartyRole.WITNESS, name=f"W{n}", now=world.now,
            opener=world.openers["omar"],
        )  # fmt: skip
    with CaptureQueriesContext(connection) as many:
        client.get(at("protection", case))
    assert len(few) == len(many)
