"""The audit report as PDF, spreadsheet and JSON: the same bytes for the same figures."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from io import BytesIO
from typing import Any, cast

import xlsxwriter
from django.conf import settings

from audits.models import Format, Release
from audits.reports import definitions, words
from audits.reports.figures import Figures, digest
from audits.rules.protection import Cell
from common import typesetting

TEMPLATE = "templates/audits/report.typ"


@dataclass(frozen=True)
class Document:
    """What a report tells: figures, and the digest that names them."""

    figures: Figures
    digest: str

    @classmethod
    def of(cls, release: Release) -> "Document":
        """Return the document of a release."""
        return cls(cast("Figures", release.figures), release.digest)

    @classmethod
    def counted(cls, figures: Figures) -> "Document":
        """Return the document of figures that were counted now."""
        return cls(figures, digest(figures))

    @property
    def cut_day(self) -> date:
        """Return the last day that the cut-off holds: the document's date, for it has no other."""
        return date.fromisoformat(self.figures["cut_off"]["on"])

    @property
    def cut_off(self) -> str:
        """Return the cut-off in a sentence."""
        day, position = self.cut_day, self.figures["cut_off"]["position"]
        return f"Ledger entry {position:,}, written by {day.day} {day:%B %Y}."


def sha256(content: bytes) -> str:
    """Return the SHA-256 of a file, in hex."""
    return hashlib.sha256(content).hexdigest()


def write_json(document: Document) -> bytes:
    """Return figures, definitions and digest for machines."""
    body = {
        "figures": document.figures,
        "definitions": definitions.as_json(),
        "protection": definitions.PROTECTION,
        "sha256": document.digest,
    }
    return json.dumps(body, sort_keys=True, ensure_ascii=False, indent=2).encode() + b"\n"


# -- PDF ----------------------------------------------------------------------------------


def write_pdf(document: Document) -> bytes:
    """Return a tagged PDF (PDF/UA-1), set from fonts that are part of the typesetter."""
    told = _for_print(document)
    return typesetting.pdf(settings.BASE_DIR / TEMPLATE, "report", told, on=document.cut_day).pdf


def _for_print(document: Document) -> Mapping[str, Any]:
    """Return what the template sets: every number as the words that stand in the report."""
    figures, day = document.figures, document.cut_day
    lead = ("filed", "per_100", "asked_before", "on_time", "close_days", "substantiated")
    return {
        "office": settings.OFFICE_NAME,
        "period": figures["period"]["label"],
        "days": _days(figures),
        "cut_off": document.cut_off,
        "made": [day.year, day.month, day.day],
        "digest": document.digest,
        "people": f"{figures['people']:,}",
        "protection": definitions.PROTECTION,
        "lead": [
            {
                "name": definitions.BY_CODE[code].name,
                "value": words.in_words(figures, code),
                "text": _benchmark(definitions.BY_CODE[code]),
            }
            for code in lead
        ],
        "figures": [
            {
                "name": definition.name,
                "value": value,
                "formula": definition.formula,
                "source": definition.source,
                "benchmark": _benchmark(definition),
            }
            for definition, value in words.lines(figures)
        ],
        "tables": [
            {
                "name": name,
                "title": title,
                "head": head,
                "rows": [
                    [row["label"], words.cell(row["count"]), _length(row["count"])]
                    for row in figures["tables"][name]
                ],
            }
            for name, title, head in words.TABLES
        ],
        "spreads": [
            [row["label"], *map(words.cell, (row["low"], row["median"], row["high"]))]
            for row in figures["close_days_by_unit"]
        ],
    }


def _days(figures: Figures) -> str:
    first = date.fromisoformat(figures["period"]["start"])
    last = date.fromisoformat(figures["period"]["last_day"])
    return f"{first.day} {first:%B %Y} to {last.day} {last:%B %Y}"


def _length(count: Cell) -> int:
    return count if isinstance(count, int) else 0


def _benchmark(definition: definitions.Definition) -> str:
    mark = definition.benchmark
    return f"{mark.words} ({mark.source}, {mark.year})" if mark else ""


