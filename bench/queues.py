"""The pages of the desk among very many cases, each beside the same page among few, in turns."""

import http
import re
from collections.abc import Iterator
from dataclasses import dataclass
from time import perf_counter
from typing import Any

from bench.clients import Client
from bench.measurement import Measurement, percentile
from bench.place import Place, house, say

# a few cases among all these: whoever is on duty has a third of them
FEW = 5
FEWEST, A_QUARTER = 500, 0.25
# a page of cases leads to some; one is opened
CASE = re.compile(rb'href="(/desk/cases/[^/"]+/)"')
QUEUE, MINE = "/desk/", "/desk/?show=mine"
PAGES = {
    "all": QUEUE,
    "mine": MINE,
    "triage": "/desk/?show=triage",
    "open": "/desk/?show=open",
    "closed": "/desk/?show=closed",
    "filtered": "/desk/?show=open&category=coercion",
    "today": "/desk/today/",
}


@dataclass(frozen=True)
class Pair:
    """A page of somebody, in milliseconds among few and among many, and its queries in both."""

    who: str
    page: str
    small: list[float]
    large: list[float]
    queries: tuple[int, int]

    @property
    def ratio(self) -> float:
        """Return how much longer half of the requests take among many."""
        return percentile(self.large, 50) / percentile(self.small, 50)

    @property
    def p95(self) -> float:
        """Return how long one in twenty takes at least among many."""
        return percentile(self.large, 95)

    def __str__(self) -> str:
        few, many = percentile(self.small, 50), percentile(self.large, 50)
        asked = " and ".join(str(one) for one in sorted(set(self.queries)))
        return (
            f"{self.who} {self.page} p50 {few:.0f} to {many:.0f} ms ({self.ratio:.2f}), "
            f"p95 {percentile(self.small, 95):.0f} to {self.p95:.0f}, {asked} queries"
        )


def measure(large: Place, size: int, *, few: int, times: int) -> Measurement:
    """Measure each page for each of three people in a house and in a small one of our own.

    What is in the small one came within a shorter time: a list that is not as full as the other
    is no yardstick for it.
    """
    large.fill(size, is_lean=True)
    with house() as small:
        # fewer have no open case for everybody
        small.fill(max(few, FEWEST), years=A_QUARTER, is_lean=True)
        found = list(compare(small, large, times))
    worst = max(found, key=lambda one: one.p95)
    most = max(found, key=lambda one: one.ratio)
    return Measurement(
        worst.p95,
        "ms",
        percentile(worst.small, 95),
        f"{large.concerns} concerns beside {small.concerns}, both lean, vault open; the worst p95 "
        f"({worst.who} {worst.page}), beside the same page among few; largest ratio of medians "
        f"{most.ratio:.2f} ({most.who} {most.page}); " + "; ".join(map(str, found)),
    )


def compare(small: Place, large: Place, times: int) -> Iterator[Pair]:
    """Ask each house for each page in turns, so that what else the machine does slows both."""
    for who, name in _people(large).items():
        if who == "few":
            for place in (small, large):
                place.inside("few", name, FEW, process="owner")
        clients = [_signed_in(place, name) for place in (small, large)]
        pages = {name: (page, page) for name, page in PAGES.items()}
        pages["case"] = (_case(clients[0]), _case(clients[1]))
        for page, addresses in pages.items():
            took = _in_turns(clients, addresses, times)
            asked = [
                _queries(place, client, address)
                for place, client, address in zip((small, large), clients, addresses, strict=True)
            ]
            pair = Pair(who, page, took[0], took[1], (asked[0], asked[1]))
            say(pair)
            yield pair


def _people(place: Place) -> dict[str, str]:
    """Return an officer on duty, the head, and an officer who was given little."""
    people = place.personas["people"]
    officers = [one["username"] for one in people if one["role"] == "officer"]
    head = next(one["username"] for one in people if one["role"] == "head")
    return {"officer": officers[0], "head": head, "few": officers[-1]}


def _signed_in(place: Place, name: str) -> Client:
    who = next(one for one in place.personas["people"] if one["username"] == name)
    client = Client(place.port)
    client.sign_in(who["username"], who["password"], who["totp_secret"])
    return client


def _case(client: Client) -> str:
    """Return the address of the first open case that the queue shows."""
    _, body = client.ask("/desk/?show=open")
    found = CASE.search(body)
    if found is None:
        msg = "the queue shows no open case"
        raise RuntimeError(msg)
    return found[1].decode()


def _in_turns(clients: list[Client], addresses: tuple[str, str], times: int) -> list[list[float]]:
    took: list[list[float]] = [[], []]
    for n in range(times + 2):
        for found, client, address in zip(took, clients, addresses, strict=True):
            began = perf_counter()
            status, body = client.ask(address)
            if n > 1:  # the first two fill caches
                found.append((perf_counter() - began) * 1000)
            if status != http.HTTPStatus.OK:
                msg = f"{address} was answered with {status}: {body[:300]!r}"
                raise RuntimeError(msg)
    return took


def _queries(place: Place, client: Client, address: str) -> int:
    counted: dict[str, Any] = place.inside("queries", client.cookies, address, process="web")
    return int(counted["default"]) + int(counted["keystore"])
