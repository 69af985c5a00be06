"""Tasks of a case or concern: open, do, cancel, hand to somebody else."""

from collections.abc import Collection, Iterable
from datetime import date, datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction

from cases import access, duties, rules
from cases.actions.deciding import let_decide
from cases.lifecycle import (
    APPROVALS,
    CLOCKS_OF_TASKS,
    DECIDED_ELSEWHERE,
    HANDED_ON,
    REPEATING,
    Area,
    CaseStatus,
    ConcernStatus,
    Deed,
    TaskKind,
)
from cases.models import Case, Concern, RedFlag, Safeguard, Task
from common import days
from common.errors import RuleError
from escalation import actions as escalation
from escalation.rules import Limit
from ledger import actions as ledger
from ledger.verbs import Verb
from people.models import Person
from safes import access as opening
from safes import actions as safes
from safes.rules import Opener

# the sealed words of a task: what is to be done, what came of it, why it was cancelled
TODO, CAME, WHY = "task", "done", "cancelled"
# some of these are planned where somebody is protected
PROTECTS = frozenset({TaskKind.CHECK_IN, TaskKind.CORRECTIVE_ACTION})
LONGEST_AHEAD = 5 * 366


@transaction.atomic
def add_task(  # noqa: PLR0913 - a task is what it is
    about: Case | Concern,
    *,
    by: Person,
    kind: TaskKind,
    assignee: Person,
    words: str,
    now: datetime,
    due_on: date | None = None,
    every: Limit | None = None,
    opener: Opener | None = None,
) -> Task:
    """Add a task; without a day it may take as long as the office's standard for its kind says.

    A check-in or a review of safeguards may repeat: once it is done, the next is due after `every`.
    """
    about = held_about(about)
    _require_worker(by, about)
    _require_open(about)
    if assignee not in access.may_do(about):
        msg = "This person cannot do it. Choose somebody from the list. Nothing was changed."
        raise RuleError(msg)
    if kind in {TaskKind.TASK, TaskKind.PLAN_STEP} and not words.strip():
        msg = "Write what is to be done. Nothing was added."
        raise RuleError(msg)
    if kind in DECIDED_ELSEWHERE or (kind == TaskKind.PLAN_STEP and isinstance(about, Concern)):
        msg = "Nobody opens this by itself. Choose another kind. Nothing was added."
        raise RuleError(msg)
    if every is not None and kind not in REPEATING:
        msg = "Only check-ins and reviews of safeguards repeat. Nothing was added."
        raise RuleError(msg)
    limit = until(due_on, now) or every
    task = duties.open_task(
        about, kind=kind, assignee=assignee, by=by, limit=limit, every=every, now=now
    )
    _seal(task, TODO, words, opener)
    return task


@transaction.atomic
def finish_task(
    task: Task, *, by: Person, words: str, now: datetime, opener: Opener | None = None
) -> Task:
    """Mark a task as done, with what came of it; one that repeats opens the next."""
    task = _locked(task, by)
    _require_no_protection(task)
    _seal(task, CAME, words, opener)
    end_task(task, by=by, now=now)
    if task.every:
        _open_next(task, by=by, opener=opener, now=now)
        duties.retime_of(task)
    return task


@transaction.atomic
def cancel_task(
    task: Task, *, by: Person, reason: str, now: datetime, opener: Opener | None = None
) -> Task:
    """Cancel a task that is not needed any more, and with it the ones that would have followed."""
    task = _locked(task, by)
    _require_no_protection(task)
    if not reason.strip():
        msg = "Say why it is not needed any more. Nothing was changed."
        raise RuleError(msg)
    if Safeguard.objects.filter(review=task).exists():
        msg = "This looks again at a safeguard: end that, under “Safeguards”. Nothing was changed."
        raise RuleError(msg)
    task.cancelled_at, task.cancelled_by = now, by
    task.save(update_fields=["cancelled_at", "cancelled_by"])
    _seal(task, WHY, reason, opener)
    escalation.cancel(subject_kind=CLOCKS_OF_TASKS, subject_id=task.pk, now=now)
    duties.retime_of(task)
    RedFlag.objects.filter(review=task).update(lifted_at=now)
    ledger.record(Verb.TASK_CANCELLED, by=by.actor, at=now, subject=task.subject, kind=task.kind)
    return task


@transaction.atomic
def hand_task(task: Task, *, by: Person, to: Person, now: datetime) -> Task:
    """Give a task to somebody else who may do it; its clock runs on.

    To decide on something: to another person than who asked, who is let in to read it first.
    """
    task = _locked(task, by, elsewhere=DECIDED_ELSEWHERE - HANDED_ON)
    if to not in access.may_take(task):
        msg = "This person cannot do it. Choose somebody from the list. Nothing was changed."
        raise RuleError(msg)
    about = task.about
    case = about if isinstance(about, Case) else about.case
    if task.kind in APPROVALS and case is not None:
        if by.pk not in {task.assignee_id, task.opened_by_id}:
            access.require_deed(by, case, Deed.LET_IN)
        let_decide(case, Concern.objects.held_of(case), to, by=by, now=now)
    duties.give_task(task.pk, to)
    task.assignee = to
    ledger.record(Verb.TASK_GIVEN, by=by.actor, at=now, subject=task.subject, kind=task.kind)
    return task


