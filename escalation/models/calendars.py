"""Calendars: which hours of which days count as worked, where, and what became of changes."""

import hashlib
from zoneinfo import ZoneInfo

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.functional import cached_property

from common import days
from escalation.rules import WorkingTime
from escalation.rules.calendars import WEEKDAYS, spans
from escalation.rules.changes import Group, said
from people.models import Person, Unit


class CalendarQuerySet(models.QuerySet["Calendar"]):
    """Reads of calendars."""

    def of(self, unit: Unit | None) -> "Calendar":
        """Return the calendar of a unit; the office's own where it has none."""
        own = self.filter(units__unit=unit).first() if unit else None
        return own or self.get(is_office=True)

    def in_use(self) -> "CalendarQuerySet":
        """Return the calendars that units may work by."""
        return self.filter(retired_at=None)


class Calendar(models.Model):
    """The zone, the hours of a week and the holidays by which some units work.

    `n` counts its changes: a clock that was set by an older one is set again.
    """

    code = models.SlugField(unique=True)
    name = models.CharField(max_length=120)
    # none: the office's
    zone = models.CharField(max_length=60, blank=True)
    # ISO 3166-1 and the second half of ISO 3166-2; whose public holidays are closed
    country = models.CharField(max_length=2, blank=True)
    region = models.CharField(max_length=32, blank=True)
    # of each weekday from Monday: its hours as "09:00-12:30 13:30-17:00", or nothing
    week = ArrayField(models.CharField(max_length=60, blank=True), size=len(WEEKDAYS))
    is_office = models.BooleanField(default=False)
    n = models.PositiveIntegerField(default=1)
    # what its zone was by year when its clocks were counted, so that other rules are noticed
    zone_was = models.JSONField(default=dict)
    # since when no unit may be given it; what runs by it runs on
    retired_at = models.DateTimeField(null=True)

    objects = CalendarQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["is_office"], condition=Q(is_office=True), name="escalation_calendar_office"
            ),
        ]

    class Privacy:
        plain = {
            "id", "code", "name", "zone", "country", "region", "week", "is_office", "n", "zone_was",
            "retired_at",
        }  # fmt: skip

    def __str__(self) -> str:
        return self.name

    @property
    def zone_info(self) -> ZoneInfo:
        """Return its zone, the office's where it has none of its own."""
        return ZoneInfo(self.zone) if self.zone else days.zone()

    @property
    def mark(self) -> str:
        """Return a mark of what it says, by which somebody says what they saw."""
        told = repr([self.name, self.zone, self.country, self.region, self.week])
        return hashlib.sha256(told.encode()).hexdigest()[:16]

    @cached_property
    def hours(self) -> WorkingTime:
        """Return which moments are worked by this calendar."""
        single = list(self.days.all())
        return WorkingTime(
            self.zone_info,
            tuple(spans(hours) for hours in self.week),
            frozenset(one.day for one in single if not one.hours),
            tuple(sorted((one.day, spans(one.hours)) for one in single if one.hours)),
        )


class CalendarDay(models.Model):
    """A day that differs from its week: a public holiday, or what the office decided for it."""

    class Source(models.TextChoices):
        LAW = "law", "Public holiday"
        OFFICE = "office", "The office's own"

    calendar = models.ForeignKey(Calendar, on_delete=models.CASCADE, related_name="days")
    day = models.DateField()
    name = models.CharField(max_length=120)
    # as a day of the week has them; nothing where it is closed
    hours = models.CharField(max_length=60, blank=True)
    source = models.CharField(max_length=8, choices=Source)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["calendar", "day"], name="escalation_calendarday_once")
        ]

    class Privacy:
        plain = {"id", "calendar", "day", "name", "hours", "source"}

    def __str__(self) -> str:
        return f"{self.day} {self.name}"


class CalendarOfUnit(models.Model):
    """By whose calendar a unit works, where it is not the office's."""

    unit = models.OneToOneField(Unit, on_delete=models.CASCADE, related_name="+")
    calendar = models.ForeignKey(Calendar, on_delete=models.PROTECT, related_name="units")

    class Privacy:
        plain = {"id", "unit", "calendar"}

    def __str__(self) -> str:
        return f"{self.unit}: {self.calendar}"


class CalendarChange(models.Model):
    """That a calendar was changed, by whom, and what it moved as far as they may know of it."""

    calendar = models.ForeignKey(Calendar, on_delete=models.CASCADE, related_name="changes")
    # the calendar's number since
    n = models.PositiveIntegerField()
    at = models.DateTimeField()
    # nobody where it came from outside: public holidays, the rules of a zone
    by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    what = models.CharField(max_length=60)
    day = models.DateField(null=True)
    # of clocks in fives, and nothing of fewer than five: see escalation.rules.changes
    running = models.PositiveIntegerField(null=True)
    moved = models.PositiveIntegerField(null=True)
    groups = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["calendar", "n"], name="escalation_calendarchange_numbered"
            )
        ]

    class Privacy:
        personal = {"by"}
        plain = {"id", "calendar", "n", "at", "what", "day", "running", "moved", "groups"}

    def __str__(self) -> str:
        return f"{self.calendar_id} {self.n}"

    @property
    def says(self) -> str:
        """Return what changed in words."""
        return said(self.what, self.day)

    @property
    def told(self) -> list[Group]:
        """Return what it moved, by kind and unit."""
        return [Group(**one) for one in self.groups]
