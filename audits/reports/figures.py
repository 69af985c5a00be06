"""Count the facts of a period up to a cut-off, and protect every number."""

import hashlib
import json
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import accumulate
from operator import itemgetter
from typing import Any, TypedDict

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, Max, Q
from django.db.models.functions import TruncMonth

from audits.models import Fact, Snapshot
from audits.rules import periods, protection
from audits.rules.periods import Period
from audits.rules.protection import Cell, Share
from cases.lifecycle import NOT_LOOKED_INTO, Channel, Finding, Kind, Mode
from common.errors import RuleError
from escalation.models import Does
from escalation.rules.kinds import KINDS
from ledger.verbs import Verb
from policies.models import Kind as Promised

UNIT_SMALLEST = 50
SMALLER, NO_UNIT = "smaller", ""
Codes = Sequence[tuple[str, str]]
PROMISES: Codes = (
    (Promised.ACKNOWLEDGE, "First answer"),
    (Promised.TRIAGE, "Triage"),
    (Promised.FEEDBACK, "Feedback"),
)
# what else was not kept in time, by its code
DUTIES = {code: kind.name for code, kind in KINDS.items()}
STEPS: Codes = (
    (Does.REMIND, "Owner reminded"),
    (Does.NOTIFY, "Somebody above notified"),
    (Does.REASSIGN, "Given to the next in turn"),
    (Does.ADD, "Somebody brought in beside the owner"),
    (Does.HAND_OVER, "Handed to somebody independent"),
    (Does.RAISE, "Made more urgent"),
    (Does.TASK, "Task opened"),
)


class PeriodJson(TypedDict):
    """Which days are counted."""

    code: str
    label: str
    start: str
    last_day: str


class CutOffJson(TypedDict):
    """Up to which ledger entry facts are counted, and the day by which it was written."""

    position: int
    on: str


class Row(TypedDict):
    """A count of a table."""

    code: str
    label: str
    count: Cell


class SpreadRow(TypedDict):
    """The middle of a measure for one unit, in days."""

    code: str
    label: str
    low: int | None
    median: int | None
    high: int | None


class Measure(TypedDict):
    """A rate, share or median; `bound` is empty, `at least` or `at most`."""

    value: float | None
    bound: str


class Figures(TypedDict):
    """The protected figures of a period; a count is a number, "<11", or null where held back."""

    period: PeriodJson
    cut_off: CutOffJson
    people: int
    counts: dict[str, Cell]
    measures: dict[str, Measure]
    tables: dict[str, list[Row]]
    close_days_by_unit: list[SpreadRow]


@dataclass(frozen=True)
class Cut:
    """The ledger position up to which facts count, and the last day that it holds whole."""

    position: int
    on: date


def cuts(wanted: Iterable[Period], after: timedelta) -> dict[Period, Cut]:
    """Return the cut-off of each period: all that was written before the day of its release.

    So the figures of a period stand still from its release on.
    """
    days = Fact.objects.order_by("on").values_list("on").annotate(last=Max("position"))
    known = list(days)
    lasts = list(accumulate((last for _, last in known), max))
    found = {}
    for period in wanted:
        day = periods.released_on(period, after) - timedelta(days=1)
        index = bisect_right(known, day, key=itemgetter(0))
        found[period] = Cut(lasts[index - 1] if index else 0, day)
    return found


def released_cut(period: Period, today: date, after: timedelta) -> Cut:
    """Return the cut-off of a period, or say when its figures come."""
    require_released(period, today, after)
    return cuts([period], after)[period]


def require_released(period: Period, today: date, after: timedelta) -> None:
    """Refuse a period whose figures may not be seen yet."""
    when = periods.released_on(period, after)
    if today < when:
        msg = (
            f"The figures of {period.label} are released on {when.day} {when:%B %Y}, when nothing "
            "in them changes any more. Choose an earlier period."
        )
        raise RuleError(msg)


