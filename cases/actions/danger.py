"""Somebody of the office sees that a concern which waits is about danger: nothing of it rests."""

from datetime import datetime

from django.db import transaction

from cases import access, notices
from cases.actions.talk import told_of
from cases.actions.times import judge
from cases.lifecycle import CLOCKS_OF, ConcernStatus, Level
from cases.models import Concern
from common.errors import RuleError
from escalation import actions as escalation
from escalation.lifecycle import State
from escalation.models import Clock
from ledger import actions as ledger
from ledger.verbs import Verb
from people.models import Person
from policies.models import Kind as Promised


@transaction.atomic
def see_danger(concern: Concern, *, by: Person, now: datetime) -> Concern:
    """Make a concern as urgent as can be; a triage that rests runs again, and others are told.

    Triage decides what it is afterwards, with its reason.
    """
    access.require_visible(by, concern)
    access.require_can_answer(by, concern)
    concern = Concern.objects.locked(concern.pk)
    if concern.status != ConcernStatus.RECEIVED:
        msg = "This does not wait for triage any more. Nothing was changed; say it in its case."
        raise RuleError(msg)
    if concern.urgency == Level.DANGER:
        msg = "It says already that somebody may be in danger. Nothing was changed."
        raise RuleError(msg)
    resting = Clock.objects.about(CLOCKS_OF, [concern.pk]).filter(
        kind=Promised.TRIAGE, state=State.PAUSED
    )
    for clock in resting:
        escalation.resume_clock(clock.pk, by=by, now=now)
    # what rests goes over to no path, so it runs first
    judge(concern, Level.DANGER, by=by.actor, now=now)
    ledger.record(
        Verb.URGENCY_RAISED,
        by=by.actor,
        at=now,
        subject=concern.subject,
        urgency=int(concern.urgency),
    )
    others = [one for one in told_of(concern, now=now) if one != by]
    ledger.post(notices.danger_seen(concern, others, now=now))
    return concern
