"""Escalation paths: what happens, step by step, when something is not done in time."""

import hashlib
from collections.abc import Iterable
from typing import NamedTuple

import pgtrigger
from django.db import models
from django.db.models import F, Q

from common.errors import RuleError
from escalation.lifecycle import EDITABLE, OPEN, VersionState
from escalation.rules import Anchor, Limit, Rung
from escalation.rules.ladders import UNNAMED, Does, Given, Step
from escalation.rules.limits import LIMIT_MAX
from people.models import Person
from people.rules import Role

# the path that every house has from its first migration on
STANDARD = "standard"


class PathQuerySet(models.QuerySet["Path"]):
    """Reads of paths."""

    def newest(self, code: str = STANDARD) -> "PathVersion":
        """Return the version by which clocks of a path start now, or refuse."""
        version = PathVersion.objects.newest().filter(path__code=code).first()
        if version is None:
            msg = f"The path “{code}” has no published version. Publish one first."
            raise RuleError(msg)
        return version

    def in_use(self) -> "PathQuerySet":
        """Return the paths that were not retired."""
        return self.filter(retired_at=None)

    def held(self, paths: Iterable[int]) -> dict[int, "Path"]:
        """Return, by id, paths as they are now, held until the commit: in one order for all."""
        found = self.filter(pk__in=set(paths)).select_for_update(of=("self",)).order_by("pk")
        return {one.pk: one for one in found}


class Path(models.Model):
    """An escalation path: what happens when something is not done in time."""

    code = models.SlugField(unique=True)
    name = models.CharField(max_length=120)
    # nothing begins on it any more; clocks that run keep their version
    retired_at = models.DateTimeField(null=True)
    retired_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")

    objects = PathQuerySet.as_manager()

    class Privacy:
        personal = {"retired_by"}
        plain = {"id", "code", "name", "retired_at"}

    def __str__(self) -> str:
        return self.name


class PathVersionQuerySet(models.QuerySet["PathVersion"]):
    """Reads of versions."""

    def published(self) -> "PathVersionQuerySet":
        """Return what was published, replaced or not."""
        return self.filter(state=VersionState.PUBLISHED)

    def newest(self) -> "PathVersionQuerySet":
        """Return of each path the version by which its clocks start now, with its steps."""
        newest = self.published().order_by("path", "-n").distinct("path")
        versions = PathVersion.objects.filter(pk__in=newest.values("pk"))
        return versions.select_related("path").prefetch_related("steps")

    def newest_of(self, paths: Iterable[int]) -> dict[int, "PathVersion"]:
        """Return, by path id, the versions by which clocks start now."""
        return {one.path_id: one for one in self.filter(path__in=set(paths)).newest()}


class SentBack(models.TextChoices):
    """Why a second person did not publish what was proposed. Coded: nobody writes about anybody."""

    TOO_SLOW = "too_slow", "Somebody is reached too late"
    TOO_FAST = "too_fast", "Somebody is reached too early, or too often"
    WRONG_PEOPLE = "wrong_people", "It reaches the wrong people"
    NOT_NEEDED = "not_needed", "It is not needed"
    TALK = "talk", "Let us talk about it first"