def figures(period: Period, cut: Cut) -> Figures:
    """Return the figures of a period from the facts up to a cut-off: the same for the same."""
    names = _names(period)
    filed = _filings(period, cut)
    later = _later(period, cut)
    tables = _filed_tables(period, filed, names)
    measures = {
        "per_100": _measure(protection.rate(filed.total, names.everyone)),
        "asked_before": _share(_shown(tables["kinds"], Kind.GUIDANCE, filed.total)),
        "anonymous": _share(_shown(tables["modes"], Mode.ANONYMOUS, filed.total)),
        "on_time": _share(protection.share(later.on_time, later.answered - later.on_time)),
        "answer_days": _measure(protection.spread(later.answer_days).median),
        "close_days": _measure(protection.spread(later.all_close_days()).median),
        "substantiated": _share(
            protection.share(later.substantiated, later.closed - later.substantiated)
        ),
    }
    tables["breaches"] = _table(later.breaches, PROMISES, "breaches", DUTIES)
    tables["steps"] = _table(later.steps, STEPS, "steps")
    counts = {
        "filed": filed.total,
        "acknowledged": later.answered,
        "closed": later.closed,
        "breaches": later.breaches.total(),
        "steps": later.steps.total(),
        "found_nobody": later.found_nobody,
    }
    return {
        "period": {
            "code": period.code,
            "label": period.label,
            "start": period.start.isoformat(),
            "last_day": period.last_day.isoformat(),
        },
        "cut_off": {"position": cut.position, "on": cut.on.isoformat()},
        "people": protection.rounded(names.everyone),
        "counts": {name: protection.protect(count) for name, count in counts.items()},
        "measures": measures,
        "tables": tables,
        "close_days_by_unit": _close_days_by_unit(later, names),
    }


def canonical(figures: Figures) -> bytes:
    """Return the bytes whose digest names the figures: JSON, sorted keys, no spaces, UTF-8."""
    return json.dumps(
        figures, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False
    ).encode()


def digest(figures: Figures) -> str:
    """Return the SHA-256 of the canonical figures, in hex."""
    return hashlib.sha256(canonical(figures)).hexdigest()


# -- what codes were called ---------------------------------------------------------------


@dataclass
class _Names:
    """Categories, units that are large enough to be named, and how many people there were."""

    categories: list[tuple[str, str]] = field(default_factory=list)
    units: list[tuple[str, str]] = field(default_factory=list)
    small: set[str] = field(default_factory=set)
    everyone: int = 0

    def unit_rows(self) -> Codes:
        """Return the rows of a table by unit."""
        return [*self.units, (SMALLER, "Smaller units"), (NO_UNIT, "No unit given")]

    def unit_row(self, code: str) -> str:
        """Return the row in which a unit is counted; one that is not known is a small one."""
        return code if code == NO_UNIT or code in dict(self.units) else SMALLER


def _names(period: Period) -> _Names:
    names = _Names()
    for row in Snapshot.objects.of(period.last_day):
        if row.what == Snapshot.What.EVERYONE:
            names.everyone = row.people
        elif row.what == Snapshot.What.CATEGORY:
            names.categories.append((row.code, row.label))
        elif row.people >= UNIT_SMALLEST:
            names.units.append((row.code, row.label))
    return names


# -- what was filed -----------------------------------------------------------------------


@dataclass
class _Filed:
    total: int = 0
    by: dict[str, Counter[str]] = field(default_factory=dict)


def _counted(period: Period, cut: Cut) -> Any:
    return Fact.objects.filter(
        on__gte=period.start, on__lt=period.end, position__lte=cut.position
    ).order_by()


def _filings(period: Period, cut: Cut) -> _Filed:
    dimensions = ("kind", "category", "channel", "mode", "unit", "month")
    filed = _Filed(by={name: Counter() for name in dimensions})
    groups = (
        _counted(period, cut)
        .filter(what=Verb.CONCERN_FILED)
        .annotate(month=TruncMonth("on"))
        .values(*dimensions)
        .annotate(n=Count("position"))
    )
    for group in groups:
        filed.total += group["n"]
        for name in dimensions:
            filed.by[name][str(group[name])] += group["n"]
    return filed


def _filed_tables(period: Period, filed: _Filed, names: _Names) -> dict[str, list[Row]]:
    units: Counter[str] = Counter()
    for code, count in filed.by["unit"].items():
        units[names.unit_row(code)] += count
    months = [(first.isoformat(), f"{first:%b %Y}") for first in period.months()]
    wanted: dict[str, tuple[Counter[str], Codes]] = {
        "kinds": (filed.by["kind"], Kind.choices),
        "months": (filed.by["month"], months),
        "categories": (filed.by["category"], names.categories),
        "channels": (filed.by["channel"], Channel.choices),
        "modes": (filed.by["mode"], Mode.choices),
        "units": (units, names.unit_rows()),
    }
    coded = {name: _codes(counter, codes) for name, (counter, codes) in wanted.items()}
    counts = {name: [wanted[name][0][code] for code, _ in coded[name]] for name in wanted}
    shown = protection.tables(filed.total, counts)
    return {name: _rows(coded[name], shown[name]) for name in wanted}


