"""Open a confidential reporter's identity: one asks, another agrees, and it shuts again."""

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from django.conf import settings
from django.db import transaction

from cases import access, lifecycle, notices, rules
from cases.lifecycle import (
    CLOCKS_OF_ORIGINALS,
    CLOCKS_OF_REQUESTS,
    DRAFTS,
    UNSEAL,
    WORKED_ON,
    Mode,
    RequestMove,
    RequestState,
)
from cases.models import Concern, IdentityRequest, Member, OriginalRequest
from common import days, sealing
from common.asking import at_the_gate
from common.errors import RuleError
from escalation import actions as escalation
from escalation.models import Calendar, Clock, Standard
from ledger import actions as ledger
from ledger.actions import Act
from ledger.rules import SYSTEM, Actor, Fact
from ledger.verbs import Verb
from people.models import Person
from people.rules import Role
from safes import access as opening
from safes import actions as safes
from safes import rules as sharing
from safes.models import Grant, Safe
from safes.rules import Opener, SafeKey

Function = IdentityRequest.Function
# what is sealed, and the field under which it lies
NEAR, FAR, GIVEN, WHOLE = "identity", "share", "given", "reporter"
REASON, REFUSAL = "reason", "refusal"
# the same words for the custodians: a field is sealed once for each row
ASKED_WHY, REFUSED_WHY = "asked_why", "refused_why"


@dataclass(frozen=True)
class Identity:
    """Who a reporter says they are."""

    name: str
    contact: str = ""

    def packed(self) -> bytes:
        """Return it as it is sealed."""
        return json.dumps({"name": self.name, "contact": self.contact}).encode()

    @classmethod
    def unpacked(cls, packed: bytes) -> "Identity":
        """Undo `packed`."""
        return cls(**json.loads(packed))


# -- at filing -------------------------------------------------------------------------------


def make_vault(
    barred: Collection[Person], *, identity: Identity | None, walled: Collection[object]
) -> tuple[Safe, list[Person]]:
    """Return a safe of the custodians' share, and who has no key to it yet.

    Left out are those who are walled off, those who can read what was told, who would come by
    both shares, and whoever bears the reporter's name.
    """
    custodians = [one for one in access.custodians() if one.pk not in walled]
    own = rules.named_in("", identity.name, custodians) if identity else []
    kept_out = {person.pk for person in [*barred, *own]}
    holders, keyless = safes.holders_of(one for one in custodians if one.pk not in kept_out)
    if not holders:
        msg = (
            "Nobody here can keep a name confidential at the moment. Choose to be named or "
            "anonymous. Nothing was sent yet; the rest is kept."
        )
        raise RuleError(msg)
    return safes.make_safe(opening.NAMES, holders=holders, in_escrow=False).safe, keyless


def seal_identity(concern: Concern, identity: Identity, *, key: SafeKey | None = None) -> None:
    """Seal who reports: to the readers if they are named, else in two shares."""
    if concern.identity_safe is None:
        safes.add(concern.safe, row=concern.pk, items={WHOLE: identity.packed()}, key=key)
        return
    _seal_shares(concern.safe, concern.identity_safe, concern, identity.packed(), key=key)


def _seal_shares(
    safe: Safe, vault: Safe, concern: Concern, packed: bytes, *, key: SafeKey | None = None
) -> None:
    near, far = sharing.split(packed, rules.identity_binding(concern.pk))
    safes.add(safe, row=concern.pk, items={NEAR: near}, key=key)
    safes.add(vault, row=concern.pk, items={FAR: far})


def keep_apart(concerns: Iterable[Concern], persons: Collection[Person]) -> None:
    """Take the custodians' share from whoever comes near what was told, or behind a wall."""
    for concern in concerns:
        if concern.identity_safe is not None:
            safes.take_from(concern.identity_safe, persons)


def keeps_a_share(person: Person, concerns: Iterable[Concern]) -> bool:
    """Return whether somebody holds the custodians' share of who reported any of these."""
    vaults = [concern.identity_safe_id for concern in concerns if concern.identity_safe_id]
    with at_the_gate():
        return Grant.objects.filter(safe__in=vaults, person=person).exists()


