"""A confidential identity lies in two shares; one asks, another agrees, and it shuts again."""

from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.http import Http404

from cases import access, actions
from cases.actions import identities
from cases.lifecycle import Finding, Mode, RequestState
from cases.models import Concern, IdentityRequest, Member
from common.errors import RuleError
from escalation import actions as escalation
from ledger.models import Detail, Entry, Outbox
from ledger.verbs import Verb
from people import actions as people
from people.middleware import act_as
from people.models import Person
from people.rules import Role
from retention import actions as retention
from safes import access as opening
from safes import actions as safes
from safes.access import KEYSTORE
from safes.actions import Holder
from safes.models import Grant, OuterKey, Sealed, State
from safes.rules import Receipt
from tests.conftest import BecomeProcess
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.req("CAS-8")]

RITA = actions.Identity("Rita Reporter", "Extension 7")
WHY = "She may be in danger at her desk."
WEEK = timedelta(days=7)


@dataclass
class Told:
    """A confidential concern in a case on whose team Olga is."""

    world: World
    concern: Concern
    receipt: Receipt

    def ask(self, name: str = "olga") -> IdentityRequest:
        act_as(self.world[name])
        return actions.ask_identity(
            self.concern, by=self.world[name], reason=WHY, now=self.world.now
        )

    def grant(self, request: IdentityRequest, name: str = "carl", days: int = 7) -> IdentityRequest:
        act_as(self.world[name])
        return actions.grant_identity(
            request,
            by=self.world[name],
            opener=self.world.openers[name],
            for_days=days,
            now=self.world.now,
        )

    def open(self, name: str = "olga", after: timedelta = timedelta(0)) -> actions.Identity:
        act_as(self.world[name])
        return actions.open_identity(
            self.concern,
            by=self.world[name],
            opener=self.world.openers[name],
            now=self.world.now + after,
        )


@pytest.fixture
def told(world: World) -> Told:
    concern, receipt = world.file(mode=Mode.CONFIDENTIAL, identity=RITA)
    world.triage(concern)
    concern.refresh_from_db()
    return Told(world, concern, receipt)


def reads(world: World, name: str) -> str:
    """Return everything that somebody's key opens in the whole house, as one text."""
    items = opening.open_items(
        world.openers[name], Sealed.objects.values_list("row", "field").distinct()
    )
    return b"\n".join(items.values()).decode(errors="replace")


# -- the shares ------------------------------------------------------------------------------


@pytest.mark.req("SEC-1")
@pytest.mark.parametrize("name", ["olga", "omar", "otto", "hana", "ines", "carl", "adam", "chief"])
def test_nobodys_key_alone_opens_an_identity(told: Told, name: str) -> None:
    assert "Rita" not in reads(told.world, name)


def test_the_custodians_open_no_word_of_the_case(told: Told) -> None:
    told.ask()
    assert "dated before the visit" not in reads(told.world, "carl")
    assert WHY in reads(told.world, "carl")
    act_as(told.world["carl"])
    assert not Concern.objects.exists()
    assert not Concern.objects.visible_to(told.world["carl"]).exists()


def test_whoever_was_let_opens_it(told: Told) -> None:
    told.grant(told.ask())
    assert told.open() == RITA


def test_a_named_reporters_identity_is_for_the_readers_as_before(world: World) -> None:
    concern, _ = world.file(mode=Mode.NAMED, identity=RITA)
    found = opening.open_items(world.openers["omar"], [(concern.pk, "reporter")])
    assert actions.Identity.unpacked(found[concern.pk, "reporter"]) == RITA
    act_as(world["olga"])
    actions.assign(concern, by=world["olga"], to=world["olga"], now=world.now)
    with pytest.raises(RuleError, match="nothing to ask for"):
        actions.ask_identity(concern, by=world["olga"], reason=WHY, now=world.now)


def test_reading_a_named_concern_leaves_a_trace_of_the_name_that_was_read(world: World) -> None:
    named, _ = world.file(mode=Mode.NAMED, identity=RITA)
    hidden, _ = world.file(mode=Mode.CONFIDENTIAL, identity=RITA)
    for concern in (named, hidden):
        act_as(world["olga"])
        for opener in (world.openers["olga"], None):
            actions.read_concern(concern, by=world["olga"], opener=opener, now=world.now)
    trace = Entry.objects.filter(verb=Verb.IDENTITY_READ)
    assert [entry.subject for entry in trace] == [named.subject]