def end_task(task: Task, *, by: Person, now: datetime) -> None:
    """Mark a task as done, inside the act that does it."""
    task.done_at, task.done_by = now, by
    task.save(update_fields=["done_at", "done_by"])
    clock = escalation.meet(
        subject_kind=CLOCKS_OF_TASKS, subject_id=task.pk, kind=task.kind, now=now
    )
    duties.retime_of(task)
    ledger.record(
        Verb.TASK_DONE,
        by=by.actor,
        at=now,
        subject=task.subject,
        kind=task.kind,
        on_time=clock is not None and clock.breached_at is None,
    )


def cancel_open(tasks: Iterable[UUID], *, now: datetime) -> None:
    """Cancel tasks with what they were about, inside the act that ends it: nobody is asked why."""
    ids = list(tasks)
    Task.objects.filter(pk__in=ids).update(cancelled_at=now)
    for task in ids:
        escalation.cancel(subject_kind=CLOCKS_OF_TASKS, subject_id=task, now=now)


def until(due_on: date | None, now: datetime) -> Limit | None:
    """Return how long it is until a day, at this time of the day, or refuse one that is past."""
    if due_on is None:
        return None
    ahead = (due_on - days.day_of(now)).days
    if not 0 < ahead <= LONGEST_AHEAD:
        msg = "Choose a day after today, and within five years. Nothing was added."
        raise RuleError(msg)
    return Limit(days=ahead)


def held_about(about: Case | Concern) -> Case | Concern:
    """Return what a task is about, held until the commit: a concern after its case."""
    if isinstance(about, Case):
        return Case.objects.locked(about.pk)
    return Concern.objects.locked_after_its_case(about.pk)


def _locked(task: Task, by: Person, *, elsewhere: Collection[TaskKind] = DECIDED_ELSEWHERE) -> Task:
    """Return an open task, held after what it is about, or refuse."""
    about = held_about(task.about)
    _require_worker(by, about, task)
    task = Task.objects.locked(task.pk)
    if not task.is_open:
        msg = "This is done or cancelled already. Nothing was changed."
        raise RuleError(msg)
    if task.kind in elsewhere:
        msg = "This is done by deciding on it, on its own page. Nothing was changed."
        raise RuleError(msg)
    return task


def _require_no_protection(task: Task) -> None:
    """Refuse to end by itself what is recorded where somebody is protected."""
    if task.kind in PROTECTS and (hasattr(task, "check_in") or hasattr(task, "remedy")):
        msg = "This is recorded on its own page, under “Protection”. Nothing was changed."
        raise RuleError(msg)


def _require_worker(by: Person, about: Case | Concern, task: Task | None = None) -> None:
    """Refuse whoever does not work on a case, but with what they were given themselves to do."""
    if isinstance(about, Case):
        is_theirs = task is not None and task.assignee_id == by.pk
        if not is_theirs or access.member_of(by, about) is None:
            access.require(by, about, Area.CORE)
        return
    access.require_visible(by, about)
    if not access.can_answer(by, about):
        raise PermissionDenied


def _require_open(about: Case | Concern) -> None:
    if isinstance(about, Case) and about.status == CaseStatus.CLOSED:
        msg = "This case is closed, so nothing new is opened on it. Nothing was added."
        raise RuleError(msg)
    if isinstance(about, Concern) and about.status != ConcernStatus.RECEIVED:
        msg = "This waits for nobody any more: add the task to its case. Nothing was added."
        raise RuleError(msg)


def _seal(task: Task, field: str, words: str, opener: Opener | None) -> None:
    if len(words) > rules.NARRATIVE_MAX:
        msg = f"This is longer than {rules.NARRATIVE_MAX} characters. Nothing was changed."
        raise RuleError(msg)
    if words.strip():
        key = opening.key_of(opener, task.safe)
        safes.add(task.safe, row=task.pk, items={field: words.encode()}, key=key)


def _open_next(task: Task, *, by: Person, opener: Opener | None, now: datetime) -> None:
    """Open the next of a task that repeats, with the same words where these open."""
    following = duties.open_task(
        task.about,
        kind=TaskKind(task.kind),
        assignee=task.assignee or by,
        by=by,
        limit=Limit.read(task.every),
        every=Limit.read(task.every),
        after=task,
        now=now,
    )
    RedFlag.objects.filter(review=task).update(review=following)
    # a safeguard is looked at again by the review that follows
    Safeguard.objects.filter(review=task).update(review=following)
    words = opening.open_texts(opener, [(task.pk, TODO)]).get((task.pk, TODO), "")
    _seal(following, TODO, words, opener)
