"""Leaving, a lost second factor and the end of a lock take two persons; a lock itself takes one."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import generate_totp_secret
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cases import actions as cases
from cases.lifecycle import Mode
from common import clock
from common.errors import RuleError
from ledger import actions as ledger
from ledger.models import Entry
from ledger.rules import SYSTEM
from ledger.verbs import Verb
from people import actions
from people.middleware import act_as
from people.models import AccountChange, Person, Session
from people.rules import APART, Role, Scope
from safes import actions as safes
from safes.access import secrets_of
from safes.models import Grant, State, UserKey
from tests.api.program import Program, is_problem
from tests.conftest import BecomeProcess
from tests.doors import code_now, sign_in
from tests.people.conftest import Entrant
from tests.world import World

pytestmark = [pytest.mark.req("SEC-3"), pytest.mark.django_db]

PEOPLE = "/setup/people/"
Kind = AccountChange.Kind


@pytest.fixture
def adam(client: Client, world: World) -> Client:
    """Return the browser of an administrator."""
    sign_in(client, world, "adam")
    return client


@pytest.fixture
def hana(world: World) -> Client:
    """Return the browser of the head."""
    browser = Client()
    sign_in(browser, world, "hana")
    return browser


def said(client: Client, address: str, **data: str) -> str:
    """Press a button and return the page on which one lands."""
    return client.post(address, data, follow=True).content.decode()


def decision(kind: AccountChange.Kind) -> str:
    """Return where what waits is decided."""
    return f"{PEOPLE}roles/{AccountChange.objects.get(kind=kind, decided_at=None).pk}/"


# -- leaving ---------------------------------------------------------------------------------


def test_an_officer_leaves_when_a_second_person_confirms(
    adam: Client, hana: Client, world: World, process: BecomeProcess
) -> None:
    concern, _ = world.file()
    olga, page = world["olga"], f"{PEOPLE}{world['olga'].pk}/"
    assert "Ask to part with Olga Example" in adam.get(page).content.decode()
    assert "once another administrator or the head confirms" in said(adam, f"{page}leave/")
    # who sees the keys of others
    act_as(world["hana"])
    assert secrets_of(world.openers["olga"], [concern.safe_id])
    # asked once, and not confirmed by who asked
    assert "Leaving waits for a decision already" in said(adam, f"{page}leave/")
    assert "Somebody else has to approve" in said(adam, decision(Kind.LEAVING), decision="approve")
    assert Person.objects.get(pk=olga.pk).is_active
    assert "They have left." in said(hana, decision(Kind.LEAVING), decision="approve")
    assert not Person.objects.get(pk=olga.pk).is_active
    act_as(world["hana"])
    assert Grant.objects.filter(person=olga).exists()
    assert secrets_of(world.openers["olga"], [concern.safe_id]) == {}
    with process("owner"):
        assert not Grant.objects.filter(person=olga).exclude(state=State.DORMANT).exists()


def test_leaving_that_was_refused_or_taken_back_changes_nothing(
    adam: Client, hana: Client, world: World, process: BecomeProcess
) -> None:
    leave = f"{PEOPLE}{world['olga'].pk}/leave/"
    for who in (hana, adam):
        said(adam, leave)
        assert "It was refused." in said(who, decision(Kind.LEAVING), decision="refuse")
    assert Person.objects.get(username="olga").is_active
    refused = Entry.objects.filter(verb=Verb.ROLES_REFUSED)
    with process("worker"):
        assert [entry.detail.facts for entry in refused] == [{"kind": "leaving"}] * 2


def test_nobody_refuses_what_is_about_them_and_takes_back_what_they_asked_for(
    adam: Client, hana: Client, world: World
) -> None:
    world.hire("hugo", Role.HEAD)
    said(adam, f"{PEOPLE}{world['hana'].pk}/leave/")
    page = hana.get(PEOPLE).content.decode()
    assert "It is about you: somebody else decides." in page
    assert 'value="refuse"' not in page
    answer = said(hana, decision(Kind.LEAVING), decision="refuse")
    assert "This is about you, so somebody else decides it. Nothing was changed." in answer
    assert AccountChange.objects.waiting().count() == 1
    world.hire("alan", Role.ADMINISTRATOR)
    said(adam, f"{PEOPLE}{world['adam'].pk}/", roles="leadership")
    assert "Take back for Adam Example" in adam.get(PEOPLE).content.decode()
    assert "It was refused." in said(adam, decision(Kind.ROLES), decision="refuse")


def test_who_may_not_decide_learns_no_number_and_what_is_decided_says_so(world: World) -> None:
    world.hire("cora", Role.CUSTODIAN)
    world.hire("alan", Role.ADMINISTRATOR)
    change = safes.part_with(world["carl"], by=world["adam"], now=world.now)
    assert change is not None
    world.file(mode=Mode.CONFIDENTIAL, identity=cases.Identity("Cora Example"))
    with pytest.raises(PermissionDenied):
        safes.part_with(world["carl"], by=world["hana"], now=world.now)
    with pytest.raises(PermissionDenied):
        safes.decide_change(change, approve=True, by=world["olga"], now=world.now)
    with pytest.raises(RuleError, match="Somebody else has to approve"):
        safes.decide_change(change, approve=True, by=world["adam"], now=world.now)
    with pytest.raises(RuleError, match="only custodian who can open 1 confidential name"):
        safes.decide_change(change, approve=True, by=world["hana"], now=world.now)
    safes.decide_change(change, approve=False, by=world["hana"], now=world.now)
    with pytest.raises(RuleError, match="decided already"):
        safes.decide_change(change, approve=True, by=world["alan"], now=world.now)


@pytest.mark.parametrize("act", ["leave", "roles", "lock", "decide"])
def test_acts_on_accounts_wait_for_each_other(act: str, world: World) -> None:
    """Of two at once, each would count on whom the other parts with."""
    adam, hana = world["adam"], world["hana"]
    change = safes.part_with(world["omar"], by=adam, now=world.now)
    assert change is not None
    acts: dict[str, Callable[[], object]] = {
        "leave": lambda: safes.part_with(world["stan"], by=adam, now=world.now),
        "roles": lambda: actions.ask_for_roles(
            world["stan"], roles=[Role.OFFICER], by=adam, now=world.now
        ),
        "lock": lambda: actions.lock(world["stan"], by=adam, now=world.now),
        "decide": lambda: safes.decide_change(change, approve=True, by=hana, now=world.now),
    }
    with CaptureQueriesContext(connection) as asked:
        acts[act]()
    first = next(one["sql"] for one in asked if 'FROM "people_person"' in one["sql"])
    assert first.endswith("FOR NO KEY UPDATE")
    assert all(role in first for role in ("administrator", "head", "custodian"))


def test_somebody_without_a_role_of_the_office_leaves_at_once(adam: Client, world: World) -> None:
    assert "has left" in said(adam, f"{PEOPLE}{world['stan'].pk}/leave/")
    assert not Person.objects.get(username="stan").is_active


@pytest.mark.parametrize(
    ("name", "role"), [("hana", "head of the ethics office"), ("carl", "identity custodian")]
)
def test_the_last_of_a_role_neither_leaves_nor_loses_it(
    name: str, role: str, adam: Client, world: World
) -> None:
    page = f"{PEOPLE}{world[name].pk}/"
    says = f"{world[name].name} is the only {role}. Nothing was changed; give the role to"
    assert says in said(adam, f"{page}leave/")
    assert says in said(adam, page, roles="leadership")
    assert not AccountChange.objects.exists()
    # a locked colleague is none
    other = world.hire("other", Role(world[name].roles[0]))
    world.hire("alan", Role.ADMINISTRATOR)
    actions.lock(other, by=world["adam"], now=world.now)
    assert says in said(adam, f"{page}leave/")


def test_the_last_administrator_stays_also_when_another_left_meanwhile(world: World) -> None:
    world.hire("alan", Role.ADMINISTRATOR)
    alans = safes.part_with(world["alan"], by=world["adam"], now=world.now)
    adams = safes.part_with(world["adam"], by=world["alan"], now=world.now)
    assert alans is not None
    assert adams is not None
    safes.decide_change(alans, approve=True, by=world["hana"], now=world.now)
    with pytest.raises(RuleError, match="is the only administrator"):
        safes.decide_change(adams, approve=True, by=world["hana"], now=world.now)
    assert Person.objects.get(username="adam").is_active


def test_the_only_custodian_of_a_name_stays_and_is_told_what_to_do(
    adam: Client, world: World, process: BecomeProcess
) -> None:
    identity = cases.Identity("Rita Reporter")
    concern, _ = world.file(mode=Mode.CONFIDENTIAL, identity=identity)
    # one who came later holds no share of it
    world.hire("cora", Role.CUSTODIAN)
    page = said(adam, f"{PEOPLE}{world['carl'].pk}/leave/")
    assert "is the only custodian who can open 1 confidential name" in page
    assert "lock the account, which loses nothing" in page
    # nor does he lose the role, which two would have agreed on
    change = actions.ask_for_roles(world["carl"], roles=[], by=world["adam"], now=world.now)
    assert change is not None
    with pytest.raises(RuleError, match="only custodian who can open 1 confidential name"):
        safes.decide_change(change, approve=True, by=world["hana"], now=world.now)
    vault = concern.identity_safe
    assert vault is not None
    holders, _ = safes.holders_of([world["cora"]])
    safes.share(vault, opener=world.openers["carl"], holders=holders)
    assert "confirms" in said(adam, f"{PEOPLE}{world['carl'].pk}/leave/")
    # who is a custodian no more keeps no share
    safes.decide_change(change, approve=True, by=world["hana"], now=world.now)
    with process("worker"):
        assert list(vault.grants.values_list("person__username", flat=True)) == ["cora"]
    assert Entry.objects.filter(verb=Verb.NAMES_GIVEN_UP).count() == 1


# -- locking ---------------------------------------------------------------------------------


def test_one_person_locks_at_once_and_another_lifts_it(
    adam: Client, hana: Client, strong: Entrant, world: World
) -> None:
    ruth, theirs = strong.person, Client()
    strong.enter(theirs)
    program = Program(world, [Scope.CLOCKS_READ], owner="ruth")
    assert program.get("clocks/").status_code == 200
    page = f"{PEOPLE}{ruth.pk}/"
    assert "is locked out, and their sessions ended" in said(adam, f"{page}lock/")
    assert theirs.get("/desk/").status_code == 302
    assert not Session.objects.filter(person=ruth).exists()
    # with one answer for a wrong password and a locked account
    assert b"do not fit together" in strong.password(Client()).content
    is_problem(program.get("clocks/"), 401)
    assert "Locked out" in adam.get(PEOPLE).content.decode()
    assert "A lock waits for a decision already" in said(adam, f"{page}lock/")

    assert "Somebody else has to approve" in said(adam, decision(Kind.LOCK), decision="approve")
    assert "It stays; nothing was changed" in said(adam, decision(Kind.LOCK), decision="refuse")
    assert Person.objects.get(pk=ruth.pk).is_locked
    assert "The lock was lifted" in said(hana, decision(Kind.LOCK), decision="approve")
    assert program.get("clocks/").status_code == 200
    strong.enter(Client(), later=1)
    verbs = list(Entry.objects.filter(subject=f"person:{ruth.pk}").values_list("verb", flat=True))
    assert {Verb.PERSON_LOCKED, Verb.PERSON_UNLOCKED} <= set(verbs)


def test_a_session_that_slipped_through_opens_nothing(client: Client, world: World) -> None:
    actions.lock(world["olga"], by=world["hana"], now=world.now)
    sign_in(client, world, "olga")
    assert client.get("/desk/")["Location"].startswith("/sign-in/")


def test_the_second_step_of_signing_in_is_shut_as_well(
    strong: Entrant, world: World, process: BecomeProcess
) -> None:
    browser = Client()
    strong.password(browser)
    actions.lock(strong.person, by=world["adam"], now=world.now)
    assert strong.code(browser, code_now(strong.secret))["Location"] == "/sign-in/"
    with process("owner"):
        assert not Entry.objects.filter(verb=Verb.SIGNED_IN).exists()


def test_a_lock_of_an_administrator_is_the_heads_and_nobody_locks_themselves(
    adam: Client, hana: Client, world: World
) -> None:
    world.hire("alan", Role.ADMINISTRATOR)
    assert "cannot lock yourself out" in said(adam, f"{PEOPLE}{world['adam'].pk}/lock/")
    assert "is locked out" in said(hana, f"{PEOPLE}{world['adam'].pk}/lock/")
    assert adam.get(PEOPLE).status_code == 302
    olga = Client()
    sign_in(olga, world, "olga")
    assert olga.post(f"{PEOPLE}{world['hana'].pk}/lock/").status_code == 403


def test_nobody_locks_out_everybody_who_could_lift_it(
    adam: Client, world: World, process: BecomeProcess
) -> None:
    alan = world.hire("alan", Role.ADMINISTRATOR)
    assert "is locked out" in said(adam, f"{PEOPLE}{alan.pk}/lock/")
    page = said(adam, f"{PEOPLE}{world['hana'].pk}/lock/")
    assert "Nobody but you would be left to lift this lock. Nothing was changed." in page
    assert "lift_lock" in page
    assert not Person.objects.get(username="hana").is_locked
    # whose time for a new second factor went by lifts nothing either
    hugo = world.hire("hugo", Role.HEAD)
    Person.objects.filter(pk=hugo.pk).update(enrol_by=world.now)
    with pytest.raises(RuleError, match="Nobody but you"):
        actions.lock(world["hana"], by=world["adam"], now=world.now)
    with process("owner"):
        actions.lift_lock("alan", now=world.now)
    actions.lock(world["hana"], by=world["adam"], now=world.now)


# -- a lost second factor --------------------------------------------------------------------


def test_two_persons_remove_a_lost_second_factor_and_its_person_is_told(
    adam: Client, hana: Client, strong: Entrant, world: World, process: BecomeProcess
) -> None:
    ruth, theirs = strong.person, Client()
    strong.enter(theirs)
    keys = list(UserKey.objects.filter(person=ruth).values())
    assert "has to confirm" in said(adam, f"{PEOPLE}{ruth.pk}/reset/")
    assert Authenticator.objects.filter(user=ruth).exists()
    assert "Somebody else has to approve" in said(adam, decision(Kind.FACTORS), decision="approve")
    assert theirs.get("/desk/").status_code == 200
    assert "second factors were removed" in said(hana, decision(Kind.FACTORS), decision="approve")
    assert theirs.get("/desk/").status_code == 302
    assert not Authenticator.objects.filter(user=ruth).exists()
    with process("worker"):
        ledger.deliver(now=clock.now())
    subjects = [letter.subject for letter in mail.outbox if letter.to == [ruth.email]]
    assert "EthicsDesk: removing your second factors was asked for" in subjects
    assert "EthicsDesk: your second factors were removed" in subjects

    # what was sealed is sealed to the same key, and a password alone opens only the enrolment
    assert list(UserKey.objects.filter(person=ruth).values()) == keys
    again = Client()
    strong.password(again)
    assert again.get("/desk/")["Location"] == "/account/"
    page = again.get("/account/").content.decode()
    assert "Adam Example asked for it and Hana Example confirmed" in page
    assert "Adam Example asked" not in again.get("/account/").content.decode()


def test_a_reset_is_for_others_who_have_something_to_lose(
    adam: Client, hana: Client, strong: Entrant, world: World
) -> None:
    assert "This is your own account" in said(adam, f"{PEOPLE}{world['adam'].pk}/reset/")
    assert "has no second factor" in said(adam, f"{PEOPLE}{world['olga'].pk}/reset/")
    said(hana, f"{PEOPLE}{strong.person.pk}/reset/")
    with pytest.raises(IntegrityError), transaction.atomic():
        AccountChange.objects.update(
            decided_by=world["hana"], decided_at=world.now, is_approved=True
        )


def reset(adam: Client, hana: Client, entrant: Entrant) -> None:
    """Remove somebody's second factors by two."""
    said(adam, f"{PEOPLE}{entrant.person.pk}/reset/")
    assert "were removed" in said(hana, decision(Kind.FACTORS), decision="approve")


