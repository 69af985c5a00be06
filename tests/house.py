"""The running house and a real browser in front of it, as fixtures."""

import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page, Playwright, Response, sync_playwright
from playwright.sync_api import Error as PlaywrightError

from bench.clients import next_code
from ethicsdesk.machine.accounts import IS_ROOT
from ethicsdesk.machine.processes import Process, end_all, survivors
from ethicsdesk.machine.state import ROOT

START_SECONDS = 300
STOP_SECONDS = 30
DESK = [sys.executable, "-P", "-m", "ethicsdesk.machine"]
WIDE = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
SHOTS = ROOT / ".desk" / "shots"
# The browser talks to the house and to nobody else.
FLAGS = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-dev-shm-usage",
    "--disable-domain-reliability",
    "--disable-sync",
    "--no-first-run",
    "--no-pings",
    *(["--no-sandbox"] if IS_ROOT else []),
]


def environment() -> dict[str, str]:
    """Return our environment without what the tests' own databases and keys put there."""
    ours = ("ETHICSDESK_", "DJANGO_", "DATABASE_URL", "KEYSTORE_URL", "REDIS_URL", "LIMITS_URL")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    programs = ("ETHICSDESK_POSTGRES_BIN", "ETHICSDESK_REDIS_BIN")
    named = {name: os.environ[name] for name in programs if name in os.environ}
    return {**kept, **named, "PYTHONPATH": str(ROOT)}


def free_port() -> int:
    """Return a port that nobody uses now."""
    with closing(socket.socket()) as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])


class House(NamedTuple):
    """A running `./desk up`: where it answers, and where it keeps its state."""

    url: str
    state: Path
    up: Process

    @property
    def port(self) -> int:
        """Return the port on 127.0.0.1."""
        return int(self.url.rstrip("/").rpartition(":")[2])

    def personas(self, role: str) -> list[dict[str, Any]]:
        """Return the demo people of a role: username, password, vault_passphrase and so on."""
        people = json.loads((self.state / "personas.json").read_text())["people"]
        return [one for one in people if one["role"] == role]

    def manage(self, *arguments: str, process: str = "") -> str:
        """Run `./desk manage …` in this house and return what it printed; a failure raises.

        `process` names the one as which it runs, where it is not the command's own.
        """
        named = {"ETHICSDESK_PROCESS": process} if process else {}
        done = desk("manage", *arguments, env={"ETHICSDESK_STATE": str(self.state), **named})
        assert done.returncode == 0, f"manage {arguments} failed:\n{done.stdout}{done.stderr}"
        return done.stdout


# who is signed in already, since when, by house and user name: a code works once, and the next has
# to be waited for
_SIGNED_IN: dict[tuple[str, str], tuple[float, Any]] = {}
# acts that matter ask again after ten minutes (settings.RECENT): a session goes on for less
FRESH_SECONDS = 5 * 60


def enter(page: Page, house: House, role: str, *, nth: int = 0) -> dict[str, str]:
    """Sign a demo person in by the door, as they do, or go on with their session."""
    person = dict(house.personas(role)[nth])
    known = (house.url, person["username"])
    since, cookies = _SIGNED_IN.get(known, (0.0, []))
    if time.monotonic() - since < FRESH_SECONDS:
        page.context.add_cookies(cookies)
    page.goto("/sign-in/")
    if urlsplit(page.url).path != "/sign-in/":
        return person
    page.get_by_label("User name").fill(person["username"])
    page.get_by_label("Password", exact=True).fill(person["password"])
    with page.expect_navigation():
        page.get_by_role("button", name="Sign in", exact=True).click()
    if person["totp_secret"]:
        page.get_by_label("Code", exact=True).fill(next_code(person["totp_secret"]))
        with page.expect_navigation():
            page.get_by_role("button", name="Go on", exact=True).click()
    _SIGNED_IN[known] = (time.monotonic(), page.context.cookies())
    return person


def desk(
    *arguments: str, env: Mapping[str, str] | None = None, seconds: float = 120
) -> "subprocess.CompletedProcess[str]":
    """Run a command of `./desk` to its end."""
    return subprocess.run(
        [*DESK, *arguments],
        env={**environment(), **(env or {})},
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )


