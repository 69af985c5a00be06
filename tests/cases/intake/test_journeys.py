"""The door in a real browser: with and without a script, wide, on a phone, right to left."""

import json
import re
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from http.client import HTTPConnection

import pytest
from playwright.sync_api import Page, Route, ViewportSize, expect
from redis import Redis

from tests.cases.intake.reporter import PDF
from tests.house import House, assert_accessible

pytestmark = pytest.mark.browser
LEAVE = "https://www.wikipedia.org/"
NARROW: ViewportSize = {"width": 320, "height": 640}


def press(page: Page, name: str) -> None:
    """Press a button that leads to a page, and wait until that page is there."""
    with page.expect_navigation():
        page.get_by_role("button", name=name, exact=True).click()


def choose(page: Page, label: str) -> None:
    """Click an answer where a person does: on its words."""
    page.get_by_text(label, exact=True).click()


def expect_no_script(page: Page) -> None:
    """Look at nothing but that what a script shows is not there."""
    expect(page.get_by_role("button", name="Copy")).to_have_count(0)


def receipt_of(page: Page) -> str:
    groups = page.locator("#receipt-code span").all_inner_texts()
    assert len(groups) == 7
    assert {len(group) for group in groups} == {4}
    return " ".join(groups)


def come_back(page: Page, receipt: str) -> None:
    page.goto("/speak/")
    page.get_by_label("Come back with your receipt").fill(receipt)
    press(page, "Open")


def assert_fits(page: Page) -> None:
    """Assert that nothing makes the page scroll sideways."""
    over = page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    assert over <= 0, f"{page.title()} is {over} px too wide"


def assert_nothing_is_remembered(page: Page) -> None:
    assert page.context.cookies() == []
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0
    assert page.url.rsplit("/", 2)[1] in {"speak", "file", "return", "finish"}


def keep_away(page: Page, look: Callable[[Page], None]) -> None:
    """Write the name of who reads it, think better of it, and tick nobody; look at each page."""
    reader = page.locator("section", has=page.get_by_role("heading", name="Who reads it"))
    words = reader.locator("li").first.inner_text().split()
    page.get_by_label("Your message").fill(f"{words[0]} {words[1]} signed it.")
    press(page, "Send")
    expect(page.get_by_role("heading", name="You name somebody who reads this")).to_be_visible()
    look(page)
    press(page, "Back")
    expect(page.get_by_label("Your message")).to_have_value(f"{words[0]} {words[1]} signed it.")
    press(page, "Somebody here should not read this")
    look(page)
    press(page, "Keep them away")
    assert page.title().startswith("Error: ")
    look(page)
    press(page, "Leave it as it is")


def walk(page: Page, look: Callable[[Page], None]) -> str:
    """Ask for guidance, wrong first at every question; `look` at each page and each error."""

    def on(button: str = "Continue") -> None:
        press(page, button)
        look(page)

    def wrong(message: str) -> None:
        on()
        expect(page.get_by_role("link", name=message)).to_be_visible()
        assert page.title().startswith("Error: ")

    page.goto("/speak/")
    look(page)
    on("Ask for guidance")
    wrong("Say what they want. A sentence is enough.")
    page.get_by_label("What do they want?").fill("They want the report dated in September.")
    page.get_by_label("What do you fear?").fill("That we lose the client.")
    on()
    wrong("Choose what it is closest to. It can be changed later.")
    choose(page, "Something else")
    on()
    page.get_by_label("Day").fill("31")
    page.get_by_label("Month").fill("2")
    page.get_by_label("Year").fill("2026")
    wrong("February 2026 has 28 days.")
    assert page.get_by_label("Day").input_value() == "31"
    page.get_by_label("Day").fill("")
    on()
    wrong("Choose yes or no.")
    expect(page.get_by_text("We are not there at every hour.")).to_be_hidden()
    choose(page, "Yes, someone may be")
    expect(page.get_by_text("We are not there at every hour.")).to_be_visible()
    choose(page, "No, not now")
    on()
    page.get_by_label("Who is it about?").fill("A client whom you know.")
    on()
    wrong("Choose how you want to be known.")
    choose(page, "Anonymous")
    on()
    page.get_by_label("Choose a file").set_input_files(
        {"name": "run.pdf", "mimeType": "application/pdf", "buffer": b"MZ\x90\x00"}
    )
    on("Add this file")
    assert page.title().startswith("Error: ")
    on()
    look(page)
    expect(page.get_by_text("February 2026", exact=True)).to_be_visible()
    on("Send it to the ethics office")
    return receipt_of(page)


