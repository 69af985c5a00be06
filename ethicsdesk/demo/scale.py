"""Northmoor at scale: so many concerns over so many years, written by several processes at once."""

import multiprocessing
import random
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from django.db import connections, transaction

from ethicsdesk.demo.bulk import record, write
from ethicsdesk.demo.history import plans
from ethicsdesk.demo.office import Office
from ledger import actions as ledger

CHUNK = 500


@dataclass(frozen=True)
class Batch:
    """Concerns of one stretch of time; the same numbers give the same concerns."""

    seed: int
    n: int
    count: int
    start: datetime
    end: datetime
    first: datetime
    now: datetime
    is_lean: bool = False


def batches(
    count: int, *, years: float, seed: int, now: datetime, is_lean: bool = False
) -> Iterator[Batch]:
    """Yield batches in the order of time."""
    first = now - timedelta(days=365 * years)
    number = -(-count // CHUNK)
    width = (now - first) / number
    for n in range(number):
        size = min(CHUNK, count - n * CHUNK)
        start = first + width * n
        yield Batch(seed, n, size, start, min(start + width, now), first, now, is_lean)


@transaction.atomic
def write_batch(batch: Batch) -> int:
    """Write one batch with its ledger entries; return how many concerns."""
    chance = random.Random(f"{batch.seed} {batch.n}")  # noqa: S311 - invented concerns
    planned = list(
        plans(
            chance,
            batch.count,
            within=(batch.start, batch.end),
            of=(batch.first, batch.now),
        )
    )
    record(write(planned, _office(), now=batch.now, is_lean=batch.is_lean))
    return len(planned)


@lru_cache(maxsize=1)
def _office() -> Office:
    return Office.load()


def generate(
    count: int,
    *,
    years: float,
    seed: int,
    now: datetime,
    processes: int,
    is_lean: bool = False,
) -> Iterator[int]:
    """Write concerns and seal their entries; yield how many are there after each batch.

    With one process all happens in the caller's transaction, else in one a batch.
    """
    _office.cache_clear()
    done = 0
    wanted = list(batches(count, years=years, seed=seed, now=now, is_lean=is_lean))
    for size in _written(wanted, processes):
        done += size
        ledger.seal(now=now)
        yield done
    while ledger.seal(now=now):
        pass


def _written(wanted: list[Batch], processes: int) -> Iterator[int]:
    if processes == 1:
        yield from map(write_batch, wanted)
        return
    # a connection must not be shared with a child
    connections.close_all()
    forked = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(processes, mp_context=forked) as pool:
        for future in as_completed([pool.submit(write_batch, batch) for batch in wanted]):
            yield future.result()
