"""Cases and their teams."""

import uuid
from datetime import datetime
from typing import NamedTuple

from django.db import models
from django.db.models import Exists, OuterRef, Q
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase

from cases.lifecycle import (
    CaseStatus,
    Finding,
    Level,
    Phase,
)
from cases.models.categories import ON_RECORD, Category
from cases.models.walls import Wall
from people.models import ApiClient, Person, Unit
from people.rules import Role
from safes.models import Safe


class Place(NamedTuple):
    """Where a row stands in a list ordered by urgency, time and reference: a page ends there."""

    urgency: int
    at: datetime | None
    ref: str


def behind(place: Place, **following: str) -> Q:
    """Return what is less urgent, or due later, or as needed and following by its reference."""
    level = Q(next_due_at=place.at, **following)
    if place.at is not None:
        level |= Q(next_due_at__gt=place.at) | Q(next_due_at=None)
    return Q(urgency__lt=place.urgency) | (Q(urgency=place.urgency) & level)


class CaseQuerySet(models.QuerySet["Case"]):
    """Reads of cases."""

    def locked(self, pk: uuid.UUID) -> "Case":
        """Return a case, held until the commit; what hangs on it is read afterwards, afresh."""
        return self.select_for_update(of=("self",)).get(pk=pk)

    def visible_to(self, person: Person) -> "CaseQuerySet":
        """Return the cases whose metadata a person may see: the only gate, and it fails closed."""
        if not person.is_active:
            return self.none()
        walled = Wall.objects.before(person.conflicts).filter(case=OuterRef("pk"))
        reach = Q(Exists(Member.objects.current().filter(case=OuterRef("pk"), person=person)))
        reach |= Q(
            Exists(
                CaseUserObjectPermission.objects.filter(
                    content_object=OuterRef("pk"), user=person, permission__codename="view_case"
                )
            )
        )
        if person.holds(Role.HEAD):
            reach = Q()
        return self.filter(reach).exclude(Exists(walled))

    def open(self) -> "CaseQuerySet":
        """Return what is being worked on."""
        return self.filter(status=CaseStatus.OPEN)

    def closed(self) -> "CaseQuerySet":
        """Return what is closed, the latest first."""
        return self.filter(status=CaseStatus.CLOSED).order_by("-closed_at", "-ref")

    def worked_by(self, person: Person) -> "CaseQuerySet":
        """Return the cases on whose team somebody is."""
        return self.filter(pk__in=Member.objects.current().filter(person=person).values("case"))

    def open_to(self, client: ApiClient) -> "CaseQuerySet":
        """Return the cases whose metadata a program may see: a wall around its owner holds."""
        walled = Wall.objects.before(client.conflicts).filter(case=OuterRef("pk"))
        return self.exclude(Exists(walled))

    def by_need(self) -> "CaseQuerySet":
        """Return the most urgent first, then the nearest clock."""
        return self.order_by("-urgency", models.F("next_due_at").asc(nulls_last=True), "-ref")

    def after(self, place: Place) -> "CaseQuerySet":
        """Return what comes after a place in the order of need."""
        return self.filter(behind(place, ref__lt=place.ref), urgency__lte=place.urgency)

    def closed_before(self, place: Place) -> "CaseQuerySet":
        """Return what was closed before a closed case; here its time is that of the closing."""
        at = place.at
        return self.filter(Q(closed_at__lt=at) | Q(closed_at=at, ref__lt=place.ref))


class Case(models.Model):
    """The office's working file."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    ref = models.CharField(max_length=16, unique=True)
    status = models.CharField(max_length=10, choices=CaseStatus, default=CaseStatus.OPEN)
    category = models.ForeignKey(Category, on_delete=models.PROTECT)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True)
    urgency = models.PositiveSmallIntegerField(choices=Level)
    severity = models.PositiveSmallIntegerField(choices=Level)
    lead = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="leads")
    safe = models.OneToOneField(Safe, on_delete=models.PROTECT)
    # of its investigation; once it is closed, the one in which that was
    phase = models.CharField(max_length=12, choices=Phase, default=Phase.NONE)
    # when that began; what is not investigated has none
    phase_since = models.DateTimeField(null=True)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    finding = models.CharField(max_length=30, choices=Finding, blank=True)
    next_due_at = models.DateTimeField(null=True)

    objects = CaseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status=CaseStatus.OPEN, closed_at__isnull=True, finding="")
                | (Q(status=CaseStatus.CLOSED, closed_at__isnull=False) & ~Q(finding="")),
                name="cases_case_closed_with_a_finding",
            ),
            models.CheckConstraint(
                condition=Q(phase=Phase.NONE, phase_since=None)
                | (~Q(phase=Phase.NONE) & Q(phase_since__isnull=False)),
                name="cases_case_phase_has_begun",
            ),
        ]
        indexes = [
            models.Index(
                models.F("urgency").desc(),
                models.F("next_due_at").asc(nulls_last=True),
                models.F("ref").desc(),
                condition=Q(status=CaseStatus.OPEN),
                name="cases_case_by_need",
            ),
            models.Index(fields=["-closed_at"], name="cases_case_closed"),
            models.Index(fields=["-opened_at", "-ref"], name="cases_case_opened"),
        ]
        triggers = [ON_RECORD]

    class Privacy:
        personal = {"lead"}
        plain = {
            "id", "ref", "status", "category", "unit", "urgency", "severity", "safe", "phase",
            "phase_since", "opened_at", "closed_at", "finding", "next_due_at",
        }  # fmt: skip

    def __str__(self) -> str:
        return self.ref


class CaseUserObjectPermission(UserObjectPermissionBase):
    """A permission on one case for one person outside its team (an auditor's sample, say)."""

    content_object = models.ForeignKey(Case, on_delete=models.CASCADE)

    class Privacy:
        personal = {"user"}
        plain = {"id", "permission", "content_object"}


class CaseGroupObjectPermission(GroupObjectPermissionBase):
    """Guardian wants both; nobody is given a case by group."""

    content_object = models.ForeignKey(Case, on_delete=models.CASCADE)

    class Privacy:
        plain = {"id", "permission", "content_object", "group"}


class MemberQuerySet(models.QuerySet["Member"]):
    """Reads of case teams."""

    def current(self) -> "MemberQuerySet":
        """Return who is on a case now."""
        return self.filter(left_at=None)


class Member(models.Model):
    """Somebody on a case's team, in one function."""

    class Function(models.TextChoices):
        LEAD = "lead", "Lead"
        INVESTIGATOR = "investigator", "Investigator"
        INDEPENDENT = "independent", "Independent person"

    # random: no number has to be asked back from a row that is not seen yet (docs/adr/0013)
    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="members")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="memberships")
    function = models.CharField(max_length=20, choices=Function)
    since = models.DateTimeField()
    left_at = models.DateTimeField(null=True)

    objects = MemberQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case", "person"],
                condition=Q(left_at=None),
                name="cases_member_once",
            ),
            models.UniqueConstraint(
                fields=["case"],
                condition=Q(left_at=None, function="lead"),
                name="cases_member_one_lead",
            ),
        ]
        indexes = [models.Index(fields=["person", "case"], name="cases_member_person")]

    class Privacy:
        personal = {"person"}
        plain = {"id", "case", "function", "since", "left_at"}

    def __str__(self) -> str:
        return f"{self.case_id} {self.function}"
