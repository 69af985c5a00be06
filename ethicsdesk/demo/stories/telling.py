"""What stories share: who looks after them, and how they usually begin."""

from dataclasses import replace

from cases.lifecycle import Kind, Level
from cases.models import Note
from ethicsdesk.demo.acts import (
    Act,
    Answer,
    Assign,
    Close,
    GoOn,
    Read,
    Story,
    Triage,
)

RUTH, TOMAS, JO, PRIYA = "ruth.lindqvist", "tomas.aguilar", "jo.marsh", "priya.nair"
LEILA, OWEN = "leila.haddad", "owen.pryce"
OBSERVED = Note.Kind.OBSERVATION
ANALYSIS, DECISION = Note.Kind.ANALYSIS, Note.Kind.DECISION

# when an investigation goes on: in days after its triage, or where it ended in shares of its time
GOES_ON, WENT_ON = (5.0, 35.0, 49.0), (0.2, 0.7, 0.9)


def dilemma(require: str, friction: str, fear: str) -> dict[str, str]:
    """Return the answers of somebody who asks before they act; the story says what they want."""
    return {"require": require, "friction": friction, "fear": fear}


# who presses more than once
CALDER = "Calder Valley Heating Co-operative"


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


def phased(story: Story) -> Story:
    """Return a story in which its lead takes the investigation on, unless it says how itself."""
    triage = next((act for act in story.acts if isinstance(act, Triage)), None)
    says_how = any(isinstance(act, GoOn) for act in story.acts)
    if triage is None or says_how or story.kind != Kind.REPORT:
        return story
    began, lead = triage.after, triage.lead or triage.who
    moments = [began + days for days in GOES_ON]
    for act in story.acts:
        if isinstance(act, Close):
            moments = [began + (act.after - began) * share for share in WENT_ON]
    return replace(story, acts=(*story.acts, *(GoOn(moment, lead) for moment in moments)))
