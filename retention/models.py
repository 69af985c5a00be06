"""Rules of retention, legal holds, disposals that two people decide, and what is left of them."""

import uuid
from collections.abc import Collection
from datetime import datetime

from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from cases.models import Case, Category, Concern, Wall
from people.models import Person
from people.rules import Role
from retention.lifecycle import (
    OPEN,
    DisposalState,
    Ground,
    HoldGround,
    Outcome,
    RuleState,
)
from retention.rules import LAW_MAX, MONTHS_MAX, Schedule, Term
from safes.models import Safe


def _one_thing(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=Q(concern__isnull=False, case__isnull=True)
        | Q(concern__isnull=True, case__isnull=False),
        name=name,
    )


class RuleQuerySet(models.QuerySet["Rule"]):
    """Reads of rules."""

    def in_force(self) -> "RuleQuerySet":
        """Return the newest rule that counts for each category and outcome."""
        counting = self.filter(state=RuleState.IN_FORCE)
        return counting.order_by("category", "outcome", "-decided_at").distinct(
            "category", "outcome"
        )

    def schedule(self) -> Schedule:
        """Return the terms that count now."""
        return Schedule(
            {
                (rule.category_id or "", Outcome(rule.outcome)): Term(rule.months, rule.law)
                for rule in self.in_force()
            }
        )

    def history(self) -> "RuleQuerySet":
        """Return every rule, the newest first."""
        return self.select_related("category", "proposed_by", "decided_by").order_by("-proposed_at")


class Rule(models.Model):
    """For how long what ended so is kept, and the law that says so. A change is a new row."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    # none: every category without a rule of its own
    category = models.ForeignKey(Category, on_delete=models.PROTECT, null=True)
    outcome = models.CharField(max_length=20, choices=Outcome)
    months = models.PositiveSmallIntegerField()
    law = models.CharField(max_length=LAW_MAX)
    state = models.CharField(max_length=12, choices=RuleState)
    proposed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    # nobody: it lengthens, which needs no second person
    decided_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    objects = RuleQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(months__gte=1, months__lte=MONTHS_MAX), name="retention_rule_months"
            ),
            models.CheckConstraint(
                condition=~Q(decided_by=F("proposed_by")), name="retention_rule_two_people"
            ),
            models.CheckConstraint(
                condition=Q(state=RuleState.PROPOSED, decided_at__isnull=True)
                | (~Q(state=RuleState.PROPOSED) & Q(decided_at__isnull=False)),
                name="retention_rule_decided_has_a_time",
            ),
            models.UniqueConstraint(
                fields=["category", "outcome"],
                condition=Q(state=RuleState.PROPOSED),
                nulls_distinct=False,
                name="retention_rule_one_proposal",
            ),
        ]

    class Privacy:
        personal = {"proposed_by", "decided_by"}
        plain = {
            "id", "category", "outcome", "months", "law", "state", "proposed_at", "decided_at",
        }  # fmt: skip

    def __str__(self) -> str:
        return f"{self.category_id or 'every other'} {self.outcome}: {self.months} months"


class HoldQuerySet(models.QuerySet["Hold"]):
    """Reads of holds."""

    def standing(self) -> "HoldQuerySet":
        """Return the holds that nobody lifted."""
        return self.filter(lifted_at=None)

    def around(self, *, cases: Collection[uuid.UUID], concerns: Collection[uuid.UUID]) -> bool:
        """Return whether any of these is held: a case also by a hold on one of its concerns."""
        held = Q(case__in=cases) | Q(concern__in=concerns) | Q(concern__case__in=cases)
        return self.standing().filter(held).exists()


class Hold(models.Model):
    """A legal hold: while it stands, nothing erases what it is on. Its reasons are sealed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, null=True, related_name="holds")
    concern = models.ForeignKey(Concern, on_delete=models.CASCADE, null=True, related_name="holds")
    ground = models.CharField(max_length=20, choices=HoldGround)
    placed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    placed_at = models.DateTimeField()
    lifted_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    lifted_at = models.DateTimeField(null=True)

    objects = HoldQuerySet.as_manager()

    class Meta:
        constraints = [
            _one_thing("retention_hold_on_one_thing"),
            models.CheckConstraint(
                condition=~Q(lifted_by=F("placed_by")), name="retention_hold_two_people"
            ),
            models.CheckConstraint(
                condition=Q(lifted_by__isnull=True, lifted_at__isnull=True)
                | Q(lifted_by__isnull=False, lifted_at__isnull=False),
                name="retention_hold_lifted_by_somebody",
            ),
        ]

    class Privacy:
        personal = {"placed_by", "lifted_by"}
        plain = {"id", "case", "concern", "ground", "placed_at", "lifted_at"}

    def __str__(self) -> str:
        return f"{self.case_id or self.concern_id} {self.ground}"


