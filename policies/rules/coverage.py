"""How many of those who were asked have read a policy, as figures that point at nobody. Pure.

Coverage is for whoever asks people to read (`design/requirements.md`, AUD-3: operations), but not
about single persons. What a unit of three has not read, its one new colleague has not: so units of
fewer than eleven stand together (`design/security.md` §5, the default of eleven), with the next
larger where the total would give them away. Whoever looks every day would see who read in between:
so who was asked and who has read stand still for a week, both as of one moment, and what was read
is told in steps of five or more, from how many to how many. The last step ends with all, and it is
not told whether all have read it: beside a week in which all had, it would name the one who joined
since. What is told of all is the sum of what is told of the units, so nothing comes of taking one
from the other.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from common import days

# of fewer people nothing is told
FEWEST = 11
# of so many numbers one next to the other it is not told which it is
STEP = 5


def released(now: datetime) -> datetime:
    """Return until when it is counted, at a moment, who was asked and read: when its week began."""
    day = days.day_of(now)
    return days.midnight(day - timedelta(days=day.weekday()))


class Unit(NamedTuple):
    """How many of a unit were asked, and how many have read it: not to be shown."""

    code: str
    name: str
    asked: int
    done: int


@dataclass(frozen=True)
class Line:
    """How many were asked, and how many have read it at least and at most, as it may be shown.

    The smaller units together have no code.
    """

    code: str
    name: str
    asked: int
    least: int
    most: int

    @property
    def shares(self) -> tuple[int, int]:
        """Return how many of a hundred at least and at most."""
        return 100 * self.least // self.asked, 100 * self.most // self.asked


@dataclass(frozen=True)
class Coverage:
    """How many were asked in all, and how many have read it by unit: nothing of fewer than 11."""

    asked: int
    lines: tuple[Line, ...] = ()

    @property
    def all(self) -> Line | None:
        """Return the whole as a line, where it may be told."""
        if not self.lines:
            return None
        least, most = (
            sum(one) for one in zip(*((n.least, n.most) for n in self.lines), strict=True)
        )
        return Line("", "Everybody who was asked", self.asked, least, most)


def protected(units: Sequence[Unit]) -> Coverage:
    """Return what may be told: the larger units by name, the smaller ones together."""
    asked = sum(one.asked for one in units)
    if asked < FEWEST:
        return Coverage(asked)
    larger = sorted((one for one in units if one.asked >= FEWEST), key=lambda one: -one.asked)
    smaller = [one for one in units if one.asked < FEWEST]
    while smaller and larger and sum(one.asked for one in smaller) < FEWEST:
        smaller.append(larger.pop())
    told = [_told(one) for one in sorted(larger, key=lambda one: one.name)]
    if smaller:
        counts = sum(one.asked for one in smaller), sum(one.done for one in smaller)
        told.append(_told(Unit("", "Smaller units together", *counts)))
    return Coverage(asked, tuple(told))


def _told(unit: Unit) -> Line:
    """Return in which step it is how many have read it; the last one is never a short one."""
    code, name, asked, done = unit
    last = (asked + 1 - STEP) // STEP * STEP
    least = min(done // STEP * STEP, last)
    return Line(code, name, asked, least, asked if least == last else least + STEP - 1)
