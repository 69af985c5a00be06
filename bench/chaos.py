"""Shoot at a house while clocks come due in it, and look at what it made of them.

Everything is killed with SIGKILL as it comes: workers and the processes that they fork, beat, the
watchdog, the broker (which forgets every hint), backends of the database, and the database itself
as `pg_ctl -m immediate` does. The mail goes to a server of ours, which may have a worker killed in
the moment between its 250 and the row's being marked as sent.
"""

import contextlib
import os
import random
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg2
import redis

from bench.measurement import percentile
from bench.office import Office
from bench.place import Place
from ethicsdesk.machine.state import State

KIND = "chaos_"
PAUSE = (0.2, 0.6)
LOOK_EVERY = 0.2
# what is shot at, so many times of a hundred
TARGETS = {
    "forked worker": 34,
    "worker": 12,
    "beat": 10,
    "broker": 10,
    "hints": 10,
    "backend": 14,
    "database": 4,
    "watchdog": 6,
}
# whose death between the mail server's 250 and the commit brings a letter a second time
BEARERS = {"forked workers", "forked worker", "worker", "backend", "database", "watchdog"}
SEEN = """
SELECT s.clock_id, extract(epoch FROM clock_timestamp() - c.due_at), s.at < c.due_at
FROM escalation_steptaken s JOIN escalation_clock c ON c.id = s.clock_id WHERE c.kind LIKE %s
"""


# -- shooting ------------------------------------------------------------------------------


@dataclass
class Gun:
    """Kills what belongs to one house, and nothing else."""

    state: Path
    broker: str
    shots: Counter[str] = field(default_factory=Counter)

    def shoot(self, what: str) -> None:
        """Kill one thing."""
        self.shots[what] += 1
        if what == "hints":
            with contextlib.suppress(redis.RedisError, OSError):
                redis.Redis.from_url(self.broker).flushall()
            return
        number = signal.SIGQUIT if what == "database" else signal.SIGKILL
        for pid in self._found(what):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)

    def stop(self, what: str) -> list[int]:
        """Stop one thing, which stays where it is; return the processes, to let them go on."""
        found = self._found(what)
        for pid in found:
            os.kill(pid, signal.SIGSTOP)
        return found

    def shoot_bearers(self) -> None:
        """Kill whatever may be bringing a letter."""
        for what in ("forked workers", "watchdog"):
            self.shoot(what)

    def _found(self, what: str) -> list[int]:
        all_of_it = _processes(self.state)
        workers = [pid for pid, (_, words) in all_of_it.items() if " worker -c" in words]
        mains = [pid for pid in workers if all_of_it[pid][0] not in workers]
        database = [
            pid
            for pid, (_, words) in all_of_it.items()
            if f"{self.state}/servers/main/data" in words
        ]
        forked = [pid for pid in workers if all_of_it[pid][0] in mains]
        if what == "forked workers":
            return forked
        if what == "forked worker":
            return forked[:1]
        if what == "worker":
            return mains
        if what == "database":
            return database[:1]
        if what == "backend":
            return _backends(database)[:1]
        words_of = {"beat": " beat ", "watchdog": " watchdog", "broker": "valkey-server"}[what]
        return [pid for pid, (_, words) in all_of_it.items() if words_of in words]


def _processes(state: Path) -> dict[int, tuple[int, str]]:
    """Return parent and command line of what runs for a house, but not of what keeps it."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            words = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            told = (folder / "environ").read_bytes().decode(errors="replace")
            parent = _parent(folder)
        except OSError:
            continue
        is_ours = str(state) in words + told
        if (
            is_ours
            and "ethicsdesk.machine up" not in words
            and "ethicsdesk.machine manage" not in words
        ):
            found[int(folder.name)] = (parent, words)
    return found


def _parent(folder: Path) -> int:
    return int((folder / "stat").read_text().rpartition(")")[2].split()[1])


def _backends(database: list[int]) -> list[int]:
    """Return the processes of a database that work for somebody, in no order."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            is_at_work = b"ed_worker" in (folder / "cmdline").read_bytes()
            if is_at_work and _parent(folder) in database:
                found.append(int(folder.name))
    return found


# -- looking -------------------------------------------------------------------------------


class Look:
    """Looks from outside, by the database's clock, when each step can first be seen."""

    def __init__(self, database: str, kind: str) -> None:
        """Look into a database, at the clocks of a kind."""
        self._kind = kind
        self.late: dict[str, float] = {}
        self.early = 0
        self._url = database.replace("postgres:", "postgresql:", 1)

    def __call__(self) -> int:
        """Return how many clocks have taken a step, if the database answers."""
        with (
            contextlib.suppress(psycopg2.Error),
            closing(psycopg2.connect(self._url)) as line,
            line.cursor() as cursor,
        ):
            cursor.execute(SEEN, [f"{self._kind}%"])
            for clock, late, is_early in cursor.fetchall():
                self.late.setdefault(clock, float(late))
                self.early += bool(is_early)
        return len(self.late)


