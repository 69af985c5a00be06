"""Files: taken in sealed, read as clean copies; an original only as a second person released it."""

from datetime import datetime
from uuid import UUID, uuid4

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Max, QuerySet

from cases import access, lifecycle, rules
from cases.actions.intake import require_draft
from cases.lifecycle import (
    CLOCKS_OF_ORIGINALS,
    ORIGINAL,
    Area,
    CaseStatus,
    ConcernStatus,
    FileMove,
    FileState,
)
from cases.models import Attachment, Case, Concern, OriginalRequest
from common.errors import RuleError
from common.sealing import SealBrokenError
from escalation import actions as escalation
from escalation.models import Calendar, Standard
from files import access as opening
from files import actions as files
from files.access import Opened
from files.actions import Place, Upload
from files.models import Which
from files.rules.kinds import TAKEN, Kind
from files.rules.names import safe_name
from ledger import actions as ledger
from ledger.rules import REPORTER, SYSTEM, Actor, Fact
from ledger.verbs import Verb
from people.models import Person
from safes import access as keys
from safes import actions as safes
from safes.rules import Opener, SafeKey

# -- adding and removing ----------------------------------------------------------------------


def add_file(
    concern: Concern, *, name: str, content: bytes, now: datetime, file_id: UUID | None = None
) -> Attachment:
    """Seal a file whose bytes are in memory anyway to a concern."""
    return take_upload(concern, upload=Upload.of(name, content), now=now, file_id=file_id)


def take_upload(
    concern: Concern, *, upload: Upload, now: datetime, file_id: UUID | None = None
) -> Attachment:
    """Keep what was uploaded, if it is of a type that we take; the same id is kept once.

    Its key is sealed to the concern and lent to the cleaner. What is refused is removed.
    """
    try:
        return _keep(concern, upload, now=now, file_id=file_id)
    except RuleError:
        # here and not inside, where it would be rolled back with the rest
        upload.discard()
        raise


@transaction.atomic
def _keep(concern: Concern, upload: Upload, *, now: datetime, file_id: UUID | None) -> Attachment:
    concern = Concern.objects.locked(concern.pk)
    added = concern.attachments.filter(pk=file_id).first() if file_id else None
    if added is not None:
        upload.discard()
        return added
    kind = _first_look(concern, upload)
    attachment = Attachment(id=file_id or uuid4(), concern=concern)
    if concern.status != ConcernStatus.DRAFT:
        concern.is_unread = True
        concern.save(update_fields=["is_unread"])
    return _seal(attachment, upload, kind, among=concern.attachments.all(), by=REPORTER, now=now)


def add_to_case(
    case: Case,
    *,
    upload: Upload,
    by: Person,
    now: datetime,
    opener: Opener | None = None,
) -> Attachment:
    """Keep what the office adds to a case; it goes the way of what reporters add.

    Its key is sealed to the case and lent to the cleaner. What is refused is removed.
    """
    try:
        return _keep_in_case(case, upload, by=by, now=now, opener=opener)
    except (RuleError, PermissionDenied):
        upload.discard()
        raise


@transaction.atomic
def _keep_in_case(
    case: Case, upload: Upload, *, by: Person, now: datetime, opener: Opener | None
) -> Attachment:
    case = Case.objects.locked(case.pk)
    access.require(by, case, Area.EVIDENCE)
    if case.status == CaseStatus.CLOSED:
        msg = "This case is closed, so no file can be added. Nothing else was changed."
        raise RuleError(msg)
    _require_room(case.attachments.all(), rules.FILES_OF_A_CASE)
    kind = _kind_of(upload)
    attachment = Attachment(id=uuid4(), case=case)
    key = keys.key_of(opener, access.safe_of_file(attachment))
    among = case.attachments.all()
    return _seal(attachment, upload, kind, among=among, by=by.actor, now=now, key=key)


def _seal(
    attachment: Attachment,
    upload: Upload,
    kind: Kind,
    *,
    among: QuerySet[Attachment],
    by: Actor,
    now: datetime,
    key: SafeKey | None = None,
) -> Attachment:
    """Keep a file under the next number of those among which it stands."""
    safe = access.safe_of_file(attachment)
    attachment.n = (among.aggregate(last=Max("n"))["last"] or 0) + 1
    attachment.media_type = kind.media_type
    attachment.save(force_insert=True)
    stream = files.claim(upload, Place(safe, attachment.pk, Which.ORIGINAL))
    files.lend(stream.pk, upload.bundle, now=now)
    known = {"name": safe_name(upload.name).encode(), "digest": upload.digest}
    safes.add(safe, row=attachment.pk, items=known, key=key)
    record_file(Verb.FILE_ADDED, attachment, by=by, now=now, kind=kind.media_type)
    return attachment


