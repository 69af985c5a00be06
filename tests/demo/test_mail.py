"""The caught mail of a demonstration: readable, the newest first, and nowhere else."""

import importlib
import time
from pathlib import Path

import pytest
from django.core.mail import EmailMessage
from django.test import Client
from django.urls import Resolver404, clear_url_caches, resolve
from playwright.sync_api import Page
from pytest_django import Settings

from ethicsdesk import demo_views, urls
from people.models import Replay
from tests.house import assert_accessible

WAIT = 60
FILE_BACKEND = "django.core.mail.backends.filebased.EmailBackend"


@pytest.fixture
def folder(settings: Settings, tmp_path: Path) -> Path:
    settings.EMAIL_BACKEND = FILE_BACKEND
    settings.EMAIL_FILE_PATH = tmp_path
    return tmp_path


def send(subject: str, body: str = "Hälló.\n\nCome back: http://127.0.0.1/speak/\n") -> None:
    EmailMessage(subject, body, to=["ruth@northmoor.example"]).send()


def test_mail_is_shown_the_newest_first_and_each_can_be_read(
    db: None, client: Client, folder: Path
) -> None:
    send("First")
    send("Second")
    page = client.get("/demo/mail/").content.decode()
    assert page.index("Second") < page.index("First")
    newest = next(demo_views.caught())
    one = client.get(f"/demo/mail/{newest.key}/").content.decode()
    assert "ruth@northmoor.example" in one
    assert "Hälló." in one
    assert 'href="http://127.0.0.1/speak/"' in one


def test_several_mails_of_one_file_are_told_apart(folder: Path) -> None:
    send("One")
    send("Two")
    files = sorted(folder.glob("*.log"))
    whole = b"".join(file.read_bytes() for file in files)
    for file in files:
        file.unlink()
    (folder / "one.log").write_bytes(whole)
    assert {mail.subject for mail in demo_views.caught()} == {"One", "Two"}


def test_without_mail_the_page_says_what_will_stand_there(
    db: None, client: Client, folder: Path
) -> None:
    assert "No mail yet" in client.get("/demo/mail/").content.decode()


def test_a_mail_that_is_not_there_is_not_found(db: None, client: Client, folder: Path) -> None:
    assert client.get("/demo/mail/nothing/").status_code == 404


def test_what_a_mail_says_is_never_taken_for_markup(db: None, client: Client, folder: Path) -> None:
    send("<b>x</b>", "<script>alert(1)</script>")
    newest = next(demo_views.caught())
    page = client.get(f"/demo/mail/{newest.key}/").content.decode()
    assert "<script>alert" not in page
    assert "<b>x</b>" not in page


def test_the_yardstick_inserts_one_row(db: None, client: Client) -> None:
    assert client.post("/demo/empty-insert/").status_code == 204
    assert Replay.objects.count() == 1
    assert client.get("/demo/empty-insert/").status_code == 405


def test_there_is_no_such_page_outside_a_demonstration(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.DEMO = False
    try:
        importlib.reload(urls)
        clear_url_caches()
        with pytest.raises(Resolver404):
            resolve("/demo/mail/")
    finally:
        settings.DEMO = True
        importlib.reload(urls)
        clear_url_caches()


@pytest.mark.browser
@pytest.mark.parametrize("path", ["demo/mail/"])
def test_the_pages_are_accessible(browser_page: Page, path: str) -> None:
    browser_page.goto(path)
    assert_accessible(browser_page)
    until = time.monotonic() + WAIT
    # in a house that has just begun, a worker has still to write them
    while not browser_page.get_by_role("link", name="EthicsDesk:").count():
        assert time.monotonic() < until, "no mail was caught"
        browser_page.wait_for_timeout(500)
        browser_page.reload()
    browser_page.get_by_role("link", name="EthicsDesk:").first.click()
    assert_accessible(browser_page)
