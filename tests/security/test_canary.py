"""Words that somebody wrote are looked for in every file of a running house."""

import os
import time
from pathlib import Path
from secrets import token_hex

import pytest
from playwright.sync_api import Page, expect

from tests.api.program import concern
from tests.api.test_house import ask, token
from tests.desk.test_journey import press
from tests.house import House, enter

pytestmark = [pytest.mark.browser, pytest.mark.req("SEC-1")]
MAIL_SECONDS = 30


def holding(folder: Path, words: list[bytes]) -> dict[bytes, list[str]]:
    """Return in which files below a folder each of the words stands."""
    found: dict[bytes, list[str]] = {word: [] for word in words}
    for where, _, names in os.walk(folder, followlinks=True):
        for name in names:
            path = Path(where) / name
            try:
                content = path.read_bytes()
            except OSError:
                continue  # a socket, or gone meanwhile
            for word in words:
                if word in content:
                    found[word].append(str(path.relative_to(folder)))
    return found


def wait_for_mail(house: House, reference: str) -> None:
    """Wait until somebody was told."""
    end = time.monotonic() + MAIL_SECONDS
    while not holding(house.state / "mail", [reference.encode()])[reference.encode()]:
        assert time.monotonic() < end, "nobody was told"
        time.sleep(0.5)


def test_nothing_that_was_written_lies_readable_anywhere(plain_page: Page, house: House) -> None:
    page = plain_page
    words = {
        name: f"{name}{token_hex(6)}"
        for name in (
            "narrative", "about", "answer", "reporter", "contact", "message", "reply", "reason",
            "observation",
        )
    }  # fmt: skip
    filed = concern(
        narrative=f"They want it dated earlier. {words['narrative']}",
        about=words["about"],
        answers={"when": words["answer"]},
        reporter={
            "mode": "confidential",
            "name": words["reporter"],
            "contact": f"{words['contact']}@example.org",
        },
    )
    _, _, made = ask(house, "POST", "concerns/", filed, Authorization=token(house))
    body = {"receipt": made["receipt"], "body": words["message"]}
    assert ask(house, "POST", "receipts/messages/", body)[0] == 201

    enter(page, house, "officer")
    page.goto(f"/desk/concerns/{made['ref']}/")
    expect(page.get_by_text(words["narrative"]).first).to_be_visible()
    page.get_by_label("Message to the reporter", exact=True).fill(words["reply"])
    press(page, "Send to the reporter")
    page.goto(f"/desk/concerns/{made['ref']}/triage/")
    page.get_by_label("Why you decided so").fill(words["reason"])
    page.get_by_role("group", name="Is anyone in danger?").get_by_text("No", exact=True).click()
    page.get_by_role("radio", name="Possible, moderate: normal").check()
    press(page, "Sign and open the case")
    page.get_by_role("radio", name="Observation").check()
    page.get_by_label("Text", exact=True).fill(words["observation"])
    press(page, "Sign and add")
    expect(page.get_by_text(words["observation"])).to_be_visible()
    wait_for_mail(house, made["ref"])

    receipt = made["receipt"].replace("-", "")
    looked_for = [*(word.encode() for word in words.values()), receipt.encode()]
    found = holding(house.state, [*looked_for, made["ref"].encode()])
    # the reference is no secret: that it is found shows that the search can find
    assert any("main" in path for path in found.pop(made["ref"].encode()))
    assert {word: paths for word, paths in found.items() if paths} == {}
