"""Answers the engine for the clocks of concerns: who is next, walls applied, and handing over."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Min, Q, Value
from django.db.models.functions import Least

from cases import access
from cases.lifecycle import CLOCKS_OF, CLOCKS_OF_CASES, CLOCKS_OF_TASKS, Level
from cases.models import Case, Concern, Member, Task, Wall
from common.errors import RuleError
from escalation.lifecycle import TICKING
from escalation.models import Clock, Does, PathStep
from people.models import Person
from people.rules import Conflicts, Role
from safes import actions as safes
from safes.models import Grant, Safe, State


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
        wanted = {
            clock.pk: _wanted(concerns[clock.subject_id], step, duty, roles) for clock, step in due
        }
        persons = [*roles[Role.INDEPENDENT], *(one for some in wanted.values() for one in some)]
        conflicts = Person.objects.conflicts(person.pk for person in persons)
        reached = {}
        for clock, _ in due:
            walls = concerns[clock.subject_id].walls.all()
            reached[clock.pk] = _free(wanted[clock.pk], walls, conflicts) or _free(
                roles[Role.INDEPENDENT], walls, conflicts
            )
        return reached

    def references(self, clocks: Sequence[Clock]) -> Mapping[UUID, str]:
        """Return the reference of each clock's concern, or of its case, where the asker sees it."""
        concerns = Concern.objects.filter(pk__in={clock.subject_id for clock in clocks})
        found = {
            pk: case or own for pk, own, case in concerns.values_list("pk", "ref", "case__ref")
        }
        return {clock.pk: found[clock.subject_id] for clock in clocks if clock.subject_id in found}

    def closed_to(self, conflicts: Conflicts) -> Iterable[UUID]:
        """Return the concerns around which a wall stands before somebody, as a lazy query."""
        walls = Wall.objects.before(conflicts).filter(concern__isnull=False)
        return walls.values_list("concern", flat=True)

    def wake(self, clock: Clock, persons: Sequence[Person], *, now: datetime) -> None:  # noqa: ARG002 - the duty is asked with the moment
        """Wake the dormant grants of whoever is told that a promise is broken."""
        wake(clock.subject_id, persons)

    def hand_over(self, clock: Clock, person: Person, *, now: datetime) -> None:
        """Bring the independent person in: their dormant grants open, and they see it."""
        bring_in(clock.subject_id, person, now=now)

    def in_danger(self, clocks: Sequence[Clock]) -> Collection[UUID]:
        """Return the clocks of those concerns in which somebody may be in danger."""
        about = {clock.subject_id for clock in clocks}
        danger = Concern.objects.filter(pk__in=about, urgency=Level.DANGER)
        found = set(danger.values_list("pk", flat=True))
        return {clock.pk for clock in clocks if clock.subject_id in found}

    def moved(self, clocks: Sequence[Clock]) -> None:
        """Order the queue anew: it puts the nearest limit first.

        Whatever is held by a person's act already is left for the next sweep, since this one holds
        the clock that they may want. The case is held before its concern, as everywhere.
        """
        about = {clock.subject_id for clock in clocks}
        concerns = Concern.objects.filter(pk__in=about)
        cases = Case.objects.filter(concerns__in=concerns)
        for held in (Case.objects.filter(pk__in=cases), concerns):
            list(held.select_for_update(nowait=True, of=("self",)).order_by("pk"))
        _retime_all(about)


# the nearest clock of a concern and its tasks, and of a case, its tasks and its concerns
NEAREST = """
UPDATE cases_concern SET next_due_at = (
    SELECT min(t.due_at) FROM escalation_clock t WHERE t.state = ANY (%(ticking)s)
    AND t.subject_id IN (
        SELECT cases_concern.id
        UNION ALL SELECT k.id FROM cases_task k WHERE k.concern_id = cases_concern.id
    )
) WHERE id = ANY (%(concerns)s)
"""
NEAREST_OF_CASE = """
UPDATE cases_case SET next_due_at = least(
    (
        SELECT min(t.due_at) FROM escalation_clock t WHERE t.state = ANY (%(ticking)s)
        AND t.subject_id IN (
            SELECT cases_case.id
            UNION ALL SELECT k.id FROM cases_task k WHERE k.case_id = cases_case.id
        )
    ),
    (SELECT min(c.next_due_at) FROM cases_concern c WHERE c.case_id = cases_case.id)
) WHERE id IN (SELECT case_id FROM cases_concern WHERE id = ANY (%(concerns)s))
"""


