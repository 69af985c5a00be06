"""Breaking the ledger write undoes the act: for every action that there is."""

import hashlib
import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from uuid import UUID

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import generate_totp_secret
from django.db import Error, connection, transaction
from django.test import Client, override_settings

from audits import actions as audits
from cases import access, actions
from cases.access import Search
from cases.lifecycle import Finding, Kind, Mode, Phase, TaskKind, WhyBack
from cases.models import Attachment, Case, Concern, IdentityRequest, Note, Task
from escalation import actions as escalation
from escalation.models import (
    Calendar,
    CalendarDay,
    Clock,
    Does,
    MoveReason,
    Path,
    PathStep,
    PathVersion,
    SentBack,
)
from escalation.rules import Anchor, Limit, Rung
from escalation.rules.ladders import Step
from escalation.rules.pauses import Reason
from files.actions import Upload
from files.models import Loan
from files.rules.kinds import TEXT, Why
from ledger import actions as ledger
from ledger import notices
from ledger.actions import Notice
from ledger.models import Outbox
from ledger.notices import Stuck
from ledger.rules import SYSTEM
from people import actions as people
from people.middleware import act_as
from people.models import FeedLink, Invitation, Person
from people.rules import Factor, Role, Scope
from policies import actions as policies
from policies.models import Acknowledgement, Campaign, Policy
from retention import actions as retention
from retention.lifecycle import Ground, HoldGround, Outcome
from retention.models import Rule
from safes import actions as safes
from safes.models import Erasure, OuterKey
from safes.rules import Opener, Receipt
from tests.architecture.test_packages import LINE
from tests.audits.conftest import keep_file, release_nothing
from tests.conftest import BecomeProcess
from tests.doors import code_now, sign_in
from tests.retention.conftest import long_ago
from tests.world import World, as_cleaner

pytestmark = pytest.mark.req("AUD-1")

# Each takes a world, prepares what has to be there before, and returns the act itself.
Prepared = Callable[[World], Callable[[], object]]
ACTS: dict[str, Prepared] = {}

WORDS = "four words of length"
# whose act it is, where it is not the web's
ROLES = {
    "attest_approved": "worker",
    "attest_founders": "owner",
    "end_escrow": "owner",
    "check_file": "cleaner",
    "enforce_walls": "worker",
    "see_to_campaigns": "worker",
    "expire_drafts": "worker",
    "expire_identities": "worker",
    "expire_loans": "worker",
    "find_names_due": "worker",
    "hold_file": "cleaner",
    "keep_clean_copy": "cleaner",
    "lift_lock": "owner",
    "make_escrow": "owner",
    "open_by_escrow": "owner",
    "open_escrow": "owner",
    "record_rotation": "owner",
    "replay": "worker",
    "reset_factors": "owner",
    "sweep_orphans": "worker",
}


@contextmanager
def as_owner() -> Iterator[None]:
    """Prepare what only the owner may write."""
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE ed_owner")
    yield
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE ed_web")


# Done inside acts that record them, or not a change at all; the reason stands beside each.
NOT_ACTS = {
    "audits.actions.ask_for_verification": "recorded with its outcome, by whoever asked",
    "audits.actions.fold": "reads the ledger",
    "audits.actions.fold_and_release": "reads the ledger",
    "audits.actions.newest_month": "reads the calendar",
    "audits.actions.produce": "has a test of its own: it goes on after a failure",
    "audits.actions.release": "counts what the ledger holds",
    "audits.actions.verify": "has a test of its own: it goes on after a failure",
    "ledger.actions.forget_told": "deletes what was told",
    "people.actions.can_be_accepted": "reads an invitation",
    "people.actions.matching_step": "computes a code",
    "people.actions.note_feed_used": "notes the day of a use, which is no act of anybody",
    "people.actions.use_code": "part of signing in, which is recorded",
    "people.actions.use_passkey": "part of signing in, which is recorded",
    "ledger.actions.deliver": "tells the world what acts recorded",
    "ledger.actions.post": "part of the act whose notices it posts",
    "ledger.actions.record": "the ledger write itself",
    "ledger.actions.record_all": "the ledger write itself",
    "ledger.actions.rows_for": "prepares rows",
    "ledger.actions.seal": "orders entries, makes none",
    "safes.actions.activate": "part of handing over and assigning",
    "safes.actions.add": "part of the act whose words it seals",
    "safes.actions.hand_on": "part of changing a receipt",
    "safes.actions.empty": "part of giving an identity back, and of raising a wall",
    "audits.actions.forget": "part of erasing",
    "cases.actions.erase": "part of erasing",
    "cases.actions.hide": "part of erasing",
    "escalation.actions.flaws_of": "looks a version over",
    "escalation.actions.forget": "part of erasing",
    "ledger.actions.forget": "part of erasing",
    "retention.actions.begin": "recorded when it is finished, which nothing prevents any more",
    "retention.actions.erase": "has tests of its own: it goes on after a failure at any point",
    "retention.actions.finish": "has tests of its own: a worker does it",
    "retention.actions.forget": "part of erasing",
    "safes.actions.begin_erasure": "part of erasing and of expiring drafts",
    "safes.actions.destroy_keys": "part of erasing",
    "safes.actions.finish_erasure": "part of erasing",
    "safes.actions.reopen_erasures": "part of replaying erasures",
    "safes.actions.hold": "holds rows until the commit",
    "safes.actions.holders_of": "reads keys",
    "safes.actions.make_safe": "part of the act that needs a safe",
    "safes.actions.make_safes": "part of the act that needs safes",
    "safes.actions.miss": "part of the act that lets somebody in",
    "people.actions.recheck": "part of what changes who stands close to whom, and of raising walls",
    "safes.actions.remove": "part of naming a party, stepping off and walls",
    "safes.actions.replace": "part of the act whose words it seals",
    "safes.actions.seal_due": "part of handing names on, which is recorded",
    "safes.actions.seal_missing": "part of reading",
    "safes.actions.rows_for": "prepares rows",
    "safes.actions.sealed_items": "prepares rows",
    "safes.actions.take_from": "part of letting somebody in who keeps the names of reporters",
    "safes.actions.share": "part of filing, triage and adding a member",
    "safes.actions.escrow_holders": "reads the escrow key",
    "safes.actions.opener_from": "opens the escrow key in memory; its use is recorded",
    "safes.actions.rewrap_outer_keys": "part of rotating, which is recorded when it is done",
    "safes.actions.rewrap_user_keys": "part of rotating, which is recorded when it is done",
    "safes.actions.sign_again": "part of rotating, which is recorded when it is done",
    "safes.actions.wrapped_by": "counts",
    "safes.actions.Fresh": "a shape",
    "safes.actions.Holder": "a shape",
    "safes.actions.unlock": "opens a key in memory; signing in is recorded",
    "policies.actions.Audience": "a shape",
    "policies.actions.Text": "a shape",
    "escalation.actions.clocks_for": "prepares rows",
    "escalation.actions.give": "part of assigning, triage and whatever else says who answers",
    "escalation.actions.start": "part of filing",
    "escalation.actions.meet_all": "part of what keeps the promise",
    "escalation.actions.meet": "part of what keeps the promise",
    "escalation.actions.cancel": "part of withdrawing",
    "escalation.actions.Forecast": "a shape",
    "escalation.actions.Hours": "a shape",
    "escalation.actions.Swept": "a shape",
    "escalation.actions.NOTICE": "a time",
    "escalation.actions.move_clocks": "has a test of its own: it goes on after a failure",
    "escalation.actions.start_missing": "has a test of its own: it goes on after a failure",
    "escalation.actions.recount": "has a test of its own: it goes on after a failure",
    "cases.actions.see_to_open_work": "has a test of its own: it goes on after a failure",
    "ledger.actions.gather": "part of the act whose notices it posts",
    "escalation.actions.sweep": "has a test of its own: it goes on after a failure",
    "files.actions.Upload": "part of taking a file, and of keeping its clean copy",
    "files.actions.claim": "part of taking a file, and of keeping its clean copy",
    "files.actions.lend": "part of taking a file and of sending it again",
    "files.actions.take_back": "part of sending a file again",
    "files.actions.remove": "part of removing a file",
    "files.actions.remove_unclaimed": "removes what no act claimed",
    "cases.actions.come": "notes that somebody looked, for themselves alone",
    "cases.actions.begin_cleaning": "counts a try; what comes of it is recorded",
    "cases.actions.not_taken": "a sentence",
    "cases.actions.too_large": "a sentence",
    "cases.actions.Filing": "a shape",
    "cases.actions.Identity": "a shape",
    "cases.actions.read_requests": "passes keys on between custodians; nothing is opened",
}


