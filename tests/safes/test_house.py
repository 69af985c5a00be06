"""Keys in a running house: rotated under load, approved and looked after in a browser."""

import json
import re
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest
from playwright.sync_api import Page, expect

from bench.clients import Client
from tests.house import House, assert_accessible, enter

pytestmark = [pytest.mark.browser, pytest.mark.req("SEC-1")]
READERS = 3
CLOSED = "Sealed: "
WORDS = "four words of length"


def press(page: Page, name: str) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name=name, exact=True).click()


def test_nobody_meets_what_they_cannot_open_while_keys_are_rotated(house: House) -> None:
    officer = house.personas("officer")[0]

    with closing(Client(house.port)) as first:
        first.sign_in(officer["username"], officer["password"], officer["totp_secret"])
        cookies = json.loads(first.cookies)

    @contextmanager
    def reader() -> Iterator[Client]:
        with closing(Client(house.port)) as client:
            client._cookies.update(cookies)
            yield client

    with reader() as client:
        status, page = client.ask("/desk/")
    closed = page.decode().count(CLOSED)
    assert status == 200
    failures: list[str] = []
    pages = 0
    over = threading.Event()

    def read() -> None:
        nonlocal pages
        with reader() as client:
            while not over.is_set():
                status, page = client.ask("/desk/")
                pages += 1
                if status != 200 or page.decode().count(CLOSED) != closed:
                    failures.append(f"{status}, {page.decode().count(CLOSED)} closed, not {closed}")

    threads = [threading.Thread(target=read) for _ in range(READERS)]
    for thread in threads:
        thread.start()
    try:
        said = house.manage("keys", "rotate", "master")
        signed = house.manage("keys", "rotate", "signing")
    finally:
        over.set()
        for thread in threads:
            thread.join()
    assert failures == []
    assert pages > READERS
    moved = re.search(r"(\d+) outer keys and (\d+) keys of people moved under master-2", said)
    assert moved
    assert int(moved[1]) > 60
    assert int(moved[2]) > 10
    assert "attestations were signed again" in signed
    # the same opens as before, and what is filed now lies under the newer key
    with reader() as client:
        status, page = client.ask("/desk/")
    assert (status, page.decode().count(CLOSED)) == (200, closed)
    told = house.manage("keys", "status")
    assert "master-2.key wraps" in told
    assert "lie under master.key" not in told


def test_a_key_is_approved_in_the_browser(house: House, browser_page: Page) -> None:
    enter(browser_page, house, "head")
    browser_page.goto("/setup/keys/")
    assert_accessible(browser_page)
    waiting = browser_page.get_by_role("button", name="Approve the key of Chiara Bellini")
    with browser_page.expect_navigation():
        waiting.click()
    expect(browser_page.get_by_text("You approved the key of Chiara Bellini.")).to_be_visible()
    assert_accessible(browser_page)


def test_one_looks_after_ones_key_on_a_phone(house: House, phone_page: Page) -> None:
    """The same person as nobody else in the tests of the house signs in as."""
    auditor = enter(phone_page, house, "auditor")
    phone_page.goto("/vault/")
    assert_accessible(phone_page)
    phone_page.get_by_role("link", name="Make a recovery code").click()
    phone_page.get_by_label("Your sign-in password").fill(auditor["password"])
    press(phone_page, "Make the code")
    assert_accessible(phone_page)
    groups = phone_page.locator("#receipt-code span").all_inner_texts()
    assert len(groups) == 7
    phone_page.goto("/vault/recover/")
    phone_page.get_by_label("Recovery code").fill(" ".join(groups[::-1]))
    phone_page.get_by_label("New vault passphrase").fill("short")
    phone_page.get_by_label("The same again").fill("other")
    press(phone_page, "Open my key")
    assert phone_page.title().startswith("Error: ")
    assert_accessible(phone_page)
    for path in ("/vault/passphrase/", "/vault/replace/", "/unlock/"):
        phone_page.goto(path)
        assert_accessible(phone_page)