@contextmanager
def state_folder() -> Iterator[Path]:
    """Give a folder for a state that the servers' account can enter; it is removed afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="ethicsdesk-house-")).resolve()
    folder.chmod(0o711)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def start(state: Path, *options: str, env: Mapping[str, str] | None = None) -> House:
    """Start `./desk up` in a state folder and wait until it says that it is ready."""
    port = free_port()
    log = state / "up.log"
    up = Process(
        [*DESK, "up", "--port", str(port), "--state", str(state), *options],
        log=log,
        env={**environment(), **(env or {})},
        cwd=ROOT,
        on_our_death=signal.SIGTERM,
    )
    line = f"ready: http://127.0.0.1:{port}/"
    deadline = time.monotonic() + START_SECONDS
    # The log may hold the line of an earlier start, of another port.
    while line not in log.read_text().splitlines():
        if not up.alive or time.monotonic() > deadline:
            end_all([(up, signal.SIGTERM)], STOP_SECONDS)
            logs = "".join(f"\n== {one}\n{one.read_text()}" for one in state.glob("log/*.log"))
            pytest.fail(f"the house did not start:\n{log.read_text()}{logs}", pytrace=False)
        time.sleep(0.1)
    return House(line.removeprefix("ready: "), state, up)


def stop(house: House) -> None:
    """Ask the house to stop; it does so in time, and nothing of it is left."""
    house.up.send(signal.SIGTERM)
    assert house.up.wait(STOP_SECONDS), "the house did not stop in time"
    assert house.up.code == 0
    assert survivors(house.state) == []


def status(house: House, path: str) -> int:
    """Return the status with which the house answers, or 0 where it does not."""
    with closing(http.client.HTTPConnection("127.0.0.1", house.port, timeout=5)) as line:
        try:
            line.request("GET", path)
            return line.getresponse().status
        except (OSError, http.client.HTTPException):
            return 0


@pytest.fixture(scope="session")
def house() -> Iterator[House]:
    """Give a running house with demo data."""
    with state_folder() as folder:
        running = start(folder)
        try:
            yield running
        finally:
            stop(running)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Give a browser; without one the test fails and says what to install."""
    with sync_playwright() as playwright:
        browser = _launch(playwright)
        yield browser
        browser.close()


def _launch(playwright: Playwright) -> Browser:
    program = os.environ.get("ETHICSDESK_BROWSER") or None
    try:
        return playwright.chromium.launch(executable_path=program, args=FLAGS)
    except PlaywrightError as error:
        msg = (
            "No browser starts, so pages cannot be tested. Install Chromium, or name one with "
            f"ETHICSDESK_BROWSER=/path/of/it.\n{error}"
        )
        raise pytest.fail.Exception(msg, pytrace=False) from None


class Watch:
    """Notes what a page complains about: script errors, refused styles, missing files."""

    def __init__(self, page: Page) -> None:
        """Watch a page from now on."""
        self.complaints: list[str] = []
        self._visited: set[str] = set()
        self._page = page
        page.on("console", self._on_console)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("response", self._on_response)

    def _on_response(self, response: Response) -> None:
        if response.request.is_navigation_request():
            self._visited.add(response.url)

    def _on_console(self, message: ConsoleMessage) -> None:
        # A page that answers 404 on purpose is reported by the browser as a file not found.
        answered = message.location.get("url") in self._visited and "status of" in message.text
        if message.type == "error" and not answered:
            self.complaints.append(f"{message.text} ({message.location.get('url')})")


@contextmanager
def page_of(chromium: Browser, house: House, **options: Any) -> Iterator[Page]:
    """Give a page with cookies of its own; it fails where the browser complained of something."""
    context = chromium.new_context(
        base_url=house.url, locale="en-GB", reduced_motion="reduce", **options
    )
    page = context.new_page()
    watch = Watch(page)
    yield page
    context.close()
    assert not watch.complaints, "the browser complained:\n" + "\n".join(watch.complaints)


@pytest.fixture
def browser_page(chromium: Browser, house: House) -> Iterator[Page]:
    """Give a page on a desk's screen, 1440 by 900."""
    with page_of(chromium, house, viewport=WIDE) as page:
        yield page


@pytest.fixture
def phone_page(chromium: Browser, house: House) -> Iterator[Page]:
    """Give a page on a phone, 390 by 844, with a finger."""
    with page_of(chromium, house, viewport=PHONE, has_touch=True, is_mobile=True) as page:
        yield page


@pytest.fixture
def plain_page(chromium: Browser, house: House) -> Iterator[Page]:
    """Give a page without JavaScript."""
    with page_of(chromium, house, viewport=WIDE, java_script_enabled=False) as page:
        yield page


def assert_accessible(page: Page) -> None:
    """Assert that axe finds nothing against WCAG 2.2 AA on the page as it stands."""
    found = _violations(page)
    assert not found, f"axe on {page.url}:\n" + "\n".join(_violation(one) for one in found)


def _violations(page: Page, *, tries: int = 3) -> list[dict[str, Any]]:
    only = {"runOnly": {"type": "tag", "values": WCAG}, "resultTypes": ["violations"]}
    page.wait_for_load_state()
    try:
        return list(Axe().run(page, options=only).response["violations"])
    except PlaywrightError:
        # A page that waits for something may reload itself while it is looked at.
        if tries == 1:
            raise
        return _violations(page, tries=tries - 1)


def _violation(one: dict[str, Any]) -> str:
    nodes = [
        f"    {' '.join(map(str, node['target']))}: {node['failureSummary']}".replace("\n", " ")
        for node in one["nodes"]
    ]
    return "\n".join([f"  {one['id']} ({one['impact']}): {one['help']}", *nodes])


def screenshot(page: Page, name: str) -> Path:
    """Save the whole page as .desk/shots/NAME.png, to look at."""
    SHOTS.mkdir(parents=True, exist_ok=True)
    path = SHOTS / f"{name}.png"
    page.screenshot(path=path, full_page=True, animations="disabled")
    return path
