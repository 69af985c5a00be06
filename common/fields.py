"""Form fields that Django lacks: a date in three inputs, and choices that say what follows."""

import calendar
from collections.abc import Sequence
from datetime import date
from typing import Any, NoReturn, Self

from django import forms
from django.core.exceptions import ValidationError

PARTS = ("day", "month", "year")
FIRST_YEAR = 1900
LONGEST = len("2026")
FEBRUARY = 2


class Described(str):
    """A choice's label that also says what follows from choosing it.

    `follows` is a list of (question, answer) pairs, the same questions for every choice;
    `hint` is one sentence. Either may be empty.
    """

    __slots__ = ("follows", "hint")

    follows: tuple[tuple[str, str], ...]
    hint: str

    def __new__(
        cls, label: str, *, follows: Sequence[tuple[str, str]] = (), hint: str = ""
    ) -> Self:
        """Return the label with what follows from it."""
        described = super().__new__(cls, label)
        described.follows = tuple(follows)
        described.hint = hint
        return described


class DatePartsInput(forms.MultiWidget):
    """Day, month and year as three text inputs, named `<name>_day` and so on."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({part: forms.TextInput() for part in PARTS}, attrs)

    def decompress(self, value: date | str | None) -> list[Any]:
        """Return the parts of a date, or of an ISO 8601 date whose end may be missing."""
        if not value:
            return ["", "", ""]
        year, month, day = (*str(value).split("-"), "", "")[:3]
        return [day.lstrip("0"), month.lstrip("0"), year]


class DateParts(forms.MultiValueField):
    """A whole date. Cleans to a `datetime.date`, or None where it is optional and empty.

    An error carries the names of the parts it concerns as its code, so that the page can mark
    them.
    """

    widget = DatePartsInput
    default_error_messages = {"required": "Write the date."}

    def __init__(self, **kwargs: Any) -> None:
        fields = tuple(forms.CharField(required=False) for _ in PARTS)
        super().__init__(fields=fields, require_all_fields=False, **kwargs)

    def compress(self, data_list: list[str]) -> date | str | None:
        """Return the date of the three parts, or say what is wrong with them."""
        if not any(data_list):
            return None
        missing = [part for part, text in zip(PARTS, data_list, strict=True) if not text]
        if missing:
            verb = "is" if len(missing) == 1 else "are"
            _refuse(f"The {' and the '.join(missing)} of the date {verb} missing.", *missing)
        day, month, year = data_list
        return _date(_year(year), _month(month), day)


class PartialDate(DateParts):
    """A date of which any part but the year may be unknown.

    Cleans to what is known, in ISO 8601: `2026`, `2026-10`, `2026-10-14`, or the empty string.
    """

    def compress(self, data_list: list[str]) -> str:
        """Return the known parts, largest first, or say what is wrong with them."""
        if not any(data_list):
            return ""
        day, month, year = data_list
        if not year:
            _refuse("The year is missing. A guess is enough.", "year")
        if day and not month:
            _refuse("The month is missing. Leave out the day too, if you do not know it.", "month")
        if not month:
            return f"{_year(year):04}"
        if not day:
            return f"{_year(year):04}-{_month(month):02}"
        return _date(_year(year), _month(month), day).isoformat()


def _refuse(message: str, *parts: str) -> NoReturn:
    raise ValidationError(message, code=" ".join(parts))


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= LONGEST else 0


def _year(text: str) -> int:
    year = _number(text)
    if not FIRST_YEAR <= year <= date.max.year:
        _refuse("Write the year with four figures, as 2026.", "year")
    return year


def _month(text: str) -> int:
    month = _number(text)
    if not 1 <= month <= len(calendar.month_name) - 1:
        _refuse("Write the month as a number from 1 to 12.", "month")
    return month


def _date(year: int, month: int, text: str) -> date:
    days = calendar.monthrange(year, month)[1]
    day = _number(text)
    if not 1 <= day <= days:
        february = f" {year}" if month == FEBRUARY else ""
        _refuse(f"{calendar.month_name[month]}{february} has {days} days.", "day")
    return date(year, month, day)
