"""In which safe the words of an area of a case lie, and who may work in it."""

from cases.access.gate import require_member
from cases.lifecycle import Area
from cases.models import Case
from people.models import Person
from safes.models import Safe


def safe_of(case: Case, area: Area) -> Safe:  # noqa: ARG001 - every area lies in the team's safe so far
    """Return the safe that holds the words of an area."""
    return case.safe


def safes_of_case(case: Case) -> list[Safe]:
    """Return every safe of a case but those of its concerns."""
    return [case.safe]


def require(person: Person, case: Case, area: Area) -> None:  # noqa: ARG001 - as above
    """Refuse whoever may not work in an area of a case."""
    require_member(person, case)
