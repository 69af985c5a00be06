"""What each figure means: the same words on the page, in the report and over the API."""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Benchmark:
    """A published number to compare with: what was measured over whom, and in which year."""

    value: float
    unit: str
    source: str
    year: int

    @property
    def words(self) -> str:
        """Return the benchmark in a short sentence, without its full stop."""
        number = f"{self.value:g}"
        return f"Benchmark {number} %" if self.unit == "%" else f"Benchmark {number}"


@dataclass(frozen=True)
class Definition:
    """A figure: its name, unit and formula, and the entries of the ledger it is counted from."""

    code: str
    name: str
    unit: str
    formula: str
    source: str
    benchmark: Benchmark | None = None


_NAVEX = "NAVEX, median of 4,077 organisations with 10 reports or more"

DEFINITIONS = (
    Definition(
        "filed",
        "Concerns filed",
        "",
        "Concerns of every kind filed in the period.",
        "concern_filed",
    ),
    Definition(
        "per_100",
        "Concerns per 100 people",
        "",
        "Concerns filed in the period, divided by the people employed at its end, times 100.",
        "concern_filed; persons active",
        Benchmark(1.57, "", _NAVEX, 2024),
    ),
    Definition(
        "asked_before",
        "Asked before it happened",
        "%",
        "Guidance requests divided by all concerns filed.",
        "concern_filed",
    ),
    Definition(
        "anonymous",
        "Anonymous",
        "%",
        "Concerns filed anonymously divided by all concerns filed.",
        "concern_filed",
        Benchmark(58, "%", "NAVEX", 2016),
    ),
    Definition(
        "acknowledged",
        "Acknowledged",
        "",
        "Concerns that the office answered for the first time in the period.",
        "concern_acknowledged",
    ),
    Definition(
        "on_time",
        "Answered within the promise",
        "%",
        "Of the concerns answered for the first time in the period, those answered within the time "
        "that the policy in force promised. Paused time is not taken off.",
        "concern_acknowledged",
    ),
    Definition(
        "answer_days",
        "Days to the first answer, median",
        "days",
        "Days from filing to the first answer, for answers in the period: half are faster, half "
        "slower.",
        "concern_acknowledged",
    ),
    Definition(
        "closed",
        "Cases closed with a finding",
        "",
        "Cases closed in the period and not reopened before its release, without those that were "
        "out of scope, settled or advised on.",
        "case_closed",
    ),
    Definition(
        "close_days",
        "Days to close, median",
        "days",
        "Days from opening to closing, for cases closed with a finding in the period: half are "
        "faster, half slower.",
        "case_closed",
    ),
    Definition(
        "substantiated",
        "Substantiated",
        "%",
        "Fully or partly substantiated, of all cases closed with a finding in the period.",
        "case_closed",
        Benchmark(46, "%", _NAVEX, 2024),
    ),
    Definition(
        "breaches",
        "Promises not kept in time",
        "",
        "Clocks that ran out in the period, of every kind.",
        "clock_breached",
    ),
    Definition(
        "steps",
        "Escalation steps",
        "",
        "Steps that escalation took in the period.",
        "step_taken",
    ),
    Definition(
        "found_nobody",
        "Steps that found nobody",
        "",
        "Escalation steps in the period for which nobody was left to reach.",
        "step_found_nobody",
    ),
)
BY_CODE = {definition.code: definition for definition in DEFINITIONS}

PROTECTION = (
    "Counts below 11 are not shown; all others are rounded to 5, so that no figure points at a "
    "person. Rates and medians come from rounded numbers and need a base of 30 and 22. A dash "
    "stands where a number would give another away, or where its base is too small. Totals are "
    "rounded on their own and may not add up."
)


def as_json() -> list[dict[str, Any]]:
    """Return the definitions as machines read them."""
    return [asdict(definition) for definition in DEFINITIONS]
