"""Who may decide that a case is closed: another person than who asks."""

from django.core.exceptions import PermissionDenied
from django.db.models import Q

from cases.access.gate import member_of
from cases.access.walls import without_walled
from cases.lifecycle import areas_of, is_narrow
from cases.models import Case, Member
from people.models import Person
from people.rules import Role


def may_decide(case: Case, asker: Person | None) -> list[Person]:
    """Return who could decide on a closing: of the team, then the heads, then the independent."""
    # who does not see all of it cannot say that it is done, but for whoever is there to approve
    whole = Q(areas__contains=areas_of(Member.Function.INVESTIGATOR))
    whole |= Q(function=Member.Function.APPROVER)
    places = Member.objects.current().filter(whole, case=case)
    team = Person.objects.active().filter(memberships__in=places)
    wanted = [
        *team.order_by("name", "pk"),
        *Person.objects.holding(Role.HEAD),
        *Person.objects.holding(Role.INDEPENDENT),
    ]
    others = [one for one in dict.fromkeys(wanted) if one != asker and one.may_sign_in]
    return without_walled(others, list(case.walls.all()))


def may_end(person: Person, case: Case) -> bool:
    """Return whether somebody decides how a case goes on or ends: its team, and the head."""
    member = member_of(person, case)
    if member is not None:
        # as `may_decide`: who does not see all of it decides on it where that is what they are for
        return member.function == Member.Function.APPROVER or not is_narrow(member.areas)
    return person.holds(Role.HEAD) and Case.objects.visible_to(person).filter(pk=case.pk).exists()


def require_may_end(person: Person, case: Case) -> None:
    """Refuse whoever neither works on a case nor heads the office."""
    if not may_end(person, case):
        msg = "This is for the team of the case, and for the head."
        raise PermissionDenied(msg)


def may_reopen(person: Person, case: Case) -> bool:
    """Return whether somebody may take a closed case up again: its lead, or the head."""
    return may_end(person, case) and (case.lead_id == person.pk or person.holds(Role.HEAD))
