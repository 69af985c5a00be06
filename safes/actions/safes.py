"""Make safes, seal, grant, activate what was dormant, and begin new epochs."""

import os
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import F

from common import days, keys, sealing
from common.asking import at_the_gate
from people.models import Person
from safes import access, rules
from safes.access import KEYSTORE, NoGrantError
from safes.models import Grant, MissingGrant, OuterKey, Safe, Sealed, State
from safes.rules import Opener, SafeKey


@dataclass(frozen=True)
class Holder:
    """Whoever is to hold a grant: a public key, and the person or safe behind it, if any."""

    public: bytes
    person: Person | None = None
    state: State = State.ACTIVE
    safe: Safe | None = None

    @classmethod
    def of_safe(cls, safe: Safe) -> "Holder":
        """Return a safe as holder: whoever opens it opens what it holds."""
        return cls(access.proven(safe), safe=safe)


def holders_of(
    persons: Iterable[Person], state: State = State.ACTIVE
) -> tuple[list[Holder], list[Person]]:
    """Return the holders for persons whose key is attested, and the persons who have none.

    A key that is not attested counts for nothing, whoever wrote it into the database.
    """
    people = list(persons)
    attested = access.attested_keys(people)
    holders = [
        Holder(bytes(attested[person.pk].public), person, state)
        for person in people
        if person.pk in attested
    ]
    return holders, [person for person in people if person.pk not in attested]


def escrow_holders() -> list[Holder]:
    """Return the holder for the site's escrow key, if it has one."""
    public = access.escrow_public()
    return [Holder(public)] if public else []


# -- safes ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Fresh:
    """A safe just made, whose key is still at hand until the action ends."""

    safe: Safe
    key: SafeKey
    outer: bytes


def make_safe(kind: str, *, holders: Sequence[Holder], in_escrow: bool = True) -> Fresh:
    """Make a safe for these holders, and for the escrow key unless it is not to know of it.

    The outer key is written to the keystore first: a safe that is rolled back leaves a key that
    opens nothing, while a safe without its key would be lost.
    """
    return make_safes(kind, [holders], in_escrow=in_escrow)[0]


def make_safes(
    kind: str, holders: Sequence[Sequence[Holder]], *, in_escrow: bool = True
) -> list[Fresh]:
    """Make many safes at once, one for each list of holders."""
    escrow = escrow_holders() if in_escrow else []
    made, outer_keys, grants = rows_for(kind, [[*wanted, *escrow] for wanted in holders])
    OuterKey.objects.using(KEYSTORE).bulk_create(outer_keys)
    Safe.objects.bulk_create(fresh.safe for fresh in made)
    Grant.objects.bulk_create(grants)
    return made


def rows_for(
    kind: str, holders: Sequence[Sequence[Holder]]
) -> tuple[list[Fresh], list[OuterKey], list[Grant]]:
    """Return new safes and what belongs to them, unsaved, for whoever writes many at once."""
    made = []
    for _ in holders:
        key = SafeKey.new()
        safe = Safe(id=uuid4(), kind=kind)
        _give_pair(safe, key)
        made.append(Fresh(safe, key, os.urandom(sealing.KEY_BYTES)))
    version = keys.current()
    kek = keys.wrapping("outer-key", version)
    outer_keys = [
        OuterKey(
            safe=fresh.safe.id,
            wrapped=sealing.encrypt(kek, fresh.outer, rules.outer_binding(fresh.safe.id)),
            key_id=version,
        )
        for fresh in made
    ]
    grants = [
        grant_for(fresh.safe, fresh.key, fresh.outer, holder)
        for fresh, wanted in zip(made, holders, strict=True)
        for holder in wanted
    ]
    return made, outer_keys, grants


def _give_pair(safe: Safe, key: SafeKey) -> None:
    """Give a safe the public half of a secret, and the server's code under it."""
    safe.public = sealing.public_of(key.secret)
    safe.proof = rules.safe_proof(safe.id, safe.kind, safe.epoch, safe.public)


