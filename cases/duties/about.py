"""What the duties of everything that belongs to a concern or case have in common."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from cases import access
from cases.duties.concerns import bring_in, wake
from cases.models import Wall
from escalation.models import Clock, Does, PathStep
from people.models import Person
from people.rules import Conflicts, Role


class About(NamedTuple):
    """What the engine asks of a clock's subject: whose it is, its walls, where it belongs."""

    owners: list[Person]
    walls: list[Wall]
    reference: str
    # the concerns whose keys are woken or handed over
    concerns: list[UUID]


class AboutDuty:
    """A duty for something that belongs to a concern or case: its walls, roles, independent."""

    def abouts(self, ids: Iterable[UUID]) -> Mapping[UUID, About]:
        """Return, by its id, what is asked of each subject that is still there."""
        raise NotImplementedError

    def next_persons(self, due: Sequence[tuple[Clock, PathStep]]) -> Mapping[UUID, list[Person]]:
        """Return whom each step reaches; where the wall leaves nobody, the independent persons."""
        abouts = self.abouts({clock.subject_id for clock, _ in due})
        roles = {
            role: list(Person.objects.holding(role))
            for role in {*(Role(step.role) for _, step in due if step.role), Role.INDEPENDENT}
        }
        duty = list(Person.objects.on_duty())
        wanted = {
            clock.pk: (abouts[clock.subject_id].owners or duty)
            if step.does == Does.REMIND
            else roles[Role(step.role)]
            for clock, step in due
        }
        persons = [*roles[Role.INDEPENDENT], *(one for some in wanted.values() for one in some)]
        conflicts = Person.objects.conflicts(person.pk for person in persons)
        reached = {}
        for clock, _ in due:
            walls = abouts[clock.subject_id].walls
            reached[clock.pk] = _free(wanted[clock.pk], walls, conflicts) or _free(
                roles[Role.INDEPENDENT], walls, conflicts
            )
        return reached

    def references(self, clocks: Sequence[Clock]) -> Mapping[UUID, str]:
        """Return by which reference each clock's subject is known, where the asker sees it."""
        found = self.refs({clock.subject_id for clock in clocks})
        return {clock.pk: found[clock.subject_id] for clock in clocks if clock.subject_id in found}

    def refs(self, ids: Collection[UUID]) -> Mapping[UUID, str]:
        """Return, by its id, the reference of each subject that the asker sees."""
        raise NotImplementedError

    def closed_to(self, conflicts: Conflicts) -> Iterable[UUID]:
        """Return the subjects behind a wall before somebody, as a lazy query."""
        raise NotImplementedError

    def wake(self, clock: Clock, persons: Sequence[Person], *, now: datetime) -> None:  # noqa: ARG002 - the duty is asked with the moment
        """Wake the dormant grants of whoever is told that something is late."""
        for about in self.abouts([clock.subject_id]).values():
            for concern in about.concerns:
                wake(concern, persons)

    def hand_over(self, clock: Clock, person: Person, *, now: datetime) -> None:
        """Bring a person in."""
        for about in self.abouts([clock.subject_id]).values():
            for concern in about.concerns:
                bring_in(concern, person, now=now)

    def moved(self, clocks: Sequence[Clock]) -> None:
        """Take note that clocks run out at another time than before."""


def _free(
    persons: Iterable[Person], walls: Iterable[Wall], conflicts: Mapping[UUID, Conflicts]
) -> list[Person]:
    return [person for person in persons if not access.is_met(conflicts[person.pk], walls)]
