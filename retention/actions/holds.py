"""Place and lift legal holds; while one stands, nothing is erased."""

from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction

from cases.models import Case, Concern
from common.errors import RuleError
from ledger import actions as ledger
from ledger.verbs import Verb
from people.models import Person
from retention import access
from retention.access import REASON, Kept
from retention.actions.disposals import columns_over, stop_open
from retention.lifecycle import DisposalState, HoldGround
from retention.models import Disposal, Hold
from safes import actions as safes


@transaction.atomic
def place_hold(kept: Kept, *, ground: HoldGround, reason: str, by: Person, now: datetime) -> Hold:
    """Hold a case or concern; what was proposed to be erased of it is stopped."""
    access.require_visible(by, [kept])
    access.require_holder(by, kept)
    _lock(kept)
    if not reason.strip():
        msg = "Say why it has to be kept. Nothing was changed; what you entered is kept."
        raise RuleError(msg)
    if Disposal.objects.filter(state=DisposalState.ERASING, **columns_over(kept)).exists():
        msg = "It is being erased at this moment, and that cannot be turned back."
        raise RuleError(msg)
    if Hold.objects.standing().filter(ground=ground, **kept.columns).exists():
        msg = "It is held on this ground already. Nothing was changed."
        raise RuleError(msg)
    hold = Hold(id=uuid4(), ground=ground, placed_by=by, placed_at=now, **kept.columns)
    hold.save(force_insert=True)
    safes.add(kept.safe, row=hold.pk, items={REASON: reason.encode()})
    stop_open(kept, by=by, now=now)
    ledger.record(Verb.HOLD_PLACED, by=by.actor, at=now, subject=kept.subject, ground=ground)
    return hold


@transaction.atomic
def lift_hold(kept: Kept, hold_id: UUID, *, reason: str, by: Person, now: datetime) -> Hold:
    """Lift a hold that another person placed."""
    access.require_visible(by, [kept])
    if not access.may_lift(by, kept):
        access.require_holder(by, kept)
    _lock(kept)
    hold = (
        kept.holds().select_related(None).select_for_update(of=("self",)).filter(pk=hold_id).first()
    )
    if hold is None or hold.lifted_at is not None:
        msg = "This hold was lifted meanwhile. Nothing was changed."
        raise RuleError(msg)
    if hold.placed_by_id == by.pk:
        msg = "You placed this hold, so another person has to lift it. Nothing was changed."
        raise RuleError(msg)
    if not reason.strip():
        msg = "Say why it need not be held any more. Nothing was changed."
        raise RuleError(msg)
    hold.lifted_by, hold.lifted_at = by, now
    hold.save(update_fields=["lifted_by", "lifted_at"])
    safes.add(kept.safe, row=hold.pk, items={"lifted": reason.encode()})
    ledger.record(Verb.HOLD_LIFTED, by=by.actor, at=now, subject=kept.subject, ground=hold.ground)
    return hold


def _lock(kept: Kept) -> None:
    """Hold the row until the commit, as whoever erases it does."""
    if kept.case:
        Case.objects.locked(kept.pk)
    else:
        Concern.objects.locked(kept.pk)
