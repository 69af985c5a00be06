"""Figures as people read them: the same on the page, in the spreadsheet and in the PDF."""

from audits.reports.definitions import BY_CODE, DEFINITIONS, Definition
from audits.reports.figures import Figures
from audits.rules.protection import Cell

DASH = "\N{EN DASH}"

# the tables of a report: name, title, and the head of the first column
TABLES = (
    ("months", "Concerns by month", "Month"),
    ("kinds", "Concerns by kind", "Kind"),
    ("categories", "What it is about", "Category"),
    ("units", "Where it comes from", "Unit"),
    ("channels", "How it came in", "Channel"),
    ("modes", "How reporters are known", "Mode"),
    ("breaches", "Promises not kept in time", "Promise"),
    ("steps", "Escalation steps", "Step"),
)


def cell(value: Cell) -> str:
    """Return a count in words."""
    if value is None:
        return DASH
    return f"{value:,}" if isinstance(value, int) else value


def number(value: float) -> str:
    """Return a rate, share or median: at most two decimals."""
    return f"{value:,.2f}".rstrip("0").rstrip(".")


def value_of(figures: Figures, code: str) -> tuple[Cell | float, str]:
    """Return a figure's value and the unit that stands behind it."""
    definition = BY_CODE[code]
    if code in figures["counts"]:
        return figures["counts"][code], definition.unit
    measure = figures["measures"][code]
    if measure["value"] is None:
        return None, ""
    more = {"at least": " or more", "at most": " or less"}.get(measure["bound"], "")
    return measure["value"], f"{definition.unit}{more}"


def in_words(figures: Figures, code: str) -> str:
    """Return a figure with its unit."""
    value, unit = value_of(figures, code)
    text = value if isinstance(value, str) else DASH if value is None else number(value)
    return f"{text} {unit}".strip()


def lines(figures: Figures) -> list[tuple[Definition, str]]:
    """Return every figure that is defined, with its value in words."""
    return [(definition, in_words(figures, definition.code)) for definition in DEFINITIONS]
