"""Answers the engine for the clocks of concerns, cases, their tasks and what was asked of them."""

from cases.duties.concerns import ConcernDuty, held, parted
from cases.duties.lines import teams_of
from cases.duties.nearest import retime, retime_case, sooner
from cases.duties.others import CaseDuty, OriginalDuty, RequestDuty, address_of
from cases.duties.owners import in_charge, note_doer, note_owner, why_triage_runs_on
from cases.duties.places import has_place
from cases.duties.tasks import TaskDuty, give_task, open_task, retime_of

__all__ = [
    "CaseDuty",
    "ConcernDuty",
    "OriginalDuty",
    "RequestDuty",
    "TaskDuty",
    "address_of",
    "give_task",
    "has_place",
    "held",
    "in_charge",
    "note_doer",
    "note_owner",
    "open_task",
    "parted",
    "retime",
    "retime_case",
    "retime_of",
    "sooner",
    "teams_of",
    "why_triage_runs_on",
]
