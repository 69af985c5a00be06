"""Budgets at the door: nobody meets them in normal use or is named by them; nothing is lost."""

import re
from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, override_settings
from redis import Redis

from cases import access
from cases.intake.delay import Ticket
from cases.models import Attachment
from common import clock, limits
from common.limits import Act
from ethicsdesk import doctor
from files.models import Stream
from safes import access as opening
from safes.rules import Receipt
from tests.api.program import Program, is_problem
from tests.cases.intake.reporter import PDF, Reporter
from tests.house import free_port
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.req("SEC-4"), pytest.mark.usefixtures("world")]

ADDRESS = "203.0.113.77"
NEIGHBOUR = "203.0.113.4"
STRANGER = "198.51.100.9"
V6, V6_NEIGHBOUR, V6_STRANGER = "2001:db8:1:1100::9", "2001:db8:1:11ff::7", "2001:db8:1:1200::9"
GENEROUS = (1_000_000, 1_000_000)


def budgets(**small: tuple[tuple[int, int], tuple[int, int]]) -> override_settings:
    """Let everything be done, but for what is named."""
    return override_settings(DOOR_BUDGETS={act.value: (GENEROUS, GENEROUS) for act in Act} | small)


@pytest.fixture
def memory() -> Iterator[Redis]:
    """Give the memory of the counters."""
    with Redis.from_url(settings.LIMITS_URL) as line:
        yield line


def everything(memory: Redis) -> str:
    """Return every key and value of the memory of the counters, as text and in hexadecimal."""
    found = []
    names: Any = memory.keys("*")
    for key in names:
        kept: Any = (
            memory.hgetall(key) if b":key" not in key and b"spent" not in key else memory.get(key)
        )
        found.append(f"{key!r} {kept!r} {bytes(key).hex()}")
        found += [value.hex() for value in (kept.values() if isinstance(kept, dict) else [kept])]
    return "\n".join(found)


def knock(address: str, times: int = 1, **more: Any) -> list[int]:
    """Come back with wrong receipts from an address; return the statuses."""
    client = Client()
    return [
        client.post(
            "/speak/return/", {"receipt": str(Receipt.new())}, REMOTE_ADDR=address, **more
        ).status_code
        for _ in range(times)
    ]


# -- networks ------------------------------------------------------------------------------


@budgets(receipt=((3, 3), GENEROUS))
@pytest.mark.parametrize(
    ("mine", "near", "far"),
    [(ADDRESS, NEIGHBOUR, STRANGER), (V6, V6_NEIGHBOUR, V6_STRANGER)],
)
def test_a_network_has_one_budget_and_the_next_network_another(
    world: World, mine: str, near: str, far: str
) -> None:
    assert knock(mine, 2) == [404, 404]
    assert knock(near, 2) == [404, 429]
    assert knock(mine) == [429]
    assert knock(far, 3) == [404, 404, 404]


@budgets(receipt=((3, 3), GENEROUS))
def test_an_address_that_ipv6_wraps_is_the_same_network(world: World) -> None:
    assert knock(f"::ffff:{ADDRESS}", 3) == [404, 404, 404]
    assert knock(ADDRESS) == [429]


@budgets(receipt=((1, 1), GENEROUS))
@pytest.mark.parametrize("address", ["", "127.0.0.1", "::1", "not an address", "0.0.0.0"])  # noqa: S104 - an address that says nothing
def test_without_an_address_only_the_budget_of_all_counts(world: World, address: str) -> None:
    assert knock(address, 4) == [404] * 4


@budgets(receipt=((2, 2), GENEROUS))
def test_a_header_is_believed_only_where_the_site_says_so_and_never_what_was_sent_before_it(
    world: World,
) -> None:
    """ASVS 5.0 4.1.3."""
    spoofed = [f"198.51.{n}.9" for n in range(3)]
    answers = [knock(ADDRESS, HTTP_X_FORWARDED_FOR=one, HTTP_X_REAL_IP=one)[0] for one in spoofed]
    assert answers == [404, 404, 429]
    with override_settings(ADDRESS_HEADER="X-Forwarded-For"):
        lists = [f"{one}, {STRANGER}" for one in spoofed]
        answers = [knock("10.0.0.2", HTTP_X_FORWARDED_FOR=one)[0] for one in lists]
        assert answers == [404, 404, 429]
        # a proxy that was bypassed names no address
        assert knock(ADDRESS, 4) == [404] * 4


