"""Changes of calendars: each has a number and stands on record, and heads hear what it moves."""

from collections.abc import Callable
from datetime import date, datetime

from django.db import transaction

from escalation import notices
from escalation.actions.recounting import Forecast, forecast
from escalation.models import Calendar, CalendarChange
from escalation.rules.trials import told
from ledger import actions as ledger
from ledger.actions import Act
from ledger.rules import SYSTEM, Fact
from ledger.verbs import Verb
from people import access
from people.models import Person
from people.models.persons import PersonQuerySet
from people.rules import Role

# what changes and moves no clock
NAME = "name"


def changed(
    calendar: Calendar, *, what: str, by: Person | None, now: datetime, day: date | None = None
) -> Forecast:
    """Give a calendar its next number, and write down what changed; return what that will move.

    The next sweep counts its clocks again; for a name it counts none. The heads of the office
    are told, but of what they did themselves, and of what comes from outside only where it moves so
    many that the letter tells of no single one.
    """
    calendar.n += 1
    calendar.save(update_fields=["n", "zone_was"])
    facts: dict[str, Fact] = {"version": calendar.n, "what": what}
    if day is not None:
        facts["day"] = day.isoformat()
    actor = by.actor if by else SYSTEM
    subject = f"calendar:{calendar.code}"
    ledger.record_all([Act(Verb.CALENDAR_CHANGED, actor, now, subject, facts=facts)])
    found = Forecast() if what == NAME else forecast(calendar, now=now)
    moved = told(found.moved)
    change = CalendarChange.objects.create(
        calendar=calendar,
        n=calendar.n,
        at=now,
        by=by,
        what=what,
        day=day,
        running=told(found.running),
        moved=moved,
        # that a group too small to be told is there at all would tell of it
        groups=[one.plain for one in found.groups if one.count],
    )
    if moved or (by is not None and what != NAME):
        ledger.post(notices.calendar_changed(change, heads_beside(by), now=now))
    return found


@transaction.atomic
def foreseen(
    calendar: Calendar, change: Callable[[], Forecast | None], *, by: Person, now: datetime
) -> Forecast | None:
    """Return what a change of a calendar by somebody would move, and change nothing.

    That they looked is recorded, with what they looked at: whoever looks often enough, with
    concerns of their own making, could learn of others.
    """
    access.require(by, Role.ADMINISTRATOR)
    with transaction.atomic():
        found = change()
        tried = calendar.changes.filter(by=by, at=now).order_by("n").last()
        transaction.set_rollback(True)
    ledger.record(
        Verb.CALENDAR_TRIED,
        by=by.actor,
        at=now,
        subject=f"calendar:{calendar.code}",
        what=tried.what if tried else None,
        day=tried.day.isoformat() if tried and tried.day else None,
    )
    return found


def heads_beside(by: Person | None) -> PersonQuerySet:
    """Return the heads of the office, but for whoever did it."""
    heads = Person.objects.holding(Role.HEAD)
    return heads.exclude(pk=by.pk) if by is not None else heads