def grant_for(safe: Safe, key: SafeKey, outer: bytes, holder: Holder) -> Grant:
    """Return a grant of a safe's key at its epoch, unsaved."""
    grant = Grant(
        safe_id=safe.id,
        epoch=safe.epoch,
        holder=holder.public,
        holder_safe=holder.safe,
        person=holder.person,
        state=holder.state,
    )
    wrapper = outer if holder.state == State.ACTIVE else rules.release_key(outer)
    grant.wrapped = sealing.encrypt(wrapper, sealing.box(holder.public, key.secret), grant.binding)
    return grant


def add(safe: Safe, *, row: UUID, items: dict[str, bytes], key: SafeKey | None = None) -> None:
    """Seal the fields of a row into a safe; needs its public half alone.

    A writer who reads as well gives the safe's key, by which it opens some ten times as fast.
    """
    Sealed.objects.bulk_create(sealed_items(safe, row=row, items=items, key=key))


def sealed_items(
    safe: Safe, *, row: UUID, items: dict[str, bytes], key: SafeKey | None = None
) -> list[Sealed]:
    """Return the sealed fields of a row, for whoever writes many rows at once."""
    seal = key.seal if key else partial(rules.seal_to, access.proven(safe))
    return [
        Sealed(
            id=uuid4(),
            safe=safe,
            epoch=safe.epoch,
            row=row,
            field=field,
            ciphertext=seal(plaintext, rules.item_binding(safe.id, safe.epoch, row, field)),
        )
        for field, plaintext in items.items()
    ]


@transaction.atomic
def replace(safe: Safe, *, row: UUID, items: dict[str, bytes], key: SafeKey | None = None) -> None:
    """Seal the fields of a row anew."""
    Sealed.objects.filter(safe=safe, row=row, field__in=items).delete()
    add(safe, row=row, items=items, key=key)


def hold(safes: Collection[UUID]) -> dict[UUID, Safe]:
    """Return safes by their ids, held until the commit, in one order for everybody."""
    if not safes:
        return {}
    held = Safe.objects.select_for_update().filter(pk__in=safes).order_by("pk")
    return {safe.pk: safe for safe in held}


def _locked(safe: Safe) -> Safe:
    """Return a safe, held until the commit: its epoch stays what it is while grants change."""
    return Safe.objects.select_for_update().get(pk=safe.pk)


@transaction.atomic
@at_the_gate()
def share(safe: Safe, *, opener: Opener, holders: Sequence[Holder]) -> None:
    """Let an opener of a safe give grants to more holders, in every epoch that it can open."""
    safe = _locked(safe)
    secrets = access.secrets_of(opener, [safe.id])
    if (safe.id, safe.epoch) not in secrets:
        raise NoGrantError
    outer = access.outer_keys([safe.id])[safe.id]
    for (_, epoch), key in secrets.items():
        at_epoch = Safe(id=safe.id, kind=safe.kind, epoch=epoch)
        Grant.objects.bulk_create(
            [grant_for(at_epoch, key, outer, holder) for holder in holders],
            update_conflicts=True,
            unique_fields=["safe", "epoch", "holder"],
            update_fields=["state", "wrapped", "person", "holder_safe"],
        )
    given = [holder.person for holder in holders if holder.person is not None]
    MissingGrant.objects.filter(safe=safe, person__in=given).delete()


def miss(safe: Safe, persons: Iterable[Person], *, now: datetime) -> None:
    """Note who should be able to open a safe and cannot yet."""
    MissingGrant.objects.bulk_create(
        [MissingGrant(safe=safe, person=person, since=days.day_of(now)) for person in persons],
        ignore_conflicts=True,
    )


@transaction.atomic
def seal_missing(opener: Opener, safes: Iterable[Safe]) -> None:
    """Give missing grants on safes that this opener can open, to persons who have a key by now.

    Whoever was kept away meanwhile waits no more: that is read once the safes are held.
    """
    waited_for = MissingGrant.objects.filter(safe__in=list(safes)).values_list("safe", flat=True)
    found = hold(set(waited_for))
    by_safe: dict[UUID, list[Person]] = {}
    for row in MissingGrant.objects.filter(safe__in=found).select_related("person"):
        by_safe.setdefault(row.safe_id, []).append(row.person)
    for safe_id, persons in by_safe.items():
        holders, _ = holders_of(persons)
        if holders and (safe_id, found[safe_id].epoch) in access.secrets_of(opener, [safe_id]):
            share(found[safe_id], opener=opener, holders=holders)


