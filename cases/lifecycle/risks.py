"""How a concern is weighed at triage, and what protects people meanwhile: the words for it."""

from django.db.models import IntegerChoices, TextChoices


class Likelihood(IntegerChoices):
    """How likely it is that it happened, happens or will (ISO 37002:2021, 8.3.1)."""

    UNLIKELY = 1, "Unlikely"
    POSSIBLE = 2, "Possible"
    LIKELY = 3, "Likely"
    CERTAIN = 4, "All but certain"


class Impact(IntegerChoices):
    """What it does to people, and to what we stand for, if it is so (ISO 37002:2021, 8.3.1)."""

    MINOR = 1, "Minor"
    MODERATE = 2, "Moderate"
    SERIOUS = 3, "Serious"
    GRAVE = 4, "Grave"


class Consent(TextChoices):
    """Whether somebody looked at what was agreed to before, by whom and how."""

    NOT_YET = "not_yet", "Not reviewed yet"
    REVIEWED = "reviewed", "Reviewed"
    NONE = "none", "There is none to review"


class Committee(TextChoices):
    """Whether the ethics committee was asked."""

    NOT_ASKED = "not_asked", "Not asked"
    ASKED = "asked", "Asked"
    NOT_NEEDED = "not_needed", "Not needed"


class SafeguardKind(TextChoices):
    """What protects somebody; those that an indicator can propose bear the same codes."""

    PAUSE_WORK = "pause_work", "The work is paused"
    INTERMEDIARY = "intermediary", "A neutral intermediary"
    SECOND_PERSON = "second_person", "Nobody meets them alone"
    SAFE_CONTACT = "safe_contact", "A safe way to reach them"
    CONTACT = "contact", "Somebody else is in contact"
    LEAVE = "leave", "Leave, or another place of work"
    ACCESS = "access", "Access taken from somebody"
    OTHER = "other", "Something else"


class Answer(TextChoices):
    """What became of an authorisation that was asked for."""

    WAITS = "waits", "Waits for an answer"
    GRANTED = "granted", "Authorised"
    REFUSED = "refused", "Refused"
    WITHDRAWN = "withdrawn", "Not needed any more"
