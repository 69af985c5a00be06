"""One way from state to state: what a table of moves does not allow is refused in a sentence."""

from collections.abc import Mapping
from typing import TypeVar

from common.errors import RuleError

State = TypeVar("State")
Move = TypeVar("Move")


def after(
    moves: Mapping[tuple[State, Move], State], state: State, move: Move, *, refusal: str
) -> State:
    """Return the state to which a move leads, or raise `RuleError` with the refusal."""
    if (state, move) not in moves:
        raise RuleError(refusal)
    return moves[state, move]
