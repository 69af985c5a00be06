"""Take down what somebody tells by telephone: the page, the receipt, who reads it, who agrees."""

import re
from datetime import timedelta
from html import unescape
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from cases import access, actions
from cases.lifecycle import Channel, ConcernStatus, Level, Mode
from cases.models import Concern, Wall
from common import clock, days
from common.errors import RuleError
from escalation.models import Clock
from ledger.models import Entry
from ledger.verbs import Verb
from people.middleware import act_as
from safes import access as opening
from safes.rules import Receipt
from tests.cases.intake.reporter import Reporter
from tests.cases.intake.test_time import DRAWN, dated, everything
from tests.conftest import BecomeProcess
from tests.doors import sign_in
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.req("INT-5")]

PAGE = "/desk/take-down/"
SHEET = re.compile(r'name="page" value="([^"]+)"')
GROUPS = re.compile(r"<code>([0-9A-Z]{4})</code>")
HEARD = "She says her nephew keeps the bank card."


def entered(**changes: Any) -> dict[str, Any]:
    """Return what an officer enters while somebody tells it."""
    return {
        "in_danger": "no",
        "channel": "phone",
        "said_on": days.day_of(clock.now()).isoformat(),
        "kind": "report",
        "told": HEARD,
        "category": "other",
        "mode": "anonymous",
        **changes,
    }


def sheet_of(client: Client) -> str:
    found = SHEET.search(client.get(PAGE).content.decode())
    assert found is not None
    return found[1]


def send(client: Client, **changes: Any) -> str:
    """Send a page, and return what it leads to."""
    sheet = changes.pop("page", None) or sheet_of(client)
    response = client.post(PAGE, entered(page=sheet, **changes))
    assert response.status_code == 200
    return unescape(response.content.decode())


def receipt_in(page: str) -> str:
    groups = GROUPS.findall(page)
    assert len(groups) == 7
    return "-".join(groups)


def filed(world: World) -> Concern:
    act_as(world["hana"])
    return Concern.objects.select_related("safe").get()


def test_it_is_filed_as_it_was_said_and_its_receipt_is_read_out(
    client: Client, world: World
) -> None:
    sign_in(client, world, "omar")
    page = send(client, channel="hotline", unit="field")
    code = receipt_in(page)
    receipt = Receipt.parse(code)
    assert receipt is not None
    concern = filed(world)
    assert (concern.channel, concern.taken_by, concern.owner) == (
        Channel.HOTLINE,
        world["omar"],
        world["omar"],
    )
    assert concern.said_on == days.day_of(clock.now())
    entry = Entry.objects.get(verb=Verb.CONCERN_FILED)
    assert entry.actor == world["omar"].actor.ref
    words = opening.open_texts(receipt.opener, [(concern.pk, "narrative")])
    assert list(words.values()) == [HEARD]
    # it stands nowhere but on the page of the answer
    assert code[:4] not in client.get(PAGE).content.decode()
    assert code.replace("-", "") not in str(dict(client.session))


def test_the_receipt_is_read_out_in_words(client: Client, world: World) -> None:
    sign_in(client, world, "omar")
    page = send(client)
    first = GROUPS.findall(page)[0]
    said = page.partition(f"<code>{first}</code>")[2].partition("<dd>")[2].partition("</dd>")[0]
    letters = [word for word in said.strip().split(", ") if not word.islower()]
    assert [word[0] for word in letters] == [one for one in first if one.isalpha()]
    assert len(said.split(", ")) == 4


def test_the_reporter_comes_back_gets_a_receipt_of_their_own_and_agrees(
    client: Client, world: World, process: BecomeProcess
) -> None:
    sign_in(client, world, "omar")
    code = receipt_in(send(client))
    concern = filed(world)
    client.cookies.clear()
    reporter = Reporter(client)
    with process("speak"):
        reporter.come_back(code)
        reporter.press("change", kept="on")
        assert "Is this what you said?" in reporter.text
        assert HEARD in reporter.text
        reporter.press("agree")
        assert "Thank you" in reporter.text
        assert "Is this what you said?" not in reporter.text
        reporter.press("agree")
    concern.refresh_from_db()
    assert concern.minutes_agreed_on == days.day_of(clock.now())
    act_as(world["hana"])
    assert Entry.objects.filter(verb=Verb.MINUTES_AGREED, subject=concern.subject).count() == 1
    sign_in(client, world, "omar")
    page = client.get(f"/desk/concerns/{concern.ref}/").content.decode()
    assert "Taken down by" in page
    assert "agreed with it" in page


