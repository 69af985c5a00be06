"""What the two clusters say about each other: erasures to be done again, keys without a safe."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from common import days
from safes.access import KEYSTORE
from safes.models import Erasure, OuterKey, Safe

CHUNK = 5_000
# as many left-over keys as roll-backs of a bad day leave; more than that, and more than this part
# of all keys, means that the main cluster is not the one that belongs to the keystore
FEW, PART = 50, 0.01


def records(more: Iterable[Erasure] = ()) -> list[Erasure]:
    """Return every erasure that either cluster or `more` (a file) knows, the oldest first."""
    kept = Erasure.objects.using(KEYSTORE).all()
    known = {record.id: record for record in (*more, *kept, *Erasure.objects.all())}
    return sorted(known.values(), key=lambda record: (record.on, record.id))


def overdue(more: Iterable[Erasure] = ()) -> list[Erasure]:
    """Return the erasures that a restore of either cluster has undone, in whole or in part."""
    known = records(more)
    here = set(Erasure.objects.values_list("id", flat=True))
    there = set(Erasure.objects.using(KEYSTORE).values_list("id", flat=True))
    begun = set(Erasure.objects.filter(is_finished=False).values_list("id", flat=True))
    back = _back_again([safe for record in known for safe in record.safes])
    return [
        record
        for record in known
        if record.id not in begun
        and (record.id not in here or record.id not in there or not back.isdisjoint(record.safes))
    ]


def _back_again(safes: Sequence[UUID]) -> set[UUID]:
    """Return which of these erased safes have a row or an outer key."""
    found: set[UUID] = set()
    for some in _chunks(safes):
        keys = OuterKey.objects.using(KEYSTORE).filter(safe__in=some)
        found.update(keys.values_list("safe", flat=True))
        found.update(Safe.objects.filter(pk__in=some).values_list("pk", flat=True))
    return found


def _chunks(ids: Sequence[UUID]) -> Iterator[Sequence[UUID]]:
    for start in range(0, len(ids), CHUNK):
        yield ids[start : start + CHUNK]


@dataclass(frozen=True)
class Orphans:
    """Outer keys of more than a day ago that belong to no safe, and how many keys there are."""

    keys: list[UUID]
    total: int

    @property
    def is_suspicious(self) -> bool:
        """Return whether there are so many that the two clusters may not belong together."""
        return len(self.keys) > max(FEW, self.total * PART)


def orphans(*, now: datetime) -> Orphans:
    """Return the keys without a safe; one that a running filing has just made is none of them."""
    before = days.day_of(now) - timedelta(days=1)
    made = OuterKey.objects.using(KEYSTORE).filter(made_on__lt=before).order_by("safe")
    old = list(made.values_list("safe", flat=True))
    with_safe: set[UUID] = set()
    for some in _chunks(old):
        with_safe.update(Safe.objects.filter(pk__in=some).values_list("pk", flat=True))
    return Orphans([key for key in old if key not in with_safe], len(old))
