"""Signing in at the running house: passkeys of a virtual device, every page through axe."""

import json
from collections.abc import Iterator
from urllib.parse import parse_qs

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, expect

from bench.clients import next_code
from tests.house import House, assert_accessible, enter, screenshot

pytestmark = [pytest.mark.browser, pytest.mark.req("SEC-3")]

DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def press(page: Page, name: str) -> None:
    """Press a button that leads to a page, and wait until that page is there."""
    with page.expect_navigation():
        page.get_by_role("button", name=name, exact=True).click()


def password(page: Page, person: dict[str, str]) -> None:
    page.goto("/sign-in/")
    page.get_by_label("User name").fill(person["username"])
    page.get_by_label("Password", exact=True).fill(person["password"])
    press(page, "Sign in")


@pytest.fixture
def context(chromium: Browser, house: House) -> Iterator[BrowserContext]:
    """Give a browser at localhost: passkeys know no addresses that are numbers."""
    context = chromium.new_context(base_url=f"http://localhost:{house.port}/", locale="en-GB")
    yield context
    context.close()


def with_device(context: BrowserContext) -> Page:
    """Return a page whose browser has a device that holds passkeys."""
    page = context.new_page()
    line = context.new_cdp_session(page)
    line.send("WebAuthn.enable")
    line.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    return page


def test_a_passkey_is_added_signs_in_and_cannot_be_replayed(
    context: BrowserContext, house: House, chromium: Browser
) -> None:
    page = with_device(context)
    person = enter(page, house, "administrator")
    page.goto("/account/passkey/")
    assert_accessible(page)
    page.get_by_label("Name").fill("Work laptop")
    press(page, "Add this passkey")
    expect(page.get_by_text("“Work laptop”")).to_be_visible()
    assert_accessible(page)
    screenshot(page, "account")
    page.locator(".ed-rail__foot").first.get_by_role("button", name="Sign out").click()

    sent: list[str] = []

    def note(request: Request) -> None:
        if request.method == "POST" and request.url.endswith("/sign-in/code/"):
            sent.append(request.post_data or "")

    page.on("request", note)
    password(page, person)
    assert_accessible(page)
    press(page, "Use a passkey")
    expect(page.get_by_role("heading", name="Health")).to_be_visible()
    answer = parse_qs(sent[0])["credential"][0]
    assert json.loads(answer)["response"]["signature"]

    # the same answer in the browser of a thief who knows the password
    thief = chromium.new_context(base_url=context.pages[0].url.split("/setup")[0])
    elsewhere = thief.new_page()
    password(elsewhere, person)
    elsewhere.locator("[name=credential]").evaluate("(one, text) => (one.value = text)", answer)
    press(elsewhere, "Go on")
    expect(elsewhere.get_by_role("link", name="This passkey is not one of yours.")).to_be_visible()
    assert_accessible(elsewhere)
    thief.close()


def test_a_device_without_a_passkey_says_so_and_a_code_still_works(
    context: BrowserContext, house: House
) -> None:
    page = with_device(context)
    person = house.personas("custodian")[0]
    enter(page, house, "custodian")
    page.goto("/account/passkey/")
    page.get_by_label("Name").fill("Key")
    press(page, "Add this passkey")
    page.locator(".ed-rail__foot").first.get_by_role("button", name="Sign out").click()
    other = context.new_page()
    line = context.new_cdp_session(other)
    line.send("WebAuthn.enable")
    line.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    password(other, person)
    other.get_by_role("button", name="Use a passkey").click()
    expect(other.get_by_text("That did not work.")).to_be_visible()
    other.get_by_label("Code", exact=True).fill(next_code(person["totp_secret"]))
    press(other, "Go on")
    expect(other.get_by_role("heading", level=1)).to_have_text("Identities")


def test_signing_in_and_changing_a_password_work_without_scripts(
    plain_page: Page, house: House
) -> None:
    person = house.personas("auditor")[0]
    password(plain_page, person)
    plain_page.get_by_label("Code", exact=True).fill("000000")
    press(plain_page, "Go on")
    expect(plain_page.get_by_role("link", name="This code does not fit")).to_be_visible()
    plain_page.get_by_label("Code", exact=True).fill(next_code(person["totp_secret"]))
    press(plain_page, "Go on")
    plain_page.goto("/account/password/")
    plain_page.get_by_label("Your password now").fill("wrong")
    plain_page.get_by_label("New password").fill("passwordpassword")
    press(plain_page, "Change it")
    expect(plain_page.get_by_role("link", name="among the first")).to_be_visible()


def test_people_are_invited_on_pages_that_fit_a_phone(phone_page: Page, house: House) -> None:
    enter(phone_page, house, "administrator")
    for path in ("/setup/people/", "/account/", "/account/password/"):
        phone_page.goto(path)
        assert_accessible(phone_page)
        assert phone_page.evaluate("document.documentElement.scrollWidth") <= 390
    phone_page.goto("/setup/people/invite/")
    phone_page.get_by_label("Name", exact=True).fill("Iris Novak")
    phone_page.get_by_label("User name").fill(house.personas("officer")[0]["username"])
    phone_page.get_by_label("E-mail address").fill("iris@northmoor.example")
    press(phone_page, "Send the invitation")
    expect(phone_page.get_by_role("link", name="This user name is taken.")).to_be_visible()
    assert_accessible(phone_page)
    phone_page.get_by_label("User name").fill("iris.novak")
    phone_page.get_by_text("Ethics officer", exact=True).click()
    press(phone_page, "Send the invitation")
    expect(phone_page.get_by_text("A change waits for a second person")).to_be_visible()
    assert_accessible(phone_page)
