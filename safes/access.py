"""Open what is sealed: from an opener's key to plaintext, in a bounded number of queries."""

import hmac
import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from typing import NamedTuple
from uuid import UUID

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Q

from common import keys, sealing
from people.models import Person
from people.rules import OFFICE, Role
from safes import rules
from safes.models import EscrowKey, Grant, OuterKey, Safe, Sealed, State, UserKey
from safes.rules import Opener

Where = tuple[UUID, str]
KEYSTORE = "keystore"
BATCH = 500
# libsodium works outside of Python's lock, so that two cores open twice as much
THREADS = 2
# who may vouch for the key of a colleague
APPROVERS = OFFICE | {Role.CUSTODIAN, Role.ADMINISTRATOR}


log = logging.getLogger("ethicsdesk.safes")


class NoGrantError(Exception):
    """This opener holds no active grant on that safe."""


@contextmanager
def _noticed(what: str, where: object, *, is_strict: bool) -> Iterator[None]:
    """Refuse what was changed, or log it, without a word of it, and go on without."""
    try:
        yield
    except sealing.SealBrokenError:
        if is_strict:
            raise
        log.error("%s %s was changed in the database: it does not open", what, where)  # noqa: TRY400 - a trace could hold content


def outer_keys(safes: Iterable[UUID]) -> dict[UUID, bytes]:
    """Return the unwrapped outer keys of safes; an erased safe has none."""
    found = OuterKey.objects.using(KEYSTORE).filter(safe__in=set(safes))
    return {outer.safe: outer_key(outer) for outer in found}


def outer_key(outer: OuterKey) -> bytes:
    """Return an outer key, unwrapped by the master key that wrapped it."""
    kek = keys.wrapping("outer-key", outer.key_id)
    return sealing.decrypt(kek, bytes(outer.wrapped), rules.outer_binding(outer.safe))


def proven(safe: Safe) -> bytes:
    """Return the public half of a safe, or refuse one that the server never gave it."""
    public = bytes(safe.public)
    proof = rules.safe_proof(safe.id, safe.kind, safe.epoch, public)
    if not hmac.compare_digest(proof, bytes(safe.proof)):
        msg = "the public key of a safe was swapped"
        raise sealing.SealBrokenError(msg)
    return public


def is_attested(key: UserKey) -> bool:
    """Return whether a key is its owner's, by a signature that needs no secret to check."""
    try:
        signature = bytes(key.attestation.signature)
    except ObjectDoesNotExist:
        return False
    return keys.is_signed_by_us(rules.attestation(key.statement), signature)


def attested_keys(persons: Iterable[Person]) -> dict[UUID, UserKey]:
    """Return the newest key of each person, where it is attested; an older one does not count."""
    found = UserKey.objects.newest().filter(person__in=list(persons))
    return {key.person_id: key for key in found if is_attested(key)}


def pending_keys() -> list[UserKey]:
    """Return the keys that wait to be approved: the newest of active people, the oldest first."""
    found = UserKey.objects.newest().filter(person__is_active=True).select_related("person")
    waiting = [key for key in found.prefetch_related("approvals__by") if not is_attested(key)]
    return sorted(waiting, key=lambda key: key.made_at)


def escrow_public() -> bytes | None:
    """Return the escrow key to which new safes are sealed as well, if the site has one."""
    escrow = EscrowKey.objects.filter(ended_at=None).first()
    if escrow is None:
        return None
    public = bytes(escrow.public)
    if not keys.is_signed_by_us(rules.escrow_statement(escrow.pk, public), bytes(escrow.signature)):
        msg = "the escrow key was swapped"
        raise sealing.SealBrokenError(msg)
    return public


def secrets_of(
    opener: Opener, safes: Iterable[UUID], *, is_strict: bool = True
) -> dict[tuple[UUID, int], bytes]:
    """Return the secret halves, by safe and epoch, that this opener can reach.

    A grant is the opener's own, or is held by a safe (a case) that the opener can open: one step.
    """
    wanted = set(safes)
    reachable = Q(holder=opener.public) | Q(holder_safe__isnull=False)
    near = _held(reachable, safe__in=wanted)
    held_by = {one.holder_safe for held in near.values() for one in held if one.holder_safe}
    through = _held(holder=opener.public, safe__in=held_by)
    outers = outer_keys([*wanted, *held_by])
    further = _unwrap(opener, through, outers, is_strict=is_strict)
    found: dict[tuple[UUID, int], bytes] = {}
    for held in [opener, *map(Opener, further.values())]:
        found.update(_unwrap(held, near, outers, is_strict=is_strict))
    return found


class _Held(NamedTuple):
    """A grant as it is opened."""

    safe: UUID
    epoch: int
    person: UUID | None
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
    opener: Opener,
    held: Mapping[bytes, Iterable[_Held]],
    outers: Mapping[UUID, bytes],
    *,
    is_strict: bool,
) -> dict[tuple[UUID, int], bytes]:
    found = {}
    public = opener.public
    for safe, epoch, person, holder_safe, wrapped in held.get(public, ()):
        outer = outers.get(safe)
        if outer is None:
            continue
        bound_to = rules.grant_binding(safe, epoch, public, State.ACTIVE, person or holder_safe)
        with _noticed("A grant on safe", safe, is_strict=is_strict):
            inner = sealing.decrypt(outer, bytes(wrapped), bound_to)
            found[safe, epoch] = sealing.unbox(opener.secret, inner, public)
    return found


def open_items(
    opener: Opener, wanted: Iterable[Where], *, is_strict: bool = True
) -> dict[Where, bytes]:
    """Return the plaintext of the items this opener can read; the others are simply not there.

    What was changed raises `SealBrokenError`, or, not strictly, is not there either.
    """
    places = set(wanted)
    items = [
        item
        for item in Sealed.objects.filter(
            row__in={row for row, _ in places}, field__in={field for _, field in places}
        )
        if (item.row, item.field) in places
    ]
    secrets = secrets_of(opener, {item.safe_id for item in items}, is_strict=is_strict)
    found = {}
    for item in items:
        secret = secrets.get((item.safe_id, item.epoch))
        if secret is None:
            continue
        with _noticed("A sealed item of", item.row, is_strict=is_strict):
            binding = rules.item_binding(item.safe_id, item.epoch, item.row, item.field)
            plain = sealing.unseal(secret, bytes(item.ciphertext), binding)
            found[item.row, item.field] = plain
    return found


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
            found = secrets_of(opener, batch, is_strict=False)
            openers = {place: Opener(secret) for place, secret in found.items()}
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
            with _noticed("A sealed item of", row, is_strict=False):
                text = sealing.unseal(holder.secret, bytes(ciphertext), binding, holder.public)
                found.append((safe, text.decode()))
    return found


def open_texts(opener: Opener | None, wanted: Iterable[Where]) -> dict[Where, str]:
    """Return texts as `open_items` does; without an opener, none.

    One that was changed is logged and left out, so that it does not take the page with it.
    """
    if opener is None:
        return {}
    found = open_items(opener, wanted, is_strict=False)
    return {where: plain.decode() for where, plain in found.items()}