# -- spreadsheet --------------------------------------------------------------------------


def write_xlsx(document: Document) -> bytes:
    """Return a spreadsheet: the figures, each table, and what they mean."""
    kept = BytesIO()
    day = document.cut_day
    book = xlsxwriter.Workbook(kept, {"in_memory": True, "strings_to_formulas": False})
    title = f"Audit report: {document.figures['period']['label']}"
    book.set_properties(
        {
            "title": title,
            "author": settings.OFFICE_NAME,
            "created": datetime(day.year, day.month, day.day, tzinfo=UTC),
        }
    )
    styles = {
        "title": book.add_format({"bold": True, "font_size": 14}),
        "head": book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"}),
        "text": book.add_format({"text_wrap": True, "valign": "top"}),
        "value": book.add_format({"align": "right", "valign": "top", "num_format": "#,##0.##"}),
        "count": book.add_format({"align": "right", "valign": "top", "num_format": "#,##0"}),
    }
    _figures_sheet(book, document, styles, title)
    for name, heading, head in words.TABLES:
        rows = [(row["label"], row["count"]) for row in document.figures["tables"][name]]
        _table_sheet(book, heading, (head, "Count"), rows, styles)
    _table_sheet(
        book,
        "Days to close, by unit",
        ("Unit", "Lower quarter", "Median", "Upper quarter"),
        [
            (row["label"], row["low"], row["median"], row["high"])
            for row in document.figures["close_days_by_unit"]
        ],
        styles,
    )
    book.close()
    return kept.getvalue()


Styles = Mapping[str, Any]


def _figures_sheet(book: Any, document: Document, styles: Styles, title: str) -> None:
    sheet = book.add_worksheet("Figures")
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 1, 14)
    sheet.set_column(2, 2, 12)
    sheet.set_column(3, 5, 46)
    sheet.write_string(0, 0, title, styles["title"])
    about = [
        ("Days", _days(document.figures)),
        ("Cut-off", document.cut_off),
        ("People", f"{document.figures['people']:,}"),
        ("SHA-256 of the figures", document.digest),
        ("Protection", definitions.PROTECTION),
    ]
    for line, (name, text) in enumerate(about, start=1):
        sheet.write_string(line, 0, name)
        sheet.write_string(line, 1, text)
    top = len(about) + 2
    heads = ("Figure", "Value", "Unit", "Definition", "Counted from", "Benchmark")
    for column, head in enumerate(heads):
        sheet.write_string(top, column, head, styles["head"])
    for line, definition in enumerate(definitions.DEFINITIONS, start=top + 1):
        value, unit = words.value_of(document.figures, definition.code)
        sheet.write_string(line, 0, definition.name, styles["text"])
        _write(sheet, line, 1, value, styles["value"])
        texts = (unit, definition.formula, definition.source, _benchmark(definition))
        for column, text in enumerate(texts, start=2):
            sheet.write_string(line, column, text, styles["text"])
    sheet.freeze_panes(top + 1, 1)


def _table_sheet(
    book: Any, title: str, heads: tuple[str, ...], rows: list[tuple[Any, ...]], styles: Styles
) -> None:
    sheet = book.add_worksheet(title[:31])
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, len(heads), 14)
    for column, head in enumerate(heads):
        sheet.write_string(0, column, head, styles["head"])
    for line, (label, *counts) in enumerate(rows, start=1):
        sheet.write_string(line, 0, label)
        for column, count in enumerate(counts, start=1):
            _write(sheet, line, column, count, styles["count"])
    sheet.freeze_panes(1, 1)


def _write(sheet: Any, line: int, column: int, value: Cell | float, style: Any) -> None:
    """Write a number as a number, and what is not shown as its mark."""
    if isinstance(value, int | float):
        sheet.write_number(line, column, value, style)
    else:
        sheet.write_string(line, column, value or words.DASH, style)


WRITERS: Mapping[Format, Callable[[Document], bytes]] = {
    Format.PDF: write_pdf,
    Format.XLSX: write_xlsx,
    Format.JSON: write_json,
}
