"""Small things that much rests on: log lines, uploads, days, the time itself."""

import logging
import re
import sys
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DataError, connection, transaction
from django.test import Client, RequestFactory

from common import clock, days
from common.limits import NETWORK
from common.logs import Discreet, Terse
from common.typed import words_of
from tests.doors import sign_in
from tests.world import World

CANARY = "CANARY-4711"


@pytest.mark.req("SEC-1")
@pytest.mark.django_db
def test_a_log_line_about_a_database_error_carries_no_content() -> None:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT %s::integer", [CANARY])
    except DataError:
        record = logging.LogRecord("x", logging.ERROR, "", 1, "failed", (), sys.exc_info())
    line = Terse().format(record)
    assert CANARY not in line
    assert "DataError at" in line
    assert "test_small_things.py" in line or "utils.py" in line


@pytest.mark.req("SEC-1")
def test_what_is_uploaded_where_no_file_is_asked_for_is_kept_nowhere() -> None:
    sent = {"text": "words", "file": SimpleUploadedFile("a.txt", b"CANARY")}
    request = RequestFactory().post("/desk/", sent)
    assert request.POST["text"] == "words"
    assert not request.FILES


@pytest.mark.django_db
def test_the_time_is_the_databases() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        after = cursor.fetchone()[0]
    assert abs(clock.now() - after) < timedelta(seconds=5)


def test_a_day_at_the_office_ends_at_its_own_midnight() -> None:
    late = datetime(2026, 7, 1, 23, 30, tzinfo=UTC)  # half past midnight in London's summer
    assert days.day_of(late) == date(2026, 7, 2)
    assert days.midnight(date(2026, 7, 2)) == datetime(2026, 7, 1, 23, 0, tzinfo=UTC)
    assert days.next_midnight(late) == datetime(2026, 7, 2, 23, 0, tzinfo=UTC)


def test_what_is_blurred_comes_within_two_hours_at_no_certain_minute() -> None:
    at = datetime(2026, 7, 1, 23, 30, 5, 7, tzinfo=UTC)
    told = {days.blurred(at) - at.replace(second=0, microsecond=0) for _ in range(200)}
    assert len(told) > 1
    assert timedelta(0) < min(told)
    assert max(told) < timedelta(hours=2)


@pytest.mark.django_db
def test_what_was_typed_for_something_that_is_gone_is_shown_back(
    client: Client, world: World
) -> None:
    sign_in(client, world, "omar")
    words = "He asked me twice, and the second time in writing."
    answer = client.post(
        "/desk/concerns/C-00000000/triage/", {"reason": words, "csrfmiddlewaretoken": "x" * 64}
    )
    assert answer.status_code == 404
    assert words in answer.content.decode()
    assert "x" * 64 not in answer.content.decode()


SECRETS = ("password", "passphrase", "again-password", "old", "current", "new", "again")


def test_keys_and_codes_are_never_shown_back() -> None:
    sent = {
        "receipt": "K" * 28,
        "capability": "c" * 90,
        **dict.fromkeys(SECRETS, "correct horse battery staple"),
        "text": "They asked me for it twice.",
    }
    assert words_of(RequestFactory().post("/", sent)) == ["They asked me for it twice."]


def a_record(name: str, level: int, *, at_door: bool) -> logging.LogRecord:
    request = RequestFactory().post(f"/speak/{CANARY}/")
    request.META |= {NETWORK: None} if at_door else {}
    record = logging.LogRecord(name, level, "x.py", 1, f"broke: {CANARY}", None, None)
    record.request = request
    return record


@pytest.mark.req("SEC-4")
def test_what_breaks_at_the_reporters_door_is_logged_with_its_day_and_without_its_path() -> None:
    record = a_record("django.request", logging.ERROR, at_door=True)
    assert Discreet().filter(record)
    line = Terse().format(record)
    assert CANARY not in line
    assert re.match(r"\d{4}-\d\d-\d\d 00:00:00,000 ERROR django.request a page failed", line)


@pytest.mark.req("SEC-4")
@pytest.mark.parametrize(
    ("name", "level"), [("django.request", logging.WARNING), ("django.security.X", logging.ERROR)]
)
def test_what_somebody_sent_wrongly_there_leaves_no_line(name: str, level: int) -> None:
    assert not Discreet().filter(a_record(name, level, at_door=True))
    elsewhere = a_record(name, level, at_door=False)
    assert Discreet().filter(elsewhere)
    assert CANARY in Terse().format(elsewhere)


@pytest.mark.req("SEC-4")
def test_an_outage_at_the_reporters_door_still_says_what_it_was() -> None:
    record = a_record("ethicsdesk.outage", logging.ERROR, at_door=True)
    record.msg = "the database does not answer"
    assert Discreet().filter(record)
    assert "the database does not answer" in Terse().format(record)
