"""What an investigation is to find out, and how: signed versions of its terms and of its plan."""

import uuid

import pgtrigger
from django.db import models
from django.db.models import F, Q

from cases.lifecycle.plans import IN_FORCE, PlanKind, PlanState
from cases.models.cases import Case
from cases.models.categories import WITH_ITS_CASE
from cases.models.tasks import Task
from cases.models.work import Allegation
from people.models import Person


class PlanQuerySet(models.QuerySet["Plan"]):
    """Reads of terms and plans."""

    def in_force(self) -> "PlanQuerySet":
        """Return the versions that count or counted, the latest first."""
        return self.filter(state__in=IN_FORCE).order_by("-n")


class Plan(models.Model):
    """A signed version of the terms of reference of a case, or of its plan.

    What was written is sealed to the case: of terms `purpose`, `scope`, `outside` and `limits`, of
    a plan `sources` and `people`; of a later version `change`, why; and `refused`, why terms were
    sent back. Terms of a formal investigation count once another person approved them. What was
    decided, and what nobody has to decide, stays as it is.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="plans")
    kind = models.CharField(max_length=10, choices=PlanKind)
    n = models.PositiveSmallIntegerField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=PlanState)
    # whoever was asked to approve it does it; somebody else may decide as well
    task = models.OneToOneField(Task, on_delete=models.PROTECT, null=True, related_name="plan")
    decided_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    objects = PlanQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "kind", "n"], name="cases_plan_n"),
            models.CheckConstraint(
                condition=Q(state=PlanState.SIGNED, task=None, decided_by=None, decided_at=None)
                | Q(
                    state=PlanState.ASKED,
                    kind=PlanKind.TERMS,
                    task__isnull=False,
                    decided_by=None,
                    decided_at=None,
                )
                | Q(
                    state__in=[PlanState.APPROVED, PlanState.REFUSED, PlanState.WITHDRAWN],
                    kind=PlanKind.TERMS,
                    task__isnull=False,
                    decided_by__isnull=False,
                    decided_at__isnull=False,
                ),
                name="cases_plan_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[PlanState.APPROVED, PlanState.REFUSED])
                | ~Q(decided_by=F("by")),
                name="cases_plan_by_two",
            ),
            models.UniqueConstraint(
                fields=["case"],
                condition=Q(state=PlanState.ASKED),
                name="cases_plan_one_at_a_time",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="decided",
                operation=pgtrigger.Update,
                condition=~pgtrigger.Q(old__state=PlanState.ASKED.value),
            ),
            WITH_ITS_CASE,
        ]

    class Privacy:
        personal = {"by", "decided_by"}
        plain = {"id", "case", "kind", "n", "at", "state", "task", "decided_at"}

    def __str__(self) -> str:
        return f"{self.case_id} {self.kind} {self.n}"


class Question(models.Model):
    """What is to be found out about an allegation, by a version of the terms; sealed `question`."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="questions")
    allegation = models.ForeignKey(Allegation, on_delete=models.PROTECT, related_name="questions")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["plan", "allegation"], name="cases_question_once"),
        ]
        indexes = [models.Index(fields=["case"], name="cases_question_case")]
        triggers = [
            pgtrigger.Protect(name="signed", operation=pgtrigger.Update),
            WITH_ITS_CASE,
        ]

    class Privacy:
        plain = {"id", "case", "plan", "allegation"}

    def __str__(self) -> str:
        return f"{self.plan_id} {self.allegation_id}"