def test_after_a_reset_a_password_alone_adds_a_factor_for_three_days_and_then_nothing(
    adam: Client, hana: Client, strong: Entrant
) -> None:
    reset(adam, hana, strong)
    ruth, page = strong.person, f"{PEOPLE}{strong.person.pk}/"
    theirs = Client()
    strong.password(theirs)
    assert "Afterwards your account locks" in theirs.get("/account/").content.decode()
    assert "Afterwards the account locks" in adam.get(page).content.decode()
    ruth.refresh_from_db()
    assert ruth.enrol_by is not None
    three_days = timedelta(days=3)
    assert timedelta(0) <= clock.now() + three_days - ruth.enrol_by < timedelta(minutes=1)

    Person.objects.filter(pk=ruth.pk).update(enrol_by=clock.now())
    assert b"do not fit together" in strong.password(Client()).content
    # a session that was open then adds none either
    secret = generate_totp_secret()
    code = code_now(secret)
    with pytest.raises(RuleError, match=r"account is locked\. Nothing was added"):
        actions.add_totp(ruth, secret=secret, code=code, by=ruth.actor, now=clock.now())
    assert "no new one was added in time" in adam.get(page).content.decode()
    # another reset gives new time
    reset(adam, hana, strong)
    assert strong.password(Client())["Location"] != "/sign-in/"


