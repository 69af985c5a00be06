"""A path in a real browser, from the keyboard: drawn, refused with a sentence, tried, proposed."""

import pytest
from playwright.sync_api import Page, expect

from tests.desk.test_journey import press
from tests.house import House, assert_accessible, enter

pytestmark = [pytest.mark.browser, pytest.mark.req("ESC-1")]


def test_an_administrator_draws_a_path_and_the_head_publishes_one(
    browser_page: Page, house: House
) -> None:
    page = browser_page
    enter(page, house, "administrator")
    page.get_by_role("link", name="Paths").first.click()
    page.wait_for_url("**/setup/paths/")
    assert_accessible(page)
    page.get_by_label("Name").fill("Donations")
    page.get_by_label("Code").fill("donations")
    page.keyboard.press("Enter")
    page.wait_for_url("**/setup/paths/donations/")
    press(page, "Propose version 1")
    expect(page.get_by_text("There is no rung yet.").first).to_be_visible()
    assert_accessible(page)
    page.get_by_label("Do", exact=True).select_option("hand over to")
    press(page, "Add this rung")
    expect(page.get_by_text("Choose whom it reaches.").first).to_be_visible()
    assert_accessible(page)
    page.get_by_label("Whom", exact=True).select_option("Independent person")
    press(page, "Add this rung")
    page.get_by_role("link", name="1. Hand over to the independent person").click()
    expect(page.get_by_role("heading", name="Rung 1", exact=True)).to_be_visible()
    assert_accessible(page)
    press(page, "Show the dates")
    press(page, "Propose version 1")
    expect(page.get_by_text("the head of the office publishes it").first).to_be_visible()
    press(page, "Sign out")

    enter(page, house, "head")
    page.goto("/setup/paths/donations/")
    assert_accessible(page)
    press(page, "Publish version 1")
    expect(page.get_by_text("Version 1 is published.")).to_be_visible()
    expect(page.get_by_text("In force", exact=True)).to_be_visible()
