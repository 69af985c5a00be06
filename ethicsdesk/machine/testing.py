"""Run the tests in a house that is thrown away: its own clusters, broker and keys."""

import shutil
import signal
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from ethicsdesk.machine import browser, lanes
from ethicsdesk.machine.house import House, Site, python
from ethicsdesk.machine.running import Place, exit_code
from ethicsdesk.machine.state import ROOT, State

ORIGIN = "http://testserver"
PLUGINS = ("-p", "ethicsdesk.machine.lanes", "-p", "ethicsdesk.machine.record", "-p", "no:valkey")


@contextmanager
def throwaway() -> Iterator[Place]:
    """Give a house whose tables are ready, and leave nothing of it behind."""
    folder = Path(tempfile.mkdtemp(prefix="ethicsdesk-test-"))
    state = State(str(folder))
    house = House(state, throwaway=True)
    try:
        state.take()
        place = Place(state, house.start(), Site(ORIGIN, demo=True))
        place.run(
            "preparing the database", python("-m", "ethicsdesk.machine.prepare", "schema"), "owner"
        )
        yield place
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
    with ExitStack() as stack:
        number = lanes.wanted(arguments)
        places = [stack.enter_context(throwaway()) for _ in range(number)]
        env = {**places[0].environment("test"), **browser.environment()}
        # The browser's event loop runs in the tests' thread, where Django would refuse its ORM.
        env["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
        env[lanes.VARIABLE] = lanes.described([place.environment("test") for place in places])
        spread = lanes.options(number)
        command = python("-m", "pytest", *PLUGINS, *spread, *_in_full(arguments))
        return exit_code(command, env, cwd=ROOT, aside=aside)


def _in_full(arguments: Sequence[str]) -> list[str]:
    """Return the arguments with the paths, given from the caller's folder, in full."""
    full = []
    for argument in arguments:
        path, mark, rest = argument.partition("::")
        known = not argument.startswith("-") and Path(path).exists()
        full.append(f"{Path(path).resolve()}{mark}{rest}" if known else argument)
    return full
