"""What a change of a calendar moves, in words: by kind and unit, in fives, and no single clock.

Fewer than five and none read alike: whoever may change calendars would else find out by looking
whether somebody told something, and when.
"""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from escalation import actions
from escalation.rules.changes import Group
from escalation.rules.trials import told


class Move(NamedTuple):
    """Clocks that a change moves, of a kind and a unit, as they are told."""

    what: str
    number: str
    when: str


def moves(groups: Iterable[Group]) -> list[Move]:
    """Return groups of clocks in words, but for those too few to tell that there are any."""
    return [Move(_what(one), f"about {one.count:,}", _when(one)) for one in groups if one.count]


def _what(group: Group) -> str:
    if not group.kind:
        return "Others"
    return f"{group.kind}, {group.unit or 'several units'}"


def clocks_told(number: int) -> str:
    """Return how many clocks there are, as far as it is told: none reads as a few do."""
    count = told(number)
    return f"about {count:,}" if count else "fewer than five, or none"


def _when(group: Group) -> str:
    if group.was is None or group.now is None or group.by is None:
        return ""
    if group.was == group.now:
        return f"{_by(*group.by)}. Due {_weeks(*group.was)}."
    return f"{_by(*group.by)}. Due {_weeks(*group.was)} before, {_weeks(*group.now)} then."


def _by(least: int, most: int) -> str:
    if not least and not most:
        return "On the same day, at another hour or with a step at another time"
    if least < 0 < most:
        return f"From {_days(-least)} sooner to {_days(most)} later"
    low, high = sorted((abs(least), abs(most)))
    return f"{f'{low} to ' if low < high else ''}{_days(high)} {'later' if most > 0 else 'sooner'}"


def _days(count: int) -> str:
    return f"{count} day{'s' if count > 1 else ''}"


def _weeks(first: str, last: str) -> str:
    """Return the weeks between two Mondays, both included, in words."""
    begins, ends = (date.fromisoformat(one) for one in (first, last))
    if begins == ends:
        return f"in the week of {begins.day} {begins:%B}"
    return f"in the weeks from {begins.day} {begins:%B} to {ends.day} {ends:%B}"


# what moves of a clock: perhaps a step alone, of which its day says nothing
MOVED = "due, or take a step, at another time"
SOONER = "none sooner than was ever told unless it leaves a day"
NOTHING = "No clock is counted again for that."


def will(forecast: actions.Forecast | None) -> str:
    """Return what will become of the clocks, and how sure that is."""
    if forecast is None:
        return NOTHING
    counted = f"{_clocks(forecast.running)} are counted by it, and again within a minute."
    return f"{counted} {_many(forecast)} will be {MOVED}, {SOONER}."


def would(forecast: actions.Forecast | None) -> str:
    """Return what would become of the clocks if a change was saved."""
    if forecast is None:
        return f"Nothing is saved yet. {NOTHING}"
    return f"Nothing is saved yet. {_many(forecast)} would be {MOVED}, {SOONER}."


def _many(forecast: actions.Forecast) -> str:
    is_all = forecast.looked_at >= forecast.running
    return _clocks(forecast.moved, "" if is_all else f" of the {forecast.looked_at} nearest")


def _clocks(number: int, among: str = "") -> str:
    """Return so many clocks: whether there are a few or none is not told, since it names one."""
    count = told(number)
    few = f"Fewer than five clocks{among}, or none,"
    return f"About {count:,} clocks{among}" if count else few
