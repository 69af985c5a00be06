"""Step off a case or concern: the keys pass on first, and there is no way back."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID, uuid4

from django.core.exceptions import PermissionDenied
from django.db import transaction

from cases import access, notices
from cases.actions import identities
from cases.actions.places import pass_on
from cases.actions.removal import take_off
from cases.actions.walls import raise_walls
from cases.duties import note_owner
from cases.lifecycle import ConcernStatus
from cases.models import Case, Concern, Wall
from common import days
from common.asking import at_the_gate
from common.errors import RuleError
from ledger import actions as ledger
from ledger.verbs import Verb
from people.models import Person
from people.rules import blind_recusal
from safes import actions as safes
from safes.models import Grant, Safe, State
from safes.rules import Opener

LOCKED = (
    "Unlock what is sealed to you first: whoever takes over gets the key from you. "
    "Nothing was changed."
)
LAST_READER = (
    "Nobody else could open it then. Choose somebody who takes over. Nothing was changed; "
    "what you wrote is kept."
)


@transaction.atomic
def recuse_from_case(
    case: Case,
    *,
    by: Person,
    reason: str,
    now: datetime,
    to: Person | None = None,
    opener: Opener | None = None,
) -> None:
    """Step off a case for good; whoever takes over gets the keys before they are taken from `by`.

    The lead has to name who leads from now on. The reason is sealed to those who stay.
    """
    case = Case.objects.locked(case.pk)
    place = access.member_of(by, case)
    if place is None:
        msg = "This is for the team of the case."
        raise PermissionDenied(msg)
    _require_reason(reason)
    if to is None and case.lead_id == by.pk:
        msg = (
            "You lead it. Choose who leads it from now on. Nothing was changed; "
            "what you wrote is kept."
        )
        raise RuleError(msg)
    concerns = Concern.objects.held_of(case)
    if to is not None:
        _require_successor(to, access.may_take_over(case, by))
        for safe in access.safes_for(case, place.areas):
            _hand_keys(safe, by=by, to=to, opener=opener, now=now)
        identities.keep_apart(concerns, [to])
    elif not _opens_without(case.safe, by):
        raise RuleError(LAST_READER)
    take_off(case, concerns, [by], by=by.actor, successor=to, now=now)
    wall = _wall_of_recusal(by, now)
    raise_walls(case, concerns, [wall])
    with at_the_gate():
        kept = Wall.objects.get(case=case, blind=wall.blind, since=wall.since)
    _seal_reason(case.safe, kept.pk, reason)
    _record_recusal(f"case:{case.pk}", by=by, to=to, now=now)
    if to is not None:
        ledger.post(notices.handed_over(case.ref, to, now=now))


@transaction.atomic
def recuse_from_concern(
    concern: Concern,
    *,
    by: Person,
    reason: str,
    now: datetime,
    to: Person | None = None,
    opener: Opener | None = None,
) -> None:
    """Step off a concern that waits for triage: never see it again, whoever would assign it."""
    access.require_officer(by)
    concern = Concern.objects.locked(concern.pk)
    _require_reason(reason)
    if concern.status != ConcernStatus.RECEIVED:
        msg = "This is triaged already. Step off its case instead. Nothing was changed."
        raise RuleError(msg)
    if to is not None:
        _require_successor(to, [one for one in access.may_lead(concern) if one != by])
        _hand_keys(concern.safe, by=by, to=to, opener=opener, now=now)
        identities.keep_apart([concern], [to])
    elif not _opens_without(concern.safe, by):
        raise RuleError(LAST_READER)
    # the row stays at hand while whoever steps off is taken out of it
    access.keep_at_hand(concern)
    take_off(None, [concern], [by], by=by.actor, successor=None, now=now)
    if to is not None:
        concern.owner = to
        Concern.objects.filter(pk=concern.pk).update(owner=to)
        note_owner(concern)
    wall = _wall_of_recusal(by, now)
    wall.concern = concern
    wall.save(force_insert=True)
    _seal_reason(concern.safe, wall.pk, reason)
    _record_recusal(concern.subject, by=by, to=to, now=now)
    if to is not None:
        ledger.post(notices.assigned(concern, to, now=now))


def _require_reason(reason: str) -> None:
    if not reason.strip():
        msg = "Say why you step off. It is sealed to those who stay. Nothing was changed."
        raise RuleError(msg)


def _require_successor(to: Person, among: Collection[Person]) -> None:
    if to not in among:
        msg = (
            "This person cannot take over. Choose somebody from the list. Nothing was changed; "
            "what you wrote is kept."
        )
        raise RuleError(msg)


def _hand_keys(safe: Safe, *, by: Person, to: Person, opener: Opener | None, now: datetime) -> None:
    """Let `to` open a safe now, or after a visit of somebody else who can."""
    if safes.activate(safe, to):
        return
    holders, keyless = safes.holders_of([to])
    if holders and opener is None:
        raise RuleError(LOCKED)
    if opener is not None and holders:
        pass_on(safe, opener=opener, holders=holders)
    safes.miss(safe, keyless, now=now)
    if keyless and not _opens_without(safe, by):
        raise RuleError(LAST_READER)


def _opens_without(safe: Safe, person: Person) -> bool:
    """Return whether somebody else can open a safe now."""
    others = Grant.objects.filter(safe=safe, epoch=safe.epoch, state=State.ACTIVE)
    return others.filter(person__isnull=False).exclude(person=person).exists()


def _wall_of_recusal(person: Person, now: datetime) -> Wall:
    blind, since = blind_recusal(person.pk), days.day_of(now)
    return Wall(id=uuid4(), blind=blind, why=Wall.Why.RECUSED, since=since)


def _seal_reason(safe: Safe, row: UUID, reason: str) -> None:
    """Seal why somebody stepped off to those who stay: to the epoch that has begun."""
    with at_the_gate():
        begun = Safe.objects.get(pk=safe.pk)
    safes.add(begun, row=row, items={"reason": reason.encode()})


def _record_recusal(subject: str, *, by: Person, to: Person | None, now: datetime) -> None:
    handed_over = to is not None
    ledger.record(Verb.RECUSED, by=by.actor, at=now, subject=subject, handed_over=handed_over)
