"""Answers the engine for the clocks of concerns: who is next, walls applied, and handing over."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import Q
from django.urls import reverse

from cases import access
from cases.duties import missing
from cases.duties.lines import Place, free, lines_of, loads_of, teams_of
from cases.duties.nearest import retime_all
from cases.duties.owners import note_owner
from cases.duties.places import placed, seen_alone, standing
from cases.lifecycle import Area, Level, areas_of
from cases.models import Case, Concern, Member, Wall, place_of
from common.errors import RuleError
from escalation.duties import Due, Duty, Line, Load, Missing, Subject, VanishedError
from escalation.models import Clock, Given, PathStep
from ledger.models import Entry
from ledger.verbs import Verb
from people.models import Person
from people.rules import Conflicts
from safes import actions as safes
from safes.models import Grant, Safe, State


class ConcernDuty(Duty):
    """What is known for clocks of concerns; `actions.steps` derives what their steps do."""

    def lines(self, due: Due) -> Mapping[UUID, Line]:
        """Return who is next for each clock."""
        lines = lines_of(due, _places({clock.subject_id for clock, _ in due}))
        return placed(lines, due, _seen(clock for clock, _ in due))

    def standing_in(
        self, near: Sequence[tuple[Clock, Collection[Person]]]
    ) -> Mapping[UUID, set[UUID]]:
        """Return who may stand in and finds a place."""
        return standing(super().standing_in(near), near, _seen(clock for clock, _ in near))

    def owners(self, clocks: Sequence[Clock]) -> Mapping[UUID, Sequence[Person]]:
        """Return the lead of each case, and who looks after what has none."""
        concerns = _concerns(clocks)
        owners = {clock.pk: _owner(concerns[clock.subject_id]) for clock in clocks}
        return {pk: [person] for pk, person in owners.items() if person is not None}

    def holding(self, due: Due) -> set[UUID]:
        """Return for which clocks the condition of a step holds."""
        concerns = _concerns(clock for clock, _ in due)
        asked = [concerns[clock.subject_id] for clock, step in due if step.given == Given.UNOPENED]
        opened = _opened(asked) if asked else set()
        return {clock.pk for clock, step in due if _holds(step, concerns[clock.subject_id], opened)}

    def unwalled(
        self, near: Sequence[tuple[Clock, Collection[Person]]]
    ) -> Mapping[UUID, set[UUID]]:
        """Return before whom no wall stands: two queries."""
        around = _walls_around({clock.subject_id for clock, _ in near})
        conflicts = Person.objects.conflicts(person.pk for _, some in near for person in some)
        return {
            clock.pk: {one.pk for one in free(some, around.get(clock.subject_id, ()), conflicts)}
            for clock, some in near
        }

    def loads(self, persons: Collection[Person]) -> Mapping[UUID, Load]:
        """Return how much each of these has."""
        return loads_of(persons)

    def references(self, clocks: Sequence[Clock]) -> Mapping[UUID, str]:
        """Return the reference of each clock's concern, or of its case, where the asker sees it."""
        concerns = Concern.objects.filter(pk__in={clock.subject_id for clock in clocks})
        found = {
            pk: case or own for pk, own, case in concerns.values_list("pk", "ref", "case__ref")
        }
        return {clock.pk: found[clock.subject_id] for clock in clocks if clock.subject_id in found}

    def subjects(self, clocks: Sequence[Clock]) -> Mapping[UUID, Subject]:
        """Return each clock's case, or its concern before there is one, where the asker sees it."""
        concerns = Concern.objects.filter(pk__in={clock.subject_id for clock in clocks})
        found = {
            pk: subject_of(pk, own, case, case_ref)
            for pk, own, case, case_ref in concerns.values_list("pk", "ref", "case", "case__ref")
        }
        return {clock.pk: found[clock.subject_id] for clock in clocks if clock.subject_id in found}

    def known(self) -> Iterable[UUID]:
        """Return the concerns that the asker sees, as a lazy query: a program those of cases."""
        return Concern.objects.values_list("pk", flat=True)

    def closed_to(self, conflicts: Conflicts) -> Iterable[UUID]:
        """Return the concerns around which a wall stands before somebody, as a lazy query."""
        walls = Wall.objects.before(conflicts).filter(concern__isnull=False)
        return walls.values_list("concern", flat=True)

    def wake(self, clock: Clock, persons: Sequence[Person], *, now: datetime) -> None:  # noqa: ARG002 - the duty is asked with the moment
        """Wake the dormant grants of whoever is told that a promise is broken."""
        wake(clock.subject_id, persons)

    def hand_over(self, clock: Clock, person: Person, *, now: datetime) -> bool:
        """Bring the independent person in: their dormant grants open, and they see it."""
        bring_in(clock.subject_id, person, now=now)
        return True

    def in_danger(self, clocks: Sequence[Clock]) -> Collection[UUID]:
        """Return the clocks of those concerns in which somebody may be in danger."""
        about = {clock.subject_id for clock in clocks}
        danger = Concern.objects.filter(pk__in=about, urgency=Level.DANGER)
        found = set(danger.values_list("pk", flat=True))
        return {clock.pk for clock in clocks if clock.subject_id in found}

    def missing(self, *, now: datetime, most: int) -> Sequence[Missing]:
        """Return what should run on concerns and never did."""
        return missing.of_concerns(now=now, most=most)

    def moved(self, clocks: Sequence[Clock]) -> None:
        """Order the queue anew: it puts the nearest limit first.

        Whatever is held by a person's act already is left for the next sweep, since this one holds
        the clock that they may want. The case is held before its concern, as everywhere.
        """
        about = {clock.subject_id for clock in clocks}
        concerns = Concern.objects.filter(pk__in=about)
        cases = set(concerns.exclude(case=None).values_list("case", flat=True))
        for some in (Case.objects.filter(pk__in=cases), concerns):
            list(some.select_for_update(nowait=True, of=("self",)).order_by("pk"))
        retime_all(about)


