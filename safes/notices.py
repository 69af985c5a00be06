"""What we tell the office about keys by mail."""

from collections.abc import Sequence
from datetime import datetime

from ledger.actions import Notice
from people.models import Person
from safes.access import APPROVERS
from safes.models import EscrowKey, UserKey

# the channel that carries mail; its deliverer registers further left
MAIL = "mail"


def key_made(key: UserKey, *, now: datetime) -> list[Notice]:
    """Tell who could approve a key that it waits."""
    return _to_office("key_waits", f"{key.pk}", {"owner": key.person.name}, key.person, now=now)


def key_attested(key: UserKey, by: Sequence[str], *, now: datetime) -> list[Notice]:
    """Tell the office whose key was approved by whom."""
    told = {"owner": key.person.name, "by": " and ".join(sorted(by))}
    return _to_office("key_attested", f"{key.pk}", told, None, now=now)


def key_recovered(key: UserKey, *, now: datetime) -> list[Notice]:
    """Tell somebody that their key was opened with its recovery code."""
    return [_notice("key_recovered", f"{key.pk}:{now.isoformat()}", key.person, {}, now=now)]


def escrow_made(escrow: EscrowKey, *, now: datetime) -> list[Notice]:
    """Tell the office that there is an escrow key."""
    return _to_office("escrow_made", f"{escrow.pk}", {}, None, now=now)


def escrow_opened(
    escrow: EscrowKey, reference: str, person: Person, *, now: datetime
) -> list[Notice]:
    """Tell the office what was opened for whom; at delivery, a wall keeps it from the walled."""
    told = {"reference": reference, "owner": person.name}
    identity = f"{escrow.pk}:{reference}:{now.isoformat()}"
    return _to_office("escrow_opened", identity, told, None, now=now)


def escrow_ended(escrow: EscrowKey, *, now: datetime) -> list[Notice]:
    """Tell the office that the escrow key opens nothing any more."""
    return _to_office("escrow_ended", f"{escrow.pk}", {}, None, now=now)


def _to_office(
    template: str, identity: str, told: dict[str, str], but: Person | None, *, now: datetime
) -> list[Notice]:
    return [
        _notice(template, identity, person, told, now=now)
        for person in Person.objects.holding(*APPROVERS)
        if person != but
    ]


def _notice(
    template: str, identity: str, person: Person, told: dict[str, str], *, now: datetime
) -> Notice:
    return Notice(
        identity=f"{template}:{identity}:{person.pk}",
        channel=MAIL,
        to=f"person:{person.pk}",
        template=template,
        at=now,
        context={"name": person.name, **told},
    )
