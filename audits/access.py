"""Who may read figures, and who may read the ledger."""

from itertools import chain

from django.db.models import Q

from cases.models import Link, Task, Wall
from people import access
from people.models import Person
from people.rules import Role
from safes.models import Erasure


def require_reader(person: Person) -> None:
    """Refuse whoever may not read figures and reports."""
    access.require(person, Role.LEADERSHIP, Role.AUDITOR, Role.HEAD)


def may_read_entries(person: Person) -> bool:
    """Return whether somebody may read who did what; for the others its standing is enough."""
    return person.holds(Role.AUDITOR)


def walled_subjects(person: Person) -> list[str]:
    """Return the subjects of the ledger before which a wall stands for this person."""
    walls = list(Wall.objects.before(person.conflicts))
    standing = [
        f"concern:{wall.concern_id}" if wall.concern_id else f"case:{wall.case_id}"
        for wall in walls
    ]
    if walls:
        cases = [wall.case_id for wall in walls if wall.case_id]
        concerns = [wall.concern_id for wall in walls if wall.concern_id]
        about = Q(case__in=cases) | Q(concern__in=concerns)
        tasks = Task.objects.filter(about).values_list("pk", flat=True)
        standing += [f"task:{pk}" for pk in tasks]
        ends = about | Q(other_case__in=cases) | Q(other_concern__in=concerns)
        links = Link.objects.filter(ends).values_list("pk", flat=True)
        standing += [f"link:{pk}" for pk in links]
    # whom a wall stood before that was erased is no longer known, so nobody is shown these
    erased = Erasure.objects.filter(is_walled=True).values_list("subjects", flat=True)
    return [*standing, *chain.from_iterable(erased)]
