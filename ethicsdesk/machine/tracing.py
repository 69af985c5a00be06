"""Requirements and the tests that prove them."""

import json
import re
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ethicsdesk.machine import testing
from ethicsdesk.machine.state import ROOT
from ethicsdesk.machine.trouble import Trouble, say

REQUIREMENTS = ROOT / "docs" / "requirements.md"
RECORD = ROOT / ".desk" / "trace.json"
ROW = re.compile(r"^- ([A-Z]+-[0-9]+) (.+)$", re.MULTILINE)


@dataclass
class Row:
    """A requirement, with the tests that passed and those that did not."""

    text: str
    proved_by: list[str]
    failed: list[str]

    @property
    def proved(self) -> bool:
        """Return whether there is a test and every one passed."""
        return bool(self.proved_by) and not self.failed


def requirements(source: Path = REQUIREMENTS) -> dict[str, str]:
    """Return each requirement's text by its ID, in the order of the document."""
    return dict(ROW.findall(source.read_text(encoding="utf-8")))


def read_record() -> dict[str, Any]:
    """Return what the last whole run of the tests showed; without one, run the marked tests."""
    if not RECORD.exists():
        say("no whole ./desk test was recorded yet; running the tests that name a requirement ...")
        testing.test(["-q", "--tb=no", "-m", "req", "--record"], aside=True)
    try:
        found: dict[str, Any] = json.loads(RECORD.read_text())
    except FileNotFoundError:
        msg = "the tests did not come to an end, so nothing is proved. Run ./desk test and see why."
        raise Trouble(msg) from None
    return found


def rows(record: dict[str, Any]) -> dict[str, Row]:
    """Return each requirement with its tests, by what a record says."""
    table = {name: Row(text, [], []) for name, text in requirements().items()}
    for test, result in record["tests"].items():
        for name in result["req"]:
            if name in table:
                row = table[name]
                (row.proved_by if result["outcome"] == "passed" else row.failed).append(test)
    return table


def trace(*, as_json: bool) -> int:
    """Print the requirements with their tests; those that none proves come last."""
    record = read_record()
    table = rows(record)
    proved = {name: row for name, row in table.items() if row.proved}
    unproved = {name: row for name, row in table.items() if not row.proved}
    if as_json:
        answer = {
            "recorded": record["recorded"],
            "requirements": {
                name: {**asdict(row), "proved": row.proved} for name, row in table.items()
            },
            "unproved": list(unproved),
        }
        print(json.dumps(answer, indent=2))
        return 0
    for name, row in proved.items():
        print(f"{name} {row.text}")
        print("".join(f"    {test}\n" for test in row.proved_by), end="")
    print(f"\nNo passing test proves these {len(unproved)} of {len(table)}:")
    for name, row in unproved.items():
        print(f"{name} {row.text}")
        print("".join(f"    FAILED {test}\n" for test in row.failed), end="")
    print(f"\nAs of the run of {record['recorded']}.")
    return 0
