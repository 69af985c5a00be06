"""What for something of a case goes out: a bundle, or a redacted copy. Pure."""

from django.db.models import TextChoices


class Purpose(TextChoices):
    """What for it is made; to whom it goes is said in words beside it."""

    REFERRAL = "referral", "Referral to another body"
    COURT = "court", "Court or counsel"
    REGULATOR = "regulator", "Regulator or other authority"
    HAND_OVER = "hand_over", "Hand-over to a colleague"
    OWN_RECORD = "own_record", "The office's own record"
    PARTY = "party", "A party to the case"
    OTHER = "other", "Somebody else"


# a case in one export, whole: of the parties nobody gets it
OF_BUNDLES = (
    Purpose.REFERRAL,
    Purpose.COURT,
    Purpose.REGULATOR,
    Purpose.HAND_OVER,
    Purpose.OWN_RECORD,
)
# a document from which something was taken out
OF_COPIES = (
    Purpose.REFERRAL,
    Purpose.PARTY,
    Purpose.COURT,
    Purpose.REGULATOR,
    Purpose.OTHER,
)
