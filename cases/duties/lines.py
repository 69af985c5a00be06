"""Who is next for a concern, a case and what belongs to them: one rule for all of it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

from django.db.models import Count, Max

from cases import access
from cases.lifecycle import ConcernStatus
from cases.models import Concern, Member, Wall
from escalation.duties import Due, Line, Load
from escalation.models import UNNAMED, Does, PathStep
from people.models import Person
from people.rules import Conflicts, Role


class Place(NamedTuple):
    """Where a clock's subject stands: who answers for it, who is near, and its walls."""

    own: Sequence[Person]
    near: Sequence[Person]
    walls: Iterable[Wall]
    # to whom it was handed over before
    handed_to: Person | None = None
    # whether the officers on duty, and then the head, answer where nobody of these is here
    falls_to_duty: bool = True
    # whether it is part of a case, which a team opens and nobody else
    is_case: bool = False


class Staff(NamedTuple):
    """Who could be next in a batch: by role, and on duty."""

    roles: Mapping[str, list[Person]]
    duty: list[Person]

    @classmethod
    def of(cls, due: Due) -> "Staff":
        """Read it: one query."""
        asked = {step.role for _, step in due if step.role}
        wanted = {*asked, Role.INDEPENDENT, Role.OFFICER, Role.HEAD}
        holding = list(Person.objects.holding(*(Role(role) for role in wanted)))
        roles = {role: [one for one in holding if role in one.roles] for role in wanted}
        return cls(roles, [one for one in roles[Role.OFFICER] if one.is_on_duty])


def lines_of(due: Due, places: Mapping[UUID, Place]) -> dict[UUID, Line]:
    """Return, by clock id, who is next, walls applied; `places` are by the id of the subject.

    The independent persons stand at the end of every line, but not of a reminder's: it lets nobody
    in, so behind those who have a place on it stands the head, who sees to it that somebody does.
    """
    staff = Staff.of(due)
    meant = {
        clock.pk: [
            *_line(step, places[clock.subject_id], staff),
            *([] if step.does in UNNAMED else [staff.roles[Role.INDEPENDENT]]),
        ]
        for clock, step in due
    }
    everybody = {one for line in meant.values() for group in line for one in group}
    conflicts = Person.objects.conflicts(person.pk for person in everybody)
    return {
        clock.pk: [
            free(group, places[clock.subject_id].walls, conflicts) for group in meant[clock.pk]
        ]
        for clock, _ in due
    }


def _line(step: PathStep, place: Place, staff: Staff) -> list[Sequence[Person]]:
    """Return who is next by a step if there were no walls, but for those at the end."""
    own = [person for person in place.own if person.is_active]
    near = [person for person in place.near if person.is_active and person not in own]
    if step.does in UNNAMED:
        has_it = [one for one in [place.handed_to] if one is not None and one.is_active]
        # whoever is on duty opens what waits for triage, and no case
        duty = staff.duty if place.falls_to_duty and not place.is_case else []
        heads = staff.roles[Role.HEAD] if place.falls_to_duty else []
        return [group for group in (own, near, has_it, duty, heads) if group]
    holders = staff.roles[step.role]
    if step.does == Does.HAND_OVER:
        # it was handed over for another clock already: to the same person, who still has it
        handed = place.handed_to
        return [[handed], holders] if handed is not None and handed.is_active else [holders]
    if step.does == Does.REASSIGN:
        others = [person for person in holders if person not in own]
        return [others, [person for person in own if person in holders]]
    if step.does == Does.ADD:
        there = {*own, *near, place.handed_to}
        return [[person for person in holders if person not in there], holders]
    return [holders]


def free(
    persons: Iterable[Person], walls: Iterable[Wall], conflicts: Mapping[UUID, Conflicts]
) -> list[Person]:
    """Return before whom none of these walls stands."""
    return [person for person in persons if not access.is_met(conflicts[person.pk], walls)]


def teams_of(cases: Iterable[UUID]) -> dict[UUID, list[Person]]:
    """Return who works on each of these cases, the longest first."""
    members = Member.objects.current().filter(case__in=set(cases)).order_by("since", "pk")
    rows = list(members.values_list("case", "person"))
    persons = Person.objects.in_bulk({person for _, person in rows})
    teams: dict[UUID, list[Person]] = {}
    for case, person in rows:
        teams.setdefault(case, []).append(persons[person])
    return teams


def loads_of(persons: Collection[Person]) -> dict[UUID, Load]:
    """Return how many open works each has, and since when they lead the latest: two queries."""
    owned = Concern.objects.filter(owner__in=persons, status=ConcernStatus.RECEIVED)
    led = Member.objects.standing().filter(
        person__in=persons, function=Member.Function.LEAD, is_open=True
    )
    loads = {
        pk: Load(works, last)
        for pk, works, last in led.values_list("person").annotate(Count("pk"), Max("since"))
    }
    for pk, works in owned.order_by().values_list("owner").annotate(Count("pk")):
        before = loads.get(pk, Load())
        loads[pk] = before._replace(works=before.works + works)
    return loads
