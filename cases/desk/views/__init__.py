"""The pages of the desk and the acts on them."""

from cases.desk.views.access import (
    AccessSection,
    AddMember,
    LetAuditorSee,
    NameSubject,
    Recuse,
    TakeOver,
)
from cases.desk.views.allegations import AddAllegation, AddParty, AllegationPage, AllegationsSection
from cases.desk.views.arrived import Arrived
from cases.desk.views.bundles import BundleCopy, BundleSection, MakeBundle
from cases.desk.views.case import AddToTimeline, TimelineSection
from cases.desk.views.clients import ClientsSection, KeepFlag, NameClient, TakeClientBack
from cases.desk.views.closing import ApproveClosing, Close, Reopen, SendBack, TakeBack
from cases.desk.views.concern import (
    Answer,
    Assign,
    ConcernPage,
    MarkSigns,
    NameSubjectEarly,
    SeeDanger,
    StepOff,
)
from cases.desk.views.early import ChangeTrack, EarlySection, HoldMeeting, SignAgreement
from cases.desk.views.evidence import AddExhibit, ChangeCustody, EvidenceSection, ExhibitPage, Weigh
from cases.desk.views.files import (
    OF_CASE,
    AddFile,
    AskForOriginal,
    CleanAgain,
    Download,
    FilePage,
    FilesSection,
    Original,
    ReleaseOriginal,
)
from cases.desk.views.hearing import (
    AskResponse,
    RecordResponse,
    ResponsePage,
    WaiveResponse,
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
from cases.desk.views.interviews import (
    AmendMinutes,
    CallOff,
    HoldInterview,
    InterviewPage,
    InterviewsSection,
    PlanInterview,
    ReplyToMinutes,
)
from cases.desk.views.joining import Join
from cases.desk.views.merging import Merge, Split
from cases.desk.views.notes import Amend, DropDraft, KeepDraft, NotePage
from cases.desk.views.outcome import OutcomePage
from cases.desk.views.pausing import PauseOfCase, PauseOfConcern, ResumeOfCase, ResumeOfConcern
from cases.desk.views.phases import GoBack, GoOn
from cases.desk.views.plan import AddPlanStep, DecideTerms, PlanSection, SignPlan, SignTerms
from cases.desk.views.queue import Cases, Queue
from cases.desk.views.redacted import (
    DownloadRedacted,
    HandOut,
    RedactedPage,
    ReviewRedacted,
)
from cases.desk.views.redacting import MakeRedacted, RedactPage
from cases.desk.views.related import RelatedPage, SayRelated, TakeLinkBack
from cases.desk.views.safeguards import (
    AnswerAuthorisation,
    AskAuthorisation,
    EndSafeguard,
    KeepSafeguard,
    PlaceSafeguard,
    SafeguardsSection,
)
from cases.desk.views.saved import DropView, KeepView
from cases.desk.views.search import Search
from cases.desk.views.slips import StrikePage
from cases.desk.views.taking import TakeDown
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
from cases.desk.views.telling import (
    ConcernTelling,
    DecideOnCase,
    DecideOnConcern,
    LeaveUntold,
    RecordTold,
    TellingSection,
    TellOfCase,
    TellOfConcern,
)
from cases.desk.views.today import Today
from cases.desk.views.triage import Triage

__all__ = [
    "OF_CASE",
    "AccessSection",
    "AddAllegation",
    "AddExhibit",
    "AddFile",
    "AddMember",
    "AddParty",
    "AddPlanStep",
    "AddToCase",
    "AddToConcern",
    "AddToTimeline",
    "AllegationPage",
    "AllegationsSection",
    "Amend",
    "AmendMinutes",
    "Answer",
    "AnswerAuthorisation",
    "ApproveClosing",
    "Arrived",
    "AskAuthorisation",
    "AskForOriginal",
    "AskIdentity",
    "AskResponse",
    "Assign",
    "BundleCopy",
    "BundleSection",
    "CallOff",
    "CancelOfCase",
    "CancelOfConcern",
    "CaseTasks",
    "Cases",
    "ChangeCustody",
    "ChangeTrack",
    "CleanAgain",
    "ClientsSection",
    "Close",
    "ConcernPage",
    "ConcernTasks",
    "ConcernTelling",
    "DecideOnCase",
    "DecideOnConcern",
    "DecideTerms",
    "Download",
    "DownloadRedacted",
    "DropDraft",
    "DropView",
    "EarlySection",
    "EndSafeguard",
    "EvidenceSection",
    "ExhibitPage",
    "FilePage",
    "FilesSection",
    "FinishOfCase",
    "FinishOfConcern",
    "GoBack",
    "GoOn",
    "GrantIdentity",
    "HandOfCase",
    "HandOfConcern",
    "HandOut",
    "HoldInterview",
    "HoldMeeting",
    "Identities",
    "IdentityPage",
    "IdentityToDecide",
    "InterviewPage",
    "InterviewsSection",
    "Join",
    "KeepDraft",
    "KeepFlag",
    "KeepSafeguard",
    "KeepView",
    "LeaveUntold",
    "LetAuditorSee",
    "MakeBundle",
    "MakeRedacted",
    "MarkSigns",
    "Merge",
    "NameClient",
    "NameSubject",
    "NameSubjectEarly",
    "NotePage",
    "OpenIdentity",
    "Original",
    "OutcomePage",
    "PauseOfCase",
    "PauseOfConcern",
    "PlaceSafeguard",
    "PlanInterview",
    "PlanSection",
    "Queue",
    "RecordResponse",
    "RecordTold",
    "Recuse",
    "RedactPage",
    "RedactedPage",
    "RefuseIdentity",
    "RelatedPage",
    "ReleaseOriginal",
    "Reopen",
    "ReplyToMinutes",
    "ResponsePage",
    "ResumeOfCase",
    "ResumeOfConcern",
    "ReviewRedacted",
    "SafeguardsSection",
    "SayRelated",
    "Search",
    "SeeDanger",
    "SendBack",
    "SignAgreement",
    "SignPlan",
    "SignTerms",
    "Split",
    "StepOff",
    "StrikePage",
    "TakeBack",
    "TakeClientBack",
    "TakeDown",
    "TakeLinkBack",
    "TakeOver",
    "TellOfCase",
    "TellOfConcern",
    "TellingSection",
    "TimelineSection",
    "Today",
    "Triage",
    "WaiveResponse",
    "Weigh",
    "WithdrawIdentity",
]
