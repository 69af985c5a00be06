"""What follows from what was found: for whom it is about, and for the organisation. Pure."""

from django.db.models import TextChoices

from cases.lifecycle.findings import Finding


class ForSubject(TextChoices):
    """What follows for whom it is about, from the mildest to the gravest: the order counts."""

    NONE = "none", "Nothing"
    CONVERSATION = "conversation", "A conversation on record"
    TRAINING = "training", "Training or coaching"
    WARNING = "warning", "Written warning"
    TRANSFER = "transfer", "Other work, or another place"
    PAY = "pay", "Loss of pay, bonus or rank"
    SUSPENSION = "suspension", "Suspension"
    CONTRACT = "contract", "End of a client's or supplier's contract"
    DISMISSAL = "dismissal", "Dismissal"
    AUTHORITY = "authority", "Referral to an authority or the police"


class ForOrganisation(TextChoices):
    """What follows for the organisation."""

    NONE = "none", "Nothing"
    PROCESS = "process", "A process or control is changed"
    POLICY = "policy", "A policy is made or made clear"
    TRAINING = "training", "A team is trained"
    STAFFING = "staffing", "People, time or means are added"
    REDRESS = "redress", "What was done is made good"
    AUTHORITY = "authority", "A report to an authority"


class Lies(TextChoices):
    """How what follows for whom it is about lies among what followed earlier."""

    TOO_FEW = "too_few", "Too few to compare"
    USUAL = "usual", "As usual"
    MILDER = "milder", "Milder than usual"
    HARSHER = "harsher", "Harsher than usual"


# what was found so asks what follows
HAS_CONSEQUENCES = frozenset({Finding.SUBSTANTIATED, Finding.PARTLY})
# which departs from what is usual, and is reasoned
DEPARTS = frozenset({Lies.MILDER, Lies.HARSHER})
GRAVITY = {one: n for n, one in enumerate(ForSubject)}
