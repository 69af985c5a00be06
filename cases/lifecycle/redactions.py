"""The life of a redacted copy: what it is made of, why words are taken out, who gets it. Pure."""

from django.db.models import TextChoices

from cases.lifecycle.refusals import not_now
from common import moves


class RedactionState(TextChoices):
    """Where a redacted copy is on its way to whoever gets it."""

    WAITING = "waiting", "Being made"
    FAILED = "failed", "Could not be made"
    MADE = "made", "Waits for a second person"
    SENT_BACK = "sent_back", "Sent back"
    APPROVED = "approved", "Reviewed"
    HANDED = "handed", "Handed out"


class RedactionMove(TextChoices):
    """What can happen to a redacted copy."""

    MAKE = "make", "made"
    FAIL = "fail", "given up"
    APPROVE = "approve", "approved"
    SEND_BACK = "send_back", "sent back"
    HAND_OUT = "hand_out", "handed out"


class Document(TextChoices):
    """What a redacted copy is made of."""

    CONCERN = "concern", "What was filed"
    MESSAGE = "message", "Message"
    NOTE = "note", "Note"
    MINUTES = "minutes", "Minutes of an interview"
    STATEMENT = "statement", "Answer of whom it is about"
    FINDING = "finding", "Finding"
    FILE = "file", "File"


class Ground(TextChoices):
    """Why words are taken out, in the terms of those who decide on disclosure.

    Sources: GDPR (Regulation (EU) 2016/679), art. 5(1)(c) and 15(4); Directive (EU) 2019/1937,
    art. 16; UK Data Protection Act 2018, schedule 2, paragraphs 2, 16 and 19; the exemptions of
    the US Freedom of Information Act, 5 U.S.C. 552(b)(4) to (7).
    """

    PERSONAL = "personal", "Personal data of somebody else"
    REPORTER = "reporter", "Identity of the reporter"
    WITNESS = "witness", "Identity of a witness"
    SAFETY = "safety", "Somebody's safety"
    PRIVILEGE = "privilege", "Legal professional privilege"
    INQUIRY = "inquiry", "An investigation that is under way"
    BUSINESS = "business", "Confidential business information"
    IRRELEVANT = "irrelevant", "Not relevant to the purpose"


# What the box in a copy says. Who is taken out as the reporter, as a witness or as anybody is one
# code: a code of its own would point at every sentence in which the reporter stands.
CODES: dict[Ground, str] = {
    Ground.PERSONAL: "P",
    Ground.REPORTER: "P",
    Ground.WITNESS: "P",
    Ground.SAFETY: "P",
    Ground.PRIVILEGE: "L",
    Ground.INQUIRY: "I",
    Ground.BUSINESS: "B",
    Ground.IRRELEVANT: "N",
}
LEGEND: dict[str, str] = {
    "P": "Personal data, or the identity or safety of a person",
    "L": "Legal professional privilege",
    "I": "An investigation that is under way",
    "B": "Confidential business information",
    "N": "Not relevant to the purpose of this copy",
}

REDACTION_MOVES: dict[tuple[RedactionState, RedactionMove], RedactionState] = {
    (RedactionState.WAITING, RedactionMove.MAKE): RedactionState.MADE,
    (RedactionState.WAITING, RedactionMove.FAIL): RedactionState.FAILED,
    (RedactionState.MADE, RedactionMove.APPROVE): RedactionState.APPROVED,
    (RedactionState.MADE, RedactionMove.SEND_BACK): RedactionState.SENT_BACK,
    (RedactionState.APPROVED, RedactionMove.HAND_OUT): RedactionState.HANDED,
}
# of which there is a copy to read
READABLE = frozenset(
    {
        RedactionState.MADE,
        RedactionState.SENT_BACK,
        RedactionState.APPROVED,
        RedactionState.HANDED,
    }
)
# which a second person has decided on
REVIEWED = frozenset({RedactionState.SENT_BACK, RedactionState.APPROVED, RedactionState.HANDED})


def redaction_after(state: str, move: RedactionMove) -> RedactionState:
    """Return the state that `move` leads to, or refuse it."""
    now = RedactionState(state)
    refusal = not_now("redacted copy", now.label, move.label)
    return moves.after(REDACTION_MOVES, now, move, refusal=refusal)
