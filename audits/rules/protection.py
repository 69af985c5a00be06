"""Numbers that point at nobody: rounded to 5, hidden below 11, and told from nothing else shown.

Rounding comes before hiding: of the ways we tried, only independent rounding of every number, the
totals too, kept hidden counts from being worked out (design, security §5). A reader who knows the
rules is the attacker here: `bounds` computes what they can conclude, and `table` holds a further
number back where that is too much.
"""

from collections.abc import Mapping, Sequence
from math import inf
from typing import NamedTuple

HIDDEN = "<11"
SMALLEST = 11
BASE = 5
# a hidden count must be able to be zero, and also at least this
UNSURE = SMALLEST // 2
RATE_BASE = 30
MEDIAN_BASE = 22

# A rounded count, HIDDEN, or None: held back, which says nothing about how large it is.
Cell = int | str | None


def protect(count: int) -> int | str:
    """Return a count as it may be shown: rounded to 5, halves up, or HIDDEN from 0 to 10."""
    return HIDDEN if count < SMALLEST else rounded(count)


def rounded(count: int) -> int:
    """Return a count rounded to the nearest 5."""
    return (count + BASE // 2) // BASE * BASE


class Interval(NamedTuple):
    """What a count can be."""

    low: float
    high: float


def interval(cell: Cell) -> Interval:
    """Return what a reader knows of a count from its cell alone."""
    if cell is None:
        return Interval(0, inf)
    if isinstance(cell, str):
        return Interval(0, SMALLEST - 1)
    return Interval(max(SMALLEST, cell - BASE // 2), cell + BASE // 2)


def bounds(total: Interval, cells: Sequence[Cell]) -> list[Interval]:
    """Return what a reader can conclude of each count, from its row and the range of their sum."""
    known = [interval(cell) for cell in cells]
    lows, highs = sum(one.low for one in known), sum(one.high for one in known)
    return [
        Interval(
            max(one.low, total.low - _less(highs, one.high)),
            min(one.high, total.high - (lows - one.low)),
        )
        for one in known
    ]


def _less(highs: float, one: float) -> float:
    """Return the sum of the others' upper bounds."""
    return highs - one if highs < inf or one < inf else inf


def tables(total: int, counts: Mapping[str, Sequence[int]]) -> dict[str, list[Cell]]:
    """Return several tables of one total as they may be shown together.

    What one table tells of the total, a reader uses on the others, so they are judged together.
    """
    shown: dict[str, list[Cell]] = {
        name: [protect(count) for count in row] for name, row in counts.items()
    }
    while told := [cells for cells in shown.values() if _tells(_range(total, shown), cells)]:
        for cells in told:
            _hold_one_back(cells)
    return shown


def _range(total: int, shown: Mapping[str, Sequence[Cell]]) -> Interval:
    """Return what a reader knows of the total from its own number and from every table."""
    low, high = interval(protect(total))
    for cells in shown.values():
        known = [interval(cell) for cell in cells]
        low = max(low, sum(one.low for one in known))
        high = min(high, sum(one.high for one in known))
    return Interval(low, high)


def _tells(total: Interval, cells: Sequence[Cell]) -> bool:
    """Return whether a hidden count could be told from zero, or be known too well."""
    return any(
        cell == HIDDEN and (known.low > 0 or known.high < UNSURE)
        for cell, known in zip(cells, bounds(total, cells), strict=True)
    )


def _hold_one_back(cells: list[Cell]) -> None:
    """Hold back the smallest number shown; where none is shown, the whole table."""
    numbers = [cell for cell in cells if isinstance(cell, int)]
    if not numbers:
        cells[:] = [None] * len(cells)
    else:
        cells[cells.index(min(numbers))] = None


# -- shares, rates, medians -------------------------------------------------------------


class Share(NamedTuple):
    """Per cent of a whole; `bound` says `at least` or `at most` where a part is hidden."""

    percent: int | None
    bound: str = ""


NO_SHARE = Share(None)


def share(part: int, rest: int) -> Share:
    """Return a part of a whole, from rounded numbers alone, where the whole is 30 or more."""
    whole = rounded(part + rest)
    if part + rest < RATE_BASE:
        return NO_SHARE
    hidden = -(-100 * (SMALLEST - 1) // (whole - BASE // 2))
    if rest < SMALLEST:
        return Share(100 - hidden, "at least")
    if part < SMALLEST:
        return Share(hidden, "at most")
    return Share(min(100, round(100 * rounded(part) / whole)))


def shown_share(part: Cell, whole: int) -> Share:
    """Return a share whose part stands in a table: it tells no more than the table does."""
    if part is None or whole < RATE_BASE:
        return NO_SHARE
    base = rounded(whole)
    if isinstance(part, str):
        return Share(-(-100 * (SMALLEST - 1) // (base - BASE // 2)), "at most")
    return Share(min(100, round(100 * part / base)))


def rate(count: int, people: int) -> float | None:
    """Return how many there were per 100 people, from rounded numbers, two decimals."""
    if count < SMALLEST or people < RATE_BASE:
        return None
    return round(100 * rounded(count) / rounded(people), 2)


class Spread(NamedTuple):
    """The lower quarter, the median and the upper quarter, in whole days."""

    low: int | None
    median: int | None
    high: int | None


NO_SPREAD = Spread(None, None, None)


def spread(values: Sequence[int]) -> Spread:
    """Return the middle of values, where there are 22 or more."""
    if len(values) < MEDIAN_BASE:
        return NO_SPREAD
    ordered = sorted(values)
    return Spread(*(_quantile(ordered, quarter) for quarter in (1, 2, 3)))


def _quantile(ordered: Sequence[int], quarter: int) -> int:
    """Return a quarter's bound: between two values their mean, halves up."""
    place = quarter * (len(ordered) - 1)
    below, above = ordered[place // 4], ordered[-(-place // 4)]
    return (2 * (below * 4 + (above - below) * (place % 4)) + 4) // 8
