"""The pages of docs/security name tests that exist, and every module of the API Top 10 is there."""

import re

import pytest

from ethicsdesk.machine.state import ROOT

PAGES = sorted((ROOT / "docs" / "security").glob("*.md"))
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(?:\w+::)?(test_\w+)`")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_test_that_a_page_names_exists(page: object) -> None:
    text = (ROOT / "docs" / "security" / str(page)).read_text()
    missing = [
        f"{path}::{name}"
        for path, name in NAMED.findall(text)
        if not (ROOT / path).is_file() or f"def {name}(" not in (ROOT / path).read_text()
    ]
    assert missing == []


def test_every_promise_and_every_item_names_a_test() -> None:
    for name in ("promises.md", "asvs.md"):
        rows = re.findall(
            r"^\| (?!---|promise|item).*", (ROOT / "docs/security" / name).read_text(), re.MULTILINE
        )
        assert len(rows) > 20
        assert [row for row in rows if not NAMED.search(row)] == []


def test_the_api_top_ten_has_a_module_each() -> None:
    found = {path.name.split("_")[1] for path in (ROOT / "tests/api/top_ten").glob("test_*.py")}
    assert found == {str(number) for number in range(1, 11)}
