"""Second factors: codes from an app, passkeys, recovery codes; and who a provider vouches for.

Secrets lie in the database sealed under a key of the server (people.views.adapters.Factors).
"""

from datetime import datetime
from typing import Any

from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from allauth.mfa.utils import decrypt
from allauth.mfa.webauthn.internal.auth import WebAuthn
from allauth.socialaccount.models import SocialAccount
from django.db import transaction

from common.errors import RuleError
from ledger import actions as ledger
from ledger.rules import Actor
from ledger.verbs import Verb
from people import access, notices
from people.models import Person
from people.rules import Factor

# the time step of the newest code that was used, beside the sealed secret (RFC 6238, 5.2)
USED_STEP = "used_step"


def matching_step(secret: str, code: str, *, after: int = -1) -> int | None:
    """Return the time step whose code this is, if that step is near now and later than `after`."""
    return next(
        (
            step
            for step in yield_hotp_counters_from_time()
            if step > after
            and compare_user_code(actual=code, expected=format_hotp_value(hotp_value(secret, step)))
        ),
        None,
    )


@transaction.atomic
def add_totp(person: Person, *, secret: str, code: str, by: Actor, now: datetime) -> list[str]:
    """Add an app whose code proves that it has the secret; return new recovery codes, if any."""
    step = matching_step(secret, code)
    if step is None:
        msg = "This code does not fit. Check the clock of your device and enter the newest code."
        raise RuleError(msg)
    return give_totp(person, secret=secret, used_step=step, by=by, now=now)


@transaction.atomic
def give_totp(
    person: Person, *, secret: str, by: Actor, now: datetime, used_step: int = -1
) -> list[str]:
    """Add an app that is known to have the secret; codes up to the used step open nothing."""
    if Authenticator.objects.filter(user=person, type=Factor.TOTP).exists():
        msg = "You have an app already. Nothing was changed; remove that one first."
        raise RuleError(msg)
    _require_in_time(person, now=now)
    factor = TOTP.activate(person, secret).instance
    factor.data[USED_STEP] = used_step
    factor.save(update_fields=["data"])
    return _added(person, Factor.TOTP, by=by, now=now)


@transaction.atomic
def add_passkey(
    person: Person, *, name: str, credential: dict[str, Any], by: Actor, now: datetime
) -> list[str]:
    """Add a passkey whose credential was verified; return new recovery codes, if any."""
    _require_in_time(person, now=now)
    WebAuthn.add(person, name, credential)
    return _added(person, Factor.PASSKEY, by=by, now=now)


def _require_in_time(person: Person, *, now: datetime) -> None:
    """Refuse a first factor after the time that a reset left: a password alone would add it."""
    held = Person.objects.select_for_update(of=("self",)).get(pk=person.pk)
    if held.is_late(now):
        msg = (
            "The time to add a second factor is over, so the account is locked. Nothing was added. "
            "Ask an administrator or the head of the office for another reset."
        )
        raise RuleError(msg)


def _added(person: Person, kind: Factor, *, by: Actor, now: datetime) -> list[str]:
    Person.objects.filter(pk=person.pk).update(enrol_by=None)
    ledger.record(
        Verb.SECOND_FACTOR_ADDED, by=by, at=now, subject=f"person:{person.pk}", kind=kind.value
    )
    ledger.post(notices.changed(person, "second_factor", now=now))
    if Authenticator.objects.filter(user=person, type=Factor.RECOVERY).exists():
        return []
    return make_recovery_codes(person, by=by, now=now)


@transaction.atomic
def make_recovery_codes(person: Person, *, by: Actor, now: datetime) -> list[str]:
    """Return ten new recovery codes, shown this once; the older ones open nothing more."""
    if not access.is_enrolled(person):
        msg = "Recovery codes stand in for a second factor, and you have none yet. Add one first."
        raise RuleError(msg)
    Authenticator.objects.filter(user=person, type=Factor.RECOVERY).delete()
    codes: list[str] = RecoveryCodes.activate(person).generate_codes()
    ledger.record(Verb.RECOVERY_CODES_MADE, by=by, at=now, subject=f"person:{person.pk}")
    return codes


@transaction.atomic
def remove_factor(factor: Authenticator, *, by: Person, now: datetime) -> None:
    """Remove one's own second factor; the last one stays for whoever needs one."""
    others = Authenticator.objects.filter(user=by, type__in=[Factor.TOTP, Factor.PASSKEY]).exclude(
        pk=factor.pk
    )
    if by.needs_second_factor and not others.exists():
        msg = "This is your last second factor, and your roles need one. Add another first."
        raise RuleError(msg)
    kind = factor.type
    factor.delete()
    if not others.exists():
        Authenticator.objects.filter(user=by, type=Factor.RECOVERY).delete()
    ledger.record(
        Verb.SECOND_FACTOR_REMOVED, by=by.actor, at=now, subject=f"person:{by.pk}", kind=kind
    )
    ledger.post(notices.changed(by, "second_factor", now=now))


@transaction.atomic
def use_code(person: Person, *, code: str, now: datetime) -> Authenticator:
    """Take a code from the app or a recovery code, each once; refuse any other."""
    code = "".join(code.split())
    held = {
        factor.type: factor
        for factor in Authenticator.objects.select_for_update().filter(
            user=person, type__in=[Factor.TOTP, Factor.RECOVERY]
        )
    }
    for factor in (held.get(Factor.TOTP), held.get(Factor.RECOVERY)):
        if factor is not None and _takes(factor, code):
            factor.last_used_at = now
            factor.save(update_fields=["data", "last_used_at"])
            return factor
    msg = "This code does not fit, or was used already. Wait for the next code and try again."
    raise RuleError(msg)


def _takes(factor: Authenticator, code: str) -> bool:
    if factor.type == Factor.RECOVERY:
        wrapped = RecoveryCodes(factor)
        found: bool = wrapped.validate_code(code)
        factor.data = wrapped.instance.data
        return found
    after = int(factor.data.get(USED_STEP, -1))
    step = matching_step(decrypt(factor.data["secret"]), code, after=after)
    if step is not None:
        factor.data[USED_STEP] = step
    return step is not None


@transaction.atomic
def use_passkey(factor: Authenticator, *, now: datetime) -> Authenticator:
    """Note that a passkey, whose answer was verified, was used."""
    factor.last_used_at = now
    factor.save(update_fields=["last_used_at"])
    return factor


@transaction.atomic
def refuse_factor(person: Person, *, now: datetime, reason: str = "code") -> None:
    """Record a refused second factor: the password was right, so its person should know."""
    ledger.record(
        Verb.SECOND_FACTOR_REFUSED,
        by=person.actor,
        at=now,
        subject=f"person:{person.pk}",
        reason=reason,
    )


@transaction.atomic
def link_provider(person: Person, *, provider: str, subject: str, now: datetime) -> None:
    """Keep whom the provider means from now on: the digest of its name for them, and no more."""
    if SocialAccount.objects.filter(user=person, provider=provider).exists():
        msg = "Somebody else signed in as this person before. An administrator has to look at it."
        raise RuleError(msg)
    SocialAccount.objects.create(user=person, provider=provider, uid=subject, extra_data={})
    ledger.record(Verb.PROVIDER_LINKED, by=person.actor, at=now, subject=f"person:{person.pk}")


def refuse_provider(*, now: datetime, by: Actor, reason: str) -> None:
    """Record that a provider's word did not let somebody in."""
    ledger.record(
        Verb.PROVIDER_REFUSED,
        by=by,
        at=now,
        subject=by.ref if by.ref.startswith("person:") else "provider",
        reason=reason,
    )
