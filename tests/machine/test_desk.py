"""The file that a visitor starts first."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from ethicsdesk.machine.state import ROOT

DESK = ROOT / "desk"
PIN = re.compile(r"^([a-z0-9][a-z0-9._-]*)(?:\[.*?\])?==(\S+)", re.MULTILINE)


def run(*arguments: str, cwd: Path = ROOT) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, str(DESK), *arguments],
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
    )


def test_it_can_say_what_is_missing_on_an_old_python() -> None:
    ast.parse(DESK.read_text(), feature_version=(3, 6))


def test_it_needs_nothing_but_the_standard_library() -> None:
    tree = ast.parse(DESK.read_text())
    imported = {
        name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names
    }
    assert imported <= sys.stdlib_module_names
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]


@pytest.mark.parametrize("arguments", [[], ["help"], ["--help"]])
def test_it_helps_from_any_folder(tmp_path: Path, arguments: list[str]) -> None:
    done = run(*arguments, cwd=tmp_path)
    assert done.returncode == 0
    for command in ("up", "test", "check", "fix", "trace", "personas", "bench", "manage", "help"):
        assert re.search(rf"\b{command}\b", done.stdout)


def test_it_refuses_a_command_that_is_not_there() -> None:
    done = run("dance")
    assert done.returncode == 2
    assert "there is no command 'dance'" in done.stderr
    assert "./desk up" in done.stderr


def test_packages_for_tests_are_added_without_changing_those_that_run() -> None:
    """`./desk test` fills the .venv that a running `up` may be using."""
    pins = dict(PIN.findall((ROOT / "requirements.lock").read_text()))
    for_tests = dict(PIN.findall((ROOT / "requirements-test.lock").read_text()))
    assert pins.items() <= for_tests.items()
