"""People's keys: make, unlock, change what opens them, recover, replace."""

import os
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction

from common import attempts, keys, sealing
from common.asking import at_the_gate
from common.attempts import Limit
from common.errors import RuleError
from ledger import actions as ledger
from ledger.actions import Act
from ledger.rules import Actor, Fact
from ledger.verbs import Verb
from people import actions as people
from people.models import Person
from safes import access, notices, rules
from safes.actions.safes import Holder, begin_epochs, grant_for
from safes.models import Grant, Mode, Safe, State, UserKey
from safes.rules import Opener, RecoveryCode, SafeKey

_RECOVERY = "recovery"


@dataclass(frozen=True)
class Recovered:
    """What a recovery code gave: the opener, and the code for the next time, shown once."""

    opener: Opener
    code: RecoveryCode


# -- how a secret lies in the database -----------------------------------------------------


def _wrap(key: UserKey, secret: bytes, passphrase: str) -> None:
    """Put a secret under its passphrase, if it has one, and the server's key around that."""
    key.salt = os.urandom(16)
    binding = rules.key_binding(key.person_id, key.epoch, key.mode)
    inner = secret
    if key.mode != Mode.MANAGED:
        inner = sealing.encrypt(sealing.passphrase_key(passphrase, key.salt), secret, binding)
    key.wrapped = sealing.encrypt(rules.server_layer(key.person_id, key.key_id), inner, binding)


