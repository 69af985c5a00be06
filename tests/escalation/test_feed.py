"""A personal calendar of what is due: who makes it, who reads it, what it says and when it ends."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import Client
from icalendar import Calendar

from cases import actions
from cases.models import Concern
from common import clock, days
from common.logs import Discreet
from escalation import actions as escalation
from escalation.lifecycle import State
from escalation.models import Calendar as OfficeCalendar
from escalation.models import Clock, Standard
from escalation.rules.pauses import Reason
from people import actions as people
from people.actions.changes import take_factors
from people.middleware import act_as
from people.models import FeedLink
from tests.conftest import BecomeProcess
from tests.doors import sign_in
from tests.world import World

LINKS = "/account/calendar/"


def link_of(world: World, name: str, device: str = "Phone") -> str:
    """Return the address of a new link of somebody's."""
    return f"/calendar/{people.make_feed_link(world[name], name=device, now=clock.now())}.ics"


def read(address: str, **headers: str) -> HttpResponse:
    return Client().get(address, headers=headers)  # type: ignore[return-value] # the test client's answer


def events(response: HttpResponse) -> list[Any]:
    assert response.status_code == 200, response.content
    return list(Calendar.from_ical(response.content).walk("VEVENT"))


@pytest.fixture
def worked(world: World, promised_alone: Callable[[], None]) -> Concern:
    """Return a concern that olga leads."""
    world.now = clock.now()
    concern, _ = world.file(unit=world.unit)
    act_as(world["olga"])
    actions.assign(concern, by=world["olga"], to=world["olga"], now=world.now)
    world.triage(concern)
    act_as(None)
    promised_alone()
    return concern


@pytest.mark.req("ESC-3")
def test_it_tells_kinds_and_times_and_nothing_else(
    world: World, worked: Concern, process: BecomeProcess
) -> None:
    response = read(link_of(world, "olga"))
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    told = response.content.decode()
    found = {str(one["summary"]): one for one in events(response)}
    assert set(found) == {
        "EthicsDesk: to acknowledge",
        "EthicsDesk: to give feedback",
        "EthicsDesk: to triage",
    }
    with process("owner"):
        due = Clock.objects.get(subject_id=worked.pk, kind="acknowledge")
        case = Concern.objects.get(pk=worked.pk).case
    assert case is not None
    event = found["EthicsDesk: to acknowledge"]
    # what ends with a day stands on that day, and not as the next begins
    assert due.due_at == days.midnight(days.day_of(due.due_at))
    assert event["dtstart"].dt == due.due_at - timedelta(minutes=1)
    assert str(event["status"]) == "CONFIRMED"
    assert str(event["url"]).endswith("/desk/due/")
    assert str(found["EthicsDesk: to triage"]["status"]) == "CANCELLED"
    for content in (case.ref, worked.ref, str(worked.pk), str(due.pk), due.pk.hex, "Example"):
        assert content not in told
    assert "Field services" not in told


def test_it_leads_nobody_to_a_page_that_refuses_them(world: World, process: BecomeProcess) -> None:
    """Adam and Stan work on no concern, and may have to see to a policy."""
    for name, page in (("adam", "/staff/"), ("stan", "/staff/"), ("hana", "/desk/due/")):
        with process("owner"):
            Clock.objects.filter(kind="policy_review").update(owner=world[name])
        (event,) = events(read(link_of(world, name)))
        assert str(event["url"]).endswith(page)


@pytest.mark.usefixtures("worked")
def test_it_is_written_as_the_standard_says(world: World) -> None:
    told = read(link_of(world, "olga")).content
    lines = told.split(b"\r\n")
    assert told.endswith(b"END:VCALENDAR\r\n")
    assert all(len(line) <= 75 and b"\n" not in line for line in lines)
    assert b"VERSION:2.0" in lines
    assert b"PRODID:-//EthicsDesk//Due//EN" in lines
    assert any(line.startswith(b"DTSTART:20") and line.endswith(b"Z") for line in lines)
    for name in (b"UID:", b"DTSTAMP:", b"SEQUENCE:"):
        assert sum(line.startswith(name) for line in lines) == 3


def test_an_event_stays_the_same_one_when_its_time_moves(world: World, worked: Concern) -> None:
    address = link_of(world, "olga")
    before = {str(one["summary"]): one for one in events(read(address))}
    act_as(world["olga"])
    running = Clock.objects.filter(subject_id=worked.pk, kind="acknowledge")
    later = running.get().due_at + timedelta(hours=30)
    running.update(due_at=later, calendar_n=running.get().calendar_n + 1)
    act_as(None)
    after = {str(one["summary"]): one for one in events(read(address))}
    name = "EthicsDesk: to acknowledge"
    assert before[name]["uid"] == after[name]["uid"]
    assert after[name]["dtstart"].dt == later
    assert int(after[name]["sequence"]) > int(before[name]["sequence"])