def wake(concern_id: UUID, persons: Sequence[Person]) -> None:
    """Wake the dormant grants of those who are told that something about a concern is late.

    The reporter is told that it goes to them: what they cannot open has not gone to them.
    """
    reached = {person.pk for person in persons}
    waiting = Grant.objects.filter(person__in=reached, state=State.DORMANT)
    about = Q(safe__concern=concern_id) | Q(safe__case__concerns=concern_id)
    if not waiting.filter(about).exists():
        return
    concern = held(concern_id)
    for person in access.without_walled(persons, list(concern.walls.all())):
        if concern.identity_safe is not None and not parted(concern.identity_safe, person):
            continue
        for safe in access.safes_of(concern):
            safes.activate(safe, person)


def bring_in(concern_id: UUID, person: Person, *, now: datetime) -> None:
    """Let somebody see a concern and its case, and open both.

    The case is held before its concern, as everywhere. Whatever is held by a person's act
    already is left for the next sweep, since this one holds the clock that they may want.
    """
    concern = held(concern_id)
    if access.is_walled(person, list(concern.walls.all())):
        msg = "A wall went up meanwhile."
        raise RuleError(msg)
    concern.handed_to = person
    concern.save(update_fields=["handed_to"])
    note_owner(concern)
    if concern.identity_safe is not None:
        # nobody comes by both shares of an identity
        safes.take_from(concern.identity_safe, [person])
    if not safes.activate(concern.safe, person):
        safes.miss(concern.safe, [person], now=now)
    if concern.case is None:
        return
    place, _ = Member.objects.get_or_create(
        case=concern.case,
        person=person,
        left_at=None,
        defaults={
            "function": Member.Function.INDEPENDENT,
            "since": now,
            **place_of(concern.case),
        },
    )
    if Area.CONCERNS.value not in place.areas:
        # whoever approves, say, sees from now on what was filed: nobody is left beside them
        place.function = Member.Function.INDEPENDENT
        place.areas = [area.value for area in areas_of(Member.Function.INDEPENDENT)]
        place.save(update_fields=["function", "areas"])
    for safe in access.safes_for(concern.case, [Area.CONCERNS.value]):
        if not safes.activate(safe, person):
            safes.miss(safe, [person], now=now)


def subject_of(pk: UUID, own: str, case: UUID | None, case_ref: str | None) -> Subject:
    """Return a concern's case, or the concern before there is one, as lists show it."""
    if case is None or case_ref is None:
        url = reverse("desk:concern", args=[own])
        return Subject(own, f"Concern {own}", url, (pk, "summary"))
    url = reverse("desk:case", args=[case_ref])
    return Subject(case_ref, f"Case {case_ref}", url, (case, "summary"))


