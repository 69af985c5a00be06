"""The life of a case: where it is, and what was found. Pure."""

from django.db.models import TextChoices

from cases.lifecycle.refusals import not_now
from common import moves


class Finding(TextChoices):
    """What was found."""

    SUBSTANTIATED = "substantiated", "Substantiated"
    PARTLY = "partly_substantiated", "Partly substantiated"
    UNSUBSTANTIATED = "unsubstantiated", "Unsubstantiated"
    INSUFFICIENT = "insufficient_information", "Insufficient information"
    OUT_OF_SCOPE = "out_of_scope", "Out of scope"


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


CASE_MOVES: dict[tuple[CaseStatus, CaseMove], CaseStatus] = {
    (CaseStatus.OPEN, CaseMove.CLOSE): CaseStatus.CLOSED,
}


def case_after(status: str, move: CaseMove) -> CaseStatus:
    """Return the status that `move` leads to, or refuse it."""
    now = CaseStatus(status)
    return moves.after(CASE_MOVES, now, move, refusal=not_now("case", now.label, move.label))
