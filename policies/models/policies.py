"""Policies, their immutable versions, what a version promises, and who was asked to read it."""

import uuid
from collections.abc import Sequence
from datetime import date

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, F, Max, OuterRef, Q

from common.errors import RuleError
from escalation.models import Path, PathVersion, Standard, TimedPromise
from escalation.rules import Limit
from escalation.rules.kinds import ANY
from escalation.rules.limits import LIMIT_MAX
from people.models import Person, Unit
from people.models.persons import PersonQuerySet
from people.rules import Role

# The policy by which the office handles what it is told: its promises start the clocks.
HANDLING = "speaking-up"
# what the engine calls the subjects of our clocks
CLOCKS_OF = "policy"
# the kind of the clock that runs on every policy
REVIEW = "policy_review"
CLOCKS_OF_READERS = "acknowledgement"


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

    def timed_promises(self, *, level: int = ANY, filed_as: str = "") -> list[TimedPromise]:
        """Return what the engine needs to start this version's clocks: each by its newest path.

        For what is so urgent and filed as such, on the paths and in the shorter times that the
        office has set for it.
        """
        promises: Sequence[Promise] = list(self.promises.all())
        newest = PathVersion.objects.newest_of(promise.path_id for promise in promises)
        timed = [
            TimedPromise(promise.kind, promise.limit, newest[promise.path_id])
            for promise in promises
        ]
        return Standard.objects.over(timed, level=level, filed_as=filed_as)


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


class CampaignQuerySet(models.QuerySet["Campaign"]):
    """Reads of campaigns."""

    def running(self) -> "CampaignQuerySet":
        """Return those that still ask."""
        return self.filter(ended_at=None)


class Campaign(models.Model):
    """That people are asked to acknowledge the version of a policy that is in force.

    Whoever comes to belong to them while it runs is asked too, with as much time.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, related_name="campaigns")
    version = models.ForeignKey(PolicyVersion, on_delete=models.PROTECT, related_name="campaigns")
    # whom: everybody of these units, or with one of these roles; everybody where both are empty.
    # Units are never deleted.
    units = ArrayField(models.UUIDField(), default=list, blank=True)
    roles = ArrayField(models.CharField(max_length=20, choices=Role), default=list, blank=True)
    # as `Limit.code` writes it: from the day on which somebody is asked
    limit = models.CharField(max_length=LIMIT_MAX)
    # whether those are asked too who acknowledged an earlier version, now and for later ones
    is_material = models.BooleanField()
    started_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    # nobody ends what another version follows
    ended_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")

    objects = CampaignQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["policy"], condition=Q(ended_at=None), name="policies_campaign_one_running"
            ),
            models.CheckConstraint(
                condition=Q(units=[]) | Q(roles=[]), name="policies_campaign_units_or_roles"
            ),
            models.CheckConstraint(
                condition=Q(ended_by=None) | Q(ended_at__isnull=False),
                name="policies_campaign_ended_has_a_time",
            ),
        ]

    class Privacy:
        personal = {"started_by", "ended_by"}
        plain = {
            "id", "policy", "version", "units", "roles", "limit", "is_material", "started_at",
            "ended_at",
        }  # fmt: skip

    def __str__(self) -> str:
        return f"{self.version} since {self.started_at:%Y-%m-%d}"

    @property
    def within(self) -> Limit:
        """Return how much time everybody has."""
        return Limit.read(self.limit)

    def audience(self) -> PersonQuerySet:
        """Return whom it is about, of those who work here now."""
        persons: PersonQuerySet = Person.objects.active()
        if self.units:
            persons = persons.filter(unit__in=self.units)
        return persons.filter(roles__overlap=self.roles) if self.roles else persons

    def missing(self) -> PersonQuerySet:
        """Return whom it is about and who was not asked yet: for workers, who see all rows."""
        theirs = Acknowledgement.objects.filter(person=OuterRef("pk"))
        persons = self.audience().filter(~Exists(theirs.kept().filter(version=self.version_id)))
        if not self.is_material:
            earlier = theirs.filter(version__policy=self.policy_id, done_at__isnull=False)
            since = earlier.filter(version__n__gte=self._changed_last())
            persons = persons.filter(~Exists(since))
        return persons.order_by("pk")

    def _changed_last(self) -> int:
        """Return the last version of which people were told that its change is material, or 0."""
        material = Campaign.objects.filter(policy=self.policy_id, is_material=True)
        last: int | None = material.aggregate(last=Max("version__n"))["last"]
        return last or 0


class AcknowledgementQuerySet(models.QuerySet["Acknowledgement"]):
    """Reads of acknowledgements."""

    def kept(self) -> "AcknowledgementQuerySet":
        """Return those that are owed or done: not from whoever is asked no longer."""
        return self.filter(released_at=None)

    def owed(self) -> "AcknowledgementQuerySet":
        """Return those for which somebody is still asked."""
        return self.filter(done_at=None, released_at=None)

    def of_each(self) -> "AcknowledgementQuerySet":
        """Return one for each version and person it was ever asked of: theirs, or the last."""
        read_first = F("done_at").asc(nulls_last=True)
        ordered = self.order_by("version", "person", read_first, "-asked_at", "pk")
        return ordered.distinct("version", "person")

    def superfluous(self) -> "AcknowledgementQuerySet":
        """Return those that are owed to nobody any more: the campaign is over, or they left."""
        over = Q(campaign__ended_at__isnull=False) | Q(person__is_active=False)
        return self.owed().filter(over)


class Acknowledgement(models.Model):
    """That one person is asked to read one version, and that they said so, or are asked no more."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    campaign = models.ForeignKey(
        Campaign, on_delete=models.PROTECT, related_name="acknowledgements"
    )
    # the campaign's: nobody is asked twice for the same
    version = models.ForeignKey(PolicyVersion, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="acknowledgements")
    # of which they were when they were asked
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    released_at = models.DateTimeField(null=True)

    objects = AcknowledgementQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "version"],
                condition=Q(released_at=None),
                name="policies_acknowledgement_once",
            ),
            models.CheckConstraint(
                condition=Q(done_at=None) | Q(released_at=None),
                name="policies_acknowledgement_done_or_released",
            ),
        ]
        indexes = [
            models.Index(
                fields=["campaign"],
                condition=Q(done_at=None, released_at=None),
                name="policies_acknowledgement_owed",
            )
        ]

    class Privacy:
        personal = {"person", "unit", "asked_at", "done_at", "released_at"}
        plain = {"id", "campaign", "version"}

    def __str__(self) -> str:
        return f"{self.version_id} by {self.person_id}"

    @property
    def is_owed(self) -> bool:
        """Return whether it is still asked for."""
        return self.done_at is None and self.released_at is None
