"""The life of a disposal, and the codes for why something is kept, held or erased. Pure."""

from django.db.models import TextChoices

from common import moves


class Outcome(TextChoices):
    """How something ended, as far as the time counts for which it is kept."""

    UPHELD = "upheld", "Substantiated, wholly or partly"
    NOT_UPHELD = "not_upheld", "Not substantiated"
    OUT_OF_SCOPE = "out_of_scope", "Out of scope"
    WITHDRAWN = "withdrawn", "Withdrawn by the reporter"


class RuleState(TextChoices):
    """Whether a rule counts."""

    PROPOSED = "proposed", "Waits for a second person"
    IN_FORCE = "in_force", "In force"
    REFUSED = "refused", "Refused"


class HoldGround(TextChoices):
    """Why something must not be erased, whatever its time."""

    LITIGATION = "litigation", "A court case is pending or expected"
    AUTHORITY = "authority", "An authority investigates"
    CLAIM = "claim", "Somebody may need it for a claim"
    RETALIATION = "retaliation", "The reporter may need protection from retaliation"
    AUDIT = "audit", "An audit looks at it"


class Ground(TextChoices):
    """Why something is erased."""

    TIME_OVER = "time_over", "The time for which it is kept is over"
    DATA_SUBJECT = "data_subject", "Somebody it is about asked for it (GDPR art. 17)"
    COURT_ORDER = "court_order", "A court ordered it"


class DisposalState(TextChoices):
    """Where a disposal is."""

    PROPOSED = "proposed", "Waits for a second person"
    APPROVED = "approved", "Approved, can still be stopped"
    REFUSED = "refused", "Refused"
    STOPPED = "stopped", "Stopped"
    ERASING = "erasing", "Being erased"


class DisposalMove(TextChoices):
    """What can happen to a disposal."""

    APPROVE = "approve", "approved"
    REFUSE = "refuse", "refused"
    STOP = "stop", "stopped"
    ERASE = "erase", "erased"


OPEN = (DisposalState.PROPOSED, DisposalState.APPROVED, DisposalState.ERASING)
STOPPABLE = (DisposalState.PROPOSED, DisposalState.APPROVED)

DISPOSAL_MOVES: dict[tuple[DisposalState, DisposalMove], DisposalState] = {
    (DisposalState.PROPOSED, DisposalMove.APPROVE): DisposalState.APPROVED,
    (DisposalState.PROPOSED, DisposalMove.REFUSE): DisposalState.REFUSED,
    (DisposalState.PROPOSED, DisposalMove.STOP): DisposalState.STOPPED,
    (DisposalState.APPROVED, DisposalMove.STOP): DisposalState.STOPPED,
    (DisposalState.APPROVED, DisposalMove.ERASE): DisposalState.ERASING,
}


def disposal_after(state: str, move: DisposalMove) -> DisposalState:
    """Return the state that `move` leads to, or refuse it."""
    now = DisposalState(state)
    what = f"This erasure is not to be {move.label} any more"
    refusal = f"{what}: {now.label.lower()}. Nothing was changed."
    return moves.after(DISPOSAL_MOVES, now, move, refusal=refusal)
