"""Keep the clocks of a concern, and what the lists sort by, in step."""

from datetime import datetime
from uuid import UUID

from django.db.models import Min

from cases.lifecycle import CLOCKS_OF
from cases.models import Concern
from escalation import actions as escalation
from escalation.models import Clock


def met(concern: Concern, kind: str, *, now: datetime) -> Clock | None:
    """Meet a clock of a concern; return it, or None where it no longer ran."""
    clock = escalation.meet(subject_kind=CLOCKS_OF, subject_id=concern.pk, kind=kind, now=now)
    retime(concern)
    return clock


def retime(concern: Concern) -> None:
    """Write down the nearest clock of a concern and of its case."""
    concern.next_due_at = _nearest(concern.pk)
    concern.save(update_fields=["next_due_at"])
    if concern.case is not None:
        others = concern.case.concerns.exclude(pk=concern.pk).aggregate(at=Min("next_due_at"))["at"]
        both = [at for at in (concern.next_due_at, others) if at is not None]
        concern.case.next_due_at = min(both, default=None)
        concern.case.save(update_fields=["next_due_at"])


def _nearest(concern_id: UUID) -> datetime | None:
    running = Clock.objects.ticking().filter(subject_kind=CLOCKS_OF, subject_id=concern_id)
    nearest: datetime | None = running.aggregate(at=Min("due_at"))["at"]
    return nearest
