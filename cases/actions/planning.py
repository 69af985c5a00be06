"""Sign what an investigation is to find out, and how; another person approves formal terms."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID, uuid4

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Max

from cases import access, duties
from cases.actions.deciding import let_decide, require_another, require_on_it
from cases.actions.held import KEPT, held_open, seal
from cases.actions.tasks import cancel_open, end_task
from cases.lifecycle import Area, CaseStatus, TaskKind
from cases.lifecycle.plans import PlanKind, PlanMove, PlanState, plan_after
from cases.lifecycle.tracks import Track
from cases.models import Allegation, Case, Concern, Plan, Question, Task
from common.errors import RuleError
from ledger import actions as ledger
from ledger.verbs import Verb
from people.models import Person
from safes import access as opening
from safes.rules import Opener

# the sealed words of terms, of a plan, of both, of a question, and of terms that were sent back
PURPOSE, SCOPE, OUTSIDE, LIMITS = "purpose", "scope", "outside", "limits"
SOURCES, PEOPLE = "sources", "people"
CHANGE, QUESTION, REFUSED = "change", "question", "refused"
NOT_APPROVED = "Nothing was approved."
UNREAD = (
    "These terms do not open for you now, so nothing was decided. Unlock them, or leave them to "
    "somebody who can read them."
)


@transaction.atomic
def sign_terms(  # noqa: PLR0913 - what terms of reference are made of
    case: Case,
    *,
    by: Person,
    over: int,
    purpose: str,
    scope: str,
    outside: str,
    limits: str,
    questions: Mapping[UUID, str],
    change: str,
    now: datetime,
    approver: Person | None = None,
    opener: Opener | None = None,
) -> Plan:
    """Sign a version of the terms of reference (ISO/TS 37008:2023; CIGIE, planning standard).

    `over` is the latest version that the lead saw; `questions` are what is to be found out, by the
    allegation. Of a formal investigation they count once `approver`, or somebody else who may
    decide, approved them. A later version says what changes, and why.
    """
    case, n = _next(case, PlanKind.TERMS, by=by, over=over, change=change)
    concerns = Concern.objects.held_of(case)
    if case.plans.filter(state=PlanState.ASKED).exists():
        msg = f"Terms wait for another person already. Take them back first. {KEPT}"
        raise RuleError(msg)
    if not purpose.strip() or not scope.strip():
        msg = f"Write what is to be found out, and what belongs to it. {KEPT}"
        raise RuleError(msg)
    known = {one.pk: one for one in case.allegations.standing()}
    asked = {pk: text for pk, text in questions.items() if text.strip()}
    if not known.keys() >= asked.keys():
        msg = f"Choose among the allegations of this case. {KEPT}"
        raise RuleError(msg)
    plan = Plan(
        id=uuid4(), case=case, kind=PlanKind.TERMS, n=n, by=by, at=now, state=PlanState.SIGNED
    )
    if case.track == Track.INVESTIGATION:
        if approver is None or approver not in access.may_decide(case, by):
            msg = f"Choose another person, who approves them. {KEPT}"
            raise RuleError(msg)
        let_decide(case, concerns, approver, by=by, now=now)
        plan.state = PlanState.ASKED
        plan.task = duties.open_task(
            case, kind=TaskKind.APPROVE_TERMS, assignee=approver, by=by, now=now
        )
    plan.save(force_insert=True)
    words = {PURPOSE: purpose, SCOPE: scope, OUTSIDE: outside, LIMITS: limits, CHANGE: change}
    seal(case, plan.pk, words, opener=opener)
    for allegation, text in asked.items():
        _ask(plan, known[allegation], text, opener=opener)
    ledger.record(Verb.TERMS_SIGNED, by=by.actor, at=now, subject=f"case:{case.pk}", version=plan.n)
    return plan


@transaction.atomic
def approve_terms(plan: Plan, *, by: Person, now: datetime, opener: Opener | None = None) -> Plan:
    """Approve the terms of a formal investigation, as another person than who signed them.

    Whoever approves can read them, and whoever signed them works on the case.
    """
    case, plan, task = _decidable(plan, by)
    require_another(plan.by, by, did="signed them", kept=KEPT)
    require_on_it(case, plan.by, did="signed them", again="signs them anew", kept=NOT_APPROVED)
    if not opening.open_texts(opener, [(plan.pk, PURPOSE)]):
        raise RuleError(UNREAD)
    end_task(task, by=by, now=now)
    _decide(plan, PlanMove.APPROVE, by=by, now=now)
    ledger.record(
        Verb.TERMS_APPROVED, by=by.actor, at=now, subject=f"case:{case.pk}", version=plan.n
    )
    return plan


@transaction.atomic
def refuse_terms(
    plan: Plan, *, by: Person, reason: str, now: datetime, opener: Opener | None = None
) -> Plan:
    """Send terms back, with what is to be changed; those in force before stay so."""
    case, plan, task = _decidable(plan, by)
    require_another(plan.by, by, did="signed them", kept=KEPT)
    if not reason.strip():
        msg = f"Say what is to be changed. {KEPT}"
        raise RuleError(msg)
    end_task(task, by=by, now=now)
    _decide(plan, PlanMove.REFUSE, by=by, now=now)
    seal(case, plan.pk, {REFUSED: reason}, opener=opener)
    ledger.record(
        Verb.TERMS_REFUSED, by=by.actor, at=now, subject=f"case:{case.pk}", version=plan.n
    )
    return plan


@transaction.atomic
def take_back_terms(plan: Plan, *, by: Person, now: datetime) -> Plan:
    """Take terms back before anybody decided on them; those in force before stay so."""
    case, plan, task = _decidable(plan, by)
    access.require(by, case, Area.CORE)
    cancel_open([task.pk], now=now)
    duties.retime_of(task)
    _decide(plan, PlanMove.WITHDRAW, by=by, now=now)
    ledger.record(
        Verb.TERMS_WITHDRAWN, by=by.actor, at=now, subject=f"case:{case.pk}", version=plan.n
    )
    return plan


@transaction.atomic
def sign_plan(  # noqa: PLR0913 - what a plan is made of
    case: Case,
    *,
    by: Person,
    over: int,
    sources: str,
    people: str,
    change: str,
    now: datetime,
    opener: Opener | None = None,
) -> Plan:
    """Sign a version of the plan: which sources are looked at, and who works on what.

    Its steps are tasks and its interviews stand by themselves, so neither is signed anew. `over`
    is the latest version that the lead saw.
    """
    case, n = _next(case, PlanKind.PLAN, by=by, over=over, change=change)
    if not sources.strip():
        msg = f"Write which sources are looked at. {KEPT}"
        raise RuleError(msg)
    plan = Plan(
        id=uuid4(), case=case, kind=PlanKind.PLAN, n=n, by=by, at=now, state=PlanState.SIGNED
    )
    plan.save(force_insert=True)
    seal(case, plan.pk, {SOURCES: sources, PEOPLE: people, CHANGE: change}, opener=opener)
    ledger.record(Verb.PLAN_SIGNED, by=by.actor, at=now, subject=f"case:{case.pk}", version=plan.n)
    return plan


def _next(case: Case, kind: PlanKind, *, by: Person, over: int, change: str) -> tuple[Case, int]:
    """Return the case, held, and the number of the version that follows; or refuse."""
    case = held_open(case, by)
    if case.lead_id != by.pk:
        msg = "Whoever leads the case signs this."
        raise PermissionDenied(msg)
    last = case.plans.filter(kind=kind).aggregate(last=Max("n"))["last"] or 0
    if last != over:
        msg = f"Version {last} was signed meanwhile. Read it, and sign again if you still want to. "
        raise RuleError(msg + KEPT)
    if last and not change.strip():
        msg = f"Say what changes with this version, and why. {KEPT}"
        raise RuleError(msg)
    return case, last + 1


def _ask(plan: Plan, allegation: Allegation, text: str, *, opener: Opener | None) -> None:
    question = Question(id=uuid4(), case=plan.case, plan=plan, allegation=allegation)
    question.save(force_insert=True)
    seal(plan.case, question.pk, {QUESTION: text}, opener=opener)


def _decidable(plan: Plan, by: Person) -> tuple[Case, Plan, Task]:
    """Return terms that wait, held after their case, with their task; or refuse."""
    case = Case.objects.locked(plan.case_id)
    access.require_may_end(by, case)
    held = Plan.objects.select_for_update(of=("self",)).get(pk=plan.pk)
    if held.task_id is None or case.status == CaseStatus.CLOSED:
        msg = f"Nobody has to decide on this. {KEPT}"
        raise RuleError(msg)
    return case, held, Task.objects.locked(held.task_id)


def _decide(plan: Plan, move: PlanMove, *, by: Person, now: datetime) -> None:
    plan.state = plan_after(plan.state, move)
    plan.decided_by, plan.decided_at = by, now
    plan.save(update_fields=["state", "decided_by", "decided_at"])
