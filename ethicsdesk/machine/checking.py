"""Everything that can be wrong without running a test: `./desk check`, and `./desk fix`."""

import os
import subprocess
import tempfile
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

from ethicsdesk.machine import keys
from ethicsdesk.machine.house import python
from ethicsdesk.machine.state import ROOT, State

# The tools read the settings, which want addresses; none of them connects.
NOWHERE = "postgres://nobody@%2Fnonexistent/none"
IMPORT_LINTER = "from importlinter.cli import lint_imports_command; lint_imports_command()"


class Check(NamedTuple):
    """What a check is called, and the command that fails when something is wrong."""

    name: str
    command: list[str]


class Outcome(NamedTuple):
    """How a check ended."""

    name: str
    good: bool
    seconds: float
    output: str


def checks() -> list[Check]:
    """Return every check, the longest first."""
    module = [*python("-P"), "-m"]
    manage = python(str(ROOT / "manage.py"))
    schema = ["--validate", "--fail-on-warn", "--file", os.devnull]
    return [
        Check("types", [*module, "mypy"]),
        Check("format", [*module, "ruff", "format", "--check", "--quiet"]),
        Check("lint", [*module, "ruff", "check", "--quiet"]),
        Check("imports", python("-c", IMPORT_LINTER)),
        Check("templates", [*module, "djlint", "templates", "--check", "--quiet"]),
        Check("template lint", [*module, "djlint", "templates", "--lint", "--quiet"]),
        Check("migrations", [*manage, "makemigrations", "--check", "--dry-run"]),
        Check("settings", [*manage, "check", "--deploy", "--fail-level", "WARNING"]),
        Check("API", [*manage, "spectacular", *schema]),
    ]


def check() -> int:
    """Run every check, tell how each went, and show what the failed ones said."""
    with tempfile.TemporaryDirectory(prefix="ethicsdesk-check-") as folder:
        env = _environment(State(folder))
        first, *others = checks()
        with ThreadPoolExecutor(1) as beside:
            longest = beside.submit(_run, first, env)
            outcomes = [_told(_run(one, env)) for one in others]
            outcomes.append(_told(longest.result()))
    failed = [one for one in outcomes if not one.good]
    for one in failed:
        print(f"\n-- {one.name} --\n{one.output.strip()}")
    if failed:
        print(f"\n{len(failed)} of {len(outcomes)} checks failed; ./desk fix repairs some of it.")
    return 1 if failed else 0


def fix() -> int:
    """Repair what can be repaired: lint, format, templates."""
    module = [*python("-P"), "-m"]
    with tempfile.TemporaryDirectory(prefix="ethicsdesk-check-") as folder:
        env = _environment(State(folder))
        outcomes = [
            _told(_run(one, env))
            for one in (
                Check("lint", [*module, "ruff", "check", "--fix", "--quiet"]),
                Check("format", [*module, "ruff", "format", "--quiet"]),
                # djlint ends with 1 when it has changed something.
                Check("templates", [*module, "djlint", "templates", "--reformat", "--quiet"]),
            )
        ]
    return 1 if any(not one.good and one.name != "templates" for one in outcomes) else 0


def _environment(state: State) -> Mapping[str, str]:
    state.make()
    keys.ensure(state)
    return {
        **os.environ,
        "DATABASE_URL": NOWHERE,
        "KEYSTORE_URL": NOWHERE,
        "REDIS_URL": "redis://127.0.0.1:1",
        "LIMITS_URL": "redis://127.0.0.1:1",
        "DJANGO_SETTINGS_MODULE": "ethicsdesk.settings",
        "ETHICSDESK_DEMO": "0",
        "ETHICSDESK_HOSTS": "ethics.example.org",
        "ETHICSDESK_KEYS": str(state / "keys"),
        "ETHICSDESK_ORIGIN": "https://ethics.example.org",
        "ETHICSDESK_PROCESS": "owner",
        "ETHICSDESK_STATE": str(state.folder),
        "PYTHONPATH": str(ROOT),
    }


def _run(one: Check, env: Mapping[str, str]) -> Outcome:
    began = time.monotonic()
    done = subprocess.run(
        one.command,
        env=env,
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return Outcome(one.name, done.returncode == 0, time.monotonic() - began, done.stdout)


def _told(one: Outcome) -> Outcome:
    print(f"{one.name:14} {'ok' if one.good else 'FAILED':6} {one.seconds:5.1f} s", flush=True)
    return one
