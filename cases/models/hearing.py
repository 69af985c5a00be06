"""How those are heard whom a case concerns: the right to respond of whom it is about."""

import uuid

import pgtrigger
from django.db import models
from django.db.models import Q

from cases.lifecycle import StatementState, WhyUnheard
from cases.models.cases import Case
from cases.models.categories import WITH_ITS_CASE
from cases.models.tasks import Task
from cases.models.work import Party
from people.models import Person


class Statement(models.Model):
    """That somebody whom a case is about was asked to answer, and what came of it.

    What was put to them, what they said, and why they were not heard is sealed to the case. Once
    it came to its end it stays as it is; a later one stands beside it, and counts.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="statements")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="statements")
    n = models.PositiveSmallIntegerField()
    # none: it was said why they are not heard, before anybody asked them
    task = models.OneToOneField(Task, on_delete=models.PROTECT, null=True, related_name="statement")
    state = models.CharField(max_length=10, choices=StatementState, default=StatementState.ASKED)
    why = models.CharField(max_length=12, choices=WhyUnheard, blank=True)
    begun_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    begun_at = models.DateTimeField()
    # on which day they answered, whenever it is recorded
    given_on = models.DateField(null=True)
    ended_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    state=StatementState.ASKED,
                    task__isnull=False,
                    why="",
                    given_on=None,
                    ended_by=None,
                    ended_at=None,
                )
                | Q(
                    state=StatementState.GIVEN,
                    task__isnull=False,
                    why="",
                    given_on__isnull=False,
                    ended_by__isnull=False,
                    ended_at__isnull=False,
                )
                | Q(
                    ~Q(why=""),
                    state=StatementState.WAIVED,
                    given_on=None,
                    ended_by__isnull=False,
                    ended_at__isnull=False,
                ),
                name="cases_statement_ends_once",
            ),
            models.UniqueConstraint(fields=["party", "n"], name="cases_statement_n"),
            models.UniqueConstraint(
                fields=["party"],
                condition=Q(state=StatementState.ASKED),
                name="cases_statement_one_at_a_time",
            ),
        ]
        indexes = [models.Index(fields=["case"], name="cases_statement_case")]
        triggers = [
            pgtrigger.Protect(
                name="ended",
                operation=pgtrigger.Update,
                condition=~pgtrigger.Q(old__state=StatementState.ASKED.value),
            ),
            WITH_ITS_CASE,
        ]

    class Privacy:
        personal = {"begun_by", "ended_by"}
        plain = {
            "id", "case", "party", "n", "task", "state", "why", "begun_at", "given_on", "ended_at",
        }  # fmt: skip

    def __str__(self) -> str:
        return f"{self.party_id} {self.n}"
