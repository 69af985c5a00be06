"""Who finds a place: before triage, of those without a part in all of it, whoever has it alone."""

from collections.abc import Collection, Iterable, Mapping
from uuid import UUID

from cases.models import Concern
from escalation.duties import Due, Line
from escalation.models import Clock, Does
from people.models import Person
from people.rules import Role

# whoever it is given to gets a place by that
GIVES_A_PLACE = (Does.HAND_OVER, Does.REASSIGN)
# whom it reaches sees and does something, where another step may tell them alone
NEEDS_A_PLACE = (Does.ADD, Does.TASK)
# by clock: who alone sees its concern; of what is not there, everybody may
Seen = Mapping[UUID, Collection[UUID]]


def seen_alone(concerns_of: Mapping[UUID, Iterable[UUID]]) -> dict[UUID, set[UUID]]:
    """Return, by clock id, who alone sees it of those who are neither officers nor the head.

    That is where a concern was handed to one of them and is not triaged: one query.
    """
    wanted = {pk for some in concerns_of.values() for pk in some}
    early = Concern.objects.filter(pk__in=wanted, case=None, handed_to__isnull=False)
    seen: dict[UUID, set[UUID]] = {}
    for one in early.only("owner", "handed_to"):
        persons = (one.owner_id, one.handed_to_id)
        seen[one.pk] = {pk for pk in persons if pk is not None}
    found = {
        clock: [seen[pk] for pk in concerns if pk in seen]
        for clock, concerns in concerns_of.items()
    }
    return {clock: set().union(*some) for clock, some in found.items() if some}


def has_place(person: Person, seen_by: Collection[UUID]) -> bool:
    """Return whether somebody would see a concern that these alone see, were they let in."""
    return person.pk in seen_by or person.holds(Role.HEAD, Role.OFFICER)


def placed(lines: Mapping[UUID, Line], due: Due, seen: Seen) -> dict[UUID, Line]:
    """Return the lines with those alone who find a place, so that rotation passes over no other.

    Whoever is told for their part in the office needs none: the first of a line may be told.
    """
    kept = dict(lines)
    for clock, step in due:
        if clock.pk not in seen or step.does in GIVES_A_PLACE:
            continue
        told = 0 if step.does in NEEDS_A_PLACE else 1
        line = lines[clock.pk]
        kept[clock.pk] = [*line[:told], *(_with_place(one, seen[clock.pk]) for one in line[told:])]
    return kept


def standing(
    free: Mapping[UUID, set[UUID]], near: Iterable[tuple[Clock, Collection[Person]]], seen: Seen
) -> dict[UUID, set[UUID]]:
    """Return who of those who may stand in finds a place."""
    persons = {clock.pk: some for clock, some in near}
    return {
        pk: {one.pk for one in _with_place(persons[pk], seen[pk])} & some if pk in seen else some
        for pk, some in free.items()
    }


def _with_place(persons: Iterable[Person], seen_by: Collection[UUID]) -> list[Person]:
    return [one for one in persons if has_place(one, seen_by)]
