"""The pages of the desk and the acts on them."""

from cases.desk.views.access import (
    AccessSection,
    AddMember,
    LetAuditorSee,
    NameSubject,
    Recuse,
    TakeOver,
)
from cases.desk.views.case import AddToTimeline, Close, FilesSection, TimelineSection
from cases.desk.views.clients import ClientsSection, KeepFlag, NameClient, TakeClientBack
from cases.desk.views.concern import (
    Answer,
    Assign,
    ConcernPage,
    NameSubjectEarly,
    SeeDanger,
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
from cases.desk.views.phases import GoBack, GoOn
from cases.desk.views.queue import Queue
from cases.desk.views.search import Search
from cases.desk.views.tasks import (
    AddToCase,
    AddToConcern,
    CancelOfCase,
    CancelOfConcern,
    CaseTasks,
    ConcernTasks,
    FinishOfCase,
    FinishOfConcern,
    HandOfCase,
    HandOfConcern,
)
from cases.desk.views.today import Today

__all__ = [
    "AccessSection",
    "AddMember",
    "AddToCase",
    "AddToConcern",
    "AddToTimeline",
    "Answer",
    "AskForOriginal",
    "AskIdentity",
    "Assign",
    "CancelOfCase",
    "CancelOfConcern",
    "CaseTasks",
    "CleanAgain",
    "ClientsSection",
    "Close",
    "ConcernPage",
    "ConcernTasks",
    "Download",
    "FilePage",
    "FilesSection",
    "FinishOfCase",
    "FinishOfConcern",
    "GoBack",
    "GoOn",
    "GrantIdentity",
    "HandOfCase",
    "HandOfConcern",
    "Identities",
    "IdentityPage",
    "IdentityToDecide",
    "KeepFlag",
    "LetAuditorSee",
    "NameClient",
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
    "SeeDanger",
    "StepOff",
    "TakeClientBack",
    "TakeOver",
    "TimelineSection",
    "Today",
    "Triage",
    "WithdrawIdentity",
]
