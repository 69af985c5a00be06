"""A redacted copy of a text as a document: what stays, boxes of one width, and what they mean."""

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from django.conf import settings

from cases.lifecycle import LEGEND, Document
from cases.rules.redaction import Piece, written
from common.typesetting import pdf
from files.rules.kinds import PDF, TEXT, Kind

TEMPLATE = "templates/cases/redacted.typ"
# the scripts of the fonts that the typesetter brings along
_SET = ("LATIN", "GREEK", "CYRILLIC")
# from here on signs belong to scripts of East Asia, or are pictures
_BEYOND = "\u2e80"
HEADING = "Redacted copy"
_WIDTH = "A box has the same width whatever it stands for."


def document_of(shown: Sequence[Piece], *, document: Document, day: date) -> tuple[bytes, Kind]:
    """Return a copy and of which kind it is: a PDF, or text where no font of ours has its script.

    It tells of what it is a copy by the kind alone: who wrote it, about whom and for whom it is
    made stands in the record.
    """
    codes = list(dict.fromkeys(piece.code for piece in shown if piece.code))
    if not all(map(_is_set, written(shown))):
        return _as_text(shown, codes, document, day).encode(), TEXT
    told = {
        "office": settings.OFFICE_NAME,
        "heading": HEADING,
        "of": document.label,
        "made": [day.year, day.month, day.day],
        "paragraphs": [[_told(piece) for piece in one] for one in _paragraphs(shown)],
        "legend": [[code, LEGEND[code]] for code in codes],
    }
    template = settings.BASE_DIR / TEMPLATE
    printed = pdf(template, "copy", told, on=day)
    if printed.unshown:
        return _as_text(shown, codes, document, day).encode(), TEXT
    return printed.pdf, PDF


def _told(piece: Piece) -> dict[str, Any]:
    return {"code": piece.code, "text": piece.text}


def _is_set(sign: str) -> bool:
    """Return whether a font of ours has a letter; marks and numbers are in all of them."""
    if unicodedata.category(sign)[0] not in {"L", "M"}:
        return sign < _BEYOND
    return unicodedata.name(sign, "").startswith((*_SET, "COMBINING", "MODIFIER"))


def _paragraphs(shown: Iterable[Piece]) -> Iterator[list[Piece]]:
    line: list[Piece] = []
    for piece in shown:
        if piece.code:
            line.append(piece)
            continue
        first, *others = piece.text.split("\n")
        line.append(Piece(first))
        for other in others:
            yield line
            line = [Piece(other)]
    yield line


def _as_text(shown: Sequence[Piece], codes: Iterable[str], document: Document, day: date) -> str:
    told = [f"{settings.OFFICE_NAME}\n{HEADING}: {document.label}\nMade on {day.isoformat()}"]
    told.append(written(shown).strip())
    meant = [f"{code}  {LEGEND[code]}" for code in codes]
    told.append("\n".join(["Taken out:", *meant, _WIDTH]))
    return "\n\n".join(told) + "\n"
