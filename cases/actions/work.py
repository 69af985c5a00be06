"""Close a case with a finding."""

from datetime import datetime

from django.db import transaction

from cases import access, lifecycle, notices, parts
from cases.actions import phases, talk
from cases.actions.times import met, office_wrote
from cases.lifecycle import CaseMove, ConcernMove, Finding
from cases.models import Case, Concern
from common import days
from common.errors import RuleError
from ledger import actions as ledger
from ledger.verbs import Verb
from people.models import Person
from policies.models import Kind as Promised
from safes import access as opening
from safes import actions as safes
from safes.rules import Opener


@transaction.atomic
def close(
    case: Case,
    *,
    by: Person,
    finding: Finding,
    reason: str,
    message: str,
    now: datetime,
    opener: Opener | None = None,
) -> Case:
    """Close a case with a finding and its reason, and tell its reporters the outcome."""
    case = Case.objects.locked(case.pk)
    access.require_member(by, case)
    if not reason.strip():
        msg = "Say what the finding rests on. Nothing was changed; what you entered is kept."
        raise RuleError(msg)
    if blocking := parts.blocks_closing(case):
        raise RuleError(" ".join(blocking))
    case.status = lifecycle.case_after(case.status, CaseMove.CLOSE)
    case.closed_at, case.finding = now, finding
    case.save(update_fields=["status", "closed_at", "finding"])
    phases.meet_clocks(case, now=now)
    key = opening.key_of(opener, case.safe)
    safes.add(case.safe, row=case.pk, items={"outcome": reason.encode()}, key=key)
    for concern in Concern.objects.held_of(case):
        _close_concern(concern, by=by, message=message, now=now, opener=opener)
    opened = days.day_of(case.opened_at)
    ledger.record(
        Verb.CASE_CLOSED,
        by=by.actor,
        at=now,
        subject=f"case:{case.pk}",
        finding=finding,
        days=(days.day_of(now) - opened).days,
    )
    return case


def _close_concern(
    concern: Concern, *, by: Person, message: str, now: datetime, opener: Opener | None
) -> None:
    sent = talk.write(concern, author=by, text=message, now=now, opener=opener)
    talk.acknowledge(concern, by=by, now=now)
    concern.status = lifecycle.concern_after(concern.status, ConcernMove.CLOSE)
    concern.closed_on = days.day_of(now)
    concern.save(update_fields=["status", "closed_on"])
    office_wrote(concern, now=now)
    met(concern, Promised.FEEDBACK, now=now)
    ledger.record(
        Verb.MESSAGE_SENT, by=by.actor, at=now, subject=concern.subject, by_reporter=False
    )
    ledger.post(notices.team_wrote(sent, now=now))
