"""API10:2023 Unsafe Consumption of APIs: who we ask is a short list."""

import ast
from pathlib import Path

import pytest

from ethicsdesk.machine.state import ROOT

pytestmark = pytest.mark.req("SEC-2")
PACKAGES = ("audits", "cases", "policies", "escalation", "safes", "people", "ledger", "common")
# whatever opens a connection to somebody else
CALLERS = {
    "aiohttp", "asyncio", "ftplib", "http.client", "httpx", "imaplib", "paramiko", "poplib",
    "requests", "smtplib", "socket", "ssl", "telnetlib", "urllib.request", "urllib3", "websockets",
    "xmlrpc", "subprocess",
}  # fmt: skip
# module: whom it asks, and why it may
ASKED = {
    "common/clamd.py": "the scanner on a socket that the site names, spoken to in its own protocol",
    "common/sandbox.py": "no host: a child process without a network, in which files are parsed",
    "escalation/notices.py": "the mail server that the site names, to which letters go",
    "people/views/provider.py": "the provider that the site names, whose every answer is verified",
}


def imports(path: Path) -> set[str]:
    """Return the names of the modules that a file imports."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {one.name for one in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{one.name}" for one in node.names)}
    return found


def callers() -> set[str]:
    """Return the modules of ours that could ask somebody else."""
    return {
        str(path.relative_to(ROOT))
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
        if imports(path) & CALLERS
    }


def test_only_modules_of_this_list_open_connections() -> None:
    assert callers() == set(ASKED)
