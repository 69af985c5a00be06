"""What happens to a redacted copy: the cleaner makes it, a second person reviews it, it goes."""

import hashlib
import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction

from cases import access
from cases.access.documents import AREAS
from cases.actions.deciding import require_another
from cases.actions.held import KEPT, seal
from cases.actions.redacting import DIGEST, REPORT
from cases.lifecycle import (
    READABLE,
    Deed,
    Document,
    RedactionMove,
    RedactionState,
    redaction_after,
)
from cases.models import Attachment, Case, Redaction
from common import days
from common.errors import RuleError
from common.sealing import SealBrokenError
from files import access as opening
from files.access import Opened
from files.actions import Place, Upload
from files.models import Loan, Which
from files.rules.kinds import KINDS, Kind, Why
from ledger import actions as ledger
from ledger.rules import SYSTEM
from ledger.verbs import Verb
from people.models import Person
from safes import actions as safes
from safes.rules import Opener

# the sealed words: what a second person said, how it was handed out
SAID, HOW = "said_of_copy", "handed_how"
# a copy whose maker ended this often without a word is not tried again
MOST_TRIES = 2

# -- by the cleaner -----------------------------------------------------------------------------


@transaction.atomic
def begin_redaction(loan: Loan, *, now: datetime) -> Kind | None:
    """Count one more try; return of which kind the file is, or None where nothing is to be made."""
    held = _on_loan(loan)
    if held is None:
        return None
    loan, copy = held
    if loan.tries >= MOST_TRIES:
        _fail(loan, copy, Why.CRASHED, now=now)
        return None
    loan.tries += 1
    loan.save(update_fields=["tries"])
    known = Attachment.objects.filter(redactions=copy)
    return KINDS[known.values_list("media_type", flat=True).get()]


@transaction.atomic
def keep_redacted(loan: Loan, *, content: bytes, report: Mapping[str, Any], now: datetime) -> None:
    """Seal a redacted copy to the case, and what was found; the cleaner's key is taken back."""
    held = _on_loan(loan)
    if held is None:
        return
    loan, copy = held
    copy.state = redaction_after(copy.state, RedactionMove.MAKE)
    copy.save(update_fields=["state"])
    Upload.of("", content, Place(copy.safe, copy.pk, Which.CLEAN))
    digest = hashlib.sha256(content).hexdigest()
    items = {DIGEST: digest.encode(), REPORT: json.dumps(dict(report)).encode()}
    safes.add(copy.safe, row=copy.pk, items=items)
    loan.delete()
    ledger.record(
        Verb.REDACTION_MADE, by=SYSTEM, at=now, subject=f"case:{copy.case_id}", copy=copy.n
    )


@transaction.atomic
def fail_redaction(loan: Loan, *, why: Why, now: datetime) -> None:
    """Give up a redacted copy, and say why; the file stays as it was."""
    held = _on_loan(loan)
    if held is not None:
        _fail(*held, why, now=now)


def _on_loan(loan: Loan) -> tuple[Loan, Redaction] | None:
    """Return a loan and what is to be made of it, held until the commit; None once it is over."""
    current = Loan.objects.select_for_update(of=("self",)).select_related("stream")
    found = current.filter(pk=loan.pk).first()
    if found is None or found.stream.which != Which.CLEAN:
        return None
    known = ("case", "n", "attachment", "state", "why", "safe")
    held = Redaction.objects.select_for_update(of=("self",)).only(*known)
    copy = held.filter(attachment=found.stream.row, state=RedactionState.WAITING).first()
    return (found, copy) if copy else None


def _fail(loan: Loan, copy: Redaction, why: Why, *, now: datetime) -> None:
    give_up(copy, why, now=now)
    loan.delete()


def give_up(copy: Redaction, why: Why, *, now: datetime) -> None:
    """Say of a copy that it could not be made; part of what ends its loan."""
    copy.state, copy.why = redaction_after(copy.state, RedactionMove.FAIL), why
    copy.save(update_fields=["state", "why"])
    ledger.record(
        Verb.REDACTION_FAILED,
        by=SYSTEM,
        at=now,
        subject=f"case:{copy.case_id}",
        why=why,
        copy=copy.n,
    )