# -- asking ----------------------------------------------------------------------------------


@transaction.atomic
def ask_identity(concern: Concern, *, by: Person, reason: str, now: datetime) -> IdentityRequest:
    """Ask the custodians to let somebody who works on a concern open its reporter's identity."""
    concern = Concern.objects.locked(concern.pk)
    access.require_working_on(by, concern)
    _require_sealed(concern)
    if not reason.strip():
        msg = "Say why you need to know. Nothing was asked yet."
        raise RuleError(msg)
    if IdentityRequest.objects.pending().filter(concern=concern, requested_by=by).exists():
        msg = "You asked already. A custodian decides on that first; nothing was asked again."
        raise RuleError(msg)
    vault = concern.identity_safe
    if vault is None or concern.category is None:
        raise AssertionError
    request = IdentityRequest(
        id=uuid4(),
        ref=rules.new_request_reference(),
        concern=concern,
        safe=concern.safe,
        vault=vault,
        category=concern.category,
        requested_by=by,
        function=_function(by, concern),
        requested_at=now,
    )
    request.save(force_insert=True)
    safes.add(concern.safe, row=request.pk, items={REASON: reason.encode()})
    safes.add(vault, row=request.pk, items={ASKED_WHY: reason.encode()})
    escalation.start(
        subject_kind=CLOCKS_OF_REQUESTS,
        subject_id=request.pk,
        start=now,
        promises=Standard.objects.timed(UNSEAL, level=concern.urgency),
        calendar=Calendar.objects.of(None),
    )
    _record(Verb.IDENTITY_ASKED, request, by=by.actor, now=now)
    ledger.post(notices.identity_asked(request, access.keepers(request), now=now))
    return request


def _require_sealed(concern: Concern) -> None:
    if concern.mode != Mode.CONFIDENTIAL:
        msg = "No name is sealed here, so there is nothing to ask for."
        raise RuleError(msg)
    if concern.status not in WORKED_ON:
        msg = "Nobody works on this any more, so its reporter's name stays sealed."
        raise RuleError(msg)


def _function(person: Person, concern: Concern) -> Function:
    """Return in which part somebody asks, as the custodian and the reporter read it."""
    team = Member.objects.current().filter(case=concern.case_id, person=person)
    member = team.first() if concern.case_id else None
    if member is not None:
        return Function(member.function)
    return Function.INDEPENDENT if person.holds(Role.INDEPENDENT) else Function.OFFICER


@transaction.atomic
def withdraw_identity(request: IdentityRequest, *, by: Person, now: datetime) -> IdentityRequest:
    """Take a request back, or give back what was granted: only whoever asked can."""
    request = IdentityRequest.objects.locked(request.pk)
    access.require_own(by, request)
    was_open = request.state == RequestState.GRANTED
    _end(request, RequestMove.WITHDRAW, now=now)
    if was_open:
        _record(Verb.IDENTITY_SHUT, request, by=by.actor, now=now, why="given_back")
    else:
        _record(Verb.IDENTITY_WITHDRAWN, request, by=by.actor, now=now)
    return request


# -- deciding --------------------------------------------------------------------------------


@transaction.atomic
def read_requests(requests: Collection[IdentityRequest], *, opener: Opener | None) -> None:
    """Give the custodians' share to colleagues who had no key when it was sealed."""
    if opener is not None:
        safes.seal_missing(opener, [request.vault for request in requests])


