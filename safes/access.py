"""Open what is sealed: from an opener's key to plaintext, in a bounded number of queries."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from django.db.models import Q

from common import keys, sealing
from safes import rules
from safes.models import Grant, OuterKey, Sealed, State
from safes.rules import Opener

Where = tuple[UUID, str]
KEYSTORE = "keystore"


class NoGrantError(Exception):
    """This opener holds no active grant on that safe."""


def outer_keys(safes: Iterable[UUID]) -> dict[UUID, bytes]:
    """Return the unwrapped outer keys of safes; an erased safe has none."""
    kek = keys.derived("outer-key")
    found = OuterKey.objects.using(KEYSTORE).filter(safe__in=set(safes))
    return {
        outer.safe: sealing.decrypt(kek, bytes(outer.wrapped), rules.outer_binding(outer.safe))
        for outer in found
    }


def secrets_of(opener: Opener, safes: Iterable[UUID]) -> dict[tuple[UUID, int], bytes]:
    """Return the secret halves, by safe and epoch, that this opener can reach.

    A grant is the opener's own, or is held by a safe (a case) that the opener can open: one step.
    """
    wanted = set(safes)
    reachable = Q(holder=opener.public) | Q(holder_safe__isnull=False)
    near = list(Grant.objects.filter(reachable, safe__in=wanted, state=State.ACTIVE))
    held_by = {grant.holder_safe_id for grant in near if grant.holder_safe_id is not None}
    through = list(
        Grant.objects.filter(holder=opener.public, safe__in=held_by, state=State.ACTIVE)
        if held_by
        else ()
    )
    outers = outer_keys([*wanted, *held_by])
    openers = [opener, *(Opener(s) for s in _unwrap(opener, through, outers).values())]
    found: dict[tuple[UUID, int], bytes] = {}
    for held in openers:
        found.update(_unwrap(held, [g for g in near if bytes(g.holder) == held.public], outers))
    return found


def _unwrap(
    opener: Opener, grants: Iterable[Grant], outers: Mapping[UUID, bytes]
) -> dict[tuple[UUID, int], bytes]:
    found = {}
    for grant in grants:
        outer = outers.get(grant.safe_id)
        if outer is None:
            continue
        binding = rules.grant_binding(grant.safe_id, grant.epoch, bytes(grant.holder), State.ACTIVE)
        inner = sealing.decrypt(outer, bytes(grant.wrapped), binding)
        found[grant.safe_id, grant.epoch] = sealing.unbox(opener.secret, inner)
    return found


def open_items(opener: Opener, wanted: Iterable[Where]) -> dict[Where, bytes]:
    """Return the plaintext of the items this opener can read; the others are simply not there."""
    places = set(wanted)
    items = [
        item
        for item in Sealed.objects.filter(
            row__in={row for row, _ in places}, field__in={field for _, field in places}
        )
        if (item.row, item.field) in places
    ]
    found = secrets_of(opener, {item.safe_id for item in items})
    return {
        (item.row, item.field): sealing.unseal(
            secret,
            bytes(item.ciphertext),
            rules.item_binding(item.safe_id, item.epoch, item.row, item.field),
        )
        for item in items
        if (secret := found.get((item.safe_id, item.epoch))) is not None
    }


def open_texts(opener: Opener | None, wanted: Iterable[Where]) -> dict[Where, str]:
    """Return texts as `open_items` does; without an opener, none."""
    if opener is None:
        return {}
    return {where: plain.decode() for where, plain in open_items(opener, wanted).items()}
