"""Run the tests in a house that is thrown away: its own clusters, broker and keys."""

import json
import os
import shutil
import signal
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from ethicsdesk.machine import browser, tables
from ethicsdesk.machine.house import EXTERNAL, House, Site, python
from ethicsdesk.machine.running import Place, exit_code
from ethicsdesk.machine.state import ROOT, State

ORIGIN = "http://testserver"
# The tests of the one running house stay in one lane, and the others take about as long.
MOST_LANES = 2
# the variable that tells each lane of its servers and keys
LANES = "ETHICSDESK_LANES"
PLUGINS = ("-p", "ethicsdesk.machine.lanes", "-p", "ethicsdesk.machine.record", "-p", "no:valkey")


@contextmanager
def lanes(number: int) -> Iterator[list[Place]]:
    """Give as many houses with tables, which are made side by side."""
    with ExitStack() as stack:
        places = [stack.enter_context(throwaway()) for _ in range(number)]
        (tables.migrate if _given() else tables.make)(places)
        yield places


@contextmanager
def throwaway() -> Iterator[Place]:
    """Give a house without tables, and leave nothing of it behind."""
    folder = Path(tempfile.mkdtemp(prefix="ethicsdesk-test-"))
    state = State(str(folder))
    house = House(state, throwaway=True)
    try:
        state.take()
        yield Place(state, house.start(), Site(ORIGIN, demo=True))
    finally:
        house.end()
        state.release()
        elsewhere = state / "servers"
        if elsewhere.is_symlink():
            shutil.rmtree(elsewhere.resolve(), ignore_errors=True)
        shutil.rmtree(folder, ignore_errors=True)


def test(arguments: Sequence[str], *, aside: bool) -> int:
    """Run pytest with the given arguments; return its exit code.

    With `aside` standard output is left to the caller.
    """
    # A stop must not leave the houses standing.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with lanes(_lanes(arguments)) as places:
        env = {**places[0].environment("test"), **browser.environment()}
        # The browser's event loop runs in the tests' thread, where Django would refuse its ORM.
        env["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
        env[LANES] = _described([place.environment("test") for place in places])
        # Files come in their order: the longest do not have the most tests.
        spread = ("-n", str(len(places)), "--no-loadscope-reorder") if len(places) > 1 else ()
        command = python("-m", "pytest", *PLUGINS, *spread, *_in_full(arguments))
        return exit_code(command, env, cwd=ROOT, aside=aside)


def _lanes(arguments: Sequence[str]) -> int:
    """Return in how many lanes to run: in one for a part, or where the servers are given."""
    part = any(not argument.startswith("-") for argument in arguments)
    return 1 if part or _given() else min(MOST_LANES, os.cpu_count() or 1)


def _described(environments: Sequence[Mapping[str, str]]) -> str:
    """Return what each lane's environment has of its own."""
    first = environments[0]
    own = [name for name in first if any(one[name] != first[name] for one in environments)]
    return json.dumps([{name: one[name] for name in own} for one in environments])


def _in_full(arguments: Sequence[str]) -> list[str]:
    """Return the arguments with the paths, given from the caller's folder, in full."""
    full = []
    for argument in arguments:
        path, mark, rest = argument.partition("::")
        known = not argument.startswith("-") and Path(path).exists()
        full.append(f"{Path(path).resolve()}{mark}{rest}" if known else argument)
    return full


def _given() -> bool:
    """Whether the servers are somebody else's."""
    return any(os.environ.get(name) for name in EXTERNAL)
