"""A page that is open changes when time runs out, and what is typed on it stays."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.house import House, assert_accessible, enter

pytestmark = [pytest.mark.browser, pytest.mark.req("ESC-3")]

FILE = """
from cases import actions
from cases.lifecycle import Kind, Mode
from cases.models import Category
from common import clock
from safes.rules import Receipt
filing = actions.Filing(
    kind=Kind.REPORT, category=Category.objects.order_by("position").first(),
    mode=Mode.ANONYMOUS, narrative="The crane is used without its log.",
)
print(actions.file_concern(receipt=Receipt.new(), filing=filing, now=clock.now()).ref)
"""
RUN_OUT = """
from datetime import timedelta
from cases.models import Concern
from common import clock
from escalation.models import Clock
now = clock.now() - timedelta(seconds=1)
one = Clock.objects.get(subject_id=Concern.objects.get(ref="{ref}").pk, kind="triage")
later = [now + timedelta(days=9)] * (len(one.times) - 1)
Clock.objects.filter(pk=one.pk).update(due_at=now, next_at=now, times=[now, *later])
"""


def look_again(page: Page) -> None:
    """Let the page ask at once, as it does when somebody comes back to it."""
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


def test_an_escalation_changes_the_page_and_leaves_what_is_typed(
    browser_page: Page, house: House
) -> None:
    page = browser_page
    ref = house.manage("shell", "-c", FILE, process="owner").split()[-1]
    enter(page, house, "officer")
    page.goto(f"/desk/concerns/{ref}/")
    clocks = page.get_by_role("region", name="Clocks")
    triage = clocks.get_by_role("listitem").filter(has_text="Triage").locator(".ed-clock")
    expect(triage).not_to_have_class(re.compile("ed-clock--over"))
    message = page.get_by_label("Message to the reporter", exact=True)
    message.fill("We have read it, and")
    scrolled = page.evaluate("scrollY")
    house.manage("shell", "-c", RUN_OUT.format(ref=ref), process="owner")
    house.manage("sweep")
    look_again(page)
    said = page.locator(".ed-live")
    expect(said).to_contain_text("to triage \u2013 time ran out")
    expect(triage).to_have_class(re.compile("ed-clock--over"))
    expect(triage).to_contain_text("over")
    expect(message).to_have_value("We have read it, and")
    expect(message).to_be_focused()
    assert page.evaluate("scrollY") == scrolled
    assert_accessible(page)

    # the session ends elsewhere: it is said, and what is typed stays
    page.context.clear_cookies()
    look_again(page)
    expect(said).to_contain_text("You are signed out")
    expect(message).to_have_value("We have read it, and")
    page.get_by_label("Message to the reporter", exact=True).fill("")
