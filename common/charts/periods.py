"""Charts of what changes from period to period: upright bars, a line, and a small line."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from math import ceil

from django.utils.html import format_html
from django.utils.safestring import SafeString

from common.charts.drawing import (
    COLOURS,
    NOTHING,
    Chart,
    Sheet,
    Table,
    Value,
    Words,
    chart,
    hidden_bar,
    is_number,
    join,
    rungs,
    short,
    step_of,
    swatch,
)

Place = tuple[float, float]
# how high the drawings are, where their bars stand, and how far in they begin
HEIGHT, BASE, START = 250, 226.0, 28
# how many names fit below a line
NAMES_WIDE, NAMES_NARROW = 6, 4


def grouped_bars(
    words: Words, groups: Sequence[str], series: Sequence[tuple[str, Sequence[Value]]]
) -> Chart:
    """Return upright bars, one group a period, one colour a series; at most three series."""
    rise, rungs_to = _rise([value for _, values in series for value in values])

    def draw(sheet: Sheet) -> tuple[float, list[SafeString]]:
        room = (sheet.width - START) / max(len(groups), 1)
        width = min(32.0, room * 0.8 / len(series) - 4)
        inset = (room - len(series) * (width + 4) + 4) / 2
        marks = [
            _upright(START + room * column + inset + index * (width + 4), width, rise, value, index)
            for column in range(len(groups))
            for index, value in enumerate(values[column] for _, values in series)
        ]
        names = [_below(START + room * (at + 0.5), name) for at, name in enumerate(groups)]
        return HEIGHT, [rungs_to(sheet), *marks, *names]

    rows = [(name, [values[i] for _, values in series]) for i, name in enumerate(groups)]
    return chart(
        words,
        draw,
        Table(words.title, [words.rows, *(name for name, _ in series)], rows),
        [(swatch(COLOURS[index]), name) for index, (name, _) in enumerate(series)],
    )


def line(words: Words, points: Sequence[tuple[str, Value]], *, value_name: str) -> Chart:
    """Return a line over time; it breaks where a value is hidden or not known."""
    rise, rungs_to = _rise([value for _, value in points])

    def draw(sheet: Sheet) -> tuple[float, list[SafeString]]:
        room = (sheet.width - START) / max(len(points), 1)
        places = [
            (START + room * (i + 0.5), BASE - value * rise) if is_number(value) else None
            for i, (_, value) in enumerate(points)
        ]
        drawn = [rungs_to(sheet), *(_polyline(run) for run in _runs(places))]
        every = ceil(len(points) / (NAMES_NARROW if sheet.is_narrow else NAMES_WIDE))
        for index, (name, value) in enumerate(points):
            x = START + room * (index + 0.5)
            if isinstance(value, str):
                width = min(20, room)
                drawn.append(hidden_bar(x - width / 2, BASE, width, rise, value))
            if (len(points) - 1 - index) % every == 0:
                # the last name stands inside the drawing
                drawn.append(_below(min(x, sheet.width - 3.5 * len(name)), name))
        if places and (last := places[-1]):
            drawn.append(_last(last, points[-1][1]))
        return HEIGHT, drawn

    rows = [(name, [value]) for name, value in points]
    return chart(words, draw, Table(words.title, [words.rows, value_name], rows))


def _rise(values: Iterable[Value]) -> tuple[float, Callable[[Sheet], SafeString]]:
    """Return how high one is drawn, and what draws the grid behind these values."""
    step = step_of(values, lines=5)
    rise = (BASE - 8) / (step * 5)
    return rise, lambda sheet: rungs(BASE, rise, step, START, sheet.width)


def _below(x: float, name: str) -> SafeString:
    return format_html('<text x="{}" y="244" text-anchor="middle">{}</text>', short(x), name)


def _last(place: Place, value: Value) -> SafeString:
    return format_html(
        '<circle class="p2" cx="{0}" cy="{1}" r="5"/>'
        '<text class="is-strong" x="{0}" y="{2}" text-anchor="middle">{3}</text>',
        short(place[0]),
        short(place[1]),
        short(place[1] - 12),
        value,
    )


def spark(label: str, values: Sequence[Value], *, benchmark: float | None = None) -> SafeString:
    """Return a small line for a figure; `label` says in words what it shows.

    Hidden and unknown values leave a gap. Nothing is drawn where fewer than two are known.
    """
    known = [value for value in values if is_number(value)]
    if len(known) < 2:  # noqa: PLR2004 -- a line has two ends
        return NOTHING
    scope = known if benchmark is None else [*known, benchmark]
    low, high = min(scope), max(scope)
    fall = 26 / (high - low or 1)
    places = [
        (3 + 114 * i / (len(values) - 1), 31 - (value - low) * fall) if is_number(value) else None
        for i, value in enumerate(values)
    ]
    bench = (
        NOTHING
        if benchmark is None
        else format_html(
            '<path class="bench" d="M0 {}H120"/>', short(31 - (benchmark - low) * fall)
        )
    )
    last = next(place for place in reversed(places) if place)
    return format_html(
        '<svg class="ed-figure__spark ed-spark" viewBox="0 0 120 36" role="img" aria-label="{}">'
        '{}{}<circle class="dot" cx="{}" cy="{}" r="4.5"/></svg>',
        label,
        bench,
        join(_polyline(run) for run in _runs(places)),
        short(last[0]),
        short(last[1]),
    )


def _upright(x: float, width: float, rise: float, value: Value, index: int) -> SafeString:
    if value is None:
        return NOTHING
    if isinstance(value, str):
        return hidden_bar(x, BASE, width, rise, value)
    top = BASE - value * rise
    return format_html(
        '<rect class="{}" x="{}" y="{}" width="{}" height="{}" rx="1"/>'
        '<text{} x="{}" y="{}" text-anchor="middle">{}</text>',
        COLOURS[index],
        short(x),
        short(top),
        short(width),
        short(max(BASE - top - 0.7, 0)),
        NOTHING if index else SafeString(' class="is-strong"'),
        short(x + width / 2),
        short(top - 6),
        value,
    )


def _runs(places: Iterable[Place | None]) -> Iterator[list[Place]]:
    """Yield the stretches of a line between its gaps."""
    run: list[Place] = []
    for place in places:
        if place is not None:
            run.append(place)
        elif run:
            yield run
            run = []
    if run:
        yield run


def _polyline(run: Sequence[Place]) -> SafeString:
    points = " ".join(f"{short(x)},{short(y)}" for x, y in run)
    if len(run) == 1:
        x, y = run[0]
        points = f"{short(x - 2)},{short(y)} {short(x + 2)},{short(y)}"
    return format_html('<polyline class="l1" points="{}"/>', points)
