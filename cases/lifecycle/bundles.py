"""Bundles of a case: what one is made for. Pure."""

from django.db.models import TextChoices


class Purpose(TextChoices):
    """What a bundle is made for; to whom it goes is said in words beside it."""

    REFERRAL = "referral", "Referral to another body"
    COURT = "court", "Court or counsel"
    REGULATOR = "regulator", "Regulator or other authority"
    HAND_OVER = "hand_over", "Hand-over to a colleague"
    OWN_RECORD = "own_record", "The office's own record"


class Copy(TextChoices):
    """In which form a bundle is read."""

    ARCHIVE = "zip", "Archive"
    PRINT = "pdf", "PDF"
