"""Who is next: of whom a duty names, whoever is here, or who acts for them, or has the least."""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

from escalation.duties import Due, Duty, Line, Load
from escalation.models import UNNAMED, Clock, Does, Instead, PathStep
from escalation.rules import rotation
from people.models import Attendance, Person

# what one person does, where another may tell everybody
BY_ONE = (Does.REASSIGN, Does.ADD, Does.HAND_OVER, Does.TASK)
# what goes round among those who have the role
IN_ROTATION = (Does.REASSIGN, Does.ADD, Does.TASK)


class Turn(NamedTuple):
    """Whom a step reaches; and who of them takes somebody's place, and has to be let in."""

    persons: list[Person]
    guests: list[Person]
    instead: Instead = Instead.NOBODY
    # who is not here, by the id of whoever is reached in their place
    absent: Mapping[UUID, UUID] | None = None

    def in_place_of(self, person: Person) -> UUID | None:
        """Return in whose place somebody is reached, of whom it may be said that they are away."""
        return (self.absent or {}).get(person.pk)

    def without(self, refused: Collection[Person]) -> "Turn":
        """Return the turn without these of the guests, who could not be let in."""
        persons = [one for one in self.persons if one not in refused]
        guests = [one for one in self.guests if one not in refused]
        is_alone = self.instead == Instead.STAND_IN and not guests
        return Turn(persons, guests, Instead.NOBODY if is_alone else self.instead, self.absent)


class Choice(NamedTuple):
    """Who of a group is here, which group of the line it was, and how the step chooses."""

    persons: list[Person]
    meant: Collection[Person]
    is_later: bool
    takes_one: bool
    rotates: bool


NOBODY = Turn([], [])


def turns(duty: Duty, due: Due, attendance: Attendance) -> dict[UUID, Turn]:
    """Return, by clock id, whom its step reaches: as many queries for one as for all."""
    lines = duty.lines(due)
    stand_ins = [
        (clock, found) for clock, _ in due if (found := _behind(lines[clock.pk], attendance))
    ]
    free = duty.standing_in(stand_ins) if stand_ins else {}
    choices = {
        clock.pk: _choice(lines[clock.pk], Does(step.does), attendance, free.get(clock.pk, set()))
        for clock, step in due
    }
    rotating = [one for one in choices.values() if one.rotates and len(one.persons) > 1]
    asked = {person for one in rotating for person in one.persons}
    loads = dict(duty.loads(asked)) if asked else {}
    taken = {pk: _turn(choice, loads) for pk, choice in choices.items()}
    return {
        clock.pk: _placed(taken[clock.pk], clock, step, lines[clock.pk], attendance)
        for clock, step in due
    }


def _placed(turn: Turn, clock: Clock, step: PathStep, line: Line, attendance: Attendance) -> Turn:
    """Return a turn with whom somebody is reached instead of: as far as these stand in its line.

    Whom a wall took from the line may well be here: who is told instead learns nothing of them.
    """
    if turn.instead == Instead.NOBODY:
        return turn
    if step.does in UNNAMED:
        away = {one.pk for group in line for one in group if not attendance.is_here(one)}
        told = turn.persons if turn.instead == Instead.NEXT else turn.guests
        owed = {one.pk: clock.owner_id for one in told if clock.owner_id in away}
        return turn._replace(absent=owed)
    absent = [one for one in line[0] if not attendance.is_here(one)]
    pairs = [(guest, one) for guest in turn.guests for one in absent]
    instead = {guest.pk: one.pk for guest, one in pairs if guest in attendance.line(one)}
    return turn._replace(absent=instead)


def _behind(line: Line, attendance: Attendance) -> set[Person]:
    """Return who might act for those of a line who are not here."""
    absent = [person for group in line for person in group if not attendance.is_here(person)]
    return {one for person in absent for one in attendance.line(person)}


def _choice(line: Line, does: Does, attendance: Attendance, free: Collection[UUID]) -> Choice:
    """Return the first group of a line of which somebody is here, or somebody acts for them.

    A reminder that comes to a later group reaches who has a place themselves: it lets nobody in.
    """
    for n, group in enumerate(line):
        is_later = n > 0
        if is_later and does in UNNAMED:
            here = [person for person in group if attendance.is_here(person)]
            meant: Collection[Person] = here
        else:
            may_act = {*free, *(person.pk for person in group)}
            here = attendance.instead_of(group, may_act)
            meant = () if is_later else set(group)
        if here:
            return Choice(
                here,
                meant,
                is_later,
                takes_one=is_later or does in BY_ONE,
                rotates=is_later or does in IN_ROTATION,
            )
    return Choice([], (), is_later=False, takes_one=False, rotates=False)


def _turn(choice: Choice, loads: dict[UUID, Load]) -> Turn:
    if not choice.persons:
        return NOBODY
    persons = choice.persons
    if choice.takes_one:
        persons = [_next(persons, loads) if choice.rotates else persons[0]]
    guests = [one for one in persons if one not in choice.meant]
    if choice.is_later:
        return Turn(persons, guests, Instead.NEXT)
    return Turn(persons, guests, Instead.STAND_IN if guests else Instead.NOBODY)


def _next(persons: Sequence[Person], loads: dict[UUID, Load]) -> Person:
    """Return who has least, then whose last is longest ago, then who comes first; it counts."""
    person = min(persons, key=lambda one: rotation.rank(loads.get(one.pk, rotation.NONE)))
    load = loads.get(person.pk, Load())
    loads[person.pk] = load._replace(works=load.works + 1)
    return person