@transaction.atomic
@at_the_gate()
def seal_due(
    opener: Opener, *, of: Person, to: Collection[Person], at_most: int
) -> dict[Person, int]:
    """Seal names that wait to custodians who came later; return how many to each.

    Whoever was barred meanwhile waits no more: that is read once the safes are held.
    """
    due = access.to_hand_on(of, to).values_list("safe", flat=True)[:at_most]
    safes = hold(list(due))
    missing = list(access.to_hand_on(of, to).filter(safe__in=safes).select_related("person"))
    holders = {one.person: one for one in holders_of({row.person for row in missing})[0]}
    sealing_now = [row for row in missing if row.person in holders]
    secrets = access.secrets_of(opener, safes, is_strict=False) if sealing_now else {}
    outers = access.outer_keys(safes) if sealing_now else {}
    epochs: dict[UUID, list[tuple[int, SafeKey]]] = {}
    for (safe_id, epoch), key in secrets.items():
        epochs.setdefault(safe_id, []).append((epoch, key))
    given: dict[Person, int] = {}
    grants = []
    for row in [row for row in sealing_now if row.safe_id in epochs]:
        for epoch, key in epochs[row.safe_id]:
            at_epoch = Safe(id=row.safe_id, kind=safes[row.safe_id].kind, epoch=epoch)
            grants.append(grant_for(at_epoch, key, outers[row.safe_id], holders[row.person]))
        given[row.person] = given.get(row.person, 0) + 1
    Grant.objects.bulk_create(
        grants,
        update_conflicts=True,
        unique_fields=["safe", "epoch", "holder"],
        update_fields=["state", "wrapped", "person", "holder_safe"],
    )
    done = [row.pk for row in sealing_now if row.safe_id in epochs]
    MissingGrant.objects.filter(pk__in=done).delete()
    return given


@transaction.atomic
@at_the_gate()
def activate(safe: Safe, person: Person) -> bool:
    """Make a dormant grant active: peel the release layer, wrap by the outer key.

    What is handled is the sealed box inside, never the secret: a worker can do this. Return
    whether the person can now open the safe by a grant of their own.
    """
    safe = _locked(safe)
    dormant = list(
        Grant.objects.select_for_update().filter(safe=safe, person=person, state=State.DORMANT)
    )
    outers = access.outer_keys([safe.id]) if dormant else {}
    for grant in dormant:
        outer = outers[safe.id]
        inner = sealing.decrypt(rules.release_key(outer), bytes(grant.wrapped), grant.binding)
        grant.state = State.ACTIVE
        grant.wrapped = sealing.encrypt(outer, inner, grant.binding)
        grant.save(update_fields=["state", "wrapped"])
    return Grant.objects.filter(safe=safe, person=person, state=State.ACTIVE).exists()


@transaction.atomic
@at_the_gate()
def remove(safe: Safe, persons: Iterable[Person]) -> None:
    """Take grants away, also those still to be given, and begin a new epoch for who stays.

    What is written from now on is sealed to a new key, so that an old grant, even one copied
    from the database, does not open it. A safe that holds a grant holds the next one by its own
    newest key: take people off the outer safe first.
    """
    gone = list(persons)
    Grant.objects.filter(safe=safe, person__in=gone).delete()
    MissingGrant.objects.filter(safe=safe, person__in=gone).delete()
    begin_epochs([safe.pk])


@at_the_gate()
def begin_epochs(safes: Collection[UUID]) -> None:
    """Begin a new epoch of safes, for whoever holds the present one; part of a transaction.

    Every grant proves by its wrapping that the server made it for this very key, so nobody who
    only has the database can slip in: what does not open is left behind.
    """
    begun = hold(safes)
    staying = list(
        Grant.objects.filter(safe__in=begun, epoch=F("safe__epoch")).select_related(
            "holder_safe", "person"
        )
    )
    outers = access.outer_keys(begun)
    fresh = {pk: SafeKey.new() for pk in begun}
    for safe in begun.values():
        safe.epoch += 1
        _give_pair(safe, fresh[safe.pk])
    Safe.objects.bulk_update(begun.values(), ["epoch", "public", "proof"], batch_size=500)
    Grant.objects.bulk_create(
        grant_for(
            begun[grant.safe_id],
            fresh[grant.safe_id],
            outers[grant.safe_id],
            _at_next_epoch(grant, begun),
        )
        for grant in staying
        if grant.safe_id in outers and _is_ours(grant, outers[grant.safe_id])
    )


