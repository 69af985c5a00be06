"""Budgets at the reporter's door: token buckets of networks that nobody can name afterwards.

What one receipt sends is counted as well, under an HMAC of something that follows from the receipt
and that no table holds, so that who reads that memory beside the database learns no time from it.

A network is the first 24 bits of an IPv4 address or the first 56 of an IPv6 address. It is known
for the time of a request alone; what is counted stands under its HMAC with a key that is random,
lies in that memory only, and is another one the next day. A bucket lasts an hour at the most.
Where that memory does not answer, everything is let in: a door that is shut protects nobody.
"""

import hmac
import os
from collections.abc import Mapping
from enum import StrEnum
from functools import lru_cache
from ipaddress import IPv6Address, ip_address
from typing import Any, NamedTuple

from django.conf import settings
from redis import Redis, RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry

HOUR = 3600
DAY = 24 * HOUR
# a page must not wait long for a counter
PATIENCE = 0.5
V4_BYTES, V6_BYTES = 3, 7
NAME_BYTES = 8
PREFIX = "door:"
# where the middleware leaves the network for the views
NETWORK = "ethicsdesk.network"

# All buckets or none: KEYS are buckets; ARGV their burst and rate an hour, two for each.
_TAKE = """
local time = redis.call('TIME')
local now = time[1] + time[2] / 1000000
local left = {}
for i, key in ipairs(KEYS) do
  local burst, rate = tonumber(ARGV[2 * i - 1]), ARGV[2 * i] / 3600
  local kept = redis.call('HMGET', key, 'left', 'at')
  left[i] = burst
  if kept[1] then
    left[i] = math.min(burst, kept[1] + math.max(0, now - kept[2]) * rate)
  end
  if left[i] < 1 then return 0 end
end
for i, key in ipairs(KEYS) do
  local full = math.ceil((ARGV[2 * i - 1] - left[i] + 1) * 3600 / ARGV[2 * i])
  redis.call('HSET', key, 'left', left[i] - 1, 'at', string.format('%.3f', now))
  redis.call('EXPIRE', key, math.min(3600, full))
end
return 1
"""


class Act(StrEnum):
    """What is counted at the door."""

    RECEIPT = "receipt"
    DRAFT = "draft"
    STEP = "step"
    FILE = "file"
    UPLOAD = "upload"
    MESSAGE = "message"


class Budget(NamedTuple):
    """How much may be done at once, and how much is added in an hour (at least as much)."""

    burst: int
    an_hour: int


class Network:
    """Where a request came from, as coarse as it is counted; it never shows itself."""

    def __init__(self, start: bytes) -> None:
        self._start = start

    def __repr__(self) -> str:
        return "Network(…)"

    def name(self, key: bytes, act: Act) -> str:
        """Return the name of its bucket under the key of the day."""
        return hmac.digest(key, act.encode() + b"|" + self._start, "sha256")[:NAME_BYTES].hex()


def network_of(meta: Mapping[str, Any]) -> Network | None:
    """Return the network of a request, from the one place that the site believes, or None.

    Of a list of addresses only the last counts: our own proxy wrote it. Whoever comes from this
    machine (a proxy that says nothing, an onion service) has none.
    """
    believed = settings.ADDRESS_HEADER
    name = f"HTTP_{believed.upper().replace('-', '_')}" if believed else "REMOTE_ADDR"
    try:
        address = ip_address(str(meta.get(name, "")).rpartition(",")[2].strip())
    except ValueError:
        return None
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    if address.is_loopback or address.is_unspecified:
        return None
    return Network(address.packed[: V6_BYTES if isinstance(address, IPv6Address) else V4_BYTES])


def take(act: Act, network: Network | None) -> bool:
    """Return whether this may be done now, and count it if so: in its network, and for everybody.

    What a network is refused costs the others nothing.
    """
    of_network, of_all = (Budget(*one) for one in settings.DOOR_BUDGETS[act])
    buckets = {f"{PREFIX}all:{act}": of_all}
    try:
        memory = _memory(settings.LIMITS_URL)
        if network is not None:
            buckets[f"{PREFIX}net:{network.name(_key_of_the_day(memory), act)}"] = of_network
        return _take(memory, buckets)
    except (RedisError, OSError):
        # Not logged: a line would tell when somebody came. `doctor` says that nothing is counted.
        return True


def take_own(act: Act, counter: bytes) -> bool:
    """Return whether this may be done now with one receipt, and count it if so.

    Only what a receipt has opened is counted: of a wrong one nothing can be told by it.
    """
    try:
        memory = _memory(settings.LIMITS_URL)
        name = hmac.digest(_key_of_the_day(memory), act.encode() + b"|own|" + counter, "sha256")
        bucket = f"{PREFIX}own:{name[:NAME_BYTES].hex()}"
        return _take(memory, {bucket: Budget(*settings.RECEIPT_BUDGETS[act])})
    except (RedisError, OSError):
        return True


def own_wait(act: Act) -> int:
    """Return after how many seconds a receipt that is over its budget may be used again."""
    return HOUR // Budget(*settings.RECEIPT_BUDGETS[act]).an_hour


def _take(memory: Redis, buckets: Mapping[str, Budget]) -> bool:
    numbers = [number for budget in buckets.values() for number in budget]
    return bool(memory.register_script(_TAKE)(keys=list(buckets), args=numbers))


def spend(ticket: bytes, life: int) -> bool:
    """Return whether a ticket was not spent before, and spend it; `life` in seconds."""
    try:
        memory = _memory(settings.LIMITS_URL)
        return bool(memory.set(f"{PREFIX}spent:{ticket.hex()}", b"1", nx=True, ex=life))
    except (RedisError, OSError):
        return True


def _key_of_the_day(memory: Redis) -> bytes:
    fresh = os.urandom(32)
    kept: Any = memory.set(f"{PREFIX}key", fresh, nx=True, ex=DAY, get=True)
    return kept or fresh


@lru_cache
def _memory(url: str) -> Redis:
    return Redis.from_url(
        url,
        socket_connect_timeout=PATIENCE,
        socket_timeout=PATIENCE,
        retry=Retry(NoBackoff(), 0),
    )