class PathVersion(models.Model):
    """One version of a path: a draft, proposed, or published for good; a clock keeps its version.

    Nobody made, proposed or published what a house begins with.
    """

    path = models.ForeignKey(Path, on_delete=models.PROTECT, related_name="versions")
    n = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=VersionState, default=VersionState.DRAFT)
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField(null=True)
    proposed_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    proposed_at = models.DateTimeField(null=True)
    published_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField(null=True)
    # by whom it was last sent back, and why; nothing where it was not
    sent_back_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    sent_back = models.CharField(max_length=12, choices=SentBack, blank=True)

    objects = PathVersionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["path", "n"], name="escalation_pathversion_n"),
            models.UniqueConstraint(
                fields=["path"],
                condition=Q(state__in=OPEN),
                name="escalation_pathversion_one_draft",
            ),
            models.CheckConstraint(
                condition=Q(
                    made_by__isnull=True, proposed_by__isnull=True, published_by__isnull=True
                )
                | (Q(made_by__isnull=False) & ~Q(state=VersionState.PUBLISHED))
                | (
                    Q(made_by__isnull=False, proposed_by__isnull=False, published_by__isnull=False)
                    & ~Q(published_by=F("made_by"))
                    & ~Q(published_by=F("proposed_by"))
                ),
                name="escalation_pathversion_two_people",
            ),
            models.CheckConstraint(
                condition=Q(state=VersionState.PUBLISHED, published_at__isnull=False)
                | (
                    ~Q(state=VersionState.PUBLISHED)
                    & Q(published_at__isnull=True, published_by__isnull=True)
                ),
                name="escalation_pathversion_published_has_a_time",
            ),
            models.CheckConstraint(
                condition=~Q(state=VersionState.PROPOSED) | Q(proposed_by__isnull=False),
                name="escalation_pathversion_proposed_by_somebody",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="kept", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="published",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(
                    old__state__in=[VersionState.PUBLISHED, VersionState.WITHDRAWN]
                ),
            ),
        ]

    class Privacy:
        personal = {"made_by", "proposed_by", "published_by", "sent_back_by"}
        plain = {
            "id", "path", "n", "state", "made_at", "proposed_at", "published_at", "sent_back",
        }  # fmt: skip

    def __str__(self) -> str:
        return f"{self.path} v{self.n}"

    @property
    def rungs(self) -> list[Rung]:
        """Return when its steps are due, in their order."""
        return [step.rung for step in self.ladder]

    @property
    def ladder(self) -> list[Step]:
        """Return its steps, in their order."""
        return [step.step for step in sorted(self.steps.all(), key=lambda step: step.n)]

    @property
    def mark(self) -> str:
        """Return a mark of its steps, by which somebody says which ones they saw."""
        said = repr([(str(step.rung), step.given, step.does, step.role) for step in self.ladder])
        return hashlib.sha256(said.encode()).hexdigest()[:16]

    @property
    def is_editable(self) -> bool:
        """Return whether its steps may still change."""
        return self.state in EDITABLE


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
                condition=Q(does__in=UNNAMED, role="") | (~Q(does__in=UNNAMED) & ~Q(role="")),
                name="escalation_pathstep_reaches_somebody",
            ),
        ]
        triggers = [
            # what was proposed is what is published: only a draft's steps come and go
            pgtrigger.Trigger(
                name="published",
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                when=pgtrigger.Before,
                declare=[("versions", "bigint[]")],
                func="""
                    versions := ARRAY[]::bigint[];
                    IF TG_OP <> 'INSERT' THEN versions := versions || OLD.version_id; END IF;
                    IF TG_OP <> 'DELETE' THEN versions := versions || NEW.version_id; END IF;
                    IF EXISTS (
                        SELECT 1 FROM escalation_pathversion v
                        WHERE v.id = ANY (versions) AND v.state <> 'draft'
                    ) THEN
                        RAISE EXCEPTION 'a step of what is no draft cannot change'
                            USING ERRCODE = '23514';
                    END IF;
                    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
                    RETURN NEW;
                """,
            )
        ]

    class Privacy:
        plain = {"id", "version", "n", "anchor", "limit", "given", "does", "role"}

    def __str__(self) -> str:
        return f"{self.version} step {self.n}"

    @classmethod
    def of(cls, version: PathVersion, step: Step) -> "PathStep":
        """Return the row of a step, unsaved."""
        return cls(
            version=version,
            n=step.n,
            anchor=step.rung.anchor,
            limit=step.rung.limit.code,
            given=step.given,
            does=step.does,
            role=step.role,
        )

    @property
    def rung(self) -> Rung:
        """Return when the step is due."""
        return Rung(Anchor(self.anchor), Limit.read(self.limit))

    @property
    def step(self) -> Step:
        """Return what the row says."""
        return Step(self.rung, self.does, self.role, self.given, self.n)


class MoveReason(models.TextChoices):
    """Why running clocks go over to another version. Coded: nobody writes about anybody."""

    MISTAKE = "mistake", "The older version has a mistake"
    PEOPLE = "people", "Parts or people have changed"
    PROMISE = "promise", "What is promised has changed"
    LAW = "law", "A law or an authority asks for it"
    DRILL = "drill", "A drill showed that it is too slow"


class PathMove(models.Model):
    """That running clocks of a path are to go over to a version; workers move them."""

    version = models.ForeignKey(PathVersion, on_delete=models.PROTECT, related_name="moves")
    reason = models.CharField(max_length=12, choices=MoveReason)
    asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    moved = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["version"],
                condition=Q(done_at__isnull=True),
                name="escalation_pathmove_one_open",
            )
        ]

    class Privacy:
        personal = {"asked_by"}
        plain = {"id", "version", "reason", "asked_at", "done_at", "moved"}

    def __str__(self) -> str:
        return f"to {self.version}"


class TimedPromise(NamedTuple):
    """A time limit that somebody promises: what, within which time, on which path."""

    kind: str
    limit: Limit
    path: PathVersion