@pytest.mark.req("INT-2")
def test_no_address_is_stored_or_can_be_worked_out_and_all_is_forgotten_in_an_hour(
    world: World, memory: Redis
) -> None:
    knock(ADDRESS, 2)
    knock(V6, 2)
    found = everything(memory)
    for telling in (ADDRESS, "203.0.113", "cb0071", V6, "2001:db8", "20010db8"):
        assert telling not in found
    buckets = [key for key in memory.keys("door:*") if b":all:" in key or b":net:" in key]
    assert len(buckets) == 3
    assert all(0 < memory.ttl(key) <= limits.HOUR for key in buckets)
    assert 0 < memory.ttl("door:key") <= limits.DAY


def test_the_name_of_a_network_is_another_one_under_the_key_of_the_next_day(
    world: World, memory: Redis
) -> None:
    knock(ADDRESS)
    first = set(memory.keys("door:net:*"))
    memory.delete("door:key")
    knock(ADDRESS)
    assert len(set(memory.keys("door:net:*")) - first) == 1


def test_the_memory_of_the_counters_writes_nothing_to_a_disk(memory: Redis) -> None:
    assert memory.config_get("save")["save"] == ""
    assert memory.config_get("appendonly")["appendonly"] == "no"


def test_nobody_meets_a_limit_in_normal_use(world: World) -> None:
    client = Client(REMOTE_ADDR=ADDRESS)
    reporter = Reporter(client)
    for _ in range(3):
        code = reporter.file()
        for _ in range(4):
            reporter.come_back(code)
            reporter.press("say", text="One more thing.")
    assert 429 not in {answer.status_code for answer in reporter.answers}
    assert len(reporter.answers) > 50


def test_every_act_has_a_budget_that_refills_within_an_hour() -> None:
    assert settings.DOOR_BUDGETS.keys() == {act.value for act in Act}
    assert settings.RECEIPT_BUDGETS.keys() <= settings.DOOR_BUDGETS.keys()
    assert all(burst <= an_hour for burst, an_hour in settings.RECEIPT_BUDGETS.values())
    for of_network, of_all in settings.DOOR_BUDGETS.values():
        assert of_network[0] <= of_network[1] <= of_all[1]
        assert of_all[0] <= of_all[1]


def test_without_the_memory_of_the_counters_everything_is_taken(world: World) -> None:
    with override_settings(LIMITS_URL=f"redis://127.0.0.1:{free_port()}/0"):
        reporter = Reporter(Client(REMOTE_ADDR=ADDRESS))
        code = reporter.file()
        reporter.come_back(code)
        assert reporter.page.status_code == 200
        assert knock(ADDRESS, 3) == [404] * 3


def messages(code: str) -> list[str]:
    """Return what was written to a concern, as its reporter reads it."""
    receipt = Receipt.parse(code)
    assert receipt is not None
    concern = access.concern_of(receipt)
    assert concern is not None
    places = [(one.pk, "body") for one in concern.messages.order_by("n")]
    opened = opening.open_texts(receipt.opener, places)
    return [opened[place] for place in places]


def test_the_doctor_says_when_nothing_is_counted_or_all_count_as_one(db: None) -> None:
    with override_settings(SECURE=True):
        found = {str(one) for one in doctor.limits()}
        assert any("all who come by a proxy count as one" in one for one in found)
    with override_settings(SECURE=True, ADDRESS_HEADER="X-Forwarded-For"):
        assert [str(one) for one in doctor.limits()] == ["ok    Attempts are counted"]
    with override_settings(SECURE=False, ADDRESS_HEADER=""):
        _, alone = doctor.limits()
        assert alone.state == doctor.State.OK
        assert "whoever comes from this machine counts for everybody's budget alone" in alone.what


# -- waiting ----------------------------------------------------------------------------------


def waited(reporter: Reporter, act: Act, seconds: float) -> dict[str, str]:
    """Return the fields of the page that asks to wait, as if it had been made so long ago."""
    found = fields_of(reporter)
    ticket = Ticket.opened(found["ticket"], act)
    assert ticket is not None
    return {**found, "ticket": Ticket(ticket.id, ticket.since - seconds).sealed(act)}


TEXTAREA = re.compile(r'<textarea[^>]*name="(\w+)"[^>]*>\n(.*?)</textarea>', re.DOTALL)


def fields_of(reporter: Reporter) -> dict[str, str]:
    return {**reporter.hidden, **dict(TEXTAREA.findall(reporter.html))}


@budgets(draft=(GENEROUS, (1, 1)))
def test_when_too_many_come_one_waits_presses_and_goes_on(world: World) -> None:
    reporter = Reporter(Client())
    reporter.begin()
    assert reporter.page.status_code == 200
    reporter.begin("guidance")
    assert reporter.page.status_code == 429
    assert reporter.page.headers["Retry-After"] == "20"
    assert "Many people are writing now." in reporter.text
    assert "Wait 20 seconds, then press the button." in reporter.text
    assert not reporter.page.cookies
    assert "<script" not in reporter.html.partition("<main")[2]
    reporter.post("/speak/file/", **waited(reporter, Act.DRAFT, 21))
    assert reporter.page.status_code == 200
    assert "What do they want?" in reporter.text


