"""The desk in a real browser: from the queue to the end, by mouse and from the keyboard."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.house import House, assert_accessible, enter

pytestmark = pytest.mark.browser


def press(page: Page, name: str) -> None:
    """Press a button that leads to a page, and wait until that page is there."""
    with page.expect_navigation():
        page.get_by_role("button", name=name, exact=True).click()


@pytest.fixture
def desk(browser_page: Page, house: House) -> Page:
    """Give the desk of an ethics officer, on the queue."""
    enter(browser_page, house, "officer")
    browser_page.goto("/desk/")
    expect(browser_page.get_by_role("heading", name="Queue")).to_be_visible()
    return browser_page


def wrong_first(page: Page, button: str, message: str) -> None:
    """Send a form with a gap: the error stands first, in focus, and the page stays accessible."""
    press(page, button)
    expect(page.get_by_role("link", name=message)).to_be_visible()
    assert page.title().startswith("Error: ")
    assert page.evaluate("document.activeElement.id") == "problems"
    assert_accessible(page)


@pytest.mark.req("TRI-6")
def test_whether_it_is_about_somebody_is_asked_once_more(desk: Page) -> None:
    with desk.expect_navigation():
        desk.get_by_role("link", name=re.compile("Client wants the inspection report")).click()
    desk.get_by_label("Message to the reporter", exact=True).fill("Was it in writing?")
    ask = desk.get_by_role("button", name=re.compile("It is about them.*Samuel Adeyemi"))
    with desk.expect_navigation():
        ask.click()
    expect(desk.get_by_role("heading", name="Is it about Samuel Adeyemi?")).to_be_visible()
    assert_accessible(desk)
    press(desk, "Go back, name nobody")
    message = desk.get_by_label("Message to the reporter", exact=True)
    expect(message).to_have_value("Was it in writing?")
    message.fill("")
    with desk.expect_navigation():
        ask.click()
    press(desk, "Go back, name nobody")
    assert "/subject/" not in desk.url


def there_and_back(desk: Page) -> None:
    """Take an investigation on to its evidence, and back to its planning for a reason."""
    desk.wait_for_url("**/desk/cases/*/")
    assert_accessible(desk)
    note = desk.get_by_label("Text", exact=True)
    note.fill("He began to say")
    # Enter in a field presses none of the buttons of a page that has several acts
    desk.get_by_role("radio", name="Observation").press("Enter")
    press(desk, "Go on to the evidence")
    expect(desk.get_by_text("The plan stands. What counts now is the evidence.")).to_be_visible()
    expect(note).to_have_value("He began to say")
    assert_accessible(desk)
    note.fill("")
    # loading it again acts no second time
    assert "/phase/" not in desk.url
    desk.reload()
    expect(desk.get_by_text("The plan stands.")).to_have_count(0)
    expect(desk.get_by_text("Somebody moved it meanwhile")).to_have_count(0)
    desk.locator("summary", has_text="Go back to planning").click()
    desk.get_by_label("In your words").fill("A second site is named.")
    wrong_first(desk, "Go back to planning", "Choose why. Nothing was changed.")
    desk.get_by_text("What is looked into changes").click()
    press(desk, "Go back to planning")
    expect(desk.get_by_text("A second site is named.")).to_be_visible()
    assert_accessible(desk)


@pytest.mark.req("TRI-1", "TRI-2", "CAS-1", "INT-4")
def test_a_concern_is_worked_from_the_queue_to_its_end(desk: Page) -> None:
    assert_accessible(desk)
    row = desk.locator("li.ed-row", has=desk.get_by_role("button", name=re.compile("Take it"))).last
    ref = row.locator(".ed-ref").inner_text()
    with desk.expect_navigation():
        row.get_by_role("button", name=re.compile("Take it")).click()
    expect(desk.get_by_text(f"You look after {ref} now.")).to_be_visible()
    desk.locator("li.ed-row", has_text=ref).locator("a.ed-row__title").click()
    desk.wait_for_url("**/desk/concerns/*/")
    assert_accessible(desk)

    wrong_first(desk, "Send to the reporter", "Write what you want to say. Nothing was sent.")
    desk.get_by_label("Message to the reporter", exact=True).fill("Was it in writing?")
    press(desk, "Send to the reporter")
    expect(desk.get_by_text("Was it in writing?")).to_be_visible()

    desk.get_by_role("link", name="Triage it").click()
    desk.wait_for_url("**/triage/")
    assert_accessible(desk)
    desk.get_by_label("Why you decided so").fill("Nobody is hurt, and it can wait a day.")
    desk.get_by_role("group", name="Is anyone in danger?").get_by_text("No", exact=True).click()
    wrong_first(desk, "Sign and open the case", "Say how likely and how grave it is.")
    expect(desk.get_by_label("Why you decided so")).to_have_value(
        "Nobody is hurt, and it can wait a day."
    )
    desk.get_by_role("radio", name="Possible, moderate: normal").check()
    desk.get_by_role("group", name="How is it worked?").get_by_text(
        "Investigation", exact=True
    ).click()
    press(desk, "Sign and open the case")
    there_and_back(desk)

    wrong_first(desk, "Sign and add", "Write what you want to keep. Nothing was added.")
    desk.get_by_role("radio", name="Observation").check()
    desk.get_by_label("Text", exact=True).fill("The log says Thursday.")
    press(desk, "Sign and add")
    expect(desk.get_by_text("The log says Thursday.")).to_be_visible()
    desk.get_by_role("radio", name="Message to the reporter").check()
    desk.get_by_label("Text", exact=True).fill("We have the log.")
    press(desk, "Sign and add")
    expect(desk.get_by_text("We have the log.")).to_be_visible()

    for section in ("Files", "Access"):
        desk.get_by_role("navigation", name="Sections of the case").get_by_role(
            "link", name=section
        ).click()
        desk.wait_for_load_state()
        assert_accessible(desk)
    desk.get_by_label("Name", exact=True).fill("an")
    press(desk, "Look for the name")
    wrong_first(desk, "Name them and raise the wall", "Choose the person. Nobody was named.")

    somebody_else_is_asked_to_close_it(desk)


def somebody_else_is_asked_to_close_it(desk: Page) -> None:
    desk.get_by_role("link", name="Closing", exact=True).click()
    desk.wait_for_url("**/close/")
    assert_accessible(desk)
    desk.get_by_text("Substantiated", exact=True).click()
    desk.get_by_label("What the reporter reads").fill("The log stays as it was.")
    desk.get_by_text("Nobody looked", exact=True).click()
    desk.get_by_text("There is nothing to learn from it", exact=True).click()
    wrong_first(desk, "Ask to close the case", "Write what the finding rests on.")
    desk.get_by_label("What the finding rests on").fill("The log and two people who were there.")
    press(desk, "Ask to close the case")
    expect(desk.get_by_text("until then the case stays open")).to_be_visible()
    expect(desk.get_by_text("The log and two people who were there.")).to_be_visible()
    assert_accessible(desk)


@pytest.mark.req("TRI-1")
def test_the_same_way_goes_from_the_keyboard_alone(desk: Page) -> None:
    keys = desk.keyboard
    keys.press("j")
    keys.press("j")
    keys.press("k")
    here = desk.locator("li.ed-row.is-here")
    expect(here).to_have_count(1)
    expect(desk.locator("li.ed-row").first).to_have_class(re.compile("is-here"))
    keys.press("x")
    expect(here.get_by_role("checkbox")).to_be_checked()
    keys.press("?")
    expect(desk.get_by_text("these keys")).to_be_visible()
    while not here.get_by_role("button", name=re.compile("Take it")).count():
        keys.press("j")
    ref = here.locator(".ed-ref").inner_text()
    with desk.expect_navigation():
        keys.press("a")
    expect(desk.get_by_text(f"You look after {ref} now.")).to_be_visible()
    while desk.locator("li.ed-row.is-here .ed-ref").all_inner_texts() != [ref]:
        keys.press("j")
    with desk.expect_navigation():
        keys.press("t")

    expect(desk.get_by_label("Category")).to_be_visible()
    desk.get_by_label("Category").focus()
    # past the signs, which are marked where somebody sees one
    keys.press("Tab")
    keys.press("Tab")
    keys.press("ArrowDown")
    # how urgent it is and whether it is investigated is answered by what was filed
    keys.press("Tab")
    keys.press("Tab")
    keys.press("ArrowDown")
    desk.get_by_label("Why you decided so").focus()
    keys.type("It can wait a day.")
    # who leads it, and why if it is not their turn, stand as they are
    keys.press("Tab")
    keys.press("Tab")
    keys.press("Tab")
    with desk.expect_navigation():
        keys.press("Enter")
    expect(desk.get_by_text("It can wait a day.")).to_be_visible()
    desk.get_by_label("Text", exact=True).focus()
    keys.type("I rang.")
    keys.press("Tab")
    with desk.expect_navigation():
        keys.press("Enter")
    expect(desk.get_by_text("I rang.")).to_be_visible()


def test_the_desk_works_without_a_script(plain_page: Page, house: House) -> None:
    enter(plain_page, house, "officer")
    expect(plain_page.get_by_role("heading", name="Today")).to_be_visible()
    plain_page.goto("/desk/")
    row = plain_page.locator("li.ed-row").first
    ref = row.locator(".ed-ref").inner_text()
    row.locator("a.ed-row__title").click()
    expect(plain_page.locator(".ed-ref").first).to_have_text(ref)
    plain_page.goto("/desk/?show=open")
    plain_page.locator("a.ed-row__title").first.click()
    expect(plain_page.get_by_role("heading", name="Timeline")).to_be_visible()


def test_on_a_phone_nothing_scrolls_sideways(phone_page: Page, house: House) -> None:
    enter(phone_page, house, "officer")
    addresses = ["/desk/", "/desk/?show=open", "/desk/?show=closed", "/desk/today/"]
    addresses += ["/desk/due/", "/desk/due/?of=all&show=over", "/account/calendar/"]
    for name in ("concerns", "cases"):
        phone_page.goto("/desk/")
        address = phone_page.locator(f'a.ed-row__title[href*="/{name}/"]').first.get_attribute(
            "href"
        )
        of_a_case = ("", "allegations/", "evidence/", "files/", "access/", "close/")
        sections = ("", "triage/") if name == "concerns" else of_a_case
        addresses += [f"{address}{section}" for section in sections]
    for address in addresses:
        phone_page.goto(address)
        over = phone_page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert over <= 0, address
        assert_accessible(phone_page)


def test_the_staffs_and_the_administrators_pages(browser_page: Page, house: House) -> None:
    enter(browser_page, house, "staff")
    expect(browser_page.get_by_role("heading", name="Policies")).to_be_visible()
    assert_accessible(browser_page)
    browser_page.get_by_role("link", name="Speaking up").click()
    expect(browser_page.get_by_role("heading", name="What it promises")).to_be_visible()
    assert_accessible(browser_page)
    browser_page.goto("/staff/?on=yesterday")
    assert browser_page.title().startswith("Error: ")
    assert_accessible(browser_page)
    press(browser_page, "Sign out")
    assert_accessible(browser_page)
    enter(browser_page, house, "administrator")
    expect(browser_page.get_by_role("heading", name="Health")).to_be_visible()
    assert_accessible(browser_page)
    browser_page.goto("/desk/")
    expect(browser_page.get_by_role("heading", name="This is not yours to do.")).to_be_visible()
