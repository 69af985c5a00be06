"""Who is protected from retaliation: how high the risk is, how they are, what made it good."""

import uuid

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from cases.lifecycle.protection import (
    Answer,
    Asking,
    Point,
    RemedyKind,
    RiskLevel,
    RiskSign,
    Since,
)
from cases.models.cases import Case
from cases.models.categories import WITH_ITS_CASE, signed
from cases.models.concerns import Concern
from cases.models.tasks import Task
from cases.models.telling import WITH_WHAT_IT_TELLS_OF
from cases.models.work import Party
from people.models import Person


def of_somebody(name: str) -> models.CheckConstraint:
    """Return that it is of a reporter, by their concern, or of a party of a case."""
    return models.CheckConstraint(
        condition=Q(concern__isnull=False, case=None, party=None)
        | Q(concern=None, case__isnull=False, party__isnull=False),
        name=name,
    )


class RiskQuerySet(models.QuerySet["RetaliationRisk"]):
    """Reads of how high the risk is."""

    def of(self, case: Case) -> "RiskQuerySet":
        """Return what was weighed of those whom a case concerns, the latest first."""
        return self.filter(Q(case=case) | Q(concern__case=case)).order_by("-at", "-pk")


class RetaliationRisk(models.Model):
    """How high somebody weighed the risk for one person at one point; a later one stands beside it.

    What was agreed with them, and why it is lower than the signs propose, is sealed to the case.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, null=True, related_name="risks")
    concern = models.ForeignKey(Concern, on_delete=models.CASCADE, null=True, related_name="risks")
    party = models.ForeignKey(Party, on_delete=models.CASCADE, null=True, related_name="risks")
    point = models.CharField(max_length=10, choices=Point)
    signs = ArrayField(models.CharField(max_length=12, choices=RiskSign), default=list)
    level = models.CharField(max_length=10, choices=RiskLevel)
    # by which way they said that they can be asked
    asking = models.CharField(max_length=10, choices=Asking)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = RiskQuerySet.as_manager()

    class Meta:
        constraints = [of_somebody("cases_risk_of_somebody")]
        indexes = [
            models.Index(fields=["case"], name="cases_risk_case"),
            models.Index(fields=["concern"], name="cases_risk_concern"),
        ]
        triggers = [signed(), WITH_WHAT_IT_TELLS_OF]

    class Privacy:
        personal = {"by"}
        plain = {"id", "case", "concern", "party", "point", "signs", "level", "asking", "at"}

    def __str__(self) -> str:
        return f"{self.concern_id or self.party_id} {self.point} {self.level}"


class CheckInQuerySet(models.QuerySet["CheckIn"]):
    """Reads of check-ins."""

    def of(self, case: Case) -> "CheckInQuerySet":
        """Return those of everybody whom a case concerns, the latest first."""
        return self.filter(Q(case=case) | Q(concern__case=case)).order_by("-due_on", "-pk")

    def awaited(self) -> "CheckInQuerySet":
        """Return what is planned and not recorded yet, whether or not they answered here."""
        return self.filter(at=None, called_off_at=None).exclude(task=None)


class CheckIn(models.Model):
    """That somebody is asked on a day how they are, and what they answered.

    A reporter may answer here, with their receipt; somebody of the office reads it and records it.
    What was asked and said is sealed to the case. What a sign opened is linked to the case.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, null=True, related_name="check_ins")
    concern = models.ForeignKey(
        Concern, on_delete=models.CASCADE, null=True, related_name="check_ins"
    )
    party = models.ForeignKey(Party, on_delete=models.CASCADE, null=True, related_name="check_ins")
    since = models.CharField(max_length=10, choices=Since)
    # nobody is asked by a day: they came of their own accord
    task = models.OneToOneField(Task, on_delete=models.CASCADE, null=True, related_name="check_in")
    due_on = models.DateField()
    answer = models.CharField(max_length=10, choices=Answer, blank=True)
    answered_on = models.DateField(null=True)
    # none: they answered here
    asking = models.CharField(max_length=10, choices=Asking, blank=True)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(null=True)
    # planned anew, on another day
    called_off_at = models.DateTimeField(null=True)

    objects = CheckInQuerySet.as_manager()

    class Meta:
        constraints = [
            of_somebody("cases_checkin_of_somebody"),
            models.CheckConstraint(
                condition=Q(answer="", answered_on=None, at=None)
                | (~Q(answer="") & Q(answered_on__isnull=False)),
                name="cases_checkin_answered_on_a_day",
            ),
            models.CheckConstraint(
                condition=Q(at=None, by=None) | Q(at__isnull=False, by__isnull=False),
                name="cases_checkin_recorded_by_somebody",
            ),
            models.UniqueConstraint(
                fields=["concern"],
                condition=Q(at=None, called_off_at=None, task__isnull=False),
                name="cases_checkin_reporter_once",
            ),
            models.UniqueConstraint(
                fields=["party"],
                condition=Q(at=None, called_off_at=None, task__isnull=False),
                name="cases_checkin_party_once",
            ),
        ]
        indexes = [
            models.Index(fields=["case"], name="cases_checkin_case"),
            models.Index(fields=["concern"], name="cases_checkin_concern"),
        ]
        triggers = [
            signed(
                "recorded",
                when=pgtrigger.Condition("OLD.at IS NOT NULL OR OLD.called_off_at IS NOT NULL"),
            ),
            WITH_WHAT_IT_TELLS_OF,
        ]

    class Privacy:
        personal = {"by"}
        plain = {
            "id", "case", "concern", "party", "since", "task", "due_on", "answer", "answered_on",
            "asking", "at", "called_off_at",
        }  # fmt: skip

    def __str__(self) -> str:
        return f"{self.concern_id or self.party_id} {self.due_on}"

    @property
    def is_planned(self) -> bool:
        """Return whether somebody is still to be asked, or their answer to be read."""
        return self.task_id is not None and self.at is None and self.called_off_at is None

    @property
    def is_answered_here(self) -> bool:
        """Return whether a reporter answered with their receipt."""
        return bool(self.answer) and not self.asking


class Remedy(models.Model):
    """What makes good what somebody was made to pay: by when it was promised, and when it was done.

    The words, what it is and what came of it, are sealed to the case.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="remedies")
    kind = models.CharField(max_length=12, choices=RemedyKind)
    due_on = models.DateField()
    task = models.OneToOneField(Task, on_delete=models.CASCADE, related_name="remedy")
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    done_on = models.DateField(null=True)
    done_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(done_on=None, done_by=None)
                | Q(done_on__isnull=False, done_by__isnull=False),
                name="cases_remedy_done_by_somebody",
            ),
        ]
        indexes = [models.Index(fields=["case"], name="cases_remedy_case")]
        triggers = [
            signed("kept", when=pgtrigger.Condition("OLD.done_on IS NOT NULL")),
            WITH_ITS_CASE,
        ]

    class Privacy:
        personal = {"by", "done_by"}
        plain = {"id", "case", "kind", "due_on", "task", "at", "done_on"}

    def __str__(self) -> str:
        return f"{self.case_id} {self.kind}"