@dataclass
class Outcome:
    """What was found when all was quiet again.

    `twice` letters came a second time under the same name, `missing` never did.
    """

    clocks: int
    seconds: float
    late: list[float]
    early: int
    shots: dict[str, int]
    shots_after_250: int
    twice: int
    found: dict[str, Any]
    missing: int

    def complaints(self) -> list[str]:
        """Return what is wrong: nothing may be early, twice or lost, whatever was shot."""
        held = {
            "took no step": self.clocks - self.found.get("firsts", 0),
            "took a step twice": self.found.get("steps", 0) - self.found.get("firsts", 0),
            "were moved on otherwise than once": self.clocks - self.found.get("moved", 0),
            "were recorded otherwise than once": abs(self.clocks - self.found.get("acts", 0)),
            "broke their promise otherwise than once": abs(
                self.clocks - self.found.get("breached", 0)
            ),
            "were early": self.early,
            "were posted otherwise than reached": abs(
                self.found.get("posted", 0) - self.found.get("reached", 0)
            ),
            "letters were lost": self.missing,
            "letters came twice without a shot": max(self.twice - self.kills_of_bearers, 0),
            "letters wait": self.found["untold"],
        }
        return [f"{number} {what}" for what, number in held.items() if number]

    @property
    def kills(self) -> int:
        """Return how many shots there were."""
        return sum(self.shots.values())

    @property
    def kills_of_bearers(self) -> int:
        """Return how many shots could have hit whoever was bringing a letter."""
        return sum(self.shots.get(what, 0) for what in BEARERS)

    @property
    def p50(self) -> float:
        """Return the lateness, in seconds, below which half of the steps lie."""
        return percentile(self.late, 50)

    @property
    def p99(self) -> float:
        """Return the lateness, in seconds, below which 99 of 100 steps lie."""
        return percentile(self.late, 99)


def run(
    place: Place,
    post: Office,
    count: int,
    *,
    spread: float,
    longest: float,
    meanwhile: Callable[[Gun], AbstractContextManager[None]] | None = None,
) -> Outcome:
    """Let clocks come due within `spread` seconds, shoot until each took its step, and wait.

    `meanwhile` is what happens to the house until then: by default everything is shot at.
    """
    addresses = State(str(place.state)).read("running")["addresses"]
    gun = Gun(place.state, f"unix://{urlsplit(addresses[2]).path}")
    post.shoot = gun.shoot_bearers
    # one that a run before left in the same house is not ours
    kind = f"{KIND}{uuid4().hex[:6]}_"
    look = Look(addresses[0], kind)
    place.inside("add_chaos", kind, count, spread, process="owner")
    began = time.monotonic()
    with (meanwhile or _fire)(gun):
        while look() < count and time.monotonic() - began < longest:
            time.sleep(LOOK_EVERY)
    took = time.monotonic() - began
    found = _quiet(place, kind, longest)
    look()
    names = set(found.pop("letters", ()))
    return Outcome(
        clocks=count,
        seconds=took,
        late=list(look.late.values()),
        early=look.early,
        shots=dict(gun.shots),
        shots_after_250=post.shots,
        twice=sum(max(post.taken[name] - 1, 0) for name in names),
        missing=sum(not post.taken[name] for name in names),
        found=found,
    )


@contextmanager
def broker_away(gun: Gun) -> Iterator[None]:
    """Let the broker answer nobody until the block ends: worse than dead, since nothing notices."""
    stopped = gun.stop("broker")
    if not stopped:
        sys.exit("bench: there is no broker to stop")
    try:
        yield
    finally:
        for pid in stopped:
            os.kill(pid, signal.SIGCONT)


@contextmanager
def _fire(gun: Gun) -> Iterator[None]:
    """Shoot at everything once, and then at random, until the block ends."""
    shots = random.Random(7)  # noqa: S311 - a fixed order of shots
    first = list(TARGETS)
    shots.shuffle(first)
    enough = threading.Event()

    def fire() -> None:
        while not enough.wait(shots.uniform(*PAUSE)):
            at_random = shots.choices(list(TARGETS), list(TARGETS.values()))[0]
            gun.shoot(first.pop() if first else at_random)

    thread = threading.Thread(target=fire, daemon=True)
    thread.start()
    yield
    enough.set()
    thread.join()


def _quiet(place: Place, kind: str, longest: float) -> dict[str, Any]:
    """Wait until nothing is left to be told, and return what there is."""
    deadline = time.monotonic() + longest
    while True:
        try:
            found = place.inside("after_chaos", kind, process="worker")
        except SystemExit:
            # the house is still getting up
            found = {"untold": 1}
        if not found["untold"] or time.monotonic() > deadline:
            return found
        time.sleep(1)
