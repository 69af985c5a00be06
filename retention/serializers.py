"""The record of erasures as a file: under a code of the server's, so that nobody adds to it."""

import json
from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from common import keys
from ledger.rules import mac
from safes.models import Erasure

VERSION = 1


def written(erasures: Iterable[Erasure]) -> dict[str, Any]:
    """Return what stands in the file: `{"version", "erasures": [...], "code"}`, code in hex."""
    rows = [
        {
            "id": str(erasure.id),
            "on": erasure.on.isoformat(),
            "ground": erasure.ground,
            "subjects": list(erasure.subjects),
            "safes": [str(safe) for safe in erasure.safes],
            "is_walled": erasure.is_walled,
        }
        for erasure in erasures
    ]
    return {"version": VERSION, "erasures": rows, "code": _code(rows)}


def read(told: Any) -> list[Erasure]:
    """Return the erasures of a file; raise ValueError where it is none of ours, or was changed."""
    if not isinstance(told, dict) or told.get("version") != VERSION:
        msg = "this is no record of erasures"
        raise ValueError(msg)
    rows = told.get("erasures")
    if not isinstance(rows, list) or _code(rows) != told.get("code"):
        msg = "this record was changed, or is of another house"
        raise ValueError(msg)
    return [
        Erasure(
            id=UUID(row["id"]),
            on=date.fromisoformat(row["on"]),
            ground=row["ground"],
            subjects=row["subjects"],
            safes=[UUID(safe) for safe in row["safes"]],
            is_walled=row["is_walled"],
        )
        for row in rows
    ]


def _code(rows: list[Any]) -> str:
    text = json.dumps(rows, sort_keys=True, separators=(",", ":"))
    return mac(keys.derived("erasure-record"), text.encode()).hex()
