"""A pytest plugin: the whole suite in lanes side by side, each with servers of its own."""

import json
import os
import re
from collections.abc import Generator
from functools import cache
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

from ethicsdesk.machine.state import ROOT
from ethicsdesk.machine.testing import LANES

HOUSE = "house"
# as the tests declare that they use it; the files are asked, since marks do not reach a scheduler
ASKS_FOR_HOUSE = re.compile(r"\b(?:house: House|\w+_page: Page)\b")


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests() -> Generator[None]:
    """Take the lane's own servers and keys before Django reads its settings."""
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if worker:
        os.environ.update(json.loads(os.environ[LANES])[int(worker.removeprefix("gw"))])
    return (yield)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest, so that the lanes end together; else leave the order."""
    items.sort(key=_rank)


def _rank(item: pytest.Item) -> int:
    if _asks_for_house(item.nodeid.partition("::")[0]):
        return 0
    return 1 if item.get_closest_marker("long") else 2


class Lanes(LoadScopeScheduling):  # type: ignore[misc] # xdist has no types
    """Keeps a file together, and all files whose tests ask for the running house."""

    def _split_scope(self, nodeid: str) -> str:
        path = nodeid.partition("::")[0]
        return HOUSE if _asks_for_house(path) else path


@cache
def _asks_for_house(path: str) -> bool:
    return bool(ASKS_FOR_HOUSE.search((ROOT / path).read_text(encoding="utf-8")))


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Lanes:
    """Spread the tests in our way."""
    return Lanes(config, log)
