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
    PAUSE = "pause", "paused"
    RESUME = "resume", "let run again"
    BREACH = "breach", "breached"
    CANCEL = "cancel", "cancelled"


# A clock that was met late stays breached in the figures by its `breached_at`.
MOVES: dict[tuple[State, Move], State] = {
    (State.RUNNING, Move.MEET): State.MET,
    (State.BREACHED, Move.MEET): State.MET,
    (State.PAUSED, Move.MEET): State.MET,
    # one that ran out is not paused: what its path does next is not to be stopped
    (State.RUNNING, Move.PAUSE): State.PAUSED,
    (State.PAUSED, Move.RESUME): State.RUNNING,
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


# -- versions of a path ---------------------------------------------------------------


class VersionState(TextChoices):
    """Where a version of a path is; what was published is replaced by the next that is."""

    DRAFT = "draft", "Draft"
    PROPOSED = "proposed", "Proposed"
    PUBLISHED = "published", "Published"
    WITHDRAWN = "withdrawn", "Withdrawn"


class VersionMove(TextChoices):
    """What can happen to a version."""

    PROPOSE = "propose", "proposed"
    PUBLISH = "publish", "published"
    SEND_BACK = "send_back", "sent back"
    WITHDRAW = "withdraw", "withdrawn"


VERSION_MOVES: dict[tuple[VersionState, VersionMove], VersionState] = {
    (VersionState.DRAFT, VersionMove.PROPOSE): VersionState.PROPOSED,
    (VersionState.PROPOSED, VersionMove.PUBLISH): VersionState.PUBLISHED,
    (VersionState.PROPOSED, VersionMove.SEND_BACK): VersionState.DRAFT,
    (VersionState.DRAFT, VersionMove.WITHDRAW): VersionState.WITHDRAWN,
    (VersionState.PROPOSED, VersionMove.WITHDRAW): VersionState.WITHDRAWN,
}

# of which a path has one at a time
OPEN = (VersionState.DRAFT, VersionState.PROPOSED)
# whose steps may change
EDITABLE = (VersionState.DRAFT,)


def version_after(state: str, move: VersionMove) -> VersionState:
    """Return the state to which `move` leads a version, or refuse it."""
    now = VersionState(state)
    refusal = (
        f"This version is {now.label.lower()} by now, so it cannot be {move.label}. Nothing was "
        "changed; load the page again."
    )
    return moves.after(VERSION_MOVES, now, move, refusal=refusal)
