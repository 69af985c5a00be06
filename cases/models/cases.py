"""Cases and their teams."""

import uuid
from datetime import datetime
from typing import Any, NamedTuple, Self, TypeVar

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase

from cases.lifecycle import (
    Area,
    CaseStatus,
    Finding,
    Function,
    Level,
    Phase,
    areas_of,
)
from cases.lifecycle.tracks import Power, Track
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


Row = TypeVar("Row", bound=models.Model)


class InOrder(models.QuerySet[Row]):
    """Rows with a place in a list of cases: cases themselves, and who is on them."""

    def by_need(self) -> Self:
        """Return the most urgent first, then the nearest clock."""
        return self.order_by("-urgency", models.F("next_due_at").asc(nulls_last=True), "-ref")

    def after(self, place: Place) -> Self:
        """Return what comes after a place in the order of need."""
        return self.filter(behind(place, ref__lt=place.ref), urgency__lte=place.urgency)

    def by_closing(self) -> Self:
        """Return the latest closed first."""
        return self.order_by("-closed_at", "-ref")

    def closed_before(self, place: Place) -> Self:
        """Return what was closed before a closed case; here its time is that of the closing."""
        at = place.at
        return self.filter(Q(closed_at__lt=at) | Q(closed_at=at, ref__lt=place.ref))


class CaseQuerySet(InOrder["Case"]):
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
        reach |= Q(pk__in=_given_to(person))
        # what was merged is read with the case that goes on
        into = Member.objects.current().filter(case=OuterRef("part_of"), person=person)
        reach |= Q(part_of__isnull=False) & (Q(Exists(into)) | Q(part_of__in=_given_to(person)))
        if person.holds(Role.HEAD):
            reach = Q()
        return self.filter(reach).exclude(Exists(walled))

    def given_to(self, person: Person) -> "CaseQuerySet":
        """Return the cases that somebody sees, and on whose team they are not."""
        return self.filter(pk__in=_given_to(person)).exclude(
            Exists(Member.objects.current().filter(case=OuterRef("pk"), person=person))
        )

    def open(self) -> "CaseQuerySet":
        """Return what is being worked on."""
        return self.filter(status=CaseStatus.OPEN)

    def closed(self) -> "CaseQuerySet":
        """Return what is closed; what was merged is a part of another case, and no end."""
        return self.filter(status=CaseStatus.CLOSED, part_of=None)

    def worked_by(self, person: Person) -> "CaseQuerySet":
        """Return the cases on whose team somebody is."""
        return self.filter(pk__in=Member.objects.current().filter(person=person).values("case"))

    def open_to(self, client: ApiClient) -> "CaseQuerySet":
        """Return the cases whose metadata a program may see: a wall around its owner holds."""
        walled = Wall.objects.before(client.conflicts).filter(case=OuterRef("pk"))
        return self.exclude(Exists(walled))


