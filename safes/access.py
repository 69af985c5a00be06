"""Open what is sealed: from an opener's key to plaintext, in a bounded number of queries."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import NamedTuple
from uuid import UUID

from django.db.models import Q

from common import keys, sealing
from safes import rules
from safes.models import Grant, OuterKey, Sealed, State
from safes.rules import Opener

Where = tuple[UUID, str]
KEYSTORE = "keystore"
BATCH = 500
# libsodium works outside of Python's lock, so that two cores open twice as much
THREADS = 2


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
    near = _held(reachable, safe__in=wanted)
    held_by = {one.holder_safe for held in near.values() for one in held if one.holder_safe}
    through = _held(holder=opener.public, safe__in=held_by)
    outers = outer_keys([*wanted, *held_by])
    openers = [opener, *map(Opener, _unwrap(opener, through, outers).values())]
    found: dict[tuple[UUID, int], bytes] = {}
    for held in openers:
        found.update(_unwrap(held, near, outers))
    return found


class _Held(NamedTuple):
    """A grant as it is opened."""

    safe: UUID
    epoch: int
    holder_safe: UUID | None
    wrapped: bytes


def _held(*which: Q, **fields: object) -> dict[bytes, list[_Held]]:
    """Return active grants by their holders."""
    grants = Grant.objects.filter(*which, **fields, state=State.ACTIVE)
    found: dict[bytes, list[_Held]] = {}
    for holder, *grant in grants.values_list("holder", *_Held._fields):
        found.setdefault(bytes(holder), []).append(_Held(*grant))
    return found


def _unwrap(
    opener: Opener, held: Mapping[bytes, Iterable[_Held]], outers: Mapping[UUID, bytes]
) -> dict[tuple[UUID, int], bytes]:
    found = {}
    public = opener.public
    for grant in held.get(public, ()):
        outer = outers.get(grant.safe)
        if outer is None:
            continue
        binding = rules.grant_binding(grant.safe, grant.epoch, public, State.ACTIVE)
        inner = sealing.decrypt(outer, bytes(grant.wrapped), binding)
        found[grant.safe, grant.epoch] = sealing.unbox(opener.secret, inner, public)
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


class _Item(NamedTuple):
    """A sealed item as it is opened."""

    safe: UUID
    epoch: int
    row: UUID
    field: str
    ciphertext: bytes


def open_all(
    opener: Opener, safes: Sequence[UUID], fields: Iterable[str]
) -> Iterator[tuple[UUID, str]]:
    """Yield safe and text of every item of these fields that this opener can read, in batches."""
    with ThreadPoolExecutor(THREADS) as threads:
        for start in range(0, len(safes), BATCH):
            batch = safes[start : start + BATCH]
            openers = {place: Opener(s) for place, s in secrets_of(opener, batch).items()}
            sealed = Sealed.objects.filter(safe__in=batch, field__in=fields)
            items = [_Item(*row) for row in sealed.values_list(*_Item._fields)]
            shares = [items[n::THREADS] for n in range(THREADS)]
            for opened in threads.map(partial(_opened, openers), shares):
                yield from opened


def _opened(
    openers: Mapping[tuple[UUID, int], Opener], items: Iterable[_Item]
) -> list[tuple[UUID, str]]:
    found = []
    for safe, epoch, row, field, ciphertext in items:
        if holder := openers.get((safe, epoch)):
            binding = rules.item_binding(safe, epoch, row, field)
            text = sealing.unseal(holder.secret, bytes(ciphertext), binding, holder.public)
            found.append((safe, text.decode()))
    return found


def open_texts(opener: Opener | None, wanted: Iterable[Where]) -> dict[Where, str]:
    """Return texts as `open_items` does; without an opener, none."""
    if opener is None:
        return {}
    return {where: plain.decode() for where, plain in open_items(opener, wanted).items()}
