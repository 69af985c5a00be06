"""What every chart is made of: its words and its table, and the shapes that charts share."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import log10
from typing import TypeGuard

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import slugify

Value = int | float | str | None


@dataclass(frozen=True)
class Sheet:
    """On what a chart is drawn: how wide it is, and whether names stand above their rows."""

    width: int
    is_narrow: bool = False

    @property
    def mark(self) -> str:
        """Return what tells the drawing from the same one on the other sheet."""
        return "narrow" if self.is_narrow else "wide"


WIDE, NARROW = Sheet(560), Sheet(340, is_narrow=True)
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
    """A drawing under a heading that says what is seen, its key, and the figures behind it.

    It is drawn twice, with the same letters: the page shows the one for which there is room.
    """

    heading: str
    svg: SafeString
    narrow: SafeString
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


def swatch(colour: str) -> SafeString:
    """Return the mark of a series in a key: p1, p2, p3, or bench for a line to compare with."""
    if colour == "bench":
        return format_html(_SWATCH, "", format_html('<path class="{}" d="M6 0v12"/>', colour))
    square = format_html('<rect width="12" height="12" rx="{}"/>', 1)
    return format_html(_SWATCH, f" {colour}", square)


_SWATCH = (
    '<svg viewBox="0 0 12 12" class="ed-swatch{}" aria-hidden="true" focusable="false">{}</svg>'
)


# the height of a drawing and its shapes, on some sheet
Draw = Callable[[Sheet], tuple[float, Iterable[SafeString]]]


def chart(
    words: Words, draw: Draw, table: Table, key: Sequence[tuple[SafeString, str]] = ()
) -> Chart:
    """Return a chart that is drawn on both sheets."""
    return Chart(words.heading, _plot(words, draw, WIDE), _plot(words, draw, NARROW), table, key)


def _plot(words: Words, draw: Draw, sheet: Sheet) -> SafeString:
    height, drawn = draw(sheet)
    return format_html(
        '<svg class="ed-plot ed-plot--{5}" viewBox="0 0 {0} {1}" role="img"'
        ' aria-labelledby="{2}-{5}-t {2}-{5}-d">'
        '<title id="{2}-{5}-t">{3}</title><desc id="{2}-{5}-d">{4}</desc>{6}</svg>',
        sheet.width,
        height,
        slugify(words.title),
        words.title,
        words.description,
        sheet.mark,
        join(drawn),
    )


def join(parts: Iterable[SafeString]) -> SafeString:
    """Return shapes one after the other."""
    return format_html_join("", "{}", ((part,) for part in parts))


def is_number(value: Value) -> TypeGuard[int | float]:
    """Return whether a value is known and not hidden."""
    return isinstance(value, int | float)


def short(number: float) -> str:
    """Return a coordinate with at most one decimal."""
    return f"{number:.1f}".removesuffix(".0")


def step_of(values: Iterable[Value], *, lines: int) -> float:
    """Return the round distance at which `lines` grid lines hold every value."""
    highest = max((value for value in values if is_number(value)), default=0)
    rough = max(highest, HIDDEN_COUNT) / lines
    power = 10 ** int(log10(rough)) if rough >= 1 else 1
    return next(step * power for step in STEPS if step * power >= rough)


def rungs(base: float, rise: float, step: float, start: int, end: int) -> SafeString:
    """Return the level grid lines above a base, with their figures."""
    return format_html_join(
        "",
        '<path class="{}" d="M{} {}H{}"/><text x="20" y="{}" text-anchor="end">{}</text>',
        (
            (
                "grid" if tick else "axis",
                start,
                short(base - tick * step * rise),
                end,
                short(base - tick * step * rise + 4),
                short(tick * step),
            )
            for tick in range(6)
        ),
    )


def hidden_bar(x: float, base: float, width: float, rise: float, text: str) -> SafeString:
    """Return an upright bar for a hidden count, as high as every other of them."""
    top = base - HIDDEN_COUNT * rise
    return format_html(
        '<rect class="hid" x="{}" y="{}" width="{}" height="{}" rx="2"/>'
        '<text x="{}" y="{}" text-anchor="middle">{}</text>',
        short(x),
        short(top),
        short(width),
        short(base - top - 1),
        short(x + width / 2),
        short(top - 6),
        text,
    )
