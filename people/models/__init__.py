"""People, how close they are to each other, their accounts, and programs."""

from people.models.absences import Absence, Attendance, Cover
from people.models.accounts import AccountChange, Invitation, Session
from people.models.feeds import FeedLink
from people.models.persons import Person, Unit
from people.models.programs import ApiClient, ApiToken, Replay
from people.models.ties import Delegation, Recheck, ReportingLine, Tie

__all__ = [
    "Absence",
    "AccountChange",
    "ApiClient",
    "ApiToken",
    "Attendance",
    "Cover",
    "Delegation",
    "FeedLink",
    "Invitation",
    "Person",
    "Recheck",
    "Replay",
    "ReportingLine",
    "Session",
    "Tie",
    "Unit",
]
