"""Interview the parties of a case: plan it, sign the minutes, record what they say to them."""

from datetime import date, datetime
from uuid import uuid4

from django.db import transaction
from django.db.models import Max

from cases import access, duties
from cases.actions.held import KEPT, held_open, seal
from cases.actions.slips import require_standing
from cases.actions.tasks import end_task, until
from cases.lifecycle import CLOCKS_OF_TASKS, Area, Shown, TaskKind
from cases.models import Case, Interview, Minutes, Party, Reply, Task
from common import days
from common.errors import RuleError
from escalation import actions as escalation
from ledger import actions as ledger
from ledger.verbs import Verb
from people.models import Person
from safes.rules import Opener

# the sealed words: what it is to clear up, why it was called off, the minutes, what they object to
PLAN, OFF, TEXT, OBJECTIONS = "plan", "off", "minutes", "objections"


@transaction.atomic
def plan_interview(
    party: Party,
    *,
    by: Person,
    assignee: Person,
    words: str,
    now: datetime,
    due_on: date | None = None,
    opener: Opener | None = None,
) -> Interview:
    """Plan to interview a party; `assignee` holds it, by a day or within the office's standard."""
    case = held_open(party.case, by, area=Area.EVIDENCE)
    party.refresh_from_db(fields=["struck_at"])
    require_standing(party)
    if assignee not in access.may_do(case):
        msg = f"This person cannot hold it. Choose somebody from the list. {KEPT}"
        raise RuleError(msg)
    if not words.strip():
        msg = f"Write what it is to clear up. {KEPT}"
        raise RuleError(msg)
    last = case.interviews.aggregate(last=Max("n"))["last"] or 0
    task = duties.open_task(
        case, kind=TaskKind.INTERVIEW, assignee=assignee, by=by, limit=until(due_on, now), now=now
    )
    interview = Interview(
        id=uuid4(), case=case, party=party, n=last + 1, task=task, planned_by=by, planned_at=now
    )
    interview.save(force_insert=True)
    seal(case, interview.pk, {PLAN: words}, opener=opener, area=Area.EVIDENCE)
    return interview


@transaction.atomic
def hold_interview(
    interview: Interview,
    *,
    by: Person,
    held_on: date,
    minutes: str,
    now: datetime,
    opener: Opener | None = None,
) -> Minutes:
    """Record that an interview was held, and sign its minutes."""
    case, interview = _held(interview, by)
    _require_open(interview)
    if held_on > days.day_of(now):
        msg = f"Choose the day on which it was held: today, or before. {KEPT}"
        raise RuleError(msg)
    interview.held_on = held_on
    interview.save(update_fields=["held_on"])
    signed = _sign(case, interview, by=by, text=minutes, now=now, opener=opener)
    end_task(Task.objects.locked(interview.task_id), by=by, now=now)
    ledger.record(Verb.INTERVIEW_HELD, by=by.actor, at=now, subject=f"case:{case.pk}")
    return signed


@transaction.atomic
def amend_minutes(
    interview: Interview, *, by: Person, minutes: str, now: datetime, opener: Opener | None = None
) -> Minutes:
    """Sign a further version of the minutes; those before, and what was said to them, stay."""
    case, interview = _held(interview, by)
    _require_held(interview)
    signed = _sign(case, interview, by=by, text=minutes, now=now, opener=opener)
    ledger.record(
        Verb.MINUTES_AMENDED, by=by.actor, at=now, subject=f"case:{case.pk}", version=signed.n
    )
    return signed


@transaction.atomic
def record_reply(  # noqa: PLR0913 - how and when they said it belongs to it
    interview: Interview,
    *,
    by: Person,
    agrees: bool,
    how: Shown,
    on: date,
    objections: str,
    now: datetime,
    opener: Opener | None = None,
) -> Reply:
    """Record whether whoever was interviewed agrees with the latest minutes, or to what not."""
    case, interview = _held(interview, by)
    held_on = _require_held(interview)
    minutes = interview.minutes.latest("n")
    if Reply.objects.filter(minutes=minutes).exists():
        msg = f"What they say to these minutes is recorded already. Amend them first. {KEPT}"
        raise RuleError(msg)
    if not held_on <= on <= days.day_of(now):
        msg = f"Choose a day between the interview and today. {KEPT}"
        raise RuleError(msg)
    if not agrees and not objections.strip():
        msg = f"Write what they object to. {KEPT}"
        raise RuleError(msg)
    reply = Reply(
        id=uuid4(), case=case, minutes=minutes, agrees=agrees, how=how, on=on, by=by, at=now
    )
    reply.save(force_insert=True)
    seal(case, reply.pk, {OBJECTIONS: objections}, opener=opener, area=Area.EVIDENCE)
    ledger.record(
        Verb.MINUTES_ANSWERED,
        by=by.actor,
        at=now,
        subject=f"case:{case.pk}",
        agrees=agrees,
        how=how.value,
    )
    return reply


@transaction.atomic
def call_off(
    interview: Interview, *, by: Person, reason: str, now: datetime, opener: Opener | None = None
) -> Interview:
    """Call an interview off that was not held, and say why."""
    case, interview = _held(interview, by)
    _require_open(interview)
    if not reason.strip():
        msg = f"Say why it is called off. {KEPT}"
        raise RuleError(msg)
    interview.called_off_at = now
    interview.save(update_fields=["called_off_at"])
    task = Task.objects.locked(interview.task_id)
    task.cancelled_at, task.cancelled_by = now, by
    task.save(update_fields=["cancelled_at", "cancelled_by"])
    escalation.cancel(subject_kind=CLOCKS_OF_TASKS, subject_id=task.pk, now=now)
    duties.retime_of(task)
    seal(case, interview.pk, {OFF: reason}, opener=opener, area=Area.EVIDENCE)
    ledger.record(Verb.INTERVIEW_CALLED_OFF, by=by.actor, at=now, subject=f"case:{case.pk}")
    return interview


def _held(interview: Interview, by: Person) -> tuple[Case, Interview]:
    """Return an interview of a case that is worked on, held after its case."""
    case = held_open(interview.case, by, area=Area.EVIDENCE)
    return case, Interview.objects.select_for_update(of=("self",)).get(pk=interview.pk)


def _require_open(interview: Interview) -> None:
    if not interview.is_open:
        msg = f"It was held or called off already. {KEPT}"
        raise RuleError(msg)


def _require_held(interview: Interview) -> date:
    if interview.held_on is None:
        msg = f"It was not held yet. {KEPT}"
        raise RuleError(msg)
    return interview.held_on


def _sign(
    case: Case, interview: Interview, *, by: Person, text: str, now: datetime, opener: Opener | None
) -> Minutes:
    if not text.strip():
        msg = f"Write what was said. {KEPT}"
        raise RuleError(msg)
    last = interview.minutes.aggregate(last=Max("n"))["last"] or 0
    minutes = Minutes(id=uuid4(), case=case, interview=interview, n=last + 1, by=by, at=now)
    minutes.save(force_insert=True)
    seal(case, minutes.pk, {TEXT: text}, opener=opener, area=Area.EVIDENCE)
    return minutes
