"""What of a case is in the bundle of somebody: the areas they work in, and what was filed."""

from collections.abc import Collection

from django.db.models import Q

from cases.access.areas import require, require_deed, safe_of
from cases.access.gate import member_of
from cases.lifecycle import Area, Deed, works_in
from cases.models import Attachment, Bundle, Case, Concern
from people.models import Person
from safes.models import Safe


def areas_of(person: Person, case: Case) -> list[Area]:
    """Return the areas of a case in which somebody works, in their order, but legal advice."""
    member = member_of(person, case)
    if member is None:
        return []
    works = [area for area in Area if works_in(member.function, member.areas, area)]
    return [area for area in works if area != Area.LEGAL]


def concerns_told(person: Person, case: Case) -> list[Concern]:
    """Return what was filed and this person may see, in the order in which it came."""
    found = Concern.objects.visible_to(person).filter(case=case)
    return list(found.select_related("safe").order_by("filed_on", "ref"))


def safe_of_bundle(case: Case, areas: Collection[str]) -> Safe:
    """Return where a bundle of these areas is sealed: with what was filed, where it tells of that.

    What a lawyer advised is in no bundle, so it does not narrow who reads one.
    """
    return safe_of(case, Area.CONCERNS if Area.CONCERNS in areas else Area.CORE)


def require_bundle(person: Person, bundle: Bundle) -> None:
    """Refuse whoever may not make one, or may not read all that it tells."""
    require_deed(person, bundle.case, Deed.BUNDLE)
    for area in bundle.areas:
        require(person, bundle.case, Area(area))


def documents_of(
    case: Case, concerns: Collection[Concern], areas: Collection[str]
) -> list[Attachment]:
    """Return the files that a bundle lists: of the case, and of what is told of what was filed."""
    if Area.EVIDENCE not in areas:
        return []
    return list(Attachment.objects.filter(Q(case=case) | Q(concern__in=concerns)).order_by("n"))
