"""Make redacted copies: of a text at once, of a file by the cleaner; the document itself stays."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Max

from cases import access, rules
from cases.access.documents import AREAS, Paper
from cases.actions.held import KEPT
from cases.lifecycle import Document, Purpose, RedactionState
from cases.models import Case, Redaction
from cases.reports import redacted
from cases.rules.redaction import Removal, pieces
from common import days
from common.asking import at_the_gate
from common.errors import RuleError
from files import access as opening
from files import actions as files
from files.actions import Place, Upload
from files.models import Which
from files.rules.kinds import PDF
from ledger import actions as ledger
from ledger.verbs import Verb
from people.models import Person
from safes import access as keys
from safes import actions as safes
from safes.rules import Opener

# the sealed words: of what it is a copy, for whom, what was entered and taken out, its SHA-256
# in hexadecimal digits, and what the cleaner found
TITLE, RECIPIENT, PLAN, DIGEST, REPORT = "copy_of", "recipient", "plan", "digest", "found"
LOCKED = "Unlock first: without your key nothing can be made of it. What you entered is kept."


@dataclass(frozen=True)
class Wanted:
    """A redacted copy as it is asked for: of what, for what, and for whom."""

    document: Document
    row: UUID
    purpose: Purpose
    recipient: str
    # as it was entered, for whoever makes the copy once more
    entered: Mapping[str, Any] = field(default_factory=dict)


@transaction.atomic
def redact_text(
    case: Case,
    *,
    by: Person,
    wanted: Wanted,
    text: str,
    taken: Sequence[Removal],
    now: datetime,
    opener: Opener | None,
) -> Redaction:
    """Make a redacted copy of a text, also of a case that is closed.

    `text` is what stands in the document, `taken` which parts of it go. The copy is sealed to the
    case; what is left out is in it nowhere, and its boxes are of one width.
    """
    case, paper = _held(case, by, wanted)
    if paper.is_paged:
        msg = f"This is a file of pages: its copy is made of pictures of these. {KEPT}"
        raise RuleError(msg)
    if not taken:
        msg = f"Nothing is taken out yet. Choose a sentence, or words. {KEPT}"
        raise RuleError(msg)
    day = days.day_of(now)
    content, kind = redacted.document_of(pieces(text, taken), document=paper.document, day=day)
    copy = _begin(case, paper, wanted, by=by, now=now)
    copy.state, copy.media_type = RedactionState.MADE, kind.media_type
    copy.save(force_insert=True)
    Upload.of("", content, Place(copy.safe, copy.pk, Which.CLEAN))
    known = {
        DIGEST: hashlib.sha256(content).hexdigest(),
        PLAN: _plan(wanted, taken=taken, of=hashlib.sha256(text.encode()).hexdigest()),
    }
    _seal(copy, paper, wanted, known, opener)
    _record(Verb.REDACTION_MADE, copy, by=by, now=now)
    return copy


@transaction.atomic
def order_redaction(
    case: Case,
    *,
    by: Person,
    wanted: Wanted,
    order: Mapping[str, Any],
    now: datetime,
    opener: Opener | None,
) -> Redaction:
    """Have the cleaner make a redacted copy of a file, also of a case that is closed.

    `order` is what is taken out (files.rules.redacting.Order): it and the key of the clean copy
    are sealed to the cleaner, for an hour at the most.
    """
    case, paper = _held(case, by, wanted)
    if not paper.is_paged:
        msg = f"The copy of a text is made at once. {KEPT}"
        raise RuleError(msg)
    if not any(order.get(name) for name in ("words", "patterns", "pages", "areas")):
        msg = f"Nothing is taken out yet. Enter words, a page or an area. {KEPT}"
        raise RuleError(msg)
    if opener is None:
        raise RuleError(LOCKED)
    found = opening.open_file(opener, paper.row, Which.CLEAN)
    if found is None:
        msg = f"You hold no key to this file yet. {KEPT}"
        raise RuleError(msg)
    if files.is_lent(found.stream_id):
        msg = f"A copy of this file is being made just now. Try again in a minute. {KEPT}"
        raise RuleError(msg)
    copy = _begin(case, paper, wanted, by=by, now=now)
    copy.attachment = paper.attachment
    copy.state, copy.media_type = RedactionState.WAITING, PDF.media_type
    copy.save(force_insert=True)
    _seal(copy, paper, wanted, {PLAN: _plan(wanted, order=dict(order))}, opener)
    files.lend(found.stream_id, found.bundle, now=now, order=json.dumps(order).encode())
    _record(Verb.REDACTION_ORDERED, copy, by=by, now=now)
    return copy


def _held(case: Case, by: Person, wanted: Wanted) -> tuple[Case, Paper]:
    """Return the case, held until the commit, and the document; a court may ask after it closed."""
    case = Case.objects.locked(case.pk)
    paper = access.require_paper(by, case, wanted.document, wanted.row)
    if not paper.can_be_redacted:
        msg = (
            "No redacted copy can be made of this kind of file. Save it as PDF, add that to the "
            f"case, and take out of it. {KEPT}"
        )
        raise RuleError(msg)
    recipient = wanted.recipient.strip()
    if not recipient:
        msg = f"Say for whom the copy is. {KEPT}"
        raise RuleError(msg)
    if len(recipient) > rules.NARRATIVE_MAX:
        msg = f"For whom it is, is longer than {rules.NARRATIVE_MAX} characters. {KEPT}"
        raise RuleError(msg)
    return case, paper


def _begin(case: Case, paper: Paper, wanted: Wanted, *, by: Person, now: datetime) -> Redaction:
    # also after the number of one that whoever asks does not see
    with at_the_gate():
        last = case.redactions.aggregate(last=Max("n"))["last"] or 0
    return Redaction(
        id=uuid4(),
        case=case,
        n=last + 1,
        document=paper.document,
        row=paper.row,
        safe=access.safe_of(case, AREAS[paper.document]),
        concern=paper.concern,
        purpose=wanted.purpose,
        made_by=by,
        made_at=now,
    )


def _plan(wanted: Wanted, **more: Any) -> str:
    return json.dumps({"entered": dict(wanted.entered), **more})


def _seal(
    copy: Redaction,
    paper: Paper,
    wanted: Wanted,
    known: Mapping[str, str],
    opener: Opener | None,
) -> None:
    words = {TITLE: paper.label, RECIPIENT: wanted.recipient.strip(), **known}
    items = {name: said.encode() for name, said in words.items()}
    safes.add(copy.safe, row=copy.pk, items=items, key=keys.key_of(opener, copy.safe))


def _record(verb: Verb, copy: Redaction, *, by: Person, now: datetime) -> None:
    ledger.record(
        verb,
        by=by.actor,
        at=now,
        subject=f"case:{copy.case_id}",
        of=copy.document,
        purpose=copy.purpose,
        copy=copy.n,
    )
