"""Parting with somebody who holds keys: what was sealed to them sleeps, and nothing is lost."""

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef

from common import sealing
from common.asking import at_the_gate
from common.errors import RuleError
from people import actions as people
from people.models import Person, RoleChange
from people.rules import Role
from safes import access, rules
from safes.models import Grant, MissingGrant, Safe, State

# the kind of a safe that holds the custodians' share of a name
NAMES = "identity"


@transaction.atomic
def part_with(person: Person, *, by: Person, now: datetime) -> RoleChange | None:
    """Let somebody leave, at once or when a second person confirms it (people.actions)."""
    _require_names_kept(person)
    waits = people.part_with(person, by=by, now=now)
    if waits is None:
        _let_sleep(person)
    return waits


@transaction.atomic
def decide_change(change: RoleChange, *, approve: bool, by: Person, now: datetime) -> RoleChange:
    """Approve or refuse what was asked about somebody; a leaver's grants sleep from then on."""
    leaves = approve and change.kind == RoleChange.Kind.LEAVING
    if leaves:
        _require_names_kept(change.person)
    decided = people.decide_change(change, approve=approve, by=by, now=now)
    if leaves:
        _let_sleep(decided.person)
    return decided


@at_the_gate()
def _require_names_kept(person: Person) -> None:
    """Refuse to part with the last custodian who could open a name."""
    mine = Grant.objects.filter(person=person, state=State.ACTIVE, safe__kind=NAMES)
    others = Grant.objects.filter(
        safe=OuterRef("safe"),
        epoch=OuterRef("epoch"),
        state=State.ACTIVE,
        person__is_active=True,
        person__roles__contains=[Role.CUSTODIAN],
    ).exclude(person=person)
    alone = mine.exclude(Exists(others)).values("safe").distinct().count()
    if alone:
        names = "1 confidential name" if alone == 1 else f"{alone} confidential names"
        msg = (
            f"{person.name} is the only custodian who can open {names}, and nobody could "
            "afterwards. Nothing was changed. Have what needs them opened first and its cases "
            "erased in their time; until then lock the account, which loses nothing."
        )
        raise RuleError(msg)


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