# How a case stands in lists is kept with everybody who is on it, so that their list is read in its
# order from one index, however many cases there are (docs/adr/0037). It is kept at the gate, since
# whoever changes a case may not see who is on it. The reporter's door changes when it is due alone.
KEEPS_PLACES = """
    PERFORM set_config('ed.gate', 'open', true);
    IF (NEW.status, NEW.urgency, NEW.closed_at, NEW.category_id, NEW.unit_id) IS NOT DISTINCT FROM
            (OLD.status, OLD.urgency, OLD.closed_at, OLD.category_id, OLD.unit_id) THEN
        UPDATE cases_member SET next_due_at = NEW.next_due_at
        WHERE case_id = NEW.id AND left_at IS NULL;
    ELSE
        UPDATE cases_member SET is_open = NEW.status = 'open', urgency = NEW.urgency,
            next_due_at = NEW.next_due_at, closed_at = NEW.closed_at,
            category_id = NEW.category_id, unit_id = NEW.unit_id
        WHERE case_id = NEW.id AND left_at IS NULL;
    END IF;
    PERFORM set_config('ed.gate', was, true);
    RETURN NULL;
"""


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
    # how it is worked: an investigation where it has a phase, and nowhere else
    track = models.CharField(max_length=14, choices=Track, default=Track.ADVICE)
    power = models.CharField(max_length=10, choices=Power, default=Power.NOT_ASKED)
    # of its investigation; once it is closed, the one in which that was
    phase = models.CharField(max_length=12, choices=Phase, default=Phase.NONE)
    # when that began; what is not investigated has none
    phase_since = models.DateTimeField(null=True)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    finding = models.CharField(max_length=30, choices=Finding, blank=True)
    next_due_at = models.DateTimeField(null=True)
    # the case into which this one was merged: what was of it hangs on that one
    part_of = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="parts")

    objects = CaseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    status=CaseStatus.OPEN, closed_at__isnull=True, finding="", part_of=None
                )
                | (
                    Q(status=CaseStatus.CLOSED, closed_at__isnull=False)
                    & (Q(part_of=None) ^ Q(finding=""))
                ),
                name="cases_case_closed_with_a_finding",
            ),
            models.CheckConstraint(
                condition=~Q(part_of=models.F("id")), name="cases_case_part_of_another"
            ),
            models.CheckConstraint(
                condition=Q(phase=Phase.NONE, phase_since=None)
                | (~Q(phase=Phase.NONE) & Q(phase_since__isnull=False)),
                name="cases_case_phase_has_begun",
            ),
            models.CheckConstraint(
                condition=Q(track=Track.INVESTIGATION) ^ Q(phase=Phase.NONE),
                name="cases_case_investigated_in_phases",
            ),
            models.CheckConstraint(
                condition=~Q(track=Track.MEDIATION) | Q(power=Power.EQUAL),
                name="cases_case_mediates_between_equals",
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
            # the same of one category, which may be seldom among all that is open
            models.Index(
                models.F("category"),
                models.F("urgency").desc(),
                models.F("next_due_at").asc(nulls_last=True),
                models.F("ref").desc(),
                condition=Q(status=CaseStatus.OPEN),
                name="cases_case_category_by_need",
            ),
            models.Index(fields=["-closed_at"], name="cases_case_closed"),
            models.Index(fields=["-opened_at", "-ref"], name="cases_case_opened"),
        ]
        triggers = [
            ON_RECORD,
            pgtrigger.Trigger(
                name="keeps_places",
                when=pgtrigger.After,
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(
                    "status", "urgency", "next_due_at", "closed_at", "category", "unit"
                ),
                declare=[("was", "text DEFAULT coalesce(current_setting('ed.gate', true), '')")],
                func=KEEPS_PLACES,
            ),
        ]

    class Privacy:
        personal = {"lead"}
        plain = {
            "id", "ref", "status", "category", "unit", "urgency", "severity", "safe", "track",
            "power", "phase", "phase_since", "opened_at", "closed_at", "finding", "next_due_at",
            "part_of",
        }  # fmt: skip

    def __str__(self) -> str:
        return self.ref


class CaseUserObjectPermission(UserObjectPermissionBase):
    """A permission on one case for one person outside its team (an auditor's sample, say)."""

    content_object = models.ForeignKey(Case, on_delete=models.CASCADE)

    class Privacy:
        personal = {"user"}
        plain = {"id", "permission", "content_object"}


def _given_to(person: Person) -> models.QuerySet[Any, Any]:
    given = CaseUserObjectPermission.objects.filter(user=person)
    return given.filter(permission__codename="view_case").values("content_object")


class CaseGroupObjectPermission(GroupObjectPermissionBase):
    """Guardian wants both; nobody is given a case by group."""

    content_object = models.ForeignKey(Case, on_delete=models.CASCADE)

    class Privacy:
        plain = {"id", "permission", "content_object", "group"}


# Whoever opens a case for somebody else does not see it yet, so what they say counts (`place_of`).
TAKES_PLACE = """
    SELECT c.status, c.urgency, c.next_due_at, c.closed_at, c.ref, c.category_id, c.unit_id
    INTO stands FROM cases_case c WHERE c.id = NEW.case_id;
    IF FOUND THEN
        NEW.is_open = stands.status = 'open';
        NEW.urgency = stands.urgency;
        NEW.next_due_at = stands.next_due_at;
        NEW.closed_at = stands.closed_at;
        NEW.ref = stands.ref;
        NEW.category_id = stands.category_id;
        NEW.unit_id = stands.unit_id;
    END IF;
    RETURN NEW;
"""


# what the database copies needs no second check
AS_ON_THE_CASE: dict[str, Any] = {
    "on_delete": models.PROTECT,
    "null": True,
    "db_index": False,
    "db_constraint": False,
}


def place_of(case: Case) -> dict[str, Any]:
    """Return where a case stands in lists and by what they are narrowed, for who comes onto it."""
    return {
        "is_open": case.status == CaseStatus.OPEN,
        "urgency": case.urgency,
        "next_due_at": case.next_due_at,
        "closed_at": case.closed_at,
        "ref": case.ref,
        "category_id": case.category_id,
        "unit_id": case.unit_id,
    }


