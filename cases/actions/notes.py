"""What a team writes on a case: notes that are signed and amended, and drafts of them."""

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import NamedTuple
from uuid import uuid4

from django.db import transaction

from cases import access
from cases.actions.compartments import set_apart
from cases.actions.held import held_open, seal
from cases.lifecycle import Area
from cases.models import Case, EntryDraft, Note
from common import days
from common.errors import RuleError
from ledger import actions as ledger
from ledger.verbs import Verb
from people.models import Person
from safes import access as opening
from safes import actions as safes
from safes.models import Sealed
from safes.rules import Opener

# nobody who works or tells anything here remembers an earlier one
FIRST_YEAR = 1900


class Told(NamedTuple):
    """When what is noted happened, and of a quote who said it to whom."""

    # a day, or a moment where the time is known as well
    happened: date | None = None
    said_by: Note.SaidBy | None = None
    speaker: str = ""
    to_whom: str = ""

    def words(self) -> dict[str, str]:
        """Return what is sealed of it, by field."""
        happened = self.happened.isoformat() if self.happened else ""
        return {"happened": happened, "speaker": self.speaker, "to_whom": self.to_whom}


NOTHING_MORE = Told()


@transaction.atomic
def sign_note(  # noqa: PLR0913 - a note, and the draft that it was
    case: Case,
    *,
    by: Person,
    kind: Note.Kind,
    text: str,
    now: datetime,
    told: Told = NOTHING_MORE,
    draft: datetime | None = None,
    opener: Opener | None = None,
) -> Note:
    """Add a signed note to an open case; of a quote it has to be known who said it, and when.

    `draft` is when the draft was kept that the note began as; that one ends here.
    """
    case = _held(case, by, kind)
    _require_whole(kind, text, told, now=now)
    if kind == Note.Kind.ADVICE:
        # what a lawyer advised lies in a safe that the lead and the lawyers open
        set_apart(case, Area.LEGAL, opener=opener, now=now)
    note = Note(id=uuid4(), case=case, author=by, kind=kind, at=now, said_by=told.said_by or "")
    _seal(note, text, told, opener=opener)
    end_draft(case, by=by, kept_at=draft)
    subject = f"case:{case.pk}"
    if kind == Note.Kind.ADVICE:
        ledger.record(Verb.ADVICE_SIGNED, by=by.actor, at=now, subject=subject, version=1)
    else:
        ledger.record(Verb.NOTE_SIGNED, by=by.actor, at=now, subject=subject, kind=kind)
    return note


def _held(case: Case, by: Person, kind: Note.Kind) -> Case:
    """Return a case that is worked on, held until the commit; advice is for who may see it."""
    return held_open(case, by, area=_area(kind))


def _area(kind: Note.Kind) -> Area:
    return Area.LEGAL if kind == Note.Kind.ADVICE else Area.CORE


@transaction.atomic
def amend_note(  # noqa: PLR0913 - a version is a note, and why it is there
    note: Note,
    *,
    by: Person,
    over: int,
    why: str,
    text: str,
    now: datetime,
    told: Told = NOTHING_MORE,
    opener: Opener | None = None,
) -> Note:
    """Sign a new version of one's own note in place of version `over`; that one stays."""
    case = _held(note.case, by, Note.Kind(note.kind))
    newest = Note.objects.versions_of(note)[0]
    if newest.author_id != by.pk:
        msg = f"{newest.author.name} signed this, so you cannot amend it. Add a note of your own."
        raise RuleError(msg)
    if newest.version != over:
        msg = (
            f"This was amended meanwhile: version {newest.version} is the newest. Nothing was "
            "changed, and what you wrote is kept. Read that first."
        )
        raise RuleError(msg)
    if not why.strip():
        msg = "Say why you amend it. Nothing was changed."
        raise RuleError(msg)
    kind = Note.Kind(newest.kind)
    _require_whole(kind, text, told, now=now)
    version = Note(
        id=uuid4(),
        case=case,
        author=by,
        kind=kind,
        at=now,
        said_by=told.said_by or "",
        first_id=newest.first_id or newest.pk,
        version=over + 1,
    )
    _seal(version, text, told, opener=opener, why=why)
    subject, number = f"case:{case.pk}", version.version
    if kind == Note.Kind.ADVICE:
        ledger.record(Verb.ADVICE_SIGNED, by=by.actor, at=now, subject=subject, version=number)
    else:
        ledger.record(
            Verb.NOTE_AMENDED, by=by.actor, at=now, subject=subject, kind=kind, version=number
        )
    return version


def _require_whole(kind: Note.Kind, text: str, told: Told, *, now: datetime) -> None:
    if not text.strip():
        msg = "The note is empty, so nothing was added. Write what you want to keep."
        raise RuleError(msg)
    if kind == Note.Kind.QUOTE and (told.said_by is None or told.happened is None):
        msg = "Of a quote, say who said it and when. Nothing was added; what you wrote is kept."
        raise RuleError(msg)
    if told.happened is not None and not _is_past(told.happened, now):
        msg = "What you note lies ahead, or in another century. Look at the day. Nothing was added."
        raise RuleError(msg)


def _is_past(happened: date, now: datetime) -> bool:
    is_over = happened <= now if isinstance(happened, datetime) else happened <= days.day_of(now)
    return is_over and happened.year >= FIRST_YEAR


def _seal(note: Note, text: str, told: Told, *, opener: Opener | None, **more: str) -> None:
    """Keep a note, its words sealed to the team; advice to those who may see it."""
    note.save(force_insert=True)
    words = {"body": text, **told.words(), **more}
    seal(note.case, note.pk, words, opener=opener, area=_area(Note.Kind(note.kind)))


# -- drafts -------------------------------------------------------------------------------------


@transaction.atomic
def keep_draft(
    case: Case,
    *,
    by: Person,
    words: Mapping[str, str],
    now: datetime,
    opener: Opener | None = None,
) -> None:
    """Keep what somebody began to write on a case, for them alone; what was kept before goes.

    Nothing is said yet, so nothing is recorded.
    """
    case = Case.objects.locked(case.pk)
    area = Area.LEGAL if words.get("kind") == Note.Kind.ADVICE else Area.CORE
    access.require(by, case, area)
    kept = {name: said for name, said in words.items() if said.strip()}
    if not kept.keys() - {"kind", "to"}:
        msg = "Nothing is written yet, so nothing was kept."
        raise RuleError(msg)
    draft, _ = EntryDraft.objects.update_or_create(case=case, author=by, defaults={"saved_at": now})
    safe = set_apart(case, area, opener=opener, now=now) if area == Area.LEGAL else case.safe
    key = opening.key_of(opener, safe)
    # what was begun as advice may go on as something else, and lies elsewhere then
    Sealed.objects.filter(row=draft.pk).delete()
    safes.add(safe, row=draft.pk, items={"draft": json.dumps(kept).encode()}, key=key)


@transaction.atomic
def drop_draft(case: Case, *, by: Person) -> None:
    """Discard what somebody began to write on a case."""
    _drop(EntryDraft.objects.filter(case=case, author=by).first())


def end_draft(case: Case, *, by: Person, kept_at: datetime | None) -> None:
    """End the draft that became what is signed or sent; one that was kept at another time stays.

    Used inside the acts that sign or send. Without `kept_at` nothing had been kept of it.
    """
    if kept_at is not None:
        _drop(EntryDraft.objects.filter(case=case, author=by, saved_at=kept_at).first())


def _drop(draft: EntryDraft | None) -> None:
    if draft is not None:
        Sealed.objects.filter(row=draft.pk).delete()
        draft.delete()