def test_a_custodian_who_reports_does_not_keep_their_own_name(world: World) -> None:
    world.hire("cora", Role.CUSTODIAN)
    identity = actions.Identity("cora example")
    concern, _ = world.file(mode=Mode.CONFIDENTIAL, identity=identity)
    assert concern.identity_safe is not None
    keeping = concern.identity_safe.grants.values_list("person__username", flat=True)
    assert list(keeping) == ["carl"]


def test_without_anybody_else_who_keeps_names_it_is_not_filed(world: World) -> None:
    with pytest.raises(RuleError, match="Nobody here can keep a name confidential"):
        world.file(mode=Mode.CONFIDENTIAL, identity=RITA, excluded=(world["carl"],))
    with pytest.raises(RuleError, match="Nobody here can keep a name confidential"):
        world.file(mode=Mode.CONFIDENTIAL, identity=actions.Identity("Carl Example"))


def test_a_share_that_was_moved_to_another_concern_opens_nothing(told: Told) -> None:
    other, _ = told.world.file(mode=Mode.CONFIDENTIAL, identity=actions.Identity("Sam Other"))
    told.world.triage(other)
    act_as(told.world["olga"])
    request = told.ask()
    told.grant(request)
    with transaction.atomic():
        IdentityRequest.objects.filter(pk=request.pk).update(concern=other)
        act_as(told.world["olga"])
        with pytest.raises(RuleError, match="do not fit together"):
            actions.open_identity(
                other, by=told.world["olga"], opener=told.world.openers["olga"], now=told.world.now
            )
        transaction.set_rollback(True)
    with transaction.atomic():
        Sealed.objects.filter(row=other.pk, field="identity").update(row=told.world["stan"].pk)
        Sealed.objects.filter(row=told.concern.pk, field="identity").update(row=other.pk)
        IdentityRequest.objects.filter(pk=request.pk).update(concern=other)
        act_as(told.world["olga"])
        with pytest.raises(RuleError, match="do not fit together"):
            actions.open_identity(
                other, by=told.world["olga"], opener=told.world.openers["olga"], now=told.world.now
            )
        transaction.set_rollback(True)
    assert told.open() == RITA


def test_a_later_expiry_that_somebody_wrote_into_the_row_opens_nothing(told: Told) -> None:
    request = told.grant(told.ask(), days=1)
    IdentityRequest.objects.filter(pk=request.pk).update(expires_at=told.world.now + WEEK)
    with pytest.raises(RuleError, match="do not fit together"):
        told.open(after=timedelta(days=2))


@pytest.mark.req("SEC-1")
@pytest.mark.parametrize("role", ["worker", "watchdog"])
def test_processes_that_keep_time_read_no_share(
    told: Told, role: str, process: BecomeProcess
) -> None:
    told.grant(told.ask())
    with process(role), pytest.raises(ProgrammingError), connection.cursor() as cursor:
        cursor.execute(
            "SELECT ciphertext FROM safes_sealed WHERE field IN ('identity', 'share', 'given')"
        )


# -- asking ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["omar", "hana", "ines", "carl", "stan", "adam"])
def test_only_whoever_works_on_it_asks(told: Told, name: str, process: BecomeProcess) -> None:
    act_as(told.world[name])
    with pytest.raises((PermissionDenied, Concern.DoesNotExist)):
        actions.ask_identity(told.concern, by=told.world[name], reason=WHY, now=told.world.now)
    with process("owner"):
        assert not IdentityRequest.objects.exists()


def test_an_officer_who_looks_after_it_asks_before_triage(world: World) -> None:
    concern, _ = world.file(mode=Mode.CONFIDENTIAL, identity=RITA)
    told = Told(world, concern, Receipt.new())
    with pytest.raises(PermissionDenied):
        told.ask("olga")
    act_as(world["olga"])
    actions.assign(concern, by=world["olga"], to=world["olga"], now=world.now)
    told.grant(told.ask("olga"))
    assert told.open("olga") == RITA