@pytest.mark.parametrize("act", [{"go": "agree"}, {"go": "withdraw-now"}])
def test_whoever_heard_the_receipt_does_not_act_for_the_reporter_with_it(
    client: Client, world: World, process: BecomeProcess, act: dict[str, str]
) -> None:
    sign_in(client, world, "omar")
    code = receipt_in(send(client))
    concern = filed(world)
    assert (
        "the receipt that was read out"
        in client.get(f"/desk/concerns/{concern.ref}/").content.decode()
    )
    client.cookies.clear()
    reporter = Reporter(client)
    with process("speak"):
        reporter.come_back(code)
        reporter.press(act["go"])
        assert "Change it first" in reporter.text
    with process("owner"):
        concern.refresh_from_db()
        with pytest.raises(RuleError, match="Change it first"):
            actions.exclude_readers(concern, persons=[world["olga"]], now=world.now)
    assert (concern.minutes_agreed_on, concern.withdrawn_on) == (None, None)


def test_who_adds_something_instead_is_not_asked_again(client: Client, world: World) -> None:
    sign_in(client, world, "omar")
    code = receipt_in(send(client))
    client.cookies.clear()
    reporter = Reporter(client)
    reporter.come_back(code)
    reporter.press("change", kept="on")
    reporter.press("say", text="It was her son.")
    assert "Is this what you said?" not in reporter.text


def test_what_the_reporter_wrote_themselves_is_not_asked_about(
    client: Client, world: World
) -> None:
    concern, receipt = world.file()
    reporter = Reporter(client)
    reporter.come_back(str(receipt))
    assert "Is this what you said?" not in reporter.text
    act_as(None)
    access.concern_of(receipt)
    with pytest.raises(RuleError, match="You wrote this yourself"):
        actions.agree_minutes(concern, now=world.now)


def test_whoever_is_not_on_duty_can_open_and_answer_what_they_took_down(
    client: Client, world: World
) -> None:
    sign_in(client, world, "otto")
    send(client)
    concern = filed(world)
    act_as(world["otto"])
    sent = actions.answer(
        concern, by=world["otto"], text="We look.", now=clock.now(), opener=world.openers["otto"]
    )
    assert sent.author == world["otto"]


@pytest.mark.req("TRI-6")
def test_whoever_writes_their_own_name_sees_the_same_page_and_finds_nothing_again(
    client: Client, world: World
) -> None:
    sign_in(client, world, "omar")
    page = send(client, told="Omar Example shouted at her.", about="Omar Example")
    concern = filed(world)
    assert f"/desk/concerns/{concern.ref}/" in page
    assert Wall.objects.filter(concern=concern).exists()
    assert concern.owner is None
    assert client.get(f"/desk/concerns/{concern.ref}/").status_code == 404
    places = [(concern.pk, "narrative")]
    assert opening.open_texts(world.openers["omar"], places) == {}
    assert opening.open_texts(world.openers["olga"], places)


@pytest.mark.req("SEC-4")
def test_what_the_anonymous_say_by_telephone_is_dated_by_its_day_alone(world: World) -> None:
    act_as(world["otto"])
    before = everything()
    concern = actions.take_down(
        concern_id=uuid4(),
        receipt=Receipt.new(),
        filing=world.filing(),
        channel=Channel.PHONE,
        said_on=days.day_of(world.now),
        by=world["otto"],
        now=world.now,
    )
    assert concern.filed_at is None
    assert dated(everything(), before).keys() <= DRAWN


def test_promises_run_from_the_day_on_which_it_was_said(client: Client, world: World) -> None:
    sign_in(client, world, "omar")
    early = days.day_of(clock.now()) - timedelta(days=3)
    send(client, said_on=early.isoformat(), mode="named", name="Nadia Petrova")
    concern = filed(world)
    starts = set(Clock.objects.filter(subject_id=concern.pk).values_list("started_at", flat=True))
    assert starts == {days.midnight(early)}
    assert concern.filed_on == days.day_of(clock.now())
    assert concern.acknowledge_by == early + timedelta(days=7)


