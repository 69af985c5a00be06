"""Answers the engine for the clocks of concerns, cases, their tasks and what was asked of them."""

from cases.duties.concerns import ConcernDuty, held, parted
from cases.duties.nearest import retime, retime_case, sooner
from cases.duties.others import CaseDuty, OriginalDuty, RequestDuty
from cases.duties.tasks import TaskDuty, open_task, retime_of

__all__ = [
    "CaseDuty",
    "ConcernDuty",
    "OriginalDuty",
    "RequestDuty",
    "TaskDuty",
    "held",
    "open_task",
    "parted",
    "retime",
    "retime_case",
    "retime_of",
    "sooner",
]
