"""Let whoever is to decide on something of a case read it first."""

from collections.abc import Iterable
from datetime import datetime

from cases.actions import identities
from cases.actions.team import function_of
from cases.models import Case, Concern, Member
from ledger import actions as ledger
from ledger.verbs import Verb
from people.models import Person
from people.rules import Role
from safes import actions as safes


def let_decide(
    case: Case, concerns: Iterable[Concern], person: Person, *, by: Person, now: datetime
) -> None:
    """Let somebody read what they decide on; the independent join the team, the head sees it."""
    team = Member.objects.current().filter(case=case, person=person)
    if team.exists():
        return
    if not safes.activate(case.safe, person):
        safes.miss(case.safe, [person], now=now)
    identities.keep_apart(concerns, [person])
    how = "decides"
    if not person.holds(Role.HEAD):
        how = "added"
        Member.objects.create(
            case=case, person=person, function=function_of(person, case.lead), since=now
        )
    ledger.record(Verb.CASE_ASSIGNED, by=by.actor, at=now, subject=f"case:{case.pk}", how=how)
