"""What the team signs on a case."""

import uuid

import pgtrigger
from django.db import models

from cases.models.cases import Case
from cases.models.categories import WITH_ITS_CASE
from people.models import Person


class Note(models.Model):
    """A signed note on a case; its body is sealed to the case. Never overwritten."""

    class Kind(models.TextChoices):
        NOTE = "note", "Note"
        QUOTE = "quote", "Quote"
        OBSERVATION = "observation", "Observation"
        ANALYSIS = "analysis", "Analysis"
        DECISION = "decision", "Decision"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="notes")
    author = models.ForeignKey(Person, on_delete=models.PROTECT)
    kind = models.CharField(max_length=12, choices=Kind)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["case", "-at"], name="cases_note_case")]
        triggers = [
            pgtrigger.Protect(name="signed", operation=pgtrigger.Update),
            WITH_ITS_CASE,
        ]

    class Privacy:
        personal = {"author"}
        plain = {"id", "case", "kind", "at"}

    def __str__(self) -> str:
        return f"{self.case_id} {self.kind}"
