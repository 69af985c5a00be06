"""Show the people of the demo data, who sign in with a password that anybody may know."""

import base64
import hmac
import json
import time
from typing import Any

from ethicsdesk.machine.state import State
from ethicsdesk.machine.trouble import Trouble

COLUMNS = ("username", "password", "code", "role", "unit")
STEP_SECONDS = 30


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


def code_at(totp_secret: str, step: int) -> str:
    """Return the code of a time step (RFC 6238): without Django, for the launcher and programs."""
    made = hmac.digest(base64.b32decode(totp_secret), step.to_bytes(8, "big"), "sha1")
    start = made[-1] & 15
    return f"{(int.from_bytes(made[start : start + 4], 'big') & 0x7FFFFFFF) % 1_000_000:06}"


def _code_now(totp_secret: str | None) -> str:
    return code_at(totp_secret, int(time.time()) // STEP_SECONDS) if totp_secret else ""


def _table(found: dict[str, Any]) -> str:
    people = [{**one, "code": _code_now(one["totp_secret"])} for one in found["people"]]
    rows = [
        COLUMNS,
        *(tuple(str(one.get(key) or "") for key in COLUMNS) for one in people),
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(len(COLUMNS))]
    lines = [
        "  ".join(f"{cell:{width}}" for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
    extra = (
        "The code is of this half minute and works once; ask again for the next.\n"
        "Passphrases, the secrets of codes and the API token: ./desk personas --json"
    )
    return "\n".join([*lines, "", extra])
