"""How a case is worked, and what is kept of coaching and mediation: the words for it. Pure."""

from django.db.models import TextChoices


class Track(TextChoices):
    """How a case is worked (ISO 37002:2021, 8.4: what follows from an assessment)."""

    ADVICE = "advice", "Advice"
    COACHING = "coaching", "Coaching"
    MEDIATION = "mediation", "Mediation"
    INVESTIGATION = "investigation", "Investigation"


class Power(TextChoices):
    """Whether one of those concerned depends on the other: their line, care, money, papers."""

    NOT_ASKED = "not_asked", "Not looked at yet"
    EQUAL = "equal", "No"
    UNEQUAL = "unequal", "Yes"


class WhyTrack(TextChoices):
    """Why a case is worked otherwise from now on."""

    NEEDED = "needed", "An investigation is needed"
    GRAVER = "graver", "It is graver than it looked"
    UNEQUAL = "unequal", "One depends on the other"
    WISHED = "wished", "Those concerned ask for it"
    FAILED = "failed", "It was tried, and did not help"
    NOT_NEEDED = "not_needed", "No investigation is needed"
    MISTAKE = "mistake", "It was chosen by mistake"


class Present(TextChoices):
    """Who was there or agreed, by what they are in the case and never by name."""

    REPORTER = "reporter", "Whoever told it"
    SUBJECT = "subject", "Whom it is about"
    AFFECTED = "affected", "Affected"
    SUPERVISOR = "supervisor", "A supervisor"
    GUIDE = "guide", "A coach or mediator"
    OTHER = "other", "Somebody else"


# between whom somebody mediates; the others help them
SIDES = frozenset({Present.REPORTER, Present.SUBJECT, Present.AFFECTED, Present.OTHER})
# what is worked in sessions, towards an agreement
IN_SESSIONS = frozenset({Track.COACHING, Track.MEDIATION})
