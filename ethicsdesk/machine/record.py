"""A pytest plugin: which tests prove which requirement, written down at the end of a whole run."""

import json
import time
from collections.abc import Generator
from typing import Any

import pytest

from ethicsdesk.machine.tracing import RECORD, requirements


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare `--record`, for a run of a part that should be written down all the same."""
    parser.addoption("--record", action="store_true", help="write .desk/trace.json in any case")


def pytest_configure(config: pytest.Config) -> None:
    """Begin an empty record."""
    config.pluginmanager.register(Record(config), "ethicsdesk-record")


def names(item: pytest.Item) -> list[str]:
    """Return the IDs of the requirements that a test names."""
    return [str(name) for mark in item.iter_markers("req") for name in mark.args]


class Record:
    """The outcome of each test that names a requirement."""

    def __init__(self, config: pytest.Config) -> None:
        """Begin empty."""
        self._config = config
        self._tests: dict[str, dict[str, Any]] = {}

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Note the marks, and refuse those that name nothing."""
        marked = {item.nodeid: found for item in items if (found := names(item))}
        known = requirements() if marked else {}
        unknown = {
            f"{test} names {name}"
            for test, ids in marked.items()
            for name in ids
            if name not in known
        }
        if unknown:
            msg = "docs/requirements.md has no such row: " + "; ".join(sorted(unknown))
            raise pytest.UsageError(msg)
        for test, ids in marked.items():
            self._tests[test] = {"req": ids, "outcome": "not run"}

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Note how each phase of a test went; one that fails decides."""
        report = yield
        found = self._tests.get(item.nodeid)
        if found and found["outcome"] != "failed":
            if report.failed or report.skipped:
                found["outcome"] = "failed"
            elif report.when == "teardown":
                found["outcome"] = "passed"
        return report

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Write the record, unless only a part was run."""
        if not (self._is_whole(session) or self._config.getoption("--record")):
            return
        RECORD.parent.mkdir(exist_ok=True)
        moment = time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime())
        half = RECORD.with_suffix(".new")
        half.write_text(json.dumps({"recorded": moment, "tests": self._tests}, indent=1) + "\n")
        half.replace(RECORD)

    def _is_whole(self, session: pytest.Session) -> bool:
        chosen = self._config.option
        narrowed = chosen.keyword or chosen.markexpr or getattr(chosen, "lf", False)
        all_paths = self._config.args_source is pytest.Config.ArgsSource.TESTPATHS
        return all_paths and not narrowed and not session.shouldstop and not session.shouldfail