def _first_look(concern: Concern, upload: Upload) -> Kind:
    if concern.status in {ConcernStatus.CLOSED, ConcernStatus.WITHDRAWN}:
        msg = "This is closed, so no file can be added. Nothing else was changed."
        raise RuleError(msg)
    _require_room(concern.attachments.all(), settings.UPLOAD_MAX_FILES)
    return _kind_of(upload)


def _require_room(among: QuerySet[Attachment], most: int) -> None:
    if among.count() >= most:
        msg = f"There are {most} files already, so this one was not taken."
        raise RuleError(msg)


def _kind_of(upload: Upload) -> Kind:
    """Return what an upload is as far as a first look tells, or refuse it."""
    if upload.size > settings.UPLOAD_MAX_BYTES:
        raise RuleError(too_large())
    if upload.kind is None:
        raise RuleError(not_taken(upload))
    return upload.kind


def too_large() -> str:
    """Return what is said of a file that is too large."""
    limit = settings.UPLOAD_MAX_BYTES // 2**20
    return (
        f"This file is larger than {limit} MB, so it was not taken. The rest is kept. "
        "Send a smaller one."
    )


def not_taken(upload: Upload) -> str:
    """Return what is said of a file that is of no kind that we take."""
    if upload.is_markup:
        return (
            "This is a web page, a drawing (SVG) or rich text. Such a file can hold more "
            "than it shows, so it was not taken. The rest is kept. Print it to a PDF, take a "
            "picture of it, or copy its words into a plain text file."
        )
    if upload.is_compound:
        return (
            "This is an e-mail as Outlook keeps it (msg), or an old Word, Excel or PowerPoint "
            "file. We cannot clean these, so it was not taken. The rest is kept. Save the e-mail "
            "as EML or PDF, or the document as docx, xlsx, pptx or PDF, and add that."
        )
    return (
        f"We take {TAKEN}. This file is none of these, whatever its name says, so it was not "
        "taken. The rest is kept."
    )


@transaction.atomic
def remove_file(concern: Concern, *, n: int, now: datetime) -> None:
    """Take a file off a draft."""
    concern = Concern.objects.locked(concern.pk)
    require_draft(concern)
    attachment = concern.attachments.filter(n=n).first()
    if attachment is None:
        return
    files.remove(attachment.pk)
    concern.safe.items.filter(row=attachment.pk).delete()
    attachment.delete()
    record_file(Verb.FILE_REMOVED, attachment, by=REPORTER, now=now)


def record_file(
    verb: Verb, attachment: Attachment, *, by: Actor, now: datetime, **facts: Fact
) -> None:
    """Record an act on a file, about what it belongs to."""
    concern = attachment.concern
    ledger.record(
        verb,
        by=by,
        at=now,
        subject=attachment.subject,
        anonymous=concern is not None and concern.is_anonymous and by.ref in _QUIET,
        **facts,
    )


# what happens to an anonymous reporter's file before somebody here acts on it tells when it came
_QUIET = {REPORTER.ref, SYSTEM.ref}


# -- reading ------------------------------------------------------------------------------------


@transaction.atomic
def read_file(attachment: Attachment, *, by: Person, opener: Opener, now: datetime) -> Opened:
    """Return the clean copy, every piece of it verified, and record that it was downloaded."""
    access.require_file(by, attachment)
    if attachment.state != FileState.CLEANED:
        msg = "There is no clean copy of this file. Ask for the original if you need it."
        raise RuleError(msg)
    found = _verified(opener, attachment, Which.CLEAN)
    ledger.record(Verb.FILE_READ, by=by.actor, at=now, subject=attachment.subject)
    return found


