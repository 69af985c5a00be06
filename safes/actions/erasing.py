"""Erase safes across two clusters, so that whoever finds the first row can go on from any point.

First a row in the main cluster, then record and keys in the keystore, then the rows.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from common import days
from ledger import actions as ledger
from ledger.rules import SYSTEM
from ledger.verbs import Verb
from safes import reports
from safes.access import KEYSTORE
from safes.models import Erasure, OuterKey, Safe


def begin_erasure(
    *,
    erasure_id: UUID,
    ground: str,
    subjects: Sequence[str],
    safes: Sequence[UUID],
    now: datetime,
    is_walled: bool = False,
) -> Erasure:
    """Write down what is to be erased; once this is committed, it is erased whatever happens."""
    return Erasure.objects.create(
        id=erasure_id,
        on=days.day_of(now),
        ground=ground,
        subjects=list(subjects),
        safes=list(safes),
        is_walled=is_walled,
    )


def destroy_keys(erasure: Erasure) -> None:
    """Destroy the outer keys: nothing in these safes opens any more, nor from a backup.

    The record is written in the same transaction of the keystore. Doing it twice does no harm.
    """
    record = Erasure(
        id=erasure.id,
        on=erasure.on,
        ground=erasure.ground,
        subjects=erasure.subjects,
        safes=erasure.safes,
        is_walled=erasure.is_walled,
        is_finished=True,
        is_forgotten=True,
    )
    with transaction.atomic(using=KEYSTORE):
        Erasure.objects.using(KEYSTORE).bulk_create([record], ignore_conflicts=True)
        OuterKey.objects.using(KEYSTORE).filter(safe__in=erasure.safes).delete()


@transaction.atomic
def finish_erasure(erasure: Erasure) -> None:
    """Delete the safes with their grants and all that is sealed in them; the erasure is done."""
    Safe.objects.filter(pk__in=erasure.safes).delete()
    erasure.is_finished = True
    erasure.save(update_fields=["is_finished"])


@transaction.atomic
def reopen_erasures(erasures: Sequence[Erasure]) -> None:
    """Let erasures that a restore undid be done again."""
    for erasure in erasures:
        erasure.is_replayed, erasure.is_finished, erasure.is_forgotten = True, False, False
    Erasure.objects.bulk_create(
        erasures,
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=["is_replayed", "is_finished", "is_forgotten"],
    )


@transaction.atomic
def sweep_orphans(*, now: datetime) -> int:
    """Destroy outer keys that roll-backs left over, older than a day; return how many.

    Where suspiciously many have no safe, somebody restored an old main cluster, and a newer one
    may follow: then none is destroyed, and the doctor says so.
    """
    orphans = reports.orphans(now=now)
    if not orphans.keys or orphans.is_suspicious:
        return 0
    with transaction.atomic(using=KEYSTORE):
        OuterKey.objects.using(KEYSTORE).filter(safe__in=orphans.keys).delete()
        ledger.record(
            Verb.KEYS_SWEPT,
            by=SYSTEM,
            at=now,
            subject=f"keystore:{days.day_of(now)}",
            count=len(orphans.keys),
        )
    return len(orphans.keys)
