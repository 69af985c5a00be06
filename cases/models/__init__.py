"""Concerns, the cases they become, and all that is written on them."""

from cases.models.bundles import Bundle
from cases.models.cases import (
    Case,
    CaseQuerySet,
    CaseUserObjectPermission,
    InOrder,
    Member,
    Place,
    place_of,
)
from cases.models.categories import Category
from cases.models.clients import ClientLink, RedFlag
from cases.models.compartments import Compartment
from cases.models.concerns import Concern, ConcernQuerySet, Triage
from cases.models.entrances import Entrance
from cases.models.evidence import Bears, Custody, Exhibit
from cases.models.files import Attachment
from cases.models.hearing import Interview, Minutes, Reply, Statement
from cases.models.links import Link, LinkQuerySet
from cases.models.merges import Merge
from cases.models.notes import EntryDraft, Note
from cases.models.outcomes import Outcome
from cases.models.phases import PhaseChange
from cases.models.plans import Plan, Question
from cases.models.protection import CheckIn, Remedy, RetaliationRisk
from cases.models.redactions import Redaction
from cases.models.requests import IdentityRequest, OriginalRequest
from cases.models.risks import Assessment, Authorisation, Mark, Safeguard
from cases.models.talk import Message
from cases.models.tasks import Task
from cases.models.telling import Telling
from cases.models.tracks import Agreement, Meeting, TrackChange
from cases.models.views import UNREAD, Age, ClockState, SavedView, Show, Standing, Whose
from cases.models.visits import Visit
from cases.models.walls import Wall
from cases.models.work import Allegation, Closing, Found, Party, Reopening

__all__ = [
    "UNREAD",
    "Age",
    "Agreement",
    "Allegation",
    "Assessment",
    "Attachment",
    "Authorisation",
    "Bears",
    "Bundle",
    "Case",
    "CaseQuerySet",
    "CaseUserObjectPermission",
    "Category",
    "CheckIn",
    "ClientLink",
    "ClockState",
    "Closing",
    "Compartment",
    "Concern",
    "ConcernQuerySet",
    "Custody",
    "Entrance",
    "EntryDraft",
    "Exhibit",
    "Found",
    "IdentityRequest",
    "InOrder",
    "Interview",
    "Link",
    "LinkQuerySet",
    "Mark",
    "Meeting",
    "Member",
    "Merge",
    "Message",
    "Minutes",
    "Note",
    "OriginalRequest",
    "Outcome",
    "Party",
    "PhaseChange",
    "Place",
    "Plan",
    "Question",
    "RedFlag",
    "Redaction",
    "Remedy",
    "Reopening",
    "Reply",
    "RetaliationRisk",
    "Safeguard",
    "SavedView",
    "Show",
    "Standing",
    "Statement",
    "Task",
    "Telling",
    "TrackChange",
    "Triage",
    "Visit",
    "Wall",
    "Whose",
    "place_of",
]