# who does it, where that is no request
def act(name: str) -> Callable[[Prepared], Prepared]:
    """Register what does the act of this name."""

    def register(prepare: Prepared) -> Prepared:
        ACTS[name] = prepare
        return prepare

    return register


@act("people.actions.add_person")
def _(w: World) -> Callable[[], object]:
    return lambda: people.add_person(username="new", name="New", by=SYSTEM, now=w.now)


@act("people.actions.change_manager")
def _(w: World) -> Callable[[], object]:
    return lambda: people.change_manager(w["olga"], manager=w["adam"], by=SYSTEM, now=w.now)


@act("people.actions.declare_tie")
def _(w: World) -> Callable[[], object]:
    return lambda: people.declare_tie(w["olga"], about=w["stan"], now=w.now)


@act("people.actions.make_feed_link")
def _(w: World) -> Callable[[], object]:
    return lambda: people.make_feed_link(w["olga"], name="Phone", now=w.now)


@act("people.actions.end_feed_link")
def _(w: World) -> Callable[[], object]:
    people.make_feed_link(w["olga"], name="Phone", now=w.now)
    link = FeedLink.objects.get()
    return lambda: people.end_feed_link(w["olga"], link=link.pk, now=w.now)


@act("people.actions.end_tie")
def _(w: World) -> Callable[[], object]:
    tie = people.declare_tie(w["olga"], about=w["stan"], now=w.now)
    return lambda: people.end_tie(tie, now=w.now)


@act("people.actions.delegate")
def _(w: World) -> Callable[[], object]:
    return lambda: people.delegate(w["stan"], to=w["olga"], since=w.now.date(), now=w.now)


@act("cases.actions.take_over")
def _(w: World) -> Callable[[], object]:
    concern, _ = w.file()
    case = w.triage(concern)
    return lambda: actions.take_over(case, by=w["hana"], reason="Olga is ill.", now=w.now)


@act("people.actions.go_away")
def _(w: World) -> Callable[[], object]:
    return lambda: people.go_away(w["stan"], since=w.now.date(), now=w.now)


@act("people.actions.note_away")
def _(w: World) -> Callable[[], object]:
    return lambda: people.note_away(w["omar"], until=w.now.date(), by=w["adam"], now=w.now)


@act("people.actions.come_back")
def _(w: World) -> Callable[[], object]:
    people.go_away(w["stan"], since=w.now.date(), now=w.now)
    return lambda: people.come_back(w["stan"], now=w.now)


@act("people.actions.call_off")
def _(w: World) -> Callable[[], object]:
    tomorrow = w.now.date() + timedelta(days=1)
    planned = people.go_away(w["stan"], since=tomorrow, now=w.now)
    return lambda: people.call_off(planned, now=w.now)


@act("people.actions.accept_delegation")
def _(w: World) -> Callable[[], object]:
    asked = people.delegate(w["stan"], to=w["olga"], since=w.now.date(), now=w.now)
    return lambda: people.accept_delegation(asked, now=w.now)


@act("people.actions.end_delegation")
def _(w: World) -> Callable[[], object]:
    asked = people.delegate(w["stan"], to=w["olga"], since=w.now.date(), now=w.now)
    return lambda: people.end_delegation(asked, by=w["olga"], now=w.now)


@act("people.actions.add_client")
def _(w: World) -> Callable[[], object]:
    return lambda: people.add_client(name="HR", owner=w["adam"], scopes=[], by=SYSTEM, now=w.now)


@act("people.actions.issue_token")
def _(w: World) -> Callable[[], object]:
    scopes = [Scope.CASES_READ]
    client = people.add_client(name="HR", owner=w["adam"], scopes=scopes, by=SYSTEM, now=w.now)
    return lambda: people.issue_token(client, by=SYSTEM, now=w.now)


@act("people.actions.sign_in")
def _(w: World) -> Callable[[], object]:
    return lambda: people.sign_in(w["stan"], now=w.now)


@act("people.actions.sign_out")
def _(w: World) -> Callable[[], object]:
    return lambda: people.sign_out(w["stan"], now=w.now)


@act("people.actions.refuse_sign_in")
def _(w: World) -> Callable[[], object]:
    return lambda: people.refuse_sign_in(now=w.now)


@act("people.actions.deny")
def _(w: World) -> Callable[[], object]:
    return lambda: people.deny(by=w["stan"].actor, route="desk:case", now=w.now)


def with_app(person: Person, now: datetime) -> None:
    """Give somebody an app that makes codes."""
    secret = generate_totp_secret()
    people.add_totp(person, secret=secret, code=code_now(secret), by=SYSTEM, now=now)


@act("people.actions.show_again")
def _(w: World) -> Callable[[], object]:
    return lambda: people.show_again(w["olga"], how="totp", now=w.now)


@act("people.actions.end_sessions")
def _(w: World) -> Callable[[], object]:
    sign_in(Client(), w, "olga", vault=False)
    return lambda: people.end_sessions(w["olga"], by=SYSTEM, reason="own", now=w.now)