def test_the_factor_that_follows_a_reset_ends_the_time_and_is_mailed(
    adam: Client, hana: Client, strong: Entrant, process: BecomeProcess
) -> None:
    reset(adam, hana, strong)
    ruth, secret = strong.person, generate_totp_secret()
    code = code_now(secret)
    actions.add_totp(ruth, secret=secret, code=code, by=ruth.actor, now=clock.now())
    ruth.refresh_from_db()
    assert ruth.enrol_by is None
    with process("worker"):
        ledger.deliver(now=clock.now())
    subjects = [letter.subject for letter in mail.outbox if letter.to == [ruth.email]]
    assert subjects[-1] == "EthicsDesk: your second factor was changed"


# -- the operator, where nobody else is left -------------------------------------------------


def told_by_operator(process: BecomeProcess) -> set[str]:
    """Return to whom a mail about what the operator did went."""
    with process("worker"):
        ledger.deliver(now=clock.now())
    return {to for one in mail.outbox if "the operator" in one.subject for to in one.to}


def test_the_operator_lifts_a_lock_and_everybody_is_told(
    adam: Client, strong: Entrant, process: BecomeProcess
) -> None:
    ruth = strong.person
    said(adam, f"{PEOPLE}{ruth.pk}/lock/")
    with process("owner"):
        call_command("lift_lock", "ruth")
        with pytest.raises(CommandError, match=r"Ruth Example is not locked out\. Nothing was"):
            call_command("lift_lock", "ruth")
        with pytest.raises(CommandError, match=r"Nobody here has the user name rut\. Nothing was"):
            call_command("lift_lock", "rut")
    assert not AccountChange.objects.waiting().exists()
    entry = Entry.objects.get(verb=Verb.PERSON_UNLOCKED)
    assert (entry.actor, entry.subject) == ("operator", f"person:{ruth.pk}")
    assert told_by_operator(process) == {"adam@example.org", "hana@example.org"}
    assert "EthicsDesk: your account is open again" in [
        one.subject for one in mail.outbox if one.to == [ruth.email]
    ]
    theirs = Client()
    strong.enter(theirs)
    page = theirs.get("/account/").content.decode()
    assert "Adam Example did it, and the operator of this server lifted the lock" in page


