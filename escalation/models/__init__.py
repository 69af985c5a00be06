"""Calendars, paths, clocks and the steps they took."""

from escalation.models.calendars import Calendar, CalendarDay, CalendarOfUnit
from escalation.models.clocks import Clock, ClockQuerySet, Heartbeat, Outcome, StepTaken
from escalation.models.paths import UNNAMED, Does, Given, Path, PathStep, PathVersion, TimedPromise
from escalation.models.standards import Standard

__all__ = [
    "UNNAMED",
    "Calendar",
    "CalendarDay",
    "CalendarOfUnit",
    "Clock",
    "ClockQuerySet",
    "Does",
    "Given",
    "Heartbeat",
    "Outcome",
    "Path",
    "PathStep",
    "PathVersion",
    "Standard",
    "StepTaken",
    "TimedPromise",
]
