"""The register of evidence: what there is, who had it when, and on what it bears."""

import uuid

from django.db import models
from django.db.models import Q

from cases.lifecycle import Bearing, CustodyAct, ExhibitKind
from cases.models.cases import Case
from cases.models.categories import WITH_ITS_CASE, signed
from cases.models.files import Attachment
from cases.models.notes import Note
from cases.models.slips import STAYS_STRUCK, CanBeStruck, struck_by, struck_by_somebody
from cases.models.work import Allegation, Party
from people.models import Person


class Exhibit(models.Model):
    """A piece of evidence; what it is and where it came from is sealed to the case.

    It may be a file or a note that is there already, or something that lies elsewhere.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="exhibits")
    n = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=10, choices=ExhibitKind)
    attachment = models.ForeignKey(
        Attachment, on_delete=models.CASCADE, null=True, related_name="exhibits"
    )
    note = models.ForeignKey(Note, on_delete=models.CASCADE, null=True, related_name="exhibits")
    came_from = models.ForeignKey(Party, on_delete=models.CASCADE, null=True, related_name="+")
    received_on = models.DateField()
    added_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    # entered by mistake; why is sealed to the case as `struck`
    struck_at = models.DateTimeField(null=True)
    struck_by = struck_by()

    objects = CanBeStruck["Exhibit"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "n"], name="cases_exhibit_n"),
            struck_by_somebody("cases_exhibit_struck"),
            models.CheckConstraint(
                condition=Q(attachment=None) | Q(note=None), name="cases_exhibit_is_one_thing"
            ),
        ]
        triggers = [STAYS_STRUCK]

    class Privacy:
        personal = {"added_by", "struck_by"}
        plain = {
            "id", "case", "n", "kind", "attachment", "note", "came_from", "received_on", "added_at",
            "struck_at",
        }  # fmt: skip

    def __str__(self) -> str:
        return f"{self.case_id} {self.n}"


class Custody(models.Model):
    """That something was done with a piece of evidence; never changed. Where it is, is sealed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    exhibit = models.ForeignKey(Exhibit, on_delete=models.PROTECT, related_name="custody")
    act = models.CharField(max_length=10, choices=CustodyAct)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["exhibit", "at"], name="cases_custody_exhibit"),
            models.Index(fields=["case"], name="cases_custody_case"),
        ]
        triggers = [
            signed(),
            WITH_ITS_CASE,
        ]

    class Privacy:
        personal = {"by"}
        plain = {"id", "case", "exhibit", "act", "at"}

    def __str__(self) -> str:
        return f"{self.exhibit_id} {self.act}"


class Bears(models.Model):
    """How a piece of evidence bears on an allegation; weighed again, the latest counts."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="bearings")
    exhibit = models.ForeignKey(Exhibit, on_delete=models.CASCADE, related_name="bearings")
    allegation = models.ForeignKey(Allegation, on_delete=models.CASCADE, related_name="bearings")
    how = models.CharField(max_length=12, choices=Bearing)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["case", "at"], name="cases_bears_case")]

    class Privacy:
        personal = {"by"}
        plain = {"id", "case", "exhibit", "allegation", "how", "at"}

    def __str__(self) -> str:
        return f"{self.exhibit_id} {self.how} {self.allegation_id}"
