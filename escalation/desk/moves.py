"""What a change of a calendar moves, in words: by kind and unit, in fives, and no single clock."""

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
    """Return groups of clocks in words."""
    return [Move(_what(one), _count(one.count), _when(one)) for one in groups]


def _what(group: Group) -> str:
    if not group.kind:
        return "Others"
    return f"{group.kind}, {group.unit or 'several units'}"


def clocks_told(number: int) -> str:
    """Return how many clocks there are, as far as it is told."""
    return _count(told(number))


def _count(number: int | None) -> str:
    return f"about {number:,}" if number else "fewer than five"


def _when(group: Group) -> str:
    if group.was is None or group.now is None or group.by is None:
        return ""
    if group.was == group.now:
        return f"{_by(*group.by)}. Due {_weeks(*group.was)}."
    return f"{_by(*group.by)}. Due {_weeks(*group.was)} before, {_weeks(*group.now)} then."


def _by(least: int, most: int) -> str:
    if not least and not most:
        return "On the same day, at another time"
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


SOONER = "none sooner than was ever told unless it leaves a day"


def will(forecast: actions.Forecast) -> str:
    """Return what will become of the clocks, and how sure that is."""
    if not forecast.running:
        return "No clock that runs is counted by it."
    counted = f"{_clocks(forecast)} counted by it, and again within a minute."
    if not forecast.moved:
        return f"{counted} None{_among(forecast)} will be due at another time."
    return f"{counted} {_many(forecast)} will be due at another time, {SOONER}."


def would(forecast: actions.Forecast) -> str:
    """Return what would become of the clocks if a change was saved."""
    if not forecast.running:
        return "Nothing is saved yet. No clock that runs is counted by it."
    if not forecast.moved:
        nothing = f"none{_among(forecast)} would be due at another time"
        return f"Nothing is saved yet. {_clocks(forecast)} counted by it, and {nothing}."
    return f"Nothing is saved yet. {_many(forecast)} would be due at another time, {SOONER}."


def _clocks(forecast: actions.Forecast) -> str:
    count = told(forecast.running)
    return f"About {count:,} clocks are" if count else "Fewer than five clocks are"


def _many(forecast: actions.Forecast) -> str:
    count = told(forecast.moved)
    return (f"About {count:,} clocks" if count else "Fewer than five clocks") + _among(forecast)


def _among(forecast: actions.Forecast) -> str:
    is_all = forecast.looked_at >= forecast.running
    return "" if is_all else f" of the {forecast.looked_at} nearest"
