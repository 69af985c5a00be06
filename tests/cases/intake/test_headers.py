"""What every answer at the door says to the browser, whatever went wrong (ASVS 5.0, 3.4)."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client, override_settings
from django.urls import clear_url_caches

from ethicsdesk.settings import SPEAK_MIDDLEWARE
from tests.cases.intake.reporter import Reporter
from tests.cases.intake.test_limits import budgets
from tests.conftest import BecomeProcess
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.req("SEC-4", "SEC-1")]

NONE, SELF = ["'none'"], ["'self'"]
POLICY = {
    "default-src": NONE,
    "script-src": SELF,
    "style-src": SELF,
    "img-src": SELF,
    "form-action": SELF,
    "base-uri": NONE,
    "frame-ancestors": NONE,
}
# the item of ASVS 5.0 that each answers to
HEADERS = {
    "X-Content-Type-Options": "nosniff",  # 3.4.4
    "Referrer-Policy": "no-referrer",  # 3.4.5
    "X-Frame-Options": "DENY",  # 3.4.6, for browsers that do not know frame-ancestors
    "Cross-Origin-Opener-Policy": "same-origin",  # 3.4.8
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",  # 14.3.2
}
Ask = Callable[[Client], HttpResponse]


def post(path: str, **data: str) -> Ask:
    return lambda client: client.post(path, data)  # type: ignore[return-value] # the stubs' own class


def get(path: str) -> Ask:
    return lambda client: client.get(path)  # type: ignore[return-value] # the stubs' own class


def api(path: str, body: Any, kind: str = "application/json") -> Ask:
    return lambda client: client.post(f"/api/v1/receipts/{path}", body, content_type=kind)  # type: ignore[return-value] # the stubs' own class


def filed(client: Client) -> HttpResponse:
    reporter = Reporter(client)
    reporter.file()
    answer: HttpResponse = reporter.page
    return answer


def came_back(client: Client) -> HttpResponse:
    reporter = Reporter(client)
    answer: HttpResponse = reporter.come_back(reporter.file())
    return answer


def broken(ask: Ask) -> Ask:
    """Break the table that is asked for, until the test is rolled back."""

    def asked(client: Client) -> HttpResponse:
        with connection.cursor() as cursor:
            cursor.execute("SET ROLE ed_owner")
            cursor.execute("ALTER TABLE cases_concern RENAME TO cases_gone")
            cursor.execute("SET ROLE ed_web")
        return ask(client)

    return asked


def too_many(ask: Ask) -> Ask:
    nothing = ((0, 1), (0, 1))

    def asked(client: Client) -> HttpResponse:
        with budgets(receipt=nothing, draft=nothing):
            return ask(client)

    return asked


ASKED: dict[str, tuple[int, Ask]] = {
    "landing": (200, get("/speak/")),
    "safety": (200, get("/speak/safety/")),
    "return": (200, get("/speak/return/")),
    "to the landing": (302, get("/speak/file/")),
    "finish": (200, post("/speak/finish/")),
    "begin": (200, post("/speak/file/", kind="report")),
    "receipt": (200, filed),
    "status": (200, came_back),
    "no way chosen": (422, post("/speak/file/", kind="nothing")),
    "wrong receipt": (404, post("/speak/return/", receipt="K7QF")),
    "broken page": (400, post("/speak/file/", capability="broken")),
    "too many fields": (400, post("/speak/file/", **{f"x{n}": "" for n in range(1100)})),
    "too long": (413, post("/speak/file/", happened="x" * 1_100_000)),
    "no such method": (405, lambda client: client.delete("/speak/return/")),  # type: ignore[dict-item,return-value] # the stubs' own class
    "no such page": (404, get("/speak/../speak/%2e%2e/nothing")),
    "without its slash": (301, get("/speak/return")),
    "wait": (429, too_many(post("/speak/file/", kind="report"))),
    "failed": (500, broken(post("/speak/return/", receipt="K7QF"))),
    "API: wrong receipt": (404, api("", {"receipt": "K7QF"})),
    "API: no receipt": (400, api("", {})),
    "API: no such type": (415, api("", "x", "text/plain")),
    "API: no such method": (405, get("/api/v1/receipts/")),
    "API: message": (404, api("messages/", {"receipt": "K7QF", "body": "Hello?"})),
    "API: nothing there": (404, get("/api/v1/receipts/x/")),
    "API: wait": (429, too_many(api("", {"receipt": "K7QF"}))),
    "API: failed": (500, broken(api("", {"receipt": "K7QF"}))),
}


@pytest.mark.parametrize("process", ["web", "speak"], indirect=False)
@pytest.mark.parametrize("why", ASKED)
@override_settings(SECURE_HSTS_SECONDS=63_072_000)
def test_every_answer_of_the_door_has_every_header(why: str, process: str, world: World) -> None:
    site = {"ROOT_URLCONF": "ethicsdesk.speak_urls", "MIDDLEWARE": SPEAK_MIDDLEWARE}
    status, ask = ASKED[why]
    with override_settings(**(site if process == "speak" else {})):
        answer = ask(Client(raise_request_exception=False))
    clear_url_caches()
    assert answer.status_code == status
    assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS
    directives = [one.split() for one in answer.headers["Content-Security-Policy"].split(";")]
    assert {name: sources for name, *sources in directives} == POLICY  # 3.4.3
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=63072000")  # 3.4.1
    assert "camera=()" in answer.headers["Permissions-Policy"]
    assert not answer.cookies
    assert {"Set-Cookie", "Vary", "Server", "ETag", "Last-Modified"}.isdisjoint(answer.headers)
    # 3.4.2 nobody else reads it; 3.4.7 is left out on purpose: a report would tell of the reader
    assert {"Access-Control-Allow-Origin", "Reporting-Endpoints"}.isdisjoint(answer.headers)
    assert "report-" not in answer.headers["Content-Security-Policy"]
    title = answer.content.decode().partition("<title>")[2].partition("</title>")[0]
    assert "ethics" not in title.lower()


def test_over_plain_http_on_one_machine_nothing_asks_for_https(world: World) -> None:
    assert "Strict-Transport-Security" not in Client().get("/speak/").headers


@pytest.mark.req("SEC-2")
def test_the_process_of_the_door_serves_the_api_of_reporters_and_no_other(
    world: World, process: BecomeProcess
) -> None:
    with (
        override_settings(ROOT_URLCONF="ethicsdesk.speak_urls", MIDDLEWARE=SPEAK_MIDDLEWARE),
        process("speak"),
    ):
        client = Client()
        code = Reporter(client).file()
        body = {"receipt": code, "body": "It was a Monday."}
        for _ in range(2):
            sent = client.post(
                "/api/v1/receipts/messages/",
                body,
                content_type="application/json",
                headers={"Idempotency-Key": "1"},
            )
            assert sent.status_code == 201
        seen = client.post(
            "/api/v1/receipts/", {"receipt": code}, content_type="application/json"
        ).json()
        assert [one["body"] for one in seen["messages"]] == ["It was a Monday."]
        for path in ("/api/v1/", "/api/v1/concerns/", "/api/v1/cases/", "/desk/", "/sign-in/"):
            assert client.get(path).status_code == 404
    clear_url_caches()
