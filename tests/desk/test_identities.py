"""The pages of an identity: asking at the concern, deciding as a custodian, opening, the trace."""

import json
import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page, expect
from pytest_django import DjangoAssertNumQueries

from cases import actions
from cases.lifecycle import Mode, RequestState
from cases.models import Concern, IdentityRequest
from common import clock, days
from ledger.models import Entry
from ledger.verbs import Verb
from people.middleware import act_as
from people.rules import Role
from people.views.onward import door_of
from safes.rules import Receipt
from tests.conftest import BecomeProcess
from tests.desk.test_journey import press, wrong_first
from tests.doors import sign_in
from tests.house import House, assert_accessible, enter
from tests.world import NARRATIVE, World

pytestmark = [pytest.mark.django_db, pytest.mark.req("CAS-8")]

QUERIES = 21
NAME, CONTACT = "Rita Reporter", "Extension 7"
WHY, REFUSED = "She may be in danger at her desk.", "Write to her first."


@pytest.fixture
def now() -> object:
    """Return the moment of the doors, so that what is open for days is open to them."""
    return clock.now()


@pytest.fixture
def filed(world: World) -> tuple[Concern, Receipt]:
    """Return a confidential concern in a case on whose team Olga is."""
    identity = actions.Identity(NAME, CONTACT)
    concern, receipt = world.file(mode=Mode.CONFIDENTIAL, identity=identity)
    world.triage(concern)
    return concern, receipt


def at(name: str, ref: str) -> str:
    return reverse(f"desk:{name}", args=[ref])


