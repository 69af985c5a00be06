"""Answers the engine for policies: reviews and campaigns go to the owner, reading to the reader."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.urls import reverse

from common import days
from escalation.duties import Due, Duty, Line, Missing, Subject, VanishedError, without
from escalation.models import Clock, PathStep
from people.models import Person
from people.rules import Conflicts, Role
from policies.models import REVIEW, Acknowledgement, Policy, PolicyVersion


class PolicyDuty(Duty):
    """The duty for clocks of policies. No wall stands around a policy."""

    def lines(self, due: Due) -> Mapping[UUID, Line]:
        """Return the owner for a reminder, then the heads; else the step's role."""
        policies = _policies(clock for clock, _ in due)
        holding = _holding(due)
        return {
            clock.pk: _line(step, holding, policies[clock.subject_id].owner) for clock, step in due
        }

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


class AcknowledgementDuty(Duty):
    """The duty for the clocks of whoever was asked to read a policy.

    Nobody reads in somebody's place, and nobody else is told, whatever a path says: who has not
    read is told to themselves alone, once they are here. The owner has a clock of their own.
    """

    is_for_programs = False
    is_done_for_others = False

    def lines(self, due: Due) -> Mapping[UUID, Line]:
        """Return the reader, and nobody behind them."""
        asked = _asked(clock for clock, _ in due)
        return {clock.pk: [[asked[clock.subject_id].person]] for clock, _ in due}

    def references(self, clocks: Sequence[Clock]) -> Mapping[UUID, str]:
        """Return the code of each policy that the asker was asked to read, or all to a machine."""
        found = _seen(clocks)
        return {
            clock.pk: found[clock.subject_id].version.policy.code
            for clock in clocks
            if clock.subject_id in found
        }

    def subjects(self, clocks: Sequence[Clock]) -> Mapping[UUID, Subject]:
        """Return what the asker was asked to read."""
        found = _seen(clocks)
        return {
            clock.pk: _read(found[clock.subject_id])
            for clock in clocks
            if clock.subject_id in found
        }

    def known(self) -> Iterable[UUID]:
        """Return what row security shows: everybody's own, and to a program nothing."""
        return Acknowledgement.objects.values_list("pk", flat=True)

    def closed_to(self, conflicts: Conflicts) -> Iterable[UUID]:  # noqa: ARG002 - the duty is asked with them
        """Return nothing: no wall stands around a policy."""
        return Acknowledgement.objects.none().values_list("pk", flat=True)

    def standing_in(
        self, near: Sequence[tuple[Clock, Collection[Person]]]
    ) -> Mapping[UUID, set[UUID]]:
        """Return nobody: reading is not done for somebody else."""
        return {clock.pk: set() for clock, _ in near}

    def owners(self, clocks: Sequence[Clock]) -> Mapping[UUID, Sequence[Person]]:
        """Return who was asked."""
        asked = _asked(clocks)
        return {clock.pk: [asked[clock.subject_id].person] for clock in clocks}


def _holding(due: Due) -> Mapping[Role, list[Person]]:
    """Return who has the roles that these steps name, and who heads the office."""
    wanted = {Role(step.role) for _, step in due if step.role} | {Role.HEAD}
    return {role: list(Person.objects.holding(role)) for role in wanted}


def _line(step: PathStep, holding: Mapping[Role, list[Person]], owner: Person) -> Line:
    """Return whom a step names; else the owner, unless they left, then the heads."""
    if step.role:
        groups = [holding[Role(step.role)]]
    else:
        groups = [[owner] if owner.is_active else [], holding[Role.HEAD]]
    return [group for group in groups if group]


def _read(asked: Acknowledgement) -> Subject:
    url = reverse("staff:acknowledgement", args=[asked.pk])
    return Subject(asked.version.policy.code, asked.version.title, url)


def _seen(clocks: Iterable[Clock]) -> dict[UUID, Acknowledgement]:
    """Return what was asked, as far as the asker sees it."""
    ids = {clock.subject_id for clock in clocks}
    found = Acknowledgement.objects.filter(pk__in=ids)
    return {one.pk: one for one in found.select_related("person", "version__policy")}


def _asked(clocks: Iterable[Clock]) -> dict[UUID, Acknowledgement]:
    clocks = list(clocks)
    found = _seen(clocks)
    if {clock.subject_id for clock in clocks} - found.keys():
        raise VanishedError
    return found


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
