"""Answers the engine for the clocks of concerns: who is next, walls applied, and handing over."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from cases import access
from cases.models import Case, Concern, Member, Wall
from common.errors import RuleError
from escalation.models import Clock, Does, PathStep
from people.models import Person
from people.rules import Role, blind_index
from safes import actions as safes


class ConcernDuty:
    """The duty for clocks of concerns."""

    def next_persons(self, due: Sequence[tuple[Clock, PathStep]]) -> Mapping[UUID, list[Person]]:
        """Return whom each step reaches; where the wall leaves nobody, the independent persons."""
        concerns = _concerns(clock for clock, _ in due)
        roles = {
            role: list(Person.objects.holding(role))
            for role in {*(Role(step.role) for _, step in due if step.role), Role.INDEPENDENT}
        }
        duty = list(Person.objects.on_duty())
        reached = {}
        for clock, step in due:
            concern = concerns[clock.subject_id]
            wanted = _wanted(concern, step, duty, roles)
            walls = list(concern.walls.all())
            free = access.without_walled(wanted, walls)
            reached[clock.pk] = free or access.without_walled(roles[Role.INDEPENDENT], walls)
        return reached

    def references(self, clocks: Sequence[Clock]) -> Mapping[UUID, str]:
        """Return the reference of each clock's concern, or of its case, where the asker sees it."""
        concerns = Concern.objects.filter(pk__in={clock.subject_id for clock in clocks})
        found = {
            pk: case or own for pk, own, case in concerns.values_list("pk", "ref", "case__ref")
        }
        return {clock.pk: found[clock.subject_id] for clock in clocks if clock.subject_id in found}

    def closed_to(self, person_id: UUID) -> Iterable[UUID]:
        """Return the concerns around which a wall stands before this person, as a lazy query."""
        walls = Wall.objects.filter(concern__isnull=False, blind=blind_index(person_id))
        return walls.values_list("concern", flat=True)

    def hand_over(self, clock: Clock, person: Person, *, now: datetime) -> None:
        """Bring the independent person in: their dormant grants open, and they see it.

        The case is held before its concern, as everywhere. Whatever is held by a person's act
        already is left for the next sweep, since this one holds the clock that they may want.
        """
        concern = _held(clock.subject_id)
        if access.is_walled(person, concern.walls.all()):
            msg = "A wall went up meanwhile."
            raise RuleError(msg)
        concern.handed_to = person
        concern.save(update_fields=["handed_to"])
        if concern.identity_safe is not None:
            # nobody comes by both shares of an identity
            safes.take_from(concern.identity_safe, [person])
        if not safes.activate(concern.safe, person):
            safes.miss(concern.safe, [person], now=now)
        if concern.case is None:
            return
        Member.objects.get_or_create(
            case=concern.case,
            person=person,
            left_at=None,
            defaults={"function": Member.Function.INDEPENDENT, "since": now},
        )
        if not safes.activate(concern.case.safe, person):
            safes.miss(concern.case.safe, [person], now=now)


def _held(concern_id: UUID) -> Concern:
    concerns = Concern.objects.select_for_update(nowait=True, of=("self",))
    case_id = Concern.objects.values_list("case", flat=True).get(pk=concern_id)
    if case_id is not None:
        Case.objects.select_for_update(nowait=True, of=("self",)).get(pk=case_id)
    return concerns.get(pk=concern_id)


def _wanted(
    concern: Concern, step: PathStep, duty: list[Person], roles: Mapping[Role, list[Person]]
) -> list[Person]:
    """Return whom a step would reach if there were no walls."""
    if step.does == Does.REMIND:
        return _owners(concern) or duty
    if step.does == Does.HAND_OVER and concern.handed_to is not None:
        # it was handed over for another clock already: to the same person, who still has it
        return [concern.handed_to] if concern.handed_to.is_active else roles[Role(step.role)]
    return roles[Role(step.role)]


def _concerns(clocks: Iterable[Clock]) -> dict[UUID, Concern]:
    ids = {clock.subject_id for clock in clocks}
    found = Concern.objects.filter(pk__in=ids).select_related("owner", "handed_to", "case__lead")
    return {concern.pk: concern for concern in found.prefetch_related("walls")}


def _owners(concern: Concern) -> list[Person]:
    owner = concern.case.lead if concern.case else concern.owner
    return [owner] if owner is not None and owner.is_active else []
