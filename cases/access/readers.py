"""Who can open a concern: now, if it is escalated to them, and once they are let in."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import F

from cases import rules
from cases.access.areas import safes_for
from cases.access.walls import walled, without_walled
from cases.lifecycle import Area, ConcernStatus
from cases.models import Concern, Member, Wall
from common.errors import RuleError
from people.models import Person
from people.rules import Role
from safes.models import Grant, MissingGrant, Safe, State

NOBODY_LEFT = (
    "Nobody would be left to read this. Let at least one person read it. What you wrote is kept."
)


@dataclass(frozen=True)
class Readers:
    """Who can open a new concern at once, and who only if it is escalated to them."""

    active: list[Person]
    dormant: list[Person]
    # nobody of the duty set was left: the next in line stands in, and has to see it at once
    is_stand_in: bool = False


def readers(barred: Collection[UUID] = ()) -> Readers:
    """Return who reads a new concern: the duty triage set less the walled, then the next in line.

    Heads and independent persons wait with dormant grants. Where nobody of the duty set is left,
    the independent persons read it, then the heads; where nobody at all is left, it is refused.
    """

    def free(persons: Iterable[Person]) -> list[Person]:
        return [person for person in persons if person.pk not in barred]

    duty = free(Person.objects.on_duty())
    independents = free(Person.objects.holding(Role.INDEPENDENT))
    heads = free(Person.objects.holding(Role.HEAD))
    for active in (duty, independents, heads):
        if active:
            waiting = [p for p in [*heads, *independents] if p not in active]
            return Readers(active, list(dict.fromkeys(waiting)), is_stand_in=active is not duty)
    raise RuleError(NOBODY_LEFT)


def readers_of(concern: Concern, walls: Collection[Wall] = ()) -> Readers:
    """Return who reads a concern that was sent, today, were these walls around it as well.

    Whoever holds a key, or is to get one, and finds it. Where nobody is left who does, the next
    with a dormant key stands in, as a wall that goes up late wakes them; where nobody at all is
    left, it is refused.
    """
    places = safes_of(concern)
    held = Grant.objects.filter(safe__in=places, epoch=F("safe__epoch"), person__is_active=True)
    waits = MissingGrant.objects.filter(safe__in=places, person__is_active=True)
    keys = [(one.state, one.person) for one in held.select_related("person") if one.person]
    keys += [(State.ACTIVE, one.person) for one in waits.select_related("person")]
    free = without_walled(
        sorted({person for _, person in keys}, key=lambda one: (one.name, one.pk)),
        [*concern.walls.all(), *walls],
    )
    near, open_to = _near(concern), {person.pk for state, person in keys if state == State.ACTIVE}
    active = [one for one in free if one.pk in open_to and _finds(one, concern, near)]
    waiting = [one for one in free if one not in active and one.holds(Role.HEAD, Role.INDEPENDENT)]
    if active:
        return Readers(active, sorted(waiting, key=lambda one: not one.holds(Role.HEAD)))
    if not waiting:
        raise RuleError(NOBODY_LEFT)
    first, *others = sorted(waiting, key=lambda one: not one.holds(Role.INDEPENDENT))
    return Readers([first], others, is_stand_in=True)


def readers_named_in(concern: Concern, text: str) -> list[Person]:
    """Return who of those who read a concern that was sent is named in full in a text."""
    try:
        found = readers_of(concern)
    except RuleError:
        return []
    return rules.named_in("", text, [*found.active, *found.dormant])


def safes_of(concern: Concern) -> list[Safe]:
    """Return where the words about a concern lie: the safes of its case first, if it has one."""
    if concern.case is None:
        return [concern.safe]
    return [*safes_for(concern.case, [Area.CONCERNS.value]), concern.safe]


def _near(concern: Concern) -> set[UUID | None]:
    """Return who finds a concern whatever their role."""
    places = Member.objects.standing().filter(areas__contains=[Area.CONCERNS.value])
    team = places.filter(case=concern.case_id) if concern.case_id else ()
    return {concern.owner_id, concern.handed_to_id, *(member.person_id for member in team)}


def _finds(person: Person, concern: Concern, near: Collection[UUID | None]) -> bool:
    waits = concern.status == ConcernStatus.RECEIVED
    return person.pk in near or person.holds(Role.HEAD, *([Role.OFFICER] if waits else []))


def readers_beyond(walls: Collection[Wall]) -> Readers:
    """Return who reads a new concern around which these walls go up."""
    return readers(walled(Person.objects.trusted(), walls))


def is_let_in(person: Person, concern: Concern) -> bool:
    """Return whether somebody sees a concern, or its case, and can open it or is to."""
    places = safes_of(concern)
    held = Grant.objects.filter(safe__in=places, person=person, state=State.ACTIVE)
    waits = MissingGrant.objects.filter(safe__in=places, person=person)
    opened = set(held.values_list("safe", flat=True)) | set(waits.values_list("safe", flat=True))
    return len(opened) == len(places) and _finds(person, concern, _near(concern))
