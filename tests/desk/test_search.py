"""Search by words: what it finds, for whom, and what it leaves behind."""

import re
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from cases import actions
from cases.desk.views import search as searching
from cases.lifecycle import Channel, Factor, Finding, PartyRole
from cases.lifecycle.risks import SafeguardKind
from cases.models import Category, Concern, Note
from ledger.models import Detail, Entry
from ledger.verbs import Verb
from people.middleware import act_as
from tests.conftest import BecomeProcess
from tests.doors import sign_in
from tests.world import World

SEARCH = "/desk/search/"
# what a page of facts asks of the database
FACTS_ASK = 20


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
    with django_assert_num_queries(33):
        search(client, "client")
    for _ in range(3):
        world.triage(world.file()[0])
    with django_assert_num_queries(33):
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


def by_phone(*concerns: Concern) -> None:
    found = Concern.objects.filter(pk__in=[one.pk for one in concerns])
    assert found.update(channel=Channel.PHONE) == len(concerns)


def fitting(client: Client, **facts: str) -> set[str]:
    """Return the references of what fits these facts, and assert that the page counts them."""
    response = client.get(f"{SEARCH}?{urlencode(facts)}")
    assert response.status_code == 200
    lists = response.context["lists"]
    found = {row.ref for one in lists for row in one.rows}
    assert sum(int(one.number) for one in lists) == len(found)
    assert len(response.context["removable"]) == len(facts)
    return found


@pytest.mark.req("TRI-1")
def test_facts_find_what_they_fit_all_at_once_without_a_key(client: Client, world: World) -> None:
    old, _ = world.file(now=world.now - timedelta(days=40), unit=world.unit)
    gift, _ = world.file(category=Category.objects.get(code="coercion"))
    mine, told = world.triage(world.file()[0]), world.file()[0]
    act_as(world["olga"])
    by_phone(gift, told)
    done = world.triage(told)
    world.close(done, finding=Finding.OUT_OF_SCOPE, factors=[Factor.CULTURE])
    hidden = world.triage(world.file()[0], by="omar")
    sign_in(client, world, "olga", vault=False)
    today, olga = world.now.date(), str(world["olga"].pk)
    of_mine, of_done = mine.ref[:7].lower(), done.ref[:8].replace("-", " ")
    for facts, found in (
        ({"state": "waiting"}, {old.ref, gift.ref}),
        ({"state": "open"}, {mine.ref}),
        ({"state": "closed"}, {done.ref}),
        ({"state": "withdrawn"}, set()),
        ({"ref": of_mine}, {mine.ref}),
        ({"ref": of_done, "state": "closed"}, {done.ref}),
        ({"ref": gift.ref[:5]}, {gift.ref}),
        ({"category": "coercion"}, {gift.ref}),
        ({"unit": "field"}, {old.ref}),
        ({"channel": "phone"}, {gift.ref, done.ref}),
        ({"channel": "phone", "kind": "report", "state": "closed"}, {done.ref}),
        ({"channel": "web", "finding": "out_of_scope"}, set()),
        ({"filed_until": f"{today - timedelta(days=30)}"}, {old.ref}),
        ({"filed_from": f"{today}"}, {gift.ref, mine.ref, done.ref}),
        ({"closed_from": f"{today}", "closed_until": f"{today}"}, {done.ref}),
        ({"closed_until": f"{today - timedelta(days=1)}"}, set()),
        ({"factor": "culture"}, {done.ref}),
        ({"factor": "training"}, set()),
        ({"subject": "warning"}, set()),
        ({"severity": str(mine.severity), "track": mine.track}, {mine.ref, done.ref}),
        ({"lead": olga, "urgency": str(mine.urgency)}, {mine.ref, done.ref}),
        # her colleague's case is neither found nor counted
        ({"ref": hidden.ref}, set()),
        ({"lead": str(world["omar"].pk)}, set()),
    ):
        assert fitting(client, **facts) == found, facts
    sign_in(client, world, "omar", vault=False)
    assert fitting(client, state="open") == {hidden.ref}
    sign_in(client, world, "hana", vault=False)
    assert fitting(client, kind="report") == {one.ref for one in (old, gift, mine, done, hidden)}


