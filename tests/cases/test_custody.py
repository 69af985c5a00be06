"""Who becomes a custodian later gets older names from one who has them, and nobody both shares."""

from datetime import timedelta

import pytest
from django.test import Client

from cases import actions
from cases.lifecycle import Mode
from cases.models import Concern
from ledger.models import Entry, Outbox
from ledger.verbs import Verb
from people import actions as people
from people.middleware import act_as
from people.models import Person
from people.rules import Role
from safes import access as opening
from safes import actions as safes
from safes.models import Attestation, Grant, MissingGrant, Safe, Sealed, UserKey
from tests.conftest import BecomeProcess
from tests.doors import sign_in
from tests.world import World, attest, give_key

pytestmark = [pytest.mark.django_db, pytest.mark.req("CAS-8")]

RITA = actions.Identity("Rita Reporter", "Extension 7")
PAGE = "/desk/identities/"


@pytest.fixture
def name(world: World) -> Concern:
    """Return a confidential concern whose name Carl alone keeps."""
    return world.file(mode=Mode.CONFIDENTIAL, identity=RITA)[0]


def vault(concern: Concern) -> Safe:
    assert concern.identity_safe is not None
    return concern.identity_safe


def keepers(concern: Concern) -> set[str]:
    return set(vault(concern).grants.values_list("person__username", flat=True))


def find(world: World, process: BecomeProcess) -> int:
    with process("worker"):
        return actions.find_names_due(now=world.now)


def hand_on(world: World, by: str = "carl") -> int:
    act_as(world[by])
    return actions.hand_on_names(by=world[by], opener=world.openers[by], now=world.now)


def test_a_later_custodian_gets_the_far_share_and_decides(
    name: Concern, world: World, process: BecomeProcess
) -> None:
    world.triage(name)
    world.hire("cora", Role.CUSTODIAN)
    assert find(world, process) == 1
    # found once
    assert find(world, process) == 0
    assert keepers(name) == {"carl"}
    assert hand_on(world) == 1
    assert keepers(name) == {"carl", "cora"}
    with process("owner"):
        assert not MissingGrant.objects.filter(safe=vault(name)).exists()
    found = opening.open_items(world.openers["cora"], Sealed.objects.values_list("row", "field"))
    assert {field for _, field in found} == {"share"}
    act_as(world["olga"])
    name.refresh_from_db()
    request = actions.ask_identity(name, by=world["olga"], reason="For her.", now=world.now)
    with process("worker"):
        asked = set(Outbox.objects.filter(template="identity_asked").values_list("to", flat=True))
    assert asked == {f"person:{world[one].pk}" for one in ("carl", "cora")}
    act_as(world["cora"])
    opener = world.openers["cora"]
    actions.grant_identity(request, by=world["cora"], opener=opener, for_days=1, now=world.now)
    act_as(world["olga"])
    opener = world.openers["olga"]
    assert actions.open_identity(name, by=world["olga"], opener=opener, now=world.now) == RITA


def test_both_steps_are_in_the_ledger(name: Concern, world: World, process: BecomeProcess) -> None:
    cora = world.hire("cora", Role.CUSTODIAN)
    find(world, process)
    hand_on(world)
    due = Entry.objects.get(verb=Verb.NAMES_DUE)
    given = Entry.objects.get(verb=Verb.NAMES_HANDED_ON)
    assert (due.actor, due.subject) == ("system", f"person:{cora.pk}")
    assert (given.actor, given.subject) == (world["carl"].actor.ref, f"person:{cora.pk}")
    with process("worker"):
        assert due.detail.facts == given.detail.facts == {"count": 1}


def test_nothing_is_handed_on_before_the_key_counts(
    name: Concern, world: World, process: BecomeProcess
) -> None:
    cora = world.hire("cora", Role.CUSTODIAN, has_key=False)
    give_key(cora, is_attested=False)
    assert find(world, process) == 0
    # a row that somebody wrote is not enough
    safes.miss(vault(name), [cora], now=world.now)
    assert hand_on(world) == 0
    attest(UserKey.objects.get(person=cora))
    assert Attestation.objects.filter(key__person=cora).exists()
    assert hand_on(world) == 1


def test_a_locked_custodian_gets_nothing_until_the_lock_is_lifted(
    name: Concern, world: World, process: BecomeProcess
) -> None:
    cora = world.hire("cora", Role.CUSTODIAN)
    lock = people.lock(cora, by=world["adam"], now=world.now)
    assert find(world, process) == 0
    safes.decide_change(lock, approve=True, by=world["hana"], now=world.now)
    assert find(world, process) == 1


