"""The life of a clock: its states and the moves between them. Pure."""

from django.db.models import TextChoices

from common import moves


class State(TextChoices):
    """Where a clock is."""

    RUNNING = "running", "Running"
    PAUSED = "paused", "Paused"
    BREACHED = "breached", "Breached"
    MET = "met", "Met"
    CANCELLED = "cancelled", "Cancelled"


class Move(TextChoices):
    """What can happen to a clock."""

    MEET = "meet", "met"
    BREACH = "breach", "breached"
    CANCEL = "cancel", "cancelled"


# A clock that was met late stays breached in the figures by its `breached_at`.
MOVES: dict[tuple[State, Move], State] = {
    (State.RUNNING, Move.MEET): State.MET,
    (State.BREACHED, Move.MEET): State.MET,
    (State.RUNNING, Move.BREACH): State.BREACHED,
    (State.RUNNING, Move.CANCEL): State.CANCELLED,
    (State.BREACHED, Move.CANCEL): State.CANCELLED,
    (State.PAUSED, Move.CANCEL): State.CANCELLED,
}

# The states in which a step may be due.
TICKING = (State.RUNNING, State.BREACHED)
# those in which a change of the calendar changes the times
COUNTING = (*TICKING, State.PAUSED)


def after(state: str, move: Move) -> State:
    """Return the state that `move` leads to, or refuse it."""
    now = State(state)
    refusal = f"A clock that is {now.label.lower()} cannot be {move.label}."
    return moves.after(MOVES, now, move, refusal=refusal)
