"""Acts of cases upon redacted copies."""

from collections.abc import Callable

from cases import actions
from cases.lifecycle import Document, Ground, Purpose
from cases.models import Case, Note, Redaction
from cases.rules.redaction import Removal
from common import days
from files.actions import Upload
from files.models import Loan
from files.rules.kinds import Why
from people.middleware import act_as
from tests.architecture.acts.registry import act
from tests.files import made
from tests.world import World

TEXT = "I rang."


def wanted(document: Document, row: object) -> actions.Wanted:
    """Return what is asked for of a document, for a court."""
    return actions.Wanted(document, row, Purpose.COURT, "The court")  # type: ignore[arg-type] # a row's id


def of_text(w: World, case: Case, note: Note) -> Redaction:
    """Make a copy of a note without its second word."""
    return actions.redact_text(
        case,
        by=w["olga"],
        wanted=wanted(Document.NOTE, note.pk),
        text=TEXT,
        taken=[Removal(2, 6, Ground.PERSONAL)],
        now=w.now,
        opener=w.openers["olga"],
    )


def redacted(w: World, case: Case, note: Note) -> str:
    """Make a copy of a note; return by what its page names the note."""
    of_text(w, case, note)
    return f"note:{note.pk}"


def noted(w: World) -> tuple[Case, Note]:
    """Sign a note on a case of Olga's."""
    case = w.triage(w.file()[0])
    act_as(w["olga"])
    kind = Note.Kind.NOTE
    return case, actions.sign_note(case, by=w["olga"], kind=kind, text=TEXT, now=w.now)


def shared(w: World) -> Redaction:
    """Make a copy on a case on which Omar works as well."""
    case, note = noted(w)
    actions.add_member(case, by=w["olga"], opener=w.openers["olga"], person=w["omar"], now=w.now)
    return of_text(w, case, note)


def order(w: World) -> Callable[[], Redaction]:
    """Return what orders a copy of a file of a case."""
    case = w.triage(w.file()[0])
    act_as(w["olga"])
    upload = Upload.of("letter.pdf", made.letter())
    file = actions.add_to_case(case, upload=upload, by=w["olga"], now=w.now)
    w.clean(file)
    told = {
        "words": [("Marlow", "P")],
        "patterns": [],
        "pages": [],
        "areas": [],
        "whole_lines": False,
        "born_before": 0,
    }
    return lambda: actions.order_redaction(
        case,
        by=w["olga"],
        wanted=wanted(Document.FILE, file.pk),
        order=told,
        now=w.now,
        opener=w.openers["olga"],
    )


def on_loan(w: World) -> Loan:
    """Order a copy of a file; return what the cleaner is lent for it."""
    order(w)()
    return Loan.objects.only("id").get()


def review(w: World, copy: Redaction) -> Redaction:
    """Approve a copy as Omar."""
    act_as(w["omar"])
    return actions.review_redacted(
        copy, by=w["omar"], agrees=True, words="", now=w.now, opener=w.openers["omar"]
    )


@act("cases.actions.redact_text")
def _(w: World) -> Callable[[], object]:
    case, note = noted(w)
    return lambda: of_text(w, case, note)


@act("cases.actions.order_redaction")
def _(w: World) -> Callable[[], object]:
    return order(w)


@act("cases.actions.keep_redacted")
def _(w: World) -> Callable[[], object]:
    loan = on_loan(w)
    return lambda: actions.keep_redacted(loan, content=b"copy", report={"pages": 1}, now=w.now)


@act("cases.actions.fail_redaction")
def _(w: World) -> Callable[[], object]:
    loan = on_loan(w)
    return lambda: actions.fail_redaction(loan, why=Why.TOO_SLOW, now=w.now)


@act("cases.actions.read_redacted")
def _(w: World) -> Callable[[], object]:
    copy = shared(w)
    opener = w.openers["olga"]
    return lambda: actions.read_redacted(copy, by=w["olga"], opener=opener, now=w.now)


@act("cases.actions.review_redacted")
def _(w: World) -> Callable[[], object]:
    copy = shared(w)
    return lambda: review(w, copy)


@act("cases.actions.hand_out")
def _(w: World) -> Callable[[], object]:
    copy = review(w, shared(w))
    return lambda: actions.hand_out(
        copy, by=w["omar"], on=days.day_of(w.now), how="By hand.", now=w.now, opener=None
    )
