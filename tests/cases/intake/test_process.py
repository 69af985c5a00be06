"""The reporter's door as a process of its own, run for real: the way through it, and bad input."""

import http.client
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import closing
from html import unescape
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlencode

import psycopg2
import pytest

from ethicsdesk.machine.house import Site
from ethicsdesk.machine.processes import Process, end_all
from ethicsdesk.machine.running import borrowed
from ethicsdesk.machine.state import ROOT, State
from ethicsdesk.machine.up import gunicorn
from tests.cases.intake.reporter import GROUP, HIDDEN
from tests.house import House, free_port

pytestmark = [pytest.mark.req("SEC-4")]

FORM = "application/x-www-form-urlencoded"
BOUNDARY = "----1f2e3d"
CANARY = "CANARY7431"
START_SECONDS = 60
TELLTALES = {
    "User-Agent": f"{CANARY}-agent",
    "X-Forwarded-For": "203.0.113.77",
    "Cookie": f"ed-session={CANARY}-cookie",
    "Referer": f"http://{CANARY}.example/",
    "Accept-Language": "qu-BO",
}


class Answer(NamedTuple):
    """What came back."""

    status: int
    headers: dict[str, str]
    text: str


class Door:
    """Somebody at the door who speaks HTTP and keeps the last page."""

    def __init__(self, port: int, log: Path) -> None:
        self.port = port
        self.log = log
        self.answers: list[Answer] = []

    @property
    def page(self) -> Answer:
        return self.answers[-1]

    @property
    def receipt(self) -> str:
        return "-".join(GROUP.findall(self.page.text))

    @property
    def capability(self) -> str:
        return str(dict(HIDDEN.findall(self.page.text))["capability"])

    def ask(self, method: str, path: str, body: bytes = b"", kind: str = FORM) -> Answer:
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)) as line:
            line.request(method, path, body, {**TELLTALES, "Content-Type": kind})
            answer = line.getresponse()
            text = answer.read().decode()
            self.answers.append(Answer(answer.status, dict(answer.getheaders()), text))
        return self.page

    def post(self, path: str, **data: str) -> Answer:
        return self.ask("POST", path, urlencode(data).encode())

    def upload(self, path: str, name: str, content: bytes, **data: str) -> Answer:
        parts = [
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'
            for key, value in data.items()
        ]
        head = "".join(parts) + (
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
            "Content-Type: application/octet-stream\r\n\r\n"
        )
        body = head.encode() + content + f"\r\n--{BOUNDARY}--\r\n".encode()
        return self.ask("POST", path, body, f"multipart/form-data; boundary={BOUNDARY}")

    def raw(self, sent: bytes) -> bytes:
        """Send bytes as they are and return what comes back, if anything does."""
        with closing(socket.create_connection(("127.0.0.1", self.port), timeout=10)) as line:
            line.sendall(sent)
            line.shutdown(socket.SHUT_WR)
            found = b""
            try:
                while part := line.recv(65536):
                    found += part
            except OSError:
                return found
            return found

    # -- the questions ----------------------------------------------------------------------

    def step(self, go: str = "next", **fields: str) -> Answer:
        hidden = dict(HIDDEN.findall(self.page.text))
        return self.post("/speak/file/", **{**hidden, "go": go, **fields})

    def to_the_review(self, story: str) -> None:
        self.post("/speak/file/", kind="report")
        self.step(happened=story)
        # of coercion the demonstration asks more
        topics = [one for one in self.choices("category") if one != "coercion"]
        self.step(category=topics[0])
        for fields in ({}, {"in_danger": "no"}, {}, {"mode": "anonymous"}, {}):
            self.step(**fields)
            assert self.page.status == 200, self.page.text

    def choices(self, name: str) -> list[str]:
        chosen = self.page.text.split(f'name="{name}"')[1:]
        return [part.partition('value="')[2].partition('"')[0] for part in chosen]

    def press(self, go: str, **fields: str) -> Answer:
        return self.post("/speak/return/", capability=self.capability, go=go, **fields)


