"""Reading a policy in a real browser, from the keyboard; and asking people to, with a slip."""

import pytest
from playwright.sync_api import Page, expect

from tests.desk.test_journey import press
from tests.house import House, assert_accessible, enter

pytestmark = [pytest.mark.browser, pytest.mark.req("POL-4")]


def test_somebody_reads_what_they_are_asked_to_and_the_owner_asks_about_another(
    browser_page: Page, house: House
) -> None:
    page = browser_page
    enter(page, house, "staff")
    page.goto("/staff/")
    page.get_by_role("link", name="See which, and by when").press("Enter")
    page.wait_for_url("**/staff/acknowledgements/")
    assert_accessible(page)
    page.get_by_role("link", name="Gifts").press("Enter")
    page.wait_for_url("**/staff/acknowledgements/*/")
    assert_accessible(page)
    press(page, "I have read it")
    expect(page.get_by_text("Thank you. You have acknowledged Gifts")).to_be_visible()
    press(page, "Sign out")

    enter(page, house, "policy_owner")
    page.goto("/staff/policies/gifts/readers/")
    # whoever joined meanwhile was asked as well
    expect(page.get_by_role("row", name="Everybody who was asked")).to_be_visible()
    assert_accessible(page)
    page.goto("/staff/policies/privacy/readers/")
    page.get_by_label("Time to read it").fill("0")
    press(page, "Ask them")
    expect(page.get_by_text("Give people at least 1.").first).to_be_visible()
    assert_accessible(page)
    press(page, "Sign out")
