"""Whose turn it is among those who could do something. Pure."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from uuid import UUID

# how many works somebody has open, and since when the latest of them is theirs
Works = tuple[int, datetime | None]
NONE: Works = (0, None)
NEVER = datetime.min.replace(tzinfo=UTC)

# why it is somebody's turn, in words that follow their name
ALONE = "is the only one here whose turn it can be"
LEAST = "has the least open work"
LONGEST = "has no more open work than anybody, and waits longest for a new one"
FIRST = "has no more open work than anybody, and comes first by name"


def rank(works: Works) -> tuple[int, datetime]:
    """Return where works place somebody: who has least, then whose latest is longest ago."""
    number, latest = works
    return number, latest or NEVER


def by_turn(persons: Sequence[UUID], loads: Mapping[UUID, Works]) -> list[UUID]:
    """Return the persons by their turn; whoever stands equal keeps the order that is given."""
    return sorted(persons, key=lambda one: rank(loads.get(one, NONE)))


def why_first(turns: Sequence[UUID], loads: Mapping[UUID, Works]) -> str:
    """Return why the first of those who stand by their turn is the first; none: empty."""
    if len(turns) < 2:  # noqa: PLR2004 - with one there is nothing to compare
        return ALONE if turns else ""
    first, second = (rank(loads.get(one, NONE)) for one in turns[:2])
    if first == second:
        return FIRST
    return LEAST if first[0] < second[0] else LONGEST
