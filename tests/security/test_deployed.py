"""The house as it runs: headers, cookies, file modes, database settings, what logs say."""

import http.client
import re
import stat
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.house import House, enter

pytestmark = [pytest.mark.browser, pytest.mark.req("SEC-2")]
CARRIED = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "cache-control": "no-store",
    "cross-origin-opener-policy": "same-origin",
    "referrer-policy": "same-origin",
}
ASKED = (
    "log_error_verbosity", "log_parameter_max_length", "log_min_error_statement", "log_statement",
    "track_commit_timestamp", "data_checksums", "listen_addresses", "password_encryption",
)  # fmt: skip
# an address of a network, a path that was asked for, a browser
TELLING = re.compile(
    r"\b(?!127\.0\.0\.1)\d{1,3}(\.\d{1,3}){3}\b|\"?(GET|POST) /|Mozilla|HeadlessChrome"
)


def test_every_page_carries_the_headers(plain_page: Page, house: House) -> None:
    enter(plain_page, house, "officer")
    for path in ("/", "/desk/", "/desk/search/", "/staff/", "/vault/", "/account/", "/nothing/"):
        answer = plain_page.request.get(house.url.rstrip("/") + path)
        for name, value in CARRIED.items():
            assert answer.headers[name] == value, f"{name} of {path}"
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "server" not in answer.headers or "/" not in answer.headers["server"]


def test_cookies_are_bound_and_out_of_reach_of_scripts(plain_page: Page, house: House) -> None:
    enter(plain_page, house, "officer")
    cookies = plain_page.context.cookies()
    assert {cookie["name"] for cookie in cookies} >= {"ed-session", "ed-vault"}
    for cookie in cookies:
        assert cookie["httpOnly"], cookie["name"]
        assert cookie["sameSite"] in {"Lax", "Strict"}, cookie["name"]
        assert cookie["domain"] == "127.0.0.1", cookie["name"]
        assert cookie["path"] == "/"


def test_a_form_from_elsewhere_is_refused(plain_page: Page, house: House) -> None:
    enter(plain_page, house, "officer")
    address = house.url + "desk/search/"
    for headers in ({}, {"Origin": "https://evil.example"}, {"Origin": "null"}):
        answer = plain_page.request.post(address, form={"words": "client"}, headers=headers)
        assert answer.status == 403, headers


def test_keys_and_state_are_closed_to_other_accounts(house: House) -> None:
    for folder in [path for path in house.state.glob("keys*") if path.is_dir()]:
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700, folder
        for key in folder.iterdir():
            assert stat.S_IMODE(key.stat().st_mode) == 0o600, key
    for name in ("main", "keystore"):
        cluster = (house.state / "servers" / name).resolve()
        assert stat.S_IMODE(cluster.stat().st_mode) & 0o007 == 0, name


@pytest.mark.parametrize("alias", ["default", "keystore"])
def test_the_databases_are_set_to_keep_nothing_that_people_wrote(house: House, alias: str) -> None:
    told = house.manage(
        "shell",
        "-v",
        "0",
        "-c",
        "from django.db import connections\n"
        f"cursor = connections[{alias!r}].cursor()\n"
        f"for name in {ASKED!r}:\n"
        "    cursor.execute(f'SHOW {name}')\n"
        "    print(name, cursor.fetchone()[0], sep='=')\n",
    )
    found = dict(line.split("=", 1) for line in told.splitlines() if "=" in line)
    assert found == {
        "log_error_verbosity": "terse",
        "log_parameter_max_length": "0",
        "log_min_error_statement": "panic",
        "log_statement": "none",
        "track_commit_timestamp": "off",
        "data_checksums": "on",
        "listen_addresses": "",
        "password_encryption": "scram-sha-256",
    }


def test_no_log_says_who_came_or_where_they_went(plain_page: Page, house: House) -> None:
    for path in (
        "/speak/",
        "/desk/",
        "/nothing/telling",
        "/api/v1/cases/",
        "/calendar/telling.ics",
    ):
        plain_page.request.get(house.url.rstrip("/") + path)
    with closing(http.client.HTTPConnection("127.0.0.1", house.port, timeout=5)) as line:
        line.request("GET", "/speak/telling", headers={"X-Forwarded-For": "203.0.113.9"})
        line.getresponse().read()
    for log in (house.state / "log").iterdir():
        text = Path(log).read_text(errors="replace")
        assert not TELLING.search(text), f"{log.name}: {TELLING.search(text)}"
        assert "telling" not in text, log.name
