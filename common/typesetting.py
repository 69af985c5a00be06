"""Set a tagged PDF (PDF/UA-1): what people wrote goes in as data, never as markup.

Characters for which no font has a shape would stop the typesetter, since a document that nobody
can hear read aloud is not accessible. Each stands as `[U+4E2D]` instead.
"""

import json
import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, NamedTuple

import typst

# "the text `"中"` could not be displayed with font `"Libertinus Serif"`"
_UNSHOWN = re.compile(r'the text `"((?:[^"\\]|\\.)*)"` could not be displayed')
_ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}")
# what turns the direction of the text after it (Unicode Standard Annex 9), and what is no character
_TURNS = frozenset(map(chr, [*range(0x202A, 0x202F), *range(0x2066, 0x206A)]))
_KEPT = "\n\t"
# those that a font lacks are found all at once; those of a cluster, one try later
TRIES = 6
# what every font that comes with the typesetter has
_BASIC = frozenset(map(chr, [*range(0x20, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x180)]))


class Printed(NamedTuple):
    """A document, and which characters stand in it by their numbers."""

    pdf: bytes
    unshown: frozenset[str]


class Unprintable(Exception):  # noqa: N818 - it says what the text is
    """The typesetter refuses the document, for another reason than a missing shape."""


def plain(text: str) -> str:
    """Return a text without control characters and without marks that turn what stands beside."""
    kept = (one for one in text.replace("\r\n", "\n").replace("\r", "\n") if one not in _TURNS)
    return "".join(
        one
        for one in kept
        if one in _KEPT or unicodedata.category(one) not in {"Cc", "Cs", "Cn", "Zl", "Zp"}
    )


def runs_right_to_left(text: str) -> bool:
    """Return whether a text begins in a script that runs from right to left (UAX 9, P2)."""
    for one in text:
        kind = unicodedata.bidirectional(one)
        if kind in {"L", "R", "AL"}:
            return kind != "L"
    return False


def pdf(template: Path, name: str, told: Any, *, on: date, own_fonts: bool = True) -> Printed:
    """Set a template, which reads what is told from `sys.inputs` under a name, as JSON.

    `on` is the document's date. With `own_fonts`, the same input gives the same bytes anywhere;
    else the fonts of the machine are used as well, which may know more scripts.
    """
    source = template.read_bytes()
    unshown: set[str] = set()
    for _ in range(TRIES):
        try:
            made = _set(source, name, _without(told, unshown), on, own_fonts=own_fonts)
        except typst.TypstError as error:
            found = _unshown_in(str(getattr(error, "diagnostic", "") or error)) - unshown
            if not found:
                raise Unprintable(str(error)) from error
            unshown |= found
        else:
            return Printed(made, frozenset(unshown))
    # a text that is made to need one try more each time
    unshown |= {one for one in _characters(told) if one not in _BASIC and one not in _KEPT}
    made = _set(source, name, _without(told, unshown), on, own_fonts=own_fonts)
    return Printed(made, frozenset(unshown))


def _set(source: bytes, name: str, told: Any, on: date, *, own_fonts: bool) -> bytes:
    made: bytes = typst.compile(
        source,
        format="pdf",
        ignore_system_fonts=own_fonts,
        sys_inputs={name: json.dumps(told)},
        pdf_standards=["ua-1"],
        timestamp=datetime(on.year, on.month, on.day, tzinfo=UTC),
    )
    return made


def _unshown_in(diagnostic: str) -> set[str]:
    """Return every character of what the typesetter could not show, as Rust writes it."""
    found = _UNSHOWN.findall(diagnostic)
    spelled = (_ESCAPED.sub(lambda match: chr(int(match[1], 16)), one) for one in found)
    return {one for text in spelled for one in text if one not in _BASIC}


def _characters(told: Any) -> set[str]:
    if isinstance(told, str):
        return set(told)
    if isinstance(told, Mapping):
        return {one for value in told.values() for one in _characters(value)}
    if isinstance(told, list | tuple):
        return {one for value in told for one in _characters(value)}
    return set()


def _without(told: Any, unshown: set[str]) -> Any:
    """Return the same with characters by their numbers; the names of fields stay."""
    if not unshown:
        return told
    numbers = {ord(one): f"[U+{ord(one):04X}]" for one in unshown}

    def spelled(value: Any) -> Any:
        if isinstance(value, str):
            return value.translate(numbers)
        if isinstance(value, Mapping):
            return {key: spelled(one) for key, one in value.items()}
        if isinstance(value, list | tuple):
            return [spelled(one) for one in value]
        return value

    return spelled(told)
