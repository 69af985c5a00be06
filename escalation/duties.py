"""What the engine asks of whoever owns clocks: who is next, and what to do."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.db import models

from common import days
from escalation.lifecycle import State
from escalation.models import Clock, ClockQuerySet, PathStep
from escalation.rules.kinds import ANY
from people.models import Attendance, Person, Unit
from people.rules import OFFICE, Conflicts, Role
from safes.access import Where

# whoever may have something to do by a date, or oversees who has
AT_WORK = OFFICE | {Role.CUSTODIAN, Role.POLICY_OWNER}
# for how long what ended stands in a calendar, as cancelled, and what was met in the list of it
LATELY = timedelta(days=14)
# what one calendar takes
FEED_MAX = 1000


class Subject(NamedTuple):
    """What a clock runs on, as a list shows it: its reference, its name, where it is seen to.

    Where a better name is sealed, `sealed` says where it lies, for whoever can open it.
    """

    reference: str
    title: str
    url: str
    sealed: Where | None = None


class Missing(NamedTuple):
    """A clock that should run on a subject and never did: its kind, and by what it is counted."""

    subject_id: UUID
    kind: str
    start: datetime
    level: int = ANY
    owner: Person | None = None
    unit: Unit | None = None
    # by whose calendar, where that is another unit's
    works_by: Unit | None = None
    filed_as: str = ""


Due = Sequence[tuple[Clock, PathStep]]
# who is next: whoever is meant, then whoever takes their place, then whoever is left at the end
Line = Sequence[Sequence[Person]]


class VanishedError(LookupError):
    """What a clock runs on is not there any more."""


class NoPlaceError(LookupError):
    """Whoever a step was to bring in cannot be let in."""


class Load(NamedTuple):
    """How much somebody has: what they look after, and when they were last given something."""

    works: int = 0
    last: datetime | None = None


class Duty:
    """The side of the clocks of one kind of subject.

    Whoever answers for clocks derives from this, and overrides what their subjects can do: what a
    subject has no part in is told instead, since telling is never too much.
    """

    # whether a program may know of these clocks
    is_for_programs = True
    # whether anybody may do it in the place of whoever owes it, or hear of it while they are away
    is_done_for_others = True
    # whether several may decide it, each of whom hears that it was decided
    is_shared = False

    def references(self, clocks: Sequence[Clock]) -> Mapping[UUID, str]:
        """Return, by clock id, the reference of its subject, for the subjects the asker may see."""
        raise NotImplementedError

    def subjects(self, clocks: Sequence[Clock]) -> Mapping[UUID, Subject]:
        """Return, by clock id, its subject, for the subjects the asker may see: one query."""
        raise NotImplementedError

    def known(self) -> Iterable[UUID]:
        """Return the subjects of which the asker sees more than their clocks, as a lazy query."""
        raise NotImplementedError

    def closed_to(self, conflicts: Conflicts) -> Iterable[UUID]:
        """Return the subjects that somebody with these conflicts must never come near."""
        raise NotImplementedError

    def waiting_for(self, person: Person, *, now: datetime) -> Iterable[UUID]:  # noqa: ARG002 - whoever asks several overrides it
        """Return the subjects that no single person answers for and that this one may decide."""
        return ()

    def decided_with(self, person: Person, ids: Collection[UUID]) -> Iterable[UUID]:  # noqa: ARG002 - as above
        """Return which of these subjects, decided or not, this one may or might have decided."""
        return ()

    def wake(self, clock: Clock, persons: Sequence[Person], *, now: datetime) -> None:
        """Let whoever of these waits with a dormant key open it: they are told of a breach."""

    def hand_over(self, clock: Clock, person: Person, *, now: datetime) -> bool:  # noqa: ARG002 - whoever can overrides it
        """Bring a person in, so that they can act; False where the subject has no part in it."""
        return False

    def moved(self, clocks: Sequence[Clock]) -> None:
        """Take note that clocks run out at another time than before."""

    def missing(self, *, now: datetime, most: int) -> Sequence[Missing]:  # noqa: ARG002 - whoever has any overrides it
        """Return clocks that should run and never did, since their kind came later than these."""
        return ()

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
        raise NotImplementedError

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

    def owners(self, clocks: Sequence[Clock]) -> Mapping[UUID, Sequence[Person]]:  # noqa: ARG002 - whoever has owners overrides it
        """Return, by clock id, who looks after its subject: `away` holds when none of them is here.

        They are one, but of what several may decide.
        """
        return {}

    def loads(self, persons: Collection[Person]) -> Mapping[UUID, Load]:  # noqa: ARG002 - whoever has loads overrides it
        """Return how much each of these has, for whoever is next in rotation."""
        return {}

    # -- what a step does; False says that a subject of this kind has no part in it, and
    # `NoPlaceError` that whoever it was to bring in cannot be

    def let_in(
        self,
        clock: Clock,  # noqa: ARG002 - as above
        persons: Sequence[Person],
        *,
        now: datetime,  # noqa: ARG002 - as above
    ) -> Sequence[Person]:
        """Let whoever takes somebody's place see it and open it; return who of them may."""
        return persons

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


