"""What the other tests stand on: real privileges, real pages, and failures that are seen."""

import pytest
from django.db import ProgrammingError, connections
from playwright.sync_api import Browser, Page

from ethicsdesk.machine.house import PROCESSES
from tests.conftest import BecomeProcess
from tests.house import House, Watch, assert_accessible


def who(alias: str) -> str:
    with connections[alias].cursor() as cursor:
        cursor.execute("SELECT current_user")
        name: str = cursor.fetchone()[0]
    return name


@pytest.mark.django_db
@pytest.mark.parametrize("alias", ["default", "keystore"])
def test_a_test_begins_as_the_web_process_and_may_become_another(
    process: BecomeProcess, alias: str
) -> None:
    assert who(alias) == "ed_web"
    for name in ("worker", "cleaner", "watchdog", "speak", "owner"):
        with process(name):
            assert who(alias) == PROCESSES[name]
    assert who(alias) == "ed_web"


@pytest.mark.django_db
def test_a_refusal_as_another_process_leaves_the_test_usable(process: BecomeProcess) -> None:
    with process("speak"), pytest.raises(ProgrammingError, match="permission denied"):
        connections["default"].cursor().execute("CREATE TABLE theirs (id int)")
    assert who("default") == "ed_web"
    with pytest.raises(ProgrammingError, match="permission denied"), process("speak"):
        connections["default"].cursor().execute("CREATE TABLE theirs (id int)")
    assert who("default") == "ed_web"


@pytest.mark.django_db
def test_a_test_has_no_power_over_the_server() -> None:
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "SELECT bool_or(rolsuper OR rolbypassrls OR rolcreaterole) FROM pg_roles"
            " WHERE rolname IN (session_user, current_user)"
        )
        assert cursor.fetchone() == (False,)


def test_a_page_with_a_barrier_fails(chromium: Browser) -> None:
    page = chromium.new_page()
    page.set_content("<html lang=en><title>A picture</title><main><img src='data:,'></main>")
    with pytest.raises(AssertionError, match="image-alt"):
        assert_accessible(page)
    page.context.close()


def test_a_page_that_complains_is_noticed(chromium: Browser) -> None:
    page = chromium.new_page()
    watch = Watch(page)
    page.set_content("<script>console.error('first'); throw new Error('second')</script>")
    page.wait_for_timeout(100)
    page.context.close()
    assert "first" in watch.complaints[0]
    assert "second" in watch.complaints[1]


@pytest.mark.browser
def test_the_first_page_is_the_same_for_everybody(
    browser_page: Page, phone_page: Page, plain_page: Page
) -> None:
    headings = set()
    for page in (browser_page, phone_page, plain_page):
        answer = page.goto("/")
        assert answer
        assert answer.ok
        headings.add(page.get_by_role("heading", level=1).inner_text())
    assert_accessible(browser_page)
    assert_accessible(phone_page)
    assert len(headings) == 1


@pytest.mark.browser
def test_a_page_that_is_missing_on_purpose_is_no_complaint(
    browser_page: Page, house: House
) -> None:
    answer = browser_page.goto("/there-is-no-such-page/")
    assert answer
    assert answer.status == 404