def _retime_all(concerns: Collection[UUID]) -> None:
    """Write down the nearest clocks of many concerns and of their cases."""
    facts: dict[str, Any] = {"ticking": list(TICKING), "concerns": list(concerns)}
    with connection.cursor() as cursor:
        cursor.execute(NEAREST, facts)
        cursor.execute(NEAREST_OF_CASE, facts)


def wake(concern_id: UUID, persons: Sequence[Person]) -> None:
    """Wake the dormant grants of those who are told that something about a concern is late.

    The reporter is told that it goes to them: what they cannot open has not gone to them.
    """
    reached = {person.pk for person in persons}
    waiting = Grant.objects.filter(person__in=reached, state=State.DORMANT)
    about = Q(safe__concern=concern_id) | Q(safe__case__concerns=concern_id)
    if not waiting.filter(about).exists():
        return
    concern = _held(concern_id)
    for person in access.without_walled(persons, list(concern.walls.all())):
        if concern.identity_safe is not None and not _parted(concern.identity_safe, person):
            continue
        for safe in access.safes_of(concern):
            safes.activate(safe, person)


def bring_in(concern_id: UUID, person: Person, *, now: datetime) -> None:
    """Let somebody see a concern and its case, and open both.

    The case is held before its concern, as everywhere. Whatever is held by a person's act
    already is left for the next sweep, since this one holds the clock that they may want.
    """
    concern = _held(concern_id)
    if access.is_walled(person, list(concern.walls.all())):
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


def retime(concern: Concern) -> None:
    """Write down the nearest clock of a concern and of its case."""
    concern.next_due_at = _nearest(None, [concern.pk])
    concern.save(update_fields=["next_due_at"])
    if concern.case is not None:
        retime_case(concern.case)


def retime_case(case: Case) -> None:
    """Write down the nearest clock of a case, its concerns and their tasks."""
    case.next_due_at = _nearest(case, case.concerns.values_list("pk", flat=True))
    case.save(update_fields=["next_due_at"])


def sooner(concern: Concern, due: datetime) -> None:
    """Write down that a clock of a concern runs out at `due`: whoever asks may not see the others.

    The reporter's door starts clocks, and sees nothing else of a case.
    """
    nearest = Least("next_due_at", Value(due))
    Concern.objects.filter(pk=concern.pk).update(next_due_at=nearest)
    if concern.case_id is not None:
        Case.objects.filter(pk=concern.case_id).update(next_due_at=nearest)


def _nearest(case: Case | None, concerns: Iterable[UUID]) -> datetime | None:
    of = {CLOCKS_OF: concerns, CLOCKS_OF_TASKS: Task.objects.open().of(case, concerns).values("pk")}
    if case is not None:
        of[CLOCKS_OF_CASES] = [case.pk]
    about = [Q(subject_kind=kind, subject_id__in=ids) for kind, ids in of.items()]
    running = Clock.objects.ticking().filter(reduce(or_, about))
    nearest: datetime | None = running.aggregate(at=Min("due_at"))["at"]
    return nearest


def _free(
    persons: Iterable[Person], walls: Iterable[Wall], conflicts: Mapping[UUID, Conflicts]
) -> list[Person]:
    return [person for person in persons if not access.is_met(conflicts[person.pk], walls)]


def _parted(names: Safe, person: Person) -> bool:
    """Take the share of a name from somebody; return whether they are without it now."""
    # the last one's stays, since the name would be lost for ever
    safes.take_from(names, [person])
    return not Grant.objects.filter(safe=names, person=person).exists()


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