def _is_ours(grant: Grant, outer: bytes) -> bool:
    """Return whether the server made a grant for just this holder."""
    wrapper = outer if grant.state == State.ACTIVE else rules.release_key(outer)
    try:
        sealing.decrypt(wrapper, bytes(grant.wrapped), grant.binding)
    except sealing.SealBrokenError:
        return False
    return True


def _at_next_epoch(grant: Grant, begun: Mapping[UUID, Safe]) -> Holder:
    """Return who holds a grant from the next epoch on."""
    if grant.holder_safe is not None:
        return Holder.of_safe(begun.get(grant.holder_safe.pk, grant.holder_safe))
    return Holder(bytes(grant.holder), grant.person, State(grant.state))


@transaction.atomic
@at_the_gate()
def hand_on(safe: Safe, *, opener: Opener, to: bytes) -> None:
    """Give all that an opener can open to another key, and nothing more to the opener.

    What lies there already the opener has seen; a new epoch closes what is written from now on.
    """
    share(safe, opener=opener, holders=[Holder(to)])
    Grant.objects.filter(safe=safe, holder=opener.public).delete()
    remove(safe, [])


@at_the_gate()
def empty(safe: Safe) -> None:
    """Take every grant and every item out of a safe at once; its outer key goes when destroyed."""
    Grant.objects.filter(safe=safe).delete()
    MissingGrant.objects.filter(safe=safe).delete()
    Sealed.objects.filter(safe=safe).delete()


@transaction.atomic
@at_the_gate()
def pour(safe: Safe, *, into: Safe, opener: Opener, rows: Collection[UUID] | None = None) -> int:
    """Seal everything of a safe, or of some rows in it, to another one; return how many items.

    Refuses whoever does not open all of it: what does not open would be left behind.
    """
    held = hold([safe.pk, into.pk])
    keys = access.secrets_of(opener, held)
    to = keys.get((into.pk, held[into.pk].epoch))
    wanted = Sealed.objects.filter(safe=safe)
    if rows is not None:
        wanted = wanted.filter(row__in=rows)
    found = list(wanted.select_for_update())
    if to is None or any((safe.pk, item.epoch) not in keys for item in found):
        raise NoGrantError
    for item in found:
        bound_to = rules.item_binding(safe.pk, item.epoch, item.row, item.field)
        plain = keys[safe.pk, item.epoch].unseal(bytes(item.ciphertext), bound_to)
        item.safe, item.epoch = held[into.pk], held[into.pk].epoch
        bound_to = rules.item_binding(into.pk, item.epoch, item.row, item.field)
        item.ciphertext = to.seal(plain, bound_to)
    Sealed.objects.bulk_update(found, ["safe", "epoch", "ciphertext"], batch_size=500)
    return len(found)


@transaction.atomic
@at_the_gate()
def let_go(safe: Safe, *, of: Safe) -> None:
    """Take from a safe what another safe holds of it, and begin a new epoch for who stays."""
    Grant.objects.filter(safe=safe, holder_safe=of).delete()
    begin_epochs([safe.pk])


@transaction.atomic
@at_the_gate()
def take_from(safe: Safe, persons: Iterable[Person]) -> None:
    """Take grants away, unless nobody else would hold one: what nobody can open is lost.

    What is still to be given is given to none of them in any case.
    """
    safe = _locked(safe)
    gone = list(persons)
    MissingGrant.objects.filter(safe=safe, person__in=gone).delete()
    held = Grant.objects.filter(safe=safe, epoch=safe.epoch, state=State.ACTIVE)
    if held.exclude(person__in=gone).exists():
        Grant.objects.filter(safe=safe, person__in=gone).delete()
