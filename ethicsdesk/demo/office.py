"""Who handles past concerns, and the rows that are to be written of them."""

from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from cases.lifecycle import TaskKind
from cases.models import (
    Assessment,
    Case,
    Category,
    Closing,
    Concern,
    Member,
    Message,
    Note,
    Task,
    Triage,
)
from escalation.models import (
    Calendar,
    CalendarOfUnit,
    Clock,
    Standard,
    StepTaken,
    TimedPromise,
)
from ethicsdesk.demo.copying import copy
from ethicsdesk.demo.history import Plan
from ledger.actions import Act
from people.models import Person, Unit
from people.rules import Role
from policies.models import HANDLING, PolicyVersion
from safes import actions as safes
from safes.actions import Holder
from safes.models import Sealed, State


@dataclass
class Office:
    """Whoever handles concerns, with their public keys, and what the policy promises; read once."""

    officers: list[Person]
    readers: list[Holder]
    waiting: list[Holder]
    # who decides on closings, with the key that opens them
    deciding: Holder
    approving: TimedPromise
    custodians: list[Holder]
    by_person: dict[UUID, Holder]
    units: dict[str, Unit]
    categories: dict[str, Category]
    versions: list[tuple[date, PolicyVersion, list[TimedPromise]]]
    calendar: Calendar
    # of the units that have one of their own
    calendars: dict[UUID | None, Calendar]

    @classmethod
    def load(cls) -> "Office":
        """Read it from the database."""
        people = Person.objects
        readers, _ = safes.holders_of(people.on_duty())
        heads = [*people.holding(Role.HEAD), *people.holding(Role.INDEPENDENT)]
        waiting, _ = safes.holders_of(heads, State.DORMANT)
        [deciding], _ = safes.holders_of(heads[:1])
        [approving] = Standard.objects.timed(TaskKind.APPROVE_CLOSING)
        custodians, _ = safes.holders_of(people.holding(Role.CUSTODIAN))
        known = PolicyVersion.objects.filter(policy__code=HANDLING).order_by("in_force_from", "n")
        return cls(
            officers=[holder.person for holder in readers if holder.person],
            readers=readers,
            waiting=waiting,
            deciding=deciding,
            approving=approving,
            custodians=custodians,
            by_person={holder.person.pk: holder for holder in readers if holder.person},
            units={unit.code: unit for unit in Unit.objects.all()},
            categories={category.code: category for category in Category.objects.all()},
            versions=[(one.in_force_from, one, one.timed_promises()) for one in known],
            calendar=Calendar.objects.of(None),
            calendars={
                one.unit_id: one.calendar
                for one in CalendarOfUnit.objects.select_related("calendar")
            },
        )

    @property
    def decider(self) -> Person:
        """Return who decides on closings."""
        if self.deciding.person is None:
            raise AssertionError
        return self.deciding.person

    def of_case(self, plan: Plan, *, is_closed: bool) -> list[Holder]:
        """Return who holds the key to a case: its lead, whoever decided on it, the next in line."""
        lead = self.by_person[self.officer(plan).pk]
        if not is_closed:
            return [lead, *self.waiting]
        return [lead, self.deciding, *(h for h in self.waiting if h.person != self.decider)]

    def officer(self, plan: Plan) -> Person:
        """Return who looks after a concern."""
        return self.officers[plan.officer % len(self.officers)]

    def version(self, day: date) -> tuple[PolicyVersion, list[TimedPromise]]:
        """Return what was in force on a day."""
        _, version, promises = next(one for one in reversed(self.versions) if one[0] <= day)
        return version, promises


@dataclass
class Rows:
    """What is to be written, by table, in the order in which it has to be written."""

    cases: list[Case] = field(default_factory=list)
    concerns: list[Concern] = field(default_factory=list)
    members: list[Member] = field(default_factory=list)
    triages: list[Triage] = field(default_factory=list)
    assessments: list[Assessment] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    tasks: list[Task] = field(default_factory=list)
    closings: list[Closing] = field(default_factory=list)
    clocks: list[Clock] = field(default_factory=list)
    steps: list[StepTaken] = field(default_factory=list)
    sealed: list[Sealed] = field(default_factory=list)
    acts: list[Act] = field(default_factory=list)

    def save(self) -> None:
        """Write them."""
        Case.objects.bulk_create(self.cases)
        Concern.objects.bulk_create(self.concerns)
        Triage.objects.bulk_create(self.triages)
        Assessment.objects.bulk_create(self.assessments)
        Message.objects.bulk_create(self.messages)
        Note.objects.bulk_create(self.notes)
        copy(self.members)
        copy(self.tasks)
        copy(self.closings)
        copy(self.clocks)
        copy(self.steps)
        copy(self.sealed)
