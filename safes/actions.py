"""Make keys and safes, seal, grant, and activate what was dormant."""

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction

from common import days, keys, sealing
from common.errors import RuleError
from ledger import actions as ledger
from ledger.rules import Actor
from ledger.verbs import Verb
from people import actions as people
from people.models import Person
from people.rules import blind_index
from safes import access, rules
from safes.access import KEYSTORE, NoGrantError
from safes.models import Grant, MissingGrant, OuterKey, Safe, Sealed, State, UserKey
from safes.rules import Opener


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
        return cls(bytes(safe.public), safe=safe)


# -- people's keys -----------------------------------------------------------------


def _passphrase_key(person: Person, passphrase: str, salt: bytes) -> bytes:
    pepper = sealing.hkdf(keys.derived("user-pepper"), blind_index(person.pk))
    return sealing.passphrase_key(passphrase, salt, pepper)


def _key_binding(person: Person, epoch: int) -> bytes:
    return f"user-key|v1|{person.pk}|{epoch}".encode()


@transaction.atomic
def make_key(person: Person, *, passphrase: str, by: Actor, now: datetime) -> Opener:
    """Give somebody a key pair of their own, opened by a passphrase."""
    if person.keys.exists():
        msg = "There is a key already. Unlock it with its passphrase instead."
        raise RuleError(msg)
    secret, salt = sealing.new_secret(), os.urandom(16)
    UserKey.objects.create(
        person=person,
        public=sealing.public_of(secret),
        salt=salt,
        wrapped=sealing.encrypt(
            _passphrase_key(person, passphrase, salt), secret, _key_binding(person, 1)
        ),
    )
    ledger.record(Verb.KEY_MADE, by=by, at=now, subject=f"person:{person.pk}")
    return Opener(secret)


def unlock(person: Person, *, passphrase: str) -> Opener:
    """Return the opener of somebody who knows their passphrase, or refuse."""
    key = person.keys.order_by("-epoch").first()
    if key is None:
        msg = "You have no key yet. An administrator has to invite you first."
        raise RuleError(msg)
    try:
        secret = sealing.decrypt(
            _passphrase_key(person, passphrase, bytes(key.salt)),
            bytes(key.wrapped),
            _key_binding(person, key.epoch),
        )
    except sealing.SealBrokenError:
        msg = "That is not your passphrase. Nothing was opened; try again."
        raise RuleError(msg) from None
    return Opener(secret)


def holders_of(
    persons: Iterable[Person], state: State = State.ACTIVE
) -> tuple[list[Holder], list[Person]]:
    """Return the holders for persons who have a key, and the persons who have none yet."""
    people = list(persons)
    newest: dict[UUID, UserKey] = {}
    for key in UserKey.objects.only("person", "public").filter(person__in=people).order_by("epoch"):
        newest[key.person_id] = key
    holders = [
        Holder(bytes(newest[person.pk].public), person, state)
        for person in people
        if person.pk in newest
    ]
    return holders, [person for person in people if person.pk not in newest]


# -- safes ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Fresh:
    """A safe just made, whose secret is still at hand until the action ends."""

    safe: Safe
    secret: bytes
    outer: bytes


def make_safe(kind: str, *, holders: Sequence[Holder]) -> Fresh:
    """Make a safe for these holders.

    The outer key is written to the keystore first: a safe that is rolled back leaves a key that
    opens nothing, while a safe without its key would be lost.
    """
    return make_safes(kind, [holders])[0]


def make_safes(kind: str, holders: Sequence[Sequence[Holder]]) -> list[Fresh]:
    """Make many safes at once, one for each list of holders."""
    made, outer_keys, grants = rows_for(kind, holders)
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
        secret = sealing.new_secret()
        safe = Safe(id=uuid4(), kind=kind, public=sealing.public_of(secret))
        made.append(Fresh(safe, secret, os.urandom(sealing.KEY_BYTES)))
    kek = keys.derived("outer-key")
    outer_keys = [
        OuterKey(
            safe=fresh.safe.id,
            wrapped=sealing.encrypt(kek, fresh.outer, rules.outer_binding(fresh.safe.id)),
            key_id=keys.CURRENT,
        )
        for fresh in made
    ]
    grants = [
        _grant(fresh.safe, fresh.secret, fresh.outer, holder)
        for fresh, wanted in zip(made, holders, strict=True)
        for holder in wanted
    ]
    return made, outer_keys, grants