@pytest.fixture(scope="module")
def speak(house: House) -> Iterator[tuple[int, Path]]:
    """Run the process of the door beside a running house, with its role, keys and command."""
    state = State(str(house.state))
    with borrowed(state, Site(house.url), prepared=False) as place:
        port, log = free_port(), house.state / "log" / "speak.log"
        environment = place.environment("speak")
        assert "//ed_speak:" in environment["DATABASE_URL"]
        command = gunicorn(state, f"127.0.0.1:{port}")
        process = Process(command, log=log, env=environment, cwd=ROOT)
        try:
            deadline = time.monotonic() + START_SECONDS
            while not is_ready(port):
                assert process.alive, log.read_text()
                assert time.monotonic() < deadline, log.read_text()
                time.sleep(0.2)
            yield port, log
        finally:
            end_all([(process, signal.SIGTERM)], 20)


def is_ready(port: int) -> bool:
    try:
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=5)) as line:
            line.request("GET", "/health/ready")
            return line.getresponse().status == http.HTTPStatus.OK
    except OSError:
        return False


@pytest.fixture
def door(speak: tuple[int, Path]) -> Door:
    return Door(*speak)


def assert_quiet(door: Door) -> None:
    for answer in door.answers:
        assert "Set-Cookie" not in answer.headers
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Referrer-Policy"] == "no-referrer"


@pytest.mark.req("INT-2", "INT-3", "SEC-2")
def test_the_whole_way_through_the_door_in_its_own_process(door: Door) -> None:
    for path in ("/speak/", "/speak/safety/", "/speak/return/"):
        assert door.ask("GET", path).status == 200
    door.to_the_review("They moved the date.")
    door.step("send")
    assert "This is your receipt" in door.page.text
    code = door.receipt
    door.post("/speak/return/", receipt=code)
    assert "They moved the date." in door.page.text
    door.press("say", text="It was a Monday.")
    assert "Your message was sent." in door.page.text
    door.upload("/speak/return/", "letter.pdf", b"%PDF-1.7\n", capability=door.capability, go="add")
    assert "Your file was added." in door.page.text
    assert "letter.pdf" in door.page.text
    door.press("withdraw-now")
    assert "You took it back" in door.page.text
    door.ask("POST", "/api/v1/receipts/", f'{{"receipt": "{code}"}}'.encode(), "application/json")
    assert '"withdrawn"' in door.page.text
    assert door.post("/speak/finish/").headers["Clear-Site-Data"] == '"cache"'
    assert door.ask("GET", "/desk/").status == 404
    assert door.ask("GET", "/sign-in/").status == 404
    assert_quiet(door)


def test_the_role_of_the_door_reads_no_password_and_no_other_door(house: House) -> None:
    with borrowed(State(str(house.state)), Site(house.url), prepared=False) as place:
        address = place.environment("speak")["DATABASE_URL"]
    with (
        closing(psycopg2.connect(address.replace("postgres://", "postgresql://"))) as line,
        line.cursor() as cursor,
    ):
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == ("ed_speak",)
        cursor.execute("SELECT count(*) FROM cases_concern")
        assert cursor.fetchone() == (0,)
        for table in ("django_session", "people_apitoken", "cases_note", "audits_fact"):
            with pytest.raises(psycopg2.errors.InsufficientPrivilege):
                cursor.execute(f"SELECT * FROM {table}")  # noqa: S608 - our own tables
            line.rollback()


# -- bad input ---------------------------------------------------------------------------------

STORY = f"{CANARY} told me."
LONG = f"{CANARY} " * 10_000
RAW: dict[str, bytes] = {
    "no request": f"{CANARY}\r\n\r\n".encode(),
    "no such version": f"GET /speak/?{CANARY} HTTP/9.9\r\n\r\n".encode(),
    "a header without end": b"GET /speak/ HTTP/1.1\r\nX: " + CANARY.encode() * 2000 + b"\r\n\r\n",
    "a length that is none": (
        f"POST /speak/file/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: {CANARY}\r\n\r\nx"
    ).encode(),
    "two lengths": (
        b"POST /speak/file/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n"
        b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + CANARY.encode()
    ),
    "a header in two lines": (
        f"GET /speak/ HTTP/1.1\r\nHost: localhost\r\nX: a\r\n {CANARY}\r\n\r\n"
    ).encode(),
    "another host": f"GET /speak/ HTTP/1.1\r\nHost: {CANARY}.example\r\n\r\n".encode(),
    "a body that is cut": (
        f"POST /speak/file/ HTTP/1.1\r\nHost: localhost\r\nContent-Type: {FORM}\r\n"
        f"Content-Length: 500\r\n\r\nhappened={CANARY}"
    ).encode(),
    "a path of dots": f"GET /speak/../../{CANARY} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode(),
    "a path of bytes": (
        b"GET /speak/%00%ff%c0%ae/" + CANARY.encode() + b" HTTP/1.1\r\nHost: localhost\r\n\r\n"
    ),
    "two slashes": f"GET //speak//{CANARY} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode(),
}


