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
from people.models import Person
from people.rules import Role

# what changes and moves no clock
NAME = "name"


def changed(
    calendar: Calendar, *, what: str, by: Person | None, now: datetime, day: date | None = None
) -> Forecast:
    """Give a calendar its next number, and write down what changed; return what that will move.

    The next sweep counts its clocks again. The heads of the office are told, but of what they did
    themselves, and of what comes from outside only where it moves something.
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
    change = CalendarChange.objects.create(
        calendar=calendar,
        n=calendar.n,
        at=now,
        by=by,
        what=what,
        day=day,
        running=told(found.running),
        moved=told(found.moved),
        groups=[one.plain for one in found.groups],
    )
    if found.moved or (by is not None and what != NAME):
        _tell(change, found, now=now)
    return found


def foreseen(change: Callable[[], Forecast]) -> Forecast:
    """Return what a change would move, and change nothing."""
    with transaction.atomic():
        found = change()
        transaction.set_rollback(True)
    return found


def _tell(change: CalendarChange, found: Forecast, *, now: datetime) -> None:
    heads = Person.objects.holding(Role.HEAD)
    if change.by is not None:
        heads = heads.exclude(pk=change.by.pk)
    ledger.post(notices.calendar_changed(change, heads, moves=bool(found.moved), now=now))