def test_every_change_by_a_pause_counts_when_it_begins_and_when_it_ends(
    world: World, worked: Concern, process: BecomeProcess
) -> None:
    address, name, now = link_of(world, "olga"), "EthicsDesk: to close the case", clock.now()
    with process("owner"):
        case = Concern.objects.get(pk=worked.pk).case
        assert case is not None
        (one,) = escalation.start(
            subject_kind="case",
            subject_id=case.pk,
            start=now,
            promises=Standard.objects.timed("investigation"),
            calendar=OfficeCalendar.objects.of(None),
            owner=world["olga"],
        )

    def told() -> tuple[int, datetime]:
        event = {str(one["summary"]): one for one in events(read(address))}[name]
        return int(event["sequence"]), event["dtstart"].dt

    states = [told()]
    for n in range(2):
        with process("owner"):
            since = now + n * timedelta(seconds=9)
            escalation.pause_clock(
                one.pk,
                reason=Reason.AWAY,
                until=since + timedelta(days=2),
                by=world["olga"],
                now=since,
            )
        states.append(told())
        with process("owner"):
            # at once: not a minute lasted
            escalation.resume_clock(one.pk, by=world["olga"], now=since + timedelta(seconds=5))
        states.append(told())
    numbers = [number for number, _ in states]
    assert numbers == sorted(set(numbers))
    assert states[1][1] > states[0][1]


@pytest.mark.parametrize("how", ["met", "cancelled"])
def test_what_ended_lately_is_told_as_cancelled_whenever_it_was_due(
    how: str, world: World, worked: Concern, process: BecomeProcess
) -> None:
    address, now = link_of(world, "olga"), clock.now()
    pk = worked.pk
    with process("owner"):
        running = Clock.objects.filter(subject_id=worked.pk, kind="acknowledge")
        running.update(due_at=now - timedelta(days=60), next_at=None)
    for ended, stands in ((now - timedelta(days=15), False), (now - timedelta(days=13), True)):
        with process("owner"):
            running.update(state=State.BREACHED, met_at=None, cancelled_at=None)
            if how == "met":
                escalation.meet(
                    subject_kind="concern", subject_id=pk, kind="acknowledge", now=ended
                )
            else:
                escalation.cancel(subject_kind="concern", subject_id=pk, now=ended)
        found = {str(one["summary"]): str(one["status"]) for one in events(read(address))}
        expected = "CANCELLED" if stands else None
        assert found.get("EthicsDesk: to acknowledge") == expected


def test_it_is_kept_by_nobody_and_not_sent_twice(world: World, worked: Concern) -> None:
    address = link_of(world, "olga")
    first = read(address)
    assert first["Cache-Control"] == "private, no-store"
    assert first["Referrer-Policy"] == "no-referrer"
    again = read(address, if_none_match=first["ETag"])
    assert again.status_code == 304
    assert again.content == b""
    act_as(world["olga"])
    Clock.objects.filter(subject_id=worked.pk, kind="feedback").update(due_at=clock.now())
    act_as(None)
    assert read(address, if_none_match=first["ETag"]).status_code == 200


@pytest.mark.req("ESC-5", "TRI-6")
def test_a_wall_that_goes_up_takes_it_from_the_calendar(
    world: World, worked: Concern, process: BecomeProcess
) -> None:
    address = link_of(world, "olga")
    assert len(events(read(address))) == 3
    act_as(world["olga"])
    case = Concern.objects.get(pk=worked.pk).case
    assert case is not None
    opener = world.openers["olga"]
    actions.add_member(case, by=world["olga"], opener=opener, person=world["omar"], now=world.now)
    act_as(world["omar"])
    actions.name_party(case, by=world["omar"], person=world["olga"], now=world.now)
    act_as(None)
    assert events(read(address)) == []
    # even where the clock still names whoever is walled off now
    with process("owner"):
        Clock.objects.filter(subject_id=worked.pk).update(owner=world["olga"])
    assert events(read(address)) == []


