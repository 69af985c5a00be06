"""Open what is sealed: from an opener's key to plaintext, in a bounded number of queries."""

import hmac
import logging
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial
from types import MappingProxyType
from typing import NamedTuple
from uuid import UUID

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import (
    CharField,
    Exists,
    F,
    Func,
    OuterRef,
    Q,
    QuerySet,
    UUIDField,
    Value,
)
from django.db.models.functions import Cast

from common import keys, sealing
from people.models import Person
from people.rules import OFFICE, Role
from safes import rules
from safes.models import EscrowKey, Grant, MissingGrant, OuterKey, Safe, Sealed, State, UserKey
from safes.rules import Opener, SafeKey

Where = tuple[UUID, str]
KEYSTORE = "keystore"
BATCH = 500
# libsodium works outside of Python's lock, so that two cores open more; a few are not worth it
THREADS = 2
MANY = 100
# who may vouch for the key of a colleague
APPROVERS = OFFICE | {Role.CUSTODIAN, Role.ADMINISTRATOR}


# the kind of a safe that holds the custodians' share of a name
NAMES = "identity"

log = logging.getLogger("ethicsdesk.safes")


class NoGrantError(Exception):
    """This opener holds no active grant on that safe."""


def _notice(what: str, where: object, *, is_strict: bool) -> None:
    """Refuse what was changed, or log it, without a word of it, so that one goes on without."""
    if is_strict:
        raise sealing.SealBrokenError
    log.error("%s %s was changed in the database: it does not open", what, where)


def among(ids: Iterable[UUID]) -> Func | tuple[()]:
    """Return ids for `__in` as one parameter: thousands take longer to hand over than to find.

    Of none nothing is asked.
    """
    listed = ",".join(map(str, ids))
    if not listed:
        return ()
    return Func(
        Value(f"{{{listed}}}"),
        template="(SELECT unnest(%(expressions)s::uuid[]))",
        output_field=UUIDField(),
    )


def outer_keys(safes: Iterable[UUID]) -> dict[UUID, bytes]:
    """Return the unwrapped outer keys of safes; an erased safe has none."""
    found = OuterKey.objects.using(KEYSTORE).filter(safe__in=among(safes))
    master = cache(partial(keys.wrapping, "outer-key"))
    return {
        safe: sealing.decrypt(master(version), bytes(wrapped), rules.outer_binding(safe))
        for safe, wrapped, version in found.values_list("safe", "wrapped", "key_id")
    }


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


def kept_alone(person: Person) -> int:
    """Return how many names this person could open as a custodian and no other custodian could."""
    mine = Grant.objects.filter(
        person=person, state=State.ACTIVE, safe__kind=NAMES, epoch=F("safe__epoch")
    )
    others = Grant.objects.filter(
        safe=OuterRef("safe"),
        epoch=OuterRef("epoch"),
        state=State.ACTIVE,
        person__is_active=True,
        person__is_locked=False,
        person__roles__contains=[Role.CUSTODIAN],
    ).exclude(person=person)
    return mine.exclude(Exists(others)).values("safe").distinct().count()


def names_due(person: Person) -> int:
    """Return how many names wait to be sealed to this person by another custodian."""
    return MissingGrant.objects.filter(person=person, safe__kind=NAMES).count()


def to_hand_on(person: Person, to: Collection[Person]) -> QuerySet[MissingGrant]:
    """Return the names, of those that this person can open, that wait to be sealed to others."""
    mine = Grant.objects.filter(
        person=person, state=State.ACTIVE, safe=OuterRef("safe"), epoch=OuterRef("safe__epoch")
    )
    others = [one for one in to if one != person]
    found = MissingGrant.objects.filter(Exists(mine), person__in=others, safe__kind=NAMES)
    return found.order_by("since", "pk")


def key_of(opener: Opener | None, safe: Safe) -> SafeKey | None:
    """Return the key with which this opener writes into a safe, or None if it cannot read it."""
    if opener is None:
        return None
    return secrets_of(opener, [safe.pk], is_strict=False).get((safe.pk, safe.epoch))


def secrets_of(
    opener: Opener, safes: Iterable[UUID], *, is_strict: bool = True
) -> dict[tuple[UUID, int], SafeKey]:
    """Return the keys, by safe and epoch, that this opener can reach.

    A grant is the opener's own, or is held by a safe (a case) that the opener can open: one step.
    Of two ways to one key the opener's own is taken, and the other is not tried.
    """
    wanted = set(safes)
    reachable = Q(holder=opener.public) | Q(holder_safe__isnull=False)
    near = _held(reachable, safe__in=among(wanted))
    held_by = {grant.holder_safe for grant in near if grant.holder_safe}
    further = _held(holder=opener.public, safe__in=among(held_by - wanted))
    unwrap = partial(_unwrapped, outer_keys(wanted | held_by), is_strict=is_strict)
    found = unwrap([(opener, grant) for grant in near if grant.holder == opener.public])
    left = [grant for grant in near if (grant.safe, grant.epoch) not in found]
    needed = {grant.holder_safe for grant in left}
    through = unwrap([(opener, grant) for grant in further if grant.safe in needed])
    openers: dict[UUID | None, list[Opener]] = {}
    for (safe, _), key in (found | through).items():
        if safe in needed:
            openers.setdefault(safe, []).append(Opener(key.secret))
    tried = [(held, grant) for grant in left for held in openers.get(grant.holder_safe, ())]
    return found | unwrap(tried)


