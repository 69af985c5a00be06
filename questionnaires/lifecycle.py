"""The life of a version of a questionnaire: its states and the moves between them. Pure."""

from django.db.models import TextChoices

from common import moves

# of which kind a questionnaire is that nobody is asked unless another package names it
BY_NAME = "by_name"


class State(TextChoices):
    """Where a version is; what was published is replaced by the next that is."""

    DRAFT = "draft", "Draft"
    PUBLISHED = "published", "Published"
    DISCARDED = "discarded", "Discarded"


class Move(TextChoices):
    """What can happen to a version."""

    CHANGE = "change", "changed"
    PUBLISH = "publish", "published"
    DISCARD = "discard", "discarded"


MOVES: dict[tuple[State, Move], State] = {
    (State.DRAFT, Move.CHANGE): State.DRAFT,
    (State.DRAFT, Move.PUBLISH): State.PUBLISHED,
    (State.DRAFT, Move.DISCARD): State.DISCARDED,
}


def after(state: str, move: Move) -> State:
    """Return the state to which `move` leads a version, or refuse it."""
    now = State(state)
    refusal = (
        f"This version is {now.label.lower()} by now, so it cannot be {move.label}. Nothing was "
        "changed; what you entered is kept. Draft the next version to go on."
    )
    return moves.after(MOVES, now, move, refusal=refusal)