@act("people.actions.change_password")
def _(w: World) -> Callable[[], object]:
    w["stan"].set_password("the old one")
    w["stan"].save()
    return lambda: people.change_password(w["stan"], old="the old one", new="new", now=w.now)


@act("people.actions.add_totp")
def _(w: World) -> Callable[[], object]:
    return lambda: with_app(w["olga"], w.now)


@act("people.actions.give_totp")
def _(w: World) -> Callable[[], object]:
    return lambda: people.give_totp(w["olga"], secret=generate_totp_secret(), by=SYSTEM, now=w.now)


@act("people.actions.add_passkey")
def _(w: World) -> Callable[[], object]:
    return lambda: people.add_passkey(w["olga"], name="Key", credential={}, by=SYSTEM, now=w.now)


@act("people.actions.make_recovery_codes")
def _(w: World) -> Callable[[], object]:
    with_app(w["olga"], w.now)
    return lambda: people.make_recovery_codes(w["olga"], by=SYSTEM, now=w.now)


@act("people.actions.remove_factor")
def _(w: World) -> Callable[[], object]:
    with_app(w["stan"], w.now)
    factor = Authenticator.objects.get(user=w["stan"], type=Factor.TOTP)
    return lambda: people.remove_factor(factor, by=w["stan"], now=w.now)


@act("people.actions.refuse_factor")
def _(w: World) -> Callable[[], object]:
    return lambda: people.refuse_factor(w["olga"], now=w.now)


@act("people.actions.link_provider")
def _(w: World) -> Callable[[], object]:
    return lambda: people.link_provider(w["olga"], provider="office", subject="x", now=w.now)


@act("people.actions.refuse_provider")
def _(w: World) -> Callable[[], object]:
    return lambda: people.refuse_provider(by=SYSTEM, reason="unknown", now=w.now)


def invited(w: World) -> Invitation:
    """Return the invitation of somebody new."""
    return people.invite(
        username="new", name="New", email="new@example.org", by=w["adam"], now=w.now
    )


@act("people.actions.invite")
def _(w: World) -> Callable[[], object]:
    return lambda: invited(w)


@act("people.actions.invite_again")
def _(w: World) -> Callable[[], object]:
    invitation = invited(w)
    return lambda: people.invite_again(invitation.person, by=w["adam"], now=w.now)


@act("people.actions.accept_invitation")
def _(w: World) -> Callable[[], object]:
    invitation = invited(w)
    return lambda: people.accept_invitation(invitation, password="new", now=w.now)


@act("people.actions.ask_for_roles")
def _(w: World) -> Callable[[], object]:
    return lambda: people.ask_for_roles(w["stan"], roles=[Role.OFFICER], by=w["adam"], now=w.now)


def stuck(w: World) -> Stuck:
    """Let a letter be given up; return its line."""
    to = w["olga"].pk
    ledger.post([Notice("stuck", "mail", f"person:{to}", "concern_filed", w.now, {})])
    with as_owner():
        Outbox.objects.update(dead_at=w.now, problem="TimeoutError", tries=ledger.MAX_TRIES)
    act_as(w["adam"])
    return Stuck("mail", to, "TimeoutError")


@act("ledger.actions.retry")
def _(w: World) -> Callable[[], object]:
    line = stuck(w)
    return lambda: ledger.retry(line, by=SYSTEM, now=w.now)


@act("ledger.actions.drop")
def _(w: World) -> Callable[[], object]:
    line = stuck(w)
    return lambda: ledger.drop(line, why=notices.Why.TOLD, by=SYSTEM, now=w.now)


@act("people.actions.lock")
def _(w: World) -> Callable[[], object]:
    return lambda: people.lock(w["otto"], by=w["adam"], now=w.now)


@act("people.actions.lift_lock")
def _(w: World) -> Callable[[], object]:
    people.lock(w["otto"], by=w["adam"], now=w.now)
    return lambda: people.lift_lock("otto", now=w.now)


@act("people.actions.reset_factors")
def _(w: World) -> Callable[[], object]:
    people.give_totp(w["otto"], secret=generate_totp_secret(), by=SYSTEM, now=w.now)
    return lambda: people.reset_factors("otto", now=w.now)


@act("people.actions.ask_for_reset")
def _(w: World) -> Callable[[], object]:
    people.give_totp(w["otto"], secret=generate_totp_secret(), by=SYSTEM, now=w.now)
    return lambda: people.ask_for_reset(w["otto"], by=w["adam"], now=w.now)


@act("safes.actions.part_with")
def _(w: World) -> Callable[[], object]:
    return lambda: safes.part_with(w["olga"], by=w["adam"], now=w.now)


@act("safes.actions.decide_change")
def _(w: World) -> Callable[[], object]:
    w.file()
    change = safes.part_with(w["olga"], by=w["adam"], now=w.now)
    assert change is not None
    return lambda: safes.decide_change(change, approve=True, by=w["hana"], now=w.now)


@act("safes.actions.make_key")
def _(w: World) -> Callable[[], object]:
    return lambda: safes.make_key(
        w["stan"], passphrase="a passphrase of length", by=SYSTEM, now=w.now
    )


def keyed(w: World) -> Opener:
    return safes.make_key(w["stan"], passphrase=WORDS, by=SYSTEM, now=w.now)


@act("safes.actions.change_password")
def _(w: World) -> Callable[[], object]:
    w["stan"].set_password("the old password of stan")
    w["stan"].save()
    return lambda: safes.change_password(
        w["stan"], old="the old password of stan", new="the new password of stan", now=w.now
    )


@act("safes.actions.change_passphrase")
def _(w: World) -> Callable[[], object]:
    keyed(w)
    return lambda: safes.change_passphrase(w["stan"], current=WORDS, new=WORDS * 2, now=w.now)


@act("safes.actions.let_server_open")
def _(w: World) -> Callable[[], object]:
    opener = keyed(w)

    def attempt() -> None:
        with override_settings(MANAGED_KEYS=True):
            safes.let_server_open(w["stan"], opener=opener, now=w.now)

    return attempt


@act("safes.actions.open_at_sign_in")
def _(w: World) -> Callable[[], object]:
    return lambda: safes.open_at_sign_in(w["stan"], password=WORDS, now=w.now)


@act("safes.actions.make_recovery")
def _(w: World) -> Callable[[], object]:
    opener = keyed(w)
    return lambda: safes.make_recovery(w["stan"], opener=opener, now=w.now)


@act("safes.actions.recover")
def _(w: World) -> Callable[[], object]:
    code = safes.make_recovery(w["stan"], opener=keyed(w), now=w.now)
    return lambda: safes.recover(w["stan"], code=code, passphrase=WORDS, now=w.now)


@act("safes.actions.replace_key")
def _(w: World) -> Callable[[], object]:
    w.file()
    opener = w.openers["olga"]
    return lambda: safes.replace_key(w["olga"], opener=opener, passphrase=WORDS, now=w.now)


