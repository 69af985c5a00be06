"""Propose what is erased, and decide on it as another person."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction
from django.http import Http404

from cases.models import Case, Concern
from common import days
from common.errors import RuleError
from ledger import actions as ledger
from ledger.rules import SYSTEM, Actor
from ledger.verbs import Verb
from people.models import Person
from retention import access, lifecycle
from retention.access import Kept
from retention.lifecycle import STOPPABLE, DisposalMove, DisposalState, Ground
from retention.models import Disposal, Rule
from retention.rules import Schedule
from safes import actions as safes


@transaction.atomic
def propose(
    things: Sequence[Kept], *, ground: Ground, by: Person, now: datetime, reason: str = ""
) -> list[Disposal]:
    """Propose to erase what has ended: all of it, or nothing."""
    access.require_proposer(by)
    if not things:
        msg = "Nothing is picked, so nothing was proposed. Pick at least one that is due."
        raise RuleError(msg)
    access.require_visible(by, things)
    if ground != Ground.TIME_OVER and not reason.strip():
        msg = "Say who asked, and how you know. Nothing was changed; what you entered is kept."
        raise RuleError(msg)
    schedule = Rule.objects.schedule()
    return [
        _propose(kept, schedule, ground=ground, by=by, now=now, reason=reason) for kept in things
    ]


def _propose(
    kept: Kept, schedule: Schedule, *, ground: Ground, by: Person, now: datetime, reason: str
) -> Disposal:
    kept = _locked(kept)
    term, ended, outcome = kept.term(schedule), kept.ended_on, kept.outcome
    if term is None or ended is None or outcome is None:
        msg = f"{kept.ref} is not closed. Only what has ended is erased. Nothing was changed."
        raise RuleError(msg)
    if kept.is_held():
        msg = f"{kept.ref} is on legal hold, so it is not erased. Nothing was changed."
        raise RuleError(msg)
    due = kept.due_on(schedule)
    if ground == Ground.TIME_OVER and (due is None or due > days.day_of(now)):
        msg = f"{kept.ref} is kept until {due}. Nothing was changed."
        raise RuleError(msg)
    if Disposal.objects.open().filter(**kept.columns).exists():
        msg = f"To erase {kept.ref} was proposed already. Nothing was changed."
        raise RuleError(msg)
    disposal = Disposal(
        id=uuid4(),
        safe=kept.safe,
        ref=kept.ref,
        category=kept.category,
        outcome=outcome,
        ended_on=ended,
        ground=ground,
        law=term.law if ground == Ground.TIME_OVER else ground.label,
        proposed_by=by,
        proposed_at=now,
        **kept.columns,
    )
    disposal.save(force_insert=True)
    if reason.strip():
        safes.add(kept.safe, row=disposal.pk, items={"reason": reason.encode()})
    _record(Verb.DISPOSAL_PROPOSED, disposal, by=by.actor, now=now)
    return disposal


def _locked(kept: Kept) -> Kept:
    """Return it as it is now, held until the commit."""
    row = Case.objects.locked(kept.pk) if kept.case else Concern.objects.locked(kept.pk)
    return Kept(row)


@transaction.atomic
def approve(disposals: Sequence[UUID], *, by: Person, now: datetime) -> list[Disposal]:
    """Approve what another person proposed: all of it, or nothing; it can be stopped for a while.

    What a court or a person whom it is about asked for waits for nothing more.
    """
    approved = []
    for disposal in _decidable(disposals, by):
        disposal.state = lifecycle.disposal_after(disposal.state, DisposalMove.APPROVE)
        _require_another(disposal, by)
        grace = settings.DISPOSAL_GRACE if disposal.ground == Ground.TIME_OVER else now - now
        disposal.decided_by, disposal.decided_at = by, now
        disposal.erase_after = now + grace
        disposal.save(update_fields=["state", "decided_by", "decided_at", "erase_after"])
        _record(Verb.DISPOSAL_APPROVED, disposal, by=by.actor, now=now)
        approved.append(disposal)
    return approved


@transaction.atomic
def refuse(disposals: Sequence[UUID], *, reason: str, by: Person, now: datetime) -> list[Disposal]:
    """Refuse what another person proposed, with a reason: all of it, or nothing."""
    refused = []
    for disposal in _decidable(disposals, by):
        disposal.state = lifecycle.disposal_after(disposal.state, DisposalMove.REFUSE)
        _require_another(disposal, by)
        _require_reason(reason)
        disposal.decided_by, disposal.decided_at = by, now
        disposal.save(update_fields=["state", "decided_by", "decided_at"])
        safes.add(disposal.safe, row=disposal.pk, items={"refused": reason.encode()})
        _record(Verb.DISPOSAL_REFUSED, disposal, by=by.actor, now=now)
        refused.append(disposal)
    return refused


@transaction.atomic
def stop(disposals: Sequence[UUID], *, reason: str, by: Person, now: datetime) -> list[Disposal]:
    """Stop what is proposed or approved, before it is erased: one person is enough for that."""
    stopped = []
    for disposal in _decidable(disposals, by):
        _require_reason(reason)
        mark_stopped(disposal, by=by, now=now)
        safes.add(disposal.safe, row=disposal.pk, items={"stopped": reason.encode()})
        stopped.append(disposal)
    return stopped


def stop_open(kept: Kept, *, by: Person, now: datetime) -> None:
    """Stop what is proposed or approved of something that is held from now on."""
    stoppable = Disposal.objects.select_for_update().filter(state__in=STOPPABLE)
    for disposal in stoppable.filter(**columns_over(kept)):
        mark_stopped(disposal, by=by, now=now)


def note_reopened(case: Case, by: Person, now: datetime) -> None:
    """Stop what would erase a case that is worked on again; what is being erased stays closed."""
    if case.disposals.filter(state=DisposalState.ERASING).exists():
        msg = "This case is being erased for good, so it is not reopened. Nothing was changed."
        raise RuleError(msg)
    stop_open(Kept(case), by=by, now=now)


def columns_over(kept: Kept) -> dict[str, object]:
    """Return by what a disposal is found that would erase this: of a case's concern, the case."""
    row = kept.thing
    over = row.case if isinstance(row, Concern) else None
    return {"case": over} if over else dict(kept.columns)


