"""Let whoever is to decide on something of a case read it first."""

from collections.abc import Iterable
from datetime import datetime

from cases import access
from cases.actions import identities
from cases.actions.places import give_place
from cases.lifecycle import Function
from cases.models import Case, Concern
from ledger import actions as ledger
from ledger.verbs import Verb
from people.models import Person
from people.rules import Role
from safes import actions as safes


def let_decide(
    case: Case, concerns: Iterable[Concern], person: Person, *, by: Person, now: datetime
) -> None:
    """Let somebody read what they decide on; the independent come to approve, the head sees it."""
    if access.member_of(person, case) is not None:
        return
    if not safes.activate(case.safe, person):
        safes.miss(case.safe, [person], now=now)
    identities.keep_apart(concerns, [person])
    how = "decides"
    if not person.holds(Role.HEAD):
        how = "added"
        give_place(case, person, Function.APPROVER, now=now)
    ledger.record(Verb.CASE_ASSIGNED, by=by.actor, at=now, subject=f"case:{case.pk}", how=how)
