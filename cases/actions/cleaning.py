"""What the cleaner and the worker do to a file on its way to a clean copy."""

import json
from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from cases import lifecycle
from cases.actions.files import record_file
from cases.actions.redacted import give_up
from cases.lifecycle import FileMove, FileState, RedactionState
from cases.models import Attachment, Redaction
from files import actions as files
from files.actions import Place, Upload
from files.models import Loan, Which
from files.rules.kinds import REFUSED, Kind, Why
from ledger.rules import SYSTEM, Fact
from ledger.verbs import Verb
from safes import actions as safes

# a file whose cleaner ended this often without a word is not tried again by itself
MOST_TRIES = 3


@transaction.atomic
def begin_cleaning(loan: Loan, *, now: datetime) -> Attachment | None:
    """Count one more try; return the file, or None where it is gone or was tried too often."""
    held = _held(loan)
    if held is None:
        return None
    loan, attachment = held
    if loan.tries >= MOST_TRIES:
        _hold(loan, attachment, Why.CRASHED, now=now)
        return None
    if attachment.why != Why.NO_SCANNER:
        loan.tries += 1
        loan.save(update_fields=["tries"])
    return attachment


@transaction.atomic
def check_file(loan: Loan, *, kind: Kind, is_scanned: bool, now: datetime) -> None:
    """Note what a file is, after its structure was opened and a scanner, if any, passed it."""
    held = _held(loan)
    if held is None:
        return
    _, attachment = held
    attachment.state = lifecycle.file_after(attachment.state, FileMove.CHECK)
    attachment.media_type, attachment.is_scanned, attachment.why = kind.media_type, is_scanned, ""
    attachment.save(update_fields=["state", "media_type", "is_scanned", "why"])
    facts: dict[str, Fact] = {"kind": kind.media_type, "scanned": is_scanned}
    record_file(Verb.FILE_CHECKED, attachment, by=SYSTEM, now=now, **facts)


@transaction.atomic
def keep_clean_copy(loan: Loan, *, content: bytes, found: Iterable[str], now: datetime) -> None:
    """Seal the clean copy and what was taken out; the cleaner's key is taken back.

    A second cleaner that comes late finds the key gone, and keeps nothing.
    """
    held = _held(loan)
    if held is None:
        return
    loan, attachment = held
    attachment.state = lifecycle.file_after(attachment.state, FileMove.CLEAN)
    attachment.save(update_fields=["state"])
    safe = loan.stream.safe
    if safe is None:
        raise AssertionError
    traces = sorted(set(found))
    Upload.of("", content, Place(safe, attachment.pk, Which.CLEAN))
    safes.add(safe, row=attachment.pk, items={"removed": json.dumps(traces).encode()})
    loan.delete()
    facts: dict[str, Fact] = {"kind": attachment.media_type, "found": len(traces)}
    record_file(Verb.FILE_CLEANED, attachment, by=SYSTEM, now=now, **facts)


@transaction.atomic
def hold_file(loan: Loan, *, why: Why, now: datetime) -> None:
    """Keep a file apart, or refuse it for good; the original stays sealed in both."""
    held = _held(loan)
    if held is not None:
        _hold(*held, why, now=now)


@transaction.atomic
def expire_loans(*, now: datetime) -> int:
    """Take back the keys that the cleaner had for its hour; return how many."""
    due = Loan.objects.filter(until__lte=now).select_for_update(skip_locked=True, of=("self",))
    # a worker may see whose keys these are, and not the keys
    loans = list(due.select_related("stream").only("until", "stream__row", "stream__which"))
    for loan in loans:
        if loan.stream.which == Which.CLEAN:
            _give_up(loan, now=now)
            continue
        attachment = _file_of(loan)
        if attachment is not None and attachment.state != FileState.QUARANTINED:
            _hold(loan, attachment, Why.TOO_LATE, now=now)
    Loan.objects.filter(pk__in=[loan.pk for loan in loans]).delete()
    files.remove_unclaimed()
    return len(loans)


def _give_up(loan: Loan, *, now: datetime) -> None:
    """Give up the redacted copy that nobody made of a file on loan."""
    held = Redaction.objects.select_for_update(of=("self",))
    waiting = held.filter(attachment=loan.stream.row, state=RedactionState.WAITING)
    for copy in waiting:
        give_up(copy, Why.TOO_LATE, now=now)


def _held(loan: Loan) -> tuple[Loan, Attachment] | None:
    """Return a loan and its file, held until the commit; None once the loan was taken back."""
    current = Loan.objects.select_for_update(of=("self",)).select_related("stream__safe")
    found = current.filter(pk=loan.pk).first()
    # a clean copy is lent to be taken out of, and not to be cleaned (cases.actions.redacted)
    is_upload = found is not None and found.stream.which == Which.ORIGINAL
    attachment = _file_of(found) if found and is_upload else None
    return (found, attachment) if found and attachment else None


def _file_of(loan: Loan) -> Attachment | None:
    """Return the file of a loan, held, with as much of where it belongs as the cleaner may know."""
    if loan.stream.row is None:
        return None
    of_which = Attachment.objects.select_for_update(of=("self",)).select_related("concern")
    known = of_which.only(
        *("n", "media_type", "state", "why", "is_scanned", "case"),
        *("concern__id", "concern__mode"),
    )
    return known.filter(pk=loan.stream.row).first()


def _hold(loan: Loan, attachment: Attachment, why: Why, *, now: datetime) -> None:
    """Only a scanner that is away is waited for: the cleaner keeps its key while it may."""
    move = FileMove.REJECT if why in REFUSED else FileMove.QUARANTINE
    attachment.state = lifecycle.file_after(attachment.state, move)
    attachment.why = why
    attachment.save(update_fields=["state", "why"])
    if why != Why.NO_SCANNER:
        loan.delete()
    record_file(Verb.FILE_HELD, attachment, by=SYSTEM, now=now, why=why)
