"""Watch over those who may be made to pay: weigh the risk, ask them in time, record the answer."""

from collections.abc import Collection
from datetime import date, datetime
from typing import NamedTuple
from uuid import uuid4

from django.db import transaction

from cases import access, duties
from cases.actions.held import KEPT, seal
from cases.actions.retaliation import open_linked
from cases.actions.tasks import cancel_open, end_task
from cases.lifecycle import Area, ConcernStatus, TaskKind
from cases.lifecycle.protection import (
    OF_THE_ANONYMOUS,
    PROTECTED,
    Answer,
    Asking,
    Point,
    RiskLevel,
    RiskSign,
)
from cases.models import Case, CheckIn, Concern, Party, RetaliationRisk, Task
from cases.rules import protection as rules
from common import days
from common.errors import RuleError
from escalation.rules import Limit
from ledger import actions as ledger
from ledger.actions import Act
from ledger.rules import Fact
from ledger.verbs import Verb
from people.models import Person
from safes.rules import Opener

# the sealed words: what was agreed with them, why the risk is lower than proposed, what was said
AGREED, LOWER, SAID = "agreed", "lower", "answered"
# what is added to what was planned
RECORDED = ("answer", "answered_on", "asking", "by", "at")


class CheckedIn(NamedTuple):
    """A check-in that was recorded, and the case that a sign in it opened."""

    check_in: CheckIn
    opened: Case | None


@transaction.atomic
def assess_risk(  # noqa: PLR0913 - an assessment is what it is
    to: Concern | Party,
    *,
    by: Person,
    point: Point,
    signs: Collection[RiskSign],
    level: RiskLevel,
    asking: Asking,
    agreed: str,
    now: datetime,
    lower: str = "",
    opener: Opener | None = None,
) -> RetaliationRisk:
    """Sign how high the risk is that somebody is made to pay, and plan when they are asked.

    A level below what the signs propose needs a reason (`lower`). `agreed` is what was agreed with
    them. Of whom nobody knows who they are, only their own channel here is safe.
    """
    case = _held(to, by)
    found = [one.value for one in RiskSign if one in signs]
    if rules.is_below(level, rules.proposed(found)) and not lower.strip():
        msg = (
            f"The signs propose “{rules.proposed(found).label}”. Say why you decide lower, or "
            f"choose what is proposed. {KEPT}"
        )
        raise RuleError(msg)
    _require_safe_way(to, asking)
    risk = RetaliationRisk(
        id=uuid4(), point=point, signs=found, level=level, asking=asking, by=by, at=now, **_of(to)
    )
    risk.save(force_insert=True)
    seal(case, risk.pk, {AGREED: agreed, LOWER: lower}, opener=opener, area=_area(to))
    _record(Verb.RISK_ASSESSED, case, to, by=by, now=now, point=point.value, level=level.value)
    _plan_anew(case, to, risk, by=by, now=now)
    return risk


@transaction.atomic
def check_in(  # noqa: PLR0913 - what was asked and answered is what it is
    to: Concern | Party,
    *,
    by: Person,
    answer: Answer,
    asking: Asking,
    on: date,
    words: str,
    now: datetime,
    in_danger: bool = False,
    opener: Opener | None = None,
) -> CheckedIn:
    """Record what somebody answered, on which day and by which way, or that nobody reached them.

    It counts for the one that is planned from a week before its day on; what was said earlier
    stands beside the plan. A sign opens a linked case at once, before anybody decides anything.
    """
    case = _held(to, by)
    _require_safe_way(to, asking)
    if asking == Asking.NOT:
        msg = f"Say by which way they were asked. {KEPT}"
        raise RuleError(msg)
    first = to.filed_on if isinstance(to, Concern) else None
    if not (first or days.day_of(case.opened_at)) <= on <= days.day_of(now):
        msg = f"They were asked today or before, since it was told. {KEPT}"
        raise RuleError(msg)
    if answer == Answer.YES and not words.strip():
        msg = f"Write what happened to them. {KEPT}"
        raise RuleError(msg)
    row = _awaited(to)
    if row is not None and row.answer:
        msg = f"They answered here already. Read that first, and then record what is new. {KEPT}"
        raise RuleError(msg)
    is_unplanned = row is None or row.due_on - rules.EARLY > days.day_of(now)
    if row is None or is_unplanned:
        since, _ = access.since(case, to)
        row = CheckIn(id=uuid4(), since=since, due_on=on, **_of(to))
    row.answer, row.answered_on, row.asking = answer, on, asking
    row.by, row.at = by, now
    if is_unplanned:
        row.save(force_insert=True)
    else:
        row.save(update_fields=RECORDED)
    seal(case, row.pk, {SAID: words}, opener=opener, area=_area(to))
    _end(row, case, to, by=by, now=now)
    if answer != Answer.YES:
        return CheckedIn(row, None)
    opened = open_linked(case, to, by=by, words=words, in_danger=in_danger, now=now, opener=opener)
    return CheckedIn(row, opened)


@transaction.atomic
def read_check_in(row: CheckIn, *, by: Person, now: datetime) -> CheckIn:
    """Take note of what a reporter answered here, with their receipt; the next one is planned."""
    to = row.concern
    if to is None:
        raise AssertionError
    case = _held(to, by)
    held = CheckIn.objects.select_for_update(of=("self",)).get(pk=row.pk)
    if not held.answer or not held.is_planned:
        msg = f"There is no answer to read. {KEPT}"
        raise RuleError(msg)
    held.by, held.at = by, now
    held.save(update_fields=["by", "at"])
    _end(held, case, to, by=by, now=now)
    return held


