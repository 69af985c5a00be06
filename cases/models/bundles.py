"""Bundles: everything of a case in one export, kept sealed for a while."""

import uuid
from datetime import datetime

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from cases.lifecycle.purposes import Purpose
from cases.models.cases import Case
from people.models import Person


class BundleQuerySet(models.QuerySet["Bundle"]):
    """Reads of bundles."""

    def kept(self, now: datetime) -> "BundleQuerySet":
        """Return those that can be read still."""
        return self.filter(gone_at=None, until__gt=now)

    def over(self, now: datetime) -> "BundleQuerySet":
        """Return those whose time is over, and which lie there still."""
        return self.filter(gone_at=None, until__lte=now)


class Bundle(models.Model):
    """That somebody made a bundle of a case; its archive and its print lie in `files`.

    To whom it goes, and the SHA-256 of both, are sealed to the case. The row stays when the bundle
    is deleted: that it was made, for what and by whom belongs to the case.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="bundles")
    n = models.PositiveSmallIntegerField()
    purpose = models.CharField(max_length=12, choices=Purpose)
    # with what reporters told, wrote and added
    has_reporters = models.BooleanField()
    has_files = models.BooleanField()
    # `Area`s of which whoever made it may see the words: whoever reads it may see all of them
    areas = ArrayField(models.CharField(max_length=10))
    # under which the print lies beside the archive
    paper = models.UUIDField(default=uuid.uuid4)
    # in bytes
    size = models.PositiveBigIntegerField()
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    until = models.DateTimeField()
    gone_at = models.DateTimeField(null=True)

    objects = BundleQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "n"], name="cases_bundle_n"),
            models.CheckConstraint(
                condition=Q(until__gt=F("made_at")), name="cases_bundle_kept_for_a_while"
            ),
        ]
        indexes = [
            models.Index(fields=["until"], condition=Q(gone_at=None), name="cases_bundle_over")
        ]
        triggers = [
            pgtrigger.Trigger(
                name="no_longer",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(new__until__gt=pgtrigger.F("old__until")),
                func="RAISE EXCEPTION 'a bundle is kept for no longer than was said';",
            )
        ]

    class Privacy:
        personal = {"made_by"}
        plain = {
            "id", "case", "n", "purpose", "has_reporters", "has_files", "areas", "paper", "size",
            "made_at", "until", "gone_at",
        }  # fmt: skip

    def __str__(self) -> str:
        return f"{self.case_id} {self.n}"
