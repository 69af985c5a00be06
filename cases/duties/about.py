"""What the duties of everything that belongs to a concern or case have in common."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from cases.duties.concerns import bring_in, wake
from cases.duties.lines import Place, free, lines_of, loads_of
from cases.duties.places import placed, seen_alone, standing
from cases.lifecycle import Level
from cases.models import Concern, Wall
from escalation.duties import Due, Duty, Line, Load, Subject, VanishedError
from escalation.models import Clock, Given, PathStep
from people.models import Person
from people.rules import Conflicts


class About(NamedTuple):
    """What the engine asks of a clock's subject: whose it is, its walls, where it belongs."""

    owners: list[Person]
    walls: list[Wall]
    reference: str
    # the concerns whose keys are woken or handed over
    concerns: list[UUID]
    # who answers where none of the owners is here
    near: Sequence[Person] = ()
    # how urgent it is, where that is known
    level: int | None = None
    # whether what was asked is decided
    is_decided: bool = False
    is_case: bool = False


class AboutDuty(Duty):
    """A duty for something that belongs to a concern or case: its walls, roles, independent."""

    # whether the officers on duty answer where nobody else does
    falls_to_duty = True

    def abouts(self, ids: Iterable[UUID]) -> Mapping[UUID, About]:
        """Return, by its id, what is asked of each subject that is still there."""
        raise NotImplementedError

    def lines(self, due: Due) -> Mapping[UUID, Line]:
        """Return who is next for each clock."""
        abouts = self._abouts(clock for clock, _ in due)
        places = {
            pk: Place(
                one.owners,
                one.near,
                one.walls,
                falls_to_duty=self.falls_to_duty,
                is_case=one.is_case,
            )
            for pk, one in abouts.items()
        }
        seen = seen_alone({clock.pk: abouts[clock.subject_id].concerns for clock, _ in due})
        return placed(lines_of(due, places), due, seen)

    def standing_in(
        self, near: Sequence[tuple[Clock, Collection[Person]]]
    ) -> Mapping[UUID, set[UUID]]:
        """Return who may stand in and finds a place."""
        abouts = self._abouts(clock for clock, _ in near)
        seen = seen_alone({clock.pk: abouts[clock.subject_id].concerns for clock, _ in near})
        return standing(super().standing_in(near), near, seen)

    def loads(self, persons: Collection[Person]) -> Mapping[UUID, Load]:
        """Return how much each of these has."""
        return loads_of(persons)

    def holding(self, due: Due) -> Collection[UUID]:
        """Return for which clocks the condition of a step holds; what cannot be said holds."""
        abouts = self._abouts(clock for clock, _ in due)
        return {clock.pk for clock, step in due if _holds(step, abouts[clock.subject_id])}

    def owners(self, clocks: Sequence[Clock]) -> Mapping[UUID, Sequence[Person]]:
        """Return who answers for each."""
        abouts = self._abouts(clocks)
        return {clock.pk: abouts[clock.subject_id].owners for clock in clocks}

    def unwalled(
        self, near: Sequence[tuple[Clock, Collection[Person]]]
    ) -> Mapping[UUID, set[UUID]]:
        """Return before whom no wall stands; around what is not there any more stands none."""
        abouts = self.abouts({clock.subject_id for clock, _ in near})
        walls = {pk: about.walls for pk, about in abouts.items()}
        conflicts = Person.objects.conflicts(person.pk for _, some in near for person in some)
        return {
            clock.pk: {one.pk for one in free(some, walls.get(clock.subject_id, []), conflicts)}
            for clock, some in near
        }

    def in_danger(self, clocks: Sequence[Clock]) -> Collection[UUID]:
        """Return the clocks that belong to a concern in which somebody may be in danger."""
        abouts = self.abouts({clock.subject_id for clock in clocks})
        near = {pk for about in abouts.values() for pk in about.concerns}
        danger = set(
            Concern.objects.filter(pk__in=near, urgency=Level.DANGER).values_list("pk", flat=True)
        )
        found = {pk for pk, about in abouts.items() if not danger.isdisjoint(about.concerns)}
        return {clock.pk for clock in clocks if clock.subject_id in found}

    def _abouts(self, clocks: Iterable[Clock]) -> Mapping[UUID, About]:
        ids = {clock.subject_id for clock in clocks}
        abouts = self.abouts(ids)
        if ids - abouts.keys():
            raise VanishedError
        return abouts

    def references(self, clocks: Sequence[Clock]) -> Mapping[UUID, str]:
        """Return by which reference each clock's subject is known, where the asker sees it."""
        found = self.refs({clock.subject_id for clock in clocks})
        return {clock.pk: found[clock.subject_id] for clock in clocks if clock.subject_id in found}

    def refs(self, ids: Collection[UUID]) -> Mapping[UUID, str]:
        """Return, by its id, the reference of each subject that the asker sees."""
        raise NotImplementedError

    def subjects(self, clocks: Sequence[Clock]) -> Mapping[UUID, Subject]:
        """Return each clock's subject, where the asker sees it."""
        found = self.shown({clock.subject_id for clock in clocks})
        return {clock.pk: found[clock.subject_id] for clock in clocks if clock.subject_id in found}

    def shown(self, ids: Collection[UUID]) -> Mapping[UUID, Subject]:
        """Return, by its id, each subject that the asker sees."""
        raise NotImplementedError

    def closed_to(self, conflicts: Conflicts) -> Iterable[UUID]:
        """Return the subjects behind a wall before somebody, as a lazy query."""
        raise NotImplementedError

    def wake(self, clock: Clock, persons: Sequence[Person], *, now: datetime) -> None:  # noqa: ARG002 - the duty is asked with the moment
        """Wake the dormant grants of whoever is told that something is late."""
        for about in self.abouts([clock.subject_id]).values():
            for concern in about.concerns:
                wake(concern, persons)

    def hand_over(self, clock: Clock, person: Person, *, now: datetime) -> bool:
        """Bring a person in, where there is something to open."""
        concerns = [pk for one in self._abouts([clock]).values() for pk in one.concerns]
        for concern in concerns:
            bring_in(concern, person, now=now)
        return bool(concerns)


def _holds(step: PathStep, about: About) -> bool:
    match step.given:
        case Given.UNASSIGNED:
            return not about.owners
        case Given.UNOPENED | Given.UNANSWERED:
            return not about.is_decided
        case Given.URGENT:
            return about.level is None or about.level >= Level.HIGH
    return True
