"""The front page, and the state of the house for those who look after it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views import View

from common import clock
from common.days import day_of
from common.templatetags.parts import span
from escalation.models import (
    TROUBLED_FOR,
    Clock,
    Heartbeat,
    PathVersion,
    Problem,
)
from ledger import reports
from ledger.models import Outbox, OutboxQuerySet, Pending
from ledger.notices import UNLISTED
from people import access
from people.models import Attendance, Person
from people.rules import Role
from policies.models import HANDLING, PolicyVersion, Promise

# what waits for longer is behind
LATE = timedelta(minutes=10)
MINUTE = timedelta(minutes=1)
NEEDED = {
    Role.OFFICER: "Nobody reads and triages what is filed. Make somebody an ethics officer.",
    Role.HEAD: "Steps that tell the head of the office reach nobody. Make somebody the head.",
    Role.INDEPENDENT: "Nobody takes over what the office does not do. Name an independent person.",
    Role.CUSTODIAN: "Nobody can report confidentially. Name an identity custodian.",
}


def home(request: HttpRequest) -> HttpResponse:
    """Say who this is for, and where each goes."""
    return render(request, "home.html")


@dataclass(frozen=True)
class Check:
    """One thing that was looked at; where it is not well, `remedy` says what to do."""

    name: str
    fact: str
    state: str = "good"
    remedy: str = ""

    @property
    def word(self) -> str:
        """Return the state in a word."""
        return {"good": "Well", "warn": "Look at it", "stop": "Broken"}[self.state]


class Health(LoginRequiredMixin, View):
    """How the house is, as the database tells it. Nothing of any concern or case stands here."""

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        """Refuse whoever does not look after the house."""
        if request.user.is_authenticated:
            access.require(request.user, Role.ADMINISTRATOR)
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show what was looked at."""
        now = clock.now()
        people = list(Person.objects.trusted())
        checks = [
            _sweep(now),
            _clocks(now),
            _troubled(now),
            *_outbox(now),
            _ledger(now),
            _duty(people, now),
            _addresses(people),
            *_needed(people),
        ]
        paths = PathVersion.objects.newest().order_by("path__name")
        context: dict[str, Any] = {
            "now": now,
            "checks": checks,
            "unwell": [check for check in checks if check.state != "good"],
            "roles": _by_role(people),
            "paths": paths,
            "promises": _promises(now),
            "standing": reports.standing(),
        }
        return render(request, "setup/health.html", context)


def _sweep(now: datetime) -> Check:
    last = Heartbeat.objects.filter(name="sweep").first()
    name = "Sweep of the clocks"
    remedy = "No clock moves. Start beat and a worker again; meanwhile the watchdog has to run."
    if last is None:
        return Check(name, "It has never run.", "stop", remedy)
    age = now - last.at
    fact = f"Last ran {age.seconds} s ago." if age < MINUTE else f"Last ran {span(age)} ago."
    if age > settings.HEARTBEAT_MAX_AGE:
        return Check(name, fact, "stop", remedy)
    return Check(name, fact)


def _clocks(now: datetime) -> Check:
    behind = Clock.objects.due(now - settings.HEARTBEAT_MAX_AGE)
    name = "Clocks behind"
    if not behind.exists():
        return Check(name, "Every step that was due has been taken.")
    seconds = settings.HEARTBEAT_MAX_AGE.seconds
    fact = f"Some clocks had a step due more than {seconds} s ago."
    return Check(name, fact, "stop", "Run “./desk manage sweep” and read what it says.")


def _troubled(now: datetime) -> Check:
    """Count the clocks that found nobody or were set aside; walls hold here as everywhere."""
    name = "Time limits without anybody"
    found = Counter(Clock.objects.troubled(now - TROUBLED_FOR).values_list("problem", flat=True))
    if not found:
        return Check(name, "Every step found somebody, and none failed.")
    fact = " ".join(f"{Problem(one).label}: {n}." for one, n in sorted(found.items()))
    remedy = (
        "Give the parts to people who are here, or ask the head of the office to take over. What "
        "failed is tried again by itself; the log of the sweep says why."
    )
    return Check(name, fact, "stop", remedy)