def test_a_wall_stands_against_it_before_and_after(
    name: Concern, world: World, process: BecomeProcess
) -> None:
    case = world.triage(name)
    cora, cleo = world.hire("cora", Role.CUSTODIAN), world.hire("cleo", Role.CUSTODIAN)
    act_as(world["olga"])
    actions.name_party(case, by=world["olga"], person=cora, now=world.now)
    assert find(world, process) == 1
    assert list(MissingGrant.objects.values_list("person", flat=True)) == [cleo.pk]
    # a wall that goes up while it waits takes the row with it
    act_as(world["olga"])
    actions.name_party(case, by=world["olga"], person=cleo, now=world.now)
    assert hand_on(world) == 0
    assert keepers(name) == {"carl"}


def test_whoever_keeps_a_share_behind_a_wall_as_the_only_one_gives_it_up(
    name: Concern, world: World, process: BecomeProcess
) -> None:
    case = world.triage(name)
    act_as(world["olga"])
    actions.name_party(case, by=world["olga"], person=world["carl"], now=world.now)
    assert keepers(name) == {"carl"}
    world.hire("cora", Role.CUSTODIAN)
    find(world, process)
    assert hand_on(world) == 1
    with process("worker"):
        actions.enforce_walls(now=world.now)
        assert keepers(name) == {"cora"}


def test_a_wall_before_the_only_keeper_and_who_waits_takes_what_waits(
    name: Concern, world: World, process: BecomeProcess
) -> None:
    """The last share stays, since the name would be lost; it is handed on to nobody walled."""
    case = world.triage(name)
    cora = world.hire("cora", Role.CUSTODIAN)
    find(world, process)
    boss = world.hire("boss")
    for one in (world["carl"], cora):
        people.change_manager(one, manager=boss, by=world["adam"].actor, now=world.now)
    act_as(world["olga"])
    actions.name_party(case, by=world["olga"], person=boss, now=world.now)
    assert hand_on(world) == 0
    assert keepers(name) == {"carl"}


@pytest.mark.parametrize("near", ["holds the near share", "worked on it", "waits for it"])
def test_nobody_who_came_near_what_was_told_gets_the_far_share(
    near: str, name: Concern, world: World, process: BecomeProcess
) -> None:
    case = world.triage(name)
    act_as(world["olga"])
    name.refresh_from_db()
    otto, opener = world["otto"], world.openers["olga"]
    if near == "waits for it":
        safes.miss(name.safe, [otto], now=world.now)
    else:
        actions.add_member(case, by=world["olga"], opener=opener, person=otto, now=world.now)
    if near == "worked on it":
        Grant.objects.filter(person=otto).delete()
    Person.objects.filter(pk=otto.pk).update(
        roles=[Role.CUSTODIAN], custodian_since=world.now.date()
    )
    assert find(world, process) == 0


def test_whom_filing_left_out_is_not_let_in_afterwards(
    world: World, process: BecomeProcess
) -> None:
    """A custodian who reports themselves: only filing knew the name."""
    world.hire("cora", Role.CUSTODIAN)
    later = world.now + timedelta(days=1)
    own, _ = world.file(later, mode=Mode.CONFIDENTIAL, identity=actions.Identity("Cora Example"))
    assert keepers(own) == {"carl"}
    assert find(world, process) == 0


def test_a_break_in_the_role_begins_anew_and_other_roles_do_not(world: World) -> None:
    carl = world["carl"]
    since = carl.custodian_since
    assert since == world.now.date()
    later = world.now + timedelta(days=30)
    world.hire("cora", Role.CUSTODIAN)
    for roles, day in (
        ([Role.CUSTODIAN, Role.POLICY_OWNER], since),
        ([Role.POLICY_OWNER], None),
        ([Role.CUSTODIAN], later.date()),
    ):
        change = people.ask_for_roles(carl, roles=roles, by=world["adam"], now=later)
        if change is not None:
            safes.decide_change(change, approve=True, by=world["hana"], now=later)
        carl.refresh_from_db()
        assert carl.custodian_since == day


def test_their_page_says_what_they_alone_keep_and_what_waits(
    client: Client, name: Concern, world: World, process: BecomeProcess
) -> None:
    world.hire("cora", Role.CUSTODIAN)
    find(world, process)
    sign_in(client, world, "cora")
    assert "1 older name waits to be handed on to you" in client.get(PAGE).content.decode()
    sign_in(client, world, "carl", vault=False)
    page = client.get(PAGE).content.decode()
    assert "1 confidential name only you can open" in page
    assert "1 older name waits for your key" in page
    sign_in(client, world, "carl")
    page = client.get(PAGE).content.decode()
    assert "1 older name was handed on just now" in page
    assert "No name depends on you alone" in page
    assert "waits" not in client.get(PAGE).content.decode().partition("Names you keep")[2]
    assert keepers(name) == {"carl", "cora"}
