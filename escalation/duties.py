"""What the engine asks of whoever owns clocks: who is next, and what to do."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from escalation.models import Clock, ClockQuerySet, PathStep
from people.models import Person
from people.rules import Conflicts


class Duty(Protocol):
    """The side of the clocks of one kind of subject."""

    def next_persons(self, due: Sequence[tuple[Clock, PathStep]]) -> Mapping[UUID, list[Person]]:
        """Return, by clock id, whom its step reaches, with walls applied; nobody is an alarm."""

    def references(self, clocks: Sequence[Clock]) -> Mapping[UUID, str]:
        """Return, by clock id, the reference of its subject, for the subjects the asker may see."""

    def closed_to(self, conflicts: Conflicts) -> Iterable[UUID]:
        """Return the subjects that somebody with these conflicts must never come near."""

    def wake(self, clock: Clock, persons: Sequence[Person], *, now: datetime) -> None:
        """Let whoever of these waits with a dormant key open it: they are told of a breach."""

    def hand_over(self, clock: Clock, person: Person, *, now: datetime) -> None:
        """Bring a person in, so that they can act."""

    def in_danger(self, clocks: Sequence[Clock]) -> Collection[UUID]:
        """Return the ids of the clocks on whose subject somebody may be in danger."""

    def moved(self, clocks: Sequence[Clock]) -> None:
        """Take note that clocks run out at another time than before."""


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
