"""What the duties of everything that belongs to a concern or case have in common."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from cases.duties.concerns import bring_in, free, wake
from cases.lifecycle import Level
from cases.models import Concern, Wall
from escalation.duties import Due, Duty, Line, Subject, VanishedError
from escalation.models import Clock
from people.models import Person
from people.rules import Conflicts, Role


class About(NamedTuple):
    """What the engine asks of a clock's subject: whose it is, its walls, where it belongs."""

    owners: list[Person]
    walls: list[Wall]
    reference: str
    # the concerns whose keys are woken or handed over
    concerns: list[UUID]


class AboutDuty(Duty):
    """A duty for something that belongs to a concern or case: its walls, roles, independent."""

    def abouts(self, ids: Iterable[UUID]) -> Mapping[UUID, About]:
        """Return, by its id, what is asked of each subject that is still there."""
        raise NotImplementedError

    def next_persons(self, due: Due) -> Mapping[UUID, list[Person]]:
        """Return whom each step means, or takes in their place, before anybody's absence."""
        lines = self.lines(due)
        return {
            pk: next((list(group) for group in line if group), []) for pk, line in lines.items()
        }

    def lines(self, due: Due) -> Mapping[UUID, Line]:
        """Return who is next for each clock; the independent persons at the end of every line."""
        abouts = self._abouts(clock for clock, _ in due)
        wanted = {*(step.role for _, step in due if step.role), Role.INDEPENDENT, Role.OFFICER}
        holding = list(Person.objects.holding(*(Role(role) for role in wanted)))
        roles = {role: [one for one in holding if role in one.roles] for role in wanted}
        duty = [one for one in roles[Role.OFFICER] if one.is_on_duty]
        meant = {
            clock.pk: [
                roles[step.role] if step.role else abouts[clock.subject_id].owners or duty,
                roles[Role.INDEPENDENT],
            ]
            for clock, step in due
        }
        conflicts = Person.objects.conflicts(
            {one.pk for line in meant.values() for group in line for one in group}
        )
        return {
            clock.pk: [
                free(group, abouts[clock.subject_id].walls, conflicts) for group in meant[clock.pk]
            ]
            for clock, _ in due
        }

    def owners(self, clocks: Sequence[Clock]) -> Mapping[UUID, Person]:
        """Return who answers for each."""
        abouts = self._abouts(clocks)
        owners = {clock.pk: abouts[clock.subject_id].owners for clock in clocks}
        return {pk: some[0] for pk, some in owners.items() if some}

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

    def standing_in(
        self, near: Sequence[tuple[Clock, Collection[Person]]]
    ) -> Mapping[UUID, set[UUID]]:
        """Return who may stand in: of the office alone, since nobody else comes near a case."""
        return self.unwalled(
            [(clock, [one for one in some if one.is_office]) for clock, some in near]
        )

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
