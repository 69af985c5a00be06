"""Before whom a wall stands: the only place to ask."""

from collections.abc import Collection, Iterable
from datetime import date
from uuid import UUID

from django.db.models import Q

from cases.models import Wall
from people.models import Person
from people.rules import Conflicts, blind_index, blind_recusal


def walls_around(subjects: Iterable[Person], *, since: date) -> list[Wall]:
    """Return the walls, unsaved, before what is about these persons and was filed on a day."""
    return [
        Wall(blind=blind_index(person.pk), why=Wall.Why.SUBJECT, since=since)
        for person in {person.pk: person for person in subjects}.values()
    ]


def walls_before(persons: Iterable[Person], *, since: date) -> list[Wall]:
    """Return the walls, unsaved, before these parties and their delegates, and nobody below."""
    return [
        Wall(blind=blind_recusal(person.pk), why=Wall.Why.PARTY, since=since) for person in persons
    ]


def walled(persons: Iterable[Person], walls: Collection[Wall]) -> set[UUID]:
    """Return who of these persons stands behind any of these walls: the only place to ask.

    Their conflicts are read afresh, in one query for all of them.
    """
    asked = {person.pk for person in persons} if walls else set()
    if not asked:
        return set()
    conflicts = Person.objects.conflicts(asked)
    return {pk for pk in asked if is_met(conflicts[pk], walls)}


def is_met(conflicts: Conflicts, walls: Iterable[Wall]) -> bool:
    """Return whether any of these walls stands before whoever has these conflicts."""
    return any(conflicts.meet(bytes(wall.blind), wall.since) for wall in walls)


def without_walled(persons: Iterable[Person], walls: Collection[Wall]) -> list[Person]:
    """Return those before whom no wall stands, in their order."""
    people = list(persons)
    behind = walled(people, walls)
    return [person for person in people if person.pk not in behind]


def is_walled(person: Person, walls: Collection[Wall]) -> bool:
    """Return whether any of these walls stands before a person."""
    return bool(walled([person], walls))


def may_be_told(person: Person, reference: str) -> bool:
    """Return whether no wall stands between a person and what a notice refers to."""
    about = Q(concern__ref=reference) | Q(case__ref=reference)
    about |= Q(concern__identity_requests__ref=reference)
    return not is_walled(person, list(Wall.objects.filter(about)))
