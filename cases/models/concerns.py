"""Concerns, and how they were triaged."""

import uuid
from datetime import date

from django.db import models
from django.db.models import Exists, OuterRef, Q

from cases.lifecycle import (
    WORKED_ON,
    Area,
    Channel,
    ConcernStatus,
    Kind,
    Level,
    Mode,
)
from cases.lifecycle.tracks import Power, Track
from cases.models.cases import Case, Member, Place, behind
from cases.models.categories import ON_RECORD, WITH_ITS_CASE, Category, signed
from cases.models.entrances import Entrance
from cases.models.walls import Wall
from people.models import Person, Unit
from people.rules import Role
from policies.models import PolicyVersion
from questionnaires.models import FormVersion
from safes.models import Safe


class ConcernQuerySet(models.QuerySet["Concern"]):
    """Reads of concerns."""

    def locked(self, pk: uuid.UUID) -> "Concern":
        """Return a concern, held until the commit; what hangs on it is read afterwards, afresh."""
        return self.select_for_update(of=("self",)).get(pk=pk)

    def locked_after_its_case(self, pk: uuid.UUID) -> "Concern":
        """Return a concern, held after its case, as whoever holds both does everywhere."""
        Case.objects.filter(concerns=pk).select_for_update(of=("self",)).first()
        return self.locked(pk)

    def held_of(self, case: Case) -> list["Concern"]:
        """Return the concerns of a case, held until the commit, in one order for everybody."""
        held = self.filter(case=case).select_for_update(of=("self",))
        return list(held.select_related("safe", "identity_safe").order_by("pk"))

    def visible_to(self, person: Person) -> "ConcernQuerySet":
        """Return the concerns a person may see: the only gate, and it fails closed."""
        if not person.is_active:
            return self.none()
        walled = Wall.objects.before(person.conflicts).filter(concern=OuterRef("pk"))
        on_case = Member.objects.current().filter(case=OuterRef("case"), person=person)
        reach = Q(owner=person) | Q(handed_to=person) | Q(Exists(on_case))
        if person.holds(Role.OFFICER):
            reach |= Q(status=ConcernStatus.RECEIVED)
        if person.holds(Role.HEAD):
            reach = Q()
        # who is on a case sees of it what their function may, however they came near the concern
        kept = Member.objects.kept_from(person, Area.CONCERNS).values("case")
        seen = self.exclude(status=ConcernStatus.DRAFT).filter(reach)
        return seen.exclude(case__in=kept).exclude(Exists(walled))

    def waiting(self) -> "ConcernQuerySet":
        """Return what waits for triage, the most urgent first, then the nearest clock."""
        return self.filter(status=ConcernStatus.RECEIVED).order_by(
            "-urgency", models.F("next_due_at").asc(nulls_last=True), "ref"
        )

    def after(self, place: Place) -> "ConcernQuerySet":
        """Return what comes after a place in the order in which concerns wait."""
        return self.filter(behind(place, ref__gt=place.ref), urgency__lte=place.urgency)

    def worked_by(self, person: Person) -> "ConcernQuerySet":
        """Return what somebody works on: as whose it is, or on the team of its case."""
        on_case = Member.objects.current().filter(case=OuterRef("case"), person=person)
        early = Q(case=None) & (Q(owner=person) | Q(handed_to=person))
        return self.filter(early | Q(Exists(on_case)), status__in=WORKED_ON)

    def drafts_untouched_since(self, day: date) -> "ConcernQuerySet":
        """Return drafts that nobody came back to."""
        return self.filter(status=ConcernStatus.DRAFT, touched_on__lt=day)


