"""That one case was merged into another."""

import uuid

import pgtrigger
from django.db import models
from django.db.models import F, Q

from cases.models.cases import Case
from cases.models.categories import WITH_ITS_CASE
from people.models import Person


class Merge(models.Model):
    """That somebody merged a case into another, and how what was numbered is numbered since.

    What was number n is number n and so many more. Why is sealed to the case that goes on. Never
    changed.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    # the one that goes on
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="merges")
    merged = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="merged_by")
    allegations = models.PositiveSmallIntegerField()
    exhibits = models.PositiveSmallIntegerField()
    interviews = models.PositiveSmallIntegerField()
    files = models.PositiveSmallIntegerField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(merged=F("case")), name="cases_merge_of_two"),
        ]
        indexes = [models.Index(fields=["case", "at"], name="cases_merge_case")]
        triggers = [
            pgtrigger.Protect(name="signed", operation=pgtrigger.Update),
            WITH_ITS_CASE,
        ]

    class Privacy:
        personal = {"by"}
        plain = {
            "id", "case", "merged", "allegations", "exhibits", "interviews", "files", "at",
        }  # fmt: skip

    def __str__(self) -> str:
        return f"{self.merged_id} into {self.case_id}"
