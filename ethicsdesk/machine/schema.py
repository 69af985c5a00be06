"""Know whether the tables, the grants and the static files are those of this code."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

from ethicsdesk.machine.state import ROOT, State

STAMPS = "prepared"


def wanted() -> dict[str, str]:
    """Return the fingerprint of each part that `prepare` brings up to date.

    Any line of the packages may decide about a table or a grant, so each counts.
    """
    return {"schema": fingerprint(code()), "static": fingerprint(_files(ROOT / "static", "*"))}


def stale(state: State, *, embedded: bool) -> list[str]:
    """Return the parts that have to be brought up to date.

    What happened meanwhile to a server that is not ours is unknown, so its tables always are.
    """
    have: dict[str, str] = state.read(STAMPS) or {}
    return [
        part
        for part, print_ in wanted().items()
        if have.get(part) != print_ or (part == "schema" and not embedded)
    ]


def code() -> Iterator[Path]:
    """Yield every module of our packages."""
    for package in sorted(ROOT.glob("*/__init__.py")):
        if package.parent.name not in {"tests", "bench"}:
            yield from _files(package.parent, "*.py")


def _files(folder: Path, pattern: str) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob(pattern)) if path.is_file())


def fingerprint(files: Iterator[Path]) -> str:
    """Return a hash over files and over the packages that they are used with."""
    digest = hashlib.sha256((ROOT / "requirements.lock").read_bytes())
    for path in files:
        digest.update(f"{path.relative_to(ROOT)}\0".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()
