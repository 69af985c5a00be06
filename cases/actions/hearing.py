"""Hear those whom a case is about: ask them to answer, record it, or say why it cannot be."""

from datetime import date, datetime
from uuid import uuid4

from django.db import transaction
from django.db.models import Max

from cases import duties
from cases.actions.held import KEPT, held_open, seal
from cases.actions.slips import require_standing
from cases.actions.tasks import end_task, until
from cases.lifecycle import Area, PartyRole, StatementState, TaskKind, WhyUnheard
from cases.models import Case, Party, Statement, Task
from common import days
from common.errors import RuleError
from ledger import actions as ledger
from ledger.verbs import Verb
from people.models import Person
from safes.rules import Opener

# the sealed words: what was put to them, what they said, why they were not heard
PUT, GIVEN, WHY = "put", "given", "waived"


@transaction.atomic
def ask_response(
    party: Party,
    *,
    by: Person,
    words: str,
    now: datetime,
    due_on: date | None = None,
    opener: Opener | None = None,
) -> Statement:
    """Record that somebody whom a case is about was asked to answer, and to what.

    Their answer is waited for on a clock, by whoever asked. Who was heard can be asked again.
    """
    case, current = _held(party, by)
    if current is not None and current.state == StatementState.ASKED:
        msg = f"They were asked already, and did not answer yet. {KEPT}"
        raise RuleError(msg)
    if not words.strip():
        msg = f"Write what was put to them. {KEPT}"
        raise RuleError(msg)
    task = duties.open_task(
        case, kind=TaskKind.RESPONSE, assignee=by, by=by, limit=until(due_on, now), now=now
    )
    statement = _begin(case, party, by=by, now=now)
    statement.task = task
    statement.save(force_insert=True)
    seal(case, statement.pk, {PUT: words}, opener=opener, area=Area.EVIDENCE)
    ledger.record(Verb.RESPONSE_ASKED, by=by.actor, at=now, subject=f"case:{case.pk}")
    return statement


@transaction.atomic
def record_response(
    party: Party,
    *,
    by: Person,
    words: str,
    given_on: date,
    now: datetime,
    opener: Opener | None = None,
) -> Statement:
    """Record what somebody answered whom a case is about, and on which day."""
    case, current = _held(party, by)
    if current is None or current.state != StatementState.ASKED:
        msg = f"They are not asked now. Record first what was put to them. {KEPT}"
        raise RuleError(msg)
    if not words.strip():
        msg = f"Write what they answered. {KEPT}"
        raise RuleError(msg)
    if not days.day_of(current.begun_at) <= given_on <= days.day_of(now):
        msg = f"Choose a day between the asking and today. {KEPT}"
        raise RuleError(msg)
    current.state, current.given_on = StatementState.GIVEN, given_on
    _end(current, by=by, now=now)
    seal(case, current.pk, {GIVEN: words}, opener=opener, area=Area.EVIDENCE)
    ledger.record(Verb.RESPONSE_GIVEN, by=by.actor, at=now, subject=f"case:{case.pk}")
    return current


@transaction.atomic
def waive_response(
    party: Party,
    *,
    by: Person,
    why: WhyUnheard,
    words: str,
    now: datetime,
    opener: Opener | None = None,
) -> Statement:
    """Say why somebody whom a case is about is not heard, or does not answer; with words."""
    case, current = _held(party, by)
    if not words.strip():
        msg = f"Say why, in your words. {KEPT}"
        raise RuleError(msg)
    if current is not None and current.state == StatementState.ASKED:
        statement = current
    elif why in {WhyUnheard.NO_ANSWER, WhyUnheard.DECLINED}:
        msg = f"They were not asked yet. Ask them, or choose another reason. {KEPT}"
        raise RuleError(msg)
    else:
        statement = _begin(case, party, by=by, now=now)
    statement.state, statement.why = StatementState.WAIVED, why
    _end(statement, by=by, now=now)
    seal(case, statement.pk, {WHY: words}, opener=opener, area=Area.EVIDENCE)
    ledger.record(
        Verb.RESPONSE_WAIVED, by=by.actor, at=now, subject=f"case:{case.pk}", why=why.value
    )
    return statement


def _held(party: Party, by: Person) -> tuple[Case, Statement | None]:
    """Return the case, held, and the statement of a subject that counts now, if there is one."""
    case = held_open(party.case, by, area=Area.EVIDENCE)
    party.refresh_from_db(fields=["struck_at"])
    require_standing(party)
    if party.role != PartyRole.SUBJECT:
        msg = f"Only somebody whom the case is about is asked to answer. {KEPT}"
        raise RuleError(msg)
    held = Statement.objects.select_for_update(of=("self",))
    return case, held.filter(party=party).order_by("-n").first()


def _begin(case: Case, party: Party, *, by: Person, now: datetime) -> Statement:
    last = party.statements.aggregate(last=Max("n"))["last"] or 0
    return Statement(id=uuid4(), case=case, party=party, n=last + 1, begun_by=by, begun_at=now)


def _end(statement: Statement, *, by: Person, now: datetime) -> None:
    statement.ended_by, statement.ended_at = by, now
    if statement.task_id is None:
        # nobody asked them: it ends as it begins
        statement.save(force_insert=True)
        return
    statement.save(update_fields=["state", "why", "given_on", "ended_by", "ended_at"])
    end_task(Task.objects.locked(statement.task_id), by=by, now=now)