def _unwrap(key: UserKey, passphrase: str) -> bytes:
    """Return the secret, or raise `SealBrokenError`; wrong passphrases are counted."""
    binding = rules.key_binding(key.person_id, key.epoch, key.mode)
    layer = rules.server_layer(key.person_id, key.key_id)
    inner = sealing.decrypt(layer, bytes(key.wrapped), binding)
    if key.mode == Mode.MANAGED:
        return inner
    tries = [Limit("passphrase", str(key.person_id), rules.TRIES, rules.TRIES_WITHIN)]
    if not attempts.take(tries):
        minutes = int(rules.TRIES_WITHIN.total_seconds() // 60)
        msg = (
            f"Too many passphrases were tried. Nothing was opened; try again in {minutes} minutes."
        )
        raise RuleError(msg)
    secret = sealing.decrypt(sealing.passphrase_key(passphrase, bytes(key.salt)), inner, binding)
    attempts.give_back(tries)
    return secret


def _add_recovery(key: UserKey, secret: bytes) -> RecoveryCode:
    code = RecoveryCode.new()
    binding = rules.key_binding(key.person_id, key.epoch, _RECOVERY)
    inner = sealing.encrypt(code.key, secret, binding)
    layer = rules.server_layer(key.person_id, key.key_id)
    key.recovery = sealing.encrypt(layer, inner, binding)
    return code


def rewrap(found: Iterable[UserKey], *, version: int) -> list[UserKey]:
    """Put another master key around people's keys; what they know is not needed for it."""
    moved = []
    for key in found:
        old = rules.server_layer(key.person_id, key.key_id)
        new = rules.server_layer(key.person_id, version)
        binding = rules.key_binding(key.person_id, key.epoch, key.mode)
        if bytes(key.wrapped):
            inner = sealing.decrypt(old, bytes(key.wrapped), binding)
            key.wrapped = sealing.encrypt(new, inner, binding)
        if key.recovery is not None:
            binding = rules.key_binding(key.person_id, key.epoch, _RECOVERY)
            inner = sealing.decrypt(old, bytes(key.recovery), binding)
            key.recovery = sealing.encrypt(new, inner, binding)
        key.key_id = version
        moved.append(key)
    return moved


def _newest(person: Person) -> UserKey:
    """Return somebody's newest key, held until the commit."""
    key = UserKey.objects.select_for_update().filter(person=person).order_by("-epoch").first()
    if key is None:
        msg = "You have no key yet. Choose a vault passphrase first."
        raise RuleError(msg)
    return key


def _record(verb: Verb, key: UserKey, *, by: Actor, now: datetime, **facts: Fact) -> None:
    told = {"epoch": key.epoch, **facts}
    ledger.record_all([Act(verb, by, now, f"person:{key.person_id}", facts=told)])


def _require_long(passphrase: str) -> None:
    if len(passphrase) < rules.PASSPHRASE_MIN:
        msg = (
            f"A vault passphrase has {rules.PASSPHRASE_MIN} characters or more. "
            "Choose a longer one, such as four words. Nothing was changed."
        )
        raise RuleError(msg)


def _require_owner(key: UserKey, opener: Opener) -> None:
    if opener.public != bytes(key.public):
        msg = "Your vault was opened with an older key. Unlock it again. Nothing was changed."
        raise RuleError(msg)


# -- make and open -------------------------------------------------------------------------


@transaction.atomic
def make_key(
    person: Person, *, passphrase: str, by: Actor, now: datetime, mode: Mode = Mode.PASSWORD
) -> Opener:
    """Give somebody a key pair of their own; until it is attested nothing is sealed to it."""
    if person.keys.exists():
        msg = "There is a key already. Unlock it with its passphrase instead."
        raise RuleError(msg)
    if mode == Mode.PASSPHRASE:
        _require_long(passphrase)
    opener = Opener(sealing.new_secret())
    key = _new_key(person, opener, epoch=1, mode=mode, passphrase=passphrase, now=now)
    _record(Verb.KEY_MADE, key, by=by, now=now, mode=key.mode)
    ledger.post(notices.key_made(key, now=now))
    return opener


def _new_key(
    person: Person, opener: Opener, *, epoch: int, mode: Mode, passphrase: str, now: datetime
) -> UserKey:
    key = UserKey(
        person=person,
        epoch=epoch,
        public=opener.public,
        signer=opener.signer,
        mode=mode,
        key_id=keys.current(),
        made_at=now,
    )
    _wrap(key, opener.secret, passphrase)
    key.save(force_insert=True)
    return key


def unlock(person: Person, *, passphrase: str) -> Opener:
    """Return the opener of somebody who knows their passphrase, or refuse."""
    key = person.keys.order_by("-epoch").first()
    if key is None:
        msg = "You have no key yet. Choose a vault passphrase first."
        raise RuleError(msg)
    if key.mode == Mode.MANAGED and not settings.MANAGED_KEYS:
        msg = "Your key has no passphrase yet, and this site wants one. Choose it now."
        raise RuleError(msg)
    try:
        return Opener(_unwrap(key, passphrase))
    except sealing.SealBrokenError:
        msg = "That does not open your key. Nothing was opened; try again."
        raise RuleError(msg) from None


def open_at_sign_in(person: Person, *, password: str | None, now: datetime) -> Opener | None:
    """Return the opener of somebody who just signed in, or None where they have to unlock.

    `password` is None for whoever signed in elsewhere. The first sign-in makes the key, under the
    password or, where the site keeps keys itself, under the server's key alone.
    """
    key = person.keys.order_by("-epoch").first()
    if key is None:
        if settings.MANAGED_KEYS:
            return make_key(person, passphrase="", by=person.actor, now=now, mode=Mode.MANAGED)
        if password is None:
            return None
        return make_key(person, passphrase=password, by=person.actor, now=now)
    if password is None and key.mode != Mode.MANAGED:
        return None
    try:
        return unlock(person, passphrase=password or "")
    except RuleError:
        return None


# -- change what opens it ------------------------------------------------------------------


@transaction.atomic
def change_passphrase(
    person: Person, *, current: str, new: str, now: datetime, mode: Mode = Mode.PASSPHRASE
) -> Opener:
    """Put one's key under another passphrase; the key itself, and what it opens, stay.

    A key that the server kept needs no `current`. With `mode` password, `new` is the sign-in
    password, whose length is for signing in to judge.
    """
    key = _newest(person)
    if mode == Mode.PASSPHRASE:
        _require_long(new)
    try:
        opener = Opener(_unwrap(key, current))
    except sealing.SealBrokenError:
        msg = "That does not open your key now. Nothing was changed; try again."
        raise RuleError(msg) from None
    key.mode = mode
    _wrap(key, opener.secret, new)
    key.save(update_fields=["mode", "salt", "wrapped"])
    _record(Verb.KEY_CHANGED, key, by=person.actor, now=now, mode=key.mode)
    return opener


@transaction.atomic
def change_password(person: Person, *, old: str, new: str, now: datetime, keep: str = "") -> None:
    """Change one's password; a key that the old one opened opens by the new one from now on.

    A key under an older password, or under a passphrase of its own, stays as it was.
    """
    people.change_password(person, old=old, new=new, now=now, keep=keep)
    key = UserKey.objects.newest().filter(person=person).first()
    if key is None or key.mode != Mode.PASSWORD:
        return
    with suppress(RuleError):
        change_passphrase(person, current=old, new=new, now=now, mode=Mode.PASSWORD)


@transaction.atomic
def let_server_open(person: Person, *, opener: Opener, now: datetime) -> None:
    """Let the server open one's key without a passphrase, where the site chose that."""
    if not settings.MANAGED_KEYS:
        msg = "This site does not keep people's keys. Nothing was changed."
        raise RuleError(msg)
    key = _newest(person)
    _require_owner(key, opener)
    key.mode = Mode.MANAGED
    _wrap(key, opener.secret, "")
    key.save(update_fields=["mode", "salt", "wrapped"])
    _record(Verb.KEY_CHANGED, key, by=person.actor, now=now, mode=key.mode)


@transaction.atomic
def make_recovery(person: Person, *, opener: Opener, now: datetime) -> RecoveryCode:
    """Return a new recovery code of one's key; it is shown this once, and an older one ends."""
    key = _newest(person)
    _require_owner(key, opener)
    code = _add_recovery(key, opener.secret)
    key.save(update_fields=["recovery"])
    _record(Verb.RECOVERY_MADE, key, by=person.actor, now=now)
    return code


@transaction.atomic
def recover(
    person: Person, *, code: RecoveryCode, passphrase: str, now: datetime, keep: str = ""
) -> Recovered:
    """Open one's key with its recovery code: it gets a new passphrase and a new code.

    Every session but the one to `keep` ends: in another, somebody may have the vault open.
    """
    key = _newest(person)
    _require_long(passphrase)
    binding = rules.key_binding(key.person_id, key.epoch, _RECOVERY)
    layer = rules.server_layer(key.person_id, key.key_id)
    try:
        inner = sealing.decrypt(layer, bytes(key.recovery or b""), binding)
        opener = Opener(sealing.decrypt(code.key, inner, binding))
    except sealing.SealBrokenError:
        msg = "This is not your recovery code, or a newer one took its place. Nothing was changed."
        raise RuleError(msg) from None
    key.mode = Mode.PASSPHRASE
    _wrap(key, opener.secret, passphrase)
    fresh = _add_recovery(key, opener.secret)
    key.save(update_fields=["mode", "salt", "wrapped", "recovery"])
    _record(Verb.KEY_RECOVERED, key, by=person.actor, now=now)
    people.end_sessions(person, by=person.actor, reason="recovered", now=now, keep=keep)
    ledger.post(notices.key_recovered(key, now=now))
    return Recovered(opener, fresh)


# -- somebody else may have it -------------------------------------------------------------


@transaction.atomic
@at_the_gate()
def replace_key(
    person: Person, *, opener: Opener, passphrase: str, now: datetime, keep: str = ""
) -> Opener:
    """Give somebody whose key may be known to others a new pair, and shut the old one out.

    Their grants are sealed anew in this session, and every safe that they hold begins a new epoch,
    so that the old key opens nothing that is written from now on. Others seal nothing more to them
    until colleagues have approved the new key. Every session but the one to `keep` ends.
    """
    _require_long(passphrase)
    old = _newest(person)
    _require_owner(old, opener)
    fresh = Opener(sealing.new_secret())
    new = _new_key(
        person,
        fresh,
        epoch=old.epoch + 1,
        mode=Mode.PASSPHRASE,
        passphrase=passphrase,
        now=now,
    )
    old.wrapped, old.recovery = b"", None
    old.save(update_fields=["wrapped", "recovery"])
    held = list(Grant.objects.filter(holder=opener.public).select_related("safe"))
    _seal_anew(held, opener=opener, holder=Holder(fresh.public, person))
    _record(
        Verb.KEY_REPLACED,
        new,
        by=person.actor,
        now=now,
        safes=len({grant.safe_id for grant in held}),
    )
    people.end_sessions(person, by=person.actor, reason="key", now=now, keep=keep)
    ledger.post(notices.key_made(new, now=now))
    return fresh


def _seal_anew(held: Sequence[Grant], *, opener: Opener, holder: Holder) -> None:
    """Replace grants of an old key by the same of a new one, then begin new epochs."""
    safes = {grant.safe_id: grant.safe for grant in held}
    outers = access.outer_keys(safes)
    made = []
    for grant in held:
        outer = outers.get(grant.safe_id)
        if outer is None:
            continue
        state = State(grant.state)
        wrapper = outer if state == State.ACTIVE else rules.release_key(outer)
        inner = sealing.decrypt(wrapper, bytes(grant.wrapped), grant.binding)
        held_key = SafeKey(sealing.unbox(opener.secret, inner))
        at_epoch = Safe(id=grant.safe_id, kind=grant.safe.kind, epoch=grant.epoch)
        new_holder = Holder(holder.public, holder.person, state)
        made.append(grant_for(at_epoch, held_key, outer, new_holder))
    Grant.objects.filter(pk__in=[grant.pk for grant in held]).delete()
    Grant.objects.bulk_create(made)
    begin_epochs(safes)
