"""Show the people of the demo data, who sign in with a password that anybody may know."""

import json
from typing import Any

from ethicsdesk.machine.state import State
from ethicsdesk.machine.trouble import Trouble

COLUMNS = ("username", "password", "role", "unit")


def personas(state: State, *, as_json: bool) -> int:
    """Print STATE/personas.json, as it is or as a table."""
    found = state.read("personas")
    if found is None:
        msg = (
            f"{state.folder} holds no demo data. Start it once with ./desk up, without --empty; "
            "for another state folder give --state."
        )
        raise Trouble(msg)
    print(json.dumps(found, indent=2) if as_json else _table(found))
    return 0


def _table(found: dict[str, Any]) -> str:
    rows = [
        COLUMNS,
        *(tuple(str(one.get(key) or "") for key in COLUMNS) for one in found["people"]),
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(len(COLUMNS))]
    lines = [
        "  ".join(f"{cell:{width}}" for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
    extra = "Passphrases, one-time secrets and the API token: ./desk personas --json"
    return "\n".join([*lines, "", extra])
