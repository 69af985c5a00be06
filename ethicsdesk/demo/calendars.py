"""Northmoor works in four zones, and something at it has to wait: calendars and a paused clock."""

from datetime import datetime, timedelta

from django.db.models import Q

from cases import actions as cases
from cases.lifecycle import Level
from cases.models import Concern
from common import days
from escalation import actions as escalation
from escalation.lifecycle import State
from escalation.models import Calendar, Clock
from escalation.rules.pauses import Reason
from ethicsdesk.demo.organisation import Organisation
from people.middleware import act_as
from people.models import Unit

ADMINISTRATOR, OFFICER = "marek.kowalczyk", "ruth.lindqvist"
OFFICE = escalation.Hours(
    "London, and every other unit",
    ["9:00-17:30"] * 4 + ["9:00-17:00", "", ""],
    country="GB",
    region="ENG",
)
# code: what it says, and the unit that works by it
PLACES = {
    "new-york": (
        escalation.Hours(
            "New York",
            ["9:00-12:30 13:30-17:30"] * 5 + ["", ""],
            zone="America/New_York",
            country="US",
            region="NY",
        ),
        "advisory",
    ),
    "kathmandu": (
        escalation.Hours(
            "Kathmandu", ["10:00-17:00"] * 5 + ["", "10:00-17:00"], "Asia/Kathmandu", "NP"
        ),
        "customer-support",
    ),
    "sydney": (
        escalation.Hours("Sydney", ["8:30-16:30"] * 5 + ["", ""], "Australia/Sydney", "AU", "NSW"),
        "logistics",
    ),
}
STAFF_DAY, PAUSED = timedelta(days=24), timedelta(days=9)


def play(made: Organisation, *, now: datetime) -> None:
    """Let units work by calendars of their own, and pause a clock that waits for a reporter."""
    by = made.people[ADMINISTRATOR]
    office = Calendar.objects.of(None)
    escalation.change_calendar(office, hours=OFFICE, by=by, now=now)
    for code, (hours, unit) in PLACES.items():
        calendar = escalation.make_calendar(code=code, hours=hours, by=by, now=now)
        escalation.work_by(Unit.objects.get(code=unit), calendar=calendar, by=by, now=now)
    # so that the page of the calendar says of each change what that moved
    escalation.recount(now=now)
    day = days.day_of(now + STAFF_DAY)
    escalation.set_day(office, day=day, name="Staff day", hours="", by=by, now=now)
    escalation.sweep(now=now)
    _pause(made, now=now)


def _pause(made: Organisation, *, now: datetime) -> None:
    """Pause the triage of a concern whose reporter was asked something."""
    safe = Concern.objects.filter(urgency__lt=Level.DANGER, handed_to=None)
    runs = Q(kind="triage", state=State.RUNNING, due_at__gt=now, subject_id__in=safe.values("pk"))
    clock = Clock.objects.filter(runs).order_by("-due_at").first()
    if clock is None:
        return
    concern = Concern.objects.get(pk=clock.subject_id)
    by = concern.owner or made.people[OFFICER]
    act_as(by)
    if concern.owner is None:
        cases.assign(concern, by=by, to=by, now=now)
    cases.pause_clock(
        concern,
        clock.pk,
        reason=Reason.REPORTER,
        until=days.midnight(days.day_of(now + PAUSED)),
        by=by,
        now=now,
    )
