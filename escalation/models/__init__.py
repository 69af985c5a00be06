"""Calendars, paths, clocks and the steps they took."""

from escalation.models.calendars import Calendar, CalendarDay, CalendarOfUnit
from escalation.models.clocks import Clock, ClockQuerySet, Heartbeat, StepTaken
from escalation.models.paths import Does, Path, PathStep, PathVersion, TimedPromise

__all__ = [
    "Calendar",
    "CalendarDay",
    "CalendarOfUnit",
    "Clock",
    "ClockQuerySet",
    "Does",
    "Heartbeat",
    "Path",
    "PathStep",
    "PathVersion",
    "StepTaken",
    "TimedPromise",
]
