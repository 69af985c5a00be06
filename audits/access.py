"""Who may read figures, and who may read the ledger."""

from itertools import chain

from cases.models import Wall
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
    walls = Wall.objects.before(person.conflicts)
    standing = [
        f"concern:{wall.concern_id}" if wall.concern_id else f"case:{wall.case_id}"
        for wall in walls
    ]
    # whom a wall stood before that was erased is no longer known, so nobody is shown these
    erased = Erasure.objects.filter(is_walled=True).values_list("subjects", flat=True)
    return [*standing, *chain.from_iterable(erased)]
