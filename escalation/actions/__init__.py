"""Calendars and paths; clocks that are started, met and cancelled; the sweep of those due."""

from escalation.actions.calendars import (
    NOTICE,
    Hours,
    change_calendar,
    forget_day,
    load_holidays,
    make_calendar,
    recount,
    set_day,
    work_by,
)
from escalation.actions.clocks import cancel, clocks_for, forget, meet, start
from escalation.actions.paths import publish_path
from escalation.actions.sweeping import Swept, sweep

__all__ = [
    "NOTICE",
    "Hours",
    "Swept",
    "cancel",
    "change_calendar",
    "clocks_for",
    "forget",
    "forget_day",
    "load_holidays",
    "make_calendar",
    "meet",
    "publish_path",
    "recount",
    "set_day",
    "start",
    "sweep",
    "work_by",
]
