"""How a refused move is said."""


def not_now(what: str, now: str, move: str) -> str:
    """Return why `move` is refused: what the thing is now, and that nothing was changed."""
    return f"This {what} is {now.lower()}, so it cannot be {move} now. Nothing was changed."
