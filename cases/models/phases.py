"""The phases that an investigation went through."""

import uuid

import pgtrigger
from django.db import models

from cases.lifecycle import Phase, WhyBack
from cases.models.cases import Case
from cases.models.categories import WITH_ITS_CASE
from people.models import Person


class PhaseChange(models.Model):
    """That somebody took an investigation on, or back for a reason; never changed.

    Where it is stands on the case. The words beside a reason are sealed to the case.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="phase_changes")
    # which phase began
    phase = models.CharField(max_length=12, choices=Phase)
    # it went back, else on
    why = models.CharField(max_length=12, choices=WhyBack, blank=True)
    by = models.ForeignKey(Person, on_delete=models.PROTECT)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["case", "at"], name="cases_phasechange_case")]
        triggers = [
            pgtrigger.Protect(name="signed", operation=pgtrigger.Update),
            WITH_ITS_CASE,
        ]

    class Privacy:
        personal = {"by"}
        plain = {"id", "case", "phase", "why", "at"}

    def __str__(self) -> str:
        return f"{self.case_id} {self.phase}"