# -- by the team --------------------------------------------------------------------------------


@transaction.atomic
def read_redacted(copy: Redaction, *, by: Person, opener: Opener, now: datetime) -> Opened:
    """Return a redacted copy, every piece of it verified, and record that it was downloaded."""
    _, copy = _held(copy, by)
    if copy.state not in READABLE:
        msg = "There is no copy yet, or it could not be made."
        raise RuleError(msg)
    try:
        found = _opened(copy, opener).verified()
    except SealBrokenError:
        msg = (
            "This copy was changed or cut after it was sealed, so nothing was sent. Tell whoever "
            "runs this system; it can be made again."
        )
        raise RuleError(msg) from None
    _record(Verb.REDACTION_READ, copy, by=by, now=now)
    return found


@transaction.atomic
def review_redacted(
    copy: Redaction,
    *,
    by: Person,
    agrees: bool,
    words: str,
    now: datetime,
    opener: Opener | None,
) -> Redaction:
    """Say as a second person, who can open it, whether a redacted copy may go; if not, why."""
    case, copy = _held(copy, by, Deed.REDACT)
    require_another(copy.made_by, by, did="made it", kept=KEPT)
    move = RedactionMove.APPROVE if agrees else RedactionMove.SEND_BACK
    state = redaction_after(copy.state, move)
    if not agrees and not words.strip():
        msg = f"Say what is wrong with it. {KEPT}"
        raise RuleError(msg)
    if opener is None:
        msg = f"Unlock first: who cannot open it cannot look it over. {KEPT}"
        raise RuleError(msg)
    _opened(copy, opener)
    copy.state, copy.reviewed_by, copy.reviewed_at = state, by, now
    copy.save(update_fields=["state", "reviewed_by", "reviewed_at"])
    seal(case, copy.pk, {SAID: words}, opener=opener, area=AREAS[Document(copy.document)])
    _record(Verb.REDACTION_REVIEWED, copy, by=by, now=now, agrees=agrees)
    return copy


@transaction.atomic
def hand_out(
    copy: Redaction,
    *,
    by: Person,
    on: date,
    how: str,
    now: datetime,
    opener: Opener | None,
) -> Redaction:
    """Record that a redacted copy went to whom it was made for, on which day, and how."""
    case, copy = _held(copy, by, Deed.REDACT)
    state = redaction_after(copy.state, RedactionMove.HAND_OUT)
    if copy.reviewed_at is None or not days.day_of(copy.reviewed_at) <= on <= days.day_of(now):
        msg = f"Choose a day between the review and today. {KEPT}"
        raise RuleError(msg)
    if not how.strip():
        msg = f"Say how it was handed out. {KEPT}"
        raise RuleError(msg)
    copy.state, copy.handed_by, copy.handed_on = state, by, on
    copy.save(update_fields=["state", "handed_by", "handed_on"])
    seal(case, copy.pk, {HOW: how}, opener=opener, area=AREAS[Document(copy.document)])
    _record(Verb.REDACTION_HANDED_OUT, copy, by=by, now=now, purpose=copy.purpose)
    return copy


def _held(copy: Redaction, by: Person, deed: Deed | None = None) -> tuple[Case, Redaction]:
    """Return a copy, held after its case, or refuse whoever may not read what it is made of."""
    case = Case.objects.locked(copy.case_id)
    if deed is not None:
        access.require_deed(by, case, deed)
    access.require(by, case, AREAS[Document(copy.document)])
    if copy.concern is not None:
        access.require_visible(by, copy.concern)
    held = Redaction.objects.select_for_update(of=("self",)).select_related("safe")
    return case, held.get(pk=copy.pk)


def _opened(copy: Redaction, opener: Opener) -> Opened:
    found = opening.open_file(opener, copy.pk, Which.CLEAN)
    if found is None:
        msg = f"You hold no key to this copy yet. A member of the team passes it on. {KEPT}"
        raise RuleError(msg)
    return found


def _record(verb: Verb, copy: Redaction, *, by: Person, now: datetime, **facts: Any) -> None:
    subject = f"case:{copy.case_id}"
    ledger.record(verb, by=by.actor, at=now, subject=subject, copy=copy.n, **facts)
