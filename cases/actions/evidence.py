"""Keep the register of evidence: what there is, who had it when, and on what it bears."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import uuid4

from django.db import transaction
from django.db.models import Max

from cases import access
from cases.actions.held import KEPT, held_open, seal
from cases.actions.slips import require_standing
from cases.lifecycle import Area, Bearing, CustodyAct, ExhibitKind
from cases.models import Allegation, Attachment, Bears, Case, Custody, Exhibit, Note, Party
from common import days
from common.errors import RuleError
from ledger import actions as ledger
from ledger.verbs import Verb
from people.models import Person
from safes.rules import Opener

# the sealed words: what it is, where it came from; where it is kept
TITLE, SOURCE, PLACE = "title", "source", "place"


@dataclass(frozen=True)
class Piece:
    """A piece of evidence as it is entered."""

    kind: ExhibitKind
    title: str
    received_on: date
    source: str = ""
    place: str = ""
    came_from: Party | None = None
    # what is there already, of the same case
    attachment: Attachment | None = None
    note: Note | None = None


@transaction.atomic
def add_exhibit(
    case: Case,
    *,
    by: Person,
    piece: Piece,
    now: datetime,
    bears: tuple[Allegation, Bearing] | None = None,
    opener: Opener | None = None,
) -> Exhibit:
    """Enter a piece of evidence into the register; its custody begins with that it was received.

    `bears` says at once how it bears on an allegation.
    """
    case = held_open(case, by, area=Area.EVIDENCE)
    _require_fit(case, piece, now)
    require_standing(piece.came_from, bears[0] if bears else None)
    last = case.exhibits.aggregate(last=Max("n"))["last"] or 0
    exhibit = Exhibit(
        id=uuid4(),
        case=case,
        n=last + 1,
        kind=piece.kind,
        attachment=piece.attachment,
        note=piece.note,
        came_from=piece.came_from,
        received_on=piece.received_on,
        added_by=by,
        added_at=now,
    )
    exhibit.save(force_insert=True)
    words = {TITLE: piece.title, SOURCE: piece.source}
    seal(case, exhibit.pk, words, opener=opener, area=Area.EVIDENCE)
    _pass(exhibit, CustodyAct.RECEIVED, piece.place, by=by, now=now, opener=opener)
    ledger.record(
        Verb.EXHIBIT_ADDED, by=by.actor, at=now, subject=f"case:{case.pk}", kind=piece.kind.value
    )
    if bears is not None:
        allegation, how = bears
        weigh(exhibit, by=by, allegation=allegation, how=how, now=now)
    return exhibit


@transaction.atomic
def change_custody(
    exhibit: Exhibit,
    *,
    by: Person,
    act: CustodyAct,
    place: str,
    now: datetime,
    opener: Opener | None = None,
) -> Custody:
    """Record that something was done with a piece of evidence, also after its case is closed."""
    case = Case.objects.locked(exhibit.case_id)
    access.require(by, case, Area.EVIDENCE)
    exhibit.refresh_from_db(fields=["struck_at"])
    require_standing(exhibit)
    if Custody.objects.filter(exhibit=exhibit, act=CustodyAct.DESTROYED).exists():
        msg = f"It was destroyed, so nothing more happens to it. {KEPT}"
        raise RuleError(msg)
    if not place.strip():
        msg = f"Say where it is now, or who has it. {KEPT}"
        raise RuleError(msg)
    passed = _pass(exhibit, act, place, by=by, now=now, opener=opener)
    ledger.record(
        Verb.CUSTODY_CHANGED, by=by.actor, at=now, subject=f"case:{case.pk}", act=act.value
    )
    return passed


@transaction.atomic
def weigh(
    exhibit: Exhibit, *, by: Person, allegation: Allegation, how: Bearing, now: datetime
) -> Bears:
    """Say how a piece of evidence bears on an allegation; said again, the latest counts."""
    case = held_open(exhibit.case, by, area=Area.EVIDENCE)
    if allegation.case_id != case.pk:
        msg = f"Choose an allegation of this case. {KEPT}"
        raise RuleError(msg)
    exhibit.refresh_from_db(fields=["struck_at"])
    require_standing(exhibit, allegation)
    bears = Bears(
        id=uuid4(), case=case, exhibit=exhibit, allegation=allegation, how=how, by=by, at=now
    )
    bears.save(force_insert=True)
    ledger.record(
        Verb.EVIDENCE_WEIGHED, by=by.actor, at=now, subject=f"case:{case.pk}", how=how.value
    )
    return bears


def _require_fit(case: Case, piece: Piece, now: datetime) -> None:
    if not piece.title.strip():
        msg = f"Write what it is. {KEPT}"
        raise RuleError(msg)
    if piece.received_on > days.day_of(now):
        msg = f"Nobody received it on a day that is to come. Look at the day again. {KEPT}"
        raise RuleError(msg)
    foreign = [
        piece.came_from is not None and piece.came_from.case_id != case.pk,
        piece.note is not None and piece.note.case_id != case.pk,
        piece.attachment is not None and not _is_of(piece.attachment, case),
    ]
    if any(foreign):
        msg = f"Choose what belongs to this case. {KEPT}"
        raise RuleError(msg)


def _is_of(attachment: Attachment, case: Case) -> bool:
    if attachment.concern_id is None:
        return attachment.case_id == case.pk
    return case.concerns.filter(pk=attachment.concern_id).exists()


def _pass(
    exhibit: Exhibit,
    act: CustodyAct,
    place: str,
    *,
    by: Person,
    now: datetime,
    opener: Opener | None,
) -> Custody:
    passed = Custody(id=uuid4(), case_id=exhibit.case_id, exhibit=exhibit, act=act, by=by, at=now)
    passed.save(force_insert=True)
    seal(exhibit.case, passed.pk, {PLACE: place}, opener=opener, area=Area.EVIDENCE)
    return passed
