"""The API of the running house: many at once, and the page that shows it."""

import http.client
import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Page

from tests.api.program import concern
from tests.house import House, assert_accessible, screenshot

TOGETHER = 50


def ask(house: House, method: str, path: str, body: object, **headers: str) -> tuple[int, Any, Any]:
    """Return status, headers and JSON of an answer."""
    with closing(http.client.HTTPConnection("127.0.0.1", house.port, timeout=60)) as line:
        named = {"Content-Type": "application/json"} | {
            name.replace("_", "-"): value for name, value in headers.items()
        }
        line.request(method, f"/api/v1/{path}", json.dumps(body), named)
        answer = line.getresponse()
        return answer.status, answer.headers, json.loads(answer.read())


def token(house: House) -> str:
    personas = json.loads((house.state / "personas.json").read_text())
    found: str = personas["api"]["token"]
    return f"Bearer {found}"


def filed(house: House) -> int:
    """Return how many concerns there are."""
    count = "from cases.models import Concern; print('n =', Concern.objects.count())"
    return int(house.manage("shell", "-c", count).rpartition("n =")[2])


@pytest.mark.browser
@pytest.mark.req("API-1")
def test_fifty_at_once_with_one_key_make_one_concern(house: House) -> None:
    bearer, key, before = token(house), str(uuid4()), filed(house)

    def file(_: int) -> tuple[int, Any, Any]:
        return ask(house, "POST", "concerns/", concern(), Authorization=bearer, Idempotency_Key=key)

    with ThreadPoolExecutor(TOGETHER) as crowd:
        answers = list(crowd.map(file, range(TOGETHER)))
    assert {status for status, _, _ in answers} == {201}
    assert len({body["receipt"] for _, _, body in answers}) == 1
    assert sum("Idempotent-Replayed" not in headers for _, headers, _ in answers) == 1
    assert filed(house) == before + 1


@pytest.mark.browser
@pytest.mark.req("API-1", "INT-3")
def test_what_is_filed_by_a_program_is_followed_with_the_receipt(house: House) -> None:
    _, _, made = ask(house, "POST", "concerns/", concern(), Authorization=token(house))
    receipt = {"receipt": made["receipt"]}
    status, headers, written = ask(
        house, "POST", "receipts/messages/", {**receipt, "body": "One more thing."}
    )
    assert (status, written["n"]) == (201, 1)
    assert "Set-Cookie" not in headers
    _, _, shown = ask(house, "POST", "receipts/", receipt)
    assert shown["status"] == "received"
    assert [message["body"] for message in shown["messages"]] == ["One more thing."]


@pytest.mark.browser
@pytest.mark.parametrize("path", ["nothing/", "cases/", "concerns"])
def test_the_house_refuses_with_problem_documents(house: House, path: str) -> None:
    status, headers, body = ask(house, "POST", path, {})
    assert headers["Content-Type"] == "application/problem+json"
    assert body["status"] == status


@pytest.mark.browser
@pytest.mark.req("API-1")
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_api_can_be_read_by_everybody(browser_page: Page, scheme: Any) -> None:
    browser_page.emulate_media(color_scheme=scheme)
    browser_page.goto("api/v1/")
    assert_accessible(browser_page)
    browser_page.get_by_role("link", name="File a concern").click()
    assert browser_page.get_by_role("heading", name="File a concern").is_visible()
    assert "curl -X POST" in browser_page.inner_text("article:has(#file_concern)")
    screenshot(browser_page, f"api-{scheme}")


@pytest.mark.browser
def test_the_api_fits_a_phone(phone_page: Page) -> None:
    phone_page.goto("api/v1/")
    assert_accessible(phone_page)
    assert phone_page.evaluate("document.documentElement.scrollWidth") <= 390
    screenshot(phone_page, "api-phone")


@pytest.mark.browser
def test_the_page_needs_no_script(plain_page: Page) -> None:
    plain_page.goto("api/v1/")
    links = plain_page.locator("main a[href^='#']")
    targets = {link.get_attribute("href") for link in links.all()}
    missing = [to for to in targets if to and plain_page.locator(f"[id='{to[1:]}']").count() != 1]
    assert not missing
