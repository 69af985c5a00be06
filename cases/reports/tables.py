"""What of a case is in its bundle: each kind of row, the area in which it lies, its words."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from django.db.models import Model, Q, QuerySet

from cases.lifecycle import Area
from cases.models import (
    Agreement,
    Allegation,
    Assessment,
    Attachment,
    Authorisation,
    Bears,
    Bundle,
    Case,
    CheckIn,
    ClientLink,
    Closing,
    Concern,
    Custody,
    Exhibit,
    Found,
    Interview,
    Mark,
    Meeting,
    Member,
    Merge,
    Message,
    Minutes,
    Note,
    Outcome,
    Party,
    PhaseChange,
    Plan,
    Question,
    Redaction,
    RedFlag,
    Remedy,
    Reopening,
    Reply,
    RetaliationRisk,
    Safeguard,
    Statement,
    Task,
    Telling,
    TrackChange,
    Triage,
)


class Told(NamedTuple):
    """Of which case rows are told, and of which of its concerns."""

    case: Case
    concerns: Sequence[Concern]


Rows = QuerySet[Any]


class Table(NamedTuple):
    """A kind of row: the name of its file, how it is called, where it lies, and its words."""

    name: str
    title: str
    rows: Callable[[Told], Rows]
    area: Area = Area.CORE
    # the names under which its words are sealed
    words: tuple[str, ...] = ()
    # what a reporter wrote, or what tells of them
    is_reporters: bool = False


def _with_merged(case: Case) -> Q:
    """Return the rows of a case, and those that stayed with what was merged into it."""
    return Q(case=case) | Q(case__part_of=case)


def _of_case(model: type[Model], *order: str) -> Callable[[Told], Rows]:
    return lambda told: QuerySet(model).filter(_with_merged(told.case)).order_by(*order, "pk")


def _of_concerns(model: type[Model], *order: str) -> Callable[[Told], Rows]:
    return lambda told: QuerySet(model).filter(concern__in=told.concerns).order_by(*order, "pk")


def _tasks(told: Told) -> Rows:
    return Task.objects.of(told.case, told.concerns).order_by("opened_at", "pk")


def _notes(told: Told) -> Rows:
    # what a lawyer advised leaves the house in no bundle
    found = Note.objects.filter(case=told.case).exclude(kind=Note.Kind.ADVICE)
    return found.order_by("at", "pk")


def _files(told: Told) -> Rows:
    of = Q(case=told.case) | Q(concern__in=told.concerns)
    return Attachment.objects.filter(of).order_by("case", "concern", "n")


def _redactions(told: Told) -> Rows:
    seen = Q(concern=None) | Q(concern__in=told.concerns)
    return Redaction.objects.filter(seen, case=told.case).order_by("n")


TABLES = (
    Table("team", "Team", _of_case(Member, "since")),
    Table(
        "concerns",
        "What was filed",
        lambda told: Concern.objects.filter(pk__in=[one.pk for one in told.concerns]).order_by(
            "filed_on", "ref"
        ),
        Area.CONCERNS,
        ("narrative", "beside", "about", "answers", "reporter"),
        is_reporters=True,
    ),
    Table(
        "messages",
        "Messages",
        _of_concerns(Message, "concern", "n"),
        Area.CONCERNS,
        ("body",),
        is_reporters=True,
    ),
    Table("triages", "Triage", _of_case(Triage, "at"), words=("reason",)),
    Table(
        "assessments",
        "Assessments",
        _of_case(Assessment),
        words=("resources", "consent", "committee", "override"),
    ),
    Table("marks", "Signs of pressure", _of_concerns(Mark, "at"), Area.CONCERNS),
    Table(
        "clients",
        "Clients",
        _of_concerns(ClientLink, "at"),
        Area.CONCERNS,
        ("client",),
        is_reporters=True,
    ),
    Table("parties", "Parties", _of_case(Party, "added_at"), words=("name", "contact", "struck")),
    Table("allegations", "Allegations", _of_case(Allegation, "n"), words=("allegation", "struck")),
    Table("findings", "Findings", _of_case(Found, "allegation", "n"), words=("reason",)),
    Table(
        "outcomes",
        "What follows from findings",
        _of_case(Outcome, "found", "n"),
        words=("because", "departs"),
    ),
    Table(
        "evidence",
        "Evidence",
        _of_case(Exhibit, "n"),
        Area.EVIDENCE,
        ("title", "source", "struck"),
    ),
    Table("custody", "Custody", _of_case(Custody, "at"), Area.EVIDENCE, ("place",)),
    Table("bearings", "How evidence bears", _of_case(Bears, "at"), Area.EVIDENCE),
    Table(
        "statements",
        "Right to respond",
        _of_case(Statement, "party", "n"),
        Area.EVIDENCE,
        words=("put", "given", "waived"),
    ),
    Table("interviews", "Interviews", _of_case(Interview, "n"), Area.EVIDENCE, ("plan", "off")),
    Table("minutes", "Minutes", _of_case(Minutes, "interview", "n"), Area.EVIDENCE, ("minutes",)),
    Table("replies", "Replies to minutes", _of_case(Reply, "at"), Area.EVIDENCE, ("objections",)),
    Table(
        "notes",
        "Notes",
        _notes,
        words=("body", "happened", "speaker", "to_whom", "why"),
    ),
    Table(
        "plans",
        "Terms of reference and plans",
        _of_case(Plan, "kind", "n"),
        words=(
            *("purpose", "scope", "outside", "limits", "sources", "people", "change"),
            "refused",
        ),
    ),
    Table("questions", "Questions", _of_case(Question, "plan"), words=("question",)),
    Table("phases", "Phases", _of_case(PhaseChange, "at"), words=("reason",)),
    Table("tracks", "Tracks", _of_case(TrackChange, "at"), words=("words",)),
    Table("meetings", "Sessions", _of_case(Meeting, "held_on"), words=("words",)),
    Table("agreements", "Agreements", _of_case(Agreement, "version"), words=("words",)),
    Table("tasks", "Tasks", _tasks, words=("task", "done", "cancelled")),
    Table(
        "safeguards",
        "Safeguards",
        _of_case(Safeguard, "begun_at"),
        Area.SUPPORT,
        ("what", "came"),
    ),
    Table(
        "authorisations",
        "Authorisations",
        _of_case(Authorisation, "asked_at"),
        Area.SUPPORT,
        words=("asked", "said"),
    ),
    Table(
        "tellings",
        "What those concerned were told",
        _of_case(Telling, "made_at"),
        words=("telling", "sent_back", "untold"),
    ),
    Table(
        "tellings_to_reporters",
        "What reporters were told, and promised",
        _of_concerns(Telling, "concern", "made_at"),
        Area.CONCERNS,
        ("telling", "sent_back"),
        is_reporters=True,
    ),
    Table(
        "risks",
        "How the risk of retaliation was weighed",
        _of_case(RetaliationRisk, "at"),
        Area.SUPPORT,
        ("agreed", "lower"),
    ),
    Table(
        "risks_of_reporters",
        "How it was weighed for reporters",
        _of_concerns(RetaliationRisk, "concern", "at"),
        Area.CONCERNS,
        ("agreed", "lower"),
        is_reporters=True,
    ),
    Table("check_ins", "Check-ins", _of_case(CheckIn, "due_on"), Area.SUPPORT, ("answered",)),
    Table(
        "check_ins_of_reporters",
        "Check-ins of reporters",
        _of_concerns(CheckIn, "concern", "due_on"),
        Area.CONCERNS,
        ("answered",),
        is_reporters=True,
    ),
    Table(
        "remedies",
        "What makes good what was done",
        _of_case(Remedy, "at"),
        Area.SUPPORT,
        ("promised", "restored"),
    ),
    Table("red_flags", "Red flags", _of_case(RedFlag, "at"), words=("flag",)),
    Table(
        "closings",
        "Closings",
        _of_case(Closing, "asked_at"),
        words=("outcome", "message", "lessons", "refused"),
    ),
    Table("reopenings", "Reopenings", _of_case(Reopening, "at"), words=("reason",)),
    Table("merges", "What was merged into it", _of_case(Merge, "at"), words=("reason",)),
    Table("files", "Files", _files, Area.EVIDENCE, ("name", "removed")),
    # which words were taken out stays in the house
    Table(
        "redactions",
        "Redacted copies",
        _redactions,
        Area.EVIDENCE,
        ("copy_of", "recipient", "digest", "said_of_copy", "handed_how"),
    ),
    Table("bundles", "Earlier bundles", _of_case(Bundle, "n"), words=("recipient",)),
)
# What hangs on a case and is not in its bundle, each with why; a test compares it with the models.
NOT_IN = {
    "cases.Case": "a record of its own",
    "cases.CaseUserObjectPermission": "who was let see that there is a case: the ledger tells it",
    "cases.CaseGroupObjectPermission": "is empty",
    "cases.Compartment": "where keys to parts of a case lie",
    "cases.EntryDraft": "what somebody has not signed is theirs",
    "cases.IdentityRequest": "identities are not in a bundle, nor who asked for one",
    "cases.Link": "tells of another case, which whoever reads it may not see",
    "cases.OriginalRequest": "originals are not in a bundle",
    "cases.Wall": "who is kept away is told to nobody",
}