@transaction.atomic
def grant_identity(
    request: IdentityRequest, *, by: Person, opener: Opener, for_days: int, now: datetime
) -> IdentityRequest:
    """Agree: the custodians' share is sealed to whoever asked, for some days and nothing else."""
    request = _to_decide(request, by)
    longest = settings.IDENTITY_OPEN_DAYS
    if not 1 <= for_days <= longest:
        msg = f"Choose from 1 to {longest} days. Nothing was decided."
        raise RuleError(msg)
    request.state = lifecycle.request_after(request.state, RequestMove.GRANT)
    holders, _ = safes.holders_of([request.requested_by])
    if not holders:
        msg = "Whoever asked has no key yet, so nothing can be sealed to them. Nothing was decided."
        raise RuleError(msg)
    request.expires_at = now + timedelta(days=for_days)
    request.decided_by, request.decided_at = by, now
    request.opening = safes.make_safe("opening", holders=holders, in_escrow=False).safe
    far = _far_share(request, opener)
    safes.add(request.opening, row=request.pk, items={GIVEN: _bound(request) + far})
    request.save(update_fields=["state", "expires_at", "decided_by", "decided_at", "opening"])
    _decided(request, now=now)
    _record(Verb.IDENTITY_GRANTED, request, by=by.actor, now=now, days=for_days)
    ledger.post(notices.identity_decided(request, now=now))
    return request


@transaction.atomic
def refuse_identity(
    request: IdentityRequest, *, by: Person, reason: str, now: datetime
) -> IdentityRequest:
    """Refuse, with a reason that whoever asked reads, and the reporter."""
    request = _to_decide(request, by)
    if not reason.strip():
        msg = "Say why you refuse: whoever asked reads it. Nothing was decided."
        raise RuleError(msg)
    request.state = lifecycle.request_after(request.state, RequestMove.REFUSE)
    request.decided_by, request.decided_at = by, now
    request.save(update_fields=["state", "decided_by", "decided_at"])
    _decided(request, now=now)
    safes.add(request.safe, row=request.pk, items={REFUSAL: reason.encode()})
    safes.add(request.vault, row=request.pk, items={REFUSED_WHY: reason.encode()})
    _record(Verb.IDENTITY_REFUSED, request, by=by.actor, now=now)
    ledger.post(notices.identity_decided(request, now=now))
    return request


def _decided(request: IdentityRequest, *, now: datetime) -> None:
    """Keep the clock by which a custodian decides."""
    escalation.meet(subject_kind=CLOCKS_OF_REQUESTS, subject_id=request.pk, kind=UNSEAL, now=now)


def _to_decide(request: IdentityRequest, by: Person) -> IdentityRequest:
    """Return a request, held and read afresh, or refuse whoever may not decide it."""
    request = IdentityRequest.objects.locked(request.pk)
    access.require_decider(by, request)
    return request


def _far_share(request: IdentityRequest, opener: Opener) -> bytes:
    """Return the custodians' share."""
    where = (request.concern_id, FAR)
    found = opening.open_items(opener, [where])
    if where not in found:
        msg = "You hold no key to this name. Another custodian can decide. Nothing was decided."
        raise RuleError(msg)
    return found[where]


def _bound(request: IdentityRequest) -> bytes:
    """Return what stands before a share that was given: for whom, of what, until when."""
    if request.expires_at is None:
        raise AssertionError
    until = int(request.expires_at.timestamp())
    return b"%b%b%b" % (
        request.concern_id.bytes,
        request.requested_by_id.bytes,
        until.to_bytes(8, "big"),
    )


# -- opening ---------------------------------------------------------------------------------


@transaction.atomic
def open_identity(concern: Concern, *, by: Person, opener: Opener, now: datetime) -> Identity:
    """Put both shares together in the session of whoever was allowed to; each time is recorded."""
    access.require_working_on(by, concern)
    request = (
        IdentityRequest.objects.select_for_update(of=("self",))
        .filter(concern=concern, requested_by=by, state=RequestState.GRANTED)
        .first()
    )
    if request is None or request.expires_at is None:
        msg = "This name is not open to you. Ask a custodian first. Nothing was opened."
        raise RuleError(msg)
    if request.expires_at <= now:
        msg = "The time for which it was open is over, so it is shut. Ask again if you must know."
        raise RuleError(msg)
    identity = _combined(request, opener)
    day = days.day_of(now)
    if day not in request.opened_on:
        request.opened_on = [*request.opened_on, day]
        request.save(update_fields=["opened_on"])
    _record(Verb.IDENTITY_OPENED, request, by=by.actor, now=now)
    return identity