def _grant(safe: Safe, secret: bytes, outer: bytes, holder: Holder) -> Grant:
    wrapper = outer if holder.state == State.ACTIVE else rules.release_key(outer)
    return Grant(
        safe=safe,
        epoch=safe.epoch,
        holder=holder.public,
        holder_safe=holder.safe,
        person=holder.person,
        state=holder.state,
        wrapped=sealing.encrypt(
            wrapper,
            sealing.box(holder.public, secret),
            rules.grant_binding(safe.id, safe.epoch, holder.public, holder.state),
        ),
    )


def add(safe: Safe, *, row: UUID, items: dict[str, bytes]) -> None:
    """Seal the fields of a row into a safe; needs its public half alone."""
    Sealed.objects.bulk_create(sealed_items(safe, row=row, items=items))


def sealed_items(safe: Safe, *, row: UUID, items: dict[str, bytes]) -> list[Sealed]:
    """Return the sealed fields of a row, for whoever writes many rows at once."""
    return [
        Sealed(
            id=uuid4(),
            safe=safe,
            epoch=safe.epoch,
            row=row,
            field=field,
            ciphertext=sealing.seal(
                bytes(safe.public), plaintext, rules.item_binding(safe.id, safe.epoch, row, field)
            ),
        )
        for field, plaintext in items.items()
    ]


@transaction.atomic
def replace(safe: Safe, *, row: UUID, items: dict[str, bytes]) -> None:
    """Seal the fields of a row anew."""
    Sealed.objects.filter(safe=safe, row=row, field__in=items).delete()
    add(safe, row=row, items=items)


