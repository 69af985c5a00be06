"""Close a case: one asks with all that is needed, and another person approves it."""

from collections.abc import Collection
from datetime import datetime
from uuid import uuid4

from django.db import transaction

from cases import access, duties, lifecycle, parts
from cases.actions import phases, talk
from cases.actions.deciding import let_decide, require_another, require_on_it
from cases.actions.held import KEPT, held_open, seal
from cases.actions.outcomes import code_consequences
from cases.actions.protecting import after_closing
from cases.actions.tasks import cancel_open, end_task
from cases.actions.times import met
from cases.lifecycle import (
    Area,
    CaseMove,
    ClosingMove,
    ClosingState,
    ConcernMove,
    Deed,
    Factor,
    Finding,
    TaskKind,
    weightiest,
)
from cases.models import Case, Closing, Concern, Task
from common import days
from common.errors import RuleError
from ledger import actions as ledger
from ledger.verbs import Verb
from people.models import Person
from policies.models import Kind as Promised
from policies.rules.scripts import gaps_in
from safes import access as opening
from safes.rules import Opener

# the sealed words of a closing
OUTCOME, MESSAGE, LESSONS, WHY = "outcome", "message", "lessons", "refused"
NOT_CLOSED = "Nothing was closed."
UNREAD = (
    "What is to be closed here does not open for you now, so nothing was decided. Unlock it, or "
    "leave it to somebody who can read it."
)


@transaction.atomic
def ask_to_close(  # noqa: PLR0913 - what closing asks for
    case: Case,
    *,
    by: Person,
    approver: Person,
    reason: str,
    message: str,
    lessons: str,
    now: datetime,
    finding: Finding | None = None,
    factors: Collection[Factor] = (),
    opener: Opener | None = None,
) -> Closing:
    """Ask another person to close a case, with what it rests on and what the reporter reads.

    Where allegations were written down, the case ends with the weightiest of their findings; else
    `finding` is what was found. `factors` are what contributed to it, as far as it is seen. Whoever
    is asked and is not on the team is let in to read it.
    """
    case = held_open(case, by)
    access.require_deed(by, case, Deed.CLOSE)
    concerns = Concern.objects.held_of(case)
    finding = _finding_of(case) or finding
    _require_whole(case, finding=finding, reason=reason, message=message)
    if finding is None:
        raise AssertionError
    if approver not in access.may_decide(case, by):
        msg = f"This person cannot decide on it. Choose another one. {KEPT}"
        raise RuleError(msg)
    let_decide(case, concerns, approver, by=by, now=now)
    task = duties.open_task(case, kind=TaskKind.APPROVE_CLOSING, assignee=approver, by=by, now=now)
    closing = Closing(
        id=uuid4(),
        case=case,
        finding=finding,
        factors=[one.value for one in Factor if one in factors],
        asked_by=by,
        asked_at=now,
        task=task,
    )
    closing.save(force_insert=True)
    words = {OUTCOME: reason, MESSAGE: message, LESSONS: lessons}
    seal(case, closing.pk, words, opener=opener)
    ledger.record(
        Verb.CLOSING_ASKED, by=by.actor, at=now, subject=f"case:{case.pk}", finding=finding.value
    )
    return closing


@transaction.atomic
def approve_closing(
    closing: Closing, *, by: Person, now: datetime, opener: Opener | None = None
) -> Case:
    """Close a case as another person asked: clocks stop, and its reporters are told the outcome."""
    case, concerns, closing = _decidable(closing, by)
    require_another(closing.asked_by, by, did="asked for it", kept=NOT_CLOSED)
    require_on_it(
        case, closing.asked_by, did="asked for it", again="asks for it anew", kept=NOT_CLOSED
    )
    if blocking := parts.blocks_closing(case):
        raise RuleError(" ".join([*blocking, "Nothing was closed."]))
    if _is_found_anew(case, closing):
        msg = (
            "Something was alleged, found or struck since it was asked for. Send it back, so that "
            "it is asked for anew. Nothing was closed."
        )
        raise RuleError(msg)
    message = opening.open_texts(opener, [(closing.pk, MESSAGE)]).get((closing.pk, MESSAGE))
    if message is None:
        raise RuleError(UNREAD)
    end_task(closing.task, by=by, now=now)
    _decide(closing, ClosingMove.APPROVE, by=by, now=now)
    case.status = lifecycle.case_after(case.status, CaseMove.CLOSE)
    case.closed_at, case.finding = now, closing.finding
    case.save(update_fields=["status", "closed_at", "finding"])
    phases.meet_clocks(case, now=now)
    for concern in concerns:
        _close_concern(concern, closing=closing, by=by, message=message, now=now, opener=opener)
    after_closing(case, by=by, now=now)
    opened = days.day_of(case.opened_at)
    for factor in closing.factors:
        ledger.record(
            Verb.FACTOR_CODED, by=by.actor, at=now, subject=f"case:{case.pk}", factor=factor
        )
    code_consequences(case, by=by, now=now)
    ledger.record(
        Verb.CASE_CLOSED,
        by=by.actor,
        at=now,
        subject=f"case:{case.pk}",
        finding=closing.finding,
        days=(days.day_of(now) - opened).days,
    )
    return case