def _combined(request: IdentityRequest, opener: Opener) -> Identity:
    """Return the identity; a share that was moved, or whose row was changed, opens nothing."""
    near, given = (request.concern_id, NEAR), (request.pk, GIVEN)
    bound = _bound(request)
    try:
        found = opening.open_items(opener, [near, given])
        if len(found) < len((near, given)) or not found[given].startswith(bound):
            raise sealing.SealBrokenError  # noqa: TRY301 - the same refusal, whatever does not fit
        packed = sharing.combine(
            found[near],
            found[given].removeprefix(bound),
            rules.identity_binding(request.concern_id),
        )
    except sealing.SealBrokenError:
        msg = "The two shares of this name do not fit together. Nothing was opened; ask again."
        raise RuleError(msg) from None
    return Identity.unpacked(packed)


# -- ending ----------------------------------------------------------------------------------


@transaction.atomic
def expire_identities(*, now: datetime) -> int:
    """End what ran out, or whose asker works on it no more, and destroy what was given."""
    found = IdentityRequest.objects.to_end(now).select_related("concern")
    ending = list(found.select_for_update(skip_locked=True, of=("self",)))
    for request in ending:
        why = _why_it_ends(request, now)
        _end(request, RequestMove.END, now=now)
        _record(Verb.IDENTITY_SHUT, request, by=SYSTEM, now=now, why=why)
    _destroy_given(now=now)
    _stop_waiting(now)
    return len(ending)


def _stop_waiting(now: datetime) -> None:
    """Cancel the clocks of originals that nobody released while they could be."""
    waiting = Clock.objects.ticking().filter(subject_kind=CLOCKS_OF_ORIGINALS)
    over = OriginalRequest.objects.filter(released_by=None, until__lte=now)
    for pk in over.filter(pk__in=waiting.values("subject_id")).values_list("pk", flat=True):
        escalation.cancel(subject_kind=CLOCKS_OF_ORIGINALS, subject_id=pk, now=now)


def _why_it_ends(request: IdentityRequest, now: datetime) -> str:
    if request.state == RequestState.GRANTED and request.is_over(now):
        return "time"
    return "off_the_team" if request.concern.status in WORKED_ON else "closed"


def _destroy_given(*, now: datetime) -> None:
    """Begin to erase the shares that were given and are open no more."""
    given = IdentityRequest.objects.exclude(opening=None).exclude(state=RequestState.GRANTED)
    over = [request.opening_id for request in given if request.opening_id is not None]
    if over:
        safes.begin_erasure(erasure_id=uuid4(), ground=DRAFTS, subjects=[], safes=over, now=now)
        IdentityRequest.objects.filter(opening__in=over).update(opening=None)


def shut(
    concerns: Collection[Concern], persons: Collection[Person], *, by: Actor, now: datetime
) -> None:
    """End what these persons asked for: they are taken off, or a wall went up before them."""
    keep_apart(concerns, persons)
    held = IdentityRequest.objects.pending().filter(concern__in=concerns, requested_by__in=persons)
    for request in held.select_for_update(of=("self",)):
        _end(request, RequestMove.END, now=now)
        _record(Verb.IDENTITY_SHUT, request, by=by, now=now, why="off_the_team")


def _end(request: IdentityRequest, move: RequestMove, *, now: datetime) -> None:
    request.state = lifecycle.request_after(request.state, move)
    request.save(update_fields=["state"])
    escalation.cancel(subject_kind=CLOCKS_OF_REQUESTS, subject_id=request.pk, now=now)
    if request.opening is not None:
        safes.empty(request.opening)


def _record(
    verb: Verb, request: IdentityRequest, *, by: Actor, now: datetime, **facts: Fact
) -> None:
    subject = f"concern:{request.concern_id}"
    told = {"request": request.ref, **facts}
    ledger.record_all([Act(verb, by=by, at=now, subject=subject, facts=told)])