@pytest.mark.parametrize("why", RAW)
def test_what_is_no_request_gets_a_clear_no(door: Door, why: str) -> None:
    answer = door.raw(RAW[why])
    status = answer.partition(b"\r\n")[0]
    assert status == b"" or status.split()[1][:1] in {b"2", b"3", b"4"}, status
    assert b"Set-Cookie" not in answer
    assert b"Traceback" not in answer


BODIES: dict[str, tuple[int, bytes, str]] = {
    "NUL": (422, b"happened=a%00" + CANARY.encode(), FORM),
    "not UTF-8": (200, b"happened=%ff%fe%c3%28" + CANARY.encode(), FORM),
    "very long": (422, urlencode({"happened": LONG}).encode(), FORM),
    "too long": (413, urlencode({"happened": LONG * 12}).encode(), FORM),
    "fields that nobody knows": (200, urlencode({"happened": STORY, CANARY: "1"}).encode(), FORM),
    "too many fields": (400, b"&".join(CANARY.encode() + b"=1" for _ in range(1100)), FORM),
    "no form": (422, CANARY.encode(), "application/json"),
    "no parts": (422, CANARY.encode(), "multipart/form-data; boundary=x"),
    "no boundary": (400, CANARY.encode(), "multipart/form-data"),
}


@pytest.mark.parametrize("why", BODIES)
def test_bad_fields_get_a_clear_answer_and_the_draft_stays(door: Door, why: str) -> None:
    door.post("/speak/file/", kind="report")
    status, body, kind = BODIES[why]
    capability = door.capability
    hidden = urlencode({"capability": capability, "step": "story"}).encode()
    has_page = kind == FORM and status in {200, 422}
    door.ask("POST", "/speak/file/", hidden + b"&" + body if has_page else body, kind)
    assert door.page.status == status
    if status == 422 and has_page:
        assert CANARY in unescape(door.page.text)
    # the page before goes on
    door.post("/speak/file/", capability=capability, step="story", happened="In short.")
    assert door.page.status == 200
    assert_quiet(door)


def test_a_page_of_one_draft_does_nothing_to_another_and_every_step_bears_repeating(
    door: Door,
) -> None:
    door.to_the_review(STORY)
    mine = door.capability
    door.to_the_review("Another story.")
    theirs = door.capability
    half = len(mine) // 2
    door.post("/speak/file/", capability=mine[:half] + theirs[half:], step="review", go="send")
    assert door.page.status == 400
    first = door.post("/speak/file/", capability=mine, step="review", go="send")
    again = door.post("/speak/file/", capability=mine, step="review", go="send")
    assert first.status == again.status == 200
    assert GROUP.findall(first.text) == GROUP.findall(again.text)
    late = door.post("/speak/file/", capability=mine, step="story", happened="Too late.")
    assert late.status == 409
    assert "Too late." in late.text
    assert_quiet(door)


def test_no_log_of_the_house_tells_what_was_sent_or_who_came(door: Door, house: House) -> None:
    """The last of this file, after all that went wrong above, here and at the house's own door."""
    for where in (door, Door(house.port, door.log)):
        for sent in RAW.values():
            where.raw(sent)
        for status, body, kind in BODIES.values():
            assert where.ask("POST", "/speak/file/", body, kind).status in {200, 400, 413, 422}, (
                status
            )
        where.post("/speak/return/", receipt=f"{CANARY}-receipt")
        where.ask("POST", "/api/v1/receipts/", f'"{CANARY}'.encode(), "application/json")
    written: dict[str, Any] = {
        path.name: path.read_bytes() for path in (house.state / "log").glob("*.log")
    }
    assert {"web.log", "speak.log", "main.log"} <= written.keys()
    for name, text in written.items():
        for telling in (CANARY.encode(), b"203.0.113", b"qu-BO", b"/speak/", b"/receipts/"):
            assert telling not in text, f"{telling!r} in {name}"
    assert written["speak.log"] == b""