@act("safes.actions.approve")
def _(w: World) -> Callable[[], object]:
    keyed(w)
    key = w["stan"].keys.get()
    return lambda: safes.approve(key.pk, by=w["olga"], opener=w.openers["olga"], now=w.now)


@act("safes.actions.attest_approved")
def _(w: World) -> Callable[[], object]:
    keyed(w)
    key = w["stan"].keys.get()
    for name in ("olga", "adam"):
        safes.approve(key.pk, by=w[name], opener=w.openers[name], now=w.now)
    return lambda: safes.attest_approved(now=w.now)


@act("safes.actions.attest_founders")
def _(w: World) -> Callable[[], object]:
    keyed(w)
    return lambda: safes.attest_founders([w["stan"]], now=w.now)


@act("safes.actions.make_escrow")
def _(w: World) -> Callable[[], object]:
    return lambda: safes.make_escrow(now=w.now)


@act("safes.actions.open_escrow")
def _(w: World) -> Callable[[], object]:
    with as_owner():
        _, halves = safes.make_escrow(now=w.now)
    concern, _ = w.file()
    return lambda: safes.open_escrow(
        concern.safe,
        subject=concern.subject,
        reference=concern.ref,
        person=w["hana"],
        halves=halves,
        now=w.now,
    )


@act("cases.actions.open_by_escrow")
def _(w: World) -> Callable[[], object]:
    with as_owner():
        _, halves = safes.make_escrow(now=w.now)
    concern, _ = w.file()
    return lambda: actions.open_by_escrow(concern, person=w["hana"], halves=halves, now=w.now)


@act("safes.actions.end_escrow")
def _(w: World) -> Callable[[], object]:
    with as_owner():
        safes.make_escrow(now=w.now)
    return lambda: safes.end_escrow(now=w.now)


@act("safes.actions.record_rotation")
def _(w: World) -> Callable[[], object]:
    return lambda: safes.record_rotation("master", key="master-2.key", now=w.now)


@act("escalation.actions.publish_path")
def _(w: World) -> Callable[[], object]:
    steps = [PathStep(limit="0d", does=Does.REMIND)]
    return lambda: escalation.publish_path(
        code="new", name="New", steps=steps, by=SYSTEM, now=w.now
    )


def a_draft(w: World, *, is_proposed: bool = False) -> PathVersion:
    """Return a version of the standard path that adam drafted, and perhaps proposed."""
    draft = escalation.start_draft(Path.objects.get(code="standard"), by=w["adam"], now=w.now)
    if is_proposed:
        escalation.propose_version(draft, by=w["adam"], now=w.now)
    return draft


@act("escalation.actions.make_path")
def _(w: World) -> Callable[[], object]:
    return lambda: escalation.make_path(code="new", name="New", by=w["adam"], now=w.now)


@act("escalation.actions.start_draft")
def _(w: World) -> Callable[[], object]:
    return lambda: a_draft(w)


@act("escalation.actions.add_step")
def _(w: World) -> Callable[[], object]:
    draft, step = a_draft(w), Step(Rung(Anchor.AFTER, Limit(days=2)), Does.REMIND)
    return lambda: escalation.add_step(draft, step=step, by=w["adam"], now=w.now)


@act("escalation.actions.change_step")
def _(w: World) -> Callable[[], object]:
    draft, step = a_draft(w), Step(Rung(Anchor.AFTER, Limit(days=2)), Does.REMIND)
    return lambda: escalation.change_step(draft, n=1, step=step, by=w["adam"], now=w.now)


@act("escalation.actions.move_step")
def _(w: World) -> Callable[[], object]:
    draft = a_draft(w)
    return lambda: escalation.move_step(draft, n=1, to=2, by=w["adam"], now=w.now)


@act("escalation.actions.remove_step")
def _(w: World) -> Callable[[], object]:
    draft = a_draft(w)
    return lambda: escalation.remove_step(draft, n=1, by=w["adam"], now=w.now)


@act("escalation.actions.propose_version")
def _(w: World) -> Callable[[], object]:
    draft = a_draft(w)
    return lambda: escalation.propose_version(draft, by=w["adam"], now=w.now)


@act("escalation.actions.publish_version")
def _(w: World) -> Callable[[], object]:
    draft = a_draft(w, is_proposed=True)
    return lambda: escalation.publish_version(draft, seen=w.now, by=w["hana"], now=w.now)


@act("escalation.actions.send_back_version")
def _(w: World) -> Callable[[], object]:
    draft = a_draft(w, is_proposed=True)
    return lambda: escalation.send_back_version(
        draft, reason=SentBack.TALK, by=w["hana"], now=w.now
    )


@act("escalation.actions.discard_version")
def _(w: World) -> Callable[[], object]:
    draft = a_draft(w)
    return lambda: escalation.discard_version(draft, by=w["adam"], now=w.now)


def published(w: World) -> Path:
    """Return the standard path, of which a second version was published."""
    draft = a_draft(w, is_proposed=True)
    escalation.publish_version(draft, seen=w.now, by=w["hana"], now=w.now)
    return Path.objects.get(code="standard")


@act("escalation.actions.ask_to_move")
def _(w: World) -> Callable[[], object]:
    path = published(w)
    return lambda: escalation.ask_to_move(path, reason=MoveReason.LAW, by=w["adam"], now=w.now)


@act("escalation.actions.set_standard")
def _(w: World) -> Callable[[], object]:
    path = Path.objects.get(code="standard")
    return lambda: escalation.set_standard(
        kind="answer", limit=Limit(days=1), path=path, by=w["adam"], now=w.now
    )


def weekdays(hours: str = "9:00-17:00", country: str = "") -> escalation.Hours:
    """Return a week of five days."""
    return escalation.Hours("The office", [hours] * 5 + ["", ""], country=country)


@act("escalation.actions.make_calendar")
def _(w: World) -> Callable[[], object]:
    return lambda: escalation.make_calendar(code="new", hours=weekdays(), by=w["adam"], now=w.now)


@act("escalation.actions.change_calendar")
def _(w: World) -> Callable[[], object]:
    hours, office = weekdays("8:00-12:00"), Calendar.objects.of(None)
    return lambda: escalation.change_calendar(office, hours=hours, by=w["adam"], now=w.now)


@act("escalation.actions.set_day")
def _(w: World) -> Callable[[], object]:
    office, day = Calendar.objects.of(None), date(2026, 3, 17)
    return lambda: escalation.set_day(
        office, day=day, name="Off", hours="", by=w["adam"], now=w.now
    )


@act("escalation.actions.forget_day")
def _(w: World) -> Callable[[], object]:
    office, day = Calendar.objects.of(None), date(2026, 3, 17)
    escalation.set_day(office, day=day, name="Off", hours="", by=w["adam"], now=w.now)
    return lambda: escalation.forget_day(office, day=day, by=w["adam"], now=w.now)


