"""What of a case a redacted copy can be made of, as far as somebody may see it."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q

from cases.access.areas import require, require_deed
from cases.lifecycle import Area, Deed, Document, FileState, StatementState
from cases.models import Attachment, Case, Concern, Message, Minutes, Note
from common import days
from common.errors import RuleError
from files.rules.kinds import JPEG, MAIL, PDF, PNG, TEXT
from people.models import Person

# in which area of a case each kind lies
AREAS = {
    Document.CONCERN: Area.CONCERNS,
    Document.MESSAGE: Area.CONCERNS,
    Document.NOTE: Area.CORE,
    Document.MINUTES: Area.EVIDENCE,
    Document.STATEMENT: Area.EVIDENCE,
    Document.FINDING: Area.CORE,
    Document.FILE: Area.EVIDENCE,
}
# of which the clean copy is text, and of which it is pages that the cleaner takes pictures of
AS_TEXT = frozenset({TEXT.media_type, MAIL.media_type})
AS_PICTURES = frozenset({PDF.media_type, PNG.media_type, JPEG.media_type})
LONG_MONTH = "%-d %B %Y"


def documents_in(area: Area) -> list[Document]:
    """Return of which kinds a document lies in an area."""
    return [kind for kind, lies_in in AREAS.items() if lies_in == area]


@dataclass(frozen=True)
class Paper:
    """One document of a case; `fields` are the sealed words of its row."""

    document: Document
    row: UUID
    # how it is called, which tells nothing that is sealed
    label: str
    fields: tuple[str, ...] = ()
    concern: Concern | None = None
    attachment: Attachment | None = None

    @property
    def key(self) -> str:
        """Return by what an address names it."""
        return f"{self.document}:{self.row}"

    @property
    def is_paged(self) -> bool:
        """Return whether its copy is made of pictures of its pages."""
        return self.attachment is not None and self.attachment.media_type in AS_PICTURES

    @property
    def can_be_redacted(self) -> bool:
        """Return whether a redacted copy can be made of it."""
        return self.attachment is None or self.attachment.media_type in AS_TEXT | AS_PICTURES


def papers(case: Case, person: Person) -> list[Paper]:
    """Return every document of a case that somebody may see, in one query a kind."""
    seen = Concern.objects.visible_to(person).filter(case=case).select_related("form")
    concerns = {one.pk: one for one in seen.order_by("filed_on", "ref")}
    return [*_told(concerns), *_written(case), *_files(case, concerns)]


def _told(concerns: dict[UUID, Concern]) -> Iterator[Paper]:
    """Yield what was filed, and what was said about it since."""
    for one in concerns.values():
        label = f"What was filed as {one.ref}"
        fields = ("narrative", "about", "answers")
        yield Paper(Document.CONCERN, one.pk, label, fields, concern=one)
    said = Message.objects.filter(concern__in=concerns).order_by("on", "n")
    for message in said.select_related("author"):
        concern = concerns[message.concern_id]
        who = message.author.name if message.author else "the reporter"
        label = f"Message {message.n} on {concern.ref}, from {who}"
        yield Paper(Document.MESSAGE, message.pk, label, ("body",), concern=concern)


def _written(case: Case) -> Iterator[Paper]:
    """Yield what the team signed."""
    # what a lawyer advised leaves the house in no copy
    notes = case.notes.exclude(kind=Note.Kind.ADVICE)
    for note in notes.select_related("author").order_by("at", "pk"):
        version = f", version {note.version}" if note.version > 1 else ""
        label = f"{note.get_kind_display()} of {_day(note.at)} by {note.author.name}{version}"
        yield Paper(Document.NOTE, note.pk, label, ("body", "speaker", "to_whom"))
    signed = Minutes.objects.filter(case=case).select_related("interview")
    for minutes in signed.order_by("interview__n", "n"):
        label = f"Minutes of interview {minutes.interview.n}, version {minutes.n}"
        yield Paper(Document.MINUTES, minutes.pk, label, ("minutes",))
    heard = case.statements.filter(state=StatementState.GIVEN).order_by("ended_at", "pk")
    for statement in heard:
        label = f"Answer of {_day(statement.ended_at)} of whom it is about"
        yield Paper(Document.STATEMENT, statement.pk, label, ("put", "given"))
    for found in case.findings.select_related("allegation").order_by("allegation__n", "n"):
        label = f"Finding {found.n} on allegation {found.allegation.n}"
        yield Paper(Document.FINDING, found.pk, label, ("reason",))


def _day(moment: object) -> str:
    return days.day_of(moment).strftime(LONG_MONTH)  # type: ignore[arg-type] # a moment of a row


def _files(case: Case, concerns: dict[UUID, Concern]) -> Iterator[Paper]:
    of_both = Attachment.objects.filter(Q(case=case) | Q(concern__in=concerns))
    for file in of_both.filter(state=FileState.CLEANED).order_by("concern", "n"):
        # what is known of these already need not be asked again
        file.case = case if file.concern_id is None else None
        file.concern = concerns[file.concern_id] if file.concern_id is not None else None
        label = f"File {file.n} of {file.about.ref}"
        yield Paper(Document.FILE, file.pk, label, ("name",), file.concern, file)


def require_paper(person: Person, case: Case, document: Document, row: UUID) -> Paper:
    """Return a document of a case that somebody may take out of, or refuse.

    Who works on the case but may not see a concern of it gets no copy of that either.
    """
    require_deed(person, case, Deed.REDACT)
    require(person, case, AREAS[document])
    for paper in papers(case, person):
        if (paper.document, paper.row) == (document, row):
            return paper
    msg = "There is no such document in this case any more. Nothing was made."
    raise RuleError(msg)
