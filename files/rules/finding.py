"""Find words in a text as a reader would, whatever their case, accents, hyphens and line breaks."""

import re
import unicodedata
from collections.abc import Callable, Iterator
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

# a hyphen that only breaks a line: soft (U+00AD), and the two marks that PDFium sets in its place
_BREAKS = frozenset("\u00ad\ufffe\x02")
_APOSTROPHES = dict.fromkeys(map(ord, "\u2018\u2019\u02bc"), "'")
_DASHES = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2212"), "-")
_ALIKE = _APOSTROPHES | _DASHES
SHORTEST = 2
# digits of a number to call: ITU-T E.164 allows fifteen
_FEWEST_DIGITS, _MOST_DIGITS = 7, 15


class Pattern(StrEnum):
    """What is found by its form alone."""

    EMAIL = "email"
    PHONE = "phone"
    BIRTH = "birth"
    NUMBER = "number"


class Span(NamedTuple):
    """A part of a text: from its first sign to behind its last."""

    start: int
    end: int


class Folded(NamedTuple):
    """A text made plain, and for each of its signs where in the first text it stood."""

    text: str
    places: list[int]

    def span(self, start: int, end: int) -> Span:
        """Return where a part of the plain text stands in the first one."""
        return Span(self.places[start], self.places[end - 1] + 1)


def folded(text: str) -> Folded:
    """Return a text in small letters without accents, its gaps as one blank each.

    What only breaks a word at the end of a line is left out, and so is what cannot be seen.
    """
    plain: list[str] = []
    places: list[int] = []
    at = 0
    while at < len(text):
        if length := _break_at(text, at):
            at += length
            continue
        for sign in _plain(text[at]):
            if sign == " " and (not plain or plain[-1] == " "):
                continue
            plain.append(sign)
            places.append(at)
        at += 1
    return Folded("".join(plain), places)


def _break_at(text: str, at: int) -> int:
    """Return how many signs from here on only break a word at the end of a line."""
    sign, end = text[at], at + 1
    while end < len(text) and text[end] in "\r\n":
        end += 1
    if sign in _BREAKS:
        return end - at
    is_within = at > 0 and end < len(text) and text[at - 1].isalnum() and text[end].isalnum()
    return end - at if sign == "-" and end > at + 1 and is_within else 0


def _plain(sign: str) -> str:
    if sign.isspace():
        return " "
    if unicodedata.category(sign) in {"Cf", "Cc"}:
        return ""
    parts = unicodedata.normalize("NFKD", sign.translate(_ALIKE))
    kept = "".join(one for one in parts if not unicodedata.combining(one))
    return kept.translate(_ALIKE).casefold()


def occurrences(text: Folded, words: str) -> Iterator[Span]:
    """Yield where these words stand, as whole words and in their order."""
    parts = _parts(words)
    # most words of a long list stand in no text, and this is told at once
    if len("".join(parts)) < SHORTEST or parts[0].partition("-")[0] not in text.text:
        return
    # a hyphen between two words may have been taken for one that breaks a line
    inner = " ".join(re.escape(part).replace(r"\-", "-? ?") for part in parts)
    first, last = parts[0][0], parts[-1][-1]
    before = r"(?<!\w)" if first.isalnum() else ""
    after = r"(?!\w)" if last.isalnum() else ""
    for found in re.finditer(f"{before}{inner}{after}", text.text):
        yield text.span(*found.span())


@lru_cache(maxsize=2**16)
def _parts(words: str) -> list[str]:
    return folded(words).text.split()


_MONTHS = (
    "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    "|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?"
)
_DATE = re.compile(
    r"(?<!\d)(?:\d{1,2}[./-]\d{1,2}[./-](?P<y1>\d{4})|(?P<y2>\d{4})-\d{2}-\d{2}"
    rf"|\d{{1,2}}(?:st|nd|rd|th)? (?:{_MONTHS})\.?,? (?P<y3>\d{{4}})"
    rf"|(?:{_MONTHS})\.? \d{{1,2}}(?:st|nd|rd|th)?,? (?P<y4>\d{{4}}))(?!\d)"
)
_EMAIL = re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+")
_PHONE = re.compile(r"(?<![\w.,/-])(?:\+|00)?\(?\d(?:[ ()./-]{0,2}\d){5,}(?![\w/-])")
# an account as ISO 13616 writes it, or eight digits and more in a row
_NUMBER = re.compile(r"\b[a-z]{2}\d{2}(?: ?[a-z0-9]{4}){3,7}(?: ?[a-z0-9]{1,3})?\b|\b\d{8,}\b")


def matches(text: Folded, pattern: Pattern, *, born_before: int) -> Iterator[Span]:
    """Yield where something of this form stands; a date may be of birth if it lies far back.

    `born_before` is a year: whoever was born in it or later is not meant.
    """
    found = _FINDERS[pattern](text.text, born_before)
    for start, end in found:
        yield text.span(start, end)


def _phones(text: str, _: int) -> Iterator[tuple[int, int]]:
    for found in _PHONE.finditer(text):
        digits = sum(sign.isdigit() for sign in found.group())
        if _FEWEST_DIGITS <= digits <= _MOST_DIGITS and not _DATE.fullmatch(found.group()):
            yield found.span()


def _births(text: str, born_before: int) -> Iterator[tuple[int, int]]:
    for found in _DATE.finditer(text):
        year = next(int(one) for one in found.groups() if one)
        if year < born_before:
            yield found.span()


def _by(form: re.Pattern[str]) -> Callable[[str, int], Iterator[tuple[int, int]]]:
    return lambda text, _: (one.span() for one in form.finditer(text))


_FINDERS: dict[Pattern, Callable[[str, int], Iterator[tuple[int, int]]]] = {
    Pattern.EMAIL: _by(_EMAIL),
    Pattern.PHONE: _phones,
    Pattern.BIRTH: _births,
    Pattern.NUMBER: _by(_NUMBER),
}
