"""Verify the whole ledger in a worker, on request and every hour, and keep what was found."""

from datetime import datetime, timedelta

from django.db import transaction

from audits.models import Verification
from ledger import actions as ledger
from ledger import reports
from ledger.rules import SYSTEM, Actor
from ledger.verbs import Verb

EVERY = timedelta(hours=1)
# longer than the hard limit of a task: whoever still holds it has died
LEASE = timedelta(minutes=10)
FINDINGS_SHOWN = 50


@transaction.atomic
def ask_for_verification(*, by: Actor, now: datetime) -> None:
    """Ask for a verification, unless one is waiting or running already."""
    asked = Verification(asked_by=by.ref, asked_at=now, not_before=now)
    Verification.objects.bulk_create([asked], ignore_conflicts=True)


def read_ledger(*, by: Actor, now: datetime) -> None:
    """Record that somebody read the ledger's entries."""
    ledger.record(Verb.LEDGER_READ, by=by, at=now, subject="ledger:entries")


def verify(*, now: datetime) -> Verification | None:
    """Run the verification that was asked for, or the hourly one; return it, or None."""
    asked = _take(now=now)
    if asked is None:
        return None
    try:
        verdict = reports.verify(now=now)
    except Exception as failure:  # noqa: BLE001 - that it could not be checked is a finding
        asked.outcome = Verification.Outcome.UNKNOWN
        asked.findings = [type(failure).__name__]
    else:
        whole = verdict.is_whole
        asked.outcome = Verification.Outcome.WHOLE if whole else Verification.Outcome.BROKEN
        asked.entries, asked.sealed = verdict.entries, verdict.sealed
        asked.checkpoints = verdict.checkpoints
        asked.findings = [*verdict.problems, *verdict.warnings][:FINDINGS_SHOWN]
    _keep(asked, now=now)
    return asked


@transaction.atomic
def _take(*, now: datetime) -> Verification | None:
    if not Verification.objects.filter(asked_at__gt=now - EVERY).exists():
        ask_for_verification(by=SYSTEM, now=now)
    asked = (
        Verification.objects.filter(ended_at=None, not_before__lte=now)
        .select_for_update(skip_locked=True)
        .first()
    )
    if asked is not None:
        asked.began_at, asked.not_before = now, now + LEASE
        asked.save(update_fields=["began_at", "not_before"])
    return asked


@transaction.atomic
def _keep(asked: Verification, *, now: datetime) -> None:
    asked.ended_at = now
    asked.save()
    ledger.record(
        Verb.LEDGER_VERIFIED,
        by=Actor(asked.asked_by),
        at=now,
        subject=f"verification:{asked.pk}",
        outcome=asked.outcome,
    )
