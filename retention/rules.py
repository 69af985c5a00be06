"""How long what ended how is kept, and until which day. Knows no database."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import NamedTuple

from dateutil.relativedelta import relativedelta

from cases.lifecycle import Finding
from retention.lifecycle import Outcome

DAY = timedelta(days=1)
MONTHS_MAX = 600
LAW_MAX = 200

OUTCOMES: dict[str, Outcome] = {
    Finding.SUBSTANTIATED: Outcome.UPHELD,
    Finding.PARTLY: Outcome.UPHELD,
    Finding.UNSUBSTANTIATED: Outcome.NOT_UPHELD,
    Finding.INSUFFICIENT: Outcome.NOT_UPHELD,
    Finding.OUT_OF_SCOPE: Outcome.OUT_OF_SCOPE,
    # nothing had to be found, but something was looked into
    Finding.SETTLED: Outcome.NOT_UPHELD,
    Finding.ADVISED: Outcome.NOT_UPHELD,
}


class Term(NamedTuple):
    """For how many months something is kept after its end, and the law or reason that says so."""

    months: int
    law: str


# What counts until a site sets its own: the longest that a law names for the procedure, and less
# where nothing was looked into.
DEFAULTS: dict[Outcome, Term] = {
    Outcome.UPHELD: Term(36, "HinSchG §11(5): 3 years after the end of the procedure"),
    Outcome.NOT_UPHELD: Term(36, "HinSchG §11(5): 3 years after the end of the procedure"),
    Outcome.OUT_OF_SCOPE: Term(12, "EU 2019/1937 art. 18: no longer than necessary"),
    Outcome.WITHDRAWN: Term(12, "EU 2019/1937 art. 18: no longer than necessary"),
}


class Schedule:
    """The terms of a site: by category and outcome, by outcome alone, and what counts before."""

    def __init__(self, terms: Mapping[tuple[str, Outcome], Term]) -> None:
        """Take the terms in force; the empty category stands for every other."""
        self.terms = {("", outcome): term for outcome, term in DEFAULTS.items()} | dict(terms)

    def term(self, category: str, outcome: Outcome) -> Term:
        """Return for how long something of a category is kept that ended so."""
        return self.terms.get((category, outcome)) or self.terms["", outcome]

    def categories(self, outcome: Outcome) -> list[str]:
        """Return the categories that have a term of their own for an outcome."""
        return sorted(code for code, its in self.terms if code and its == outcome)


def due_on(ended: date, months: int) -> date:
    """Return the day from which something may be erased."""
    return ended + relativedelta(months=months)


def ended_by(today: date, months: int) -> date:
    """Return the last day on which something ended that may be erased today.

    Months differ in length, so `today - months` may be too early by up to three days.
    """
    day = today - relativedelta(months=months)
    while due_on(day + DAY, months) <= today:
        day += DAY
    return day