class Concern(models.Model):
    """What a reporter files. An anonymous one knows its day, and no time."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    ref = models.CharField(max_length=16, unique=True)
    kind = models.CharField(max_length=12, choices=Kind)
    status = models.CharField(max_length=12, choices=ConcernStatus, default=ConcernStatus.DRAFT)
    channel = models.CharField(max_length=12, choices=Channel, default=Channel.WEB)
    mode = models.CharField(max_length=14, choices=Mode, blank=True)
    category = models.ForeignKey(Category, on_delete=models.PROTECT, null=True)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True)
    urgency = models.PositiveSmallIntegerField(choices=Level, default=Level.NORMAL)
    # The reporter said before sending that somebody may be in danger, and was told what follows for
    # the times of mails. However urgent others take it to be, this stays.
    is_told_at_once = models.BooleanField(default=False)
    # finds the concern of a receipt, and tells nothing about it
    locator = models.BinaryField(unique=True)
    # who took it down for the reporter, on which day it was said, and on which the reporter agreed
    # with what was taken down; nothing of it where they wrote it themselves
    taken_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    said_on = models.DateField(null=True)
    minutes_agreed_on = models.DateField(null=True)
    # somebody else gave it to the reporter, and may have kept it
    is_receipt_shared = models.BooleanField(default=False)
    safe = models.OneToOneField(Safe, on_delete=models.PROTECT, related_name="concern")
    identity_safe = models.OneToOneField(
        Safe, on_delete=models.PROTECT, null=True, related_name="identity_of"
    )
    # where to say that something waits, under the mailer's key alone
    notify = models.TextField(blank=True)
    policy_version = models.ForeignKey(PolicyVersion, on_delete=models.PROTECT, null=True)
    # the questions that were asked beside the story, in the version that was answered; null: none
    form = models.ForeignKey(FormVersion, on_delete=models.PROTECT, null=True, related_name="+")
    # the address outside by which it came; null: the door of everybody
    entrance = models.ForeignKey(
        Entrance, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    touched_on = models.DateField()
    filed_on = models.DateField(null=True)
    filed_at = models.DateTimeField(null=True)
    acknowledge_by = models.DateField(null=True)
    feedback_by = models.DateField(null=True)
    acknowledged_on = models.DateField(null=True)
    # when its reporter was first told the outcome, whether or not it was taken up again
    closed_on = models.DateField(null=True)
    withdrawn_on = models.DateField(null=True)
    owner = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, related_name="owned_concerns"
    )
    handed_to = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, related_name="handed_concerns"
    )
    case = models.ForeignKey(Case, on_delete=models.PROTECT, null=True, related_name="concerns")
    is_unread = models.BooleanField(default=True)
    next_due_at = models.DateTimeField(null=True)

    objects = ConcernQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status=ConcernStatus.DRAFT)
                | Q(
                    category__isnull=False,
                    filed_on__isnull=False,
                    policy_version__isnull=False,
                    acknowledge_by__isnull=False,
                    feedback_by__isnull=False,
                )
                & ~Q(mode=""),
                name="cases_concern_filed_is_complete",
            ),
            models.CheckConstraint(
                condition=~Q(mode=Mode.ANONYMOUS) | Q(filed_at__isnull=True, notify=""),
                name="cases_concern_anonymous_has_no_time_nor_address",
            ),
            models.CheckConstraint(
                condition=Q(identity_safe__isnull=True) | Q(mode=Mode.CONFIDENTIAL),
                name="cases_concern_vault_is_for_the_confidential",
            ),
            models.CheckConstraint(
                condition=Q(said_on__isnull=False, taken_by__isnull=False)
                | Q(said_on__isnull=True, taken_by__isnull=True, minutes_agreed_on__isnull=True),
                name="cases_concern_taken_down_by_somebody_on_a_day",
            ),
        ]
        indexes = [
            models.Index(
                models.F("urgency").desc(),
                models.F("next_due_at").asc(nulls_last=True),
                models.F("ref"),
                condition=Q(status=ConcernStatus.RECEIVED),
                name="cases_concern_waiting",
            ),
            models.Index(fields=["case"], name="cases_concern_case"),
            models.Index(
                fields=["touched_on"],
                condition=Q(status=ConcernStatus.DRAFT),
                name="cases_concern_drafts",
            ),
        ]
        triggers = [ON_RECORD]

    class Privacy:
        personal = {"owner", "handed_to", "taken_by"}
        sealed = {"notify"}
        plain = {
            "id", "ref", "kind", "status", "channel", "mode", "category", "unit", "urgency",
            "is_told_at_once", "locator", "is_receipt_shared", "safe", "identity_safe",
            "policy_version", "form", "entrance", "touched_on", "filed_on", "filed_at",
            "acknowledge_by", "feedback_by", "said_on", "minutes_agreed_on", "acknowledged_on",
            "closed_on", "withdrawn_on", "case", "is_unread", "next_due_at",
        }  # fmt: skip

    def __str__(self) -> str:
        return self.ref

    @property
    def is_anonymous(self) -> bool:
        """Return whether no time may be kept of what the reporter does."""
        return self.mode in {"", Mode.ANONYMOUS}

    @property
    def subject(self) -> str:
        """Return how the ledger names this concern."""
        return f"concern:{self.pk}"


# a triage stands with its concern, also where that is taken out of a case
WITH_ITS_CONCERN = """EXISTS (
        SELECT 1 FROM cases_concern c WHERE c.id = NEW.concern_id AND c.case_id = NEW.case_id
    )"""


class Triage(models.Model):
    """The formal record of a triage; its reason is sealed to the case."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    concern = models.OneToOneField(Concern, on_delete=models.PROTECT, related_name="triage")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="triages")
    by = models.ForeignKey(Person, on_delete=models.PROTECT)
    at = models.DateTimeField()
    category = models.ForeignKey(Category, on_delete=models.PROTECT)
    urgency = models.PositiveSmallIntegerField(choices=Level)
    severity = models.PositiveSmallIntegerField(choices=Level)
    in_danger = models.BooleanField()
    # how it was to be worked; of before there was a choice it says no more than the next
    track = models.CharField(max_length=14, choices=Track, blank=True, default="")
    power = models.CharField(max_length=10, choices=Power, default=Power.NOT_ASKED)
    # follows from the track; nothing: nobody was asked yet
    is_investigated = models.BooleanField(null=True)

    class Meta:
        triggers = [
            signed(otherwise=WITH_ITS_CONCERN),
            WITH_ITS_CASE,
        ]

    class Privacy:
        personal = {"by"}
        plain = {
            "id", "concern", "case", "at", "category", "urgency", "severity", "in_danger",
            "track", "power", "is_investigated",
        }  # fmt: skip

    def __str__(self) -> str:
        return f"{self.concern_id}"