class _Held(NamedTuple):
    """A grant as it is opened."""

    safe: UUID
    epoch: int
    holder: bytes
    # as text: it is only compared
    person: str | None
    holder_safe: UUID | None
    wrapped: bytes


def _held(*which: Q, **fields: object) -> list[_Held]:
    """Return active grants."""
    grants = Grant.objects.filter(*which, **fields, state=State.ACTIVE)
    listed = grants.values_list(
        "safe", "epoch", "holder", _text("person"), "holder_safe", "wrapped"
    )
    return [
        _Held(safe, epoch, bytes(holder), person, holder_safe, bytes(wrapped))
        for safe, epoch, holder, person, holder_safe, wrapped in listed
    ]


def _text(name: str) -> Cast:
    """Return an id as text, as it is bound: of many, making objects takes longer than opening."""
    return Cast(name, CharField())


def _unwrapped(
    outers: Mapping[UUID, bytes], tried: Sequence[tuple[Opener, _Held]], *, is_strict: bool
) -> dict[tuple[UUID, int], SafeKey]:
    """Return the keys in grants, each with the opener that may hold it; many on both cores."""
    unwrap = partial(_unwrap, outers, is_strict=is_strict)
    if len(tried) < MANY:
        return dict(unwrap(tried))
    found: dict[tuple[UUID, int], SafeKey] = {}
    with ThreadPoolExecutor(THREADS) as threads:
        for opened in threads.map(unwrap, (tried[n::THREADS] for n in range(THREADS))):
            found.update(opened)
    return found


def _unwrap(
    outers: Mapping[UUID, bytes], tried: Iterable[tuple[Opener, _Held]], *, is_strict: bool
) -> list[tuple[tuple[UUID, int], SafeKey]]:
    found = []
    for opener, grant in tried:
        safe, epoch, holder, person, holder_safe, wrapped = grant
        if safe not in outers:
            continue
        bound_to = rules.grant_binding(safe, epoch, holder, State.ACTIVE, person or holder_safe)
        try:
            inner = sealing.decrypt(outers[safe], wrapped, bound_to)
            packed = sealing.unbox(opener.secret, inner, holder)
            found.append(((safe, epoch), SafeKey(packed)))
        except sealing.SealBrokenError:
            # held by another epoch of a case than this one: no sign of anything
            if opener.public == holder:
                _notice("A grant on safe", safe, is_strict=is_strict)
    return found


def open_items(
    opener: Opener, wanted: Iterable[Where], *, is_strict: bool = True
) -> dict[Where, bytes]:
    """Return the plaintext of the items this opener can read; the others are simply not there.

    What was changed raises `SealBrokenError`, or, not strictly, is not there either.
    """
    places = set(wanted)
    sealed = Sealed.objects.filter(
        row__in=among({row for row, _ in places}), field__in={field for _, field in places}
    )
    listed = sealed.values_list("safe", "epoch", "row", "field", "ciphertext")
    items = [item for item in listed if item[2:4] in places]
    found = secrets_of(opener, {safe for safe, *_ in items}, is_strict=is_strict)
    opened = {}
    for safe, epoch, row, field, ciphertext in items:
        key = found.get((safe, epoch))
        if key is None:
            continue
        try:
            binding = rules.item_binding(safe, epoch, row, field)
            opened[row, field] = key.unseal(bytes(ciphertext), binding)
        except sealing.SealBrokenError:
            _notice("A sealed item of", row, is_strict=is_strict)
    return opened


def open_all(
    opener: Opener,
    safes: Sequence[UUID],
    fields: Iterable[str],
    *,
    but: Mapping[UUID, Collection[str]] = MappingProxyType({}),
) -> Iterator[tuple[UUID, str]]:
    """Yield safe and text of every item of these fields that this opener can read, in batches.

    Of a safe that is named in `but`, the fields that stand there are left out.
    """
    found = secrets_of(opener, safes, is_strict=False)
    opening = {(str(safe), epoch): (safe, key) for (safe, epoch), key in found.items()}
    for start in range(0, len(safes), BATCH):
        batch = among(safes[start : start + BATCH])
        sealed = Sealed.objects.filter(safe__in=batch, field__in=fields)
        rows = sealed.values_list(_text("safe"), "epoch", _text("row"), "field", "ciphertext")
        for named, epoch, row, field, ciphertext in rows:
            if (named, epoch) not in opening:
                continue
            safe, key = opening[named, epoch]
            if field in but.get(safe, ()):
                continue
            try:
                text = key.unseal(bytes(ciphertext), rules.item_binding(named, epoch, row, field))
            except sealing.SealBrokenError:
                _notice("A sealed item of", row, is_strict=False)
            else:
                yield safe, text.decode()


def open_texts(opener: Opener | None, wanted: Iterable[Where]) -> dict[Where, str]:
    """Return texts as `open_items` does; without an opener, none.

    One that was changed is logged and left out, so that it does not take the page with it.
    """
    if opener is None:
        return {}
    found = open_items(opener, wanted, is_strict=False)
    return {where: plain.decode() for where, plain in found.items()}