@pytest.mark.req("INT-1", "INT-2")
def test_guidance_is_asked_for_without_a_script(
    plain_page: Page,
) -> None:
    receipt = walk(plain_page, expect_no_script)
    plain_page.get_by_label("I have kept it").check(force=True)
    press(plain_page, "Finish and clear this page")
    expect(plain_page.get_by_role("heading", level=1)).to_have_text("The page is cleared.")
    come_back(plain_page, receipt)
    expect(plain_page.get_by_role("heading", level=1)).to_have_text("It waits for a first reply")
    assert plain_page.context.cookies() == []


@pytest.mark.req("INT-1")
def test_every_page_and_its_error_state_is_accessible(browser_page: Page) -> None:
    receipt = walk(browser_page, assert_accessible)
    come_back(browser_page, "K7QF")
    expect(browser_page.get_by_role("link", name="Look at it again")).to_be_visible()
    assert_accessible(browser_page)
    come_back(browser_page, receipt)
    assert_accessible(browser_page)
    press(browser_page, "Send")
    expect(browser_page.locator(".ed-errors")).to_be_focused()
    assert_accessible(browser_page)
    keep_away(browser_page, assert_accessible)
    press(browser_page, "Take it back")
    assert_accessible(browser_page)
    press(browser_page, "Take it back")
    assert_accessible(browser_page)
    browser_page.goto("/speak/safety/")
    assert_accessible(browser_page)


@pytest.mark.req("INT-1")
def test_no_page_scrolls_sideways_on_the_narrowest_phone_from_either_side(
    browser_page: Page,
) -> None:
    browser_page.set_viewport_size(NARROW)

    def look(page: Page) -> None:
        assert_fits(page)
        page.evaluate("document.documentElement.dir = 'rtl'")
        assert_fits(page)

    receipt = walk(browser_page, look)
    look(browser_page)
    come_back(browser_page, receipt)
    look(browser_page)
    keep_away(browser_page, look)


@pytest.mark.req("INT-1", "INT-2")
def test_a_confidential_report_with_a_file_is_sent_from_a_phone(phone_page: Page) -> None:
    page = phone_page
    page.goto("/speak/")
    press(page, "Report a concern")
    page.get_by_label("What happened?").fill("Her nephew answers every question for her.")
    press(page, "Continue")
    choose(page, "Something else")
    press(page, "Continue")
    press(page, "Continue")
    choose(page, "No, not now")
    press(page, "Continue")
    press(page, "Continue")
    choose(page, "Confidential")
    press(page, "Continue")
    page.get_by_label("Your name").fill("Rita Reporter")
    # the Enter key goes on, not back
    with page.expect_navigation():
        page.get_by_label("Your name").press("Enter")
    page.get_by_label("Choose a file").set_input_files(
        {"name": "letter.pdf", "mimeType": "application/pdf", "buffer": PDF}
    )
    press(page, "Add this file")
    expect(page.get_by_role("button", name="Remove letter.pdf")).to_be_visible()
    press(page, "Continue")
    assert_accessible(page)
    assert_fits(page)
    press(page, "Send it to the ethics office")
    receipt = receipt_of(page)
    assert_accessible(page)
    page.get_by_role("button", name="Copy").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert_nothing_is_remembered(page)
    come_back(page, receipt)
    expect(page.get_by_text("letter.pdf")).to_be_visible()
    assert_fits(page)


