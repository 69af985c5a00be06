"""The dashboard: six figures first, then where they come from."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple, cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString

from audits import actions
from audits.models import Release
from audits.reports import words
from audits.reports.definitions import BY_CODE, PROTECTION, Definition
from audits.reports.figures import Figures, Row, SpreadRow
from audits.rules.periods import Period, Span
from audits.views.readers import ReaderView
from common import charts, clock
from common.charts import Chart, Words
from common.errors import RuleError

LEAD = ("per_100", "asked_before", "on_time", "close_days", "substantiated", "filed")
SPARK_LENGTH = 12
CHIPS = 6
CONFLICT = 409
FEW_POINTS = 4


class Dashboard(ReaderView):
    """The figures of one released period."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the figures that are asked for, or say when they come."""
        now = clock.now()
        periods = Release.objects.periods()
        if not periods:
            waits = {"now": now, "wait_days": settings.RELEASE_AFTER.days}
            return render(request, "audits/dashboard.html", waits)
        text = request.GET.get("period") or _newest(periods).code
        context: dict[str, Any] = {"now": now}
        try:
            release = actions.read_figures(text, by=self.person.actor, now=now)
        except RuleError as refusal:
            context |= {"refusal": str(refusal), "chips": _chips(periods, None)}
            return render(request, "audits/dashboard.html", context, status=CONFLICT)
        period = next(one for one in periods if one.code == release.period)
        context |= {"chips": _chips(periods, period), "period": period}
        return render(request, "audits/dashboard.html", context | _shown(release, period, periods))


def _newest(periods: Sequence[Period]) -> Period:
    """Return the newest twelve months, or where there are none the newest period."""
    yearly = [period for period in periods if period.span in {Span.TWELVE, Span.YEAR}]
    return (yearly or list(periods))[0]


class Chip(NamedTuple):
    """A period that can be chosen."""

    label: str
    code: str
    is_on: bool