def mark_stopped(disposal: Disposal, *, by: Person | None, now: datetime) -> None:
    """Stop a disposal; by nobody where a hold stood in its way."""
    disposal.state = lifecycle.disposal_after(disposal.state, DisposalMove.STOP)
    disposal.stopped_by, disposal.stopped_at = by, now
    disposal.save(update_fields=["state", "stopped_by", "stopped_at"])
    _record(Verb.DISPOSAL_STOPPED, disposal, by=by.actor if by else SYSTEM, now=now)


def _decidable(ids: Sequence[UUID], by: Person) -> list[Disposal]:
    """Return these disposals, held until the commit; what is hidden is as if it were not there."""
    access.require_decider(by)
    if not ids:
        msg = "Nothing is picked, so nothing was changed. Pick at least one."
        raise RuleError(msg)
    visible = set(Disposal.objects.visible_to(by).filter(pk__in=ids).values_list("pk", flat=True))
    if visible != set(ids):
        raise Http404
    # in one order for everybody: no deadlock
    locked = {pk: Disposal.objects.locked(pk) for pk in sorted(visible)}
    return [locked[pk] for pk in dict.fromkeys(ids)]


def _require_another(disposal: Disposal, by: Person) -> None:
    if disposal.proposed_by_id == by.pk:
        msg = (
            f"You proposed to erase {disposal.ref}, so another person decides. Nothing was changed."
        )
        raise RuleError(msg)


def _require_reason(reason: str) -> None:
    if not reason.strip():
        msg = "Say why. Nothing was changed."
        raise RuleError(msg)


def _record(verb: Verb, disposal: Disposal, *, by: Actor, now: datetime) -> None:
    kind = "case" if disposal.case_id else "concern"
    subject = f"{kind}:{disposal.thing_id}"
    ledger.record(verb, by=by, at=now, subject=subject, ground=disposal.ground)
