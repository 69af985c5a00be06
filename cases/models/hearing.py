"""How those are heard whom a case concerns: the right to respond, interviews, their minutes."""

import uuid

import pgtrigger
from django.db import models
from django.db.models import Q

from cases.lifecycle import Shown, StatementState, WhyUnheard
from cases.models.cases import Case
from cases.models.categories import WITH_ITS_CASE, signed
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
            signed("ended", when=~pgtrigger.Q(old__state=StatementState.ASKED.value)),
            WITH_ITS_CASE,
        ]

    class Privacy:
        personal = {"begun_by", "ended_by"}
        plain = {
            "id", "case", "party", "n", "task", "state", "why", "begun_at", "given_on", "ended_at",
        }  # fmt: skip

    def __str__(self) -> str:
        return f"{self.party_id} {self.n}"


class Interview(models.Model):
    """That a party is interviewed: planned, then held or called off.

    What it is to clear up, and why it was called off, is sealed to the case.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="interviews")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    n = models.PositiveSmallIntegerField()
    # whoever holds it does it
    task = models.OneToOneField(Task, on_delete=models.PROTECT, related_name="interview")
    planned_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    planned_at = models.DateTimeField()
    held_on = models.DateField(null=True)
    called_off_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "n"], name="cases_interview_n"),
            models.CheckConstraint(
                condition=Q(held_on=None) | Q(called_off_at=None), name="cases_interview_ends_once"
            ),
        ]
        triggers = [WITH_ITS_CASE]

    class Privacy:
        personal = {"planned_by"}
        plain = {"id", "case", "party", "n", "task", "planned_at", "held_on", "called_off_at"}

    def __str__(self) -> str:
        return f"{self.case_id} {self.n}"

    @property
    def is_open(self) -> bool:
        """Return whether it is still to be held."""
        return self.held_on is None and self.called_off_at is None


class Minutes(models.Model):
    """The minutes of an interview, signed; a later version stands beside them. Sealed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    interview = models.ForeignKey(Interview, on_delete=models.PROTECT, related_name="minutes")
    n = models.PositiveSmallIntegerField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["interview", "n"], name="cases_minutes_n"),
        ]
        indexes = [models.Index(fields=["case"], name="cases_minutes_case")]
        triggers = [
            signed(),
            WITH_ITS_CASE,
        ]

    class Privacy:
        personal = {"by"}
        plain = {"id", "case", "interview", "n", "at"}

    def __str__(self) -> str:
        return f"{self.interview_id} {self.n}"


class Reply(models.Model):
    """What whoever was interviewed said to a version of the minutes; objections are sealed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    minutes = models.OneToOneField(Minutes, on_delete=models.PROTECT, related_name="reply")
    agrees = models.BooleanField()
    how = models.CharField(max_length=10, choices=Shown)
    on = models.DateField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["case"], name="cases_reply_case")]
        triggers = [
            signed(),
            WITH_ITS_CASE,
        ]

    class Privacy:
        personal = {"by"}
        plain = {"id", "case", "minutes", "agrees", "how", "on", "at"}

    def __str__(self) -> str:
        return f"{self.minutes_id} {self.agrees}"
