"""Name the parties of a case; around a subject who works here a wall goes up."""

from datetime import datetime
from uuid import uuid4

from django.db import transaction

from cases import access
from cases.actions.held import KEPT, held_open, seal
from cases.actions.walls import name_party
from cases.lifecycle import PartyRole
from cases.models import Case, Party
from common.errors import RuleError
from ledger import actions as ledger
from ledger.verbs import Verb
from people.models import Person
from safes.rules import Opener

# the sealed words of a party
NAME, CONTACT = "name", "contact"


@transaction.atomic
def add_party(
    case: Case,
    *,
    by: Person,
    role: PartyRole,
    name: str,
    now: datetime,
    contact: str = "",
    opener: Opener | None = None,
) -> Party:
    """Add a party of a case; whoever of those who work here is named is walled off.

    Of a subject half a name is enough of those whom a concern reaches, and a full one of
    everybody, as in what a reporter writes. Of anybody else only a full one counts.
    """
    case = held_open(case, by)
    if not name.strip():
        msg = f"Write who it is, or how they are known. {KEPT}"
        raise RuleError(msg)
    is_subject = role == PartyRole.SUBJECT
    named = access.subjects_in(name, []) if is_subject else access.called(name)
    for person in named:
        name_party(case, by=by, person=person, role=role, now=now)
    if named:
        # whoever was walled off by it took a key along
        case = held_open(case, by)
    party = Party(id=uuid4(), case=case, role=role, is_staff=bool(named), added_by=by, added_at=now)
    party.save(force_insert=True)
    seal(case, party.pk, {NAME: name, CONTACT: contact}, opener=opener)
    ledger.record(Verb.PARTY_ADDED, by=by.actor, at=now, subject=f"case:{case.pk}", role=role.value)
    return party
