"""Policies, their immutable versions, and the promises that a version makes."""

import uuid
from collections.abc import Sequence
from datetime import date

import pgtrigger
from django.db import models

from common.errors import RuleError
from escalation.models import Path, PathVersion, TimedPromise
from escalation.rules import Limit
from people.models import Person

# The policy by which the office handles what it is told: its promises start the clocks.
HANDLING = "speaking-up"
# what the engine calls the subject of our clocks
CLOCKS_OF = "policy"
# the kind of the clock that runs on every policy
REVIEW = "policy_review"


class Policy(models.Model):
    """A policy, known by a code that does not change."""

    code = models.SlugField(unique=True)
    # by which clocks know it
    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    owner = models.ForeignKey(Person, on_delete=models.PROTECT)

    class Privacy:
        personal = {"owner"}
        plain = {"id", "code", "key"}

    def __str__(self) -> str:
        return self.code


class PolicyVersionQuerySet(models.QuerySet["PolicyVersion"]):
    """Reads of versions."""

    def in_force(self, day: date) -> "PolicyVersionQuerySet":
        """Return, for each policy, the version in force on a day."""
        newest = (
            self.filter(in_force_from__lte=day)
            .order_by("policy", "-in_force_from", "-n")
            .distinct("policy")
        )
        return self.filter(pk__in=newest.values("pk"))

    def handling(self, day: date) -> "PolicyVersion":
        """Return the version of the handling policy in force on a day, or refuse."""
        version = self.in_force(day).filter(policy__code=HANDLING).first()
        if version is None:
            msg = "No policy on speaking up is in force, so nothing is promised. Nothing was sent."
            raise RuleError(msg)
        return version


class PolicyVersion(models.Model):
    """One published text; it can never change, only be followed by another."""

    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, related_name="versions")
    n = models.PositiveIntegerField()
    title = models.CharField(max_length=160)
    summary = models.CharField(max_length=300)
    text = models.TextField()
    in_force_from = models.DateField()

    objects = PolicyVersionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["policy", "n"], name="policies_policyversion_n")
        ]
        indexes = [
            models.Index(fields=["policy", "-in_force_from"], name="policies_version_in_force")
        ]
        triggers = [
            pgtrigger.Protect(name="published", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    class Privacy:
        plain = {"id", "policy", "n", "title", "summary", "text", "in_force_from"}

    def __str__(self) -> str:
        return f"{self.title} v{self.n}"

    def timed_promises(self) -> list[TimedPromise]:
        """Return what the engine needs to start this version's clocks: each by its newest path."""
        promises: Sequence[Promise] = list(self.promises.all())
        newest = PathVersion.objects.newest_of(promise.path_id for promise in promises)
        return [
            TimedPromise(promise.kind, promise.limit, newest[promise.path_id])
            for promise in promises
        ]


class Kind(models.TextChoices):
    """What is promised in time."""

    ACKNOWLEDGE = "acknowledge", "Acknowledge"
    TRIAGE = "triage", "Triage"
    FEEDBACK = "feedback", "Feedback"


class Promise(models.Model):
    """A time limit that a version promises, and the path that is climbed when it is broken."""

    version = models.ForeignKey(PolicyVersion, on_delete=models.PROTECT, related_name="promises")
    kind = models.CharField(max_length=20, choices=Kind)
    months = models.PositiveSmallIntegerField(default=0)
    days = models.PositiveSmallIntegerField(default=0)
    working_days = models.PositiveSmallIntegerField(default=0)
    # a clock that starts takes its newest version, and keeps it
    path = models.ForeignKey(Path, on_delete=models.PROTECT)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "kind"], name="policies_promise_kind"),
            models.CheckConstraint(
                condition=models.Q(months__gt=0)
                | models.Q(days__gt=0)
                | models.Q(working_days__gt=0),
                name="policies_promise_takes_time",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="published", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    class Privacy:
        plain = {"id", "version", "kind", "months", "days", "working_days", "path"}

    def __str__(self) -> str:
        return f"{self.kind} within {self.limit}"

    @property
    def limit(self) -> Limit:
        """Return the time limit."""
        return Limit(months=self.months, days=self.days, working_days=self.working_days)
