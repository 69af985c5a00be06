"""The pages of the desk and the acts on them."""

from cases.desk.views.case import (
    AccessSection,
    AddMember,
    AddToTimeline,
    Close,
    FilesSection,
    LetAuditorSee,
    NameSubject,
    Recuse,
    TimelineSection,
)
from cases.desk.views.concern import (
    Answer,
    Assign,
    ConcernPage,
    NameSubjectEarly,
    StepOff,
    Triage,
)
from cases.desk.views.files import (
    AskForOriginal,
    CleanAgain,
    Download,
    FilePage,
    Original,
    ReleaseOriginal,
)
from cases.desk.views.identities import (
    AskIdentity,
    GrantIdentity,
    Identities,
    IdentityPage,
    IdentityToDecide,
    OpenIdentity,
    RefuseIdentity,
    WithdrawIdentity,
)
from cases.desk.views.pausing import (
    PauseOfCase,
    PauseOfConcern,
    ResumeOfCase,
    ResumeOfConcern,
)
from cases.desk.views.queue import Queue
from cases.desk.views.search import Search

__all__ = [
    "AccessSection",
    "AddMember",
    "AddToTimeline",
    "Answer",
    "AskForOriginal",
    "AskIdentity",
    "Assign",
    "CleanAgain",
    "Close",
    "ConcernPage",
    "Download",
    "FilePage",
    "FilesSection",
    "GrantIdentity",
    "Identities",
    "IdentityPage",
    "IdentityToDecide",
    "LetAuditorSee",
    "NameSubject",
    "NameSubjectEarly",
    "OpenIdentity",
    "Original",
    "PauseOfCase",
    "PauseOfConcern",
    "Queue",
    "Recuse",
    "RefuseIdentity",
    "ReleaseOriginal",
    "ResumeOfCase",
    "ResumeOfConcern",
    "Search",
    "StepOff",
    "TimelineSection",
    "Triage",
    "WithdrawIdentity",
]
