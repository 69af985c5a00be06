"""What a case is looked into for: its parties, its evidence, and how its end is decided. Pure."""

from django.db.models import TextChoices

from cases.lifecycle.refusals import not_now
from common import moves


class PartyRole(TextChoices):
    """What somebody is in a case."""

    SUBJECT = "subject", "Whom it is about"
    AFFECTED = "affected", "Affected"
    WITNESS = "witness", "Witness"
    OTHER = "other", "Somebody else"


class ExhibitKind(TextChoices):
    """What a piece of evidence is."""

    DOCUMENT = "document", "Document"
    STATEMENT = "statement", "Statement"
    DATA = "data", "Data or record"
    OBJECT = "object", "Thing"
    LINK = "link", "Something seen elsewhere"


class CustodyAct(TextChoices):
    """What was done with a piece of evidence (ISO/IEC 27037:2012, chain of custody)."""

    RECEIVED = "received", "Received"
    MOVED = "moved", "Moved or handed over"
    COPIED = "copied", "Copied"
    SEALED = "sealed", "Sealed"
    RETURNED = "returned", "Returned"
    DESTROYED = "destroyed", "Destroyed"


class Bearing(TextChoices):
    """How a piece of evidence bears on an allegation."""

    SUPPORTS = "supports", "Supports it"
    CONTRADICTS = "contradicts", "Speaks against it"
    NEUTRAL = "neutral", "Says neither"


class Factor(TextChoices):
    """What made possible what happened, coded at closing so that it can be counted."""

    TARGET_PRESSURE = "target_pressure", "Pressure to reach a target"
    UNCLEAR_POLICY = "unclear_policy", "A policy that is unclear or missing"
    UNDERSTAFFING = "understaffing", "Too few people"
    INCENTIVE = "incentive", "An incentive to do it"
    TRAINING = "training", "Not trained for it"
    SUPERVISION = "supervision", "Nobody looked"
    CULTURE = "culture", "How things are done there"
    SYSTEM = "system", "A system or process that allows it"
    CLIENT_CONDUCT = "client_conduct", "What a client does or asks"
    OTHER = "other", "Something else"


class ClosingState(TextChoices):
    """Where the closing of a case is that somebody asked for."""

    ASKED = "asked", "Waiting for another person"
    APPROVED = "approved", "Approved"
    REFUSED = "refused", "Sent back"
    WITHDRAWN = "withdrawn", "Taken back"


class ClosingMove(TextChoices):
    """What can happen to a closing that somebody asked for."""

    APPROVE = "approve", "approved"
    REFUSE = "refuse", "sent back"
    WITHDRAW = "withdraw", "taken back"


class WhyReopened(TextChoices):
    """Why a closed case is worked on again."""

    NEW = "new", "New evidence, or a new fact"
    HARM = "harm", "Somebody was harmed since, or pays for speaking up"
    APPEAL = "appeal", "Somebody asked that it is looked at again"
    MISTAKE = "mistake", "It was closed by mistake"


CLOSING_MOVES: dict[tuple[ClosingState, ClosingMove], ClosingState] = {
    (ClosingState.ASKED, ClosingMove.APPROVE): ClosingState.APPROVED,
    (ClosingState.ASKED, ClosingMove.REFUSE): ClosingState.REFUSED,
    (ClosingState.ASKED, ClosingMove.WITHDRAW): ClosingState.WITHDRAWN,
}


def closing_after(state: str, move: ClosingMove) -> ClosingState:
    """Return the state that `move` leads to, or refuse it."""
    now = ClosingState(state)
    refusal = not_now("request to close", now.label, move.label)
    return moves.after(CLOSING_MOVES, now, move, refusal=refusal)
