"""Calendars and paths; clocks started, met, paused and cancelled; the sweep of those due."""

from escalation.actions.calendars import (
    Hours,
    change_calendar,
    forget_day,
    make_calendar,
    retire_calendar,
    set_day,
    work_by,
)
from escalation.actions.changes import foreseen
from escalation.actions.clocks import cancel, clocks_for, forget, give, hang, meet, meet_all, start
from escalation.actions.holidays import load_holidays
from escalation.actions.missing import start_missing
from escalation.actions.moving import ask_to_move, change_paths, move_clocks
from escalation.actions.paths import (
    add_step,
    change_step,
    discard_version,
    flaws_of,
    make_path,
    move_step,
    propose_version,
    publish_path,
    publish_version,
    remove_step,
    require_order,
    retire_path,
    send_back_version,
    start_draft,
)
from escalation.actions.pauses import pause_clock, resume_clock
from escalation.actions.recounting import NOTICE, Forecast, recount
from escalation.actions.reminders import prefer_reminders
from escalation.actions.standards import (
    confirm_standard,
    drop_standard,
    require_day,
    set_standard,
)
from escalation.actions.sweeping import Swept, sweep

__all__ = [
    "NOTICE",
    "Forecast",
    "Hours",
    "Swept",
    "add_step",
    "ask_to_move",
    "cancel",
    "change_calendar",
    "change_paths",
    "change_step",
    "clocks_for",
    "confirm_standard",
    "discard_version",
    "drop_standard",
    "flaws_of",
    "foreseen",
    "forget",
    "forget_day",
    "give",
    "hang",
    "load_holidays",
    "make_calendar",
    "make_path",
    "meet",
    "meet_all",
    "move_clocks",
    "move_step",
    "pause_clock",
    "prefer_reminders",
    "propose_version",
    "publish_path",
    "publish_version",
    "recount",
    "remove_step",
    "require_day",
    "require_order",
    "resume_clock",
    "retire_calendar",
    "retire_path",
    "send_back_version",
    "set_day",
    "set_standard",
    "start",
    "start_draft",
    "start_missing",
    "sweep",
    "work_by",
]
