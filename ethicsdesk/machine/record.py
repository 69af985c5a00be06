"""A pytest plugin: which tests prove which requirement, written down at the end of a whole run."""

import json
import time
from typing import Any

import pytest

from ethicsdesk.machine.tracing import RECORD, requirements

PROPERTY = "req"
# lanes that stop early end a run as interrupted
WHOLE = {pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED}


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
        self._lane_died = False

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Send the marks along with the reports, and refuse those that name nothing.

        First, because the lanes add theirs to the names of the tests.
        """
        marked = {item: found for item in items if (found := names(item))}
        known = requirements() if marked else {}
        unknown = {
            f"{item.nodeid} names {name}"
            for item, ids in marked.items()
            for name in ids
            if name not in known
        }
        if unknown:
            msg = "docs/requirements.md has no such row: " + "; ".join(sorted(unknown))
            raise pytest.UsageError(msg)
        for item, ids in marked.items():
            item.user_properties.append((PROPERTY, (item.nodeid, ids)))
            self._tests[item.nodeid] = {"req": ids, "outcome": "not run"}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note how each phase of a test went, in whichever lane; one that fails decides."""
        properties: dict[str, Any] = dict(report.user_properties)
        named = properties.get(PROPERTY)
        if not named:
            return
        test, ids = named
        found = self._tests.setdefault(test, {"req": ids, "outcome": "not run"})
        if found["outcome"] != "failed":
            if report.failed or report.skipped:
                found["outcome"] = "failed"
            elif report.when == "teardown":
                found["outcome"] = "passed"

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, error: object) -> None:
        """Note that a lane died: what it ran then comes without the marks of its test."""
        self._lane_died |= bool(error)

    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Write the record, unless only a part was run or the run was broken off.

        So what stands in it was collected and came to its end, in whichever lane.
        """
        in_a_lane = hasattr(self._config, "workerinput")
        if in_a_lane or not (self._is_whole(session) or self._config.getoption("--record")):
            return
        if self._lane_died or exitstatus not in WHOLE:
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
