"""Answers the engine for the reviews of policies: the owner, then whoever its path names."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from escalation.models import Clock, Does, PathStep
from people.models import Person
from people.rules import Conflicts, Role
from policies.models import Policy


class PolicyDuty:
    """The duty for clocks of policies. No wall stands around a policy."""

    def next_persons(self, due: Sequence[tuple[Clock, PathStep]]) -> Mapping[UUID, list[Person]]:
        """Return the owner for a reminder, the heads where they left; else the step's role."""
        policies = _policies(clock for clock, _ in due)
        roles = {Role(step.role) for _, step in due if step.role} | {Role.HEAD}
        holding = {role: list(Person.objects.holding(role)) for role in roles}
        reached = {}
        for clock, step in due:
            owner = policies[clock.subject_id].owner
            own = [owner] if owner.is_active else holding[Role.HEAD]
            reached[clock.pk] = own if step.does == Does.REMIND else holding[Role(step.role)]
        return reached

    def references(self, clocks: Sequence[Clock]) -> Mapping[UUID, str]:
        """Return the code of each clock's policy."""
        policies = _policies(clocks)
        return {clock.pk: policies[clock.subject_id].code for clock in clocks}

    def closed_to(self, conflicts: Conflicts) -> Iterable[UUID]:  # noqa: ARG002 - the duty is asked with them
        """Return nothing: everybody may know when a policy is reviewed."""
        return Policy.objects.none().values_list("key", flat=True)

    def wake(self, clock: Clock, persons: Sequence[Person], *, now: datetime) -> None:
        """Do nothing: nothing of a policy is sealed."""

    def hand_over(self, clock: Clock, person: Person, *, now: datetime) -> None:
        """Do nothing more than tell them: a policy keeps its owner."""

    def moved(self, clocks: Sequence[Clock]) -> None:
        """Do nothing: no list is sorted by it."""


def _policies(clocks: Iterable[Clock]) -> dict[UUID, Policy]:
    found = Policy.objects.filter(key__in={clock.subject_id for clock in clocks})
    return {policy.key: policy for policy in found.select_related("owner")}
