"""Insight in the running house: a real browser, a real worker, progress that is seen."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.house import House, assert_accessible, enter, screenshot

pytestmark = pytest.mark.browser
SECONDS_20, SECONDS_40 = 20_000, 40_000


def test_leadership_reads_the_dashboard(browser_page: Page, house: House) -> None:
    enter(browser_page, house, "leadership")
    browser_page.goto("/insight/")
    expect(browser_page.get_by_role("heading", name="Dashboard")).to_be_visible()
    expect(browser_page.locator(".ed-figure")).to_have_count(6)
    expect(browser_page.get_by_text("Counts below 11 are not shown")).to_be_visible()
    assert_accessible(browser_page)
    screenshot(browser_page, "insight-dashboard")
    browser_page.get_by_role("link", name="Quarter", exact=True).click()
    expect(browser_page.get_by_role("heading", name="Dashboard")).to_be_visible()
    assert_accessible(browser_page)
    browser_page.goto("/insight/?period=2999-01")
    expect(browser_page.get_by_text("are released on 3 March 2999")).to_be_visible()
    assert_accessible(browser_page)


def test_the_dashboard_fits_a_phone(phone_page: Page, house: House) -> None:
    enter(phone_page, house, "leadership")
    for path in ("/insight/", "/insight/reports/", "/insight/ledger/"):
        phone_page.goto(path)
        assert not phone_page.evaluate("document.documentElement.scrollWidth > innerWidth")
        # a chart is drawn for the room there is, and not cut
        cut = (
            "[...document.querySelectorAll('.ed-chart .ed-scroll')].filter(one => one.clientWidth)"
        )
        assert not phone_page.evaluate(f"{cut}.some(one => one.scrollWidth > one.clientWidth)")
        assert_accessible(phone_page)
        screenshot(phone_page, f"phone{path.replace('/', '-')}")


@pytest.mark.req("AUD-4")
def test_a_report_shows_its_progress_and_then_its_files(browser_page: Page, house: House) -> None:
    enter(browser_page, house, "leadership")
    browser_page.goto("/insight/reports/")
    assert_accessible(browser_page)
    browser_page.get_by_label("Period").select_option(index=1)
    browser_page.get_by_role("button", name="Produce the report").click()
    expect(browser_page.locator("progress").first).to_be_visible()
    assert_accessible(browser_page)
    expect(browser_page.locator("progress")).to_have_count(0, timeout=SECONDS_20)
    assert_accessible(browser_page)
    with browser_page.expect_download() as download:
        browser_page.get_by_role("link", name="PDF").first.click()
    assert download.value.path().read_bytes().startswith(b"%PDF-")
    screenshot(browser_page, "insight-reports")


@pytest.mark.req("AUD-1")
def test_an_auditor_sees_that_the_ledger_is_whole(browser_page: Page, house: House) -> None:
    enter(browser_page, house, "auditor")
    browser_page.goto("/insight/ledger/")
    verify = browser_page.get_by_role("button", name="Verify now")
    if verify.count():
        verify.click()
        assert_accessible(browser_page)
    whole = browser_page.get_by_text("Yes, the ledger is whole")
    expect(whole).to_be_visible(timeout=SECONDS_40)
    browser_page.get_by_label("What happened").select_option("case_closed")
    browser_page.get_by_role("button", name="Search").click()
    expect(browser_page.locator("tbody tr").first).to_contain_text("closed a case")
    assert_accessible(browser_page)
    browser_page.goto("/insight/ledger/?subject=case:none")
    expect(browser_page.get_by_text("No entry fits")).to_be_visible()
    assert_accessible(browser_page)
    browser_page.goto("/insight/ledger/?verb=stolen")
    expect(browser_page.locator(".ed-errors")).to_be_visible()
    assert_accessible(browser_page)
    screenshot(browser_page, "insight-ledger")


@pytest.mark.req("AUD-4")
def test_without_javascript_a_report_is_asked_for_and_one_looks_again(
    plain_page: Page, house: House
) -> None:
    enter(plain_page, house, "head")
    plain_page.goto("/insight/reports/")
    plain_page.get_by_label("Period").select_option("2026-Q1")
    plain_page.get_by_role("button", name="Produce the report").click()
    again = plain_page.get_by_role("link", name="Look again")
    for _ in range(40):
        # a page that is still coming shows nothing yet
        plain_page.wait_for_load_state()
        if not again.count():
            break
        plain_page.wait_for_timeout(1000)
        with plain_page.expect_navigation():
            again.click()
    expect(plain_page.get_by_role("heading", name="Q1 2026")).to_be_visible()
    expect(plain_page.get_by_role("link", name=re.compile("JSON.*Q1 2026"))).to_be_visible()
