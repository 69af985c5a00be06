"""What protects people: put in place, looked at again in time, ended with what it did."""

from datetime import datetime
from uuid import uuid4

from django.db import transaction

from cases import access, duties, rules
from cases.actions.tasks import TODO
from cases.lifecycle import CLOCKS_OF_TASKS, Area, CaseStatus, TaskKind
from cases.lifecycle.risks import SafeguardKind
from cases.models import Case, Safeguard, Task
from common.errors import RuleError
from escalation import actions as escalation
from escalation.models import Standard
from escalation.rules import Limit
from ledger import actions as ledger
from ledger.verbs import Verb
from people.models import Person
from safes import access as opening
from safes import actions as safes
from safes.rules import Opener

# the sealed words of a safeguard: what it is, what came of it
WHAT, CAME = "what", "came"


@transaction.atomic
def place_safeguard(  # noqa: PLR0913 - a safeguard is what it is
    case: Case,
    *,
    by: Person,
    kind: SafeguardKind,
    owner: Person,
    words: str,
    now: datetime,
    every: Limit | None = None,
    opener: Opener | None = None,
) -> Safeguard:
    """Put a safeguard in place; its owner looks at it again in time, and again, until it is ended.

    Without `every` that is after as long as the office's standard for reviews says.
    """
    case = Case.objects.locked(case.pk)
    access.require(by, case, Area.SUPPORT)
    if case.status == CaseStatus.CLOSED:
        msg = "This case is closed, so nothing new is put in place on it. Nothing was added."
        raise RuleError(msg)
    if kind == SafeguardKind.OTHER and not words.strip():
        msg = "Say what it is: the list has no name for it. Nothing was added."
        raise RuleError(msg)
    _require_owner(owner, case)
    guard = put_in_place(case, by=by, kind=kind, owner=owner, every=every, now=now, opener=opener)
    _seal(guard, WHAT, words, opener)
    return guard


@transaction.atomic
def keep_safeguard(safeguard: Safeguard, *, by: Person, owner: Person, now: datetime) -> Safeguard:
    """Give a safeguard an owner again, whose reviews were cancelled or are nobody's."""
    guard, case = _held(safeguard, by)
    _require_owner(owner, case)
    if guard.review.is_open:
        duties.give_task(guard.review_id, owner)
        ledger.record(
            Verb.TASK_GIVEN,
            by=by.actor,
            at=now,
            subject=f"case:{case.pk}",
            kind=TaskKind.SAFEGUARD_REVIEW,
        )
        return guard
    every = Limit.read(guard.review.every) if guard.review.every else None
    guard.review = _open_review(case, by=by, owner=owner, every=every, now=now)
    guard.save(update_fields=["review"])
    _seal_review(guard, None)
    return guard


@transaction.atomic
def end_safeguard(
    safeguard: Safeguard, *, by: Person, words: str, now: datetime, opener: Opener | None = None
) -> Safeguard:
    """End a safeguard with what it did and why it is not needed any more, and its reviews."""
    guard, case = _held(safeguard, by)
    if not words.strip():
        msg = "Say what it did, and why it is not needed any more. Nothing was changed."
        raise RuleError(msg)
    guard.ended_at, guard.ended_by = now, by
    guard.save(update_fields=["ended_at", "ended_by"])
    _seal(guard, CAME, words, opener)
    if guard.review.is_open:
        review = Task.objects.locked(guard.review_id)
        review.cancelled_at, review.cancelled_by = now, by
        review.save(update_fields=["cancelled_at", "cancelled_by"])
        escalation.cancel(subject_kind=CLOCKS_OF_TASKS, subject_id=review.pk, now=now)
        duties.retime_of(review)
    ledger.record(
        Verb.SAFEGUARD_ENDED, by=by.actor, at=now, subject=f"case:{case.pk}", kind=guard.kind
    )
    return guard


# -- part of triage --------------------------------------------------------------------------


def put_in_place(
    case: Case,
    *,
    by: Person,
    kind: SafeguardKind,
    owner: Person,
    now: datetime,
    every: Limit | None = None,
    opener: Opener | None = None,
) -> Safeguard:
    """Put a safeguard in place on a case that is held, with the clock of its first review."""
    guard = Safeguard(
        id=uuid4(),
        case=case,
        kind=kind,
        review=_open_review(case, by=by, owner=owner, every=every, now=now),
        begun_by=by,
        begun_at=now,
    )
    guard.save(force_insert=True)
    _seal_review(guard, opener)
    ledger.record(Verb.SAFEGUARD_PLACED, by=by.actor, at=now, subject=f"case:{case.pk}", kind=kind)
    return guard


def _open_review(
    case: Case, *, by: Person, owner: Person, every: Limit | None, now: datetime
) -> Task:
    if every is None:
        [standard] = Standard.objects.timed(TaskKind.SAFEGUARD_REVIEW)
        every = standard.limit
    return duties.open_task(
        case,
        kind=TaskKind.SAFEGUARD_REVIEW,
        assignee=owner,
        by=by,
        limit=every,
        every=every,
        now=now,
    )


def _seal_review(guard: Safeguard, opener: Opener | None) -> None:
    """Say in the task of its review which safeguard it is of."""
    task = guard.review
    todo = f"Look whether it still protects: {SafeguardKind(guard.kind).label}."
    key = opening.key_of(opener, task.safe)
    safes.add(task.safe, row=task.pk, items={TODO: todo.encode()}, key=key)


def _held(safeguard: Safeguard, by: Person) -> tuple[Safeguard, Case]:
    """Return a safeguard in force and its case, both held, or refuse; also where that is closed."""
    case = Case.objects.locked(safeguard.case_id)
    access.require(by, case, Area.SUPPORT)
    held = Safeguard.objects.select_for_update(of=("self",)).select_related("review", "case__safe")
    guard = held.get(pk=safeguard.pk)
    if guard.ended_at is not None:
        msg = "This was ended already. Nothing was changed."
        raise RuleError(msg)
    return guard, case


def _require_owner(owner: Person, case: Case) -> None:
    if owner not in access.may_do(case):
        msg = "This person cannot look after it. Choose somebody of the team. Nothing was changed."
        raise RuleError(msg)


def _seal(guard: Safeguard, field: str, words: str, opener: Opener | None) -> None:
    if len(words) > rules.NARRATIVE_MAX:
        msg = f"This is longer than {rules.NARRATIVE_MAX} characters. Nothing was changed."
        raise RuleError(msg)
    if words.strip():
        safe = access.safe_of(guard.case, Area.SUPPORT)
        key = opening.key_of(opener, safe)
        safes.add(safe, row=guard.pk, items={field: words.encode()}, key=key)