@act("escalation.actions.work_by")
def _(w: World) -> Callable[[], object]:
    office = Calendar.objects.of(None)
    return lambda: escalation.work_by(w.unit, calendar=office, by=w["adam"], now=w.now)


@act("escalation.actions.load_holidays")
def _(w: World) -> Callable[[], object]:
    office = Calendar.objects.of(None)
    escalation.change_calendar(office, hours=weekdays(country="GB"), by=w["adam"], now=w.now)
    CalendarDay.objects.all().delete()
    return lambda: escalation.load_holidays(now=w.now)


@act("escalation.actions.prefer_reminders")
def _(w: World) -> Callable[[], object]:
    return lambda: escalation.prefer_reminders(
        w["olga"], daily_at=None, quiet=(time(20), time(7)), now=w.now
    )


def ticking(w: World) -> tuple[Concern, Clock]:
    """Return a concern, and a clock of it that can be paused."""
    concern, _ = w.file()
    act_as(w["olga"])
    concern = actions.assign(concern, by=w["olga"], to=w["olga"], now=w.now)
    return concern, Clock.objects.get(subject_id=concern.pk, kind="triage")


@act("cases.actions.pause_clock")
def _(w: World) -> Callable[[], object]:
    concern, clock = ticking(w)
    return lambda: actions.pause_clock(
        concern,
        clock.pk,
        reason=Reason.REPORTER,
        until=w.now + timedelta(days=1),
        by=w["olga"],
        now=w.now,
    )


@act("cases.actions.resume_clock")
def _(w: World) -> Callable[[], object]:
    ACTS["cases.actions.pause_clock"](w)()
    concern, clock = Concern.objects.get(), Clock.objects.get(kind="triage")
    return lambda: actions.resume_clock(concern, clock.pk, by=w["olga"], now=w.now)


@act("escalation.actions.pause_clock")
def _(w: World) -> Callable[[], object]:
    _, clock = ticking(w)
    until = w.now + timedelta(days=1)
    return lambda: escalation.pause_clock(
        clock.pk, reason=Reason.REPORTER, until=until, by=w["olga"], now=w.now
    )


@act("escalation.actions.resume_clock")
def _(w: World) -> Callable[[], object]:
    ACTS["escalation.actions.pause_clock"](w)()
    clock = Clock.objects.get(kind="triage")
    return lambda: escalation.resume_clock(clock.pk, by=w["olga"], now=w.now)


@act("policies.actions.publish")
def _(w: World) -> Callable[[], object]:
    return lambda: policies.publish(
        code="gifts",
        text=policies.Text("Gifts", "What we take.", "Nothing."),
        owner=w["hana"],
        in_force_from=date(2026, 1, 1),
        now=w.now,
    )


def ask_to_read(w: World) -> Campaign:
    """Ask everybody to read the one policy."""
    return policies.start_campaign(
        Policy.objects.get(),
        by=w["hana"],
        audience=policies.Audience(),
        limit=Limit(days=14),
        is_material=False,
        now=w.now,
    )


@act("policies.actions.start_campaign")
def _(w: World) -> Callable[[], object]:
    return lambda: ask_to_read(w)


@act("policies.actions.end_campaign")
def _(w: World) -> Callable[[], object]:
    campaign = ask_to_read(w)
    return lambda: policies.end_campaign(campaign.pk, by=w["hana"], now=w.now)


@act("policies.actions.see_to_campaigns")
def _(w: World) -> Callable[[], object]:
    ask_to_read(w)
    return lambda: policies.see_to_campaigns(now=w.now)


@act("policies.actions.acknowledge")
def _(w: World) -> Callable[[], object]:
    ask_to_read(w)
    with as_owner():
        policies.see_to_campaigns(now=w.now)
    act_as(w["stan"])
    asked = Acknowledgement.objects.get(person=w["stan"])
    return lambda: policies.acknowledge(asked.pk, by=w["stan"], now=w.now)


@act("audits.actions.read_ledger")
def _(w: World) -> Callable[[], object]:
    return lambda: audits.read_ledger(by=w["anna"].actor, now=w.now)


@act("cases.actions.add_category")
def _(w: World) -> Callable[[], object]:
    return lambda: actions.add_category(code="new", label="New", now=w.now)


@act("cases.actions.note_search")
def _(w: World) -> Callable[[], object]:
    found = Search(1, {w.file()[0].pk: "words"})
    return lambda: actions.note_search(found, by=w["olga"], now=w.now)


@act("cases.actions.start_draft")
def _(w: World) -> Callable[[], object]:
    return lambda: actions.start_draft(
        receipt=Receipt.new(), kind=Kind.REPORT, answers={}, now=w.now
    )


@act("cases.actions.save_draft")
def _(w: World) -> Callable[[], object]:
    draft = actions.start_draft(receipt=Receipt.new(), kind=Kind.REPORT, answers={}, now=w.now)
    return lambda: actions.save_draft(draft, kind=Kind.GUIDANCE, answers={"a": "b"}, now=w.now)


@act("cases.actions.add_file")
def _(w: World) -> Callable[[], object]:
    concern, _ = w.file()
    return lambda: actions.add_file(concern, name="a.pdf", content=b"%PDF-1.7 x", now=w.now)


@act("cases.actions.remove_file")
def _(w: World) -> Callable[[], object]:
    draft = actions.start_draft(receipt=Receipt.new(), kind=Kind.REPORT, answers={}, now=w.now)
    file = actions.add_file(draft, name="a.pdf", content=b"%PDF-1.7 x", now=w.now)
    return lambda: actions.remove_file(draft, n=file.n, now=w.now)


@act("cases.actions.take_upload")
def _(w: World) -> Callable[[], object]:
    concern, _ = w.file()
    upload = Upload.of("a.pdf", b"%PDF-1.7 x")
    return lambda: actions.take_upload(concern, upload=upload, now=w.now)


def _loan(w: World) -> Loan:
    """Return the loan of a file that waits for the cleaner."""
    concern, _ = w.file()
    actions.add_file(concern, name="a.txt", content=b"words", now=w.now)
    with as_cleaner():
        return Loan.objects.get()


@act("cases.actions.check_file")
def _(w: World) -> Callable[[], object]:
    loan = _loan(w)
    return lambda: actions.check_file(loan, kind=TEXT, is_scanned=False, now=w.now)


@act("cases.actions.keep_clean_copy")
def _(w: World) -> Callable[[], object]:
    loan = _loan(w)
    with as_cleaner():
        actions.check_file(loan, kind=TEXT, is_scanned=False, now=w.now)
    return lambda: actions.keep_clean_copy(loan, content=b"words", found=(), now=w.now)


@act("cases.actions.hold_file")
def _(w: World) -> Callable[[], object]:
    loan = _loan(w)
    return lambda: actions.hold_file(loan, why=Why.LOCKED, now=w.now)


