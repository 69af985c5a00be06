"""Answers the engine for the clocks of concerns, cases, their tasks and what was asked of them."""

from cases.duties.concerns import ConcernDuty, retime, retime_case, sooner
from cases.duties.others import CaseDuty, OriginalDuty, RequestDuty
from cases.duties.tasks import TaskDuty, open_task, retime_of

__all__ = [
    "CaseDuty",
    "ConcernDuty",
    "OriginalDuty",
    "RequestDuty",
    "TaskDuty",
    "open_task",
    "retime",
    "retime_case",
    "retime_of",
    "sooner",
]
