"""What stories share: who looks after them, and how they usually begin."""

from cases.lifecycle import Level
from cases.models import Note
from ethicsdesk.demo.acts import (
    Act,
    Answer,
    Assign,
    Read,
    Triage,
)

RUTH, TOMAS, JO, PRIYA = "ruth.lindqvist", "tomas.aguilar", "jo.marsh", "priya.nair"
LEILA, OWEN = "leila.haddad", "owen.pryce"
QUOTE, OBSERVED = Note.Kind.QUOTE, Note.Kind.OBSERVATION
ANALYSIS, DECISION = Note.Kind.ANALYSIS, Note.Kind.DECISION


def dilemma(require: str, friction: str, fear: str) -> dict[str, str]:
    """Return the answers of somebody who asks before they act; the story says what they want."""
    return {"require": require, "friction": friction, "fear": fear}


def opened(  # noqa: PLR0913 - what differs between the beginnings of cases
    lead: str,
    reason: str,
    *rest: Act,
    urgency: Level = Level.NORMAL,
    severity: Level = Level.NORMAL,
    by: str = "",
    danger: bool = False,
    category: str = "",
    first: str = "Thank you. I have read it and will look after it. You will hear from me within "
    "two weeks, sooner if something moves.",
) -> tuple[Act, ...]:
    """Return the usual beginning of a case: read, taken, answered, triaged; then the rest."""
    by = by or lead
    return (
        Read(0.6, by),
        Assign(0.62, by),
        Answer(0.9, by, first),
        Triage(1.1, by, reason, urgency, severity, lead, danger, category),
        *rest,
    )
