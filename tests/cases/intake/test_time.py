"""What is stored of an anonymous reporter dates nothing finer than a day, wherever one looks."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test import Client

from cases import actions
from cases.lifecycle import Level
from cases.models import Case, Concern
from common import clock, days
from ledger import actions as ledger
from ledger.models import Entry, Leaf, Outbox
from people.middleware import act_as
from safes.rules import Receipt
from tests.api.program import Program, concern
from tests.cases.intake.reporter import Reporter, a_file
from tests.conftest import BecomeProcess
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.req("SEC-4", "INT-2")]

# a time of day, or seconds since 1970 as a number
TIME_OF_DAY = re.compile(r"(?<![\d:-])\d{1,2}:\d{2}(:\d{2})?|(?<!\d)1[6-9]\d{8}(\.\d+)?(?!\d)")
# What tells a day alone: midnight, and 17:00, when the office's work ends and working days with
# it; in summer an hour earlier. A clock that never rested has rested for no time.
DAYS = re.compile(r"\d{4}-\d{2}-\d{2} (00|23|16|17):00:00\+00|(?<=,)00:00:00(?=,)")
# The minute at which somebody is told was drawn; the row is deleted two days after. What the
# cleaner has for an hour ends on a quarter of an hour, and is gone by then.
DRAWN = {"ledger_outbox", "files_loan"}
Rows = dict[str, set[str]]


@contextmanager
def as_owner() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE ed_owner")
        yield
        cursor.execute("SET ROLE ed_web")


def everything() -> Rows:
    """Return each row of each table, ciphertext and all, as text."""
    rows = {}
    with as_owner(), connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT t::text FROM "{table}" t')  # noqa: S608 - our own tables
            rows[table] = {row for (row,) in cursor.fetchall()}
    return rows


def dated(rows: Rows, before: Rows) -> dict[str, list[str]]:
    """Return what tells a time of day in rows that were not there before, by table."""
    found = {}
    for table, now in rows.items():
        told = [
            one.group()
            for row in now - before[table]
            # ids and ciphertext are hexadecimal
            for one in TIME_OF_DAY.finditer(DAYS.sub("", re.sub(r"[0-9a-f-]{32,}", "", row)))
        ]
        if told:
            found[table] = told
    return found


def test_no_table_dates_an_anonymous_journey_of_many_steps(
    client: Client, world: World, stranger: Program
) -> None:
    # row security shows an owner everything
    before = everything()
    reporter = Reporter(client)
    reporter.answer_all(file=a_file(), in_danger="yes")
    reporter.answer("later")
    code = reporter.receipt
    reporter.come_back(code)
    reporter.answer("send")
    reporter.come_back(code)
    reporter.press("say", text="It was a Monday.")
    reporter.press("add", file=a_file("more.pdf"))
    body = {"receipt": code, "body": "And a Tuesday."}
    for _ in range(2):
        assert stranger.post("receipts/messages/", body, Idempotency_Key="1").status_code == 201
    reporter.press("withdraw-now")
    assert "You took it back" in reporter.text
    after = everything()
    changed = {table for table, rows in after.items() if rows - before[table]}
    written = {"concern", "message", "attachment"}
    assert {f"cases_{name}" for name in written} <= changed
    assert {"ledger_entry", "ledger_outbox", "ledger_pending", "people_replay"} <= changed
    assert {"safes_grant", "safes_sealed"} <= changed
    found = dated(after, before)
    assert found.keys() <= DRAWN
    assert all(time.endswith(":00") for times in found.values() for time in times)


def test_the_search_for_times_finds_one(world: World) -> None:
    before = everything()
    world.file(identity=None, mode="anonymous")
    assert not dated(everything(), before).keys() - DRAWN
    Concern.objects.update(next_due_at=datetime.fromisoformat("2026-03-16 10:07:31+00:00"))
    assert dated(everything(), before)["cases_concern"] == ["10:07:31"]


def test_a_receipt_that_is_changed_leaves_its_day_alone(
    client: Client, world: World, program: Program
) -> None:
    code = program.post("concerns/", concern()).json()["receipt"]
    before = everything()
    reporter = Reporter(client)
    reporter.come_back(code)
    reporter.press("change", kept="on")
    assert "Your receipt was changed" in reporter.text
    assert dated(everything(), before) == {}


def test_the_minute_of_a_notice_is_drawn_and_the_row_forgotten(
    world: World, process: BecomeProcess
) -> None:
    for _ in range(30):
        world.file()
    with process("worker"):
        rows = list(Outbox.objects.all())
    waits = {row.next_try_at - world.now for row in rows}
    assert len(waits) > 1
    assert all(timedelta(0) < wait < timedelta(hours=2) for wait in waits)
    by_concern: dict[str, set[datetime]] = {}
    for row in rows:
        by_concern.setdefault(row.context["reference"], set()).add(row.next_try_at)
    assert {len(times) for times in by_concern.values()} == {1}
    with process("worker"):
        ledger.deliver(now=world.now + timedelta(hours=2))
        assert len(mail.outbox) == 60
        assert ledger.forget_told(now=world.now + timedelta(days=1)) == 0
        assert ledger.forget_told(now=world.now + timedelta(days=3)) == 60
        assert not Outbox.objects.exists()


def test_a_notice_that_could_not_be_told_is_kept_longer(
    world: World, process: BecomeProcess
) -> None:
    world.file()
    with process("worker"):
        Outbox.objects.update(dead_at=world.now, problem="nobody is there to receive it")
        assert ledger.forget_told(now=world.now + timedelta(days=20)) == 0
        assert ledger.forget_told(now=world.now + timedelta(days=31)) == 2


def test_danger_is_told_at_once_as_the_page_has_said(
    client: Client, world: World, process: BecomeProcess
) -> None:
    reporter = Reporter(client)
    reporter.answer_all(in_danger="yes")
    assert "The mail to them shows the time at which you send it." in reporter.text
    reporter.answer("send")
    now = clock.now()
    with process("worker"):
        times = {row.next_try_at for row in Outbox.objects.all()}
        assert times == {days.midnight(days.day_of(now))}
        assert ledger.deliver(now=now) == 2


def _told_of_words(world: World, process: BecomeProcess) -> set[datetime]:
    """Return when it is told that a reporter wrote."""
    with process("worker"):
        written = Outbox.objects.filter(template="reporter_wrote")
        return set(written.values_list("next_try_at", flat=True))


def test_danger_that_the_office_sees_does_not_tell_when_an_anonymous_reporter_writes(
    world: World, process: BecomeProcess
) -> None:
    first, second = world.file()[0], world.file()[0]
    act_as(world["olga"])
    actions.see_danger(first, by=world["olga"], now=world.now)
    _triage(world, second, urgency=Level.NORMAL, in_danger=True)
    for one in (first, second):
        actions.say(one, text="He was here again.", now=world.now)
    times = _told_of_words(world, process)
    assert times
    assert all(world.now < time < world.now + timedelta(hours=2) for time in times)


def test_danger_that_a_reporter_named_is_told_at_once_whatever_triage_finds(
    world: World, process: BecomeProcess
) -> None:
    concern, _ = world.file(in_danger=True)
    act_as(world["olga"])
    _triage(world, concern, urgency=Level.NORMAL, in_danger=False)
    actions.say(concern, text="He was here again.", now=world.now)
    assert _told_of_words(world, process) == {days.midnight(days.day_of(world.now))}


def test_a_case_is_as_urgent_as_triage_found_its_concern(world: World) -> None:
    concern, _ = world.file()
    act_as(world["olga"])
    case = _triage(world, concern, urgency=Level.NORMAL, in_danger=True)
    concern.refresh_from_db()
    assert case.urgency == concern.urgency == Level.DANGER


def _triage(world: World, concern: Concern, **found: Any) -> Case:
    return actions.triage(
        concern,
        by=world["olga"],
        opener=world.openers["olga"],
        category=world.category,
        severity=Level.NORMAL,
        reason="I rang.",
        lead=world["olga"],
        now=world.now,
        **found,
    )


def test_without_danger_nothing_is_said_of_mail_that_shows_the_time(
    client: Client, world: World
) -> None:
    reporter = Reporter(client)
    reporter.answer_all()
    assert "The mail to them" not in reporter.text


@pytest.mark.req("AUD-1")
def test_the_order_of_leaves_tells_nothing_of_the_order_of_acts(
    world: World, process: BecomeProcess
) -> None:
    refs = [world.file()[0].subject for _ in range(20)]
    with process("worker"):
        ledger.seal(now=world.now + timedelta(hours=1))
        assert not Leaf.objects.filter(entry__subject__in=refs).exists()
        ledger.seal(now=world.now + timedelta(days=1))
        leaves = Leaf.objects.filter(entry__subject__in=refs, entry__verb="concern_filed")
        sealed = list(leaves.order_by("position").values_list("entry__subject", flat=True))
        times = set(Entry.objects.filter(subject__in=refs).values_list("stream_n", "at"))
    assert sorted(sealed) == sorted(refs)
    # by chance once in 20! tries
    assert sealed != refs
    assert times == {(0, None)}


def test_a_receipt_that_does_not_exist_leaves_no_row(world: World, client: Client) -> None:
    before = everything()
    act_as(None)
    Reporter(client).come_back(str(Receipt.new()))
    assert everything() == before
