"""The memory of a running house: who keeps time has no key to what was written (K7)."""

import json
import os
from collections.abc import Collection
from pathlib import Path
from secrets import token_hex
from typing import NamedTuple

import pytest

from ethicsdesk.machine.processes import survivors
from tests.api.program import concern
from tests.api.test_house import ask, token
from tests.house import House

pytestmark = [pytest.mark.browser, pytest.mark.req("SEC-1")]
TIMEKEEPERS = {"worker", "watchdog", "beat"}
# Prints the keys that open one concern, makes it long overdue, and waits for the workers, who hand
# it over and so wake a grant that slept: as near to a key as they ever come.
ESCALATE = """
import json, time
from datetime import timedelta
from cases.models import Concern
from common import clock, sealing
from escalation.models import Clock
from people.models import Person
from safes import access, actions
from safes.models import Grant
from safes.rules import Receipt

receipt = Receipt.parse({receipt!r})
concern = Concern.objects.get(locator=receipt.locator)
opener = actions.unlock(Person.objects.get(username={username!r}), passphrase={password!r})
(key,) = access.secrets_of(receipt.opener, [concern.safe_id]).values()
(same,) = access.secrets_of(opener, [concern.safe_id]).values()
assert key == same
long_ago = clock.now() - timedelta(days=90)
asleep = Grant.objects.filter(safe=concern.safe_id, state="dormant")
before = asleep.count()
running = Clock.objects.filter(subject_id=concern.pk)
running.update(due_at=long_ago, next_at=long_ago, times=[long_ago] * 3)
for _ in range(300):
    if asleep.count() < before:
        break
    time.sleep(0.1)
print(json.dumps({{
    "woken": before - asleep.count(),
    "keys": {{
        "safe": key.secret.hex(),
        "items of the safe": sealing.hkdf(key.secret, b"ethicsdesk/items").hex(),
        "officer": opener.secret.hex(),
        "reporter": receipt.opener.secret.hex(),
    }},
}}))
"""


class Memory(NamedTuple):
    """What stands in the memory of one process."""

    process: str
    pid: int
    found: set[str]


def holding(pid: int, wanted: dict[str, bytes]) -> set[str]:
    """Return what stands anywhere in the writable memory of a process, as bytes or in hex."""
    found = set()
    maps = Path(f"/proc/{pid}/maps").read_text().splitlines()
    with Path(f"/proc/{pid}/mem").open("rb", buffering=0) as memory:
        for line in maps:
            where, rights, *_ = line.split()
            if not rights.startswith("rw"):
                continue
            start, end = (int(number, 16) for number in where.split("-"))
            try:
                content = os.pread(memory.fileno(), end - start, start)
            except OSError:
                continue  # given back meanwhile, or not the process's own
            for name, secret in wanted.items():
                if secret in content or secret.hex().encode() in content:
                    found.add(name)
    return found


def memories(house: House, wanted: dict[str, bytes]) -> list[Memory]:
    """Search every process of a house that is told which one it is."""
    found = []
    for pid in survivors(house.state):
        told = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
        named = [one.partition(b"=")[2] for one in told if one.startswith(b"ETHICSDESK_PROCESS=")]
        found += [Memory(name.decode(), pid, holding(pid, wanted)) for name in named]
    return found


def who_has(found: Collection[Memory], name: str) -> set[str]:
    return {memory.process for memory in found if name in memory.found}


def test_nobody_who_keeps_time_has_a_key_or_a_word_in_memory(house: House) -> None:
    narrative, officer = f"narrative{token_hex(8)}", house.personas("officer")[0]
    filed = concern(narrative=f"They want it dated earlier. {narrative}")
    status, _, made = ask(house, "POST", "concerns/", filed, Authorization=token(house))
    assert status == 201
    script = ESCALATE.format(
        receipt=made["receipt"], username=officer["username"], password=officer["password"]
    )
    told = json.loads(
        house.manage("shell", "-v", "0", "-c", script, process="owner").splitlines()[-1]
    )
    assert told["woken"], "the workers handed nothing over"

    secrets = {name: bytes.fromhex(key) for name, key in told["keys"].items()}
    secrets |= {"narrative": narrative.encode(), "receipt": made["receipt"].encode()}
    secrets["receipt's symbols"] = made["receipt"].replace("-", "").encode()
    pairs = ("signing", "mailer", "cleaner")
    servers = {
        name: bytes.fromhex((house.state / "keys" / f"{name}.key").read_text())
        for name in ("master", "index", *pairs)
    }
    found = memories(house, secrets | servers)
    assert {memory.process for memory in found} >= {*TIMEKEEPERS, "web", "cleaner"}

    # what they do have is found, and so is what we have ourselves: the search can find
    with_master = who_has(found, "master")
    assert "web" in with_master
    # whichever of them swept first handed over, and needed it
    assert with_master & {*TIMEKEEPERS}
    assert who_has(found, "signing") == {"worker"}
    assert holding(os.getpid(), secrets) == set(secrets)

    for name in secrets:
        assert not who_has(found, name) & {*TIMEKEEPERS, "cleaner"}, name
    assert who_has(found, "mailer") <= {"worker"}
    assert who_has(found, "cleaner") <= {"cleaner"}
