"""What the engine asks of whoever owns clocks: who is next, and what to do."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from escalation.models import Clock, ClockQuerySet, PathStep
from people.models import Person
from people.rules import Conflicts

Due = Sequence[tuple[Clock, PathStep]]
# who is next: whoever is meant, then whoever takes their place, then whoever is left at the end
Line = Sequence[Sequence[Person]]


class VanishedError(LookupError):
    """What a clock runs on is not there any more."""


class Load(NamedTuple):
    """How much somebody has: what they look after, and when they were last given something."""

    works: int = 0
    last: datetime | None = None


class Duty:
    """The side of the clocks of one kind of subject.

    Whoever answers for clocks derives from this, and overrides what their subjects can do: what a
    subject has no part in is told instead, since telling is never too much.
    """

    def next_persons(self, due: Due) -> Mapping[UUID, list[Person]]:
        """Return, by clock id, whom its step reaches, with walls applied; nobody is an alarm."""
        raise NotImplementedError

    def references(self, clocks: Sequence[Clock]) -> Mapping[UUID, str]:
        """Return, by clock id, the reference of its subject, for the subjects the asker may see."""
        raise NotImplementedError

    def closed_to(self, conflicts: Conflicts) -> Iterable[UUID]:
        """Return the subjects that somebody with these conflicts must never come near."""
        raise NotImplementedError

    def wake(self, clock: Clock, persons: Sequence[Person], *, now: datetime) -> None:
        """Let whoever of these waits with a dormant key open it: they are told of a breach."""

    def hand_over(self, clock: Clock, person: Person, *, now: datetime) -> None:
        """Bring a person in, so that they can act."""

    def moved(self, clocks: Sequence[Clock]) -> None:
        """Take note that clocks run out at another time than before."""

    # -- asked once for a batch ------------------------------------------------------------------

    def holding(self, due: Due) -> Collection[UUID]:
        """Return the ids of the clocks for which the condition of the step holds.

        The engine itself answers for `always` and `away`. What cannot be said of a subject holds:
        a step too many harms less than one too few.
        """
        return {clock.pk for clock, _ in due}

    def lines(self, due: Due) -> Mapping[UUID, Line]:
        """Return, by clock id, who is next, walls applied; the engine reaches who is here first.

        Of the first group it reaches all, or whoever acts for them; of a later group one.
        """
        return {pk: [persons] for pk, persons in self.next_persons(due).items()}

    def unwalled(
        self, near: Sequence[tuple[Clock, Collection[Person]]]
    ) -> Mapping[UUID, set[UUID]]:
        """Return, by clock id, who of the persons named with it may come near its subject."""
        persons = {one.pk for _, some in near for one in some}
        conflicts = Person.objects.conflicts(persons)
        closed = {pk: set(self.closed_to(one)) for pk, one in conflicts.items()}
        return {
            clock.pk: {one.pk for one in some if clock.subject_id not in closed[one.pk]}
            for clock, some in near
        }

    def standing_in(
        self, near: Sequence[tuple[Clock, Collection[Person]]]
    ) -> Mapping[UUID, set[UUID]]:
        """Return, by clock id, who of the persons named with it may stand in for somebody else.

        Of the office alone: whoever stands in for somebody of it need not have a part in it.
        """
        return self.unwalled(
            [(clock, [one for one in some if one.is_office]) for clock, some in near]
        )

    def in_danger(self, clocks: Sequence[Clock]) -> Collection[UUID]:  # noqa: ARG002 - whoever knows overrides it
        """Return the ids of the clocks on whose subject somebody may be in danger."""
        return ()

    def owners(self, clocks: Sequence[Clock]) -> Mapping[UUID, Person]:  # noqa: ARG002 - whoever has owners overrides it
        """Return, by clock id, who looks after its subject; the condition `away` is about them."""
        return {}

    def loads(self, persons: Collection[Person]) -> Mapping[UUID, Load]:  # noqa: ARG002 - whoever has loads overrides it
        """Return how much each of these has, for whoever is next in rotation."""
        return {}

    # -- what a step does; False says that a subject of this kind has no part in it ----------

    def let_in(self, clock: Clock, persons: Sequence[Person], *, now: datetime) -> None:
        """Let whoever stands in for somebody see it and open it."""

    def reassign(self, clock: Clock, person: Person, *, now: datetime) -> bool:  # noqa: ARG002 - as above
        """Make it somebody else's; whoever had it is told."""
        return False

    def add(self, clock: Clock, person: Person, *, now: datetime) -> bool:  # noqa: ARG002 - as above
        """Bring somebody in beside whoever has it."""
        return False

    def raise_level(self, clock: Clock, *, now: datetime) -> bool:  # noqa: ARG002 - as above
        """Make it one level more urgent; False where it is at the highest that time can raise."""
        return False

    def open_task(
        self,
        clock: Clock,  # noqa: ARG002 - as above
        step: PathStep,  # noqa: ARG002 - as above
        persons: Sequence[Person],  # noqa: ARG002 - as above
        *,
        now: datetime,  # noqa: ARG002 - as above
    ) -> bool:
        """Open a task for these persons."""
        return False


REGISTRY: dict[str, Duty] = {}


def register(subject_kind: str, duty: Duty) -> None:
    """Let `duty` answer for the clocks of a kind of subject."""
    REGISTRY[subject_kind] = duty


def open_to(conflicts: Conflicts) -> ClockQuerySet:
    """Return the clocks of which somebody with these conflicts may know."""
    clocks = Clock.objects.all()
    for kind, duty in REGISTRY.items():
        clocks = clocks.exclude(subject_kind=kind, subject_id__in=duty.closed_to(conflicts))
    return clocks


def references(clocks: Sequence[Clock]) -> dict[UUID, str]:
    """Return, by clock id, the references of their subjects, as far as the asker may see them."""
    found: dict[UUID, str] = {}
    for kind, duty in REGISTRY.items():
        found |= duty.references([clock for clock in clocks if clock.subject_kind == kind])
    return found
