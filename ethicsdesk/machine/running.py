"""Work in a house: find the one that runs, or start its servers for a while."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from ethicsdesk.machine import schema
from ethicsdesk.machine.house import Addresses, House, Site, environment, python
from ethicsdesk.machine.processes import Process, die_with_parent
from ethicsdesk.machine.roles import Address
from ethicsdesk.machine.state import ROOT, State
from ethicsdesk.machine.trouble import Trouble

RUNNING = "running"
WAIT_SECONDS = 120


class Place:
    """A house with its servers running, in which commands can be run."""

    def __init__(self, state: State, addresses: Addresses, site: Site) -> None:
        """Know where everything is."""
        self.state = state
        self.addresses = addresses
        self.site = site

    def environment(self, process: str) -> dict[str, str]:
        """Return the environment of one of the house's processes."""
        return environment(self.state, self.addresses, self.site, process)

    def note(self) -> None:
        """Leave word for other commands that this house runs, and where."""
        main, keystore, *memories = self.addresses
        addresses = [main.url, keystore.url, *memories]
        self.state.write(RUNNING, {"addresses": addresses, "site": asdict(self.site)})

    def begin(self, command: Sequence[str], process: str) -> Process:
        """Start a step of a start, which `finish` awaits."""
        log = self.state / "log" / "start.log"
        return Process(command, log=log, env=self.environment(process), cwd=ROOT)

    def run(self, what: str, command: Sequence[str], process: str) -> None:
        """Run a step of a start to its end, or say how it failed."""
        finish(what, self.begin(command, process))

    def prepare(self, *, embedded: bool) -> None:
        """Bring tables, grants and static files up to date where they are not."""
        parts = schema.stale(self.state, embedded=embedded)
        if not parts:
            return
        self.state.forget(schema.STAMPS)
        prints = schema.wanted()
        command = python("-m", "ethicsdesk.machine.prepare", *parts)
        self.run("preparing the database", command, "owner")
        self.state.write(schema.STAMPS, prints)


def finish(what: str, step: Process) -> None:
    """Await the end of a step of a start, or say how it failed."""
    try:
        step.wait()
    finally:
        step.kill()
    if step.code:
        msg = f"{what} failed. {step.tail(25)}"
        raise Trouble(msg)


@contextmanager
def borrowed(state: State, site: Site, *, prepared: bool) -> Iterator[Place]:
    """Give the house of a running `up`, else start the servers until the caller is done.

    `prepared` brings the tables up to date in servers that were started here.
    """
    found = _found_or_taken(state)
    if found:
        yield found
        return
    house = House(state)
    try:
        place = Place(state, house.start(), site)
        if prepared:
            place.prepare(embedded=len(house.servers) == len(place.addresses))
        yield place
    finally:
        house.end()
        state.release()


def _found_or_taken(state: State) -> Place | None:
    """Return the running house, or None once the state is ours: others may be on their way."""
    deadline = time.monotonic() + WAIT_SECONDS
    while not state.take():
        word = state.read(RUNNING)
        if word:
            main, keystore, *memories = word["addresses"]
            addresses = Addresses(Address(main), Address(keystore), *memories)
            return Place(state, addresses, Site(**word["site"]))
        if time.monotonic() > deadline:
            msg = f"another command holds {state.folder} and does not end. Try again later."
            raise Trouble(msg)
        time.sleep(0.2)
    state.forget(RUNNING)
    return None


def exit_code(
    command: Sequence[str],
    env: Mapping[str, str],
    *,
    cwd: Path | None = None,
    aside: bool = False,
) -> int:
    """Run a command at the operator's terminal and return how it ended.

    With `aside` its output goes where our own words go, beside the answer on standard output.
    """
    us = os.getpid()
    child = subprocess.Popen(
        command,
        env=env,
        cwd=cwd,
        stdout=sys.stderr if aside else None,
        # We have one thread, so nothing can hold a lock between fork and exec.
        preexec_fn=lambda: die_with_parent(signal.SIGTERM, us),  # noqa: PLW1509
    )
    signal.signal(signal.SIGTERM, lambda _number, _frame: child.terminate())
    while True:
        try:
            code = child.wait()
        except KeyboardInterrupt:
            # The terminal told the child as well; it decides what to do about it.
            continue
        return code if code >= 0 else 128 - code
