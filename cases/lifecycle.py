"""The lives of a concern, a case and a request for an identity: states and moves. Pure."""

from itertools import pairwise

from django.db.models import TextChoices

from common import levels, moves

# What the engine calls the subject of our clocks.
CLOCKS_OF = "concern"
CLOCKS_OF_CASES = "case"
CLOCKS_OF_TASKS = "task"
CLOCKS_OF_REQUESTS = "request"
CLOCKS_OF_ORIGINALS = "original"
# And the kinds of duty that we start ourselves (escalation.rules.kinds).
FIRST_MESSAGE, ANSWER, INTERIM = "first_message", "answer", "interim"
INVESTIGATION, UNSEAL, ORIGINAL = "investigation", "unseal", "original"
# On what ground what was never decided about is erased: drafts that nobody came back to, and shares
# of an identity whose time is over.
DRAFTS = "drafts"


class Kind(TextChoices):
    """What a reporter files."""

    GUIDANCE = "guidance", "Guidance request"
    REPORT = "report", "Report"
    EXCEPTION = "exception", "Exception request"


class Mode(TextChoices):
    """How a reporter wants to be known."""

    NAMED = "named", "Named"
    CONFIDENTIAL = "confidential", "Confidential"
    ANONYMOUS = "anonymous", "Anonymous"


class Channel(TextChoices):
    """How a concern came in."""

    WEB = "web", "Web"
    PHONE = "phone", "Phone"
    EMAIL = "email", "E-mail"
    CHAT = "chat", "Chat"
    IN_PERSON = "in_person", "In person"
    HOTLINE = "hotline", "Hotline"
    POST = "post", "Post"
    API = "api", "API"


Level = levels.Level


class Finding(TextChoices):
    """What was found."""

    SUBSTANTIATED = "substantiated", "Substantiated"
    PARTLY = "partly_substantiated", "Partly substantiated"
    UNSUBSTANTIATED = "unsubstantiated", "Unsubstantiated"
    INSUFFICIENT = "insufficient_information", "Insufficient information"
    OUT_OF_SCOPE = "out_of_scope", "Out of scope"


class ConcernStatus(TextChoices):
    """Where a concern is."""

    DRAFT = "draft", "Being written"
    RECEIVED = "received", "Received"
    IN_CASE = "in_case", "Being looked into"
    CLOSED = "closed", "Closed"
    WITHDRAWN = "withdrawn", "Withdrawn"


class ConcernMove(TextChoices):
    """What can happen to a concern."""

    FILE = "file", "sent"
    TRIAGE = "triage", "triaged"
    CLOSE = "close", "closed"
    WITHDRAW = "withdraw", "withdrawn"


class CaseStatus(TextChoices):
    """Where a case is."""

    OPEN = "open", "Open"
    CLOSED = "closed", "Closed"


class CaseMove(TextChoices):
    """What can happen to a case."""

    CLOSE = "close", "closed"


class Phase(TextChoices):
    """Where the investigation of a case is (ISO 37002:2021, 8.4.1 and 8.5; ISO/TS 37008:2023).

    Each but the first is the code of the duty that runs meanwhile (escalation.rules.kinds).
    """

    NONE = "none", "No investigation"
    PLANNING = "planning", "Planning"
    GATHERING = "gathering", "Evidence"
    FINDINGS = "findings", "Findings"
    OUTCOME = "outcome", "Outcome"


class PhaseMove(TextChoices):
    """What can happen to the phase of an investigation."""

    GO_ON = "on", "taken on"
    GO_BACK = "back", "taken back"


class WhyBack(TextChoices):
    """Why an investigation goes back to the phase before."""

    NEW = "new", "Something new came up"
    MISSING = "missing", "Something is missing"
    SCOPE = "scope", "What is looked into changes"
    REVIEW = "review", "Whoever reviewed it asks for more"
    MISTAKE = "mistake", "It was taken on by mistake"
    NOT_NEEDED = "not_needed", "No investigation is needed"


class RequestState(TextChoices):
    """Where a request to open a reporter's identity is."""

    ASKED = "asked", "Waiting for a custodian"
    GRANTED = "granted", "Open"
    REFUSED = "refused", "Refused"
    EXPIRED = "expired", "Shut again"
    WITHDRAWN = "withdrawn", "Taken back"


class RequestMove(TextChoices):
    """What can happen to a request to open a reporter's identity."""

    GRANT = "grant", "granted"
    REFUSE = "refuse", "refused"
    WITHDRAW = "withdraw", "taken back"
    # its time ran out, or whoever asked no longer works on the concern
    END = "end", "ended"


class TaskKind(TextChoices):
    """What a task is; each runs on a clock of its own kind (escalation.rules.kinds)."""

    TASK = "task", "Task"
    SAFEGUARD_REVIEW = "safeguard_review", "Review of safeguards"
    CHECK_IN = "check_in", "Check-in"
    REFERRAL = "referral", "Referral"
    CORRECTIVE_ACTION = "corrective_action", "Corrective action"


# What watches over people goes on after a case is closed, as does what was promised to be mended.
OUTLIVES_THE_CASE = frozenset(
    {TaskKind.SAFEGUARD_REVIEW, TaskKind.CHECK_IN, TaskKind.CORRECTIVE_ACTION}
)
# when one is done, the next can be opened by itself
REPEATING = frozenset({TaskKind.SAFEGUARD_REVIEW, TaskKind.CHECK_IN})


