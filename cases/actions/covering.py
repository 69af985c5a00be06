"""Work that nobody who is here looks after: who stands in, who follows, who takes it over."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import partial
from uuid import UUID, uuid4

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q

from cases import access, notices
from cases.actions.guests import ends_due
from cases.actions.removal import see_to_concern, woken
from cases.actions.steps import let_in, pass_case
from cases.actions.talk import told_of
from cases.actions.tasks import held_about
from cases.duties import give_task, in_charge, note_doer, note_owner, teams_of
from cases.lifecycle import CaseStatus, ConcernStatus
from cases.models import Case, Concern, Member, Note, Task
from common import days
from common.errors import RuleError
from escalation.actions.alarms import could_not_go_on
from ledger import actions as ledger
from ledger.rules import SYSTEM
from ledger.verbs import Verb
from people.models import Attendance, Person
from people.rules import Role
from safes import access as opening
from safes import actions as safes
from safes.rules import Opener

KEPT = "Nothing was changed; what you wrote is kept."
# what is left to do about a concern, case or task, by its id
Work = tuple[UUID, Callable[[], bool]]


def see_to_open_work(*, now: datetime) -> int:
    """Let work go on whose owner has left, and let in whoever stands in for the absent.

    Return how many concerns, cases and tasks changed. A transaction each; what is interrupted is
    found again, since the rows themselves say what is left to do. Of what fails, those who look
    after the house are told; it stops nothing else, and is tried again.
    """
    attendance = Attendance.on(days.day_of(now))
    return sum(_done(work, now=now) for work in _left_to_do(attendance, now=now))


def _left_to_do(attendance: Attendance, *, now: datetime) -> Iterator[Work]:
    """Return what is left to do, one after the other: a task follows its case or concern."""
    left = Q(lead__is_active=False)
    left |= Q(members__left_at=None, members__person__is_active=False)
    cases = Case.objects.open().filter(left).distinct()
    for pk in list(cases.values_list("pk", flat=True)):
        yield pk, partial(_follow, pk, attendance, now=now)
    waiting = Concern.objects.filter(status=ConcernStatus.RECEIVED)
    gone = waiting.filter(Q(owner__is_active=False) | Q(handed_to__is_active=False))
    for pk in list(gone.values_list("pk", flat=True)):
        yield pk, partial(_unassign, pk, now=now)
    undone = Task.objects.open().filter(assignee__is_active=False)
    for pk in list(undone.values_list("pk", flat=True)):
        yield pk, partial(_pass_task, pk, attendance, now=now)
    yield from ends_due(now=now)
    for person in Person.objects.active().filter(pk__in=attendance.stand_ins):
        for pk in _works_of(person):
            yield pk, partial(_let_act, pk, person, attendance, now=now)


def _done(work: Work, *, now: datetime) -> bool:
    about, act = work
    try:
        with transaction.atomic():
            return act()
    except Exception as error:  # noqa: BLE001 - whatever one raises, the others go on
        could_not_go_on(about, error, now=now)
        return False


def _follow(case_id: UUID, attendance: Attendance, *, now: datetime) -> bool:
    """Take whoever left off a team; where they led, whoever is longest on it leads, or the next."""
    case = Case.objects.locked(case_id)
    Concern.objects.held_of(case)
    team = Member.objects.standing().filter(case=case)
    off = team.filter(person__is_active=False)
    if case.status != CaseStatus.OPEN or (case.lead.is_active and not off.exists()):
        return False
    if not case.lead.is_active:
        longest = team.investigating().select_related("person").order_by("since", "pk")
        lead = _next_lead(case, list(longest), attendance)
        if lead is None:
            # the clocks of the case reach whoever is independent, or raise the alarm
            return False
        pass_case(case, lead, by=SYSTEM, how="left", now=now)
        ledger.post(notices.handed_over(case.ref, lead, now=now))
    people = off.update(left_at=now)
    subject = f"case:{case.pk}"
    ledger.record(Verb.WORK_LEFT, by=SYSTEM, at=now, subject=subject, people=people)
    return True


def _next_lead(case: Case, team: Sequence[Member], attendance: Attendance) -> Person | None:
    walls = list(case.walls.all())
    staying = [member.person for member in team if member.person.is_active]
    free = access.without_walled(staying, walls)
    here = [person for person in free if attendance.is_here(person)]
    return next(iter([*here, *free]), None) or woken(case.safe, walls)


def _unassign(concern_id: UUID, *, now: datetime) -> bool:
    """Take a concern from whoever left: those on duty are reminded of it, and somebody opens it."""
    concern = Concern.objects.locked_after_its_case(concern_id)
    gone = [one for one in (concern.owner, concern.handed_to) if one and not one.is_active]
    if concern.status != ConcernStatus.RECEIVED or not gone:
        return False
    if concern.owner in gone:
        concern.owner = None
    if concern.handed_to in gone:
        concern.handed_to = None
    concern.save(update_fields=["owner", "handed_to"])
    note_owner(concern)
    see_to_concern(concern, now=now)
    ledger.record(Verb.WORK_LEFT, by=SYSTEM, at=now, subject=concern.subject, people=1)
    if concern.owner is None:
        ledger.post(notices.nobodys(concern, told_of(concern, now=now), now=now))
    return True


def _pass_task(task_id: UUID, attendance: Attendance, *, now: datetime) -> bool:
    """Give a task of whoever left to whoever is in charge; where nobody may, it is nobody's."""
    about = held_about(Task.objects.select_related("case", "concern").get(pk=task_id).about)
    task = Task.objects.locked(task_id)
    if not task.is_open or task.assignee is None or task.assignee.is_active:
        return False
    to = _next_doer(about, attendance)
    if to is None:
        # its clock reaches whoever is next in line, and it stands among nobody's
        task.assignee = None
        task.save(update_fields=["assignee"])
        note_doer(task)
        ledger.record(Verb.WORK_LEFT, by=SYSTEM, at=now, subject=task.subject, people=1)
        return True
    give_task(task.pk, to)
    what = task.subject
    ledger.record(Verb.TASK_GIVEN, by=SYSTEM, at=now, subject=what, kind=task.kind, how="left")
    ledger.post(notices.task_given(task, to, now=now))
    return True