def test_nobody_asks_without_a_reason_or_twice_or_for_what_is_over(told: Told) -> None:
    act_as(told.world["olga"])
    with pytest.raises(RuleError, match="Say why"):
        actions.ask_identity(told.concern, by=told.world["olga"], reason=" ", now=told.world.now)
    told.ask()
    with pytest.raises(RuleError, match="You asked already"):
        told.ask()
    anonymous, _ = told.world.file()
    actions.assign(anonymous, by=told.world["olga"], to=told.world["olga"], now=told.world.now)
    with pytest.raises(RuleError, match="nothing to ask for"):
        actions.ask_identity(anonymous, by=told.world["olga"], reason=WHY, now=told.world.now)


def test_the_custodians_hear_that_something_waits_and_nothing_of_it(
    told: Told, process: BecomeProcess
) -> None:
    told.world.hire("cora", Role.CUSTODIAN)
    request = told.ask()
    with process("worker"):
        mail = Outbox.objects.get(template="identity_asked")
    assert (mail.to, mail.context) == (
        f"person:{told.world['carl'].pk}",
        {"name": "Carl Example", "reference": request.ref},
    )
    told.grant(request)
    with process("worker"):
        mail = Outbox.objects.get(template="identity_decided")
    assert mail.to == f"person:{told.world['olga'].pk}"
    assert mail.context["reference"] == request.ref


def test_a_custodian_who_was_walled_off_meanwhile_is_not_told(told: Told) -> None:
    told.world.hire("cora", Role.CUSTODIAN)
    request = told.ask()
    assert access.may_be_told(told.world["carl"], request.ref)
    case = told.concern.case
    assert case is not None
    actions.name_party(case, by=told.world["olga"], person=told.world["carl"], now=told.world.now)
    assert not access.may_be_told(told.world["carl"], request.ref)


# -- deciding --------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["olga", "omar", "hana", "ines", "adam", "chief", "stan"])
def test_nobody_but_a_custodian_decides(told: Told, name: str) -> None:
    request = told.ask()
    Person.objects.filter(username=name).update(is_superuser=True)
    person = Person.objects.get(username=name)
    act_as(person)
    assert not IdentityRequest.objects.decidable_by(person).exists()
    with pytest.raises((PermissionDenied, IdentityRequest.DoesNotExist)):
        actions.refuse_identity(request, by=person, reason="No.", now=told.world.now)
    with pytest.raises(Http404):
        access.get_request(person, request.ref)


def test_a_custodian_decides_neither_their_own_request_nor_on_a_case_they_work_on(
    told: Told, process: BecomeProcess
) -> None:
    world = told.world
    world.hire("cleo", Role.CUSTODIAN)
    case = told.concern.case
    assert case is not None
    act_as(world["olga"])
    vault = told.concern.identity_safe
    assert vault is not None
    carl, cleo = world.openers["carl"], world["cleo"]
    safes.share(vault, opener=carl, holders=[Holder(world.openers["cleo"].public, cleo)])
    request = told.ask()
    assert IdentityRequest.objects.decidable_by(cleo).exists()
    # no custodian works on a case; whoever turns officer and back may have
    Person.objects.filter(pk=cleo.pk).update(roles=[Role.OFFICER])
    cleo.refresh_from_db()
    actions.add_member(
        case, by=world["olga"], opener=world.openers["olga"], person=cleo, now=world.now
    )
    # the share is taken from whoever comes near what was told
    with process("owner"):
        assert not vault.grants.filter(person=cleo).exists()
    own = told.ask("cleo")
    Person.objects.filter(pk=cleo.pk).update(roles=[Role.CUSTODIAN])
    cleo.refresh_from_db()
    safes.share(vault, opener=carl, holders=[Holder(world.openers["cleo"].public, cleo)])
    assert not IdentityRequest.objects.decidable_by(cleo).exists()
    for one in (request, own):
        with pytest.raises(PermissionDenied):
            told.grant(one, "cleo")


def test_whom_it_is_about_decides_nothing_and_sees_nothing(world: World) -> None:
    world.hire("cora", Role.CUSTODIAN)
    concern, receipt = world.file(mode=Mode.CONFIDENTIAL, identity=RITA, excluded=(world["carl"],))
    world.triage(concern)
    concern.refresh_from_db()
    told = Told(world, concern, receipt)
    request = told.ask()
    act_as(world["carl"])
    assert not IdentityRequest.objects.exists()
    assert not IdentityRequest.objects.decidable_by(world["carl"]).exists()
    with pytest.raises(IdentityRequest.DoesNotExist):
        told.grant(request, "carl")
    told.grant(request, "cora")
    assert told.open() == RITA


