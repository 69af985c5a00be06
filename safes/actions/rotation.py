"""Rotate what lies under the server's keys: in batches, resumable, while everybody reads on."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Count, QuerySet

from common import keys, sealing
from ledger import actions as ledger
from ledger.rules import SYSTEM
from ledger.verbs import Verb
from safes import access, rules
from safes.access import KEYSTORE
from safes.actions.keys import rewrap
from safes.models import Attestation, EscrowKey, OuterKey, UserKey

BATCH = 500


def rewrap_outer_keys(*, batch: int = BATCH) -> int:
    """Put the present master key around a batch of outer keys; return how many there were.

    Whoever reads meanwhile sees a row before or after, each with the id of its master key.
    """
    version = keys.current()
    with transaction.atomic(using=KEYSTORE):
        rows = OuterKey.objects.using(KEYSTORE).exclude(key_id=version)
        held = list(rows.select_for_update(skip_locked=True)[:batch])
        kek = keys.wrapping("outer-key", version)
        for row in held:
            binding = rules.outer_binding(row.safe)
            old = keys.wrapping("outer-key", row.key_id)
            row.wrapped = sealing.encrypt(
                kek, sealing.decrypt(old, bytes(row.wrapped), binding), binding
            )
            row.key_id = version
        OuterKey.objects.using(KEYSTORE).bulk_update(held, ["wrapped", "key_id"])
    return len(held)


@transaction.atomic
def rewrap_user_keys(*, batch: int = BATCH) -> int:
    """Put the present master key around a batch of people's keys; return how many there were."""
    version = keys.current()
    rows = UserKey.objects.exclude(key_id=version).select_for_update(skip_locked=True)
    moved = rewrap(rows[:batch], version=version)
    UserKey.objects.bulk_update(moved, ["wrapped", "recovery", "key_id"])
    return len(moved)


@transaction.atomic
def sign_again() -> int:
    """Sign every attestation that holds with the newest signing key; return how many there were."""
    fresh = keys.signing_key()
    held = [
        row
        for row in Attestation.objects.select_for_update(of=("self",)).select_related("key")
        if keys.is_signed_by_us(rules.attestation(row.key.statement), bytes(row.signature))
    ]
    for row in held:
        row.signature = fresh.sign(rules.attestation(row.key.statement))
    Attestation.objects.bulk_update(held, ["signature"], batch_size=BATCH)
    escrow = EscrowKey.objects.filter(ended_at=None).first()
    public = access.escrow_public()
    if escrow is not None and public is not None:
        escrow.signature = fresh.sign(rules.escrow_statement(escrow.pk, public))
        escrow.save(update_fields=["signature"])
    return len(held)


def record_rotation(layer: str, *, key: str, now: datetime) -> None:
    """Record that a layer of keys was rotated to a newer one."""
    ledger.record(
        Verb.KEYS_ROTATED, by=SYSTEM, at=now, subject=f"keys:{layer}", layer=layer, key=key
    )


def wrapped_by() -> dict[str, dict[int, int]]:
    """Return for each layer how much lies under which version of the master key."""
    return {
        "outer keys": _counted(OuterKey.objects.using(KEYSTORE).values_list("key_id")),
        "people's keys": _counted(UserKey.objects.values_list("key_id")),
    }


def _counted(rows: "QuerySet[Any, Any]") -> dict[int, int]:
    return dict(rows.annotate(number=Count("pk")).order_by("key_id"))
