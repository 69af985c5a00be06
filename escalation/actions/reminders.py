"""Tell people what time did: at once what presses, and reminders in the rhythm they chose."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction

from common import days
from common.errors import RuleError
from escalation.duties import REGISTRY, page_of
from escalation.models import Calendar, CalendarOfUnit, Clock, ReminderPreference
from escalation.notices import MAIL
from escalation.rules.reminders import Rhythm
from ledger import actions as ledger
from ledger.actions import Notice
from ledger.verbs import Verb
from people.models import Person

DAILY = "reminders"
QUIET_MAX = timedelta(hours=16)


class Told(NamedTuple):
    """Who is told what about a clock."""

    clock: Clock
    person: Person
    notice: Notice


@transaction.atomic
def prefer_reminders(
    person: Person,
    *,
    daily_at: time | None,
    quiet: tuple[time, time] | None,
    now: datetime,
) -> None:
    """Choose how one is reminded: at once or once a day, and when nothing comes."""
    if quiet is not None and quiet[0] == quiet[1]:
        msg = "Quiet hours begin and end at different times. Nothing was changed."
        raise RuleError(msg)
    rhythm = Rhythm(days.zone(), daily_at, quiet)
    if rhythm.quiet_for > QUIET_MAX:
        msg = (
            f"Quiet hours last {QUIET_MAX // timedelta(hours=1)} hours at most, or hardly a "
            "reminder would come before something is late. Nothing was changed; what you entered "
            "is kept."
        )
        raise RuleError(msg)
    if daily_at is not None and rhythm.is_quiet_at(daily_at):
        msg = (
            "The mail of the day would come in your quiet hours. Choose another time for one of "
            "the two. Nothing was changed; what you entered is kept."
        )
        raise RuleError(msg)
    begins, ends = quiet or (None, None)
    ReminderPreference.objects.update_or_create(
        person=person,
        defaults={"daily_at": daily_at, "quiet_from": begins, "quiet_until": ends},
    )
    ledger.record(
        Verb.REMINDERS_CHOSEN,
        by=person.actor,
        at=now,
        subject=f"person:{person.pk}",
        daily=daily_at is not None,
        quiet=quiet is not None,
    )


def said_of(
    clock: Clock, person: Person, reference: str, *, instead_of: UUID | None, now: datetime
) -> dict[str, str]:
    """Return what a mail about a clock says: which duty, of what, by when, and where to see it.

    And in whose place somebody is told, who is away, by their id: the name is put in as it leaves.
    """
    return {
        "name": person.name,
        "reference": reference,
        "clock": clock.kind,
        "duty": clock.name,
        "due_on": days.last_day(clock.due_at).isoformat(),
        "is_late": "yes" if clock.due_at <= now else "",
        "path": _page_of(person),
        "instead_of": str(instead_of) if instead_of else "",
    }


def _page_of(person: Person) -> str:
    """Return where a letter leads: the office to its own page of the day."""
    return "/desk/" if person.is_office else page_of(person)


def tell(told: Sequence[Told], *, reminders: Collection[str] = (), now: datetime) -> None:
    """Post notices; those that only remind (by the identity of the notice) may wait for a person.

    Part of the act of which they tell. What is late, or on whose subject somebody may be in danger,
    never waits, and a reminder never waits until it is late.
    """
    waiting = _may_wait([one for one in told if one.notice.identity in reminders], now=now)
    at_once = [one.notice for one in told if one.notice.identity not in waiting]
    chosen = rhythms({one.person for one in told if one.notice.identity in waiting})
    daily: dict[tuple[UUID, datetime], list[Told]] = defaultdict(list)
    for one in told:
        if one.notice.identity not in waiting:
            continue
        rhythm = chosen[one.person.pk]
        leaves = rhythm.next_daily(now)
        if leaves is not None and leaves < one.clock.due_at:
            daily[one.person.pk, leaves].append(one)
        else:
            at = min(rhythm.after_quiet(now), one.clock.due_at)
            at_once.append(replace(one.notice, at=at))
    # in one order for everybody: no deadlock
    for (_, leaves), some in sorted(daily.items()):
        at_once += _gather(some, leaves)
    ledger.post(at_once)


def _may_wait(reminders: Iterable[Told], *, now: datetime) -> set[str]:
    """Return the identities of the notices that can wait."""
    early = [one for one in reminders if one.clock.due_at > now]
    pressing: set[UUID] = set()
    for kind in {one.clock.subject_kind for one in early}:
        mine = [one.clock for one in early if one.clock.subject_kind == kind]
        pressing |= set(REGISTRY[kind].in_danger(mine))
    return {one.notice.identity for one in early if one.clock.pk not in pressing}


def _gather(some: Sequence[Told], leaves: datetime) -> list[Notice]:
    """Add to the mail of a day; return what came too late for it, to be told by itself."""
    person = some[0].person
    mail = Notice(
        identity=f"daily:{person.pk}:{leaves.isoformat()}",
        channel=MAIL,
        to=f"person:{person.pk}",
        template=DAILY,
        at=leaves,
        context={"name": person.name, "path": _page_of(person)},
    )
    lines = [_line(one) for one in some]
    return [] if ledger.gather(mail, lines) else [one.notice for one in some]


def _line(one: Told) -> dict[str, str]:
    context = one.notice.context
    return {
        "clock_id": str(one.clock.pk),
        "clock": context["clock"],
        "duty": context["duty"],
        "reference": context["reference"],
        "due_on": context["due_on"],
        "instead_of": context["instead_of"],
    }


# -- what people chose ---------------------------------------------------------------------


def rhythms(persons: Collection[Person]) -> Mapping[UUID, Rhythm]:
    """Return how each of these is reminded, in the zone of their unit's calendar."""
    if not persons:
        return {}
    chosen = ReminderPreference.objects.in_bulk([person.pk for person in persons])
    units = {person.unit_id for person in persons if person.unit_id}
    given = CalendarOfUnit.objects.filter(unit__in=units).select_related("calendar")
    zones: dict[UUID | None, ZoneInfo] = {one.unit_id: one.calendar.zone_info for one in given}
    office = Calendar.objects.of(None).zone_info
    return {
        person.pk: _rhythm(chosen.get(person.pk), zones.get(person.unit_id, office))
        for person in persons
    }


def _rhythm(chosen: ReminderPreference | None, zone: ZoneInfo) -> Rhythm:
    if chosen is None:
        return Rhythm(zone, settings.REMINDERS_DAILY_AT, settings.REMINDERS_QUIET)
    quiet = chosen.quiet_from, chosen.quiet_until
    begins, ends = quiet
    return Rhythm(
        zone,
        chosen.daily_at,
        (begins, ends) if begins is not None and ends is not None else None,
    )
