"""Somebody comes by a link and goes at once; roles of the ethics office take two persons."""

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.core import mail
from django.db import IntegrityError, connection, transaction
from django.test import Client

from common import clock
from common.errors import RuleError
from ledger import actions as ledger
from ledger.models import Entry, Outbox
from ledger.verbs import Verb
from people import actions
from people.models import AccountChange, Invitation, Person, Session
from people.rules import Role, Scope, invitation_token
from safes import actions as safes
from safes.access import secrets_of
from safes.models import Grant, State
from tests.api.program import Program, is_problem
from tests.conftest import BecomeProcess
from tests.doors import sign_in
from tests.people.conftest import PASSWORD, Entrant
from tests.world import World

pytestmark = [pytest.mark.req("SEC-3"), pytest.mark.django_db, pytest.mark.usefixtures("world")]

IRIS = {"name": "Iris Novak", "username": "iris", "email": "iris@example.org"}
PEOPLE = "/setup/people/"


@pytest.fixture
def adam(client: Client, world: World) -> Client:
    """Return the browser of an administrator."""
    sign_in(client, world, "adam")
    return client


def invite(adam: Client, **more: object) -> Invitation:
    answer = adam.post(f"{PEOPLE}invite/", {**IRIS, **more})
    assert answer.status_code == 302
    return Invitation.objects.latest("expires_at")


def confirm_leaving(world: World, person: Person, by: str = "hana") -> Client:
    """Confirm by the door, as a second person, that somebody leaves."""
    second = Client()
    sign_in(second, world, by)
    change = person.account_changes.get(decided_at=None, kind=AccountChange.Kind.LEAVING)
    second.post(f"{PEOPLE}roles/{change.pk}/", {"decision": "approve"})
    return second


def part_with(world: World, name: str) -> None:
    """Part with somebody of the office, as two persons do."""
    change = safes.part_with(world[name], by=world["adam"], now=world.now)
    assert change is not None
    safes.decide_change(change, approve=True, by=world["hana"], now=world.now)


def link_of(invitation: Invitation) -> str:
    return f"/invitation/{invitation.pk}/{invitation_token(invitation.pk)}/"


def test_an_invitation_goes_by_mail_and_leads_to_a_password(
    adam: Client, process: BecomeProcess
) -> None:
    invitation = invite(adam)
    token = invitation_token(invitation.pk)
    with process("worker"):
        ledger.deliver(now=clock.now())
    [letter] = [one for one in mail.outbox if one.to == ["iris@example.org"]]
    found = re.search(r"(/invitation/\S+)", str(letter.body))
    assert found is not None
    assert found[1] == link_of(invitation)
    assert len(token) == 43
    # the secret is derived when the letter is written: no row holds it
    with process("worker"):
        assert token not in str(list(Outbox.objects.values("context", "identity", "to")))

    iris = Client()
    assert b"iris" in iris.get(found[1]).content
    short = iris.post(found[1], {"new": "too short"})
    assert b"at least 15 characters" in short.content
    assert iris.post(found[1], {"new": PASSWORD})["Location"] == "/sign-in/"
    assert iris.post("/sign-in/", {"username": "iris", "password": PASSWORD}).status_code == 302
    verbs = set(Entry.objects.values_list("verb", flat=True))
    assert {Verb.PERSON_INVITED, Verb.INVITATION_ACCEPTED} <= verbs


def test_a_link_works_once_in_time_and_only_the_newest(adam: Client) -> None:
    first = invite(adam)
    second_answer = adam.post(f"{PEOPLE}{first.person_id}/invite/")
    assert second_answer.status_code == 302
    second = Invitation.objects.latest("expires_at")
    iris = Client()
    assert iris.get(link_of(first)).status_code == 404
    Invitation.objects.filter(pk=second.pk).update(expires_at=clock.now() - timedelta(seconds=1))
    assert iris.get(link_of(second)).status_code == 404
    Invitation.objects.filter(pk=second.pk).update(expires_at=clock.now() + timedelta(hours=1))
    assert iris.post(link_of(second), {"new": PASSWORD}).status_code == 302
    assert iris.post(link_of(second), {"new": "another long phrase"}).status_code == 404
    assert adam.post(f"{PEOPLE}{first.person_id}/invite/").status_code == 302
    assert Invitation.objects.count() == 2


def test_a_guessed_link_opens_nothing(adam: Client) -> None:
    invitation = invite(adam)
    for token in ("x", invitation_token(invitation.person_id), "é" * 43):
        assert Client().get(f"/invitation/{invitation.pk}/{token}/").status_code == 404
    unknown = invitation.person_id
    assert Client().get(f"/invitation/{unknown}/{invitation_token(unknown)}/").status_code == 404


def test_a_user_name_that_is_taken_is_said(adam: Client) -> None:
    page = adam.post(f"{PEOPLE}invite/", {**IRIS, "username": "olga"})
    assert b"This user name is taken" in page.content
    assert not Person.objects.filter(name=IRIS["name"]).exists()


def test_ethics_roles_wait_for_a_second_person(adam: Client, world: World) -> None:
    invite(adam, roles=["officer", "policy_owner"])
    iris = Person.objects.get(username="iris")
    assert iris.roles == ["policy_owner"]
    change = AccountChange.objects.get()
    decide = f"{PEOPLE}roles/{change.pk}/"
    own = adam.post(decide, {"decision": "approve"}, follow=True).content.decode()
    assert "Somebody else has to approve this" in own
    hana = Client()
    sign_in(hana, world, "hana")
    assert b"Iris Novak" in hana.get(PEOPLE).content
    hana.post(decide, {"decision": "approve"})
    iris.refresh_from_db()
    assert set(iris.roles) == {"officer", "policy_owner"}
    entry = Entry.objects.get(verb=Verb.ROLES_CHANGED)
    assert entry.actor == world["hana"].actor.ref
    assert Entry.objects.get(verb=Verb.ROLES_ASKED).actor == world["adam"].actor.ref


