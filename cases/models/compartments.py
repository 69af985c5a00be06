"""Safes of their own for the areas of a case that not everybody on it may see."""

import uuid

from django.db import models
from django.db.models import Q

from cases.lifecycle import SET_APART, Area
from cases.models.cases import Case
from safes.models import Safe


class Compartment(models.Model):
    """The safe of one area of a case: who holds no grant on it cannot read what lies there.

    It is made once somebody is on the case who may not see the area, or once something is written
    that most of the team may not see; until then the area lies in the safe of the case.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="compartments")
    area = models.CharField(max_length=10, choices=Area)
    safe = models.OneToOneField(Safe, on_delete=models.PROTECT, related_name="compartment")
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "area"], name="cases_compartment_one"),
            models.CheckConstraint(
                condition=Q(area__in=[area.value for area in SET_APART]),
                name="cases_compartment_set_apart",
            ),
        ]

    class Privacy:
        plain = {"id", "case", "area", "safe", "made_at"}

    def __str__(self) -> str:
        return f"{self.case_id} {self.area}"
