"""The pages of the desk and the acts on them."""

from cases.desk.views.case import (
    AccessSection,
    AddMember,
    AddToTimeline,
    Close,
    FilesSection,
    LetAuditorSee,
    NameSubject,
    TimelineSection,
)
from cases.desk.views.concern import Answer, Assign, ConcernPage, Download, Triage
from cases.desk.views.queue import Queue
from cases.desk.views.search import Search

__all__ = [
    "AccessSection",
    "AddMember",
    "AddToTimeline",
    "Answer",
    "Assign",
    "Close",
    "ConcernPage",
    "Download",
    "FilesSection",
    "LetAuditorSee",
    "NameSubject",
    "Queue",
    "Search",
    "TimelineSection",
    "Triage",
]
