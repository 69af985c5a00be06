"""Who comes onto the team of a case with its keys, and which auditor sees that it is there."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from cases import access
from cases.actions import identities
from cases.models import Case, Concern, Member, place_of
from common.errors import RuleError
from ledger import actions as ledger
from ledger.verbs import Verb
from people.models import Person
from people.rules import Role
from safes import access as opening
from safes import actions as safes
from safes.actions import Holder
from safes.models import Safe
from safes.rules import Opener


@transaction.atomic
def add_member(case: Case, *, by: Person, opener: Opener, person: Person, now: datetime) -> Member:
    """Bring an officer onto a case's team and pass the keys on."""
    case = Case.objects.locked(case.pk)
    access.require_member(by, case)
    # held before its walls are read: a reporter's door raises one on the case by its concern alone
    concerns = Concern.objects.held_of(case)
    walls = list(case.walls.all())
    officers = Person.objects.holding(Role.OFFICER, Role.INDEPENDENT)
    if person not in access.without_walled(officers, walls):
        msg = "This person cannot join. Choose somebody from the list. Nothing was changed."
        raise RuleError(msg)
    member, is_new = Member.objects.get_or_create(
        case=case,
        person=person,
        left_at=None,
        defaults={"function": function_of(person, case.lead), "since": now, **place_of(case)},
    )
    if not is_new:
        return member
    holders, keyless = safes.holders_of([person])
    pass_on(case.safe, opener=opener, holders=holders)
    safes.miss(case.safe, keyless, now=now)
    identities.keep_apart(concerns, [person])
    ledger.record(Verb.CASE_ASSIGNED, by=by.actor, at=now, subject=f"case:{case.pk}", how="added")
    return member


@transaction.atomic
def grant_view(case: Case, *, by: Person, person: Person, now: datetime) -> None:
    """Let an auditor see the metadata of one case."""
    access.require_member(by, case)
    if not person.holds(Role.AUDITOR) or access.is_walled(person, list(case.walls.all())):
        msg = "Only an auditor can be given a case to sample. Nothing was changed."
        raise RuleError(msg)
    access.grant_view(case, person)
    ledger.record(Verb.CASE_VIEW_GRANTED, by=by.actor, at=now, subject=f"case:{case.pk}")


def pass_on(safe: Safe, *, opener: Opener, holders: Sequence[Holder]) -> None:
    """Pass keys on, or refuse whoever holds none."""
    try:
        safes.share(safe, opener=opener, holders=holders)
    except opening.NoGrantError:
        msg = (
            "You hold no key to this yet, so you cannot pass one on. Somebody of the team who "
            "opens it gives you one. Nothing was changed."
        )
        raise RuleError(msg) from None


def function_of(person: Person, lead: Person) -> Member.Function:
    """Return in which function somebody joins the team of a case."""
    if person == lead:
        return Member.Function.LEAD
    if person.holds(Role.INDEPENDENT):
        return Member.Function.INDEPENDENT
    return Member.Function.INVESTIGATOR
