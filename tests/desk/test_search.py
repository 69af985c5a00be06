"""Search by words: what it finds, for whom, and what it leaves behind."""

import re

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from cases import actions
from cases.lifecycle import PartyRole
from cases.lifecycle.risks import SafeguardKind
from cases.models import Note
from ledger.models import Detail, Entry
from ledger.verbs import Verb
from tests.conftest import BecomeProcess
from tests.doors import sign_in
from tests.world import World

SEARCH = "/desk/search/"


def search(client: Client, words: str) -> str:
    response = client.post(SEARCH, {"words": words})
    assert response.status_code == 200
    return response.content.decode()


def test_a_concern_is_found_by_words_of_its_story_in_any_order_and_case(
    client: Client, world: World
) -> None:
    concern, _ = world.file(narrative="They asked me to sign the Résumé of a visit I never made.")
    other, _ = world.file(narrative="The client offered a gift.")
    sign_in(client, world, "olga")
    page = search(client, "VISIT resume")
    assert concern.ref in page
    assert other.ref not in page
    assert "<mark>Résumé</mark>" in page
    assert "1 found in 2 that you can open" in page


def test_words_of_a_note_and_of_the_story_lead_to_one_case(client: Client, world: World) -> None:
    concern, _ = world.file(narrative="The ledger of the warehouse was changed.")
    case = world.triage(concern)
    actions.sign_note(
        case, by=world["olga"], kind=Note.Kind.NOTE, text="I called the forwarder.", now=world.now
    )
    sign_in(client, world, "olga")
    page = search(client, "warehouse forward")
    assert case.ref in page
    assert concern.ref not in page
    assert search(client, "warehouse elephant").count(case.ref) == 0


def test_a_party_and_a_safeguard_of_a_case_lead_to_it(client: Client, world: World) -> None:
    case = world.triage(world.file()[0])
    olga, now = world["olga"], world.now
    actions.add_party(case, by=olga, role=PartyRole.WITNESS, name="Jo Park", contact="", now=now)
    kind, words = SafeguardKind.OTHER, "A second driver."
    actions.place_safeguard(case, by=olga, kind=kind, owner=olga, words=words, now=now)
    sign_in(client, world, "olga")
    assert case.ref in search(client, "park driver")
    assert case.ref not in search(client, "park elephant")


@pytest.mark.req("TRI-6")
def test_whoever_is_walled_off_finds_nothing_and_is_told_of_nothing(
    client: Client, world: World
) -> None:
    world.file(excluded=(world["omar"],), narrative="The forwarder was paid twice.")
    sign_in(client, world, "omar")
    page = search(client, "forwarder")
    assert "Nothing found" in page
    assert "0 found in 0 that you can open" in page


def test_what_somebody_sees_but_holds_no_key_to_is_not_found(client: Client, world: World) -> None:
    concern, _ = world.file(narrative="The forwarder was paid twice.")
    sign_in(client, world, "hana")
    assert concern.ref not in search(client, "forwarder")


def test_nobody_searches_with_a_locked_vault(client: Client, world: World) -> None:
    concern, _ = world.file()
    sign_in(client, world, "olga", vault=False)
    page = search(client, "client")
    assert concern.ref not in page
    assert "Unlock to read" in page


@pytest.mark.parametrize("words", ["", "   ", "a", "§ - !", "x" * 200])
def test_what_is_no_word_is_refused_with_a_sentence(
    client: Client, world: World, words: str
) -> None:
    world.file()
    sign_in(client, world, "olga")
    page = search(client, words)
    assert 'aria-invalid="true"' in page
    assert "found in" not in page


@pytest.mark.req("AUD-1")
def test_a_search_stands_in_the_ledger_without_its_words(
    client: Client, world: World, process: BecomeProcess
) -> None:
    concern, _ = world.file(narrative="The forwarder was paid twice.")
    sign_in(client, world, "olga")
    search(client, "forwarder")
    searched = Entry.objects.get(verb=Verb.WORDS_SEARCHED)
    assert searched.actor == world["olga"].actor.ref
    assert Entry.objects.filter(verb=Verb.WORDS_FOUND, subject=concern.subject).count() == 1
    with process("worker"):
        told = str([*Entry.objects.values(), *Detail.objects.values()])
    assert "'count': 1" in told
    assert "forwarder" not in told


def test_what_is_found_is_shown_as_text(client: Client, world: World) -> None:
    world.file(narrative="A <script>alert(1)</script> forwarder & co.")
    sign_in(client, world, "olga")
    page = search(client, "script")
    assert "<script>alert" not in page
    assert "&lt;<mark>script</mark>" in page


def test_a_search_asks_no_more_of_the_database_when_there_is_more(
    client: Client, world: World, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(3):
        world.triage(world.file()[0])
    sign_in(client, world, "olga")
    search(client, "client")
    with django_assert_num_queries(28):
        search(client, "client")
    for _ in range(3):
        world.triage(world.file()[0])
    with django_assert_num_queries(28):
        search(client, "client")


@pytest.mark.req("TRI-1")
@pytest.mark.parametrize("vault", [True, False])
def test_a_reference_leads_there_however_it_is_written(
    client: Client, world: World, vault: bool
) -> None:
    concern, _ = world.file()
    case = world.triage(world.file()[0])
    sign_in(client, world, "olga", vault=vault)
    for thing, kind in ((concern, "concerns"), (case, "cases")):
        there = f"/desk/{kind}/{thing.ref}/"
        bare = thing.ref.replace("-", "")
        alike = thing.ref[2:].replace("0", "o").replace("1", "l")
        for written in (
            thing.ref,
            bare.lower(),
            f" {bare[:4]} - {bare[4:]} ",
            thing.ref[:2] + alike,
        ):
            response = client.post(SEARCH, {"words": written})
            assert (response.status_code, response["Location"]) == (302, there)
    # it tells what it led to by what is opened there, and is no search for words
    assert not Entry.objects.filter(verb=Verb.WORDS_SEARCHED).exists()


@pytest.mark.req("TRI-6")
@pytest.mark.parametrize("vault", [True, False])
def test_a_reference_that_is_hidden_is_answered_as_one_that_is_not(
    client: Client, world: World, vault: bool
) -> None:
    hidden, _ = world.file(excluded=(world["omar"],))
    hers = world.triage(world.file()[0])
    sign_in(client, world, "omar", vault=vault)
    for ref, none in ((hidden.ref, "C-00000000"), (hers.ref, "2026-000000")):
        page, other = search(client, ref), search(client, none)
        tokens = re.compile(r'name="csrfmiddlewaretoken" value="[^"]*"')
        assert tokens.sub("", page.replace(ref, none)) == tokens.sub("", other)
        assert ("Nothing found" in page) is vault
        assert ("You see nothing of this reference." in page) is not vault


def test_a_word_in_the_shape_of_a_reference_is_looked_for(client: Client, world: World) -> None:
    concern, _ = world.file(narrative="The carpenter was paid twice.")
    sign_in(client, world, "olga")
    assert concern.ref in search(client, "carpenter")