@pytest.mark.req("TRI-6")
def test_behind_a_wall_no_fact_finds_or_counts_anything(client: Client, world: World) -> None:
    hidden, _ = world.file(excluded=(world["omar"], world["hana"]))
    for name in ("omar", "hana"):
        sign_in(client, world, name)
        assert fitting(client, ref=hidden.ref) == set()
        assert fitting(client, state="waiting") == set()
        assert "Nothing fits" in client.get(f"{SEARCH}?state=waiting").content.decode()


def test_words_and_a_client_are_looked_for_in_what_fits_the_facts(
    client: Client, world: World
) -> None:
    one, _ = world.file(narrative="The forwarder was paid twice.")
    by_phone(one)
    other, _ = world.file(narrative="The forwarder was paid late.")
    case = world.triage(other)
    act_as(world["olga"])
    for concern in (one, other):
        actions.name_client(concern, by=world["olga"], name="ACME Werke 12", now=world.now)
    sign_in(client, world, "olga")

    def asked(query: str, **body: str) -> str:
        response = client.post(SEARCH + query, body)
        assert response.status_code == 200
        return response.content.decode()

    page = asked("?channel=phone", words="forwarder")
    assert one.ref in page
    assert case.ref not in page
    assert "1 found in 1 that you can open" in page
    page = asked("", client="acme-werke12")
    assert one.ref in page
    assert case.ref in page
    # the name is neither in an address nor in the ledger
    assert "?client" not in page
    assert one.ref not in asked("?state=open", client="acme-werke12")
    assert case.ref not in asked("?state=open", client="acme-werke1")
    assert case.ref in asked("?state=open", client="acme-werke12", words="late")
    assert one.ref not in asked("", client="acme-werke12", words="late")


def test_facts_that_are_wrong_are_said_and_do_not_count(client: Client, world: World) -> None:
    concern, _ = world.file()
    sign_in(client, world, "olga")
    query = "state=waiting&category=odd&lead=odd&filed_from=odd&after=odd&after_case=1~2"
    page = client.get(f"{SEARCH}?{query}&closed_from=2026-03-02&closed_until=2026-03-01")
    said = page.content.decode()
    assert concern.ref not in said
    for words in ("There is no such category.", "no such person", "Filed from: write the day"):
        assert words in said
    assert "This period ends before it begins." in said
    assert concern.ref in client.get(f"{SEARCH}?{query}").content.decode()


def test_what_fits_is_paged_and_asks_no_more_when_there_is_more(
    client: Client,
    world: World,
    monkeypatch: pytest.MonkeyPatch,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    monkeypatch.setattr(searching, "PAGE", 2)
    for n in range(2):
        world.file(now=world.now - timedelta(days=n))
        world.triage(world.file()[0])
    sign_in(client, world, "olga")
    address = f"{SEARCH}?kind=report"
    client.get(address)
    with django_assert_num_queries(FACTS_ASK):
        client.get(address)
    for n in range(3):
        world.file(now=world.now - timedelta(days=n))
        world.triage(world.file()[0])
    with django_assert_num_queries(FACTS_ASK):
        lists = client.get(address).context["lists"]
    assert [one.number for one in lists] == ["5", "5"]
    for n, one in enumerate(lists):
        refs = [row.ref for row in one.rows]
        onward = one.onward
        while onward:
            following = next(
                each
                for each in client.get(SEARCH + onward).context["lists"]
                if each.title == one.title
            )
            refs += [row.ref for row in following.rows]
            onward = following.onward
        assert len(refs) == len(set(refs)) == 5, n
