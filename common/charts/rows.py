"""Charts of one row a name: level bars, and a dot on the range that it stands for."""

from collections.abc import Iterable, Sequence

from django.utils.html import format_html
from django.utils.safestring import SafeString

from common.charts.drawing import (
    DASH,
    HIDDEN_COUNT,
    NOTHING,
    Chart,
    Sheet,
    Table,
    Value,
    Words,
    chart,
    is_number,
    join,
    short,
    step_of,
    swatch,
)

# how far in a narrow drawing begins, and by how much a name stands above its row there
EDGE, ABOVE = 1, 18
# how wide the words at a benchmark are
BENCHMARK_WORDS = 84


def bars(
    words: Words,
    rows: Sequence[tuple[str, Value, Value]],
    *,
    value_name: str,
    mark_name: str = "",
) -> Chart:
    """Return level bars: each row has a name, a value and a mark to compare with (or None)."""
    highest = max((v for _, value, mark in rows for v in (value, mark) if is_number(v)), default=0)

    def draw(sheet: Sheet) -> tuple[float, list[SafeString]]:
        start = EDGE if sheet.is_narrow else _room_for_names(name for name, _, _ in rows)
        above = ABOVE if sheet.is_narrow else 0
        pitch = 31 + above
        # behind the longest bar stand its figure and, where there is one, a mark
        scale = (sheet.width - (50 if sheet.is_narrow else 90) - start) / (highest or HIDDEN_COUNT)
        height = len(rows) * pitch + 10
        drawn = [format_html('<path class="axis" d="M{} 2V{}"/>', start, height - 6)]
        for index, (name, value, mark) in enumerate(rows):
            y = index * pitch + above + 8
            drawn += [
                _name(name, y + 12, above=above),
                _level(start, y, value, mark, scale),
            ]
        return height, drawn

    columns = [words.rows, value_name, *([mark_name] if mark_name else [])]
    table = [(name, [value, mark] if mark_name else [value]) for name, value, mark in rows]
    key = [(swatch("bench"), mark_name)] if mark_name else []
    return chart(words, draw, Table(words.title, columns, table), key)


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
    step = step_of([value for row in rows for value in row[1:]], lines=5)

    def draw(sheet: Sheet) -> tuple[float, list[SafeString]]:
        start = EDGE + 6 if sheet.is_narrow else 124
        above = ABOVE if sheet.is_narrow else 0
        # the figure of the highest row stands behind it
        room = sheet.width - start - (30 if sheet.is_narrow else 16)
        pitch, scale = 36 + above, room / (step * 5)
        foot = len(rows) * pitch + 20
        drawn = [_tick(start + n * step * scale, foot, n * step) for n in range(6)]
        if benchmark is not None:
            at = start + benchmark * scale
            drawn.append(_benchmark(at, benchmark, foot - 8, sheet))
        for index, row in enumerate(rows):
            y = index * pitch + above + 36
            drawn += [
                _name(row[0], y + 4, above=above),
                _range(start, y, row, scale, room, hidden),
            ]
        return foot + 20, drawn

    table = [(name, [middle, low, high]) for name, low, middle, high in rows]
    return chart(
        words,
        draw,
        Table(words.title, [words.rows, "Median", "From", "To"], table),
        [(NOTHING, "Dot: median. Bar: middle half.")],
    )


def _name(name: str, y: float, *, above: int) -> SafeString:
    x = EDGE + 6 if above else 0
    return format_html('<text class="is-name" x="{}" y="{}">{}</text>', x, y - above, name)


def _tick(x: float, foot: float, value: float) -> SafeString:
    return format_html(
        '<path class="grid" d="M{0} 18V{1}"/><text x="{0}" y="{2}" text-anchor="middle">{3}</text>',
        short(x),
        foot,
        foot + 16,
        short(value),
    )


def _room_for_names(names: Iterable[str]) -> int:
    """Return where bars begin, so that the longest name before them is not cut."""
    longest = max(map(len, names), default=0)
    return min(max(140, 7 * longest + 12), 290)


def _level(start: int, y: int, value: Value, mark: Value, scale: float) -> SafeString:
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
    return join([drawn, text])


def _benchmark(x: float, value: float, foot: float, sheet: Sheet) -> SafeString:
    half = BENCHMARK_WORDS / 2
    return format_html(
        '<path class="bench" d="M{0} 14V{1}"/>'
        '<text x="{2}" y="10" text-anchor="middle">Benchmark {3}</text>',
        short(x),
        foot,
        short(min(max(x, half), sheet.width - half)),
        value,
    )


def _range(
    start: int,
    y: int,
    row: tuple[str, Value, Value, Value],
    scale: float,
    room: float,
    hidden: str,
) -> SafeString:
    _, low, middle, high = row
    if not (is_number(low) and is_number(middle) and is_number(high)):
        return format_html(
            '<rect class="hid" x="{}" y="{}" width="{}" height="18" rx="3"/>'
            '<text x="{}" y="{}">{}</text>',
            start,
            y - 9,
            short(room),
            start + 10,
            y + 4,
            hidden,
        )
    return format_html(
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
