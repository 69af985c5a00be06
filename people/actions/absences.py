"""Being away, and coming back: what is owed meanwhile goes to whoever stands in."""

from datetime import date, datetime, timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction

from common import days
from common.errors import KEPT, RuleError
from ledger import actions as ledger
from ledger.verbs import Verb
from people import notices
from people.actions.ties import delegate
from people.models import Absence, Person
from people.rules import Role

# for how many days somebody else says it; whoever is away longer says so themselves
NOTED_AT_MOST = 14
# how far ahead somebody says it: further is a slip of the year
AT_MOST = timedelta(days=2 * 366)


@transaction.atomic
def go_away(person: Person, *, since: date, now: datetime, until: date | None = None) -> Absence:
    """Say that one is away from a day on, to a last day or until one comes back.

    No key is taken: what was sealed to them stays sealed to them.
    """
    person = _held(person)
    if since < days.day_of(now):
        msg = f"The first day is over. Choose today or a day to come. {KEPT}"
        raise RuleError(msg)
    if until is not None and until < since:
        msg = f"The last day is before the first. Choose a later one. {KEPT}"
        raise RuleError(msg)
    if max(since, until or since) > days.day_of(now) + AT_MOST:
        msg = f"This is more than two years ahead. Look at the year. {KEPT}"
        raise RuleError(msg)
    if _is_away_between(person, since, until):
        msg = f"You are away on some of these days already. {KEPT}"
        raise RuleError(msg)
    made = Absence.objects.create(person=person, since=since, until=until)
    ledger.record(Verb.ABSENCE_BEGUN, by=person.actor, at=now, subject=f"person:{person.pk}")
    return made


@transaction.atomic
def note_away(
    person: Person, *, until: date, by: Person, now: datetime, stand_in: Person | None = None
) -> Absence:
    """Say for a colleague who cannot that they are away from today on; they are told.

    For the head and administrators. The head alone may ask somebody to stand in: it counts once
    they agree, and they stand behind the walls of both.
    """
    if not by.holds(Role.HEAD, Role.ADMINISTRATOR) or not person.holds(*Role) or by == person:
        raise PermissionDenied
    if stand_in is not None and (not by.holds(Role.HEAD) or not stand_in.is_office):
        raise PermissionDenied
    person, today = _held(person), days.day_of(now)
    if not today <= until < today + timedelta(days=NOTED_AT_MOST):
        msg = f"Choose a last day within {NOTED_AT_MOST} days, today being the first. {KEPT}"
        raise RuleError(msg)
    if _is_away_between(person, today, until):
        msg = f"{person.name} is away on some of these days already. {KEPT}"
        raise RuleError(msg)
    if stand_in == by:
        msg = (
            "You cannot ask yourself to stand in. Ask somebody else, or take a case over and say "
            f"why. {KEPT}"
        )
        raise RuleError(msg)
    made = Absence.objects.create(person=person, since=today, until=until, noted_by=by)
    if stand_in is not None:
        asked = delegate(person, to=stand_in, since=today, until=until, named_by=by, now=now)
        ledger.post(notices.stand_in_asked(asked, now=now))
    ledger.record(Verb.ABSENCE_BEGUN, by=by.actor, at=now, subject=f"person:{person.pk}")
    ledger.post(notices.noted_away(made, now=now))
    return made


def _held(person: Person) -> Person:
    return Person.objects.select_for_update(no_key=True, of=("self",)).get(pk=person.pk)


def _is_away_between(person: Person, since: date, until: date | None) -> bool:
    others = person.absences.from_then_on(since)
    return (others if until is None else others.filter(since__lte=until)).exists()


@transaction.atomic
def come_back(person: Person, *, now: datetime) -> None:
    """Say that one is back: today counts as worked again."""
    today = days.day_of(now)
    if not person.absences.on(today).update(until=today - timedelta(days=1)):
        msg = "You are not away today. Nothing was changed."
        raise RuleError(msg)
    ledger.record(Verb.ABSENCE_ENDED, by=person.actor, at=now, subject=f"person:{person.pk}")


@transaction.atomic
def call_off(absence: Absence, *, now: datetime) -> None:
    """Call off an absence that has not begun; of one that has, come back."""
    today = days.day_of(now)
    if absence.since <= today:
        come_back(absence.person, now=now)
        return
    # it never began
    Absence.objects.filter(pk=absence.pk).update(until=absence.since - timedelta(days=1))
    subject = f"person:{absence.person_id}"
    ledger.record(Verb.ABSENCE_ENDED, by=absence.person.actor, at=now, subject=subject)
