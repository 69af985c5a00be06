"""Dates in three inputs, and choices that say what follows."""

from datetime import date
from typing import Any

import pytest
from django import forms

from common.fields import DateParts, DatePartsInput, Described, PartialDate


class Whole(forms.Form):
    on = DateParts(label="When was it?")


class Known(forms.Form):
    on = PartialDate(label="When was it?", required=False)


def parts(day: str, month: str, year: str) -> dict[str, str]:
    return {"on_day": day, "on_month": month, "on_year": year}


def refusal(form: forms.Form) -> tuple[str, Any]:
    [error] = form.errors.as_data()["on"]
    return error.messages[0], error.code


def test_a_date_in_three_parts_becomes_a_date() -> None:
    form = Whole(parts(" 14 ", "10", "2026"))
    assert form.is_valid()
    assert form.cleaned_data["on"] == date(2026, 10, 14)


@pytest.mark.parametrize(
    ("day", "month", "year", "message", "code"),
    [
        ("31", "9", "2026", "September has 30 days.", "day"),
        ("29", "2", "2026", "February 2026 has 28 days.", "day"),
        ("0", "1", "2026", "January has 31 days.", "day"),
        ("one", "1", "2026", "January has 31 days.", "day"),
        ("1", "13", "2026", "Write the month as a number from 1 to 12.", "month"),
        ("1", "1", "26", "Write the year with four figures, as 2026.", "year"),
        ("1", "1", "9" * 5000, "Write the year with four figures, as 2026.", "year"),
        ("1", "1", "٢٠٢٦", "Write the year with four figures, as 2026.", "year"),
        ("1", "", "2026", "The month of the date is missing.", "month"),
        ("", "", "2026", "The day and the month of the date are missing.", "day month"),
        ("", "", "", "Write the date.", "required"),
    ],
)
def test_a_wrong_date_says_what_is_wrong_and_where(
    day: str, month: str, year: str, message: str, code: str
) -> None:
    assert refusal(Whole(parts(day, month, year))) == (message, code)


def test_what_was_typed_stays() -> None:
    form = Whole(parts("31", "9", "2026"))
    assert not form.is_valid()
    assert form["on"].value() == ["31", "9", "2026"]


@pytest.mark.parametrize(
    ("day", "month", "year", "known"),
    [
        ("", "", "", ""),
        ("", "", "2026", "2026"),
        ("", "3", "2026", "2026-03"),
        ("4", "3", "2026", "2026-03-04"),
    ],
)
def test_a_date_may_be_known_in_part(day: str, month: str, year: str, known: str) -> None:
    form = Known(parts(day, month, year))
    assert form.is_valid()
    assert form.cleaned_data["on"] == known


@pytest.mark.parametrize(
    ("day", "month", "year", "code"),
    [("4", "", "2026", "month"), ("", "3", "", "year"), ("31", "9", "2026", "day")],
)
def test_a_date_known_in_part_still_has_to_make_sense(
    day: str, month: str, year: str, code: str
) -> None:
    assert refusal(Known(parts(day, month, year)))[1] == code


@pytest.mark.parametrize("kept", ["2026-03-04", date(2026, 3, 4)])
def test_a_kept_date_is_shown_in_its_parts(kept: str | date) -> None:
    assert DatePartsInput().decompress(kept) == ["4", "3", "2026"]


def test_a_described_choice_is_still_its_label() -> None:
    choice = Described("Anonymous", follows=[("Who knows it is you", "Nobody")])
    assert choice == "Anonymous"
    assert choice.follows == (("Who knows it is you", "Nobody"),)
