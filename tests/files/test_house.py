"""Files in the running house: by browser, by hand, and while the cleaner is killed."""

import os
import re
import signal
import socket
import time
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from ethicsdesk.machine.processes import survivors
from tests.desk.test_journey import press
from tests.files import made
from tests.house import House, assert_accessible, enter

pytestmark = [pytest.mark.browser, pytest.mark.req("INT-8")]
WORDS = "They want the invoice dated before the visit."
CANARY = b"CANARY-IN-AN-UPLOAD-"
REASON = "The place where it was taken decides the case."


def begin(page: Page, words: str = WORDS) -> None:
    """Answer the questions up to the files."""
    page.goto("/speak/")
    press(page, "Ask for guidance")
    page.get_by_label("What do they want?").fill(words)
    page.get_by_label("What do you fear?").fill("That we lose them.")
    press(page, "Continue")
    page.get_by_text("Something else", exact=True).click()
    press(page, "Continue")
    press(page, "Continue")
    page.get_by_text("No, not now", exact=True).click()
    press(page, "Continue")
    press(page, "Continue")
    page.get_by_text("Anonymous", exact=True).click()
    press(page, "Continue")


def add(page: Page, name: str, content: bytes) -> None:
    page.get_by_label("Choose a file").set_input_files(
        {"name": name, "mimeType": "application/octet-stream", "buffer": content}
    )
    press(page, "Add this file")


def until_cleaned(page: Page) -> None:
    """Look at the page again until nothing on it waits for the cleaner."""
    deadline = time.monotonic() + 60
    while page.get_by_text("It is being cleaned.").count():
        assert time.monotonic() < deadline, "the cleaner did not come"
        time.sleep(0.5)
        press(page, "Back")
        press(page, "Continue")


@pytest.mark.req("INT-3", "SEC-2")
def test_a_photo_is_added_cleaned_read_and_its_original_released(
    plain_page: Page, chromium: Browser, house: House
) -> None:
    page = plain_page
    begin(page, "With a photo they want it dated earlier.")
    add(page, "site.jpg", made.photo())
    expect(page.get_by_text("It is being cleaned.")).to_be_visible()
    until_cleaned(page)
    expect(page.get_by_text("We removed: data after the end")).to_be_visible()
    expect(page.get_by_text("the place")).to_be_visible()
    press(page, "Continue")
    expect(page.get_by_text("We removed: data after the end")).to_be_visible()
    press(page, "Send it to the ethics office")

    desks = []
    for nth in range(2):
        context = chromium.new_context(
            base_url=house.url, viewport=ViewportSize(width=1440, height=900), locale="en-GB"
        )
        desk = context.new_page()
        enter(desk, house, "officer", nth=nth)
        desks.append(desk)
    first, second = desks
    # other tests fill the queue of this house
    first.goto("/desk/search/")
    first.get_by_label("A reference, or words to look for").fill("with a photo they want")
    press(first, "Search")
    first.locator("a.ed-row__title").first.click()
    first.get_by_role("link", name="site.jpg").first.click()
    first.wait_for_url("**/files/1/")
    assert_accessible(first)
    with first.expect_download() as copy:
        first.get_by_role("link", name="Download the clean copy").click()
    assert copy.value.suggested_filename.endswith("-1.jpg")
    assert made.PLANTED.encode() not in Path(copy.value.path()).read_bytes()
    press(first, "Ask for the original")
    expect(first.get_by_role("link", name=re.compile("Say what you need it for"))).to_be_visible()
    assert first.title().startswith("Error: ")
    assert_accessible(first)
    first.get_by_label("What you need the original for").fill(REASON)
    press(first, "Ask for the original")
    second.goto(first.url)
    expect(second.get_by_text(REASON)).to_be_visible()
    assert_accessible(second)
    with second.expect_navigation():
        second.get_by_role("button", name=re.compile("^Release it to")).click()
    first.reload()
    assert_accessible(first)
    with first.expect_download() as original:
        first.get_by_role("link", name="Download the original").click()
    assert Path(original.value.path()).read_bytes() == made.photo()
    for desk in desks:
        desk.context.close()


def test_on_a_phone_a_locked_file_is_told_and_everything_fits(phone_page: Page) -> None:
    begin(phone_page)
    add(phone_page, "a-very-long-name-" * 6 + ".pdf", made.letter(password="1234"))
    until_cleaned(phone_page)
    expect(phone_page.get_by_text("It is locked with a password")).to_be_visible()
    assert_accessible(phone_page)
    over = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert phone_page.evaluate(over) <= 0


# -- on the disk -------------------------------------------------------------------------------


def holding(word: bytes, *folders: Path) -> list[Path]:
    """Return the files below some folders that hold a word."""
    found = []
    for folder in folders:
        for path in folder.rglob("*"):
            try:
                if path.is_file() and not path.is_symlink() and word in path.read_bytes():
                    found.append(path)
            except OSError:
                continue
    return found


@pytest.mark.req("SEC-1")
def test_nothing_of_an_upload_lies_in_plaintext_anywhere(browser_page: Page, house: House) -> None:
    # made here, so that this process does not keep it in a file either
    word = CANARY + os.urandom(8).hex().encode()
    begin(browser_page)
    add(browser_page, word.decode() + ".txt", b"words\n" * 200_000 + word)
    until_cleaned(browser_page)
    servers = (house.state / "servers").resolve()
    assert holding(word, house.state, servers) == []


# -- by hand -----------------------------------------------------------------------------------


def test_ten_gigabytes_are_refused_before_they_are_sent(house: House) -> None:
    boundary = "made-up"
    field = f'--{boundary}\r\nContent-Disposition: form-data; name="go"\r\n\r\nadd\r\n'
    file = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n'
    head = (
        "POST /speak/file/ HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        f"Content-Type: multipart/form-data; boundary={boundary}\r\n"
        f"Content-Length: {10 * 2**30}\r\n\r\n"
    )
    with closing(socket.create_connection(("127.0.0.1", house.port), 30)) as line:
        line.sendall((head + field + file).encode() + b"%PDF-1.7 " + bytes(200_000))
        answer = line.recv(100)
    assert answer.startswith(b"HTTP/1.1 422")


def cleaners(house: House) -> list[int]:
    found = []
    for pid in survivors(house.state):
        try:
            command = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if b"cleaner" in command:
            found.append(pid)
    return found


def test_a_cleaner_that_is_killed_again_and_again_loses_nothing(
    browser_page: Page, house: House
) -> None:
    begin(browser_page)
    for n in range(3):
        add(browser_page, f"{n}.jpg", made.photo())
        for pid in cleaners(house):
            os.kill(pid, signal.SIGKILL)
    until_cleaned(browser_page)
    expect(browser_page.get_by_text("We removed: data after the end")).to_have_count(3)
