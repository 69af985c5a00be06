"""Being away, and coming back: what is owed meanwhile goes to whoever stands in."""

from datetime import date, datetime, timedelta

from django.db import transaction

from common import days
from common.errors import RuleError
from ledger import actions as ledger
from ledger.verbs import Verb
from people.models import Absence, Person

KEPT = "Nothing was changed; what you entered is kept."


@transaction.atomic
def go_away(person: Person, *, since: date, now: datetime, until: date | None = None) -> Absence:
    """Say that one is away from a day on, to a last day or until one comes back.

    No key is taken: what was sealed to them stays sealed to them.
    """
    person = Person.objects.select_for_update(no_key=True, of=("self",)).get(pk=person.pk)
    if since < days.day_of(now):
        msg = f"The first day is over. Choose today or a day to come. {KEPT}"
        raise RuleError(msg)
    if until is not None and until < since:
        msg = f"The last day is before the first. Choose a later one. {KEPT}"
        raise RuleError(msg)
    others = person.absences.from_then_on(since)
    if (others if until is None else others.filter(since__lte=until)).exists():
        msg = f"You said already that you are away on some of these days. {KEPT}"
        raise RuleError(msg)
    made = Absence.objects.create(person=person, since=since, until=until)
    ledger.record(Verb.ABSENCE_BEGUN, by=person.actor, at=now, subject=f"person:{person.pk}")
    return made


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
