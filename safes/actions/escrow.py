"""The escrow key: made in two halves that lie with two people, used in the open, and ended."""

from datetime import datetime
from uuid import uuid4

from django.db import transaction

from common import keys, sealing
from common.errors import RuleError
from ledger import actions as ledger
from ledger.rules import SYSTEM
from ledger.verbs import Verb
from people.models import Person
from people.rules import Role
from safes import access, notices, rules
from safes.actions.safes import holders_of, share
from safes.models import EscrowKey, Grant, Safe
from safes.rules import Opener


@transaction.atomic
def make_escrow(*, now: datetime) -> tuple[EscrowKey, tuple[bytes, bytes]]:
    """Make the escrow key and return it with the two halves of its secret, which nobody keeps."""
    if EscrowKey.objects.filter(ended_at=None).exists():
        msg = "There is an escrow key already. End it first. Nothing was changed."
        raise RuleError(msg)
    secret, escrow_id = sealing.new_secret(), uuid4()
    public = sealing.public_of(secret)
    escrow = EscrowKey.objects.create(
        id=escrow_id,
        public=public,
        signature=keys.signing_key().sign(rules.escrow_statement(escrow_id, public)),
        made_at=now,
    )
    ledger.record(Verb.ESCROW_MADE, by=SYSTEM, at=now, subject=f"escrow:{escrow.pk}")
    ledger.post(notices.escrow_made(escrow, now=now))
    return escrow, rules.halve(secret)


def opener_from(halves: tuple[bytes, bytes]) -> tuple[EscrowKey, Opener]:
    """Return the escrow key of two halves, or refuse what is not both halves of one."""
    try:
        opener = Opener(rules.join(*halves))
    except ValueError:
        opener = Opener(bytes(sealing.KEY_BYTES))
    escrow = EscrowKey.objects.filter(ended_at=None).first()
    if escrow is None or bytes(escrow.public) != opener.public:
        msg = "These are not both halves of the present escrow key. Nothing was opened."
        raise RuleError(msg)
    return escrow, opener


@transaction.atomic
def open_escrow(
    safe: Safe,
    *,
    subject: str,
    reference: str,
    person: Person,
    halves: tuple[bytes, bytes],
    now: datetime,
) -> None:
    """Let a person open a safe by the escrow key: recorded, and told to the whole office.

    Part of `cases.actions.open_by_escrow`, which knows the walls.
    """
    escrow, opener = opener_from(halves)
    if person.holds(Role.CUSTODIAN):
        msg = (
            f"{person.name} is an identity custodian, who would come by both shares of a "
            "confidential name. Choose somebody else. Nothing was opened."
        )
        raise RuleError(msg)
    holders, _ = holders_of([person])
    if not holders:
        msg = f"{person.name} has no approved key to which it could be given. Nothing was opened."
        raise RuleError(msg)
    try:
        share(safe, opener=opener, holders=holders)
    except access.NoGrantError:
        msg = "This was never sealed to the escrow key, so it cannot open it. Nothing was changed."
        raise RuleError(msg) from None
    ledger.record(Verb.ESCROW_OPENED, by=SYSTEM, at=now, subject=subject, person=str(person.pk))
    ledger.post(notices.escrow_opened(escrow, reference, person, now=now))


@transaction.atomic
def end_escrow(*, now: datetime) -> int:
    """End the escrow key and take its grants away; return how many there were."""
    escrow = EscrowKey.objects.select_for_update().filter(ended_at=None).first()
    if escrow is None:
        msg = "There is no escrow key. Nothing was changed."
        raise RuleError(msg)
    taken, _ = Grant.objects.filter(holder=bytes(escrow.public), person=None).delete()
    escrow.ended_at = now
    escrow.save(update_fields=["ended_at"])
    ledger.record(Verb.ESCROW_ENDED, by=SYSTEM, at=now, subject=f"escrow:{escrow.pk}", grants=taken)
    ledger.post(notices.escrow_ended(escrow, now=now))
    return taken