def _verified(opener: Opener, attachment: Attachment, which: Which) -> Opened:
    found = opening.open_file(opener, attachment.pk, which)
    if found is None:
        msg = "You hold no key to this file yet. A member of the team who signs in passes it on."
        raise RuleError(msg)
    try:
        return found.verified()
    except SealBrokenError:
        msg = (
            "This file was changed or cut after it was sealed, so nothing was sent. Tell whoever "
            "runs this system; a backup holds it as it was."
        )
        raise RuleError(msg) from None


@transaction.atomic
def send_again(attachment: Attachment, *, by: Person, opener: Opener, now: datetime) -> None:
    """Lend a file that is kept apart to the cleaner once more."""
    access.require_file_work(by, attachment)
    attachment = Attachment.objects.select_for_update(of=("self",)).get(pk=attachment.pk)
    state = lifecycle.file_after(attachment.state, FileMove.SEND_AGAIN)
    original = _verified(opener, attachment, Which.ORIGINAL)
    attachment.state, attachment.why = state, ""
    attachment.save(update_fields=["state", "why"])
    files.take_back(original.stream_id)
    files.lend(original.stream_id, original.bundle, now=now)
    record_file(Verb.FILE_SENT_AGAIN, attachment, by=by.actor, now=now)


# -- originals ----------------------------------------------------------------------------------


@transaction.atomic
def ask_for_original(
    attachment: Attachment, *, by: Person, reason: str, now: datetime
) -> OriginalRequest:
    """Ask for the original of a file; somebody else has to release it."""
    about = attachment.about
    access.require_file_work(by, attachment)
    if not reason.strip():
        msg = "Say what you need the original for. Nothing was asked yet."
        raise RuleError(msg)
    Attachment.objects.select_for_update(of=("self",)).get(pk=attachment.pk)
    mine = attachment.requests.filter(asked_by=by)
    if mine.waiting(now).exists() or mine.open(now).exists():
        msg = "You have asked for this original already. Nothing was changed."
        raise RuleError(msg)
    request = OriginalRequest(
        id=uuid4(),
        attachment=attachment,
        asked_by=by,
        asked_at=now,
        until=now + rules.ORIGINAL_WAITS,
    )
    request.save(force_insert=True)
    safes.add(
        access.safe_of_file(attachment), row=request.pk, items={"reason": reason.strip().encode()}
    )
    escalation.start(
        subject_kind=CLOCKS_OF_ORIGINALS,
        subject_id=request.pk,
        start=now,
        promises=Standard.objects.timed(ORIGINAL, level=about.urgency),
        calendar=Calendar.objects.of(about.unit),
        unit=about.unit,
    )
    record_file(Verb.ORIGINAL_ASKED, attachment, by=by.actor, now=now)
    return request


@transaction.atomic
def release_original(
    request: OriginalRequest, *, by: Person, opener: Opener, now: datetime
) -> OriginalRequest:
    """Release an original to whoever asked for it: somebody else, who could open it as well."""
    attachment = request.attachment
    access.require_file_work(by, attachment)
    request = OriginalRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)
    if request.asked_by_id == by.pk:
        msg = "You asked for it, so somebody else has to release it. Nothing was changed."
        raise RuleError(msg)
    if request.released_by_id is not None or request.until <= now:
        msg = "This was released already, or nobody did in time. Nothing was changed."
        raise RuleError(msg)
    if opening.open_file(opener, attachment.pk, Which.ORIGINAL) is None:
        msg = "Only somebody who holds a key to this file can release it. Nothing was changed."
        raise RuleError(msg)
    request.released_by, request.released_at = by, now
    request.until = now + rules.ORIGINAL_LASTS
    request.save(update_fields=["released_by", "released_at", "until"])
    escalation.meet(subject_kind=CLOCKS_OF_ORIGINALS, subject_id=request.pk, kind=ORIGINAL, now=now)
    record_file(Verb.ORIGINAL_RELEASED, attachment, by=by.actor, now=now)
    return request


@transaction.atomic
def read_original(attachment: Attachment, *, by: Person, opener: Opener, now: datetime) -> Opened:
    """Return the original to whoever asked for it, while its release lasts."""
    access.require_file_work(by, attachment)
    if not attachment.requests.open(now).filter(asked_by=by).exists():
        msg = "Nobody has released this original to you, or the release is over."
        raise RuleError(msg)
    found = _verified(opener, attachment, Which.ORIGINAL)
    record_file(Verb.ORIGINAL_READ, attachment, by=by.actor, now=now)
    return found
