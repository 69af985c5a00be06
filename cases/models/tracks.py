"""How a case is worked, and what is kept where that is in sessions: coaching and mediation."""

import uuid

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from cases.lifecycle.tracks import Power, Present, Track, WhyTrack
from cases.models.cases import Case
from cases.models.categories import WITH_ITS_CASE, signed
from cases.models.tasks import Task
from people.models import Person

PRESENT_MAX = 12


def present() -> "ArrayField[list[str], list[str]]":
    """Return a column of who was there or agreed, by what they are in the case."""
    return ArrayField(models.CharField(max_length=PRESENT_MAX, choices=Present))


class TrackChange(models.Model):
    """That a case is worked otherwise from then on, and why; never changed.

    How it is worked now stands on the case, what triage chose in its record. The words beside the
    reason are sealed to the case.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="track_changes")
    before = models.CharField(max_length=14, choices=Track)
    track = models.CharField(max_length=14, choices=Track)
    power = models.CharField(max_length=10, choices=Power)
    why = models.CharField(max_length=12, choices=WhyTrack)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(track=Track.MEDIATION) | Q(power=Power.EQUAL),
                name="cases_trackchange_mediates_between_equals",
            ),
        ]
        indexes = [models.Index(fields=["case", "at"], name="cases_trackchange_case")]
        triggers = [
            pgtrigger.Protect(name="signed", operation=pgtrigger.Update),
            WITH_ITS_CASE,
        ]

    class Privacy:
        personal = {"by"}
        plain = {"id", "case", "before", "track", "power", "why", "at"}

    def __str__(self) -> str:
        return f"{self.case_id} {self.track}"


class Meeting(models.Model):
    """A session of coaching or mediation that was held; never changed.

    Who was there stands by what they are in the case. What was said is sealed to the case.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="meetings")
    kind = models.CharField(max_length=14, choices=Track)
    held_on = models.DateField()
    present = present()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=[Track.COACHING, Track.MEDIATION]),
                name="cases_meeting_coaches_or_mediates",
            ),
        ]
        indexes = [models.Index(fields=["case", "held_on"], name="cases_meeting_case")]
        triggers = [
            signed(),
            WITH_ITS_CASE,
        ]

    class Privacy:
        personal = {"by"}
        plain = {"id", "case", "kind", "held_on", "present", "at"}

    def __str__(self) -> str:
        return f"{self.case_id} {self.held_on}"


class Agreement(models.Model):
    """What those concerned agreed to, in the version that was signed; never changed.

    A later version stands in place of the one before. Its words are sealed to the case. Whether it
    is kept, a task asks in time.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="agreements")
    version = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=14, choices=Track)
    agreed = present()
    # who looks whether it is kept, and when; a later version may be looked at with the same task
    follow_up = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="agreements")
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "version"], name="cases_agreement_version"),
            models.CheckConstraint(
                condition=Q(kind__in=[Track.COACHING, Track.MEDIATION]),
                name="cases_agreement_coaches_or_mediates",
            ),
        ]
        triggers = [
            signed(),
            WITH_ITS_CASE,
        ]

    class Privacy:
        personal = {"by"}
        plain = {"id", "case", "version", "kind", "agreed", "follow_up", "at"}

    def __str__(self) -> str:
        return f"{self.case_id} {self.version}"