def test_a_day_some_time_ago_is_asked_about_and_another_year_refused(
    client: Client, world: World
) -> None:
    sign_in(client, world, "omar")
    today = days.day_of(clock.now())
    assert "It was said on that day" not in client.get(PAGE).content.decode()
    slip = (today - timedelta(days=3650)).isoformat()
    assert "more than a year ago" in send(client, said_on=slip, is_sure="on")
    early = (today - timedelta(days=40)).isoformat()
    page = send(client, said_on=early)
    assert "That is 40 days ago." in page
    assert "It was said on that day" in page
    assert HEARD in page
    receipt_in(send(client, said_on=early, is_sure="on"))
    assert filed(world).said_on == today - timedelta(days=40)


def test_the_same_page_sent_twice_files_once_and_gives_the_same_receipt(
    client: Client, world: World
) -> None:
    sign_in(client, world, "omar")
    sheet = sheet_of(client)
    first, second = send(client, page=sheet), send(client, page=sheet)
    assert receipt_in(first) == receipt_in(second)
    assert filed(world).status == ConcernStatus.RECEIVED
    # of a reporter who changed the receipt meanwhile nothing is filed again, and nothing shown
    client.cookies.clear()
    reporter = Reporter(client)
    reporter.come_back(receipt_in(first))
    reporter.press("change", kept="on")
    sign_in(client, world, "omar")
    third = send(client, page=sheet)
    assert "its receipt was changed" in third
    assert not GROUPS.findall(third)
    assert filed(world).said_on is not None


def test_a_receipt_is_not_shown_again_hours_later(
    client: Client, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in(client, world, "omar")
    sheet = sheet_of(client)
    send(client, page=sheet)
    monkeypatch.setattr("cases.desk.views.taking.SHOWN_FOR", timedelta(0))
    again = send(client, page=sheet)
    assert "not shown any more" in again
    assert not GROUPS.findall(again)


def test_a_sheet_opens_for_whoever_began_it_alone(client: Client, world: World) -> None:
    sign_in(client, world, "omar")
    sheet = sheet_of(client)
    first = receipt_in(send(client, page=sheet))
    sign_in(client, world, "olga")
    assert receipt_in(send(client, page=sheet)) != first


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"in_danger": ""}, "Ask whether anyone is in danger."),
        ({"channel": "web"}, "Choose again"),
        ({"mode": "named"}, "Write their name"),
        ({"mode": "anonymous", "name": "Nadia Petrova"}, "so take this out"),
        ({"said_on": "2999-01-01"}, "This day has not come yet."),
        ({"category": ""}, "Choose what it is closest to."),
    ],
)
def test_an_error_keeps_all_that_was_entered(
    client: Client, world: World, wrong: dict[str, str], said: str
) -> None:
    sign_in(client, world, "omar")
    page = send(client, about="Gail Harrow", contact="After six", **wrong)
    assert said in page
    assert "<title>Error: Take down a concern" in page
    for words in (HEARD, "Gail Harrow"):
        assert words in page
    act_as(world["hana"])
    assert not Concern.objects.exists()


def test_danger_stands_first_in_the_queue_and_on_the_page_of_the_receipt(
    client: Client, world: World
) -> None:
    sign_in(client, world, "omar")
    page = send(client, in_danger="yes")
    assert "Somebody may be in danger" in page
    assert filed(world).urgency == Level.DANGER


def test_a_confidential_name_is_sealed_and_its_hearer_told_to_keep_it(
    client: Client, world: World
) -> None:
    sign_in(client, world, "omar")
    page = send(client, mode="confidential", name="Nadia Petrova")
    assert "Keep it to yourself" in page
    concern = filed(world)
    assert concern.mode == Mode.CONFIDENTIAL
    assert "Nadia" not in client.get(f"/desk/concerns/{concern.ref}/").content.decode()


def test_whoever_does_not_work_here_takes_nothing_down(client: Client, world: World) -> None:
    for name in ("stan", "carl", "adam", "anna"):
        sign_in(client, world, name, vault=False)
        assert client.get(PAGE).status_code == 403
        assert client.post(PAGE, entered()).status_code == 403
