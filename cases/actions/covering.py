"""Work that nobody who is here looks after: who stands in, who follows, who takes it over."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid4

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q

from cases import access, notices
from cases.actions.steps import let_in, pass_case
from cases.actions.walls import see_to_concern, woken
from cases.duties import note_owner
from cases.lifecycle import CaseStatus, ConcernStatus
from cases.models import Case, Concern, Member, Note
from common import days
from common.errors import RuleError
from ledger import actions as ledger
from ledger.rules import SYSTEM
from ledger.verbs import Verb
from people.models import Attendance, Person
from people.rules import Role
from safes import access as opening
from safes import actions as safes
from safes.rules import Opener

KEPT = "Nothing was changed; what you wrote is kept."


def see_to_open_work(*, now: datetime) -> int:
    """Let work go on whose owner has left, and let in whoever stands in for the absent.

    Return how many concerns and cases changed. A transaction each; what is interrupted is found
    again, since the rows themselves say what is left to do.
    """
    attendance = Attendance.on(days.day_of(now))
    left = Q(lead__is_active=False)
    left |= Q(members__left_at=None, members__person__is_active=False)
    cases = Case.objects.open().filter(left).distinct().values_list("pk", flat=True)
    waiting = Concern.objects.filter(status=ConcernStatus.RECEIVED)
    gone = waiting.filter(Q(owner__is_active=False) | Q(handed_to__is_active=False))
    changed = sum(_follow(pk, attendance, now=now) for pk in list(cases))
    changed += sum(_unassign(pk, now=now) for pk in list(gone.values_list("pk", flat=True)))
    absent = Person.objects.active().filter(pk__in=attendance.stand_ins)
    return changed + sum(_cover(person, attendance, now=now) for person in absent)


@transaction.atomic
def _follow(case_id: UUID, attendance: Attendance, *, now: datetime) -> bool:
    """Take whoever left off a team; where they led, whoever is longest on it leads, or the next."""
    case = Case.objects.locked(case_id)
    Concern.objects.held_of(case)
    team = Member.objects.current().filter(case=case)
    if not case.lead.is_active:
        longest = team.select_related("person").order_by("since", "pk")
        lead = _next_lead(case, list(longest), attendance)
        if lead is None:
            # the clocks of the case reach whoever is independent, or raise the alarm
            return False
        pass_case(case, lead, by=SYSTEM, how="left", now=now)
        ledger.post(notices.handed_over(case.ref, lead, now=now))
    off = team.filter(person__is_active=False).update(left_at=now)
    subject = f"case:{case.pk}"
    ledger.record(Verb.WORK_LEFT, by=SYSTEM, at=now, subject=subject, people=off)
    return True


def _next_lead(case: Case, team: Sequence[Member], attendance: Attendance) -> Person | None:
    walls = list(case.walls.all())
    staying = [member.person for member in team if member.person.is_active]
    free = access.without_walled(staying, walls)
    here = [person for person in free if attendance.is_here(person)]
    return next(iter([*here, *free]), None) or woken(case.safe, walls)


@transaction.atomic
def _unassign(concern_id: UUID, *, now: datetime) -> bool:
    """Take a concern from whoever left: those on duty are reminded of it, and somebody opens it."""
    concern = Concern.objects.locked(concern_id)
    if concern.owner is not None and not concern.owner.is_active:
        concern.owner = None
    if concern.handed_to is not None and not concern.handed_to.is_active:
        concern.handed_to = None
    concern.save(update_fields=["owner", "handed_to"])
    note_owner(concern)
    see_to_concern(concern, now=now)
    ledger.record(Verb.WORK_LEFT, by=SYSTEM, at=now, subject=concern.subject, people=1)
    return True


def _cover(person: Person, attendance: Attendance, *, now: datetime) -> int:
    """Let whoever acts for somebody into the cases they lead and the concerns they look after."""
    led = Concern.objects.filter(case__lead=person, case__status=CaseStatus.OPEN)
    own = Concern.objects.filter(owner=person, status=ConcernStatus.RECEIVED)
    first = led.order_by("case", "pk").distinct("case").values_list("pk", flat=True)
    works = [*first, *own.values_list("pk", flat=True)]
    return sum(_let_act(pk, person, attendance, now=now) for pk in works)


@transaction.atomic
def _let_act(concern_id: UUID, person: Person, attendance: Attendance, *, now: datetime) -> bool:
    concern = Concern.objects.select_related("case").get(pk=concern_id)
    office = [one for one in attendance.line(person) if one.is_office]
    free = access.without_walled(office, list(concern.walls.all()))
    acting = attendance.acting(person, {one.pk for one in free})
    if acting is None or acting == person or access.is_let_in(acting, concern):
        return False
    if concern.case is not None:
        concern.case = Case.objects.locked(concern.case.pk)
    Concern.objects.locked(concern.pk)
    return let_in(concern, acting, now=now)


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
    team = Member.objects.current().filter(case=case, person=by)
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