def test_the_operator_removes_lost_factors_and_everybody_is_told(
    strong: Entrant, world: World, process: BecomeProcess
) -> None:
    ruth = strong.person
    with process("owner"):
        call_command("reset_factors", "ruth")
        with pytest.raises(CommandError, match="has no second factor, so none was lost"):
            call_command("reset_factors", "ruth")
        Person.objects.filter(username="otto").update(is_active=False)
        with pytest.raises(CommandError, match="has left already"):
            call_command("reset_factors", "otto")
    assert Entry.objects.get(verb=Verb.FACTORS_RESET).actor == "operator"
    ruth.refresh_from_db()
    assert ruth.enrol_by is not None
    assert told_by_operator(process) == {"adam@example.org", "hana@example.org"}
    theirs = Client()
    strong.password(theirs)
    page = theirs.get("/account/").content.decode()
    assert "the operator of this server did it" in page


def test_only_the_operator_acts_without_a_name(strong: Entrant, world: World) -> None:
    with pytest.raises(IntegrityError, match="rolechange_operator"), transaction.atomic():
        AccountChange.objects.create(person=strong.person, kind=Kind.ROLES, asked_at=world.now)


# -- roles that do not meet ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other"), [(one, other) for one, others in APART.items() for other in sorted(others)]
)
def test_roles_that_bound_each_other_never_meet_in_one_person(
    one: str, other: str, world: World
) -> None:
    both = [Role(one), Role(other)]
    with pytest.raises(RuleError, match="each bounds what the other can do"):
        actions.ask_for_roles(world["stan"], roles=both, by=world["adam"], now=world.now)
    with pytest.raises(RuleError, match="One person cannot be"):
        actions.add_person(username="x", name="X", roles=both, by=SYSTEM, now=world.now)
    # what no action lets through, the database refuses too
    with pytest.raises(IntegrityError, match="_apart"), transaction.atomic():
        Person.objects.filter(username="stan").update(roles=both)