@act("cases.actions.expire_loans")
def _(w: World) -> Callable[[], object]:
    _loan(w)
    return lambda: actions.expire_loans(now=w.now + timedelta(hours=1))


def _file(w: World) -> Attachment:
    """Return a file with a clean copy."""
    concern, _ = w.file()
    file = actions.add_file(concern, name="a.txt", content=b"words", now=w.now)
    w.clean(file)
    return Attachment.objects.get(pk=file.pk)


@act("cases.actions.send_again")
def _(w: World) -> Callable[[], object]:
    loan = _loan(w)
    with as_cleaner():
        actions.hold_file(loan, why=Why.TOO_SLOW, now=w.now)
    file = Attachment.objects.get()
    return lambda: actions.send_again(file, by=w["olga"], opener=w.openers["olga"], now=w.now)


@act("cases.actions.ask_for_original")
def _(w: World) -> Callable[[], object]:
    file = _file(w)
    return lambda: actions.ask_for_original(file, by=w["olga"], reason="The log.", now=w.now)


@act("cases.actions.release_original")
def _(w: World) -> Callable[[], object]:
    asked = actions.ask_for_original(_file(w), by=w["olga"], reason="The log.", now=w.now)
    opener = w.openers["omar"]
    return lambda: actions.release_original(asked, by=w["omar"], opener=opener, now=w.now)


@act("cases.actions.read_original")
def _(w: World) -> Callable[[], object]:
    file, opener = _file(w), w.openers["omar"]
    asked = actions.ask_for_original(file, by=w["olga"], reason="The log.", now=w.now)
    actions.release_original(asked, by=w["omar"], opener=opener, now=w.now)
    opener = w.openers["olga"]
    return lambda: actions.read_original(file, by=w["olga"], opener=opener, now=w.now)


@act("cases.actions.expire_drafts")
def _(w: World) -> Callable[[], object]:
    actions.start_draft(receipt=Receipt.new(), kind=Kind.REPORT, answers={}, now=w.now)
    return lambda: actions.expire_drafts(now=w.now + timedelta(days=30))


@act("cases.actions.file_concern")
def _(w: World) -> Callable[[], object]:
    return w.file


@act("cases.actions.change_receipt")
def _(w: World) -> Callable[[], object]:
    concern, old = w.file()
    Concern.objects.filter(pk=concern.pk).update(is_receipt_shared=True)
    access.present(old)
    new = Receipt.new()
    return lambda: actions.change_receipt(concern, old=old, new=new, now=w.now)


@act("cases.actions.withdraw")
def _(w: World) -> Callable[[], object]:
    concern, _ = w.file()
    return lambda: actions.withdraw(concern, now=w.now)


@act("cases.actions.say")
def _(w: World) -> Callable[[], object]:
    concern, _ = w.file()
    return lambda: actions.say(concern, text="One more thing.", now=w.now)


@act("cases.actions.answer")
def _(w: World) -> Callable[[], object]:
    concern, _ = w.file()
    return lambda: actions.answer(
        concern, by=w["olga"], opener=w.openers["olga"], text="We read it.", now=w.now
    )


@act("cases.actions.read_by_reporter")
def _(w: World) -> Callable[[], object]:
    concern, _ = w.file()
    actions.answer(concern, by=w["olga"], opener=w.openers["olga"], text="We read it.", now=w.now)
    return lambda: actions.read_by_reporter(concern, now=w.now)


@act("cases.actions.read_concern")
def _(w: World) -> Callable[[], object]:
    concern, _ = w.file()
    return lambda: actions.read_concern(concern, by=w["olga"], opener=w.openers["olga"], now=w.now)


@act("cases.actions.read_case")
def _(w: World) -> Callable[[], object]:
    case = w.triage(w.file()[0])
    return lambda: actions.read_case(case, by=w["olga"], opener=w.openers["olga"], now=w.now)


@act("cases.actions.read_file")
def _(w: World) -> Callable[[], object]:
    file = _file(w)
    return lambda: actions.read_file(file, by=w["olga"], opener=w.openers["olga"], now=w.now)


@act("cases.actions.assign")
def _(w: World) -> Callable[[], object]:
    concern, _ = w.file()
    return lambda: actions.assign(concern, by=w["olga"], to=w["omar"], now=w.now)


@act("cases.actions.assign_all")
def _(w: World) -> Callable[[], object]:
    concerns = [w.file()[0], w.file()[0]]
    act_as(w["olga"])
    return lambda: actions.assign_all(concerns, by=w["olga"], to=w["omar"], now=w.now)


@act("cases.actions.triage")
def _(w: World) -> Callable[[], object]:
    concern, _ = w.file()
    return lambda: w.triage(concern)


def asked(w: World) -> tuple[Concern, IdentityRequest]:
    """Return a confidential concern of Olga's case, and her request to open its identity."""
    identity = actions.Identity("Rita Reporter")
    concern, _ = w.file(mode=Mode.CONFIDENTIAL, identity=identity)
    w.triage(concern)
    act_as(w["olga"])
    return concern, actions.ask_identity(concern, by=w["olga"], reason="I must call.", now=w.now)


def granted(w: World) -> tuple[Concern, IdentityRequest]:
    """Return the same, granted for a day."""
    concern, request = asked(w)
    act_as(w["carl"])
    opener = w.openers["carl"]
    actions.grant_identity(request, by=w["carl"], opener=opener, for_days=1, now=w.now)
    act_as(w["olga"])
    return concern, request


@act("cases.actions.ask_identity")
def _(w: World) -> Callable[[], object]:
    concern, _ = w.file(mode=Mode.CONFIDENTIAL, identity=actions.Identity("Rita Reporter"))
    actions.assign(concern, by=w["olga"], to=w["olga"], now=w.now)
    act_as(w["olga"])
    return lambda: actions.ask_identity(concern, by=w["olga"], reason="I must call.", now=w.now)


@act("cases.actions.withdraw_identity")
def _(w: World) -> Callable[[], object]:
    _, request = granted(w)
    return lambda: actions.withdraw_identity(request, by=w["olga"], now=w.now)


@act("cases.actions.grant_identity")
def _(w: World) -> Callable[[], object]:
    _, request = asked(w)
    act_as(w["carl"])
    opener = w.openers["carl"]
    return lambda: actions.grant_identity(
        request, by=w["carl"], opener=opener, for_days=1, now=w.now
    )


@act("cases.actions.refuse_identity")
def _(w: World) -> Callable[[], object]:
    _, request = asked(w)
    act_as(w["carl"])
    return lambda: actions.refuse_identity(request, by=w["carl"], reason="Write.", now=w.now)


@act("cases.actions.open_identity")
def _(w: World) -> Callable[[], object]:
    concern, _ = granted(w)
    opener = w.openers["olga"]
    return lambda: actions.open_identity(concern, by=w["olga"], opener=opener, now=w.now)


