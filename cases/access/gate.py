"""The gate: what somebody may see, answer and work on; hidden and absent are the same answer."""

from collections.abc import Collection
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404
from guardian.shortcuts import assign_perm

from cases.lifecycle import Area, works_in
from cases.models import Case, Concern, Member
from escalation.models import Clock
from people.models import Person
from people.rules import Role


def get_concern(person: Person, ref: str) -> Concern:
    """Return a concern this person may see; hidden and absent give the same answer."""
    concern = (
        Concern.objects.visible_to(person)
        .select_related("safe", "category", "unit", "owner", "taken_by", "case")
        .filter(ref=ref)
        .first()
    )
    if concern is None:
        raise Http404
    return concern


def get_case(person: Person, ref: str) -> Case:
    """Return a case this person may see; hidden and absent give the same answer."""
    case = (
        Case.objects.visible_to(person)
        .select_related("safe", "category", "unit", "lead")
        .filter(ref=ref)
        .first()
    )
    if case is None:
        raise Http404
    return case


def get_clock(subjects: Collection[UUID], pk: UUID) -> Clock:
    """Return a clock of one of these concerns or cases; foreign and absent give the same answer."""
    found = Clock.objects.filter(pk=pk, subject_id__in=subjects).first()
    if found is None:
        raise Http404
    return found


def require_visible(person: Person, concern: Concern) -> None:
    """Refuse whoever may not see a concern."""
    if not Concern.objects.visible_to(person).filter(pk=concern.pk).exists():
        raise PermissionDenied


def require_officer(person: Person) -> None:
    """Refuse whoever does not triage."""
    if not person.holds(Role.OFFICER, Role.HEAD, Role.INDEPENDENT):
        msg = "This is for ethics officers."
        raise PermissionDenied(msg)


def member_of(person: Person, case: Case) -> Member | None:
    """Return the place of somebody who works on a case now, or None."""
    return Member.objects.current().filter(case=case, person=person).first()


def require_member(person: Person, case: Case) -> None:
    """Refuse whoever is not on the case's team."""
    if not Member.objects.current().filter(case=case, person=person).exists():
        msg = "This is for the team of the case."
        raise PermissionDenied(msg)


def require_can_answer(person: Person, concern: Concern) -> None:
    """Refuse whoever may not write to the reporter: before triage an officer, then the team."""
    if not can_answer(person, concern):
        msg = "This is for ethics officers, and after triage for the team of the case."
        raise PermissionDenied(msg)


def can_answer(person: Person, concern: Concern) -> bool:
    """Return whether somebody works on a concern: before triage an officer, then the team."""
    if concern.case is None:
        return person.holds(Role.OFFICER, Role.HEAD, Role.INDEPENDENT)
    return _hears(person, concern.case)


def works_on(person: Person, concern: Concern) -> bool:
    """Return whether somebody works on a concern: on its case's team, or as whose it is."""
    if concern.case is None:
        return person.pk in {concern.owner_id, concern.handed_to_id}
    return _hears(person, concern.case)


def _hears(person: Person, case: Case) -> bool:
    """Return whether somebody works with what was filed in a case."""
    member = member_of(person, case)
    return member is not None and works_in(member.function, member.areas, Area.CONCERNS)


def require_working_on(person: Person, concern: Concern) -> None:
    """Refuse whoever does not work on a concern, or stands behind a wall."""
    found = Concern.objects.visible_to(person).filter(pk=concern.pk).first()
    if found is None or not works_on(person, found):
        msg = "This is for those who work on it."
        raise PermissionDenied(msg)


def grant_view(case: Case, person: Person) -> None:
    """Let one person outside the team see a case's metadata."""
    assign_perm("view_case", person, case)
