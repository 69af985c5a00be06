"""Calendars, paths, clocks, their pauses and the steps they took; how people are reminded."""

from escalation.models.calendars import Calendar, CalendarChange, CalendarDay, CalendarOfUnit
from escalation.models.clocks import (
    AGAIN,
    OF_TIMES,
    TROUBLED_FOR,
    Clock,
    ClockMove,
    ClockQuerySet,
    Heartbeat,
    Instead,
    Outcome,
    Problem,
    StepTaken,
)
from escalation.models.paths import (
    STANDARD,
    MoveReason,
    Path,
    PathMove,
    PathStep,
    PathVersion,
    SentBack,
    TimedPromise,
)
from escalation.models.pauses import Pause, PauseQuerySet
from escalation.models.reminders import ReminderPreference
from escalation.models.standards import InForce, Scope, Standard, StandardChange, set_for
from escalation.rules.ladders import UNNAMED, Does, Given

__all__ = [
    "AGAIN",
    "OF_TIMES",
    "STANDARD",
    "TROUBLED_FOR",
    "UNNAMED",
    "Calendar",
    "CalendarChange",
    "CalendarDay",
    "CalendarOfUnit",
    "Clock",
    "ClockMove",
    "ClockQuerySet",
    "Does",
    "Given",
    "Heartbeat",
    "InForce",
    "Instead",
    "MoveReason",
    "Outcome",
    "Path",
    "PathMove",
    "PathStep",
    "PathVersion",
    "Pause",
    "PauseQuerySet",
    "Problem",
    "ReminderPreference",
    "Scope",
    "SentBack",
    "Standard",
    "StandardChange",
    "StepTaken",
    "TimedPromise",
    "set_for",
]
