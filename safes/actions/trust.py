"""Whose key it is: two colleagues vouch for a new one, and the house signs that they did."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction

from common import keys
from common.errors import RuleError
from ledger import actions as ledger
from ledger.rules import SYSTEM
from ledger.verbs import Verb
from people.access import require
from people.models import Person
from safes import access, notices, rules
from safes.models import Attestation, KeyApproval, UserKey
from safes.rules import Opener


@transaction.atomic
def approve(key_id: int, *, by: Person, opener: Opener, now: datetime) -> KeyApproval:
    """Vouch, with one's own key, for the key of a colleague whose fingerprint one has compared."""
    require(by, *access.APPROVERS)
    key = UserKey.objects.select_for_update().select_related("person").get(pk=key_id)
    if key.person_id == by.pk:
        msg = "This is your own key. Two colleagues have to approve it. Nothing was changed."
        raise RuleError(msg)
    mine = access.attested_keys([by]).get(by.pk)
    if mine is None or opener.public != bytes(mine.public):
        msg = (
            "Your own key is not approved yet, so it cannot vouch for another. Nothing was changed."
        )
        raise RuleError(msg)
    newest = UserKey.objects.newest().get(person=key.person_id)
    if newest.pk != key.pk or access.is_attested(newest):
        msg = "This key waits for nobody any more. Nothing was changed."
        raise RuleError(msg)
    if key.approvals.filter(by=by, by_key=mine).exists():
        msg = "You approved this key already. One more colleague is needed."
        raise RuleError(msg)
    made, _ = KeyApproval.objects.update_or_create(
        key=key,
        by=by,
        defaults={
            "owner": key.person,
            "by_key": mine,
            "signature": opener.signing_key.sign(rules.approval(key.statement)),
            "at": now,
        },
    )
    ledger.record(
        Verb.KEY_APPROVED, by=by.actor, at=now, subject=f"person:{key.person_id}", epoch=key.epoch
    )
    return made


@transaction.atomic
def attest_approved(*, now: datetime) -> int:
    """Attest the keys that two colleagues vouched for, and tell the office; return how many.

    Whoever has the signing key does this: workers. They trust no row, only signatures.
    """
    approved = [
        key for key in access.pending_keys() if len(_voucher_ids(key)) >= rules.APPROVALS_NEEDED
    ]
    for key in approved:
        _attest(key, how="approved", now=now)
        by = [one.by.name for one in key.approvals.all()]
        ledger.post(notices.key_attested(key, by, now=now))
    return len(approved)


def _voucher_ids(key: UserKey) -> set[UUID]:
    """Return who vouched for a key: still here, in a part that vouches, with an attested key."""
    given = [
        one
        for one in key.approvals.all()
        if one.by_id != key.person_id and one.by.holds(*access.APPROVERS)
    ]
    attested = access.attested_keys(one.by for one in given)
    message = rules.approval(key.statement)
    return {
        one.by_id
        for one in given
        if one.by_id in attested
        and attested[one.by_id].pk == one.by_key_id
        and keys.is_signed_by(bytes(attested[one.by_id].signer), message, bytes(one.signature))
    }


@transaction.atomic
def attest_founders(persons: Iterable[Person], *, now: datetime) -> list[UserKey]:
    """Attest the keys of people before there are two who could approve; return what was attested.

    Whoever runs this has the signing key, and so could do it anyhow: it is recorded and announced.
    """
    wanted = {person.pk for person in persons}
    found = [key for key in access.pending_keys() if key.person_id in wanted]
    for key in found:
        _attest(key, how="founding", now=now)
    return found


def _attest(key: UserKey, *, how: str, now: datetime) -> None:
    signature = keys.signing_key().sign(rules.attestation(key.statement))
    Attestation.objects.create(key=key, signature=signature, at=now)
    ledger.record(
        Verb.KEY_ATTESTED,
        by=SYSTEM,
        at=now,
        subject=f"person:{key.person_id}",
        epoch=key.epoch,
        how=how,
    )