@transaction.atomic
def share(safe: Safe, *, opener: Opener, holders: Sequence[Holder]) -> None:
    """Let an opener of a safe give grants to more holders, in every epoch that it can open."""
    secrets = access.secrets_of(opener, [safe.id])
    if (safe.id, safe.epoch) not in secrets:
        raise NoGrantError
    outer = access.outer_keys([safe.id])[safe.id]
    for (_, epoch), secret in secrets.items():
        at_epoch = Safe(id=safe.id, kind=safe.kind, epoch=epoch, public=safe.public)
        Grant.objects.bulk_create(
            [_grant(at_epoch, secret, outer, holder) for holder in holders],
            update_conflicts=True,
            unique_fields=["safe", "epoch", "holder"],
            update_fields=["state", "wrapped", "person"],
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
    """Give missing grants on safes that this opener can open, to persons who have a key by now."""
    by_safe: dict[UUID, list[Person]] = {}
    missing = MissingGrant.objects.filter(safe__in=list(safes)).select_related("safe", "person")
    found = {row.safe_id: row.safe for row in missing}
    for row in missing:
        by_safe.setdefault(row.safe_id, []).append(row.person)
    for safe_id, persons in by_safe.items():
        holders, _ = holders_of(persons)
        if holders and (safe_id, found[safe_id].epoch) in access.secrets_of(opener, [safe_id]):
            share(found[safe_id], opener=opener, holders=holders)


@transaction.atomic
def activate(safe: Safe, person: Person) -> bool:
    """Make a dormant grant active: peel the release layer, wrap by the outer key.

    What is handled is the sealed box inside, never the secret: a worker can do this. Return
    whether the person can now open the safe by a grant of their own.
    """
    dormant = list(
        Grant.objects.select_for_update().filter(safe=safe, person=person, state=State.DORMANT)
    )
    outers = access.outer_keys([safe.id]) if dormant else {}
    for grant in dormant:
        outer, holder = outers[safe.id], bytes(grant.holder)
        inner = sealing.decrypt(
            rules.release_key(outer),
            bytes(grant.wrapped),
            rules.grant_binding(safe.id, grant.epoch, holder, State.DORMANT),
        )
        grant.state = State.ACTIVE
        grant.wrapped = sealing.encrypt(
            outer, inner, rules.grant_binding(safe.id, grant.epoch, holder, State.ACTIVE)
        )
        grant.save(update_fields=["state", "wrapped"])
    return Grant.objects.filter(safe=safe, person=person, state=State.ACTIVE).exists()


@transaction.atomic
def part_with(person: Person, *, by: Person, now: datetime) -> None:
    """Let somebody leave and make their grants dormant at once.

    A dormant grant opens nothing and can be made active again: nothing is lost where the leaver
    was the only one who could open a safe. Those who stay begin a new epoch when they next remove
    somebody or the safe is re-sealed; the leaver has no session and no password by then.
    """
    people.part_with(person, by=by, now=now)
    grants = list(Grant.objects.select_for_update().filter(person=person, state=State.ACTIVE))
    outers = access.outer_keys(grant.safe_id for grant in grants)
    sleeping = [
        _put_to_sleep(grant, outers[grant.safe_id]) for grant in grants if grant.safe_id in outers
    ]
    Grant.objects.bulk_update(sleeping, ["state", "wrapped"], batch_size=500)
    MissingGrant.objects.filter(person=person).delete()


def _put_to_sleep(grant: Grant, outer: bytes) -> Grant:
    """Wrap the sealed box by the release key instead of the outer key: `activate` undoes it."""
    holder = bytes(grant.holder)
    inner = sealing.decrypt(
        outer,
        bytes(grant.wrapped),
        rules.grant_binding(grant.safe_id, grant.epoch, holder, State.ACTIVE),
    )
    grant.state = State.DORMANT
    grant.wrapped = sealing.encrypt(
        rules.release_key(outer),
        inner,
        rules.grant_binding(grant.safe_id, grant.epoch, holder, State.DORMANT),
    )
    return grant


@transaction.atomic
def remove(safe: Safe, persons: Iterable[Person]) -> None:
    """Take grants away, also those still to be given, and begin a new epoch for who stays.

    What is written from now on is sealed to a new key, so that an old grant, even one copied
    from the database, does not open it. A safe that holds a grant holds the next one by its own
    newest key: take people off the outer safe first.
    """
    safe = Safe.objects.select_for_update().get(pk=safe.pk)
    gone = list(persons)
    Grant.objects.filter(safe=safe, person__in=gone).delete()
    MissingGrant.objects.filter(safe=safe, person__in=gone).delete()
    staying = list(
        Grant.objects.filter(safe=safe, epoch=safe.epoch).select_related("holder_safe", "person")
    )
    secret = sealing.new_secret()
    safe.epoch += 1
    safe.public = sealing.public_of(secret)
    safe.save(update_fields=["epoch", "public"])
    outer = access.outer_keys([safe.id])[safe.id]
    Grant.objects.bulk_create(
        _grant(safe, secret, outer, _at_next_epoch(grant)) for grant in staying
    )


def _at_next_epoch(grant: Grant) -> Holder:
    """Return who holds a grant from the next epoch on."""
    if grant.holder_safe is not None:
        return Holder.of_safe(grant.holder_safe)
    return Holder(bytes(grant.holder), grant.person, State(grant.state))


@transaction.atomic
def hand_on(safe: Safe, *, opener: Opener, to: bytes) -> None:
    """Give all that an opener can open to another key, and nothing more to the opener.

    What lies there already the opener has seen; a new epoch closes what is written from now on.
    """
    share(safe, opener=opener, holders=[Holder(to)])
    Grant.objects.filter(safe=safe, holder=opener.public).delete()
    remove(safe, [])


def empty(safe: Safe) -> None:
    """Take every grant and every item out of a safe at once; its outer key goes when destroyed."""
    Grant.objects.filter(safe=safe).delete()
    Sealed.objects.filter(safe=safe).delete()


def take_from(safe: Safe, persons: Iterable[Person]) -> None:
    """Take grants away, unless nobody else would hold one: what nobody can open is lost."""
    gone = list(persons)
    held = Grant.objects.filter(safe=safe, epoch=safe.epoch, state=State.ACTIVE)
    if held.exclude(person__in=gone).exists():
        Grant.objects.filter(safe=safe, person__in=gone).delete()
        MissingGrant.objects.filter(safe=safe, person__in=gone).delete()


def destroy(safes: Sequence[UUID]) -> None:
    """Destroy safes: without their outer keys nothing in them can be opened, nor from a backup."""
    Safe.objects.filter(pk__in=safes).delete()
    transaction.on_commit(lambda: OuterKey.objects.using(KEYSTORE).filter(safe__in=safes).delete())
