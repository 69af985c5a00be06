"""Find a browser for the tests, or install one: the tests of pages fail without it."""

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

from ethicsdesk.machine.accounts import IS_ROOT
from ethicsdesk.machine.trouble import say

VARIABLE = "ETHICSDESK_BROWSER"
NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "microsoft-edge",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
DEBIAN = ("chromium", "fonts-dejavu-core")
# playwright's own Node.js is linked to it, and a minimal Debian lacks it.
NODE_NEEDS = ("libatomic1",)
INSTALL_SECONDS = 600


def environment() -> dict[str, str]:
    """Return what the tests are told about the browser: its program, or empty for playwright's."""
    found: dict[str, str] = {}
    if not _node_starts():
        _apt(NODE_NEEDS)
        node = shutil.which("node")
        if not _node_starts() and node:
            found["PLAYWRIGHT_NODEJS_PATH"] = node
    return {**found, VARIABLE: os.environ.get(VARIABLE) or _find()}


def _find() -> str:
    found = _on_path()
    if found:
        return found
    say("there is no browser for the tests of pages; installing one ...")
    _apt(DEBIAN)
    found = _on_path()
    if not found and not _runs([sys.executable, "-m", "playwright", "install", "chromium"]):
        say(
            "no browser could be installed, so the tests of pages will fail. Install Chromium "
            f"or Chrome, or name one with {VARIABLE}=/path/of/it."
        )
    return found


def _on_path() -> str:
    return next((path for name in NAMES if (path := shutil.which(name))), "")


def _node_starts() -> bool:
    package = importlib.util.find_spec("playwright")
    folders = (package.submodule_search_locations if package else None) or []
    return any(_runs([str(Path(folder) / "driver" / "node"), "--version"]) for folder in folders)


def _apt(packages: tuple[str, ...]) -> None:
    """Install Debian packages where that is ours to do."""
    if not (IS_ROOT and shutil.which("apt-get")):
        return
    quiet = ["-qq", "-o", "DPkg::Lock::Timeout=120"]
    if _runs(["apt-get", "update", *quiet]):
        _runs(["apt-get", "install", "-y", "--no-install-recommends", *quiet, *packages])


def _runs(command: list[str]) -> bool:
    try:
        done = subprocess.run(
            command,
            env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=INSTALL_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0
