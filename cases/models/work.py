"""What a case is about: its parties, its allegations and what was found of them; and its end."""

import uuid

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from cases.lifecycle import (
    OF_ALLEGATIONS,
    ClosingState,
    Factor,
    Finding,
    PartyRole,
    WhyReopened,
)
from cases.models.cases import Case
from cases.models.categories import WITH_ITS_CASE, Category, signed
from cases.models.slips import STAYS_STRUCK, CanBeStruck, struck_by, struck_by_somebody
from cases.models.tasks import Task
from people.models import Person


class Party(models.Model):
    """Somebody whom a case concerns; their name and how to reach them are sealed to the case.

    Nothing leads from here to an account: of those who work here, the wall around a subject knows
    an index alone.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="parties")
    role = models.CharField(max_length=10, choices=PartyRole)
    # who works here, as far as their name said so
    is_staff = models.BooleanField(default=False)
    added_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    # entered by mistake; why is sealed to the case as `struck`
    struck_at = models.DateTimeField(null=True)
    struck_by = struck_by()

    objects = CanBeStruck["Party"].as_manager()

    class Meta:
        constraints = [struck_by_somebody("cases_party_struck")]
        indexes = [models.Index(fields=["case", "added_at"], name="cases_party_case")]
        triggers = [STAYS_STRUCK]

    class Privacy:
        personal = {"added_by", "struck_by"}
        plain = {"id", "case", "role", "is_staff", "added_at", "struck_at"}

    def __str__(self) -> str:
        return f"{self.case_id} {self.role}"


class Allegation(models.Model):
    """What somebody is said to have done, or what is said to have happened; its words are sealed.

    It stays as it was written; what is found of it, its findings say.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="allegations")
    n = models.PositiveSmallIntegerField()
    category = models.ForeignKey(Category, on_delete=models.PROTECT)
    against = models.ForeignKey(Party, on_delete=models.CASCADE, null=True, related_name="+")
    added_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    # entered by mistake; why is sealed to the case as `struck`
    struck_at = models.DateTimeField(null=True)
    struck_by = struck_by()

    objects = CanBeStruck["Allegation"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "n"], name="cases_allegation_n"),
            struck_by_somebody("cases_allegation_struck"),
        ]
        triggers = [STAYS_STRUCK]

    class Privacy:
        personal = {"added_by", "struck_by"}
        plain = {"id", "case", "n", "category", "against", "added_at", "struck_at"}

    def __str__(self) -> str:
        return f"{self.case_id} {self.n}"


class Found(models.Model):
    """What was found of an allegation, signed; a later one stands beside it, and counts.

    Why, and on what it rests, is sealed to the case.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="findings")
    allegation = models.ForeignKey(Allegation, on_delete=models.PROTECT, related_name="findings")
    n = models.PositiveSmallIntegerField()
    finding = models.CharField(
        max_length=30, choices=[(one.value, one.label) for one in OF_ALLEGATIONS]
    )
    # the exhibits on which it rests
    relied_on = ArrayField(models.UUIDField(), default=list)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["allegation", "n"], name="cases_found_n"),
        ]
        indexes = [models.Index(fields=["case"], name="cases_found_case")]
        triggers = [
            signed(),
            WITH_ITS_CASE,
        ]

    class Privacy:
        personal = {"by"}
        plain = {"id", "case", "allegation", "n", "finding", "relied_on", "at"}

    def __str__(self) -> str:
        return f"{self.allegation_id} {self.n}"


class Closing(models.Model):
    """That somebody asked to close a case, and what another person decided on it.

    What it rests on, what the reporter reads and what is to be learned are sealed to the case as
    they were asked for; so is why it was sent back. Once decided, it stays as it is.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="closings")
    finding = models.CharField(max_length=30, choices=Finding)
    # none: nobody saw what contributed
    factors = ArrayField(models.CharField(max_length=20, choices=Factor), default=list)
    asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    # whoever was asked does it; somebody else may decide as well
    task = models.OneToOneField(Task, on_delete=models.PROTECT, related_name="closing")
    state = models.CharField(max_length=10, choices=ClosingState, default=ClosingState.ASKED)
    decided_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state=ClosingState.ASKED, decided_by=None, decided_at=None)
                | ~Q(state=ClosingState.ASKED)
                & Q(decided_by__isnull=False, decided_at__isnull=False),
                name="cases_closing_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[ClosingState.ASKED, ClosingState.WITHDRAWN])
                | ~Q(decided_by=F("asked_by")),
                name="cases_closing_by_two",
            ),
            models.UniqueConstraint(
                fields=["case"],
                condition=Q(state=ClosingState.ASKED),
                name="cases_closing_one_at_a_time",
            ),
        ]
        indexes = [models.Index(fields=["case", "asked_at"], name="cases_closing_case")]
        triggers = [
            pgtrigger.Protect(
                name="decided",
                operation=pgtrigger.Update,
                condition=~pgtrigger.Q(old__state=ClosingState.ASKED.value),
            ),
            WITH_ITS_CASE,
        ]

    class Privacy:
        personal = {"asked_by", "decided_by"}
        plain = {"id", "case", "finding", "factors", "asked_at", "task", "state", "decided_at"}

    def __str__(self) -> str:
        return f"{self.case_id} {self.state}"


class Reopening(models.Model):
    """That a closed case is worked on again, and why; never changed. The words are sealed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="reopenings")
    why = models.CharField(max_length=10, choices=WhyReopened)
    # what had been found; empty of those that were reopened before this was kept
    was = models.CharField(max_length=30, choices=Finding, blank=True, default="")
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["case", "at"], name="cases_reopening_case")]
        triggers = [
            pgtrigger.Protect(name="signed", operation=pgtrigger.Update),
            WITH_ITS_CASE,
        ]

    class Privacy:
        personal = {"by"}
        plain = {"id", "case", "why", "was", "at"}

    def __str__(self) -> str:
        return f"{self.case_id} {self.why}"
