"""Allegations, findings and evidence at the desk."""

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from cases import actions
from cases.lifecycle import Bearing, ExhibitKind, Finding
from cases.models import Allegation, Case, Exhibit, Found, Note
from common import clock, days
from people.middleware import act_as
from tests.desk.test_case import at, send, text
from tests.doors import sign_in
from tests.world import World

QUERIES = 46


@pytest.fixture
def case(world: World) -> Case:
    """Return a case that Omar leads and on which Olga works."""
    act_as(world["olga"])
    return world.triage(world.file()[0], lead="omar")


def numbered(name: str, case: Case, n: int = 1) -> str:
    return reverse(f"desk:{name}", args=[case.ref, n])


@pytest.mark.req("CAS-5", "CAS-3")
def test_from_an_allegation_by_its_evidence_to_a_signed_finding(
    client: Client, world: World, case: Case
) -> None:
    sign_in(client, world, "omar")
    said = {"alleged-text": "The date was moved.", "alleged-category": world.category.pk}
    page = send(client, at("allegations-add", case), said)
    assert "Written down as allegation 1." in page
    assert "No finding yet" in page
    allegation = Allegation.objects.get()
    entered = {
        "title": "Visit log of October",
        "kind": "document",
        "received_on": "2026-03-16",
        "place": "Safe 1",
        "allegation": str(allegation.pk),
    }
    page = send(client, at("evidence-add", case), entered)
    assert "Say how it bears on the allegation. Nothing was added." in page
    entered["how"] = "supports"
    page = send(client, at("evidence-add", case), entered)
    for words in ("Entered as number 1.", "1. Visit log of October", "Supports it"):
        assert words in page
    page = text(client, numbered("exhibit", case))
    for words in ("Safe 1", "Received", "Record what was done with it"):
        assert words in page
    found = {"finding": "substantiated", "reason": "The log and the driver say so."}
    page = send(client, numbered("allegation", case), found)
    assert "This rests on nothing yet." in page
    assert found["reason"] in page
    exhibit = Exhibit.objects.get()
    page = send(client, numbered("allegation", case), {**found, "relied_on": str(exhibit.pk)})
    assert "Signed: substantiated." in page
    assert Found.objects.get().relied_on == [exhibit.pk]
    page = text(client, numbered("allegation", case))
    assert found["reason"] in page
    assert "Relies on" in page


def test_what_was_typed_beside_what_is_pressed_is_kept(
    client: Client, world: World, case: Case
) -> None:
    sign_in(client, world, "omar")
    page = send(
        client,
        at("party", case),
        {"party-role": "subject", "party-name": "", "alleged-text": "The date was moved."},
    )
    assert "Write who it is." in page
    assert "The date was moved." in page
    page = send(client, at("party", case), {"party-role": "subject", "party-name": "Stan Example"})
    assert "A wall stands around them" in page
    page = send(client, at("party", case), {"party-role": "subject", "party-name": "A foreman"})
    assert "Nobody who works here is called so." in page
    assert "Works here" in page


def test_what_comes_too_late_for_a_case_that_was_closed_is_given_back(
    client: Client, world: World, case: Case
) -> None:
    sign_in(client, world, "omar")
    said = {"alleged-text": "The date was moved.", "alleged-category": world.category.pk}
    send(client, at("allegations-add", case), said)
    actions.sign_finding(
        Allegation.objects.get(),
        by=world["omar"],
        finding=Finding.INSUFFICIENT,
        reason="Nobody knows.",
        relied_on=[],
        now=world.now,
    )
    world.close(case, now=clock.now())
    late = "The driver has written since then."
    exhibit = {"title": late, "kind": "document", "received_on": "2026-03-16"}
    for where, sent in (
        (numbered("allegation", case), {"finding": "unsubstantiated", "reason": late}),
        (at("allegations-add", case), {**said, "alleged-text": late}),
        (at("party", case), {"party-role": "witness", "party-name": late}),
        (at("evidence-add", case), exhibit),
    ):
        page = send(client, where, sent)
        assert "This case is closed. Reopen it first" in page, where
        assert late in page, where
    assert "Sign the finding" not in text(client, numbered("allegation", case))


def test_of_each_note_the_newest_version_may_be_evidence_and_tells_itself_apart(
    client: Client, world: World, case: Case
) -> None:
    omar, now = world["omar"], world.now
    older, newer = "I rang on Monday.", "I rang on Tuesday."
    note = actions.sign_note(case, by=omar, kind=Note.Kind.NOTE, text=older, now=now)
    actions.amend_note(note, by=omar, over=1, why="A slip.", text=newer, now=now)
    sign_in(client, world, "omar")
    page = text(client, at("evidence", case))
    assert page.count("Contemporaneous note by Omar Example, ") == 1
    assert ", version 2: I rang on Tuesday.</option>" in page
    assert "I rang on Monday." not in page


def test_without_a_key_nothing_of_the_record_is_read(
    client: Client, world: World, case: Case
) -> None:
    actions.add_allegation(
        case, by=world["olga"], category=world.category, text="The date.", now=world.now
    )
    actions.grant_view(case, by=world["olga"], person=world["anna"], now=world.now)
    sign_in(client, world, "anna")
    for page in (text(client, at("allegations", case)), text(client, numbered("allegation", case))):
        assert "The date." not in page
        assert "you hold no key" in page
    assert client.get(numbered("allegation", case, 2)).status_code == 404
    assert client.get(numbered("exhibit", case)).status_code == 404


def test_the_pages_ask_as_often_however_much_is_there(
    client: Client, world: World, case: Case, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    olga, now = world["olga"], world.now
    for n in range(6):
        allegation = actions.add_allegation(
            case, by=olga, category=world.category, text=f"Number {n}.", now=now
        )
        piece = actions.Piece(ExhibitKind.DATA, f"Log {n}", days.day_of(now))
        bears = (allegation, Bearing.CONTRADICTS)
        actions.add_exhibit(case, by=olga, piece=piece, bears=bears, now=now)
    sign_in(client, world, "omar")
    for address in (
        at("allegations", case),
        at("evidence", case),
        numbered("allegation", case),
        numbered("exhibit", case),
    ):
        with django_assert_max_num_queries(QUERIES):
            client.get(address)