@budgets(draft=(GENEROUS, (1, 1)))
def test_pressing_too_early_costs_nothing_and_begins_nothing_anew(world: World) -> None:
    reporter = Reporter(Client())
    reporter.begin()
    reporter.begin()
    early = waited(reporter, Act.DRAFT, 12)
    reporter.post("/speak/file/", **early)
    assert reporter.page.status_code == 429
    assert re.search(r"Wait [78] seconds", reporter.text)
    reporter.post("/speak/file/", **waited(reporter, Act.DRAFT, 12))
    assert reporter.page.status_code == 200


@budgets(draft=(GENEROUS, (1, 1)), receipt=(GENEROUS, (1, 1)))
def test_a_ticket_is_good_once_for_one_act_and_for_four_hours(world: World) -> None:
    reporter = Reporter(Client())
    reporter.begin()
    reporter.begin()
    good = waited(reporter, Act.DRAFT, 30)
    old = waited(reporter, Act.DRAFT, 4 * 3600 + 1)
    assert reporter.post("/speak/file/", **old).status_code == 429
    assert "Wait 20 seconds" in reporter.text
    assert reporter.post("/speak/file/", **good).status_code == 200
    assert reporter.post("/speak/file/", **good).status_code == 429
    knock("")
    ticket = Ticket(b"1" * 16, clock.now().timestamp() - 30).sealed(Act.DRAFT)
    assert reporter.post("/speak/return/", receipt="x", ticket=ticket).status_code == 429
    for forged in ("", "x", "\0", "A" * 100, ticket[:-4] + "AAA="):
        assert reporter.post("/speak/file/", kind="report", ticket=forged).status_code == 429


@budgets(step=(GENEROUS, (1, 1)))
def test_what_was_typed_goes_on_with_the_page_and_nothing_is_lost(world: World) -> None:
    reporter = Reporter(Client())
    reporter.begin()
    reporter.answer(happened="")
    assert reporter.page.status_code == 422
    story = "He said:\r\n  <b>“Sign it”</b> & left.\r\n\r\nI did not. العربية"
    reporter.answer(happened=story)
    assert reporter.page.status_code == 429
    assert "“Sign it”" in reporter.text
    page = {name: unescape(value) for name, value in waited(reporter, Act.STEP, 21).items()}
    assert page["happened"] == story
    reporter.post("/speak/file/", **page)
    assert reporter.page.status_code == 200
    assert "Question 2 of 7" in reporter.title


@budgets(message=(GENEROUS, (1, 1)))
def test_a_message_waits_and_then_arrives_once(world: World) -> None:
    reporter = Reporter(Client())
    code = reporter.file()
    reporter.come_back(code)
    page = reporter.page
    reporter.press("say", text="The first.")
    reporter.answers.append(page)
    reporter.press("say", text="The second.")
    assert reporter.page.status_code == 429
    assert "Your message was not sent yet." in reporter.text
    assert messages(code) == ["The first."]
    reporter.post("/speak/return/", **waited(reporter, Act.MESSAGE, 21))
    assert "Your message was sent." in reporter.text
    assert messages(code) == ["The first.", "The second."]


@budgets(upload=(GENEROUS, (1, 1)))
def test_a_file_is_asked_for_again_and_everything_else_is_kept(world: World) -> None:
    reporter = Reporter(Client())
    reporter.come_back(reporter.file())
    for name in ("a.pdf", "b.pdf"):
        reporter.press("add", file=SimpleUploadedFile(name, PDF))
        if name == "a.pdf":
            assert reporter.page.status_code == 200
    assert reporter.page.status_code == 429
    assert "Choose the file again" in reporter.text
    again = waited(reporter, Act.UPLOAD, 21)
    reporter.post("/speak/return/", **again, file=SimpleUploadedFile("b.pdf", PDF + b"2"))
    assert reporter.page.status_code == 200
    assert "b.pdf" in reporter.text


@budgets(file=(GENEROUS, (1, 1)))
def test_a_concern_that_waits_is_filed_afterwards(world: World) -> None:
    first, second = Reporter(Client()), Reporter(Client())
    first.file()
    second.answer_all()
    second.answer("send")
    assert second.page.status_code == 429
    assert "It was not sent yet." in second.text
    second.post("/speak/file/", **waited(second, Act.FILE, 21))
    assert len(second.receipt) == 34


# -- one receipt ------------------------------------------------------------------------------


