"""Periods, their release, and what a reader who knows the rules can conclude from what is shown."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audits.rules import periods, protection
from audits.rules.periods import Span
from audits.rules.protection import HIDDEN, Cell
from common.errors import RuleError

MONTH_LATER = timedelta(days=30)
counts = st.integers(min_value=0, max_value=400)


# -- periods --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "start", "end", "label"),
    [
        ("2026-02", date(2026, 2, 1), date(2026, 3, 1), "February 2026"),
        ("2025-12", date(2025, 12, 1), date(2026, 1, 1), "December 2025"),
        ("2026-Q1", date(2026, 1, 1), date(2026, 4, 1), "Q1 2026"),
        ("2025-Q4", date(2025, 10, 1), date(2026, 1, 1), "Q4 2025"),
        ("2025", date(2025, 1, 1), date(2026, 1, 1), "2025"),
        ("2026-02-12m", date(2025, 3, 1), date(2026, 3, 1), "12 months to February 2026"),
    ],
)
def test_a_period_is_read(text: str, start: date, end: date, label: str) -> None:
    period = periods.parse(text)
    assert (period.start, period.end, period.label, period.code) == (start, end, label, text)


def test_twelve_months_to_a_december_are_the_year() -> None:
    assert periods.parse("2025-12-12m") == periods.parse("2025")


@pytest.mark.parametrize(
    "text", ["", "26-01", "2026-13", "2026-Q5", "2026-1", "0000", "9999", "2026-Q1-12m", "next"]
)
def test_what_is_no_period_is_refused_with_how_to_write_one(text: str) -> None:
    with pytest.raises(RuleError, match=r"Write a month \(2026-03\), a quarter"):
        periods.parse(text)


def test_a_period_is_released_thirty_days_after_its_end() -> None:
    january = periods.parse("2026-01")
    assert not periods.is_released(january, date(2026, 3, 2), MONTH_LATER)
    assert periods.is_released(january, date(2026, 3, 3), MONTH_LATER)


@given(
    first=st.dates(date(2020, 1, 1), date(2030, 1, 1)),
    days=st.integers(min_value=0, max_value=1500),
    after=st.integers(min_value=0, max_value=60),
)
def test_whatever_is_released_is_closed_and_is_what_its_code_says(
    first: date, days: int, after: int
) -> None:
    today, wait = first + timedelta(days=days), timedelta(days=after)
    found = periods.released(first, today, wait)
    assert all(period.end + wait <= today and period.end > first for period in found)
    assert all(periods.parse(period.code) == period for period in found)
    assert len({period.code for period in found}) == len(found)
    months = [period for period in found if period.span == Span.MONTH]
    if months:
        assert months[0] == periods.newest_month(today, wait)


# -- protection -----------------------------------------------------------------------------


@given(counts)
def test_a_count_is_hidden_below_eleven_and_rounded_to_five_from_there(count: int) -> None:
    shown = protection.protect(count)
    if count <= 10:
        assert shown == HIDDEN
    else:
        assert isinstance(shown, int)
        assert shown % 5 == 0
        assert abs(shown - count) <= 2


def test_halves_do_not_occur_and_thirteen_goes_up() -> None:
    assert [protection.protect(n) for n in (0, 10, 11, 12, 13, 17, 18)] == [
        HIDDEN, HIDDEN, 10, 10, 15, 15, 20,
    ]  # fmt: skip


def _could_be(total: Cell, row: Sequence[Cell]) -> Iterator[tuple[int, ...]]:
    """Yield every row of counts that a reader cannot rule out, by trying them all."""

    def one(cell: Cell) -> range:
        if cell is None:
            return range(70)
        if cell == HIDDEN:
            return range(11)
        assert isinstance(cell, int)
        return range(max(11, cell - 2), cell + 3)

    allowed = one(total)
    for guess in product(*(one(cell) for cell in row)):
        if sum(guess) in allowed:
            yield guess


@settings(max_examples=150, deadline=None)
@given(st.lists(st.integers(min_value=0, max_value=30), min_size=1, max_size=3))
def test_no_table_lets_a_small_count_be_told_from_zero_nor_be_known_well(row: list[int]) -> None:
    shown = protection.tables(sum(row), {"only": row})["only"]
    worlds = list(_could_be(protection.protect(sum(row)), shown))
    assert tuple(row) in worlds
    for place, cell in enumerate(shown):
        if cell == HIDDEN:
            possible = {world[place] for world in worlds}
            assert min(possible) == 0
            assert max(possible) >= 5


@settings(max_examples=150)
@given(
    st.lists(st.integers(min_value=0, max_value=40), min_size=2, max_size=6),
    st.lists(st.integers(min_value=1, max_value=6), min_size=2, max_size=4),
)
def test_tables_of_one_total_are_safe_together(row: list[int], parts: list[int]) -> None:
    total = sum(row)
    other = [total * part // sum(parts) for part in parts]
    other[0] += total - sum(other)
    shown = protection.tables(total, {"row": row, "other": other})
    known = protection.interval(protection.protect(total))
    low, high = known
    for cells in shown.values():
        ranges = [protection.interval(cell) for cell in cells]
        low = max(low, sum(one.low for one in ranges))
        high = min(high, sum(one.high for one in ranges))
    assert low <= total <= high
    for name, cells in shown.items():
        told = protection.bounds(protection.Interval(low, high), cells)
        for cell, count, bound in zip(cells, {"row": row, "other": other}[name], told, strict=True):
            assert bound.low <= count <= bound.high
            if cell == HIDDEN:
                assert bound.low <= 0
                assert bound.high >= 5


@given(st.lists(counts, min_size=1, max_size=8))
def test_what_is_shown_of_a_table_is_rounded_or_a_mark(row: list[int]) -> None:
    for count, cell in zip(row, protection.tables(sum(row), {"t": row})["t"], strict=True):
        assert cell in {protection.protect(count), None}


@given(part=counts, rest=counts)
def test_a_share_needs_thirty_and_rests_on_rounded_numbers(part: int, rest: int) -> None:
    share = protection.share(part, rest)
    if part + rest < 30:
        assert share == protection.NO_SHARE
        return
    assert share.percent is not None
    exact = 100 * part / (part + rest)
    if share.bound == "at least":
        assert rest <= 10
        assert share.percent <= exact
    elif share.bound == "at most":
        assert part <= 10
        assert share.percent >= exact
    else:
        # counts that round alike give the same share
        low, high = protection.rounded(part) - 2, protection.rounded(part) + 2
        assert min(part, rest) > 10
        assert low <= part <= high
        assert 0 < share.percent <= 100


@given(rest=st.integers(min_value=30, max_value=400), part=st.integers(min_value=0, max_value=10))
def test_no_share_tells_one_small_part_from_none(rest: int, part: int) -> None:
    whole = protection.rounded(rest + part)
    alike = protection.shown_share(HIDDEN, whole)
    assert alike.bound == "at most"
    assert protection.share(part, whole - part) == protection.share(0, whole)


def test_a_rate_needs_eleven_concerns_and_thirty_people() -> None:
    assert protection.rate(10, 400) is None
    assert protection.rate(40, 29) is None
    assert protection.rate(41, 402) == 10.0


@given(st.lists(st.integers(min_value=0, max_value=300), max_size=60))
def test_a_median_needs_twenty_two_values_and_lies_between_its_quarters(values: list[int]) -> None:
    middle = protection.spread(values)
    if len(values) < 22:
        assert middle == protection.NO_SPREAD
        return
    low, median, high = middle
    assert low is not None
    assert median is not None
    assert high is not None
    assert min(values) <= low <= median <= high <= max(values)
    assert sum(value <= median for value in values) * 2 >= len(values)
