"""The life of a case: where it is. Pure."""

from django.db.models import TextChoices

from cases.lifecycle.refusals import not_now
from common import moves


class Area(TextChoices):
    """A part of the work on a case, by who needs to see it."""

    CORE = "core", "The case itself"
    CONCERNS = "concerns", "What was filed"
    EVIDENCE = "evidence", "Evidence"
    SUPPORT = "support", "Support"
    LEGAL = "legal", "Legal advice"


class CaseStatus(TextChoices):
    """Where a case is."""

    OPEN = "open", "Open"
    CLOSED = "closed", "Closed"


class CaseMove(TextChoices):
    """What can happen to a case."""

    CLOSE = "close", "closed"
    REOPEN = "reopen", "reopened"


CASE_MOVES: dict[tuple[CaseStatus, CaseMove], CaseStatus] = {
    (CaseStatus.OPEN, CaseMove.CLOSE): CaseStatus.CLOSED,
    (CaseStatus.CLOSED, CaseMove.REOPEN): CaseStatus.OPEN,
}


def case_after(status: str, move: CaseMove) -> CaseStatus:
    """Return the status that `move` leads to, or refuse it."""
    now = CaseStatus(status)
    return moves.after(CASE_MOVES, now, move, refusal=not_now("case", now.label, move.label))
