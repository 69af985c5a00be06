"""In which safe the words of an area of a case lie, and who may see it and work in it."""

from django.core.exceptions import PermissionDenied
from django.http import Http404

from cases.access.gate import member_of
from cases.lifecycle import SET_APART, Area, Deed, areas_of, may, works_in
from cases.models import Case, Compartment, Member
from people.models import Person
from safes.models import Safe


def safe_of(case: Case, area: Area) -> Safe:
    """Return the safe that holds the words of an area.

    What is not set apart lies in the safe of the case. Legal advice never does: where none was
    written yet, there is no safe of it, and `Compartment.DoesNotExist` is raised.
    """
    if area not in SET_APART:
        return case.safe
    apart = compartment_of(case, area)
    if apart is None and area == Area.LEGAL:
        raise Compartment.DoesNotExist
    return case.safe if apart is None else apart.safe


def compartment_of(case: Case, area: Area) -> Compartment | None:
    """Return the compartment of an area, as far as who asks may see it."""
    return case.compartments.select_related("safe").filter(area=area).first()


def safes_of_case(case: Case) -> list[Safe]:
    """Return every safe of a case but those of its concerns, its own first."""
    apart = case.compartments.select_related("safe").order_by("area")
    return [case.safe, *(one.safe for one in apart)]


def safes_for(case: Case, areas: list[str]) -> list[Safe]:
    """Return the safes that somebody opens who sees these areas."""
    apart = case.compartments.select_related("safe").filter(area__in=areas).order_by("area")
    return [case.safe, *(one.safe for one in apart)]


def require(person: Person, case: Case, area: Area) -> None:
    """Refuse whoever may not work in an area of a case."""
    member = member_of(person, case)
    if member is None:
        msg = "This is for the team of the case."
        raise PermissionDenied(msg)
    if not works_in(member.function, member.areas, area):
        msg = "This is for those on the case whose function it is."
        raise PermissionDenied(msg)


def is_able(member: Member | None, deed: Deed) -> bool:
    """Return whether somebody may do something with a case as a whole, by their place on it."""
    return member is not None and may(
        member.function, member.areas, deed, is_guest=member.until is not None
    )


def require_deed(person: Person, case: Case, deed: Deed) -> None:
    """Refuse whoever may not do something with a case as a whole."""
    if not is_able(member_of(person, case), deed):
        msg = "This is for those who work on the whole of the case, and stay on it."
        raise PermissionDenied(msg)


def require_lead(person: Person, case: Case) -> None:
    """Refuse whoever does not lead a case: who is on it, and in which function, they decide."""
    member = member_of(person, case)
    if member is None or member.function != Member.Function.LEAD:
        msg = "This is for the lead of the case."
        raise PermissionDenied(msg)


def seen_by(member: Member | None) -> frozenset[Area]:
    """Return which areas somebody sees of a case that they see, by their place on it.

    Outside of the team the head and an auditor see that something is there; no word opens to them.
    """
    areas = areas_of(Member.Function.INVESTIGATOR) if member is None else member.areas
    return frozenset(Area(area) for area in areas)


def require_seen(person: Person, case: Case, area: Area) -> None:
    """Answer as for what is not there to whoever may not see an area of a case."""
    if area not in seen_by(member_of(person, case)):
        raise Http404