class DisposalQuerySet(models.QuerySet["Disposal"]):
    """Reads of disposals."""

    def locked(self, pk: uuid.UUID) -> "Disposal":
        """Return a disposal, held until the commit."""
        return self.select_for_update(of=("self",)).get(pk=pk)

    def visible_to(self, person: Person) -> "DisposalQuerySet":
        """Return the disposals a person may see: the only gate, and it fails closed.

        Whoever sees the thing sees what becomes of it. The independent persons see every disposal
        as the second person, and of the thing no more than stands here. Walls hold for all.
        """
        if not person.is_active:
            return self.none()
        walls = Wall.objects.before(person.conflicts)
        walled = Exists(walls.filter(case=OuterRef("case"))) | Exists(
            walls.filter(concern=OuterRef("concern"))
        )
        reach = Q(
            Exists(Case.objects.visible_to(person).filter(pk=OuterRef("case")))
            | Exists(Concern.objects.visible_to(person).filter(pk=OuterRef("concern")))
        )
        if person.holds(Role.INDEPENDENT):
            reach = Q()
        return self.filter(reach).exclude(walled)

    def open(self) -> "DisposalQuerySet":
        """Return what waits, can still be stopped, or is being erased."""
        return self.filter(state__in=OPEN)

    def due(self, now: datetime) -> "DisposalQuerySet":
        """Return what nobody stopped in time."""
        return self.filter(state=DisposalState.APPROVED, erase_after__lte=now)


class Disposal(models.Model):
    """What one person proposed to erase and another decides. Its reasons are sealed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, null=True, related_name="disposals")
    concern = models.ForeignKey(
        Concern, on_delete=models.CASCADE, null=True, related_name="disposals"
    )
    safe = models.ForeignKey(Safe, on_delete=models.CASCADE, related_name="+")
    # what the second person needs to know of the thing, who may not see the thing itself
    ref = models.CharField(max_length=16)
    category = models.ForeignKey(Category, on_delete=models.PROTECT)
    outcome = models.CharField(max_length=20, choices=Outcome)
    ended_on = models.DateField()
    ground = models.CharField(max_length=20, choices=Ground)
    law = models.CharField(max_length=LAW_MAX)
    state = models.CharField(max_length=10, choices=DisposalState, default=DisposalState.PROPOSED)
    proposed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    # nobody: a hold or a rule stood in its way when its time had come
    stopped_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    stopped_at = models.DateTimeField(null=True)
    erase_after = models.DateTimeField(null=True)

    objects = DisposalQuerySet.as_manager()

    class Meta:
        constraints = [
            _one_thing("retention_disposal_of_one_thing"),
            models.CheckConstraint(
                condition=~Q(decided_by=F("proposed_by")), name="retention_disposal_two_people"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[DisposalState.APPROVED, DisposalState.ERASING])
                | Q(
                    decided_by__isnull=False,
                    decided_at__isnull=False,
                    erase_after__isnull=False,
                ),
                name="retention_disposal_approved_by_somebody",
            ),
            models.UniqueConstraint(
                fields=["case", "concern"],
                condition=Q(state__in=OPEN),
                nulls_distinct=False,
                name="retention_disposal_one_open",
            ),
        ]
        indexes = [
            models.Index(
                fields=["erase_after"],
                condition=Q(state=DisposalState.APPROVED),
                name="retention_disposal_due",
            )
        ]

    class Privacy:
        personal = {"proposed_by", "decided_by", "stopped_by"}
        plain = {
            "id", "case", "concern", "safe", "ref", "category", "outcome", "ended_on", "ground",
            "law", "state", "proposed_at", "decided_at", "stopped_at", "erase_after",
        }  # fmt: skip

    def __str__(self) -> str:
        return f"{self.ref} {self.state}"

    @property
    def thing_id(self) -> uuid.UUID:
        """Return the id of what is to be erased."""
        thing = self.case_id or self.concern_id
        if thing is None:
            raise AssertionError
        return thing


class TombstoneQuerySet(models.QuerySet["Tombstone"]):
    """Reads of tombstones."""

    def visible_to(self, person: Person) -> "TombstoneQuerySet":
        """Return the tombstones a person may see: the only gate, and it fails closed.

        Where a wall stood, nobody knows any more before whom: those who decided see it alone.
        """
        if not person.is_office:
            return self.none()
        return self.filter(Q(is_walled=False) | Q(proposed_by=person) | Q(approved_by=person))


class Tombstone(models.Model):
    """What is left of an erased concern or case: that it was there, and on what ground it went."""

    class Kind(models.TextChoices):
        CASE = "case", "Case"
        CONCERN = "concern", "Concern"

    # the id that it had: the ledger's references lead here
    id = models.UUIDField(primary_key=True)
    kind = models.CharField(max_length=10, choices=Kind)
    ref = models.CharField(max_length=16, unique=True)
    began_on = models.DateField(null=True)
    ended_on = models.DateField(null=True)
    erased_on = models.DateField()
    ground = models.CharField(max_length=20)
    law = models.CharField(max_length=LAW_MAX, blank=True)
    is_walled = models.BooleanField()
    # nobody: it was erased again after a restore of rows older than the decision
    proposed_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    approved_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")

    objects = TombstoneQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["-erased_on", "ref"], name="retention_tombstone_on")]

    class Privacy:
        personal = {"proposed_by", "approved_by"}
        plain = {
            "id", "kind", "ref", "began_on", "ended_on", "erased_on", "ground", "law", "is_walled",
        }  # fmt: skip

    def __str__(self) -> str:
        return self.ref