def after_closing(case: Case, *, by: Person, now: datetime) -> None:
    """Count everybody's check-ins anew from the day of closing; used inside the act that closes.

    As often as was weighed last; of reporters also where nobody has weighed it, since it is asked
    at their own channel.
    """
    risks = list(RetaliationRisk.objects.of(case))
    for to in access.protected(case):
        _plan_anew(case, to, access.latest_of(risks, to), by=by, now=now)


# -- the plan --------------------------------------------------------------------------------


def _plan_anew(
    case: Case, to: Concern | Party, risk: RetaliationRisk | None, *, by: Person, now: datetime
) -> None:
    """Let somebody be asked on the day that is next by now; what is due or answered stays so."""
    today = days.day_of(now)
    row = _awaited(to)
    asking = access.asking_of(risk, to)
    day = _next(case, to, risk, after=today)
    if row is not None:
        is_due = row.answer or row.due_on <= today
        if (is_due or row.due_on == day) and asking != Asking.NOT:
            return
        row.called_off_at = now
        row.save(update_fields=["called_off_at"])
        cancel_open([row.task_id] if row.task_id else [], now=now)
        if row.task is not None:
            duties.retime_of(row.task)
    if asking not in {None, Asking.NOT} and day is not None:
        assignee = row.task.assignee if row is not None and row.task is not None else None
        _plan(case, to, day, assignee=assignee, by=by, now=now)


def _next(
    case: Case,
    to: Concern | Party,
    risk: RetaliationRisk | None,
    *,
    after: date,
    again: bool = False,
) -> date | None:
    _, since = access.since(case, to)
    goes_on = case.closed_at is None
    level = access.level_of(risk)
    return rules.next_day(level, since=since, after=after, goes_on=goes_on, again=again)


def _plan(
    case: Case,
    to: Concern | Party,
    day: date,
    *,
    assignee: Person | None,
    by: Person,
    now: datetime,
) -> CheckIn:
    """Let it be due on a day that somebody is asked; who did it before does it, or the lead."""
    since, _ = access.since(case, to)
    about = to if isinstance(to, Concern) else case
    if assignee is None or assignee not in access.may_do(about, _area(to)):
        assignee = case.lead
    task = duties.open_task(
        about,
        kind=TaskKind.CHECK_IN,
        assignee=assignee,
        by=by,
        limit=Limit(days=(day - days.day_of(now)).days),
        now=now,
    )
    row = CheckIn(id=uuid4(), since=since, task=task, due_on=day, **_of(to))
    row.save(force_insert=True)
    return row


def _end(row: CheckIn, case: Case, to: Concern | Party, *, by: Person, now: datetime) -> None:
    """Record it, end its task, and plan the next."""
    was_late = row.answered_on is not None and row.answered_on > row.due_on
    kept = None if row.task_id is None else not was_late
    _record(Verb.CHECKED_IN, case, to, by=by, now=now, answer=row.answer, on_time=kept)
    if row.task_id is None:
        return
    task = Task.objects.select_related("assignee").get(pk=row.task_id)
    assignee = task.assignee
    if task.is_open:
        end_task(Task.objects.locked(task.pk), by=by, now=now)
    risk = access.latest_of(RetaliationRisk.objects.of(case), to)
    again = row.answer == Answer.UNREACHED
    # what was due earlier was asked by this as well
    after = max(days.day_of(now), row.due_on)
    day = _next(case, to, risk, after=after, again=again)
    if day is not None and access.asking_of(risk, to) not in {None, Asking.NOT}:
        _plan(case, to, day, assignee=assignee, by=by, now=now)


# -- what the acts ask for -------------------------------------------------------------------


def _area(to: Concern | Party) -> Area:
    """Return in which area somebody is watched over: what is of reporters is for who sees them."""
    return Area.CONCERNS if isinstance(to, Concern) else Area.SUPPORT


def _held(to: Concern | Party, by: Person) -> Case:
    """Return the case of somebody who is protected, held until the commit, closed or not."""
    case_id = to.case_id
    if case_id is None:
        msg = f"This waits for triage: there is no case yet. {KEPT}"
        raise RuleError(msg)
    case = Case.objects.locked(case_id)
    access.require(by, case, _area(to))
    if isinstance(to, Concern):
        to = Concern.objects.locked(to.pk)
        is_protected = to.status != ConcernStatus.WITHDRAWN
    else:
        is_protected = to.role in PROTECTED and to.struck_at is None
    if not is_protected:
        msg = f"This is not somebody whom the case protects. {KEPT}"
        raise RuleError(msg)
    return case


def _awaited(to: Concern | Party) -> CheckIn | None:
    held = CheckIn.objects.awaited().select_for_update(of=("self",))
    return held.filter(**_who(to)).select_related("task__assignee").first()


def _who(to: Concern | Party) -> dict[str, object]:
    return {"concern" if isinstance(to, Concern) else "party": to}


def _of(to: Concern | Party) -> dict[str, Concern | Party | Case]:
    if isinstance(to, Concern):
        return {"concern": to}
    return {"party": to, "case": to.case}


def _require_safe_way(to: Concern | Party, asking: Asking) -> None:
    if access.is_unknown(to) and asking not in OF_THE_ANONYMOUS:
        msg = f"Nobody knows who they are: only their own channel here is safe. {KEPT}"
        raise RuleError(msg)
    if isinstance(to, Party) and asking == Asking.HERE:
        msg = f"They have no channel here. Choose how they can be asked. {KEPT}"
        raise RuleError(msg)


def _record(
    verb: Verb, case: Case, to: Concern | Party, *, by: Person, now: datetime, **facts: Fact
) -> None:
    who = "reporter" if isinstance(to, Concern) else to.role
    act = Act(verb, by.actor, now, f"case:{case.pk}", facts={"who": who, **facts})
    ledger.record_all([act])
