"""Nothing is sealed to a new key before two colleagues have vouched for it, each with their own."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import Error, transaction
from django.test import Client

from common.errors import RuleError
from ledger.models import Entry, Outbox
from ledger.verbs import Verb
from people.models import Person
from people.rules import Role
from safes import access, actions
from safes.models import Grant, KeyApproval, MissingGrant, UserKey
from safes.rules import Opener
from tests.conftest import BecomeProcess
from tests.doors import sign_in
from tests.world import World, give_key

pytestmark = pytest.mark.req("SEC-1")
WORDS = "four words of length"


@pytest.fixture
def newcomer(world: World) -> tuple[Person, Opener]:
    """Return an officer on duty whose key waits."""
    ruth = world.hire("ruth", Role.OFFICER, manager="hana", is_on_duty=True, has_key=False)
    world.openers["ruth"] = give_key(ruth, is_attested=False)
    return ruth, world.openers["ruth"]


def approve(world: World, person: Person, *names: str) -> None:
    key = UserKey.objects.newest().get(person=person)
    for name in names:
        actions.approve(key.pk, by=world[name], opener=world.openers[name], now=world.now)


def attest(world: World, process: BecomeProcess) -> int:
    with process("worker"):
        return actions.attest_approved(now=world.now)


def test_a_new_key_waits_and_what_is_filed_meanwhile_is_noted_as_missing(
    world: World, newcomer: tuple[Person, Opener]
) -> None:
    concern, _ = world.file()
    assert not Grant.objects.filter(person=newcomer[0]).exists()
    assert MissingGrant.objects.filter(safe=concern.safe, person=newcomer[0]).exists()
    assert access.pending_keys() == [newcomer[0].keys.get()]


def test_two_colleagues_make_it_count_and_the_next_visit_passes_it_on(
    world: World, newcomer: tuple[Person, Opener], process: BecomeProcess
) -> None:
    ruth, opener = newcomer
    concern, _ = world.file()
    approve(world, ruth, "olga")
    assert attest(world, process) == 0
    approve(world, ruth, "adam")
    assert attest(world, process) == 1
    assert attest(world, process) == 0
    actions.seal_missing(world.openers["olga"], [concern.safe])
    where = (concern.pk, "narrative")
    assert where in access.open_texts(opener, [where])
    acts = list(Entry.objects.filter(subject=f"person:{ruth.pk}").values_list("verb", flat=True))
    assert acts.count(Verb.KEY_APPROVED) == 2
    assert acts.count(Verb.KEY_ATTESTED) == 1
    with process("worker"):
        told = Outbox.objects.filter(template="key_attested").first()
    assert told is not None
    assert told.context["by"] == "Adam Example and Olga Example"


def test_the_office_is_told_that_a_key_waits_but_not_its_owner(
    world: World, process: BecomeProcess
) -> None:
    ruth = world.hire("ruth", Role.OFFICER, has_key=False)
    actions.make_key(ruth, passphrase=WORDS, by=ruth.actor, now=world.now)
    with process("worker"):
        told = set(Outbox.objects.filter(template="key_waits").values_list("to", flat=True))
    assert f"person:{world['olga'].pk}" in told
    assert f"person:{world['adam'].pk}" in told
    assert f"person:{ruth.pk}" not in told
    assert f"person:{world['chief'].pk}" not in told


def test_nobody_approves_their_own_key(world: World, newcomer: tuple[Person, Opener]) -> None:
    key = newcomer[0].keys.get()
    with pytest.raises(RuleError, match="your own key"):
        actions.approve(key.pk, by=newcomer[0], opener=newcomer[1], now=world.now)
    mine = UserKey.objects.get(person=world["olga"])
    with pytest.raises(Error), transaction.atomic():
        KeyApproval.objects.create(
            key=key, owner=newcomer[0], by=newcomer[0], by_key=mine, signature=b"", at=world.now
        )


def test_one_colleague_counts_once(
    world: World, newcomer: tuple[Person, Opener], process: BecomeProcess
) -> None:
    approve(world, newcomer[0], "olga")
    with pytest.raises(RuleError, match="already"):
        approve(world, newcomer[0], "olga")
    assert attest(world, process) == 0


def test_whoever_is_not_approved_themselves_vouches_for_nobody(
    world: World, newcomer: tuple[Person, Opener]
) -> None:
    give_key(world.hire("rita", Role.OFFICER, has_key=False), is_attested=False)
    key = world["rita"].keys.get()
    with pytest.raises(RuleError, match="not approved yet"):
        actions.approve(key.pk, by=newcomer[0], opener=newcomer[1], now=world.now)


def test_an_auditor_vouches_for_nobody(world: World, newcomer: tuple[Person, Opener]) -> None:
    with pytest.raises(PermissionDenied):
        approve(world, newcomer[0], "anna")


def test_a_key_of_somebody_who_signed_in_as_another_does_not_vouch(
    world: World, newcomer: tuple[Person, Opener]
) -> None:
    key = newcomer[0].keys.get()
    with pytest.raises(RuleError, match="not approved yet"):
        actions.approve(key.pk, by=world["olga"], opener=world.openers["omar"], now=world.now)


def test_an_approval_by_a_key_that_was_replaced_since_counts_no_more(
    world: World, newcomer: tuple[Person, Opener], process: BecomeProcess
) -> None:
    approve(world, newcomer[0], "olga", "adam")
    olga = world["olga"]
    actions.replace_key(olga, opener=world.openers["olga"], passphrase=WORDS, now=world.now)
    assert attest(world, process) == 0
    assert access.pending_keys()[0].person in {olga, newcomer[0]}


def test_what_is_decided_already_is_decided(
    world: World, newcomer: tuple[Person, Opener], process: BecomeProcess
) -> None:
    approve(world, newcomer[0], "olga", "adam")
    attest(world, process)
    with pytest.raises(RuleError, match="waits for nobody"):
        approve(world, newcomer[0], "omar")


def test_the_first_people_are_attested_by_the_owner(world: World, process: BecomeProcess) -> None:
    give_key(world["stan"], is_attested=False)
    with process("owner"):
        found = actions.attest_founders([world["stan"]], now=world.now)
        told = Entry.objects.get(verb=Verb.KEY_ATTESTED, subject=f"person:{world['stan'].pk}")
        assert told.detail.facts["how"] == "founding"
    assert [key.person for key in found] == [world["stan"]]
    assert actions.holders_of([world["stan"]])[1] == []


class TestPage:
    """/setup/keys/: who waits, with what fingerprint, and who approved already."""

    def test_it_shows_the_fingerprint_that_the_owner_sees(
        self, client: Client, world: World, newcomer: tuple[Person, Opener]
    ) -> None:
        mark = newcomer[0].keys.get().fingerprint
        sign_in(client, world, "adam")
        page = client.get("/setup/keys/").content.decode()
        assert mark in page
        assert "Nobody approved it yet" in page
        sign_in(client, world, "ruth")
        assert mark in client.get("/vault/").content.decode()
        own = client.get("/setup/keys/").content.decode()
        assert "Your own key is not approved yet" in own
        assert 'name="key"' not in own

    def test_two_approve_there(
        self, client: Client, world: World, newcomer: tuple[Person, Opener], process: BecomeProcess
    ) -> None:
        key = newcomer[0].keys.get()
        for name in ("adam", "hana"):
            sign_in(client, world, name)
            answer = client.post("/setup/keys/", {"key": key.pk}, follow=True)
            assert "You approved the key of Ruth Example" in answer.content.decode()
        assert attest(world, process) == 1
        assert "No key waits" in client.get("/setup/keys/").content.decode()

    def test_a_second_click_is_a_sentence(
        self, client: Client, world: World, newcomer: tuple[Person, Opener]
    ) -> None:
        key = newcomer[0].keys.get()
        sign_in(client, world, "adam")
        done = client.post("/setup/keys/", {"key": key.pk}, follow=True).content.decode()
        assert "You approved it. 2 have to." in done
        assert 'name="key"' not in done
        again = client.post("/setup/keys/", {"key": key.pk})
        assert "You approved this key already" in again.content.decode()

    def test_a_closed_vault_has_to_be_opened_first(
        self, client: Client, world: World, newcomer: tuple[Person, Opener]
    ) -> None:
        sign_in(client, world, "adam", vault=False)
        answer = client.post("/setup/keys/", {"key": newcomer[0].keys.get().pk})
        assert answer["Location"].startswith("/unlock/")

    def test_the_page_takes_as_many_queries_for_many_people(
        self, client: Client, world: World, django_assert_max_num_queries: object
    ) -> None:
        for n in range(12):
            world.hire(f"hand{n}", Role.OFFICER)
        sign_in(client, world, "adam")
        with django_assert_max_num_queries(12):  # type: ignore[operator] # loosely typed
            client.get("/setup/keys/")