def _chips(periods: Sequence[Period], chosen: Period | None) -> list[list[Chip]]:
    """Return how long, and for the length chosen, which of the newest."""
    newest = {period.span: period for period in reversed(periods)}
    lengths = [
        Chip(span.value, newest[span].code, chosen is not None and span == chosen.span)
        for span in Span
        if span in newest
    ]
    if chosen is None:
        return [lengths]
    alike = [period for period in periods if period.span == chosen.span]
    place = alike.index(chosen)
    start = max(0, min(place - CHIPS // 2, len(alike) - CHIPS))
    nearest = alike[start : start + CHIPS]
    return [lengths, [Chip(_short(one), one.code, one == chosen) for one in nearest]]


def _short(period: Period) -> str:
    """Return a period's name beside others of its length."""
    return period.label.removeprefix("12 months ")


def _shown(release: Release, period: Period, periods: Sequence[Period]) -> dict[str, Any]:
    figures = cast("Figures", release.figures)
    series = _series(period, periods)
    before = series.get(period.before.code) if _is_whole(period.before, periods) else None
    history = [series[code] for code in reversed(series)]
    return {
        "figures": figures,
        "digest": release.digest,
        "cut_day": date.fromisoformat(figures["cut_off"]["on"]),
        "lines": words.lines(figures),
        "protection": PROTECTION,
        "cards": [_card(code, figures, before, history) for code in LEAD],
        "charts": _charts(figures, before),
        "tables": [_Counts(*one) for one in _tables(figures)],
    }


def _series(period: Period, periods: Sequence[Period]) -> dict[str, Figures]:
    """Return the figures of this period and of those before it, the newest first."""
    yearly = {Span.TWELVE, Span.YEAR}
    alike = [
        one
        for one in periods
        if one.end <= period.end
        and (one.span == period.span or (one.span in yearly and period.span in yearly))
        and (one == period or _is_whole(one, periods))
    ]
    wanted = [one.code for one in alike[:SPARK_LENGTH]] + [period.before.code]
    found = Release.objects.newest_of_each(wanted)
    return {code: cast("Figures", found[code].figures) for code in wanted if code in found}


def _is_whole(period: Period, periods: Sequence[Period]) -> bool:
    """Return whether we counted from its first day on: half a year is nothing to compare with."""
    return period.start > min(one.start for one in periods if one.span == Span.MONTH)


# -- figures ----------------------------------------------------------------------------------


class Card(NamedTuple):
    """One figure as the part `figure` shows it."""

    name: str
    value: float | str | None
    unit: str
    definition: str
    spark: SafeString
    trend: str
    trend_state: str
    text: str


def _card(code: str, figures: Figures, before: Figures | None, history: Sequence[Figures]) -> Card:
    definition = BY_CODE[code]
    value, unit = words.value_of(figures, code)
    trend, state = _trend(code, figures, before)
    known = [_exact(one, code) for one in history]
    mark = definition.benchmark.value if definition.benchmark else None
    return Card(
        definition.name,
        value,
        unit,
        definition.formula,
        charts.spark(_spark_words(definition, known), known, benchmark=mark),
        trend,
        state,
        _text(definition, value, trend, before),
    )


def _exact(figures: Figures, code: str) -> float | None:
    """Return a figure that is a number and no bound."""
    if code in figures["counts"]:
        count = figures["counts"][code]
        return count if isinstance(count, int) else None
    measure = figures["measures"][code]
    return None if measure["bound"] else measure["value"]


def _trend(code: str, figures: Figures, before: Figures | None) -> tuple[str, str]:
    """Return the change in words, and whether it is good or bad where that is certain."""
    now, then = _exact(figures, code), _exact(before, code) if before else None
    if now is None or then is None:
        return "", ""
    change = now - then
    if not round(change, 2):
        return "As before", ""
    size = words.number(abs(change))
    if code == "close_days":
        days = "day" if size == "1" else "days"
        return (f"{size} {days} slower", "bad") if change > 0 else (f"{size} {days} faster", "good")
    points = (" point" if size == "1" else " points") if BY_CODE[code].unit == "%" else ""
    state = ("good" if change > 0 else "bad") if code == "on_time" else ""
    return f"{'Up' if change > 0 else 'Down'} {size}{points}", state


def _text(
    definition: Definition, value: float | str | None, trend: str, before: Figures | None
) -> str:
    parts = []
    if trend and before:
        joint = "than in" if definition.unit == "days" else "on"
        joint = "in" if trend == "As before" else joint
        parts.append(f"{joint} {before['period']['label']}.")
    if value is None:
        parts.append("Too few to show.")
    if mark := definition.benchmark:
        parts.append(f"{mark.words}, {mark.source.partition(',')[0]} {mark.year}.")
    return " ".join(parts)


def _spark_words(definition: Definition, values: Sequence[float | None]) -> str:
    known = [words.number(value) for value in values if value is not None]
    if not known:
        return ""
    said = f"{definition.name}: from {known[0]} to {known[-1]} over {len(values)} periods"
    return f"{said}, benchmark {definition.benchmark.value:g}" if definition.benchmark else said


# -- charts -----------------------------------------------------------------------------------


def _charts(figures: Figures, before: Figures | None) -> list[Chart]:
    drawn = []
    if len(figures["tables"]["months"]) > 1:
        drawn.append(_months(figures["tables"]["months"]))
    drawn.append(_ranges(figures["close_days_by_unit"]))
    drawn.append(_categories(figures, before))
    drawn.append(
        charts.bars(
            Words(
                "Where it comes from",
                "Concerns by unit",
                _description(figures["tables"]["units"]),
                "Unit",
            ),
            [(row["label"], row["count"], None) for row in figures["tables"]["units"]],
            value_name="Concerns",
        )
    )
    return drawn


def _months(rows: Sequence[Row]) -> Chart:
    said = Words("Concerns month by month", "Concerns by month", _description(rows), "Month")
    if len(rows) < FEW_POINTS:
        named = [(row["label"], row["count"], None) for row in rows]
        return charts.bars(said, named, value_name="Concerns")
    points = [(row["label"], row["count"]) for row in rows]
    return charts.line(said, points, value_name="Concerns")


def _categories(figures: Figures, before: Figures | None) -> Chart:
    rows = sorted(figures["tables"]["categories"], key=_size, reverse=True)
    marks: Mapping[str, Any] = (
        {row["code"]: row["count"] for row in before["tables"]["categories"]} if before else {}
    )
    return charts.bars(
        Words("What it is about", "Concerns by category", _description(rows), "Category"),
        [(row["label"], row["count"], marks.get(row["code"])) for row in rows],
        value_name="Concerns",
        mark_name=before["period"]["label"] if before else "",
    )


def _size(row: Row) -> int:
    return row["count"] if isinstance(row["count"], int) else 0


def _ranges(rows: Sequence[SpreadRow]) -> Chart:
    known = [row for row in rows if row["median"] is not None]
    said = "; ".join(f"{row['label']}: median {row['median']} days" for row in known)
    return charts.ranges(
        Words(
            "Days to close, by unit",
            "Days to close by unit",
            said or "No unit has enough closed cases to be shown.",
            "Unit",
        ),
        [(row["label"], row["low"], row["median"], row["high"]) for row in rows],
        hidden="Not shown: fewer than 22 closed",
    )


def _description(rows: Sequence[Row]) -> str:
    return "; ".join(f"{row['label']}: {words.cell(row['count'])}" for row in rows)


class _Counts(NamedTuple):
    """A small table: its title, the head of its first column, its rows, and its total."""

    title: str
    head: str
    rows: Sequence[Row]
    total: int | str | None


def _tables(figures: Figures) -> list[tuple[str, str, Sequence[Row], int | str | None]]:
    totals = {"breaches": "breaches", "steps": "steps"}
    titles = {name: (title, head) for name, title, head in words.TABLES}
    return [
        (*titles[name], figures["tables"][name], figures["counts"][totals.get(name, "filed")])
        for name in ("kinds", "modes", "breaches", "steps", "channels")
    ]
