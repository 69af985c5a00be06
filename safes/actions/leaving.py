"""Parting with somebody who holds keys: what was sealed to them sleeps, and nothing is lost."""

from datetime import datetime

from django.db import transaction

from common import sealing
from common.asking import at_the_gate
from common.errors import RuleError
from ledger import actions as ledger
from ledger.verbs import Verb
from people.actions import changes
from people.models import AccountChange, Person
from people.rules import Role
from safes import access, rules
from safes.models import Grant, MissingGrant, Safe, State


@transaction.atomic
def part_with(person: Person, *, by: Person, now: datetime) -> AccountChange | None:
    """Let somebody leave; whoever has a role of the ethics office, once a second person confirms.

    None says that it is done, and that what was sealed to them sleeps.
    """
    changes.require_may_leave(person, by=by)
    _require_names_kept(person)
    waits = changes.begin_leaving(person, by=by, now=now)
    if waits is None:
        _let_sleep(person)
    return waits


@transaction.atomic
def decide_change(
    change: AccountChange, *, approve: bool, by: Person, now: datetime
) -> AccountChange:
    """Approve or refuse what was asked about somebody; a leaver's grants sleep from then on.

    Whoever is a custodian no more has no share of a name.
    """
    change = changes.to_decide(change, approve=approve, by=by)
    leaves = approve and change.kind == AccountChange.Kind.LEAVING
    loses = approve and change.kind == AccountChange.Kind.ROLES and _ends_custody(change)
    if leaves or loses:
        _require_names_kept(change.person)
    changes.decide(change, approve=approve, by=by, now=now)
    if leaves:
        _let_sleep(change.person)
    if loses:
        _give_up_names(change.person, by=by, now=now)
    return change


def _ends_custody(change: AccountChange) -> bool:
    return change.person.holds(Role.CUSTODIAN) and Role.CUSTODIAN not in change.roles


@at_the_gate()
def _require_names_kept(person: Person) -> None:
    """Refuse to part with the last custodian who could open a name."""
    # held, so that no wall takes a share beside this because this one is left
    held = Grant.objects.filter(person=person, safe__kind=access.NAMES).values("safe")
    list(Safe.objects.select_for_update().filter(pk__in=held).order_by("pk").values_list("pk"))
    alone = access.kept_alone(person)
    if alone:
        names = "1 confidential name" if alone == 1 else f"{alone} confidential names"
        msg = (
            f"{person.name} is the only custodian who can open {names}, and nobody could "
            "afterwards. Nothing was changed. Make somebody else a custodian: once their key is "
            f"approved, {person.name} hands the names on by signing in. Until then lock the "
            "account, which loses nothing. What no other custodian may hold stays here until its "
            "case is erased."
        )
        raise RuleError(msg)


@at_the_gate()
def _give_up_names(person: Person, *, by: Person, now: datetime) -> None:
    """Take the custodians' share of every name from somebody who is a custodian no more."""
    mine = Grant.objects.filter(person=person, safe__kind=access.NAMES)
    held = Safe.objects.select_for_update().filter(pk__in=mine.values("safe"))
    count = len(held.order_by("pk").values_list("pk"))
    mine.delete()
    MissingGrant.objects.filter(person=person, safe__kind=access.NAMES).delete()
    ledger.record(
        Verb.NAMES_GIVEN_UP, by=by.actor, at=now, subject=f"person:{person.pk}", count=count
    )


@at_the_gate()
def _let_sleep(person: Person) -> None:
    """Make somebody's grants dormant at once.

    A dormant grant opens nothing and can be made active again: nothing is lost where the leaver
    was the only one who could open a safe. Those who stay begin a new epoch when they next remove
    somebody or the safe is re-sealed; the leaver has no session and no password by then.
    """
    # held, so that no new epoch begins beside this with a grant of the leaver's
    held = Grant.objects.filter(person=person, state=State.ACTIVE).values("safe")
    list(Safe.objects.select_for_update().filter(pk__in=held).order_by("pk").values_list("pk"))
    grants = list(Grant.objects.select_for_update().filter(person=person, state=State.ACTIVE))
    outers = access.outer_keys(grant.safe_id for grant in grants)
    sleeping = [
        _put_to_sleep(grant, outers[grant.safe_id]) for grant in grants if grant.safe_id in outers
    ]
    Grant.objects.bulk_update(sleeping, ["state", "wrapped"], batch_size=500)
    MissingGrant.objects.filter(person=person).delete()


def _put_to_sleep(grant: Grant, outer: bytes) -> Grant:
    """Wrap the sealed box by the release key instead of the outer key: `activate` undoes it."""
    inner = sealing.decrypt(outer, bytes(grant.wrapped), grant.binding)
    grant.state = State.DORMANT
    grant.wrapped = sealing.encrypt(rules.release_key(outer), inner, grant.binding)
    return grant
