"""Periods of the office's calendar: months, quarters, years, and twelve months up to a month."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from dateutil.relativedelta import relativedelta

from common.errors import RuleError

_FORM = re.compile(r"(\d{4})(?:-(0[1-9]|1[0-2])(-12m)?|-Q([1-4]))?")
_MONTH, _QUARTER, _YEAR = (relativedelta(months=n) for n in (1, 3, 12))


class Span(StrEnum):
    """How long a period is; the value is the word by which a reader chooses it."""

    TWELVE = "12 months"
    YEAR = "Year"
    QUARTER = "Quarter"
    MONTH = "Month"


@dataclass(frozen=True)
class Period:
    """Days from `start` up to, and without, `end`; `code` is how it is asked for."""

    code: str
    span: Span
    start: date
    end: date

    @property
    def label(self) -> str:
        """Return the period in words: `March 2026`, `Q1 2026`, `2026`."""
        last = f"{self.last_day:%B %Y}"
        if self.span == Span.MONTH:
            return last
        if self.span == Span.TWELVE:
            return f"12 months to {last}"
        if self.span == Span.QUARTER:
            return f"Q{(self.start.month + 2) // 3} {self.start.year}"
        return str(self.start.year)

    @property
    def last_day(self) -> date:
        """Return the last day that belongs to the period."""
        return self.end - timedelta(days=1)

    @property
    def before(self) -> "Period":
        """Return the period of the same length that ends where this one begins."""
        return _ending(self.span, self.start)

    def months(self) -> list[date]:
        """Return the first days of its months."""
        return list(_firsts(self.start, self.end))


def parse(text: str) -> Period:
    """Return the period that `text` names, or refuse it and say how to write one."""
    found = _FORM.fullmatch(text.strip())
    if found is None or found[1] == "0000" or found[1] == "9999":
        msg = (
            f"“{text[:20]}” is not a period. Write a month (2026-03), a quarter (2026-Q1), a year "
            "(2026), or twelve months up to a month (2026-03-12m)."
        )
        raise RuleError(msg)
    year, month, twelve, quarter = found.groups()
    if quarter:
        return _ending(Span.QUARTER, date(int(year), 3 * int(quarter), 1) + _MONTH)
    if not month:
        return _ending(Span.YEAR, date(int(year) + 1, 1, 1))
    end = date(int(year), int(month), 1) + _MONTH
    return _ending(Span.TWELVE if twelve else Span.MONTH, end)


def _ending(span: Span, end: date) -> Period:
    """Return the period of a length that ends with the day before `end`.

    Twelve months to a December are the year.
    """
    if span == Span.TWELVE and end.month == 1:
        span = Span.YEAR
    last = end - timedelta(days=1)
    if span == Span.MONTH:
        return Period(f"{last:%Y-%m}", span, end - _MONTH, end)
    if span == Span.QUARTER:
        return Period(f"{last.year}-Q{(last.month + 2) // 3}", span, end - _QUARTER, end)
    code = f"{last:%Y-%m}-12m" if span == Span.TWELVE else str(last.year)
    return Period(code, span, end - _YEAR, end)


def _firsts(start: date, end: date) -> Iterator[date]:
    first = start.replace(day=1)
    while first < end:
        yield first
        first += _MONTH


# -- release ---------------------------------------------------------------------------


def released_on(period: Period, after: timedelta) -> date:
    """Return the day from which the figures of a period may be seen."""
    return period.end + after


def is_released(period: Period, today: date, after: timedelta) -> bool:
    """Return whether a period is closed and its time of waiting is over."""
    return released_on(period, after) <= today


def released(first: date, today: date, after: timedelta) -> list[Period]:
    """Return the released periods that hold a day from `first` on, the newest first."""
    found = []
    for month in _firsts(first, today):
        end = month + _MONTH
        spans = [Span.MONTH, Span.TWELVE]
        if end.month % 3 == 1:
            spans.append(Span.QUARTER)
        found += [_ending(span, end) for span in spans]
    waiting = [period for period in found if is_released(period, today, after)]
    return sorted(waiting, key=lambda period: (period.end, period.start), reverse=True)


def newest_month(today: date, after: timedelta) -> Period:
    """Return the newest month whose figures are released."""
    return _ending(Span.MONTH, (today - after).replace(day=1))