class FileState(TextChoices):
    """Where a file is on its way to a clean copy."""

    RECEIVED = "received", "Waiting to be cleaned"
    CHECKED = "checked", "Being cleaned"
    CLEANED = "cleaned", "Clean copy"
    QUARANTINED = "quarantined", "Kept apart"
    REJECTED = "rejected", "Not taken"


class FileMove(TextChoices):
    """What can happen to a file."""

    CHECK = "check", "checked"
    CLEAN = "clean", "cleaned"
    QUARANTINE = "quarantine", "kept apart"
    REJECT = "reject", "refused"
    SEND_AGAIN = "send_again", "sent to the cleaner again"


CONCERN_MOVES: dict[tuple[ConcernStatus, ConcernMove], ConcernStatus] = {
    (ConcernStatus.DRAFT, ConcernMove.FILE): ConcernStatus.RECEIVED,
    (ConcernStatus.RECEIVED, ConcernMove.TRIAGE): ConcernStatus.IN_CASE,
    (ConcernStatus.RECEIVED, ConcernMove.WITHDRAW): ConcernStatus.WITHDRAWN,
    (ConcernStatus.IN_CASE, ConcernMove.CLOSE): ConcernStatus.CLOSED,
}

CASE_MOVES: dict[tuple[CaseStatus, CaseMove], CaseStatus] = {
    (CaseStatus.OPEN, CaseMove.CLOSE): CaseStatus.CLOSED,
}

INVESTIGATED = (Phase.PLANNING, Phase.GATHERING, Phase.FINDINGS, Phase.OUTCOME)
_STEPS = list(pairwise((Phase.NONE, *INVESTIGATED)))
PHASE_MOVES: dict[tuple[Phase, PhaseMove], Phase] = {
    **{(before, PhaseMove.GO_ON): after for before, after in _STEPS},
    **{(after, PhaseMove.GO_BACK): before for before, after in _STEPS},
}
# why an investigation that was begun is given up, and why one that goes on goes back
_GIVEN_UP = (WhyBack.NOT_NEEDED, WhyBack.MISTAKE)

REQUEST_MOVES: dict[tuple[RequestState, RequestMove], RequestState] = {
    (RequestState.ASKED, RequestMove.GRANT): RequestState.GRANTED,
    (RequestState.ASKED, RequestMove.REFUSE): RequestState.REFUSED,
    (RequestState.ASKED, RequestMove.WITHDRAW): RequestState.WITHDRAWN,
    (RequestState.ASKED, RequestMove.END): RequestState.WITHDRAWN,
    (RequestState.GRANTED, RequestMove.WITHDRAW): RequestState.EXPIRED,
    (RequestState.GRANTED, RequestMove.END): RequestState.EXPIRED,
}

# of these somebody may have to know who the reporter is
WORKED_ON = frozenset({ConcernStatus.RECEIVED, ConcernStatus.IN_CASE})
# whoever asked cannot ask again meanwhile
PENDING = frozenset({RequestState.ASKED, RequestState.GRANTED})

_WAITING = (FileState.RECEIVED, FileState.CHECKED, FileState.QUARANTINED)
# a file is begun again where its cleaner was killed, or its scanner came back
FILE_MOVES: dict[tuple[FileState, FileMove], FileState] = {
    **{(state, FileMove.CHECK): FileState.CHECKED for state in _WAITING},
    **{(state, FileMove.QUARANTINE): FileState.QUARANTINED for state in _WAITING},
    **{(state, FileMove.REJECT): FileState.REJECTED for state in _WAITING},
    (FileState.CHECKED, FileMove.CLEAN): FileState.CLEANED,
    (FileState.QUARANTINED, FileMove.SEND_AGAIN): FileState.RECEIVED,
}


def concern_after(status: str, move: ConcernMove) -> ConcernStatus:
    """Return the status that `move` leads to, or refuse it."""
    now = ConcernStatus(status)
    return moves.after(CONCERN_MOVES, now, move, refusal=_not_now("concern", now.label, move.label))


def case_after(status: str, move: CaseMove) -> CaseStatus:
    """Return the status that `move` leads to, or refuse it."""
    now = CaseStatus(status)
    return moves.after(CASE_MOVES, now, move, refusal=_not_now("case", now.label, move.label))


def phase_after(phase: str, move: PhaseMove) -> Phase:
    """Return the phase that `move` leads to, or refuse it."""
    now = Phase(phase)
    refusal = f"At “{now.label}” an investigation cannot be {move.label}. Nothing was changed."
    return moves.after(PHASE_MOVES, now, move, refusal=refusal)


def why_back(phase: str) -> list[WhyBack]:
    """Return the reasons for which an investigation goes back from a phase."""
    is_given_up = PHASE_MOVES.get((Phase(phase), PhaseMove.GO_BACK)) == Phase.NONE
    return list(_GIVEN_UP) if is_given_up else [why for why in WhyBack if why != WhyBack.NOT_NEEDED]


def request_after(state: str, move: RequestMove) -> RequestState:
    """Return the state that `move` leads to, or refuse it."""
    now = RequestState(state)
    return moves.after(REQUEST_MOVES, now, move, refusal=_not_now("request", now.label, move.label))


def _not_now(what: str, now: str, move: str) -> str:
    return f"This {what} is {now.lower()}, so it cannot be {move} now. Nothing was changed."


def file_after(state: str, move: FileMove) -> FileState:
    """Return the state that `move` leads to, or refuse it."""
    refusal = f"This file cannot be {move.label} now. Nothing was changed."
    return moves.after(FILE_MOVES, FileState(state), move, refusal=refusal)
