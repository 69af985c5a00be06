"""What the operator does on the machine where no second person is left who could."""

from datetime import datetime

from django.db import transaction

from common.errors import RuleError
from ledger import actions as ledger
from ledger.rules import OPERATOR
from people import notices
from people.actions.changes import require_here, require_something_lost, take_factors, unlock
from people.models import AccountChange, Person

Kind = AccountChange.Kind


@transaction.atomic
def lift_lock(username: str, *, now: datetime) -> Person:
    """Lift somebody's lock; they, every administrator and every head are told who did it."""
    person = _called(username)
    if not person.is_locked:
        msg = f"{person.name} is not locked out. Nothing was changed."
        raise RuleError(msg)
    person.account_changes.filter(kind=Kind.LOCK, decided_at=None).update(
        decided_at=now, is_approved=True
    )
    unlock(person, by=OPERATOR, now=now)
    ledger.post(notices.operator_acted(person, "lock", now=now))
    return person


@transaction.atomic
def reset_factors(username: str, *, now: datetime) -> Person:
    """Remove somebody's second factors; they, every administrator and every head are told."""
    person = _called(username)
    require_something_lost(person, now=now)
    asked = person.account_changes.filter(kind=Kind.FACTORS, decided_at=None)
    if not asked.update(decided_at=now, is_approved=True):
        AccountChange.objects.create(
            person=person, kind=Kind.FACTORS, asked_at=now, decided_at=now, is_approved=True
        )
    take_factors(person, by=OPERATOR, now=now)
    ledger.post(notices.operator_acted(person, "factors", now=now))
    return person


def _called(username: str) -> Person:
    """Return somebody by their user name, held until the commit."""
    person = Person.objects.select_for_update(of=("self",)).filter(username=username).first()
    if person is None:
        msg = f"Nobody here has the user name {username}. Nothing was changed."
        raise RuleError(msg)
    require_here(person)
    return person