@pytest.mark.parametrize("end", ["ended", "left", "locked", "reset", "idle", "unknown"])
def test_whatever_ends_a_link_gives_the_same_answer(world: World, end: str) -> None:
    now = clock.now()
    address = link_of(world, "olga")
    row = FeedLink.objects.get()
    if end == "ended":
        people.end_feed_link(world["olga"], link=row.pk, now=now)
    elif end == "left":
        type(world["olga"]).objects.filter(pk=world["olga"].pk).update(is_active=False)
    elif end == "locked":
        people.lock(world["olga"], by=world["hana"], now=now)
        type(world["olga"]).objects.filter(pk=world["olga"].pk).update(is_locked=False)
    elif end == "reset":
        take_factors(world["olga"], by=world["adam"].actor, now=now)
    elif end == "idle":
        FeedLink.objects.update(made_on=(now - timedelta(days=400)).date())
    else:
        address = "/calendar/never-made.ics"
    response = read(address)
    assert response.status_code == 404
    assert response.content == b"There is no such calendar.\n"


def test_a_link_that_is_used_lasts_and_one_that_asks_too_often_waits(world: World) -> None:
    address = link_of(world, "olga")
    old = (clock.now() - timedelta(days=400)).date()
    FeedLink.objects.update(made_on=old, used_on=(clock.now() - timedelta(days=300)).date())
    answers = [read(address).status_code for _ in range(61)]
    assert answers == [200] * 60 + [429]
    assert FeedLink.objects.get().used_on == clock.now().date()


def test_a_link_is_made_for_each_device_shown_once_and_ended_by_its_own(
    client: Client, world: World
) -> None:
    sign_in(client, world, "olga")
    page = client.post(LINKS, {"name": "Phone"}, follow=True).content.decode()
    address = page.partition('id="made" class="ed-break">')[2].partition("<")[0]
    assert address.endswith(".ics")
    assert read(address[address.index("/calendar/") :]).status_code == 200
    later = client.get(LINKS).content.decode()
    assert address not in later
    assert "Phone" in later
    assert "Last used:" in later
    row = FeedLink.objects.get()
    assert bytes(row.digest) not in address.encode()
    other = Client()
    sign_in(other, world, "omar")
    other.post(f"{LINKS}{row.pk}/end/")
    assert read(address[address.index("/calendar/") :]).status_code == 200
    client.post(f"{LINKS}{row.pk}/end/")
    assert read(address[address.index("/calendar/") :]).status_code == 404
    assert "You have no link yet" in client.get(LINKS).content.decode()


@pytest.mark.parametrize("name", ["", "   "])
def test_a_link_for_no_device_is_refused(client: Client, world: World, name: str) -> None:
    sign_in(client, world, "olga")
    page = client.post(LINKS, {"name": name}).content.decode()
    assert "Say for which device it is. No link was made." in page
    assert not FeedLink.objects.exists()


def test_nobody_has_more_links_than_devices(client: Client, world: World) -> None:
    for n in range(10):
        link_of(world, "olga", f"Device {n}")
    sign_in(client, world, "olga")
    page = client.post(LINKS, {"name": "One more"}).content.decode()
    assert "You have 10 links already." in page
    assert FeedLink.objects.count() == 10


def test_the_secret_reaches_no_log(rf: Any) -> None:
    secret = "/calendar/a-secret-of-somebody.ics"
    for level in (logging.WARNING, logging.ERROR):
        record = logging.LogRecord("django.request", level, "", 0, "%s: %s", ("Bad", secret), None)
        record.request = rf.get(secret)
        assert not Discreet().filter(record) or secret not in record.getMessage()


def test_the_moment_of_its_use_is_kept_nowhere(world: World) -> None:
    read(link_of(world, "olga"))
    kept = FeedLink.objects.values().get()
    assert not [value for value in kept.values() if isinstance(value, datetime)]


def test_a_link_is_shown_once_and_loading_the_page_again_makes_no_other(
    client: Client, world: World
) -> None:
    sign_in(client, world, "olga")
    made = client.post(LINKS, {"name": "Phone"})
    assert (made.status_code, made["Location"]) == (302, LINKS)
    shown = client.get(LINKS)
    secret = client.cookies[settings.LINK_COOKIE_NAME]
    assert ".ics" in shown.context["made"]
    assert secret.value == ""
    assert read(shown.context["made"].removeprefix(settings.ORIGIN)).status_code == 200
    assert not client.get(LINKS).context["made"]
    assert FeedLink.objects.filter(person=world["olga"]).count() == 1


def test_a_link_is_shown_to_nobody_who_takes_the_browser_over(client: Client, world: World) -> None:
    secret = people.make_feed_link(world["olga"], name="Phone", now=clock.now())
    sign_in(client, world, "omar")
    client.cookies[settings.LINK_COOKIE_NAME] = secret
    shown = client.get(LINKS)
    assert not shown.context["made"]
    assert secret not in shown.content.decode()
