"""A house of our own to measure in: its servers, web and workers as `./desk up` starts them."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ethicsdesk.machine.processes import Process, end_all
from ethicsdesk.machine.state import ROOT, State

START_SECONDS = 180
STOP_SECONDS = 30
OURS = ("ETHICSDESK_", "DJANGO_", "DATABASE_URL", "KEYSTORE_URL", "REDIS_URL", "LIMITS_URL")
KEPT = ("ETHICSDESK_POSTGRES_BIN", "ETHICSDESK_REDIS_BIN")
DESK = [sys.executable, "-P", "-m", "ethicsdesk.machine"]


def environment() -> dict[str, str]:
    """Return our environment without what belongs to another house."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    named = {name: os.environ[name] for name in KEPT if name in os.environ}
    return {**kept, **named, "PYTHONPATH": str(ROOT)}


@dataclass
class Place:
    """A running house with the people of the demonstration and as many concerns as were wanted."""

    state: Path
    port: int
    concerns: int = 0

    def manage(self, *arguments: str, process: str = "") -> str:
        """Run a management command in this house and return what it printed."""
        named = {"ETHICSDESK_PROCESS": process} if process else {}
        return self._run([*DESK, "manage", *arguments], named)

    def inside(self, name: str, *arguments: object, process: str) -> dict[str, Any]:
        """Measure something in a process of this house, with its rights; see bench.inside."""
        call = f"from bench import inside; inside.run({name!r}, {list(map(str, arguments))!r})"
        told = self.manage("shell", "-v", "0", "-c", call, process=process)
        found: dict[str, Any] = json.loads(told.splitlines()[-1])
        return found

    def together(
        self, measures: Sequence[tuple[object, ...]], *, process: str
    ) -> list[dict[str, Any]]:
        """Measure several things, each a name and its arguments, in as many processes at once."""
        with ThreadPoolExecutor(len(measures)) as pool:
            begun = [
                pool.submit(self.inside, str(name), *arguments, process=process)
                for name, *arguments in measures
            ]
            return [one.result() for one in begun]

    def _run(self, command: list[str], named: dict[str, str]) -> str:
        done = subprocess.run(
            command,
            env={**environment(), **named, "ETHICSDESK_STATE": str(self.state)},
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            sys.exit(f"bench: {' '.join(command)} failed:\n{done.stdout}{done.stderr}")
        return done.stdout

    def fill(self, wanted: int) -> None:
        """Generate concerns until there are as many as are wanted; fewer is never made."""
        missing = wanted - self.concerns
        if missing <= 0:
            return
        say(f"generating {missing} concerns ...")
        said = self.manage("generate", "--cases", str(missing), "--seed", str(wanted))
        say(said.splitlines()[-1])
        self.concerns = wanted
        self.manage("shell", "-v", "0", "-c", ANALYSE, process="owner")

    @property
    def personas(self) -> dict[str, Any]:
        """Return who can sign in, and the API's token."""
        found: dict[str, Any] = json.loads((self.state / "personas.json").read_text())
        return found


# What autovacuum does within minutes, so that no plan rests on tables that were empty.
ANALYSE = "from django.db import connection as c; c.cursor().execute('ANALYZE')"


def say(*words: object) -> None:
    """Tell the operator how far we are."""
    print("bench:", *words, file=sys.stderr, flush=True)


@contextmanager
def house(env: Mapping[str, str] | None = None) -> Iterator[Place]:
    """Give a house that stands on a folder of its own, and leave nothing of it behind."""
    folder = Path(tempfile.mkdtemp(prefix="ethicsdesk-bench-")).resolve()
    folder.chmod(0o711)
    state = State(str(folder))
    state.make()
    # a demonstration, which `generate` fills instead of the stories
    state.write("demo", {"wanted": True, "done": True})
    up: Process | None = None
    try:
        with closing(socket.socket()) as door:
            door.bind(("127.0.0.1", 0))
            port = int(door.getsockname()[1])
        up = Process(
            [*DESK, "up", "--port", str(port), "--state", str(folder)],
            log=folder / "up.log",
            env={**environment(), **(env or {})},
            cwd=ROOT,
            on_our_death=signal.SIGTERM,
        )
        _await_ready(up, folder / "up.log")
        yield Place(folder, port)
    finally:
        if up is not None:
            end_all([(up, signal.SIGTERM)], STOP_SECONDS)
        elsewhere = folder / "servers"
        if elsewhere.is_symlink():
            shutil.rmtree(elsewhere.resolve(), ignore_errors=True)
        shutil.rmtree(folder, ignore_errors=True)


def _await_ready(up: Process, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while "ready: " not in log.read_text():
        if not up.alive or time.monotonic() > deadline:
            sys.exit(f"bench: the house did not start:\n{log.read_text()}")
        time.sleep(0.1)