@transaction.atomic
def refuse_closing(
    closing: Closing, *, by: Person, reason: str, now: datetime, opener: Opener | None = None
) -> Closing:
    """Send back what another person asked to close, with what is missing."""
    case, _, closing = _decidable(closing, by)
    require_another(closing.asked_by, by, did="asked for it", kept=KEPT)
    if not reason.strip():
        msg = f"Say what is missing. {KEPT}"
        raise RuleError(msg)
    end_task(closing.task, by=by, now=now)
    _decide(closing, ClosingMove.REFUSE, by=by, now=now)
    seal(case, closing.pk, {WHY: reason}, opener=opener)
    ledger.record(Verb.CLOSING_REFUSED, by=by.actor, at=now, subject=f"case:{case.pk}")
    return closing


@transaction.atomic
def take_back_closing(closing: Closing, *, by: Person, now: datetime) -> Closing:
    """Take back that a case is closed, before anybody decided; the team goes on working."""
    case, _, closing = _decidable(closing, by)
    access.require(by, case, Area.CORE)
    cancel_open([closing.task_id], now=now)
    duties.retime_of(closing.task)
    _decide(closing, ClosingMove.WITHDRAW, by=by, now=now)
    ledger.record(Verb.CLOSING_WITHDRAWN, by=by.actor, at=now, subject=f"case:{case.pk}")
    return closing


def _finding_of(case: Case) -> Finding | None:
    """Return what was found of a case's allegations, or None where none was written down."""
    latest = case.findings.order_by("allegation", "-n").distinct("allegation")
    return weightiest(latest.values_list("finding", flat=True))


def _is_found_anew(case: Case, closing: Closing) -> bool:
    """Return whether something came, or was struck, that whoever asked did not ask about."""
    since = closing.asked_at
    return (
        _finding_of(case) not in {None, closing.finding}
        or case.findings.filter(at__gt=since).exists()
        or case.outcomes.filter(at__gt=since).exists()
        or case.allegations.filter(added_at__gt=since).exists()
        or any(
            slips.filter(struck_at__gt=since).exists()
            for slips in (case.allegations, case.exhibits, case.parties)
        )
    )


def _require_whole(case: Case, *, finding: Finding | None, reason: str, message: str) -> None:
    if case.closings.filter(state=ClosingState.ASKED).exists():
        msg = f"Somebody asked for it already, and another person decides. {KEPT}"
        raise RuleError(msg)
    if blocking := parts.blocks_closing(case):
        raise RuleError(" ".join([*blocking, KEPT]))
    if finding is None:
        msg = f"Choose what was found. {KEPT}"
        raise RuleError(msg)
    if not reason.strip():
        msg = f"Say what the finding rests on. {KEPT}"
        raise RuleError(msg)
    if not message.strip():
        msg = f"Write to the reporter what came of it. {KEPT}"
        raise RuleError(msg)
    if gaps := gaps_in(message):
        msg = f"Something is still to be written to the reporter: {' '.join(gaps)} {KEPT}"
        raise RuleError(msg)


def _decidable(closing: Closing, by: Person) -> tuple[Case, list[Concern], Closing]:
    """Return a closing that waits, held after its case and concerns, or refuse."""
    case = Case.objects.locked(closing.case_id)
    access.require_may_end(by, case)
    concerns = Concern.objects.held_of(case)
    held = Closing.objects.select_for_update(of=("self",)).get(pk=closing.pk)
    held.task = Task.objects.locked(held.task_id)
    return case, list(concerns), held


def _decide(closing: Closing, move: ClosingMove, *, by: Person, now: datetime) -> None:
    closing.state = lifecycle.closing_after(closing.state, move)
    closing.decided_by, closing.decided_at = by, now
    closing.save(update_fields=["state", "decided_by", "decided_at"])


def _close_concern(
    concern: Concern,
    *,
    closing: Closing,
    by: Person,
    message: str,
    now: datetime,
    opener: Opener | None,
) -> None:
    """Tell a reporter the outcome, in the words of whoever asked for the closing."""
    concern.status = lifecycle.concern_after(concern.status, ConcernMove.CLOSE)
    # the outcome was promised once: what follows a reopening takes nothing back of that
    concern.closed_on = concern.closed_on or days.day_of(now)
    concern.save(update_fields=["status", "closed_on"])
    author = closing.asked_by
    talk.send(concern, author=author, by=by, text=message, now=now, opener=opener)
    met(concern, Promised.FEEDBACK, now=now)
