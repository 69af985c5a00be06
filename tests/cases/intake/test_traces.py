"""What the door leaves behind: no cookie, no address, no time, nothing in an address or a title."""

import re
from datetime import datetime

import pytest
from django.db import connection
from django.test import Client, override_settings
from django.urls import clear_url_caches

from cases import access
from cases.models import Concern
from common import days
from escalation.models import Clock
from ethicsdesk.settings import SPEAK_MIDDLEWARE
from ledger.models import Entry, Outbox, Pending
from safes.rules import Receipt
from tests.cases.intake.reporter import Reporter
from tests.conftest import BecomeProcess
from tests.doors import sign_in
from tests.world import World

ADDRESS = "203.0.113.77"
AGENT = "Telltale/1.0"
TELLING = {
    "REMOTE_ADDR": ADDRESS,
    "HTTP_X_FORWARDED_FOR": ADDRESS,
    "HTTP_USER_AGENT": AGENT,
    "HTTP_ACCEPT_LANGUAGE": "qu-BO",
    "HTTP_REFERER": "http://intranet.telltale/page",
}


def walk(reporter: Reporter) -> str:
    """Go through every page of the door; return the receipt."""
    for path in ("/speak/", "/speak/safety/", "/speak/return/", "/speak/file/", "/speak/finish/"):
        reporter.get(path)
    reporter.begin("nothing")
    reporter.answer_all()
    reporter.answer("later")
    reporter.come_back(reporter.receipt)
    reporter.answer("send")
    code = reporter.receipt
    reporter.come_back("wrong")
    reporter.come_back(code)
    reporter.press("say", text="It was a Monday.")
    reporter.press("withdraw")
    reporter.press("withdraw-now")
    reporter.post("/speak/finish/")
    reporter.post("/speak/file/", capability="broken")
    return code


def concern_of(code: str) -> Concern:
    receipt = Receipt.parse(code)
    assert receipt is not None
    concern = access.concern_of(receipt)
    assert concern is not None
    return concern


@pytest.mark.req("INT-2")
def test_no_page_of_the_door_sets_a_cookie_even_for_somebody_signed_in(
    client: Client, world: World
) -> None:
    sign_in(client, world, "olga")
    reporter = Reporter(client)
    walk(reporter)
    assert len(reporter.answers) > 20
    for answer in reporter.answers:
        assert not answer.cookies
        assert "Set-Cookie" not in answer.headers
        assert "Vary" not in answer.headers
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy


@pytest.mark.req("INT-2", "SEC-1")
def test_nothing_that_is_stored_tells_the_address_the_browser_or_the_words(world: World) -> None:
    client = Client()
    client.defaults.update(TELLING)
    code = walk(Reporter(client))
    telling = [ADDRESS, AGENT, "qu-BO", "telltale", "nephew", "Monday", code, code.replace("-", "")]
    concern_of(code)  # row security now shows the reporter's own rows as well
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        for table in tables:
            cursor.execute("SELECT has_table_privilege(%s, 'SELECT')", [table])
            if not cursor.fetchone()[0]:
                continue
            name = connection.ops.quote_name(table)
            cursor.execute(f"SELECT t::text FROM {name} t")  # noqa: S608 - a quoted name
            stored = "\n".join(row for (row,) in cursor.fetchall())
            for word in telling:
                assert word.lower() not in stored.lower(), f"{word} in {table}"


@pytest.mark.req("INT-2")
def test_what_an_anonymous_reporter_does_is_stored_with_its_day_alone(
    client: Client, world: World, process: BecomeProcess
) -> None:
    known = set(Entry.objects.values_list("pk", flat=True))
    code = walk(Reporter(client))
    concern = concern_of(code)
    assert concern.filed_at is None
    assert concern.messages.get().at is None
    entries = Entry.objects.exclude(pk__in=known)
    assert entries.count() > 10
    assert {entry.at for entry in entries} == {None}
    assert {entry.stream_n for entry in entries} == {0}

    def is_round(moment: datetime | None) -> bool:
        return moment is None or (moment.minute, moment.second, moment.microsecond) == (0, 0, 0)

    clocks = Clock.objects.about("concern", [concern.pk])
    assert {days.midnight(days.day_of(one.started_at)) == one.started_at for one in clocks} == {
        True
    }
    assert all(is_round(one.not_before) for one in Pending.objects.filter(entry__in=entries))
    with process("worker"):
        assert all(one.next_try_at.second == one.next_try_at.microsecond == 0 for one in told())


def told() -> list[Outbox]:
    return list(Outbox.objects.filter(template__in=["concern_filed", "reporter_wrote"]))


def test_no_title_and_no_address_tells_what_the_page_is_about(client: Client, world: World) -> None:
    reporter = Reporter(client)
    code = walk(reporter)
    for answer in reporter.answers:
        page = answer.content.decode()
        title = page.partition("<title>")[2].partition("</title>")[0].lower()
        assert not re.search(r"report|concern|ethics office|whistle|complain", title)
        assert not set(code.split("-")) & set(re.findall(r'(?:href|action)="([^"]*)"', page))
        assert not re.search(r'method="get"|\?', "".join(re.findall(r"<form[^>]*>", page)))


def test_finishing_asks_the_browser_to_drop_what_it_kept(client: Client, world: World) -> None:
    answer = client.post("/speak/finish/")
    assert answer.headers["Clear-Site-Data"] == '"cache"'
    assert b"The page is cleared" in answer.content


@pytest.mark.req("SEC-2")
def test_the_separate_process_serves_the_whole_door_with_its_own_rights(
    world: World, process: BecomeProcess
) -> None:
    with (
        override_settings(ROOT_URLCONF="ethicsdesk.speak_urls", MIDDLEWARE=SPEAK_MIDDLEWARE),
        process("speak"),
    ):
        client = Client()
        walk(Reporter(client))
        assert client.get("/").headers["Location"] == "/speak/"
        assert client.get("/health/ready").status_code == 200
        assert client.get("/sign-in/").status_code == 404
    clear_url_caches()
