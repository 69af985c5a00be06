"""Whether somebody whom a case is about stands above somebody else of it."""

from collections.abc import Iterable

from cases.models import Case, Wall
from people.models import Person
from people.rules import blind_index


def is_below_a_subject(case: Case, persons: Iterable[Person]) -> bool:
    """Return whether any of these reports today to somebody whom the case is about."""
    walls = case.walls.filter(why=Wall.Why.SUBJECT).values_list("blind", flat=True)
    subjects = {bytes(blind) for blind in walls}
    above = Person.objects.above(persons).values_list("pk", flat=True) if subjects else []
    return any(blind_index(pk) in subjects for pk in above)
