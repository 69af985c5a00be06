"""Calendars: which hours of which days count as worked, and where."""

from zoneinfo import ZoneInfo

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.functional import cached_property

from common import days
from escalation.rules import WorkingTime
from escalation.rules.calendars import WEEKDAYS, spans
from people.models import Unit


class CalendarQuerySet(models.QuerySet["Calendar"]):
    """Reads of calendars."""

    def of(self, unit: Unit | None) -> "Calendar":
        """Return the calendar of a unit; the office's own where it has none."""
        own = self.filter(units__unit=unit).first() if unit else None
        return own or self.get(is_office=True)


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
        }  # fmt: skip

    def __str__(self) -> str:
        return self.name

    @property
    def zone_info(self) -> ZoneInfo:
        """Return its zone, the office's where it has none of its own."""
        return ZoneInfo(self.zone) if self.zone else days.zone()

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