def parted(names: Safe, person: Person) -> bool:
    """Take the share of a name from somebody; return whether they are without it now."""
    # the last one's stays, since the name would be lost for ever
    safes.take_from(names, [person])
    return not Grant.objects.filter(safe=names, person=person).exists()


def held(concern_id: UUID) -> Concern:
    """Return a concern, its case held before it; refuse to wait for what a person's act holds."""
    concerns = Concern.objects.select_for_update(nowait=True, of=("self",))
    case_id = Concern.objects.values_list("case", flat=True).get(pk=concern_id)
    if case_id is not None:
        Case.objects.select_for_update(nowait=True, of=("self",)).get(pk=case_id)
    return concerns.get(pk=concern_id)


def _seen(clocks: Iterable[Clock]) -> dict[UUID, set[UUID]]:
    return seen_alone({clock.pk: [clock.subject_id] for clock in clocks})


def _places(ids: Collection[UUID]) -> dict[UUID, Place]:
    """Return where concerns stand, or say that one is not there.

    Read as values: a sweep asks it of hundreds at a time, whose persons are few.
    """
    found = Concern.objects.filter(pk__in=ids)
    named = found.values_list("pk", "case", "case__lead", "owner", "handed_to")
    rows: Sequence[tuple[UUID, UUID | None, UUID | None, UUID | None, UUID | None]] = list(named)
    if len(rows) < len(ids):
        raise VanishedError
    persons = Person.objects.in_bulk({pk for row in rows for pk in row[2:] if pk is not None})
    teams = teams_of(case for _, case, *_ in rows if case is not None)
    walls = _walls_around(ids)
    places = {}
    for pk, case, lead, owner, handed_to in rows:
        own = persons.get(owner if case is None else lead)
        near = teams.get(case, []) if case is not None else []
        own_one = [own] if own is not None else []
        places[pk] = Place(
            own_one, near, walls.get(pk, ()), persons.get(handed_to), is_case=case is not None
        )
    return places


def _walls_around(ids: Collection[UUID]) -> dict[UUID, list[Wall]]:
    around: dict[UUID, list[Wall]] = {}
    for wall in Wall.objects.filter(concern__in=ids):
        if wall.concern_id is not None:
            around.setdefault(wall.concern_id, []).append(wall)
    return around


def _holds(step: PathStep, concern: Concern, opened: Collection[UUID]) -> bool:
    owner = _owner(concern)
    match step.given:
        case Given.UNOPENED:
            return concern.pk not in opened
        case Given.UNASSIGNED:
            return owner is None or not owner.is_active
        case Given.UNANSWERED:
            return concern.acknowledged_on is None
        case Given.URGENT:
            level = concern.case.urgency if concern.case else concern.urgency
            return level >= Level.HIGH
    return True


def _opened(concerns: Collection[Concern]) -> set[UUID]:
    """Return which of these somebody opened who still may; whoever triaged had to read it.

    It rests on the ledger: `is_unread` comes back with every message of the reporter.
    """
    triaged = {concern.pk for concern in concerns if concern.case_id is not None}
    asked = {one.subject: one for one in concerns if one.case_id is None}
    reads = Entry.objects.filter(subject__in=asked, verb=Verb.CONCERN_READ)
    pairs = {
        (asked[subject], UUID(actor.removeprefix("person:")))
        for subject, actor in reads.values_list("subject", "actor").distinct()
        if actor.startswith("person:")
    }
    readers = Person.objects.active().in_bulk({pk for _, pk in pairs})
    conflicts = Person.objects.conflicts(readers)
    return triaged | {
        concern.pk
        for concern, pk in pairs
        if pk in readers and not access.is_met(conflicts[pk], concern.walls.all())
    }


def _owner(concern: Concern) -> Person | None:
    return concern.case.lead if concern.case else concern.owner


def _concerns(clocks: Iterable[Clock]) -> dict[UUID, Concern]:
    """Return the concerns of clocks, or say that one is not there."""
    ids = {clock.subject_id for clock in clocks}
    # a few persons look after all of them: each is read once, and not once a concern
    found = Concern.objects.filter(pk__in=ids).prefetch_related(
        "walls", "owner", "handed_to", "case__lead"
    )
    concerns = {concern.pk: concern for concern in found}
    if ids - concerns.keys():
        raise VanishedError
    return concerns
