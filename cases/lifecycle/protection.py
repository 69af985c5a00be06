"""Watching over those who may be made to pay for what was told: risk, check-ins, restoration. Pure.

Protected is whoever told it, is affected, is a witness, helped, or stands close to one of these
(Directive (EU) 2019/1937, art. 4); the risk is weighed at each point of ISO 37002:2021, 8.3.2.
"""

from django.db.models import TextChoices

from cases.lifecycle.work import PartyRole


class Point(TextChoices):
    """At which point of a case the risk was weighed (ISO 37002:2021, 8.3.2)."""

    REPORT = "report", "When it was told"
    BEGUN = "begun", "When the investigation begins"
    DURING = "during", "While it is worked on"
    OUTCOME = "outcome", "At the outcome"
    AFTER = "after", "After closing"


class RiskLevel(TextChoices):
    """How likely it is that somebody is made to pay."""

    LOW = "low", "Low"
    MEDIUM = "medium", "Medium"
    HIGH = "high", "High"


class RiskSign(TextChoices):
    """What makes it likelier that somebody is made to pay."""

    THREATENED = "threatened", "They were threatened, or made to pay before"
    IS_MANAGER = "is_manager", "Whom it is about decides on their work"
    IS_KNOWN = "is_known", "Whom it is about knows who told it"
    INFERRED = "inferred", "Who told it can be guessed: few people knew"
    INSECURE = "insecure", "Their contract is temporary, or their stay depends on it"
    SMALL_UNIT = "small_unit", "They work closely together, in a small unit"
    POWERFUL = "powerful", "Whom it is about has much power or many friends here"
    ALONE = "alone", "They have nobody here to turn to"
    HOSTILE = "hostile", "Others take sides against them"


class Asking(TextChoices):
    """By which way somebody said that it is safe to ask them how they are."""

    HERE = "here", "Their own channel here"
    PHONE = "phone", "By telephone"
    IN_PERSON = "in_person", "In person"
    EMAIL = "email", "By e-mail, at a private address"
    TRUSTED = "trusted", "Through somebody they trust"
    NOT = "not", "They do not want to be asked"


class Answer(TextChoices):
    """What came of a check-in."""

    NO = "no", "Nothing has happened"
    YES = "yes", "Something has happened"
    UNREACHED = "unreached", "They could not be reached"


class Since(TextChoices):
    """From when the check-ins are counted: protection goes on after closing."""

    REPORT = "report", "Since it was told"
    CLOSING = "closing", "Since it was closed"


class RemedyKind(TextChoices):
    """What makes good what somebody was made to pay (Directive (EU) 2019/1937, art. 21(6))."""

    REINSTATED = "reinstated", "They have their work or contract back"
    TRANSFER = "transfer", "A transfer or other work is taken back"
    RECORD = "record", "A warning or appraisal is taken out or corrected"
    PAY = "pay", "Pay, bonus or rank is given back"
    COMPENSATION = "compensation", "What they lost or suffered is compensated"
    APOLOGY = "apology", "Somebody apologises to them"
    STOPPED = "stopped", "What was threatened or begun is stopped"
    SUPPORT = "support", "They are supported, as they wish"
    OTHER = "other", "Something else"


# whoever told it is protected as well, and has no role among the parties
PROTECTED = frozenset({PartyRole.AFFECTED, PartyRole.WITNESS, PartyRole.OTHER})
# the ways that are there for somebody of whom nobody knows who they are
OF_THE_ANONYMOUS = frozenset({Asking.HERE, Asking.NOT})
