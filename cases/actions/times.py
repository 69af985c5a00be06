"""Keep the clocks of a concern, and what the lists sort by, in step."""

from datetime import datetime

from cases.duties import retime
from cases.lifecycle import CLOCKS_OF
from cases.models import Concern
from escalation import actions as escalation
from escalation.models import Clock


def met(concern: Concern, kind: str, *, now: datetime) -> Clock | None:
    """Meet a clock of a concern; return it, or None where it no longer ran."""
    clock = escalation.meet(subject_kind=CLOCKS_OF, subject_id=concern.pk, kind=kind, now=now)
    retime(concern)
    return clock