def test_the_custodian_who_becomes_the_subject_loses_the_share(told: Told) -> None:
    told.world.hire("cora", Role.CUSTODIAN)
    vault, case = told.concern.identity_safe, told.concern.case
    assert vault is not None
    assert case is not None
    carl = told.world.openers["carl"]
    cora = Holder(told.world.openers["cora"].public, told.world["cora"])
    safes.share(vault, opener=carl, holders=[cora])
    request = told.ask()
    actions.name_party(case, by=told.world["olga"], person=told.world["carl"], now=told.world.now)
    assert list(vault.grants.values_list("person__username", flat=True)) == ["cora"]
    with pytest.raises(IdentityRequest.DoesNotExist):
        told.grant(request, "carl")
    told.grant(request, "cora")
    assert told.open() == RITA


def test_a_refusal_needs_a_reason_and_ends_it(told: Told) -> None:
    request = told.ask()
    act_as(told.world["carl"])
    with pytest.raises(RuleError, match="Say why you refuse"):
        actions.refuse_identity(request, by=told.world["carl"], reason="", now=told.world.now)
    actions.refuse_identity(
        request, by=told.world["carl"], reason="Write to her.", now=told.world.now
    )
    with pytest.raises(RuleError, match="cannot be granted now"):
        told.grant(request)
    with pytest.raises(RuleError, match="not open to you"):
        told.open()
    where = (request.pk, "refusal")
    assert opening.open_texts(told.world.openers["olga"], [where])[where] == "Write to her."
    told.ask()


@pytest.mark.parametrize("days", [0, -1, 8])
def test_a_custodian_cannot_let_it_be_open_for_longer_than_the_site_allows(
    told: Told, days: int
) -> None:
    request = told.ask()
    with pytest.raises(RuleError, match="from 1 to 7 days"):
        told.grant(request, days=days)


def test_the_share_that_is_given_is_for_whoever_asked_alone(told: Told) -> None:
    case = told.concern.case
    assert case is not None
    act_as(told.world["olga"])
    actions.add_member(
        case,
        by=told.world["olga"],
        opener=told.world.openers["olga"],
        person=told.world["omar"],
        now=told.world.now,
    )
    request = told.grant(told.ask())
    with pytest.raises(RuleError, match="not open to you"):
        told.open("omar")
    assert not opening.open_items(told.world.openers["omar"], [(request.pk, "given")])
    assert "Rita" not in reads(told.world, "carl")
    assert told.open("olga") == RITA


REFUSED_BY = (
    "UPDATE cases_identityrequest SET state = 'refused', decided_at = now(), decided_by_id ="
)
GRANTED = (
    "UPDATE cases_identityrequest SET state = 'granted', expires_at = now() + interval '32 days'"
)
AGAIN = """
    INSERT INTO cases_identityrequest (id, ref, concern_id, safe_id, vault_id, category_id,
        requested_by_id, function, requested_at, state, opened_on)
    SELECT gen_random_uuid(), 'I-2', concern_id, safe_id, vault_id, category_id,
        requested_by_id, function, requested_at, 'asked', '{}' FROM cases_identityrequest
"""
BY_NAME = "(SELECT id FROM people_person WHERE username = '{}')"
SQL = {
    "by who asked": (f"{REFUSED_BY} requested_by_id", "two_people|holds a key"),
    "by the team": (f"{REFUSED_BY} {BY_NAME.format('omar')}", "holds a key to the concern"),
    "by nobody": (GRANTED, "state_fits"),
    "for ever": (
        f"{GRANTED}, decided_at = now(), decided_by_id = {BY_NAME.format('carl')}",
        "open_for_a_while",
    ),
    "twice at once": (AGAIN, "one_at_a_time"),
}


