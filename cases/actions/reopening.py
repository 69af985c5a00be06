"""Take a closed case up again: its clocks start anew, and nothing of its first end is lost."""

from datetime import datetime
from uuid import uuid4

from django.core.exceptions import PermissionDenied
from django.db import transaction

from cases import access, lifecycle, parts
from cases.actions import phases, talk
from cases.actions.held import KEPT, seal
from cases.actions.times import begin_again
from cases.duties import retime_case
from cases.lifecycle import CaseMove, ConcernMove, WhyReopened
from cases.models import Case, Concern, Reopening
from common.errors import RuleError
from ledger import actions as ledger
from ledger.verbs import Verb
from people.models import Person
from safes.rules import Opener

# the sealed words of a reopening
REASON = "reason"


@transaction.atomic
def reopen(
    case: Case,
    *,
    by: Person,
    why: WhyReopened,
    words: str,
    message: str,
    now: datetime,
    opener: Opener | None = None,
) -> Reopening:
    """Reopen a case for a listed reason, and tell its reporters; the lead may, and the head.

    How it was closed stays on record. An erasure that was proposed or approved stops.
    """
    case = Case.objects.locked(case.pk)
    if not access.may_reopen(by, case):
        msg = "Only whoever leads it, or the head, reopens a case."
        raise PermissionDenied(msg)
    if case.part_of is not None:
        msg = f"This case was merged into {case.part_of.ref}, where it goes on. {KEPT}"
        raise RuleError(msg)
    if not words.strip():
        msg = f"Say why it is worked on again. {KEPT}"
        raise RuleError(msg)
    case.status = lifecycle.case_after(case.status, CaseMove.REOPEN)
    was, case.closed_at, case.finding = case.finding, None, ""
    concerns = Concern.objects.held_of(case)
    case.save(update_fields=["status", "closed_at", "finding"])
    for take_note in parts.REOPENED:
        take_note(case, by, now)
    reopening = Reopening(id=uuid4(), case=case, why=why, was=was, by=by, at=now)
    reopening.save(force_insert=True)
    seal(case, reopening.pk, {REASON: words}, opener=opener)
    phases.start_clocks(case, now=now)
    for concern in concerns:
        _take_up(concern, by=by, message=message, now=now, opener=opener)
    retime_case(case)
    ledger.record(Verb.CASE_REOPENED, by=by.actor, at=now, subject=f"case:{case.pk}", why=why.value)
    return reopening


def _take_up(
    concern: Concern, *, by: Person, message: str, now: datetime, opener: Opener | None
) -> None:
    concern.status = lifecycle.concern_after(concern.status, ConcernMove.REOPEN)
    concern.save(update_fields=["status"])
    begin_again(concern, now=now)
    talk.send(concern, author=by, by=by, text=message, now=now, opener=opener)