def _next_doer(about: Case | Concern, attendance: Attendance) -> Person | None:
    """Return who is in charge; else of the team who is here, then who is longest on it."""
    case = about if isinstance(about, Case) else about.case
    team = teams_of([case.pk]).get(case.pk, []) if case is not None else []
    here = [person for person in team if attendance.is_here(person)]
    near = [one for one in (in_charge(about), *here, *team) if one is not None and one.is_active]
    return next(iter(access.without_walled(near, list(about.walls.all()))), None)


def _works_of(person: Person) -> list[UUID]:
    """Return the concerns somebody looks after or has a task of, and one of each of their cases."""
    tasks = Task.objects.open().filter(assignee=person)
    led = Q(case__lead=person, case__status=CaseStatus.OPEN) | Q(case__in=tasks.values("case"))
    cases = Concern.objects.filter(led).order_by("case", "pk").distinct("case")
    own = Q(owner=person) | Q(owner=None, handed_to=person)
    early = Q(own, status=ConcernStatus.RECEIVED) | Q(pk__in=tasks.values("concern"))
    concerns = Concern.objects.filter(early).order_by("pk")
    return list(
        dict.fromkeys(pk for some in (cases, concerns) for pk in some.values_list("pk", flat=True))
    )


def _let_act(concern_id: UUID, person: Person, attendance: Attendance, *, now: datetime) -> bool:
    """Let in the nearest who acts for somebody and finds a place, unless they are in."""
    seen = Concern.objects.select_related("case").get(pk=concern_id)
    line = _line(seen, person, attendance)
    if not line or access.is_let_in(line[0], seen):
        return False
    # it may have changed hands, or a wall gone up, before it was held
    concern = Concern.objects.locked_after_its_case(concern_id)
    if not _is_theirs(concern, person):
        return False
    for one in _line(concern, person, attendance):
        if access.is_let_in(one, concern):
            return False
        if let_in(concern, one, now=now):
            return True
    return False


def _line(concern: Concern, person: Person, attendance: Attendance) -> list[Person]:
    """Return who could act for somebody on a concern today, the nearest first."""
    office = [one for one in attendance.line(person) if one.is_office and one != person]
    return access.without_walled(office, list(concern.walls.all()))


def _is_theirs(concern: Concern, person: Person) -> bool:
    """Return whether somebody is in charge of a concern or its case, or has a task of it."""
    case = concern.case
    is_open = (
        concern.status == ConcernStatus.RECEIVED if case is None else case.status == CaseStatus.OPEN
    )
    tasks = Task.objects.open().of(case, [concern]).filter(assignee=person)
    return (is_open and in_charge(concern) == person) or tasks.exists()


@transaction.atomic
def take_over(
    case: Case, *, by: Person, reason: str, now: datetime, opener: Opener | None = None
) -> Case:
    """Lead a case from now on, instead of somebody who is not here; the head, of anybody.

    The head says why, unless the lead is not here; it is sealed to the team as a decision.
    """
    case = Case.objects.locked(case.pk)
    Concern.objects.held_of(case)
    is_here = Attendance.on(days.day_of(now)).is_here(case.lead)
    _require_may_take(case, by, lead_is_here=is_here)
    if is_here and not reason.strip():
        msg = f"{case.lead.name} is here and leads it. Say why you take it over. {KEPT}"
        raise RuleError(msg)
    before = case.lead
    pass_case(case, by, by=by.actor, how="taken", now=now)
    if reason.strip():
        note = Note(id=uuid4(), case=case, author=by, kind=Note.Kind.DECISION, at=now)
        note.save(force_insert=True)
        key = opening.key_of(opener, case.safe)
        safes.add(case.safe, row=note.pk, items={"body": reason.encode()}, key=key)
    if before.is_active:
        ledger.post(notices.taken(case.ref, before, by, now=now))
    return case


def _require_may_take(case: Case, by: Person, *, lead_is_here: bool) -> None:
    # whoever works in a part of it alone, or for a time, does not come to open all of it
    team = Member.objects.current().investigating().filter(case=case, person=by)
    is_head = by.holds(Role.HEAD)
    if access.is_walled(by, list(case.walls.all())) or not (is_head or team.exists()):
        raise PermissionDenied
    if case.status != CaseStatus.OPEN:
        msg = f"This case is closed, so nobody leads it any more. {KEPT}"
        raise RuleError(msg)
    if case.lead_id == by.pk:
        msg = f"You lead it already. {KEPT}"
        raise RuleError(msg)
    if lead_is_here and not is_head:
        msg = f"{case.lead.name} is here and leads it. Ask them, or the head of the office. {KEPT}"
        raise RuleError(msg)
