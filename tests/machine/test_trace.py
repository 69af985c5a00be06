"""Requirements and the tests that prove them."""

import subprocess
import sys
from pathlib import Path

import pytest

from ethicsdesk.machine import tracing

KNOWN = next(iter(tracing.requirements()))


def run_pytest(folder: Path, tests: str, *options: str) -> "subprocess.CompletedProcess[str]":
    """Run a test file of its own with the plugin that records."""
    (folder / "test_it.py").write_text("import pytest\n" + tests)
    (folder / "pytest.ini").write_text("[pytest]\nmarkers = req(*ids): proves\n")
    plugins = ["-p", "ethicsdesk.machine.record", "-p", "no:django", "-p", "no:valkey"]
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", *plugins, *options],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


def test_every_row_of_the_requirements_is_known() -> None:
    rows = [line for line in tracing.REQUIREMENTS.read_text().splitlines() if line.startswith("- ")]
    assert len(tracing.requirements()) == len([row for row in rows if row[2].isupper()])


def test_a_mark_that_names_no_requirement_fails_the_run(tmp_path: Path) -> None:
    done = run_pytest(tmp_path, '@pytest.mark.req("NOPE-1")\ndef test_a(): pass\n')
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert "test_it.py::test_a names NOPE-1" in done.stdout + done.stderr


def test_a_run_of_a_part_leaves_the_record_alone(tmp_path: Path) -> None:
    before = tracing.RECORD.read_bytes() if tracing.RECORD.exists() else None
    done = run_pytest(
        tmp_path, f'@pytest.mark.req("{KNOWN}")\ndef test_a(): pass\n', "-k", "test_a"
    )
    assert done.returncode == 0
    assert (tracing.RECORD.read_bytes() if tracing.RECORD.exists() else None) == before


@pytest.mark.parametrize("ends", ["assert 0", "os._exit(3)"], ids=["stopped", "crashed"])
def test_lanes_that_do_not_come_to_an_end_leave_the_record_alone(ends: str, tmp_path: Path) -> None:
    before = tracing.RECORD.read_bytes() if tracing.RECORD.exists() else None
    tests = f'import os\n@pytest.mark.req("{KNOWN}")\ndef test_a(): {ends}\ndef test_b(): pass\n'
    done = run_pytest(tmp_path, tests, "--record", "-n1", *(["-x"] if "assert" in ends else []))
    assert done.returncode != 0
    assert (tracing.RECORD.read_bytes() if tracing.RECORD.exists() else None) == before


def test_a_requirement_is_proved_when_all_its_tests_pass() -> None:
    first, second, third, *_ = tracing.requirements()
    tests = {
        "test_a": {"req": [first, second], "outcome": "passed"},
        "test_b": {"req": [second], "outcome": "failed"},
    }
    table = tracing.rows({"tests": tests})
    assert table[first].proved
    assert table[first].proved_by == ["test_a"]
    assert not table[second].proved
    assert table[second].failed == ["test_b"]
    assert not table[third].proved
