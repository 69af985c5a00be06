"""Make good what somebody was made to pay: promised by a day, and done or not by then."""

from datetime import date, datetime
from uuid import uuid4

from django.db import transaction

from cases import access, duties
from cases.actions.held import KEPT, held_open, seal
from cases.actions.tasks import end_task, until
from cases.lifecycle import Area, TaskKind
from cases.lifecycle.protection import RemedyKind
from cases.models import Case, Remedy, Task
from common import days
from common.errors import RuleError
from ledger import actions as ledger
from ledger.verbs import Verb
from people.models import Person
from safes.rules import Opener

# the sealed words of a remedy: what is to be done and for whom, what came of it
PROMISED, DONE = "promised", "restored"


@transaction.atomic
def promise_remedy(  # noqa: PLR0913 - what is promised is what it is
    case: Case,
    *,
    by: Person,
    kind: RemedyKind,
    owner: Person,
    due_on: date,
    words: str,
    now: datetime,
    opener: Opener | None = None,
) -> Remedy:
    """Promise what makes good what was done to somebody; its owner sees to it by a day.

    It outlives the case (Directive (EU) 2019/1937, art. 21(6) and (8)).
    """
    case = held_open(case, by, area=Area.SUPPORT)
    if not words.strip():
        msg = f"Write for whom it is, and what is to be done. {KEPT}"
        raise RuleError(msg)
    if owner not in access.may_do(case, Area.SUPPORT):
        msg = f"This person cannot see to it. Choose somebody of the team. {KEPT}"
        raise RuleError(msg)
    task = duties.open_task(
        case,
        kind=TaskKind.CORRECTIVE_ACTION,
        assignee=owner,
        by=by,
        limit=until(due_on, now),
        now=now,
    )
    row = Remedy(id=uuid4(), case=case, kind=kind, due_on=due_on, task=task, by=by, at=now)
    row.save(force_insert=True)
    seal(case, row.pk, {PROMISED: words}, opener=opener, area=Area.SUPPORT)
    ledger.record(
        Verb.REMEDY_PROMISED, by=by.actor, at=now, subject=f"case:{case.pk}", kind=kind.value
    )
    return row


@transaction.atomic
def keep_remedy(
    row: Remedy, *, by: Person, on: date, words: str, now: datetime, opener: Opener | None = None
) -> Remedy:
    """Record that it is done, on which day, and what came of it; also where the case is closed."""
    case = Case.objects.locked(row.case_id)
    access.require(by, case, Area.SUPPORT)
    held = Remedy.objects.select_for_update(of=("self",)).get(pk=row.pk)
    if held.done_on is not None:
        msg = f"This was recorded already. {KEPT}"
        raise RuleError(msg)
    if not days.day_of(held.at) <= on <= days.day_of(now):
        msg = f"It was done today or before, since it was promised. {KEPT}"
        raise RuleError(msg)
    held.done_on, held.done_by = on, by
    held.save(update_fields=["done_on", "done_by"])
    seal(case, held.pk, {DONE: words}, opener=opener, area=Area.SUPPORT)
    task = Task.objects.locked(held.task_id)
    if task.is_open:
        end_task(task, by=by, now=now)
    ledger.record(
        Verb.REMEDY_DONE,
        by=by.actor,
        at=now,
        subject=f"case:{case.pk}",
        kind=held.kind,
        on_time=on <= held.due_on,
    )
    return held
