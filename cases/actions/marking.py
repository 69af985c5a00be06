"""Mark signs of pressure in a concern, until it is triaged: they propose, and decide nothing."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from cases import access
from cases.lifecycle import ConcernStatus
from cases.models import Concern, Mark
from common.errors import RuleError
from ledger import actions as ledger
from ledger.actions import Act
from ledger.verbs import Verb
from people.models import Person
from policies.models import Indicator


@transaction.atomic
def mark_signs(
    concern: Concern, *, by: Person, signs: Iterable[Indicator], now: datetime
) -> list[Indicator]:
    """Let these signs, and no others, be marked in a concern; return them in the list's order."""
    access.require_officer(by)
    access.require_visible(by, concern)
    concern = Concern.objects.locked(concern.pk)
    if concern.status != ConcernStatus.RECEIVED:
        msg = "This was triaged already, so what was marked stays. Nothing was changed."
        raise RuleError(msg)
    return set_marks(concern, by=by, signs=signs, now=now)


# -- part of triage --------------------------------------------------------------------------


def set_marks(
    concern: Concern, *, by: Person, signs: Iterable[Indicator], now: datetime
) -> list[Indicator]:
    """Mark what is not marked yet, and take back what is not among them, in a concern held."""
    known = access.signs_of(concern)
    wanted = {sign.pk for sign in signs}
    if not wanted <= {one.pk for one in known.offered}:
        msg = "One of these signs is not on the list any more. Look again; nothing was changed."
        raise RuleError(msg)
    fresh = [one for one in known.offered if one.pk in wanted - known.marked]
    gone = [one for one in known.standing if one.pk not in wanted]
    Mark.objects.bulk_create(Mark(concern=concern, indicator=one, by=by, at=now) for one in fresh)
    taken = Mark.objects.standing().of(concern).filter(indicator__in=gone)
    taken.order_by().update(taken_back_at=now, taken_back_by=by)
    changed = [(Verb.INDICATOR_MARKED, one) for one in fresh]
    changed += [(Verb.INDICATOR_UNMARKED, one) for one in gone]
    if changed:
        ledger.record_all(
            [
                Act(verb, by.actor, now, concern.subject, facts={"indicator": one.code})
                for verb, one in changed
            ]
        )
    return [one for one in known.offered if one.pk in wanted]
