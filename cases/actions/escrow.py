"""Open a concern or a case by the escrow key, for somebody whom nothing keeps away from it."""

from datetime import datetime

from django.db import transaction

from cases import access
from cases.actions import identities
from cases.models import Case, Concern
from common.errors import RuleError
from people.models import Person
from people.rules import OFFICE
from safes import actions as safes


@transaction.atomic
def open_by_escrow(
    thing: Concern | Case, *, person: Person, halves: tuple[bytes, bytes], now: datetime
) -> None:
    """Let somebody of the office open a concern or case whose holders are lost.

    The escrow key passes no wall, and gives nobody a part that they may not have: whoever comes
    near what was told has no share of a confidential name any more.
    """
    concerns = (
        [Concern.objects.locked(thing.pk)]
        if isinstance(thing, Concern)
        else Concern.objects.held_of(thing)
    )
    if not (person.may_sign_in and person.holds(*OFFICE)):
        msg = (
            f"{person.name} does not work on concerns and cases, or is locked out. Choose somebody "
            "of the office. Nothing was opened."
        )
        raise RuleError(msg)
    if access.is_walled(person, list(thing.walls.all())):
        msg = f"A wall stands between {person.name} and {thing.ref}. Nothing was opened."
        raise RuleError(msg)
    identities.keep_apart(concerns, [person])
    if identities.keeps_a_share(person, concerns):
        msg = (
            f"{person.name} alone keeps the other share of a confidential name, and would come by "
            "both. Choose somebody else. Nothing was opened."
        )
        raise RuleError(msg)
    safes.open_escrow(
        thing.safe,
        subject=thing.subject if isinstance(thing, Concern) else f"case:{thing.pk}",
        reference=thing.ref,
        person=person,
        halves=halves,
        now=now,
    )
