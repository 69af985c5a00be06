"""Make somebody look after what waits for triage."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from cases import access, notices
from cases.actions import identities
from cases.duties import note_owner
from cases.lifecycle import ConcernStatus
from cases.models import Concern
from common import days
from common.errors import RuleError
from ledger import actions as ledger
from ledger.verbs import Verb
from people.models import Person
from safes import actions as safes
from safes.models import Safe


@transaction.atomic
def assign(concern: Concern, *, by: Person, to: Person, now: datetime) -> Concern:
    """Make somebody look after a concern until it is triaged."""
    access.require_officer(by)
    concern = Concern.objects.locked(concern.pk)
    if concern.status != ConcernStatus.RECEIVED:
        msg = "This is triaged already: its case has a lead. Nothing was changed."
        raise RuleError(msg)
    require_free(to, concern)
    require_here(to, by=by, now=now)
    concern.owner = to
    concern.save(update_fields=["owner"])
    note_owner(concern)
    _let_open(concern.safe, to, now=now)
    identities.keep_apart([concern], [to])
    ledger.record(
        Verb.CONCERN_ASSIGNED,
        by=by.actor,
        at=now,
        subject=concern.subject,
        how="taken" if to == by else "given",
    )
    if to != by:
        ledger.post(notices.assigned(concern, to, now=now))
    return concern


@transaction.atomic
def assign_all(
    concerns: Sequence[Concern], *, by: Person, to: Person, now: datetime
) -> list[Concern]:
    """Make somebody look after several concerns: all of them, or none."""
    if not concerns:
        msg = "Nothing is picked, so nothing was changed. Pick at least one concern that waits."
        raise RuleError(msg)
    return [assign(concern, by=by, to=to, now=now) for concern in concerns]


def require_free(person: Person, concern: Concern) -> None:
    """Refuse whoever may not lead; a wall is not named: it gives the same answer as no role."""
    if person not in access.may_lead(concern):
        msg = "This person cannot take it. Choose somebody from the list. Nothing was changed."
        raise RuleError(msg)


def require_here(person: Person, *, by: Person, now: datetime) -> None:
    """Refuse to give something to whoever is away; whoever takes it themselves knows best."""
    if person != by and not access.here([person], days.day_of(now)):
        msg = f"{person.name} is away. Choose somebody who is here. Nothing was changed."
        raise RuleError(msg)


def _let_open(safe: Safe, person: Person, *, now: datetime) -> None:
    """Make sure that somebody can open a safe, now or after a member's next visit."""
    if not safes.activate(safe, person):
        safes.miss(safe, [person], now=now)