@pytest.mark.parametrize("forged", SQL)
def test_the_database_refuses_a_decision(told: Told, forged: str) -> None:
    told.ask()
    statement, match = SQL[forged]
    act_as(told.world["olga"])
    with (
        pytest.raises(IntegrityError, match=match),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


def test_asking_and_deciding_are_one_person_by_no_way_round_the_constraint(told: Told) -> None:
    request = told.ask()
    Grant.objects.filter(person=told.world["olga"]).delete()
    with pytest.raises(IntegrityError, match="two_people"), transaction.atomic():
        IdentityRequest.objects.filter(pk=request.pk).update(
            state=RequestState.REFUSED, decided_by=told.world["olga"], decided_at=told.world.now
        )


# -- ending ----------------------------------------------------------------------------------


def test_after_its_time_it_is_shut_whatever_the_worker_does(told: Told) -> None:
    told.grant(told.ask(), days=3)
    assert told.open(after=timedelta(days=3, seconds=-1)) == RITA
    with pytest.raises(RuleError, match="is over"):
        told.open(after=timedelta(days=3))


def test_the_worker_destroys_what_was_given(told: Told, process: BecomeProcess) -> None:
    request = told.grant(told.ask(), days=3)
    given = request.opening_id
    assert given is not None
    with process("worker"):
        assert actions.expire_identities(now=told.world.now + timedelta(days=2)) == 0
        assert actions.expire_identities(now=told.world.now + timedelta(days=3)) == 1
    act_as(told.world["olga"])
    request.refresh_from_db()
    assert (request.state, request.opening_id) == (RequestState.EXPIRED, None)
    with process("owner"):
        assert not Sealed.objects.filter(row=request.pk, field="given").exists()
        assert not Grant.objects.filter(safe=given).exists()
    with pytest.raises(RuleError, match="not open to you"):
        told.open()
    assert facts(Verb.IDENTITY_SHUT, process) == [{"request": request.ref, "why": "time"}]


def test_its_outer_key_is_destroyed_with_it(told: Told, process: BecomeProcess) -> None:
    request = told.grant(told.ask(), days=3)
    assert request.opening_id is not None
    keys = OuterKey.objects.using(KEYSTORE).filter(safe=request.opening_id)
    assert keys.exists()
    with process("worker"):
        actions.expire_identities(now=told.world.now + WEEK)
        retention.erase(now=told.world.now + WEEK)
    assert not keys.exists()


def test_what_was_asked_or_given_can_be_taken_back_by_whoever_asked(told: Told) -> None:
    request = told.ask()
    with pytest.raises(PermissionDenied):
        actions.withdraw_identity(request, by=told.world["omar"], now=told.world.now)
    actions.withdraw_identity(request, by=told.world["olga"], now=told.world.now)
    with pytest.raises(RuleError, match="cannot be granted"):
        told.grant(request)
    second = told.grant(told.ask())
    act_as(told.world["olga"])
    actions.withdraw_identity(second, by=told.world["olga"], now=told.world.now)
    assert not opening.open_items(told.world.openers["olga"], [(second.pk, "given")])
    with pytest.raises(RuleError, match="not open to you"):
        told.open()
    states = IdentityRequest.objects.order_by("state").values_list("state", flat=True)
    assert list(states) == [RequestState.EXPIRED, RequestState.WITHDRAWN]


def test_a_wall_before_whoever_asked_shuts_it_at_once(world: World) -> None:
    concern, receipt = world.file(mode=Mode.CONFIDENTIAL, identity=RITA)
    case = world.triage(concern, lead="omar")
    concern.refresh_from_db()
    told = Told(world, concern, receipt)
    request = told.grant(told.ask("olga"))
    waiting = told.ask("omar")
    act_as(world["omar"])
    actions.name_party(case, by=world["omar"], person=world["olga"], now=world.now)
    assert not opening.open_items(world.openers["olga"], [(request.pk, "given")])
    with pytest.raises(PermissionDenied):
        told.open("olga")
    act_as(world["omar"])
    request.refresh_from_db()
    waiting.refresh_from_db()
    assert (request.state, waiting.state) == (RequestState.EXPIRED, RequestState.ASKED)


def test_whoever_is_taken_off_the_team_opens_nothing_more(
    told: Told, process: BecomeProcess
) -> None:
    request = told.grant(told.ask())
    with process("worker"):
        Member.objects.filter(person=told.world["olga"]).update(left_at=told.world.now)
    with pytest.raises(PermissionDenied):
        told.open()
    with process("worker"):
        assert actions.expire_identities(now=told.world.now) == 1
    assert not opening.open_items(told.world.openers["olga"], [(request.pk, "given")])
    assert facts(Verb.IDENTITY_SHUT, process) == [{"request": request.ref, "why": "off_the_team"}]


def test_what_waits_when_the_case_is_closed_ends_with_it(
    told: Told, process: BecomeProcess
) -> None:
    request, case = told.ask(), told.concern.case
    assert case is not None
    told.world.close(
        case,
        finding=Finding.UNSUBSTANTIATED,
        reason="The log says otherwise.",
        message="We found nothing.",
        now=told.world.now,
    )
    with process("worker"):
        assert actions.expire_identities(now=told.world.now) == 1
    request.refresh_from_db()
    assert request.state == RequestState.WITHDRAWN
    assert facts(Verb.IDENTITY_SHUT, process) == [{"request": request.ref, "why": "closed"}]
    with pytest.raises(RuleError, match="Nobody works on this any more"):
        told.ask()


def test_handing_over_leaves_nobody_with_both_shares(world: World, process: BecomeProcess) -> None:
    concern, _ = world.file(mode=Mode.CONFIDENTIAL, identity=RITA)
    vault = concern.identity_safe
    assert vault is not None
    ines = Holder(world.openers["ines"].public, world["ines"])
    safes.share(vault, opener=world.openers["carl"], holders=[ines])
    with process("worker"):
        escalation.sweep(now=world.now + timedelta(days=30))
    active = Grant.objects.filter(safe=concern.safe, person=world["ines"], state=State.ACTIVE)
    assert active.exists()
    assert not vault.grants.filter(person=world["ines"]).exists()


# -- the trace -------------------------------------------------------------------------------


def facts(verb: Verb, process: BecomeProcess) -> list[dict[str, object]]:
    with process("owner"):
        return list(Detail.objects.filter(entry__verb=verb).values_list("facts", flat=True))


@pytest.mark.req("AUD-1")
def test_each_step_and_each_opening_is_an_entry(told: Told) -> None:
    told.grant(told.ask())
    told.open()
    told.open(after=timedelta(hours=1))
    told.open(after=timedelta(days=1))
    entries = Entry.objects.filter(subject=told.concern.subject, verb__startswith="identity_")
    assert [(entry.verb, entry.actor) for entry in entries.order_by("stream_n")] == [
        (Verb.IDENTITY_ASKED, told.world["olga"].actor.ref),
        (Verb.IDENTITY_GRANTED, told.world["carl"].actor.ref),
        *[(Verb.IDENTITY_OPENED, told.world["olga"].actor.ref)] * 3,
    ]
    today = told.world.now.date()
    assert IdentityRequest.objects.get().opened_on == [today, today + timedelta(days=1)]


def test_what_did_not_open_is_no_opening(told: Told, process: BecomeProcess) -> None:
    request = told.grant(told.ask())
    Sealed.objects.filter(row=request.pk, field="given").delete()
    with pytest.raises(RuleError):
        told.open()
    with process("owner"):
        assert not Entry.objects.filter(verb=Verb.IDENTITY_OPENED).exists()
    assert IdentityRequest.objects.get().opened_on == []


def test_the_receipt_opens_the_reasons(told: Told) -> None:
    request = told.ask()
    access.present(told.receipt)
    where = (request.pk, identities.REASON)
    assert opening.open_texts(told.receipt.opener, [where]) == {where: WHY}


def test_whoever_stands_in_for_a_custodian_keeps_and_decides_nothing(world: World) -> None:
    """One custodian would appoint by agreement whom two have to appoint."""
    today, chief = world.now.date(), world["chief"]
    people.accept_delegation(
        people.delegate(world["carl"], to=chief, since=today, now=world.now), now=world.now
    )
    concern, receipt = world.file(mode=Mode.CONFIDENTIAL, identity=RITA)
    world.triage(concern)
    concern.refresh_from_db()
    request = Told(world, concern, receipt).ask()
    holders = Grant.objects.filter(safe=concern.identity_safe).values_list("person", flat=True)
    assert set(holders) == {world["carl"].pk}
    assert not IdentityRequest.objects.decidable_by(chief).exists()
    act_as(chief)
    assert not IdentityRequest.objects.exists()
    with pytest.raises(IdentityRequest.DoesNotExist):
        actions.refuse_identity(request, by=chief, reason="No.", now=world.now)
