"""Acknowledge a policy."""

from datetime import datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction

from common.errors import RuleError
from escalation import actions as escalation
from ledger import actions as ledger
from ledger.verbs import Verb
from people.models import Person
from policies.models import CLOCKS_OF_READERS, Acknowledgement

READ = "acknowledgement"


@transaction.atomic
def acknowledge(asked: UUID, *, by: Person, now: datetime) -> Acknowledgement:
    """Say that one has read what one was asked to read; saying so again changes nothing."""
    held = Acknowledgement.objects.select_for_update(of=("self",)).select_related("version__policy")
    one = held.get(pk=asked)
    if one.person_id != by.pk:
        msg = "Everybody acknowledges for themselves."
        raise PermissionDenied(msg)
    if one.done_at is not None:
        return one
    if one.released_at is not None:
        msg = (
            "This is not asked of you any more: another version followed, or the campaign is over. "
            "Nothing was changed. Look under Acknowledgements for what is."
        )
        raise RuleError(msg)
    one.done_at = now
    one.save(update_fields=["done_at"])
    clock = escalation.meet(subject_kind=CLOCKS_OF_READERS, subject_id=one.pk, kind=READ, now=now)
    ledger.record(
        Verb.POLICY_ACKNOWLEDGED,
        by=by.actor,
        at=now,
        subject=f"policy:{one.version.policy.code}",
        version=one.version.n,
        on_time=clock is not None and clock.breached_at is None,
    )
    return one
