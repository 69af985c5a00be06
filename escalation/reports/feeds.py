"""Everything due as an iCalendar object (RFC 5545), which tells kinds and times, nothing else."""

import hashlib
import hmac
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from icalendar import Calendar, Event

from common import days, keys
from escalation.lifecycle import COUNTING, State
from escalation.models import Clock
from escalation.rules.kinds import label_of

PRODUCT = "-//EthicsDesk//Due//EN"
# how often a calendar that asks may ask again (RFC 7986, 5.7)
REFRESH = timedelta(hours=1)
ABOUT = "Sign in to EthicsDesk to see what it is."


def calendar_of(clocks: Sequence[Clock], *, back: str, now: datetime) -> bytes:
    """Return clocks as one VCALENDAR of events; `back` is the address of the page of what is due.

    An event has no length and takes up no time. What is no longer owed is a cancelled one.
    """
    made = Calendar()
    made.add("prodid", PRODUCT)
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    made.add("x-wr-calname", "EthicsDesk: due")
    made.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    for clock in clocks:
        made.add_component(_event(clock, back=back, now=now))
    return bytes(made.to_ical())


def tag_of(clocks: Sequence[Clock]) -> str:
    """Return the entity tag of what a calendar says of these clocks: weak, since DTSTAMP moves."""
    told = [(str(clock.pk), clock.kind, clock.state, str(clock.due_at)) for clock in clocks]
    return f'W/"{hashlib.sha256(repr(told).encode()).hexdigest()[:32]}"'


def _event(clock: Clock, *, back: str, now: datetime) -> Event:
    event = Event()
    event.add("uid", f"{_opaque(clock.pk)}@ethicsdesk")
    event.add("dtstamp", now)
    event.add("dtstart", _shown_at(clock.due_at))
    event.add("summary", f"EthicsDesk: {label_of(clock.kind)}")
    event.add("description", ABOUT)
    event.add("url", back)
    event.add("class", "PRIVATE")
    event.add("transp", "TRANSPARENT")
    event.add("sequence", _sequence(clock))
    event.add("status", "CONFIRMED" if clock.state in COUNTING else "CANCELLED")
    return event


def _shown_at(due: datetime) -> datetime:
    """Return when a limit stands in a calendar: what ends at midnight, on the day it ends with."""
    return due if days.last_day(due) == days.day_of(due) else due - timedelta(minutes=1)


def _sequence(clock: Clock) -> int:
    """Return how often an event was changed at the least: it rises with every change.

    A calendar that changes raises the number of its clocks' count (Clock.calendar_n); a pause
    counts when it begins and when it ends, and the minutes for which it lasted beside.
    """
    begun: int = getattr(clock, "pauses_begun", 0)
    rested = int(clock.paused_for / timedelta(minutes=1))
    changes = clock.calendar_n + rested + 2 * begun - (clock.state == State.PAUSED)
    return 2 * changes + (clock.state not in COUNTING)


def _opaque(clock_id: UUID) -> str:
    """Return what stands for a clock: the same in each calendar, found nowhere else (HMAC)."""
    return hmac.digest(keys.derived("calendar-feed"), clock_id.bytes, "sha256").hex()[:32]