def test_nobody_approves_what_is_about_them(world: World) -> None:
    world.hire("hugo", Role.HEAD)
    change = actions.ask_for_roles(world["hana"], roles=[], by=world["adam"], now=world.now)
    assert change is not None
    with pytest.raises(RuleError, match="Somebody else"):
        safes.decide_change(change, approve=True, by=world["hana"], now=world.now)
    world.hire("alan", Role.ADMINISTRATOR)
    safes.decide_change(change, approve=True, by=world["alan"], now=world.now)
    world["hana"].refresh_from_db()
    assert world["hana"].roles == []


def test_the_database_itself_asks_for_two_persons(world: World) -> None:
    change = actions.ask_for_roles(
        world["stan"], roles=[Role.OFFICER], by=world["adam"], now=world.now
    )
    assert change is not None
    with pytest.raises(IntegrityError), transaction.atomic():
        AccountChange.objects.filter(pk=change.pk).update(
            decided_by=world["adam"], decided_at=world.now, is_approved=True
        )


def test_a_refused_change_changes_nothing_and_is_decided_once(world: World) -> None:
    change = actions.ask_for_roles(
        world["stan"], roles=[Role.HEAD], by=world["adam"], now=world.now
    )
    assert change is not None
    safes.decide_change(change, approve=False, by=world["hana"], now=world.now)
    world["stan"].refresh_from_db()
    assert world["stan"].roles == []
    with pytest.raises(RuleError, match="decided already"):
        safes.decide_change(change, approve=True, by=world["hana"], now=world.now)


def test_an_officer_who_is_no_officer_any_more_is_not_on_duty(world: World) -> None:
    change = actions.ask_for_roles(world["olga"], roles=[], by=world["adam"], now=world.now)
    assert change is not None
    safes.decide_change(change, approve=True, by=world["hana"], now=world.now)
    world["olga"].refresh_from_db()
    assert not world["olga"].is_on_duty


@pytest.mark.parametrize("name", ["olga", "anna", "stan", "hana"])
def test_only_administrators_ask(name: str, client: Client, world: World) -> None:
    sign_in(client, world, name, vault=False)
    assert client.get(f"{PEOPLE}invite/").status_code == 403
    assert client.post(f"{PEOPLE}{world['stan'].pk}/leave/").status_code == 403


def test_whoever_leaves_can_do_nothing_from_then_on(
    adam: Client, strong: Entrant, world: World
) -> None:
    ruth, theirs = strong.person, Client()
    strong.enter(theirs)
    program = Program(world, [Scope.CLOCKS_READ], owner="ruth")
    assert program.get("clocks/").status_code == 200
    assert theirs.get("/desk/").status_code == 200
    adam.post(f"{PEOPLE}{ruth.pk}/leave/")
    # she is an officer: nothing changes before a second person confirms
    assert theirs.get("/desk/").status_code == 200
    confirm_leaving(world, ruth)
    assert theirs.get("/desk/").status_code == 302
    is_problem(program.get("clocks/"), 401)
    assert strong.password(Client()).status_code == 200
    assert not Session.objects.filter(person=ruth).exists()
    assert Entry.objects.get(verb=Verb.LEAVING_ASKED).actor == world["adam"].actor.ref
    assert Entry.objects.get(verb=Verb.PERSON_LEFT).actor == world["hana"].actor.ref


def test_what_was_sealed_to_a_leaver_stays_closed_and_is_not_lost(world: World) -> None:
    concern, _ = world.file()
    safe, olga = concern.safe_id, world.openers["olga"]
    assert secrets_of(olga, [safe])
    part_with(world, "olga")
    assert secrets_of(olga, [safe]) == {}
    assert set(Grant.objects.filter(person=world["olga"]).values_list("state", flat=True)) == {
        State.DORMANT
    }
    # nobody else lost anything, and a mistake can be undone
    assert secrets_of(world.openers["omar"], [safe])
    assert safes.activate(concern.safe, world["olga"])
    assert secrets_of(olga, [safe])


def test_nobody_removes_themselves(adam: Client, world: World) -> None:
    page = adam.post(f"{PEOPLE}{world['adam'].pk}/leave/", follow=True).content.decode()
    assert "You cannot remove yourself" in page
    world["adam"].refresh_from_db()
    assert world["adam"].is_active


def test_leaving_is_quick_however_much_was_sealed(world: World) -> None:
    for _ in range(3):
        world.file()
    with connection.execute_wrapper(_count := _Counter()):
        part_with(world, "olga")
    few = _count.n
    for _ in range(6):
        world.file()
    with connection.execute_wrapper(_count := _Counter()):
        part_with(world, "omar")
    assert _count.n == few


class _Counter:
    """Counts queries."""

    n = 0

    def __call__(self, execute: object, *args: object) -> object:
        self.n += 1
        return execute(*args)  # type: ignore[operator] # Django's execute


def test_an_invitation_lives_for_days_and_not_longer() -> None:
    assert timedelta(hours=1) < settings.INVITATION_LIFE <= timedelta(days=7)