def own(**small: tuple[int, int]) -> override_settings:
    """Let one receipt send as much as is named."""
    return override_settings(RECEIPT_BUDGETS={**settings.RECEIPT_BUDGETS, **small})


@own(message=(2, 2))
def test_one_receipt_sends_so_many_messages_and_what_is_too_much_stays_on_the_page(
    world: World,
) -> None:
    reporter, other = Reporter(Client()), Reporter(Client())
    code, others = reporter.file(), other.file()
    for network, text in ((ADDRESS, "One."), (STRANGER, "Two."), ("", "Three.")):
        reporter.client = Client(REMOTE_ADDR=network)
        reporter.come_back(code)
        reporter.press("say", text=text)
    assert reporter.page.status_code == 422
    assert "so this one was not sent yet" in reporter.text
    assert "Three." in fields_of(reporter)["text"]
    assert messages(code) == ["One.", "Two."]
    # it is one receipt's alone, and reading is not counted
    other.come_back(others)
    other.press("say", text="Mine.")
    assert messages(others) == ["Mine."]
    assert reporter.come_back(code).status_code == 200


@own(upload=(1, 1))
def test_one_receipt_sends_so_many_files_before_and_after_sending(world: World) -> None:
    reporter = Reporter(Client())
    reporter.answer_all()
    reporter.answer("change:files")
    for content in (PDF, PDF + b"2"):
        reporter.answer("add", file=SimpleUploadedFile("a.pdf", content))
    assert reporter.page.status_code == 422
    assert "so this one was not taken. The rest is kept." in reporter.text
    assert (Attachment.objects.count(), Stream.objects.count()) == (1, 1)
    reporter.answer("next")
    reporter.answer("send")
    reporter.come_back(reporter.receipt)
    reporter.press("add", file=SimpleUploadedFile("b.pdf", PDF + b"3"))
    assert reporter.page.status_code == 422
    assert (Attachment.objects.count(), Stream.objects.count()) == (1, 1)


@own(message=(1, 60))
@pytest.mark.req("API-1")
def test_a_program_that_writes_too_often_with_one_receipt_is_told_when_to_try_again(
    world: World, stranger: Program
) -> None:
    (_, receipt), (_, another) = world.file(), world.file()
    body = {"receipt": str(receipt), "body": "It was a Monday."}
    assert stranger.post("receipts/messages/", body).status_code == 201
    refused = stranger.post("receipts/messages/", body)
    is_problem(refused, 429)
    assert refused["Retry-After"] == "60"
    assert messages(str(receipt)) == ["It was a Monday."]
    assert stranger.post("receipts/messages/", {**body, "receipt": str(another)}).status_code == 201


@own(message=(1, 1))
def test_what_is_counted_of_a_receipt_names_it_to_nobody_and_a_wrong_one_is_not_counted(
    world: World, memory: Redis, stranger: Program
) -> None:
    concern, receipt = world.file()
    wrong = [
        stranger.post("receipts/messages/", {"receipt": str(Receipt.new()), "body": "x"})
        for _ in range(3)
    ]
    assert {answer.status_code for answer in wrong} == {404}
    assert len({answer.content for answer in wrong}) == 1
    assert memory.keys("door:own:*") == []
    stranger.post("receipts/messages/", {"receipt": str(receipt), "body": "x"})
    (bucket,) = memory.keys("door:own:*")
    assert 0 < memory.ttl(bucket) <= limits.HOUR
    found = everything(memory)
    for telling in (str(receipt), receipt.locator.hex()[:16], concern.ref, concern.pk.hex):
        assert telling not in found
    # under the key of the next day it has another name
    memory.delete("door:key", bucket)
    stranger.post("receipts/messages/", {"receipt": str(receipt), "body": "y"})
    assert memory.keys("door:own:*") != [bucket]


# -- the API ----------------------------------------------------------------------------------


@budgets(receipt=(GENEROUS, (1, 1)), message=(GENEROUS, (1, 1)))
@pytest.mark.req("API-1")
def test_a_program_is_told_when_to_try_again(world: World, stranger: Program) -> None:
    _, receipt = world.file()
    body = {"receipt": str(receipt), "body": "It was a Monday."}
    for path, given in (("receipts/", {"receipt": str(receipt)}), ("receipts/messages/", body)):
        assert stranger.post(path, given).status_code in {200, 201}
        refused = stranger.post(path, given)
        assert "Too many are asking" in is_problem(refused, 429)["detail"]
        assert refused["Retry-After"] == "20"
    assert messages(str(receipt)) == ["It was a Monday."]


def test_the_network_of_a_request_does_not_show_itself() -> None:
    assert repr(limits.network_of({"REMOTE_ADDR": ADDRESS})) == "Network(…)"