def without(kind: str, of: "models.QuerySet[Any]", *, by: str = "pk") -> "models.QuerySet[Any]":
    """Return the subjects on which no clock of a kind ever ran."""
    ran = Clock.objects.filter(subject_id=models.OuterRef(by), kind=kind)
    return of.exclude(models.Exists(ran))


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


def open_to_program(conflicts: Conflicts) -> ClockQuerySet:
    """Return the clocks of which a program may know whose owner has these conflicts."""
    kept = [kind for kind, duty in REGISTRY.items() if not duty.is_for_programs]
    return open_to(conflicts).exclude(subject_kind__in=kept)


def of_unit(clocks: ClockQuerySet, unit: Unit) -> ClockQuerySet:
    """Return those of clocks whose subject is of a unit and is known to the asker.

    Where something was told is no secret to whoever sees the case; before there is one, a program
    would learn from its clocks that somebody of a unit told something, and when.
    """
    known = models.Q()
    for kind, duty in REGISTRY.items():
        known |= models.Q(subject_kind=kind, subject_id__in=duty.known())
    return clocks.filter(known, unit=unit)


def references(clocks: Sequence[Clock]) -> dict[UUID, str]:
    """Return, by clock id, the references of their subjects, as far as the asker may see them."""
    found: dict[UUID, str] = {}
    for kind, duty in REGISTRY.items():
        found |= duty.references([clock for clock in clocks if clock.subject_kind == kind])
    return found


def subjects(clocks: Sequence[Clock]) -> dict[UUID, Subject]:
    """Return, by clock id, their subjects, as far as the asker may see them; a query a kind."""
    found: dict[UUID, Subject] = {}
    for kind, duty in REGISTRY.items():
        mine = [clock for clock in clocks if clock.subject_kind == kind]
        found |= duty.subjects(mine) if mine else {}
    return found


# -- the lists of what is due ----------------------------------------------------------------


def own_of(person: Person, *, now: datetime) -> ClockQuerySet:
    """Return the clocks somebody answers for today, before which no wall stands.

    Their own, those of whoever they stand in for, and what waits for several, of whom they are one.
    """
    return open_to(person.conflicts).filter(_own(person, now=now))


def _own(person: Person, *, now: datetime) -> models.Q:
    alone = [kind for kind, duty in REGISTRY.items() if not duty.is_done_for_others]
    stood_for = models.Q(owner__in=_stood_for_by(person, now=now))
    own = models.Q(owner=person.pk) | stood_for & ~models.Q(subject_kind__in=alone)
    for kind, duty in REGISTRY.items():
        if waiting := list(duty.waiting_for(person, now=now)):
            own |= models.Q(owner=None, subject_kind=kind, subject_id__in=waiting)
    return own


def _stood_for_by(person: Person, *, now: datetime) -> set[UUID]:
    """Return for whom somebody acts today; for somebody of the office nobody from outside does."""
    stood_for = Attendance.on(days.day_of(now)).stood_for_by(person)
    if not stood_for or person.is_office:
        return stood_for
    office = Person.objects.holding(*OFFICE).filter(pk__in=stood_for)
    return stood_for - set(office.values_list("pk", flat=True))


def seen_by(person: Person, *, now: datetime) -> ClockQuerySet:
    """Return the clocks somebody may list: of the office what row security shows, else their own.

    No wall stands before any of these.
    """
    return open_to(person.conflicts) if person.is_office else own_of(person, now=now)


def page_of(person: Person) -> str:
    """Return where somebody finds what is due from them."""
    return "/desk/due/" if person.holds(*AT_WORK) else "/staff/"


def feed_of(person: Person, *, now: datetime) -> list[Clock]:
    """Return what a person's calendar tells: what they answer for, and what ended lately.

    What several might have decided ended for each of them. Each clock comes with how often it was
    paused, as `pauses_begun`.
    """
    counted = open_to(person.conflicts).annotate(pauses_begun=models.Count("pauses"))
    clocks, own = counted.order_by("due_at", "id"), _own(person, now=now)
    lately = now - LATELY
    over = models.Q(state=State.MET, met_at__gt=lately)
    over |= models.Q(state=State.CANCELLED, cancelled_at__gt=lately)
    ended = clocks.filter(over, own | _decided(person, over))
    return [*clocks.filter(own).open()[:FEED_MAX], *ended[:FEED_MAX]]


def _decided(person: Person, over: models.Q) -> models.Q:
    """Return what waited for several, of whom somebody was one, and is over."""
    kinds = [kind for kind, duty in REGISTRY.items() if duty.is_shared]
    asked: dict[str, set[UUID]] = {}
    # what several may decide is little; of all else that ended and had no owner there is much
    shared = Clock.objects.filter(over, owner=None, subject_kind__in=kinds)
    for kind, subject_id in shared.values_list("subject_kind", "subject_id"):
        asked.setdefault(kind, set()).add(subject_id)
    ids = {pk for kind, some in asked.items() for pk in REGISTRY[kind].decided_with(person, some)}
    return models.Q(owner=None, subject_id__in=ids)
