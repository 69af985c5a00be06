"""Escalation paths: what happens, step by step, when something is not done in time."""

from typing import NamedTuple

import pgtrigger
from django.db import models

from escalation.rules import Anchor, Limit, Rung
from escalation.rules.limits import LIMIT_MAX
from people.rules import Role


class Path(models.Model):
    """An escalation path: what happens when something is not done in time."""

    code = models.SlugField(unique=True)
    name = models.CharField(max_length=120)

    class Privacy:
        plain = {"id", "code", "name"}

    def __str__(self) -> str:
        return self.name


class PathVersion(models.Model):
    """One published version of a path; a running clock keeps its version."""

    path = models.ForeignKey(Path, on_delete=models.PROTECT, related_name="versions")
    n = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["path", "n"], name="escalation_pathversion_n")
        ]

    class Privacy:
        plain = {"id", "path", "n"}

    def __str__(self) -> str:
        return f"{self.path} v{self.n}"

    @property
    def rungs(self) -> list[Rung]:
        """Return when its steps are due, in their order."""
        return [step.rung for step in sorted(self.steps.all(), key=lambda step: step.n)]


class Does(models.TextChoices):
    """What a step does."""

    REMIND = "remind", "remind the owner"
    NOTIFY = "notify", "tell"
    REASSIGN = "reassign", "give it to the next in rotation among"
    ADD = "add", "bring in, beside the owner,"
    HAND_OVER = "hand_over", "hand over to"
    RAISE = "raise", "raise how grave it is"
    TASK = "task", "open a task for"


# what reaches the owner, or nobody: it names no role
UNNAMED = (Does.REMIND, Does.RAISE)


class Given(models.TextChoices):
    """What has to hold at its time for a step to be taken; that the clock still runs, always."""

    ALWAYS = "always", "in any case"
    UNOPENED = "unopened", "if nobody has opened it"
    UNASSIGNED = "unassigned", "if nobody looks after it"
    UNANSWERED = "unanswered", "if the reporter has had no personal answer"
    AWAY = "away", "if whoever looks after it is away"
    URGENT = "urgent", "if it is urgent"


class PathStep(models.Model):
    """One step: when, doing what, reaching whom."""

    version = models.ForeignKey(PathVersion, on_delete=models.PROTECT, related_name="steps")
    n = models.PositiveSmallIntegerField()
    anchor = models.CharField(max_length=8, choices=Anchor, default=Anchor.AFTER)
    # how long from there, as `Limit.code` writes it
    limit = models.CharField(max_length=LIMIT_MAX, default="0d")
    given = models.CharField(max_length=12, choices=Given, default=Given.ALWAYS)
    does = models.CharField(max_length=12, choices=Does)
    role = models.CharField(max_length=20, choices=Role, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "n"], name="escalation_pathstep_n"),
            models.CheckConstraint(
                condition=models.Q(does__in=UNNAMED, role="")
                | (~models.Q(does__in=UNNAMED) & ~models.Q(role="")),
                name="escalation_pathstep_reaches_somebody",
            ),
        ]
        triggers = [pgtrigger.Protect(name="published", operation=pgtrigger.Update)]

    class Privacy:
        plain = {"id", "version", "n", "anchor", "limit", "given", "does", "role"}

    def __str__(self) -> str:
        return f"{self.version} step {self.n}"

    @property
    def rung(self) -> Rung:
        """Return when the step is due."""
        return Rung(Anchor(self.anchor), Limit.read(self.limit))


class TimedPromise(NamedTuple):
    """A time limit that somebody promises: what, within which time, on which path."""

    kind: str
    limit: Limit
    path: PathVersion
