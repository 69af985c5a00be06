"""How many of those who were asked have read a policy, as figures that name nobody. Pure.

Coverage is for whoever asks people to read (`design/requirements.md`, AUD-3: operations, exact and
live), but not about single persons: what a unit of three has not read, its one new colleague has
not. So units of fewer than eleven stand together (`design/security.md` §5, the default of eleven),
and where taking the others from the total would give them away, so does the next larger.
"""

from collections.abc import Sequence
from dataclasses import dataclass

# of fewer people nothing is told by itself
FEWEST = 11


@dataclass(frozen=True)
class Line:
    """How many were asked, and how many have read it; the smaller units together have no code."""

    code: str
    name: str
    asked: int
    done: int

    @property
    def share(self) -> int:
        """Return how many of a hundred have read it; a hundred only where everybody has."""
        return 100 * self.done // self.asked if self.asked else 0


@dataclass(frozen=True)
class Coverage:
    """How many were asked in all, how many have read it (None: too few to tell), and by unit."""

    asked: int
    done: int | None
    lines: tuple[Line, ...] = ()

    @property
    def all(self) -> Line | None:
        """Return the whole as a line, where it may be told."""
        return None if self.done is None else Line("", "Everybody who was asked", *self._counts)

    @property
    def _counts(self) -> tuple[int, int]:
        return self.asked, self.done or 0


def protected(units: Sequence[Line]) -> Coverage:
    """Return what may be told of these units: the larger ones by name, the smaller ones together.

    That everybody has read it is told however few they are.
    """
    asked, done = sum(one.asked for one in units), sum(one.done for one in units)
    if asked < FEWEST:
        return Coverage(asked, done if done == asked else None)
    larger = sorted((one for one in units if one.asked >= FEWEST), key=lambda one: -one.asked)
    smaller = [one for one in units if one.asked < FEWEST]
    while smaller and larger and sum(one.asked for one in smaller) < FEWEST:
        smaller.append(larger.pop())
    named = sorted(larger, key=lambda one: one.name)
    together = Line(
        "",
        "Smaller units together",
        sum(one.asked for one in smaller),
        sum(one.done for one in smaller),
    )
    return Coverage(asked, done, (*named, together) if smaller else tuple(named))
