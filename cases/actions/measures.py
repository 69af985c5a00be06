"""Ask whoever answers for the work whether it may go on, and write down what they say."""

from collections.abc import Collection
from datetime import datetime
from uuid import uuid4

from django.core.exceptions import PermissionDenied
from django.db import transaction

from cases import access, duties, rules
from cases.actions.tasks import TODO, end_task
from cases.lifecycle import Area, CaseStatus, TaskKind
from cases.lifecycle.risks import Answer
from cases.models import Authorisation, Case, Task
from common.errors import RuleError
from ledger import actions as ledger
from ledger.verbs import Verb
from people.models import Person
from safes import access as opening
from safes import actions as safes
from safes.rules import Opener

# the sealed words of an authorisation: what is asked, and of whom; what they said
ASKED, SAID = "asked", "said"
# who answered, as the ledger says it: themselves, or another who tells it
SELF, TOLD = "self", "told"


@transaction.atomic
def ask_authorisation(
    case: Case,
    *,
    by: Person,
    words: str,
    now: datetime,
    person: Person | None = None,
    opener: Opener | None = None,
) -> Authorisation:
    """Ask whether the work may go on: somebody of the team, or by the words somebody outside.

    Whoever is of the team answers themselves, within a working day; for anybody else `by` brings
    the answer.
    """
    case = Case.objects.locked(case.pk)
    access.require(by, case, Area.SUPPORT)
    if case.status == CaseStatus.CLOSED:
        msg = "This case is closed, so nothing more is asked on it. Nothing was changed."
        raise RuleError(msg)
    if not words.strip():
        msg = "Say what is to be authorised, and where you ask somebody outside, who. Nothing was "
        raise RuleError(msg + "asked.")
    if len(words) > rules.NARRATIVE_MAX:
        msg = f"This is longer than {rules.NARRATIVE_MAX} characters. Nothing was asked."
        raise RuleError(msg)
    if person is not None and (person == by or person not in access.may_do(case)):
        msg = "This person cannot answer it. Choose somebody else of the team. Nothing was asked."
        raise RuleError(msg)
    task = duties.open_task(
        case, kind=TaskKind.AUTHORISATION, assignee=person or by, by=by, now=now
    )
    asked = Authorisation(
        id=uuid4(), case=case, person=person, task=task, asked_by=by, asked_at=now
    )
    asked.save(force_insert=True)
    safe = access.safe_of(case, Area.SUPPORT)
    key = opening.key_of(opener, safe)
    safes.add(safe, row=asked.pk, items={ASKED: words.encode()}, key=key)
    todo = "Answer whether the work may go on: see Safeguards."
    safes.add(task.safe, row=task.pk, items={TODO: todo.encode()}, key=key)
    how = TOLD if person is None else SELF
    ledger.record(Verb.AUTHORISATION_ASKED, by=by.actor, at=now, subject=f"case:{case.pk}", how=how)
    return asked


@transaction.atomic
def answer_authorisation(
    authorisation: Authorisation,
    *,
    by: Person,
    answer: Answer,
    words: str,
    now: datetime,
    opener: Opener | None = None,
) -> Authorisation:
    """Answer it, or write down the answer of somebody outside; or take back what was asked.

    Whoever was asked by name answers themselves, as long as they are on the team.
    """
    case = Case.objects.locked(authorisation.case_id)
    access.require(by, case, Area.SUPPORT)
    held = Authorisation.objects.select_for_update(of=("self",)).select_related("person")
    asked = held.get(pk=authorisation.pk)
    if asked.answer != Answer.WAITS or answer == Answer.WAITS:
        msg = "This was answered already. Nothing was changed."
        raise RuleError(msg)
    if answer not in answers_of(asked, by, access.may_do(case)):
        msg = "Only whoever was asked answers this."
        raise PermissionDenied(msg)
    if not words.strip():
        msg = "Say what was said, and by whom and when if it was not you. Nothing was changed."
        raise RuleError(msg)
    if len(words) > rules.NARRATIVE_MAX:
        msg = f"This is longer than {rules.NARRATIVE_MAX} characters. Nothing was changed."
        raise RuleError(msg)
    asked.answer, asked.answered_by, asked.answered_at = answer, by, now
    asked.save(update_fields=["answer", "answered_by", "answered_at"])
    safe = access.safe_of(case, Area.SUPPORT)
    key = opening.key_of(opener, safe)
    safes.add(safe, row=asked.pk, items={SAID: words.encode()}, key=key)
    task = Task.objects.locked(asked.task_id)
    if task.is_open:
        end_task(task, by=by, now=now)
    ledger.record(
        Verb.AUTHORISATION_ANSWERED,
        by=by.actor,
        at=now,
        subject=f"case:{case.pk}",
        answer=answer,
        how=SELF if by == asked.person else TOLD,
    )
    return asked


def answers_of(asked: Authorisation, by: Person, team: Collection[Person]) -> list[Answer]:
    """Return what somebody may say to it: of what another of the team is asked, only that it rests.

    Where whoever was asked left the team, or is outside of it, anybody writes the answer down.
    """
    if asked.person is None or asked.person == by or asked.person not in team:
        return [Answer.GRANTED, Answer.REFUSED, Answer.WITHDRAWN]
    return [Answer.WITHDRAWN]
