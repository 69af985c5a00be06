"""What triage weighs and what protects people: signs that were marked, the risk, safeguards."""

import uuid

from django.db import models
from django.db.models import F, Q

from cases.lifecycle.risks import (
    Answer,
    Committee,
    Consent,
    Impact,
    Likelihood,
    SafeguardKind,
)
from cases.models.cases import Case
from cases.models.categories import WITH_ITS_CASE, signed
from cases.models.concerns import Concern, Triage
from cases.models.tasks import Task
from people.models import Person
from policies.models import Indicator

# an assessment stands with its triage
WITH_ITS_TRIAGE = """EXISTS (
        SELECT 1 FROM cases_triage t WHERE t.id = NEW.triage_id AND t.case_id = NEW.case_id
    )"""


class MarkQuerySet(models.QuerySet["Mark"]):
    """Reads of what was marked."""

    def of(self, concern: Concern) -> "MarkQuerySet":
        """Return what was ever marked in a concern."""
        return self.filter(concern=concern)

    def standing(self) -> "MarkQuerySet":
        """Return what was not taken back, with the version that was marked, in the list's order."""
        marks = self.filter(taken_back_at=None).select_related("indicator")
        return marks.order_by("indicator__position", "indicator__code")


class Mark(models.Model):
    """That somebody sees a sign of pressure in a concern, in the version of the sign they read."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    concern = models.ForeignKey(Concern, on_delete=models.CASCADE, related_name="marks")
    indicator = models.ForeignKey(Indicator, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    taken_back_at = models.DateTimeField(null=True)
    taken_back_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")

    objects = MarkQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["concern", "indicator"],
                condition=Q(taken_back_at=None),
                name="cases_mark_once",
            ),
            models.CheckConstraint(
                condition=Q(taken_back_at=None, taken_back_by=None)
                | Q(taken_back_at__isnull=False, taken_back_by__isnull=False),
                name="cases_mark_taken_back_by_somebody",
            ),
        ]

    class Privacy:
        personal = {"by", "taken_back_by"}
        plain = {"id", "concern", "indicator", "at", "taken_back_at"}

    def __str__(self) -> str:
        return f"{self.concern_id} {self.indicator_id}"


class Assessment(models.Model):
    """What triage weighed: how likely and how grave, and what was looked at; never changed.

    What it needs, what the history of consent shows, what the committee said and why something was
    decided otherwise than proposed is sealed to the case. Triages of before have none.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    triage = models.OneToOneField(Triage, on_delete=models.PROTECT, related_name="assessment")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="assessments")
    likelihood = models.PositiveSmallIntegerField(choices=Likelihood)
    impact = models.PositiveSmallIntegerField(choices=Impact)
    consent = models.CharField(max_length=10, choices=Consent)
    committee = models.CharField(max_length=10, choices=Committee)
    # whether it is less urgent than what was marked proposed, or of another severity than the table
    overrode = models.BooleanField()

    class Meta:
        triggers = [
            signed(otherwise=WITH_ITS_TRIAGE),
            WITH_ITS_CASE,
        ]

    class Privacy:
        plain = {
            "id", "triage", "case", "likelihood", "impact", "consent", "committee", "overrode",
        }  # fmt: skip

    def __str__(self) -> str:
        return f"{self.case_id} {self.likelihood}/{self.impact}"


class SafeguardQuerySet(models.QuerySet["Safeguard"]):
    """Reads of safeguards."""

    def in_force(self) -> "SafeguardQuerySet":
        """Return those that were not ended."""
        return self.filter(ended_at=None)

    def without_owner(self) -> "SafeguardQuerySet":
        """Return those in force whose review is over, or nobody's: nobody looks at them again."""
        kept = Q(review__done_at=None, review__cancelled_at=None, review__assignee__isnull=False)
        return self.in_force().exclude(kept)


class Safeguard(models.Model):
    """What protects somebody while a case is worked on, and afterwards.

    Whoever does its next review owns it: a task, so it is handed over, passed on from who leaves
    and reminded of like any other. What it is, how it works and why it ended is sealed to the case.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="safeguards")
    kind = models.CharField(max_length=20, choices=SafeguardKind)
    # the review that is open, or was last
    review = models.OneToOneField(Task, on_delete=models.CASCADE, related_name="safeguard")
    begun_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    begun_at = models.DateTimeField()
    ended_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)

    objects = SafeguardQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by=None)
                | Q(ended_at__isnull=False, ended_by__isnull=False),
                name="cases_safeguard_ended_by_somebody",
            )
        ]
        indexes = [models.Index(fields=["case"], name="cases_safeguard_case")]

    class Privacy:
        personal = {"begun_by", "ended_by"}
        plain = {"id", "case", "kind", "review", "begun_at", "ended_at"}

    def __str__(self) -> str:
        return f"{self.kind} of {self.case_id}"

    @property
    def owner(self) -> Person | None:
        """Return who looks at it again; nobody, where its review is over or nobody's."""
        return self.review.assignee if self.review.is_open else None


class Authorisation(models.Model):
    """That somebody who answers for the work was asked whether it may go on, and what they said.

    Whoever is asked by name is on the team, and answers themselves. A supervisor without a part in
    the case is asked outside of it, and their answer is written down. Who that is, what was asked
    and what was said is sealed to the case.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="authorisations")
    # nobody: somebody without a part in the case
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    # to answer, or to bring the answer
    task = models.OneToOneField(Task, on_delete=models.CASCADE, related_name="authorisation")
    asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    answer = models.CharField(max_length=10, choices=Answer, default=Answer.WAITS)
    answered_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(answer=Answer.WAITS, answered_by=None, answered_at=None)
                | (
                    ~Q(answer=Answer.WAITS)
                    & Q(answered_by__isnull=False, answered_at__isnull=False)
                ),
                name="cases_authorisation_answered_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(person=None) | ~Q(person=F("asked_by")),
                name="cases_authorisation_asked_of_another",
            ),
        ]
        indexes = [models.Index(fields=["case"], name="cases_authorisation_case")]

    class Privacy:
        personal = {"person", "asked_by", "answered_by"}
        plain = {"id", "case", "task", "asked_at", "answer", "answered_at"}

    def __str__(self) -> str:
        return f"{self.case_id} {self.answer}"