def text(client: Client, address: str, status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status
    return response.content.decode()


def send(client: Client, address: str, **data: str) -> str:
    response = client.post(address, data, follow=True)
    assert response.status_code == 200
    return response.content.decode()


def ask(client: Client, world: World, concern: Concern) -> IdentityRequest:
    """Let Olga ask by the door; return what she asked."""
    sign_in(client, world, "olga")
    assert "A custodian decides" in send(client, at("identity-ask", concern.ref), reason=WHY)
    act_as(world["olga"])
    return IdentityRequest.objects.get(concern=concern)


def come_back(client: Client, receipt: Receipt) -> str:
    client.cookies.clear()
    answer = client.post(reverse("intake:return"), {"receipt": str(receipt)})
    return answer.content.decode()


def way(page: str, concern: Concern) -> str:
    """Return the words of the link to the identity."""
    return page.partition(f'href="{at("identity", concern.ref)}">')[2].partition("</a>")[0].strip()


# -- at the concern --------------------------------------------------------------------------


def test_beside_the_concern_and_its_case_stands_the_way_to_the_name(
    client: Client, world: World, filed: tuple[Concern, Receipt]
) -> None:
    concern, _ = filed
    case = Concern.objects.get(pk=concern.pk).case
    assert case is not None
    sign_in(client, world, "olga")
    for page in (at("concern", concern.ref), at("case", case.ref)):
        assert way(text(client, page), concern) == "Identity"
        assert NAME not in text(client, page)
    request = ask(client, world, concern)
    assert way(text(client, at("case", case.ref)), concern) == "Asked"
    sign_in(client, world, "carl")
    send(client, at("identity-grant", request.ref), for_days="1")
    sign_in(client, world, "olga")
    shown = text(client, at("case", case.ref))
    assert way(shown, concern) == "Open"
    for words in ("asked to open the reporter", "agreed that the reporter", "Carl Example"):
        assert words in shown


@pytest.mark.parametrize("mode", [Mode.ANONYMOUS, Mode.NAMED])
def test_of_nobody_else_there_is_such_a_page(client: Client, world: World, mode: Mode) -> None:
    identity = actions.Identity(NAME) if mode == Mode.NAMED else None
    concern, _ = world.file(mode=mode, identity=identity)
    sign_in(client, world, "olga")
    shown = text(client, at("concern", concern.ref))
    assert at("identity", concern.ref) not in shown
    assert (NAME in shown) == (mode == Mode.NAMED)
    text(client, at("identity", concern.ref), status=404)


def test_asking_needs_a_reason_and_what_was_typed_is_kept(
    client: Client, world: World, filed: tuple[Concern, Receipt], process: BecomeProcess
) -> None:
    concern, _ = filed
    sign_in(client, world, "olga")
    page = send(client, at("identity-ask", concern.ref), reason=" ")
    assert "Say why you need to know. Nothing was asked yet." in page
    page = send(client, at("identity-ask", concern.ref), reason="x" * 2_001)
    assert "x" * 2_001 in page
    act_as(world["olga"])
    with process("owner"):
        assert not IdentityRequest.objects.exists()


def test_the_head_sees_who_asked_and_why_not_and_has_no_way_to_the_name(
    client: Client, world: World, filed: tuple[Concern, Receipt]
) -> None:
    concern, _ = filed
    ask(client, world, concern)
    sign_in(client, world, "hana")
    page = text(client, at("identity", concern.ref))
    assert "Olga Example" in page
    assert "Only those who work on it can ask" in page
    assert WHY not in page
    assert client.post(at("identity-open", concern.ref)).status_code == 403


def test_the_name_is_shown_once_for_each_time_it_is_opened(
    client: Client, world: World, filed: tuple[Concern, Receipt]
) -> None:
    concern, _ = filed
    request = ask(client, world, concern)
    assert "not open to you" in send(client, at("identity-open", concern.ref))
    sign_in(client, world, "carl")
    page = send(client, at("identity-grant", request.ref), for_days="3")
    assert "Agreed." in page
    sign_in(client, world, "olga")
    assert NAME not in text(client, at("identity", concern.ref))
    response = client.post(at("identity-open", concern.ref))
    page = response.content.decode()
    assert NAME in page
    assert CONTACT in page
    assert response["Cache-Control"] == "no-store"
    assert NAME not in text(client, at("identity", concern.ref))
    assert Entry.objects.filter(verb=Verb.IDENTITY_OPENED).count() == 1
    assert "Sealed again." in send(client, at("identity-back", concern.ref))
    assert "not open to you" in send(client, at("identity-open", concern.ref))
    assert "nothing to take back" in send(client, at("identity-back", concern.ref))


def test_with_a_closed_vault_nothing_is_opened_or_decided(
    client: Client, world: World, filed: tuple[Concern, Receipt]
) -> None:
    concern, _ = filed
    request = ask(client, world, concern)
    sign_in(client, world, "carl", vault=False)
    page = text(client, at("identity-request", request.ref))
    assert WHY not in page
    assert "Unlock to read" in page
    page = send(client, at("identity-grant", request.ref), for_days="3")
    assert "closed while you wrote" in page
    sign_in(client, world, "olga", vault=False)
    assert "closed while you wrote" in send(client, at("identity-open", concern.ref))
    act_as(world["olga"])
    assert IdentityRequest.objects.get().state == RequestState.ASKED


def test_a_time_that_is_over_is_not_shown_as_open(
    client: Client, world: World, filed: tuple[Concern, Receipt]
) -> None:
    concern, _ = filed
    request = ask(client, world, concern)
    act_as(world["carl"])
    actions.grant_identity(
        request,
        by=world["carl"],
        opener=world.openers["carl"],
        for_days=1,
        now=world.now - timedelta(days=2),
    )
    sign_in(client, world, "olga")
    assert "Open the name" not in text(client, at("identity", concern.ref))
    page = send(client, at("identity-open", concern.ref))
    assert "The time for which it was open is over" in page
    assert NAME not in page


# -- the custodian ---------------------------------------------------------------------------


def test_a_custodian_begins_with_what_waits(
    client: Client, world: World, filed: tuple[Concern, Receipt]
) -> None:
    concern, _ = filed
    assert door_of(world["carl"]) == "desk:identities"
    sign_in(client, world, "carl")
    # also who comes to the office's door, as the README names it
    assert client.get("/desk/").headers["Location"] == reverse("desk:identities")
    page = text(client, reverse("desk:identities"))
    assert "Nothing waits for you" in page
    assert "Nothing was decided yet." in page
    request = ask(client, world, concern)
    sign_in(client, world, "carl")
    page = text(client, reverse("desk:identities"))
    for words in (request.ref, "Olga Example", "Lead of the case", "Something else"):
        assert words in page


def test_a_custodian_reads_who_asks_and_why_and_nothing_of_the_case(
    client: Client, world: World, filed: tuple[Concern, Receipt]
) -> None:
    concern, _ = filed
    case = Concern.objects.get(pk=concern.pk).case
    assert case is not None
    request = ask(client, world, concern)
    sign_in(client, world, "carl")
    for page in (
        text(client, reverse("desk:identities")),
        text(client, at("identity-request", request.ref)),
    ):
        for hidden in (concern.ref, case.ref, str(concern.pk), NAME, NARRATIVE[:20], "Field"):
            assert hidden not in page
    assert WHY in page


def test_a_refusal_needs_a_reason_that_whoever_asked_reads(
    client: Client, world: World, filed: tuple[Concern, Receipt]
) -> None:
    concern, _ = filed
    request = ask(client, world, concern)
    sign_in(client, world, "carl")
    page = send(client, at("identity-refuse", request.ref), reason="")
    assert "Say why you refuse. Nothing was decided." in page
    page = send(client, at("identity-refuse", request.ref), reason=REFUSED)
    assert "the name stays sealed" in page
    assert "Decided by you" in page
    assert REFUSED in text(client, at("identity-request", request.ref))
    assert "cannot be granted now" in send(client, at("identity-grant", request.ref), for_days="1")
    sign_in(client, world, "olga")
    page = text(client, at("identity", concern.ref))
    assert REFUSED in page
    assert "Ask a custodian" in page


@pytest.mark.parametrize("for_days", ["", "0", "8", "31", "x"])
def test_how_long_is_one_of_what_is_offered(
    client: Client, world: World, filed: tuple[Concern, Receipt], for_days: str
) -> None:
    request = ask(client, world, filed[0])
    sign_in(client, world, "carl")
    page = send(client, at("identity-grant", request.ref), for_days=for_days)
    assert "Nothing was decided." in page
    act_as(world["carl"])
    assert IdentityRequest.objects.get().state == RequestState.ASKED


def test_another_custodian_without_the_share_finds_nothing(
    client: Client, world: World, filed: tuple[Concern, Receipt]
) -> None:
    request = ask(client, world, filed[0])
    world.hire("cora", Role.CUSTODIAN)
    sign_in(client, world, "cora")
    assert "Nothing waits for you" in text(client, reverse("desk:identities"))
    text(client, at("identity-request", request.ref), status=404)


def test_no_page_asks_more_of_the_database_for_more_requests(
    client: Client,
    world: World,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    identity = actions.Identity(NAME, CONTACT)
    request = None
    for _ in range(6):
        concern, _ = world.file(mode=Mode.CONFIDENTIAL, identity=identity)
        world.triage(concern)
        act_as(world["olga"])
        request = actions.ask_identity(concern, by=world["olga"], reason=WHY, now=world.now)
    assert request is not None
    sign_in(client, world, "carl")
    for address in (reverse("desk:identities"), at("identity-request", request.ref)):
        with django_assert_max_num_queries(QUERIES):
            text(client, address)
    sign_in(client, world, "olga")
    with django_assert_max_num_queries(QUERIES):
        text(client, at("identity", concern.ref))


# -- the reporter ----------------------------------------------------------------------------


def trace(page: str) -> str:
    """Return the words of the section on the reporter's name."""
    section = page.partition('<h2 id="name">')[2].partition("</section>")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", section).split())


def test_the_reporter_reads_who_asked_and_why_and_when_it_was_opened(
    client: Client, world: World, filed: tuple[Concern, Receipt]
) -> None:
    concern, receipt = filed
    assert "Nobody has asked to open it." in come_back(client, receipt)
    request = ask(client, world, concern)
    page = trace(come_back(client, receipt))
    assert "A custodian has not decided yet." in page
    assert WHY in page
    assert "by: lead of the case" in page
    sign_in(client, world, "carl")
    send(client, at("identity-grant", request.ref), for_days="3")
    assert "It has not been opened." in trace(come_back(client, receipt))
    sign_in(client, world, "olga")
    send(client, at("identity-open", concern.ref))
    page = trace(come_back(client, receipt))
    assert "Your name was opened on" in page
    for hidden in ("Olga", "Carl", ":"):
        assert hidden not in page.replace("by:", "").replace("gave:", "")


def test_the_reporter_reads_that_it_was_refused(
    client: Client, world: World, filed: tuple[Concern, Receipt]
) -> None:
    concern, receipt = filed
    request = ask(client, world, concern)
    sign_in(client, world, "carl")
    send(client, at("identity-refuse", request.ref), reason=REFUSED)
    page = trace(come_back(client, receipt))
    assert "A custodian refused, so it stayed sealed." in page
    assert REFUSED in page


@pytest.mark.parametrize("mode", [Mode.ANONYMOUS, Mode.NAMED])
def test_other_reporters_are_told_nothing_of_it(client: Client, world: World, mode: Mode) -> None:
    identity = actions.Identity(NAME) if mode == Mode.NAMED else None
    _, receipt = world.file(mode=mode, identity=identity)
    assert trace(come_back(client, receipt)) == ""


def test_the_api_gives_the_same_trace_to_the_receipt_and_none_to_programs(
    client: Client, world: World, filed: tuple[Concern, Receipt]
) -> None:
    concern, receipt = filed
    request = ask(client, world, concern)
    sign_in(client, world, "carl")
    send(client, at("identity-grant", request.ref), for_days="3")
    sign_in(client, world, "olga")
    send(client, at("identity-open", concern.ref))
    client.cookies.clear()
    answer = client.post(
        reverse("api:receipts"), {"receipt": str(receipt)}, content_type="application/json"
    )
    assert answer.status_code == 200
    act_as(world["olga"])
    request.refresh_from_db()
    assert request.decided_at is not None
    assert request.expires_at is not None
    assert len(request.opened_on) == 1
    assert answer.json()["identity"] == [
        {
            "state": "granted",
            "function": "lead",
            "reason": WHY,
            "asked_on": str(days.day_of(request.requested_at)),
            "decided_on": str(days.day_of(request.decided_at)),
            "refusal": None,
            "open_until": str(days.day_of(request.expires_at)),
            "opened_on": [str(request.opened_on[0])],
        }
    ]


# -- in a browser ----------------------------------------------------------------------------


def file_by_api(page: Page, house: House) -> tuple[str, str]:
    """File a confidential report as a program; return its reference and its receipt."""
    token = json.loads((house.state / "personas.json").read_text())["api"]["token"]
    answer = page.request.post(
        "/api/v1/concerns/",
        headers={"Authorization": f"Bearer {token}", "Idempotency-Key": str(uuid4())},
        data={
            "kind": "report",
            "category": "other",
            "channel": "phone",
            "reporter": {"mode": "confidential", "name": NAME, "contact": CONTACT},
            "narrative": "Somebody waits for me at the gate each evening.",
        },
    )
    assert answer.status == 201, answer.text()
    told = answer.json()
    return told["ref"], told["receipt"]


def change_to(page: Page, house: House, role: str) -> None:
    """Sign somebody else in, on the same machine."""
    page.context.clear_cookies()
    enter(page, house, role)


@pytest.mark.browser
def test_from_the_question_to_the_name_and_what_the_reporter_sees_of_it(
    browser_page: Page, house: House
) -> None:
    page = browser_page
    ref, receipt = file_by_api(page, house)

    enter(page, house, "officer")
    page.goto(f"/desk/concerns/{ref}/")
    press(page, "Take it")
    page.goto(f"/desk/concerns/{ref}/")
    page.get_by_role("link", name="Identity", exact=True).click()
    page.wait_for_url("**/identity/")
    expect(page.get_by_text("Nobody asked yet.")).to_be_visible()
    assert_accessible(page)
    wrong_first(page, "Ask a custodian", "Say why you need to know. Nothing was asked yet.")
    page.get_by_label("Why you need to know who it is").fill(WHY)
    press(page, "Ask a custodian")
    expect(page.get_by_role("heading", name="You asked")).to_be_visible()
    request = page.locator("main .ed-read .ed-ref").first.inner_text()
    assert_accessible(page)

    change_to(page, house, "custodian")
    expect(page.get_by_role("heading", name="Identities")).to_be_visible()
    assert_accessible(page)
    page.locator(f'a[href$="/identities/{request}/"]').click()
    page.wait_for_url("**/identities/*/")
    expect(page.get_by_text(WHY)).to_be_visible()
    assert_accessible(page)
    wrong_first(page, "Keep it sealed", "Say why you refuse. Nothing was decided.")
    wrong_first(page, "Let them open it", "Choose for how long. Nothing was decided.")
    page.get_by_text("3 days", exact=True).click()
    press(page, "Let them open it")
    expect(page.get_by_text("Agreed. They can open the name")).to_be_visible()
    assert_accessible(page)

    change_to(page, house, "officer")
    page.goto(f"/desk/concerns/{ref}/identity/")
    expect(page.get_by_text(NAME)).to_have_count(0)
    press(page, "Open the name")
    expect(page.get_by_text(NAME)).to_be_visible()
    expect(page.get_by_text(CONTACT)).to_be_visible()
    assert_accessible(page)
    press(page, "Seal it again now")
    expect(page.get_by_text(NAME)).to_have_count(0)
    assert_accessible(page)

    page.context.clear_cookies()
    page.goto("/speak/")
    page.get_by_label("Come back with your receipt").fill(receipt)
    press(page, "Open")
    # a program wrote it down: the reporter is offered a receipt of their own
    press(page, "Not now")
    section = page.get_by_role("region", name="Your name")
    expect(section.get_by_text("Your name was opened on")).to_be_visible()
    expect(section.get_by_text(WHY)).to_be_visible()
    assert_accessible(page)


@pytest.mark.browser
def test_on_a_phone_and_without_a_script_a_custodian_decides(
    phone_page: Page, plain_page: Page, house: House
) -> None:
    enter(phone_page, house, "custodian")
    first = phone_page.locator('a[href^="/desk/identities/I-"]').first.get_attribute("href")
    for address in ("/desk/identities/", str(first)):
        phone_page.goto(address)
        over = phone_page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert over <= 0, address
        assert_accessible(phone_page)
    ref, _ = file_by_api(plain_page, house)
    enter(plain_page, house, "officer")
    plain_page.goto(f"/desk/concerns/{ref}/")
    press(plain_page, "Take it")
    plain_page.goto(f"/desk/concerns/{ref}/identity/")
    plain_page.get_by_label("Why you need to know who it is").fill(WHY)
    press(plain_page, "Ask a custodian")
    request = plain_page.locator("main .ed-read .ed-ref").first.inner_text()
    change_to(plain_page, house, "custodian")
    plain_page.goto(f"/desk/identities/{request}/")
    plain_page.get_by_label("Why it stays sealed").fill(REFUSED)
    press(plain_page, "Keep it sealed")
    expect(plain_page.get_by_text("the name stays sealed")).to_be_visible()