def _codes(counter: Counter[str], known: Codes, names: Mapping[str, str] | None = None) -> Codes:
    """Return the rows of a table: those that are known, and what else was counted, by its name."""
    labels, named = dict(known), names or {}
    others = sorted(code for code in counter if code not in labels)
    return [*known, *((code, named.get(code, code)) for code in others)]


def _rows(codes: Codes, cells: Iterable[Cell]) -> list[Row]:
    return [
        {"code": code, "label": label, "count": cell}
        for (code, label), cell in zip(codes, cells, strict=True)
    ]


def _table(
    counter: Counter[str], known: Codes, name: str, names: Mapping[str, str] | None = None
) -> list[Row]:
    """Return a table that stands alone beside its total."""
    codes = _codes(counter, known, names)
    counts = {name: [counter[code] for code, _ in codes]}
    return _rows(codes, protection.tables(counter.total(), counts)[name])


# -- what came of it ------------------------------------------------------------------------


@dataclass
class _Later:
    answered: int = 0
    on_time: int = 0
    answer_days: list[int] = field(default_factory=list)
    closed: int = 0
    substantiated: int = 0
    close_days: dict[str, list[int]] = field(default_factory=dict)
    breaches: Counter[str] = field(default_factory=Counter)
    steps: Counter[str] = field(default_factory=Counter)
    found_nobody: int = 0

    def all_close_days(self) -> list[int]:
        """Return the days to close of every unit."""
        return [days for unit in self.close_days.values() for days in unit]


def _later(period: Period, cut: Cut) -> _Later:
    later = _Later()
    # a case that was reopened was not closed yet, whatever was found then
    reopened = Fact.objects.filter(undoes__isnull=False, position__lte=cut.position)
    groups = (
        _counted(period, cut)
        .exclude(what=Verb.CONCERN_FILED)
        .exclude(position__in=reopened.values("undoes"))
        .values("what", "unit", "finding", "on_time", "clock", "action")
        .annotate(
            n=Count("position"), took=ArrayAgg("days", filter=Q(days__isnull=False), default=[])
        )
    )
    for group in groups:
        _count(later, group)
    return later


def _count(later: _Later, group: Mapping[str, Any]) -> None:
    what, n = group["what"], group["n"]
    if what == Verb.CONCERN_ACKNOWLEDGED:
        later.answered += n
        later.on_time += n if group["on_time"] else 0
        later.answer_days += group["took"]
    elif what == Verb.CASE_CLOSED and group["finding"] not in NOT_LOOKED_INTO:
        later.closed += n
        if group["finding"] in {Finding.SUBSTANTIATED, Finding.PARTLY}:
            later.substantiated += n
        later.close_days.setdefault(group["unit"], []).extend(group["took"])
    elif what == Verb.CLOCK_BREACHED:
        later.breaches[group["clock"]] += n
    elif what == Verb.STEP_TAKEN:
        later.steps[group["action"]] += n
    elif what == Verb.STEP_FOUND_NOBODY:
        later.found_nobody += n


def _close_days_by_unit(later: _Later, names: _Names) -> list[SpreadRow]:
    taken: dict[str, list[int]] = {}
    for code, days in later.close_days.items():
        taken.setdefault(names.unit_row(code), []).extend(days)
    rows: list[SpreadRow] = []
    for code, label in names.unit_rows():
        middle = protection.spread(taken.get(code, []))
        rows.append(
            {
                "code": code,
                "label": label,
                "low": middle.low,
                "median": middle.median,
                "high": middle.high,
            }
        )
    return rows


def _shown(rows: Iterable[Row], code: str, whole: int) -> Share:
    cell = next(row["count"] for row in rows if row["code"] == code)
    return protection.shown_share(cell, whole)


def _measure(value: float | None) -> Measure:
    return {"value": value, "bound": ""}


def _share(share: Share) -> Measure:
    return {"value": share.percent, "bound": share.bound}
