"""Charts of one row a name: level bars, and a dot on the range that it stands for."""

from collections.abc import Iterable, Sequence

from django.utils.html import format_html
from django.utils.safestring import SafeString

from common.charts.drawing import (
    DASH,
    HIDDEN_COUNT,
    NOTHING,
    Chart,
    Table,
    Value,
    Words,
    is_number,
    join,
    plot,
    short,
    step_of,
    swatch,
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
    highest = max((v for _, value, mark in rows for v in (value, mark) if is_number(v)), default=0)
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
        plot(words, height, drawn),
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
    step = step_of([value for row in rows for value in row[1:]], lines=5)
    scale = room / (step * 5)
    foot = len(rows) * pitch + 20
    drawn = [
        format_html(
            '<path class="grid" d="M{0} 18V{1}"/>'
            '<text x="{0}" y="{2}" text-anchor="middle">{3}</text>',
            short(start + tick * step * scale),
            foot,
            foot + 16,
            short(tick * step),
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
        plot(words, foot + 20, drawn),
        Table(
            words.title,
            [words.rows, "Median", "From", "To"],
            [(name, [middle, low, high]) for name, low, middle, high in rows],
        ),
        [(NOTHING, "Dot: median. Bar: middle half.")],
    )


def _room_for_names(names: Iterable[str]) -> int:
    """Return where bars begin, so that the longest name before them is not cut."""
    longest = max(map(len, names), default=0)
    return min(max(140, 7 * longest + 12), 290)


def _level(start: int, y: int, name: str, value: Value, mark: Value, scale: float) -> SafeString:
    label = format_html('<text class="is-name" x="0" y="{}">{}</text>', y + 12, name)
    if isinstance(value, str):
        end = start + 1 + HIDDEN_COUNT * scale
        drawn = format_html(
            '<rect class="hid" x="{}" y="{}" width="{}" height="15" rx="2"/>',
            start + 1,
            y,
            short(end - start - 1),
        )
    else:
        end = start + (value or 0) * scale
        drawn = format_html(
            '<rect class="p1" x="{}" y="{}" width="{}" height="15" rx="1"/>',
            start,
            y,
            short(end - start),
        )
    if is_number(mark):
        at = start + mark * scale
        drawn += format_html('<path class="bench" d="M{} {}v23"/>', short(at), y - 4)
        end = at if 0 <= at - end < 40 else end  # noqa: PLR2004 -- the width of a figure
    text = format_html(
        '<text{} x="{}" y="{}">{}</text>',
        NOTHING if isinstance(value, str) else SafeString(' class="is-strong"'),
        short(end + 10),
        y + 12,
        DASH if value is None else value,
    )
    return join([label, drawn, text])


def _benchmark(x: float, value: float, foot: float) -> SafeString:
    return format_html(
        '<path class="bench" d="M{0} 14V{1}"/>'
        '<text x="{0}" y="10" text-anchor="middle">Benchmark {2}</text>',
        short(x),
        foot,
        value,
    )


def _range(
    start: int, y: int, row: tuple[str, Value, Value, Value], scale: float, hidden: str
) -> SafeString:
    name, low, middle, high = row
    label = format_html('<text class="is-name" x="0" y="{}">{}</text>', y + 4, name)
    if not (is_number(low) and is_number(middle) and is_number(high)):
        band = format_html(
            '<rect class="hid" x="{}" y="{}" width="420" height="18" rx="3"/>'
            '<text x="{}" y="{}">{}</text>',
            start,
            y - 9,
            start + 10,
            y + 4,
            hidden,
        )
        return join([label, band])
    dot = format_html(
        '<path class="range" d="M{} {}H{}"/><circle class="p1" cx="{}" cy="{}" r="6"/>'
        '<text class="is-strong" x="{}" y="{}">{}</text>',
        short(start + low * scale),
        y,
        short(start + high * scale),
        short(start + middle * scale),
        y,
        short(start + high * scale + 10),
        y + 4,
        middle,
    )
    return join([label, dot])