def test_an_invitation_to_both_is_refused_on_the_form(adam: Client, world: World) -> None:
    page = adam.post(
        f"{PEOPLE}invite/",
        {
            "name": "Iris Novak",
            "username": "iris",
            "email": "iris@example.org",
            "roles": ["administrator", "custodian"],
        },
    ).content.decode()
    assert "One person cannot be an administrator and an identity custodian" in page
    assert not Person.objects.filter(username="iris").exists()


def test_a_person_may_be_head_and_officer_at_once(world: World) -> None:
    change = actions.ask_for_roles(
        world["olga"], roles=[Role.OFFICER, Role.HEAD], by=world["adam"], now=world.now
    )
    assert change is not None


# -- what the head sees ----------------------------------------------------------------------


def test_the_head_reads_the_account_and_changes_no_roles(hana: Client, world: World) -> None:
    page = f"{PEOPLE}{world['olga'].pk}/"
    assert f'href="{page}"' in hana.get(PEOPLE).content.decode()
    shown = hana.get(page).content.decode()
    assert "Ethics officer" in shown
    assert "Lock the account" in shown
    assert "Change roles" not in shown
    assert "Part with" not in shown
    assert hana.post(page, {"roles": "leadership"}).status_code == 403
    assert hana.post(f"{page}leave/").status_code == 403
