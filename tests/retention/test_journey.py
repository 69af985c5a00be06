"""Retention in a real browser: a hold, a proposal and its approval, and what is said when wrong."""

import pytest
from playwright.sync_api import Page, expect

from tests.desk.test_journey import press, wrong_first
from tests.house import House, assert_accessible, enter

pytestmark = [pytest.mark.browser, pytest.mark.req("SEC-5")]


def pick(page: Page, heading: str) -> str:
    """Pick the first of a list that can be picked; return its reference."""
    row = page.get_by_role("list", name=heading).locator(
        "li.ed-row", has=page.get_by_role("checkbox")
    )
    row.first.get_by_role("checkbox").check()
    return row.first.locator(".ed-ref").inner_text()


def test_one_proposes_and_another_approves(browser_page: Page, house: House) -> None:
    page = browser_page
    enter(page, house, "head")
    page.get_by_role("link", name="Disposal").first.click()
    expect(page.get_by_role("heading", name="Disposal")).to_be_visible()
    assert_accessible(page)
    press(page, "Propose to erase those that are picked")
    expect(page.get_by_text("Nothing is picked, so nothing was proposed.")).to_be_visible()
    assert_accessible(page)
    ref = pick(page, "Due")
    press(page, "Propose to erase those that are picked")
    expect(page.get_by_text(f"To erase {ref} is proposed. Another person decides.")).to_be_visible()
    press(page, "Sign out")

    enter(page, house, "independent")
    page.goto("/desk/disposal/")
    assert_accessible(page)
    picked = pick(page, "Waits for a second person")
    press(page, "Refuse: keep those that are picked")
    expect(page.get_by_text("Say why. Nothing was changed.")).to_be_visible()
    assert_accessible(page)
    press(page, "Approve: erase those that are picked")
    expect(page.get_by_text(f"{picked} can be stopped until")).to_be_visible()
    wrong_first(page, "Stop those that are picked", "Say why. Nothing was stopped.")
    pick(page, "Can still be stopped")
    page.get_by_label("Why they are not to be erased").fill("A question came up.")
    press(page, "Stop those that are picked")
    expect(page.get_by_text("stays.")).to_be_visible()
    assert_accessible(page)


def test_a_hold_is_placed_on_a_phone(phone_page: Page, house: House) -> None:
    page = phone_page
    enter(page, house, "head")
    page.goto("/desk/disposal/")
    page.get_by_role("list", name="Due").locator("a.ed-row__title").first.click()
    page.wait_for_url("**/desk/disposal/of/*/")
    assert_accessible(page)
    wrong_first(page, "Place the hold", "Choose why it has to be kept.")
    page.get_by_text("An authority investigates", exact=True).click()
    page.get_by_label("In your words").fill("The labour inspectorate asked for it.")
    press(page, "Place the hold")
    expect(
        page.get_by_text("Nothing erases it until another person lifts the hold.")
    ).to_be_visible()
    expect(page.get_by_text("Lift this hold")).to_have_count(0)
    assert_accessible(page)


def test_times_are_set_and_confirmed(browser_page: Page, house: House) -> None:
    page = browser_page
    enter(page, house, "administrator")
    page.get_by_role("link", name="Retention").first.click()
    page.wait_for_url("**/setup/retention/")
    assert_accessible(page)
    wrong_first(page, "Set this time", "Write for how many months.")
    page.get_by_label("How it ended").select_option("Not substantiated")
    page.get_by_label("Months after its end").fill("3")
    page.get_by_label("The law or the reason").fill("Less is enough")
    press(page, "Set this time")
    expect(page.get_by_text("another person has to confirm it")).to_be_visible()
    press(page, "Sign out")
    enter(page, house, "head")
    page.goto("/setup/retention/")
    assert_accessible(page)
    waiting = page.get_by_role("form", name="Decide: Not substantiated")
    with page.expect_navigation():
        waiting.get_by_role("button", name="Leave it as it is").click()
    expect(page.get_by_text("Refused. It stays as it was.")).to_be_visible()
