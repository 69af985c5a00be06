"""Who may read figures, and who may read the ledger."""

from people import access
from people.models import Person
from people.rules import Role


def require_reader(person: Person) -> None:
    """Refuse whoever may not read figures and reports."""
    access.require(person, Role.LEADERSHIP, Role.AUDITOR, Role.HEAD)


def may_read_entries(person: Person) -> bool:
    """Return whether somebody may read who did what; for the others its standing is enough."""
    return person.holds(Role.AUDITOR)
