"""The arithmetic of time: calendars, limits, pauses, ladders. Pure: what holds is an argument."""

from escalation.rules.calendars import NoWorkingTimeError, Span, WorkingTime
from escalation.rules.limits import Limit
from escalation.rules.schedules import Anchor, Rung, Schedule, schedule

__all__ = [
    "Anchor",
    "Limit",
    "NoWorkingTimeError",
    "Rung",
    "Schedule",
    "Span",
    "WorkingTime",
    "schedule",
]
