"""The life of a concern: what is filed, how, and where it is. Pure."""

from django.db.models import TextChoices

from cases.lifecycle.refusals import not_now
from common import levels, moves


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


# by which ways somebody tells a person of the office, who takes it down
TAKEN_DOWN = (
    Channel.PHONE,
    Channel.HOTLINE,
    Channel.IN_PERSON,
    Channel.EMAIL,
    Channel.CHAT,
    Channel.POST,
)


class Given(TextChoices):
    """Why a concern goes to another than whose turn it is."""

    SKILLS = "skills", "They have the skills it needs"
    LANGUAGE = "language", "They speak the language"
    KNOWS_IT = "knows_it", "They know the matter"
    ASKED = "asked", "They asked for it, or were asked for"
    OTHER = "other", "Another reason"


Level = levels.Level


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
    REOPEN = "reopen", "reopened"


CONCERN_MOVES: dict[tuple[ConcernStatus, ConcernMove], ConcernStatus] = {
    (ConcernStatus.DRAFT, ConcernMove.FILE): ConcernStatus.RECEIVED,
    (ConcernStatus.RECEIVED, ConcernMove.TRIAGE): ConcernStatus.IN_CASE,
    (ConcernStatus.RECEIVED, ConcernMove.WITHDRAW): ConcernStatus.WITHDRAWN,
    (ConcernStatus.IN_CASE, ConcernMove.CLOSE): ConcernStatus.CLOSED,
    (ConcernStatus.CLOSED, ConcernMove.REOPEN): ConcernStatus.IN_CASE,
}
# of these somebody may have to know who the reporter is
WORKED_ON = frozenset({ConcernStatus.RECEIVED, ConcernStatus.IN_CASE})


def concern_after(status: str, move: ConcernMove) -> ConcernStatus:
    """Return the status that `move` leads to, or refuse it."""
    now = ConcernStatus(status)
    return moves.after(CONCERN_MOVES, now, move, refusal=not_now("concern", now.label, move.label))
