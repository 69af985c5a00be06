"""A pytest plugin: the whole suite in lanes side by side, each with servers of its own."""

import json
import os
from collections.abc import Generator, Mapping, Sequence

import pytest

from ethicsdesk.machine.house import EXTERNAL

VARIABLE = "ETHICSDESK_LANES"
# The tests of one running house stay in one lane, and the others are about as long as they are.
LANES = 2


def wanted(arguments: Sequence[str]) -> int:
    """Return how many lanes a run takes: one for a part, or where the servers are given."""
    part = any(not argument.startswith("-") for argument in arguments)
    given = any(os.environ.get(name) for name in EXTERNAL)
    return 1 if part or given else min(LANES, os.cpu_count() or 1)


def options(number: int) -> Sequence[str]:
    """Return what pytest is told, so that it runs in so many lanes.

    Files come in their order: the longest ones do not have the most tests.
    """
    spread = ("-n", str(number), "--dist", "loadgroup", "--no-loadscope-reorder")
    return spread if number > 1 else ()


def described(environments: Sequence[Mapping[str, str]]) -> str:
    """Return what each lane's environment has of its own, for `VARIABLE`."""
    first = environments[0]
    own = [name for name in first if any(one[name] != first[name] for one in environments)]
    return json.dumps([{name: one[name] for name in own} for one in environments])


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests() -> Generator[None]:
    """Take the lane's own servers and keys before Django reads its settings."""
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if worker:
        os.environ.update(json.loads(os.environ[VARIABLE])[int(worker.removeprefix("gw"))])
    return (yield)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep what needs the running house together, and else each file."""
    for item in items:
        uses_house = "house" in getattr(item, "fixturenames", ())
        item.add_marker(pytest.mark.xdist_group("house" if uses_house else item.path.name))
