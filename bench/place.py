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

import psycopg2

from ethicsdesk.machine import accounts
from ethicsdesk.machine.postgres import SUPERUSER
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
    # who is kept remembers how many there are
    is_kept: bool = False

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

    def fill(self, wanted: int, *, years: float = 2.0, is_lean: bool = False) -> None:
        """Generate concerns until there are as many as are wanted; fewer is never made.

        Many are made a part at a time, so that a kept house that was ended goes on from there.
        """
        while missing := max(wanted - self.concerns, 0):
            count = min(missing, PART)
            say(f"generating {count} of {missing} concerns ...")
            lean = ["--lean"] if is_lean else []
            with written_fast(self.state):
                said = self.manage(
                    *("generate", "--cases", str(count), "--years", str(years)),
                    *("--seed", str(self.concerns + count)),
                    *lean,
                )
            say(said.splitlines()[-1])
            self.concerns += count
            if self.is_kept:
                State(str(self.state)).write(KEPT_IN, {"concerns": self.concerns})
            if self.concerns == wanted:
                self.manage("shell", "-v", "0", "-c", ANALYSE, process="owner")

    @property
    def personas(self) -> dict[str, Any]:
        """Return who can sign in, and the API's token."""
        found: dict[str, Any] = json.loads((self.state / "personas.json").read_text())
        return found


# What autovacuum does within minutes, so that no plan rests on tables that were empty.
ANALYSE = "from django.db import connection as c; c.cursor().execute('VACUUM ANALYZE')"
PART = 50_000
# the file in which a kept house remembers how many concerns it holds
KEPT_IN = "bench"
# While it is filled a house need not survive a loss of power: whoever is interrupted begins anew.
FILLING = {
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_wal_size": "8GB",
    "checkpoint_timeout": "1h",
    "autovacuum": "off",
}


@contextmanager
def written_fast(folder: Path) -> Iterator[None]:
    """Let both clusters of a house write as fast as they can, and then as ever again."""
    try:
        _set(folder, [f"SET {name} = '{value}'" for name, value in FILLING.items()])
        yield
    finally:
        _set(folder, [f"RESET {name}" for name in FILLING])


def _set(folder: Path, changes: Sequence[str]) -> None:
    account = accounts.service()
    for name in ("main", "keystore"):
        run = State(str(folder)).servers(account) / name / "run"
        line = psycopg2.connect(
            host=str(accounts.socket_folder(run, account)),
            user=SUPERUSER,
            dbname="postgres",
            password=(folder / f"{name}.secret").read_text(),
        )
        with closing(line):
            # what is altered for all sessions is altered outside of a transaction
            line.autocommit = True
            with line.cursor() as cursor:
                for change in changes:
                    cursor.execute(f"ALTER SYSTEM {change}")
                cursor.execute("SELECT pg_reload_conf()")


def say(*words: object) -> None:
    """Tell the operator how far we are."""
    print("bench:", *words, file=sys.stderr, flush=True)


@contextmanager
def house(env: Mapping[str, str] | None = None, keep: Path | None = None) -> Iterator[Place]:
    """Give a house that stands on a folder of its own, and leave nothing of it behind.

    In the folder `keep` it is found again, with what it was filled with.
    """
    folder = (keep or Path(tempfile.mkdtemp(prefix="ethicsdesk-bench-"))).resolve()
    state = State(str(folder))
    state.make()
    folder.chmod(0o711)
    # a demonstration, which `generate` fills instead of the stories
    state.write("demo", {"wanted": True, "done": True})
    held = (state.read(KEPT_IN) or {"concerns": 0})["concerns"]
    # what an earlier start said is not said by this one
    (folder / "up.log").unlink(missing_ok=True)
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
        yield Place(folder, port, held, is_kept=keep is not None)
    finally:
        if up is not None:
            end_all([(up, signal.SIGTERM)], STOP_SECONDS)
        if keep is None:
            _remove(folder)


def _remove(folder: Path) -> None:
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