@act("cases.actions.expire_identities")
def _(w: World) -> Callable[[], object]:
    granted(w)
    return lambda: actions.expire_identities(now=w.now + timedelta(days=2))


@act("cases.actions.find_names_due")
def _(w: World) -> Callable[[], object]:
    identity = actions.Identity("Rita Reporter")
    w.file(mode=Mode.CONFIDENTIAL, identity=identity)
    w.hire("cora", Role.CUSTODIAN)
    return lambda: actions.find_names_due(now=w.now)


@act("cases.actions.hand_on_names")
def _(w: World) -> Callable[[], object]:
    identity = actions.Identity("Rita Reporter")
    concern, _ = w.file(mode=Mode.CONFIDENTIAL, identity=identity)
    assert concern.identity_safe is not None
    safes.miss(concern.identity_safe, [w.hire("cora", Role.CUSTODIAN)], now=w.now)
    opener = w.openers["carl"]
    return lambda: actions.hand_on_names(by=w["carl"], opener=opener, now=w.now)


@act("cases.actions.sign_note")
def _(w: World) -> Callable[[], object]:
    case = w.triage(w.file()[0])
    return lambda: actions.sign_note(
        case, by=w["olga"], kind=Note.Kind.NOTE, text="I rang.", now=w.now
    )


@act("cases.actions.add_member")
def _(w: World) -> Callable[[], object]:
    case = w.triage(w.file()[0])
    return lambda: actions.add_member(
        case, by=w["olga"], opener=w.openers["olga"], person=w["otto"], now=w.now
    )


@act("cases.actions.name_party")
def _(w: World) -> Callable[[], object]:
    case = w.triage(w.file()[0])
    return lambda: actions.name_party(case, by=w["olga"], person=w["omar"], now=w.now)


@act("people.actions.ask_for_line")
def _(w: World) -> Callable[[], object]:
    return lambda: people.ask_for_line(w["olga"], manager=w["omar"], by=w["adam"], now=w.now)


@act("cases.actions.name_party_of_concern")
def _(w: World) -> Callable[[], object]:
    concern, _ = w.file()
    return lambda: actions.name_party_of_concern(
        concern, by=w["olga"], opener=w.openers["olga"], person=w["omar"], now=w.now
    )


@act("cases.actions.exclude_readers")
def _(w: World) -> Callable[[], object]:
    concern, _ = w.file()
    return lambda: actions.exclude_readers(concern, persons=[w["omar"]], now=w.now)


@act("cases.actions.recuse_from_case")
def _(w: World) -> Callable[[], object]:
    case = w.triage(w.file()[0])
    return lambda: actions.recuse_from_case(
        case,
        by=w["olga"],
        opener=w.openers["olga"],
        to=w["omar"],
        reason="We are cousins.",
        now=w.now,
    )


@act("cases.actions.recuse_from_concern")
def _(w: World) -> Callable[[], object]:
    concern, _ = w.file()
    return lambda: actions.recuse_from_concern(
        concern, by=w["olga"], reason="We are cousins.", now=w.now
    )


@act("cases.actions.enforce_walls")
def _(w: World) -> Callable[[], object]:
    w.triage(w.file(about="It was Stan.", excluded=(w["stan"],))[0])
    people.declare_tie(w["olga"], about=w["stan"], now=w.now)
    return lambda: actions.enforce_walls(now=w.now)


@act("cases.actions.grant_view")
def _(w: World) -> Callable[[], object]:
    case = w.triage(w.file()[0])
    return lambda: actions.grant_view(case, by=w["olga"], person=w["anna"], now=w.now)


def with_task(w: World) -> Task:
    """Return a task of Olga's on a case of hers."""
    case = w.triage(w.file()[0])
    return cases_task(w, case)


def cases_task(w: World, case: Case) -> Task:
    """Add a task to a case."""
    return actions.add_task(
        case, by=w["olga"], kind=TaskKind.TASK, assignee=w["olga"], words="Ask.", now=w.now
    )


@act("cases.actions.add_task")
def _(w: World) -> Callable[[], object]:
    case = w.triage(w.file()[0])
    return lambda: cases_task(w, case)


@act("cases.actions.finish_task")
def _(w: World) -> Callable[[], object]:
    task = with_task(w)
    return lambda: actions.finish_task(task, by=w["olga"], words="", now=w.now)


@act("cases.actions.cancel_task")
def _(w: World) -> Callable[[], object]:
    task = with_task(w)
    return lambda: actions.cancel_task(task, by=w["olga"], reason="Not needed.", now=w.now)


@act("cases.actions.hand_task")
def _(w: World) -> Callable[[], object]:
    task = with_task(w)
    return lambda: actions.hand_task(task, by=w["olga"], to=w["olga"], now=w.now)


@act("cases.actions.go_on")
def _(w: World) -> Callable[[], object]:
    case = w.triage(w.file()[0])
    return lambda: actions.go_on(case, by=w["olga"], at=Phase.PLANNING, now=w.now)


@act("cases.actions.go_back")
def _(w: World) -> Callable[[], object]:
    case = w.triage(w.file()[0])
    return lambda: actions.go_back(
        case, by=w["olga"], at=Phase.PLANNING, why=WhyBack.MISTAKE, words="Advice.", now=w.now
    )


@act("cases.actions.close")
def _(w: World) -> Callable[[], object]:
    case = w.triage(w.file()[0])
    return lambda: actions.close(
        case,
        by=w["olga"],
        opener=w.openers["olga"],
        finding=Finding.UNSUBSTANTIATED,
        reason="The log says otherwise.",
        message="We found nothing.",
        now=w.now,
    )


@act("retention.actions.set_rule")
def _(w: World) -> Callable[[], object]:
    return lambda: retention.set_rule(
        category=None, outcome=Outcome.UPHELD, months=60, law="D.Lgs. 24", by=w["adam"], now=w.now
    )


def _shorter(w: World) -> Rule:
    return retention.set_rule(
        category=None, outcome=Outcome.UPHELD, months=6, law="Less", by=w["adam"], now=w.now
    )


@act("retention.actions.confirm_rule")
def _(w: World) -> Callable[[], object]:
    rule = _shorter(w)
    return lambda: retention.confirm_rule(rule.pk, by=w["hana"], now=w.now)


@act("retention.actions.refuse_rule")
def _(w: World) -> Callable[[], object]:
    rule = _shorter(w)
    return lambda: retention.refuse_rule(rule.pk, by=w["hana"], now=w.now)


@act("retention.actions.place_hold")
def _(w: World) -> Callable[[], object]:
    kept = long_ago(w).kept
    return lambda: retention.place_hold(
        kept, ground=HoldGround.AUDIT, reason="An audit.", by=w["olga"], now=w.now
    )


@act("retention.actions.lift_hold")
def _(w: World) -> Callable[[], object]:
    kept = long_ago(w).kept
    act_as(w["hana"])
    hold = retention.place_hold(
        kept, ground=HoldGround.AUDIT, reason="An audit.", by=w["hana"], now=w.now
    )
    act_as(w["olga"])
    return lambda: retention.lift_hold(kept, hold.pk, reason="Over.", by=w["olga"], now=w.now)


