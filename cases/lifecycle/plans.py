"""What an investigation is to find out, and how: its terms of reference and its plan. Pure."""

from django.db.models import TextChoices

from cases.lifecycle.refusals import not_now
from common import moves


class PlanKind(TextChoices):
    """Which of the two papers it is that are written before evidence is gathered."""

    TERMS = "terms", "Terms of reference"
    PLAN = "plan", "Investigation plan"


class PlanState(TextChoices):
    """Where a signed version is."""

    # nobody else has to approve it
    SIGNED = "signed", "Signed"
    ASKED = "asked", "Waiting for another person"
    APPROVED = "approved", "Approved"
    REFUSED = "refused", "Sent back"
    WITHDRAWN = "withdrawn", "Taken back"


class PlanMove(TextChoices):
    """What can happen to terms that wait for another person."""

    APPROVE = "approve", "approved"
    REFUSE = "refuse", "sent back"
    WITHDRAW = "withdraw", "taken back"


# the versions of which the latest counts
IN_FORCE = (PlanState.SIGNED, PlanState.APPROVED)
PLAN_MOVES: dict[tuple[PlanState, PlanMove], PlanState] = {
    (PlanState.ASKED, PlanMove.APPROVE): PlanState.APPROVED,
    (PlanState.ASKED, PlanMove.REFUSE): PlanState.REFUSED,
    (PlanState.ASKED, PlanMove.WITHDRAW): PlanState.WITHDRAWN,
}


def plan_after(state: str, move: PlanMove) -> PlanState:
    """Return the state that `move` leads to, or refuse it."""
    now = PlanState(state)
    refusal = not_now("version", now.label, move.label)
    return moves.after(PLAN_MOVES, now, move, refusal=refusal)
