"""Whatever is killed while a sweep runs, every step is taken once: in a house of its own."""

import json
import os
import random
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house import DESK, House, environment, start, state_folder, stop

LATE = "2099-01-01T00:00:00Z"
COUNT = """
import json
from django.db.models import Count, F
from escalation.models import Clock, StepTaken
from ledger.models import Entry, Outbox
taken = StepTaken.objects.count()
steps = set(Clock.objects.ticking().annotate(n=Count("steps_taken")).values_list("n", flat=True))
acts = Entry.objects.filter(verb__in=["step_taken", "step_found_nobody"]).count()
told = Outbox.objects.filter(template__startswith="clock_")
print(json.dumps({
    "taken": taken, "acts": acts, "steps": sorted(steps),
    "early": StepTaken.objects.filter(at__lt=F("clock__due_at")).count(),
    "doubled": told.count() - told.values("identity").distinct().count(),
    "left": Clock.objects.ticking().exclude(next_at=None).count(),
}))
"""


@pytest.fixture
def own_house() -> Iterator[House]:
    """Return a house that may be shot at."""
    with state_folder() as folder:
        house = start(folder)
        yield house
        stop(house)


def processes(house: House) -> dict[int, str]:
    """Return the command lines of what runs for this house."""
    found = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                words = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                state = (folder / "environ").read_bytes().decode(errors="replace")
            except OSError:
                continue
            if str(house.state) in words + state:
                found[int(folder.name)] = words
    return found


def shoot(house: House, what: str) -> None:
    """Kill the processes of the house whose command line holds these words."""
    for pid, words in processes(house).items():
        if what in words and " up " not in words:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue


@pytest.mark.req("ESC-6", "OPS-3")
def test_every_step_is_taken_once_whatever_is_killed_meanwhile(own_house: House) -> None:
    shots = random.Random(7)  # noqa: S311 - a fixed order of shots
    for target in ("celery worker", "valkey-server", "postgres -D", "celery beat"):
        sweeps = [
            subprocess.Popen(
                [*DESK, "manage", "sweep", "--at", LATE],
                env={**environment(), "ETHICSDESK_STATE": str(own_house.state)},
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
            for _ in range(2)
        ]
        time.sleep(shots.uniform(0.6, 1.6))
        shoot(own_house, target)
        os.killpg(sweeps[0].pid, signal.SIGKILL)
        for sweep in sweeps:
            sweep.wait(60)
    settled(own_house)
    outcome = json.loads(own_house.manage("shell", "-c", COUNT).splitlines()[-1])
    assert outcome["taken"] > 0
    assert outcome["taken"] == outcome["acts"]
    assert outcome["steps"] == [3]
    assert (outcome["early"], outcome["doubled"], outcome["left"]) == (0, 0, 0)
    assert "whole" in own_house.manage("verify_ledger")


def settled(house: House) -> None:
    """Sweep until the house has stood up again and nothing is left to do."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            if json.loads(house.manage("sweep", "--at", LATE).splitlines()[-1])["due"] == 0:
                return
        except AssertionError:
            time.sleep(0.5)
    pytest.fail("the house did not settle")