@act("retention.actions.propose")
def _(w: World) -> Callable[[], object]:
    kept = long_ago(w).kept
    return lambda: retention.propose([kept], ground=Ground.TIME_OVER, by=w["olga"], now=w.now)


def _proposed(w: World) -> list[UUID]:
    kept = long_ago(w).kept
    rows = retention.propose([kept], ground=Ground.TIME_OVER, by=w["olga"], now=w.now)
    act_as(w["hana"])
    return [row.pk for row in rows]


@act("retention.actions.approve")
def _(w: World) -> Callable[[], object]:
    ids = _proposed(w)
    return lambda: retention.approve(ids, by=w["hana"], now=w.now)


@act("retention.actions.refuse")
def _(w: World) -> Callable[[], object]:
    ids = _proposed(w)
    return lambda: retention.refuse(ids, reason="Not yet.", by=w["hana"], now=w.now)


@act("retention.actions.stop")
def _(w: World) -> Callable[[], object]:
    ids = _proposed(w)
    return lambda: retention.stop(ids, reason="Not yet.", by=w["hana"], now=w.now)


@act("retention.actions.replay")
def _(w: World) -> Callable[[], object]:
    w.file()
    gone = Erasure(on=w.now.date(), ground="drafts", subjects=[], safes=[])
    return lambda: retention.replay(now=w.now, more=[gone])


@act("safes.actions.sweep_orphans")
def _(w: World) -> Callable[[], object]:
    keys = safes.rows_for("concern", [[]])[1]
    OuterKey.objects.using("keystore").bulk_create(keys)
    return lambda: safes.sweep_orphans(now=w.now.replace(year=2036))


@act("audits.actions.read_figures")
def _(w: World) -> Callable[[], object]:
    release_nothing(w.now)
    return lambda: audits.read_figures("2026-01", by=w["chief"].actor, now=w.now)


@act("audits.actions.ask_for_report")
def _(w: World) -> Callable[[], object]:
    release_nothing(w.now)
    return lambda: audits.ask_for_report("2026-01", by=w["chief"].actor, now=w.now)


@act("audits.actions.ask_for_newest")
def _(w: World) -> Callable[[], object]:
    release_nothing(w.now)
    return lambda: audits.ask_for_newest(now=w.now)


@act("audits.actions.read_file")
def _(w: World) -> Callable[[], object]:
    release_nothing(w.now)
    report = audits.ask_for_report("2026-01", by=w["chief"].actor, now=w.now)
    keep_file(report)
    return lambda: audits.read_file(report.pk, "json", by=w["chief"].actor, now=w.now)


def public_functions() -> Iterator[str]:
    """Yield the name of every function that an actions module offers."""
    for package in LINE:
        found = [m.name for m in pkgutil.iter_modules(importlib.import_module(package).__path__)]
        if "actions" not in found:
            continue
        name = f"{package}.actions"
        module = importlib.import_module(name)
        offered = getattr(module, "__all__", None) or [
            key
            for key, value in vars(module).items()
            if inspect.isfunction(value) and value.__module__ == name and not key.startswith("_")
        ]
        yield from (f"{name}.{key}" for key in offered)


def test_every_action_is_tried_here_or_says_why_not() -> None:
    assert set(public_functions()) - NOT_ACTS.keys() == ACTS.keys()


def break_the_ledger() -> None:
    """Make every write to the ledger fail in the database itself, until the test is rolled back."""
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE ed_owner")
        cursor.execute(
            "CREATE FUNCTION break_ledger() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN RAISE EXCEPTION 'the ledger is broken'; END $$"
        )
        cursor.execute(
            "CREATE TRIGGER broken BEFORE INSERT ON ledger_entry"
            " FOR EACH ROW EXECUTE FUNCTION break_ledger()"
        )
        cursor.execute("SET ROLE ed_web")


def everything() -> dict[str, str]:
    """Return a digest of each table of the main database."""
    digests = {}
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE ed_owner")
        for table in sorted(connection.introspection.table_names(cursor)):
            cursor.execute(f'SELECT t::text FROM "{table}" t ORDER BY 1')  # noqa: S608 - our own tables
            rows = "\n".join(row[0] for row in cursor.fetchall())
            digests[table] = hashlib.sha256(rows.encode()).hexdigest()
        cursor.execute("SET ROLE ed_web")
    return digests


@pytest.mark.parametrize("name", sorted(ACTS))
def test_an_act_that_cannot_be_recorded_does_not_happen(
    name: str, world: World, process: BecomeProcess
) -> None:
    attempt = ACTS[name](world)
    before = everything()
    role = ROLES.get(name.rpartition(".")[2], "web")
    break_the_ledger()
    with process(role), pytest.raises(Error, match="the ledger is broken"), transaction.atomic():
        attempt()
    assert everything() == before


@pytest.mark.req("ESC-6")
def test_a_step_that_cannot_be_recorded_is_not_taken(world: World, process: BecomeProcess) -> None:
    world.file()
    late = world.now + timedelta(days=30)
    break_the_ledger()
    with process("worker"):
        swept = escalation.sweep(now=late)
    assert (swept.acted, swept.skipped) == (0, 3)
    assert set(Clock.objects.values_list("next_step", "state")) == {(1, "running")}


@pytest.mark.req("ESC-3")
def test_what_is_missing_and_cannot_be_recorded_is_not_started(
    world: World, process: BecomeProcess
) -> None:
    world.file()
    with process("owner"):
        Clock.objects.filter(kind="first_message").delete()
    break_the_ledger()
    with process("owner"):
        assert escalation.start_missing(now=world.now) == 0
        assert not Clock.objects.filter(kind="first_message").exists()


@pytest.mark.req("ESC-7")
def test_work_that_cannot_be_recorded_is_not_passed_on(
    world: World, process: BecomeProcess
) -> None:
    concern, _ = world.file()
    actions.assign(concern, by=world["olga"], to=world["omar"], now=world.now)
    Person.objects.filter(pk=world["omar"].pk).update(is_active=False, is_on_duty=False)
    break_the_ledger()
    with process("worker"):
        assert actions.see_to_open_work(now=world.now) == 0
        assert Concern.objects.get().owner == world["omar"]


@pytest.mark.req("ESC-1", "ESC-6")
def test_a_clock_whose_move_cannot_be_recorded_stays(world: World, process: BecomeProcess) -> None:
    world.file()
    path = published(world)
    escalation.ask_to_move(path, reason=MoveReason.LAW, by=world["adam"], now=world.now)
    break_the_ledger()
    with process("worker"):
        assert escalation.move_clocks(now=world.now) == 0
        assert set(Clock.objects.values_list("path__n", flat=True)) == {1}
