"""Bundles of a case: in which form one is read. Pure."""

from django.db.models import TextChoices


class Copy(TextChoices):
    """In which form a bundle is read."""

    ARCHIVE = "zip", "Archive"
    PRINT = "pdf", "PDF"