@pytest.mark.req("INT-1", "INT-3", "INT-4")
def test_an_exception_is_saved_taken_up_again_sent_and_written_to(browser_page: Page) -> None:
    page = browser_page
    page.goto("/speak/")
    press(page, "Request an exception")
    page.get_by_label("Which rule would you bend?").fill("The late fee.")
    page.get_by_label("Whom would it harm, and how?").fill("He lost his job.")
    press(page, "Continue")
    choose(page, "Something else")
    press(page, "Save and finish later")
    receipt = receipt_of(page)
    assert_accessible(page)
    come_back(page, receipt.lower())
    expect(page.get_by_label("Something else")).to_be_checked()
    press(page, "Back")
    expect(page.get_by_label("Which rule would you bend?")).to_have_value("The late fee.")
    press(page, "Continue")
    press(page, "Continue")
    press(page, "Continue")
    choose(page, "No, not now")
    press(page, "Continue")
    press(page, "Continue")
    choose(page, "Named")
    press(page, "Continue")
    page.get_by_label("Your name").fill("Rita Reporter")
    page.get_by_label("An e-mail address").fill("rita@example.org")
    press(page, "Continue")
    press(page, "Continue")
    with page.expect_navigation():
        page.get_by_role("button", name=re.compile("Change.*How do you want to be known")).click()
    choose(page, "Named")
    press(page, "Continue")
    press(page, "Send it to the ethics office")
    assert receipt_of(page) == receipt
    come_back(page, receipt)
    page.get_by_label("Your message").fill("He paid for nine years.")
    press(page, "Send")
    expect(page.get_by_text("Your message was sent.")).to_be_visible()
    expect(page.get_by_role("article").last).to_contain_text("He paid for nine years.")
    assert_nothing_is_remembered(page)


def test_escape_twice_leaves_at_once_and_one_press_loses_nothing(browser_page: Page) -> None:
    def answer(route: Route) -> None:
        route.fulfill(body="<title>Elsewhere</title>", content_type="text/html")

    browser_page.route(f"{LEAVE}**", answer)
    browser_page.goto("/speak/")
    press(browser_page, "Ask for guidance")
    here = browser_page.url
    browser_page.keyboard.press("Escape")
    says = browser_page.get_by_text("Press Esc again to leave")
    expect(says).to_be_visible()
    # a slip is over after a moment, and the next press is a first one again
    expect(says).to_be_hidden()
    browser_page.keyboard.press("Escape")
    expect(says).to_be_visible()
    assert browser_page.url == here
    browser_page.keyboard.press("Escape")
    browser_page.wait_for_url(f"{LEAVE}**")


@pytest.mark.req("SEC-4")
def test_waiting_and_changing_a_receipt_are_accessible_and_fit(
    browser_page: Page, phone_page: Page, house: House
) -> None:
    code = issued(house)
    for page in (browser_page, phone_page):
        come_back(page, code)
        expect(page.get_by_role("heading", level=1)).to_have_text(
            "Take a receipt that is yours alone."
        )
        assert_accessible(page)
        assert_fits(page)
        press(page, "Use the new receipt")
        assert page.title().startswith("Error: ")
        assert_accessible(page)
        with exhausted(house, "step"):
            press(page, "Not now")
        expect(page.get_by_role("heading", level=1)).to_have_text("Many people are writing now.")
        assert_accessible(page)
        assert_fits(page)
        press(page, "Go on")
        expect(page.get_by_role("heading", level=1)).to_have_text("It waits for a first reply")


def issued(house: House) -> str:
    """File a concern as a program does, and return its receipt."""
    token = json.loads((house.state / "personas.json").read_text())["api"]["token"]
    body = {
        "kind": "report",
        "category": "other",
        "channel": "phone",
        "reporter": {"mode": "anonymous"},
        "narrative": "The caller was told to sign for a visit that never took place.",
    }
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    with closing(HTTPConnection("127.0.0.1", house.port, timeout=30)) as line:
        line.request("POST", "/api/v1/concerns/", json.dumps(body), headers)
        code: str = json.load(line.getresponse())["receipt"]
    return code


@contextmanager
def exhausted(house: House, act: str) -> Iterator[None]:
    """Leave nothing of a budget of everybody, until the end."""
    running = json.loads((house.state / "running.json").read_text())
    with Redis.from_url(running["addresses"][3]) as memory:
        later = time.time() + 3000
        memory.hset(f"door:all:{act}", mapping={"left": 0, "at": f"{later:.3f}"})
        try:
            yield
        finally:
            memory.delete(f"door:all:{act}")
