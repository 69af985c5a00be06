"""Tasks: what somebody is to do about a case or concern, by when."""

import uuid
from collections.abc import Iterable

from django.db import models
from django.db.models import Q

from cases.lifecycle import TaskKind
from cases.models.cases import Case
from cases.models.concerns import Concern
from escalation.models import PathVersion
from escalation.rules.limits import LIMIT_MAX
from people.models import Person
from safes.models import Safe


class TaskQuerySet(models.QuerySet["Task"]):
    """Reads of tasks."""

    def locked(self, pk: uuid.UUID) -> "Task":
        """Return a task, held until the commit."""
        return self.select_for_update(of=("self",)).get(pk=pk)

    def open(self) -> "TaskQuerySet":
        """Return what is still to be done."""
        return self.filter(done_at=None, cancelled_at=None)

    def of(self, case: Case | None, concerns: Iterable[Concern | uuid.UUID]) -> "TaskQuerySet":
        """Return the tasks of a case, if there is one, and of concerns."""
        about = Q(concern__in=concerns)
        return self.filter(about if case is None else about | Q(case=case))


class Task(models.Model):
    """What somebody is to do about a case, or about a concern that has none yet.

    When it is due its clock says. What is to be done, what came of it and why it was cancelled are
    sealed to the case or concern; a task that a path opened has its coded kind alone.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, null=True, related_name="tasks")
    concern = models.ForeignKey(Concern, on_delete=models.CASCADE, null=True, related_name="tasks")
    kind = models.CharField(max_length=20, choices=TaskKind)
    # nobody: whoever did it was taken off, and the lead or owner sees to it
    assignee = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, related_name="case_tasks"
    )
    # nobody: the path opened it
    opened_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    path = models.ForeignKey(PathVersion, on_delete=models.PROTECT, null=True, related_name="+")
    opened_at = models.DateTimeField()
    # when done, the next is due after so long again, as `Limit.code` writes it
    every = models.CharField(max_length=LIMIT_MAX, blank=True)
    # the one that was done before it
    after = models.OneToOneField("self", on_delete=models.SET_NULL, null=True, related_name="next")
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    cancelled_at = models.DateTimeField(null=True)
    # nobody: what it was about was withdrawn or closed
    cancelled_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")

    objects = TaskQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(case=None) ^ Q(concern=None), name="cases_task_of_one_thing"
            ),
            models.CheckConstraint(
                condition=Q(opened_by=None) ^ Q(path=None), name="cases_task_opened_by_somebody"
            ),
            models.CheckConstraint(
                condition=Q(done_at=None, done_by=None)
                | Q(done_at__isnull=False, done_by__isnull=False, cancelled_at=None),
                name="cases_task_done_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(cancelled_by=None) | Q(cancelled_at__isnull=False),
                name="cases_task_cancelled_at_some_time",
            ),
        ]
        indexes = [
            models.Index(fields=["case"], name="cases_task_case"),
            models.Index(fields=["concern"], name="cases_task_concern"),
            models.Index(
                fields=["assignee"],
                condition=Q(done_at=None, cancelled_at=None),
                name="cases_task_open",
            ),
        ]

    class Privacy:
        personal = {"assignee", "opened_by", "done_by", "cancelled_by"}
        plain = {
            "id", "case", "concern", "kind", "path", "opened_at", "every", "after", "done_at",
            "cancelled_at",
        }  # fmt: skip

    def __str__(self) -> str:
        return f"{self.kind} of {self.case_id or self.concern_id}"

    @property
    def is_open(self) -> bool:
        """Return whether it is still to be done."""
        return self.done_at is None and self.cancelled_at is None

    @property
    def about(self) -> Case | Concern:
        """Return what it is about."""
        if self.case is not None:
            return self.case
        if self.concern is None:
            raise AssertionError
        return self.concern

    @property
    def safe(self) -> Safe:
        """Return where its words are sealed."""
        return self.about.safe

    @property
    def subject(self) -> str:
        """Return by which name the ledger knows what it is about."""
        return f"case:{self.case_id}" if self.case_id else f"concern:{self.concern_id}"