def _outbox(now: datetime) -> list[Check]:
    """Look at the outbox without a number: who keeps the house may be whom a notice is about."""
    tried = Outbox.objects.filter(sent_at=None, dead_at=None, tries__gt=0)
    given_up = Outbox.objects.filter(dead_at__isnull=False).exclude(problem__in=UNLISTED)
    is_late = Outbox.objects.due(now - LATE).exists()
    return [_waiting(_reasons(tried), is_late=is_late), _given_up(_reasons(given_up))]


def _waiting(reasons: str, *, is_late: bool) -> Check:
    name = "Notices waiting"
    if is_late:
        remedy = "No worker sends. Start one."
        return Check(name, "Some notices should have gone by now.", "stop", remedy)
    if reasons:
        return Check(name, "They go as they come.", "warn", f"Failed: {reasons}. Tried again.")
    return Check(name, "They go as they come.")


def _given_up(reasons: str) -> Check:
    name = "Notices given up"
    if not reasons:
        return Check(name, "None.")
    return Check(name, f"Given up: {reasons}.", "warn", "Look at Letters and the mail server.")


def _addresses(people: Sequence[Person]) -> Check:
    """Return whether everybody whom a notice could reach has an address."""
    without = sum(not person.email for person in people)
    if not without:
        return Check("Addresses", "Everybody who could be told has one.")
    remedy = "They are told nothing by mail. Enter their addresses."
    return Check("Addresses", f"{_many(without, 'person', 'people')} without one.", "warn", remedy)


def _reasons(rows: OutboxQuerySet) -> str:
    """Return why these were not sent."""
    found = set(rows.values_list("problem", flat=True))
    return ", ".join(sorted(problem or "unknown" for problem in found))


def _ledger(now: datetime) -> Check:
    late = Pending.objects.filter(not_before=None, entry__at__lt=now - LATE)
    fact = "Entries are sealed as they come."
    if not late.exists():
        return Check("Ledger", fact)
    fact = "Entries of more than 10 minutes ago wait to be sealed."
    return Check("Ledger", fact, "stop", "No worker seals. Start one, then run verify_ledger.")


def _duty(people: Sequence[Person], now: datetime) -> Check:
    on_duty = [person for person in people if person.is_on_duty]
    here = sum(map(Attendance.on(day_of(now)).is_here, on_duty))
    if here:
        return Check("On duty", f"{_many(here, 'officer')} can open what is filed now.")
    if on_duty:
        remedy = "New concerns wait for whoever stands in. Ask who can be on duty meanwhile."
        return Check("On duty", "Every officer on duty is away.", "stop", remedy)
    remedy = "New concerns go to the independent person alone. Put an officer on duty."
    return Check("On duty", "No officer is on duty.", "stop", remedy)


def _needed(people: Sequence[Person]) -> list[Check]:
    """Return a check for each role that is needed and that nobody has."""
    held = {role for person in people for role in person.roles}
    return [
        Check(role.label, "Nobody has this role.", "stop", remedy)
        for role, remedy in NEEDED.items()
        if role not in held
    ]


def _by_role(people: Sequence[Person]) -> list[tuple[str, int]]:
    held = Counter(role for person in people for role in person.roles)
    return [(role.label, held[role]) for role in Role]


def _promises(now: datetime) -> Sequence[Promise]:
    """Return what the policy on speaking up promises today, the shortest first."""
    version = PolicyVersion.objects.in_force(day_of(now)).filter(policy__code=HANDLING).first()
    promises = list(version.promises.select_related("path")) if version else []
    return sorted(promises, key=lambda one: (one.months, one.days, one.working_days))


def _many(n: int, one: str, more: str = "") -> str:
    return f"{n} {one if n == 1 else more or one + 's'}"
