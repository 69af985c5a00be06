"""Answers the engine for the reviews of policies: the owner, then whoever its path names."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.urls import reverse

from common import days
from escalation.duties import Due, Duty, Line, Missing, Subject, VanishedError, without
from escalation.models import Clock
from people.models import Person
from people.rules import Conflicts, Role
from policies.models import REVIEW, Policy, PolicyVersion


class PolicyDuty(Duty):
    """The duty for clocks of policies. No wall stands around a policy."""

    def lines(self, due: Due) -> Mapping[UUID, Line]:
        """Return the owner for a reminder, then the heads; else the step's role."""
        policies = _policies(clock for clock, _ in due)
        wanted = {Role(step.role) for _, step in due if step.role} | {Role.HEAD}
        holding = {role: list(Person.objects.holding(role)) for role in wanted}
        lines: dict[UUID, Line] = {}
        for clock, step in due:
            owner = policies[clock.subject_id].owner
            own = [owner] if owner.is_active else []
            named = [holding[Role(step.role)]] if step.role else [own, holding[Role.HEAD]]
            lines[clock.pk] = [group for group in named if group]
        return lines

    def missing(self, *, now: datetime, most: int) -> Sequence[Missing]:
        """Return the reviews of policies of which a version is in force."""
        in_force = PolicyVersion.objects.in_force(days.day_of(now))
        policies = Policy.objects.filter(versions__in=in_force).select_related("owner__unit")
        return [
            Missing(one.key, REVIEW, now, owner=one.owner, works_by=one.owner.unit)
            for one in without(REVIEW, policies, by="key")[:most]
        ]

    def references(self, clocks: Sequence[Clock]) -> Mapping[UUID, str]:
        """Return the code of each clock's policy."""
        policies = _policies(clocks)
        return {clock.pk: policies[clock.subject_id].code for clock in clocks}

    def subjects(self, clocks: Sequence[Clock]) -> Mapping[UUID, Subject]:
        """Return each clock's policy."""
        policies = _policies(clocks)
        return {clock.pk: _shown(policies[clock.subject_id]) for clock in clocks}

    def known(self) -> Iterable[UUID]:
        """Return every policy: everybody may read it."""
        return Policy.objects.values_list("key", flat=True)

    def closed_to(self, conflicts: Conflicts) -> Iterable[UUID]:  # noqa: ARG002 - the duty is asked with them
        """Return nothing: everybody may know when a policy is reviewed."""
        return Policy.objects.none().values_list("key", flat=True)

    def standing_in(
        self, near: Sequence[tuple[Clock, Collection[Person]]]
    ) -> Mapping[UUID, set[UUID]]:
        """Return whoever is named: a policy is no secret, and not the office's alone."""
        return {clock.pk: {one.pk for one in some} for clock, some in near}

    def owners(self, clocks: Sequence[Clock]) -> Mapping[UUID, Sequence[Person]]:
        """Return the owner of each policy."""
        policies = _policies(clocks)
        return {clock.pk: [policies[clock.subject_id].owner] for clock in clocks}


def _shown(policy: Policy) -> Subject:
    url = reverse("staff:policy", args=[policy.code])
    return Subject(policy.code, f"Policy {policy.code}", url)


def _policies(clocks: Iterable[Clock]) -> dict[UUID, Policy]:
    ids = {clock.subject_id for clock in clocks}
    found = Policy.objects.filter(key__in=ids).select_related("owner")
    policies = {policy.key: policy for policy in found}
    if ids - policies.keys():
        raise VanishedError
    return policies