# who sees less of a case than whoever investigates it
BOUNDED = ~Q(areas__contains=[area.value for area in areas_of(Function.INVESTIGATOR)])


class MemberQuerySet(InOrder["Member"]):
    """Reads of case teams."""

    def standing(self) -> "MemberQuerySet":
        """Return who has a place on a case, a guest also until a worker ended it."""
        return self.filter(left_at=None)

    def current(self) -> "MemberQuerySet":
        """Return who is on a case now; a guest until the end of their time."""
        return self.standing().filter(Q(until=None) | Q(until__gt=Now()))

    def investigating(self) -> "MemberQuerySet":
        """Return who works on all of a case and stays: no guest, and not in a part alone."""
        return self.filter(areas__contains=investigated(), until=None)

    def bounded(self, person: Person) -> "MemberQuerySet":
        """Return somebody's places on which they see less than whoever investigates."""
        return self.current().filter(BOUNDED, person=person)

    def kept_from(self, person: Person, area: Area) -> "MemberQuerySet":
        """Return somebody's places on which they may not see an area."""
        return self.bounded(person).exclude(areas__contains=[area.value])

    def places_of(self, person: Person) -> "MemberQuerySet":
        """Return somebody's places on cases before which no wall stands."""
        if not person.is_active:
            return self.none()
        walled = Wall.objects.before(person.conflicts).filter(case=OuterRef("case"))
        return self.current().filter(person=person).exclude(Exists(walled))


def investigated() -> list[str]:
    """Return what whoever investigates a case sees of it."""
    return [area.value for area in areas_of(Function.INVESTIGATOR)]


class Member(models.Model):
    """Somebody on a case's team, in one function, and where the case stands in their list."""

    Function = Function

    # random: no number has to be asked back from a row that is not seen yet (docs/adr/0013)
    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="members")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="memberships")
    function = models.CharField(max_length=20, choices=Function)
    # what of it they see: all that their function needs, or less
    areas = ArrayField(models.CharField(max_length=10, choices=Area), default=investigated)
    since = models.DateTimeField()
    left_at = models.DateTimeField(null=True)
    # the end of a guest's time, at which it ends by itself
    until = models.DateTimeField(null=True)
    # when the lead was told that it ends soon
    end_told_at = models.DateTimeField(null=True)
    # as on the case, and kept by the database for as long as they are on it
    is_open = models.BooleanField(default=True)
    urgency = models.PositiveSmallIntegerField(choices=Level, default=Level.NORMAL)
    next_due_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    ref = models.CharField(max_length=16, default="")
    category = models.ForeignKey(Category, related_name="+", **AS_ON_THE_CASE)
    unit = models.ForeignKey(Unit, related_name="+", **AS_ON_THE_CASE)

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
            models.CheckConstraint(
                condition=Q(areas__contains=[Area.CORE.value]), name="cases_member_sees_the_case"
            ),
        ]
        indexes = [
            models.Index(fields=["person", "case"], name="cases_member_person"),
            models.Index(
                models.F("person"),
                models.F("urgency").desc(),
                models.F("next_due_at").asc(nulls_last=True),
                models.F("ref").desc(),
                condition=Q(left_at=None, is_open=True),
                name="cases_member_by_need",
            ),
            models.Index(
                models.F("person"),
                models.F("category"),
                models.F("urgency").desc(),
                models.F("next_due_at").asc(nulls_last=True),
                models.F("ref").desc(),
                condition=Q(left_at=None, is_open=True),
                name="cases_member_category_by_need",
            ),
            models.Index(
                fields=["person", "-since"],
                condition=Q(left_at=None, is_open=True),
                name="cases_member_since",
            ),
            models.Index(
                fields=["person", "-closed_at", "-ref"],
                condition=Q(left_at=None, is_open=False),
                name="cases_member_closed",
            ),
            # few: those who see less than whoever investigates
            models.Index(
                fields=["person"],
                condition=Q(BOUNDED, left_at=None),
                name="cases_member_bounded",
            ),
            models.Index(
                fields=["until"],
                condition=Q(left_at=None, until__isnull=False),
                name="cases_member_guests",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="takes_place",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                declare=[("stands", "record")],
                func=TAKES_PLACE,
            )
        ]

    class Privacy:
        personal = {"person"}
        plain = {
            "id", "case", "function", "areas", "since", "left_at", "until", "end_told_at",
            "is_open", "urgency", "next_due_at", "closed_at", "ref", "category", "unit",
        }  # fmt: skip

    def __str__(self) -> str:
        return f"{self.case_id} {self.function}"
