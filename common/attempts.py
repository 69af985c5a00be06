"""Count attempts in a memory that never lasts, so that guessing is slow and nobody is shut out.

Sources and names are counted under a keyed digest (HMAC-SHA256), each for its window alone: the
memory holds no address and no name. A count is taken before the attempt and given back when it
succeeds, so that attempts side by side cannot pass the limit.
"""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import IPv6Address, ip_address

from django.core.cache import cache
from redis.exceptions import RedisError

from common import keys
from common.errors import RuleError

# an IPv6 customer has a whole network of this length
IPV6_PREFIX = 64


@dataclass(frozen=True)
class Limit:
    """So many attempts of one kind, by one subject, within a window."""

    kind: str
    subject: str
    most: int
    window: timedelta

    @property
    def key(self) -> str:
        """Return the name of the counter."""
        message = f"{self.kind}|{self.subject}".encode()
        return f"try:{hmac.digest(keys.derived('attempts'), message, 'sha256').hex()[:32]}"


def take(limits: Sequence[Limit]) -> bool:
    """Count one attempt against each limit; return whether none of them was passed before.

    Without the memory nobody can be counted, and so nobody is let try (ASVS 16.5.3).
    """
    try:
        counts = [_take(limit) for limit in limits]
    except RedisError:
        msg = "Signing in rests for a moment. Nothing was changed; try again in a minute."
        raise RuleError(msg) from None
    return all(counts)


def _take(limit: Limit) -> bool:
    seconds = int(limit.window.total_seconds())
    if cache.add(limit.key, 1, timeout=seconds):
        return limit.most >= 1
    try:
        return int(cache.incr(limit.key)) <= limit.most
    except ValueError:  # the window ended between the two
        return bool(cache.add(limit.key, 1, timeout=seconds))


def give_back(limits: Sequence[Limit]) -> None:
    """Take back the count of an attempt that succeeded."""
    for limit in limits:
        try:
            cache.decr(limit.key)
        except (ValueError, RedisError):  # its window ended meanwhile, or the memory is away
            continue


def source_of(remote: str, forwarded: str, proxies: int) -> str:
    """Return the address that counts as one source; an IPv6 network counts as one.

    `forwarded` is X-Forwarded-For, believed as far as our own proxies wrote it: the last `proxies`
    entries. What stands before them a client may have made up (ASVS 4.1.3).
    """
    hops = [hop.strip() for hop in forwarded.split(",") if hop.strip()]
    address = hops[-proxies] if 0 < proxies <= len(hops) else remote
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, IPv6Address):
        return str(int(parsed) >> (128 - IPV6_PREFIX))
    return str(parsed)
