"""Charts drawn on the server as SVG: pure functions from figures to markup.

Each function returns a `Chart`; show it with `{% chart drawn %}`, which adds its heading, its key
and the table of its figures. A value is a number, None (not known) or the text of a hidden count
(`<11`). Figures arrive protected: nothing here hides or rounds.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import ceil, log10
from typing import TypeGuard

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import slugify

Value = int | float | str | None

WIDTH = 560
# the height at which a hidden count is drawn, whatever it is
HIDDEN_COUNT = 10
STEPS = (1, 2, 2.5, 5, 10)
COLOURS = ("p1", "p3", "p2")
NOTHING = SafeString("")
DASH = "\N{EN DASH}"


@dataclass(frozen=True)
class Table:
    """The figures of a chart: the first column names the row."""

    caption: str
    columns: Sequence[str]
    rows: Sequence[tuple[str, Sequence[Value]]]


@dataclass(frozen=True)
class Chart:
    """A drawing under a heading that says what is seen, its key, and the figures behind it."""

    heading: str
    svg: SafeString
    table: Table
    key: Sequence[tuple[SafeString, str]] = ()


@dataclass(frozen=True)
class Words:
    """What is said about a chart.

    `heading` says what is seen, `title` what is measured, `description` what a reader would see,
    `rows` names the first column of the table.
    """

    heading: str
    title: str
    description: str
    rows: str


def grouped_bars(
    words: Words, groups: Sequence[str], series: Sequence[tuple[str, Sequence[Value]]]
) -> Chart:
    """Return upright bars, one group a period, one colour a series; at most three series."""
    height, base, start = 250, 226.0, 28
    step = _step([value for _, values in series for value in values], lines=5)
    rise = (base - 8) / (step * 5)
    room = (WIDTH - start) / max(len(groups), 1)
    width = min(32.0, room * 0.8 / len(series) - 4)
    inset = (room - len(series) * (width + 4) + 4) / 2
    marks = [
        _upright(
            start + room * column + inset + index * (width + 4), base, width, rise, value, index
        )
        for column in range(len(groups))
        for index, value in enumerate(values[column] for _, values in series)
    ]
    names = format_html_join(
        "",
        '<text x="{}" y="244" text-anchor="middle">{}</text>',
        ((_n(start + room * (column + 0.5)), name) for column, name in enumerate(groups)),
    )
    rows = [(name, [values[i] for _, values in series]) for i, name in enumerate(groups)]
    return Chart(
        words.heading,
        _svg(words, height, [_rungs(base, rise, step, start), *marks, names]),
        Table(words.title, [words.rows, *(name for name, _ in series)], rows),
        [(swatch(COLOURS[index]), name) for index, (name, _) in enumerate(series)],
    )


def bars(
    words: Words,
    rows: Sequence[tuple[str, Value, Value]],
    *,
    value_name: str,
    mark_name: str = "",
) -> Chart:
    """Return level bars: each row has a name, a value and a mark to compare with (or None)."""
    start, pitch = _room_for_names(name for name, _, _ in rows), 31
    room = 470.0 - start
    highest = max((v for _, value, mark in rows for v in (value, mark) if _is_number(v)), default=0)
    scale = room / (highest or HIDDEN_COUNT)
    height = len(rows) * pitch + 10
    drawn = [format_html('<path class="axis" d="M{} 2V{}"/>', start, height - 6)]
    drawn += [
        _level(start, index * pitch + 8, name, value, mark, scale)
        for index, (name, value, mark) in enumerate(rows)
    ]
    columns = [words.rows, value_name, *([mark_name] if mark_name else [])]
    table = [(name, [value, mark] if mark_name else [value]) for name, value, mark in rows]
    return Chart(
        words.heading,
        _svg(words, height, drawn),
        Table(words.title, columns, table),
        [(swatch("bench"), mark_name)] if mark_name else [],
    )


def ranges(
    words: Words,
    rows: Sequence[tuple[str, Value, Value, Value]],
    *,
    benchmark: float | None = None,
    hidden: str = "Not shown: fewer than 11",
) -> Chart:
    """Return a dot on a bar for each row: its name, lower quarter, median, upper quarter.

    A row without a median is drawn as a band that says `hidden`.
    """
    start, pitch, room = 124, 36, 420.0
    step = _step([value for row in rows for value in row[1:]], lines=5)
    scale = room / (step * 5)
    foot = len(rows) * pitch + 20
    drawn = [
        format_html(
            '<path class="grid" d="M{0} 18V{1}"/>'
            '<text x="{0}" y="{2}" text-anchor="middle">{3}</text>',
            _n(start + tick * step * scale),
            foot,
            foot + 16,
            _n(tick * step),
        )
        for tick in range(6)
    ]
    if benchmark is not None:
        drawn.append(_benchmark(start + benchmark * scale, benchmark, foot - 8))
    drawn += [
        _range(start, index * pitch + 36, row, scale, hidden) for index, row in enumerate(rows)
    ]
    return Chart(
        words.heading,
        _svg(words, foot + 20, drawn),
        Table(
            words.title,
            [words.rows, "Median", "From", "To"],
            [(name, [middle, low, high]) for name, low, middle, high in rows],
        ),
        [(NOTHING, "Dot: median. Bar: middle half.")],
    )


def line(words: Words, points: Sequence[tuple[str, Value]], *, value_name: str) -> Chart:
    """Return a line over time; it breaks where a value is hidden or not known."""
    height, base, start = 250, 226.0, 28
    step = _step([value for _, value in points], lines=5)
    rise = (base - 8) / (step * 5)
    room = (WIDTH - start) / max(len(points), 1)
    places = [
        (start + room * (i + 0.5), base - value * rise) if _is_number(value) else None
        for i, (_, value) in enumerate(points)
    ]
    drawn = [_rungs(base, rise, step, start), *(_polyline(run) for run in _runs(places))]
    every = ceil(len(points) / 6)
    for index, (name, value) in enumerate(points):
        x = start + room * (index + 0.5)
        if isinstance(value, str):
            drawn.append(_hidden_bar(x - 10, base, 20, rise, value))
        if (len(points) - 1 - index) % every == 0:
            drawn.append(
                # the last name stands inside the drawing
                format_html(
                    '<text x="{}" y="244" text-anchor="middle">{}</text>',
                    _n(min(x, WIDTH - 3.5 * len(name))),
                    name,
                )
            )
    if places and (last := places[-1]):
        drawn.append(
            format_html(
                '<circle class="p2" cx="{0}" cy="{1}" r="5"/>'
                '<text class="is-strong" x="{0}" y="{2}" text-anchor="middle">{3}</text>',
                _n(last[0]),
                _n(last[1]),
                _n(last[1] - 12),
                points[-1][1],
            )
        )
    return Chart(
        words.heading,
        _svg(words, height, drawn),
        Table(words.title, [words.rows, value_name], [(name, [value]) for name, value in points]),
    )


def spark(label: str, values: Sequence[Value], *, benchmark: float | None = None) -> SafeString:
    """Return a small line for a figure; `label` says in words what it shows.

    Hidden and unknown values leave a gap. Nothing is drawn where fewer than two are known.
    """
    known = [value for value in values if _is_number(value)]
    if len(known) < 2:  # noqa: PLR2004 -- a line has two ends
        return NOTHING
    scope = known if benchmark is None else [*known, benchmark]
    low, high = min(scope), max(scope)
    fall = 26 / (high - low or 1)
    places = [
        (3 + 114 * i / (len(values) - 1), 31 - (value - low) * fall) if _is_number(value) else None
        for i, value in enumerate(values)
    ]
    bench = (
        NOTHING
        if benchmark is None
        else format_html('<path class="bench" d="M0 {}H120"/>', _n(31 - (benchmark - low) * fall))
    )
    last = next(place for place in reversed(places) if place)
    return format_html(
        '<svg class="ed-figure__spark ed-spark" viewBox="0 0 120 36" role="img" aria-label="{}">'
        '{}{}<circle class="dot" cx="{}" cy="{}" r="4.5"/></svg>',
        label,
        bench,
        _join(_polyline(run) for run in _runs(places)),
        _n(last[0]),
        _n(last[1]),
    )


def swatch(colour: str) -> SafeString:
    """Return the mark of a series in a key: p1, p2, p3, or bench for a line to compare with."""
    if colour == "bench":
        return format_html(_SWATCH, "", format_html('<path class="{}" d="M6 0v12"/>', colour))
    square = format_html('<rect width="12" height="12" rx="{}"/>', 1)
    return format_html(_SWATCH, f" {colour}", square)


_SWATCH = (
    '<svg viewBox="0 0 12 12" class="ed-swatch{}" aria-hidden="true" focusable="false">{}</svg>'
)


def _svg(words: Words, height: float, drawn: Iterable[SafeString]) -> SafeString:
    name = slugify(words.title)
    return format_html(
        '<svg class="ed-plot" viewBox="0 0 {0} {1}" role="img" aria-labelledby="{2}-t {2}-d">'
        '<title id="{2}-t">{3}</title><desc id="{2}-d">{4}</desc>{5}</svg>',
        WIDTH,
        height,
        name,
        words.title,
        words.description,
        _join(drawn),
    )


def _join(parts: Iterable[SafeString]) -> SafeString:
    return format_html_join("", "{}", ((part,) for part in parts))


def _is_number(value: Value) -> TypeGuard[int | float]:
    return isinstance(value, int | float)


def _n(number: float) -> str:
    """Return a coordinate with at most one decimal."""
    return f"{number:.1f}".removesuffix(".0")


def _step(values: Iterable[Value], *, lines: int) -> float:
    """Return the round distance at which `lines` grid lines hold every value."""
    highest = max((value for value in values if _is_number(value)), default=0)
    rough = max(highest, HIDDEN_COUNT) / lines
    power = 10 ** int(log10(rough)) if rough >= 1 else 1
    return next(step * power for step in STEPS if step * power >= rough)


def _rungs(base: float, rise: float, step: float, start: int) -> SafeString:
    return format_html_join(
        "",
        '<path class="{}" d="M{} {}H{}"/><text x="20" y="{}" text-anchor="end">{}</text>',
        (
            (
                "grid" if tick else "axis",
                start,
                _n(base - tick * step * rise),
                WIDTH,
                _n(base - tick * step * rise + 4),
                _n(tick * step),
            )
            for tick in range(6)
        ),
    )


def _hidden_bar(x: float, base: float, width: float, rise: float, text: str) -> SafeString:
    top = base - HIDDEN_COUNT * rise
    return format_html(
        '<rect class="hid" x="{}" y="{}" width="{}" height="{}" rx="2"/>'
        '<text x="{}" y="{}" text-anchor="middle">{}</text>',
        _n(x),
        _n(top),
        _n(width),
        _n(base - top - 1),
        _n(x + width / 2),
        _n(top - 6),
        text,
    )


def _room_for_names(names: Iterable[str]) -> int:
    """Return where bars begin, so that the longest name before them is not cut."""
    longest = max(map(len, names), default=0)
    return min(max(140, 7 * longest + 12), 290)


def _upright(
    x: float, base: float, width: float, rise: float, value: Value, index: int
) -> SafeString:
    if value is None:
        return NOTHING
    if isinstance(value, str):
        return _hidden_bar(x, base, width, rise, value)
    top = base - value * rise
    return format_html(
        '<rect class="{}" x="{}" y="{}" width="{}" height="{}" rx="1"/>'
        '<text{} x="{}" y="{}" text-anchor="middle">{}</text>',
        COLOURS[index],
        _n(x),
        _n(top),
        _n(width),
        _n(max(base - top - 0.7, 0)),
        NOTHING if index else SafeString(' class="is-strong"'),
        _n(x + width / 2),
        _n(top - 6),
        value,
    )


def _level(start: int, y: int, name: str, value: Value, mark: Value, scale: float) -> SafeString:
    label = format_html('<text class="is-name" x="0" y="{}">{}</text>', y + 12, name)
    if isinstance(value, str):
        end = start + 1 + HIDDEN_COUNT * scale
        drawn = format_html(
            '<rect class="hid" x="{}" y="{}" width="{}" height="15" rx="2"/>',
            start + 1,
            y,
            _n(end - start - 1),
        )
    else:
        end = start + (value or 0) * scale
        drawn = format_html(
            '<rect class="p1" x="{}" y="{}" width="{}" height="15" rx="1"/>',
            start,
            y,
            _n(end - start),
        )
    if _is_number(mark):
        at = start + mark * scale
        drawn += format_html('<path class="bench" d="M{} {}v23"/>', _n(at), y - 4)
        end = at if 0 <= at - end < 40 else end  # noqa: PLR2004 -- the width of a figure
    text = format_html(
        '<text{} x="{}" y="{}">{}</text>',
        NOTHING if isinstance(value, str) else SafeString(' class="is-strong"'),
        _n(end + 10),
        y + 12,
        DASH if value is None else value,
    )
    return _join([label, drawn, text])


def _benchmark(x: float, value: float, foot: float) -> SafeString:
    return format_html(
        '<path class="bench" d="M{0} 14V{1}"/>'
        '<text x="{0}" y="10" text-anchor="middle">Benchmark {2}</text>',
        _n(x),
        foot,
        value,
    )


def _range(
    start: int, y: int, row: tuple[str, Value, Value, Value], scale: float, hidden: str
) -> SafeString:
    name, low, middle, high = row
    label = format_html('<text class="is-name" x="0" y="{}">{}</text>', y + 4, name)
    if not (_is_number(low) and _is_number(middle) and _is_number(high)):
        band = format_html(
            '<rect class="hid" x="{}" y="{}" width="420" height="18" rx="3"/>'
            '<text x="{}" y="{}">{}</text>',
            start,
            y - 9,
            start + 10,
            y + 4,
            hidden,
        )
        return _join([label, band])
    dot = format_html(
        '<path class="range" d="M{} {}H{}"/><circle class="p1" cx="{}" cy="{}" r="6"/>'
        '<text class="is-strong" x="{}" y="{}">{}</text>',
        _n(start + low * scale),
        y,
        _n(start + high * scale),
        _n(start + middle * scale),
        y,
        _n(start + high * scale + 10),
        y + 4,
        middle,
    )
    return _join([label, dot])


Place = tuple[float, float]


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
    points = " ".join(f"{_n(x)},{_n(y)}" for x, y in run)
    if len(run) == 1:
        x, y = run[0]
        points = f"{_n(x - 2)},{_n(y)} {_n(x + 2)},{_n(y)}"
    return format_html('<polyline class="l1" points="{}"/>', points)
