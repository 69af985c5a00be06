"""Open tasks with their clocks, and answer for these: whom they reach, and who takes over."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID, uuid4

from django.db.models import Q

from cases import access
from cases.duties.concerns import bring_in, retime, retime_case, wake
from cases.lifecycle import CLOCKS_OF_TASKS, TaskKind
from cases.models import Case, Concern, Task, Wall
from common.errors import RuleError
from escalation import actions as escalation
from escalation.models import Calendar, Clock, Does, PathStep, PathVersion, Standard, TimedPromise
from escalation.rules import Limit
from ledger import actions as ledger
from ledger.rules import SYSTEM
from ledger.verbs import Verb
from people.models import Person
from people.rules import Conflicts, Role


def open_task(  # noqa: PLR0913 - a task is what it is
    about: Case | Concern,
    *,
    kind: TaskKind,
    assignee: Person | None,
    now: datetime,
    by: Person | None = None,
    path: PathVersion | None = None,
    limit: Limit | None = None,
    every: Limit | None = None,
    after: Task | None = None,
) -> Task:
    """Open a task and start its clock; a person opens it (`by`), or a step of a path (`path`).

    It may take `limit`, or as long as the office's standard for its kind says. Used inside the act
    or the step that opens it.
    """
    if assignee is not None and access.is_walled(assignee, list(about.walls.all())):
        msg = "This person cannot do it. Choose somebody from the list. Nothing was changed."
        raise RuleError(msg)
    task = Task(
        id=uuid4(),
        kind=kind,
        case=about if isinstance(about, Case) else None,
        concern=about if isinstance(about, Concern) else None,
        assignee=assignee,
        opened_by=by,
        path=path,
        opened_at=now,
        every=every.code if every else "",
        after=after,
    )
    task.save(force_insert=True)
    [standard] = Standard.objects.timed(kind)
    escalation.start(
        subject_kind=CLOCKS_OF_TASKS,
        subject_id=task.pk,
        start=now,
        promises=[TimedPromise(kind, limit or standard.limit, standard.path)],
        calendar=Calendar.objects.of(about.unit),
    )
    retime_of(task)
    ledger.record(
        Verb.TASK_OPENED,
        by=by.actor if by else SYSTEM,
        at=now,
        subject=task.subject,
        kind=kind,
        repeats=task.every or None,
    )
    return task


def retime_of(task: Task) -> None:
    """Write down the nearest clock of what a task is about."""
    about = task.about
    if isinstance(about, Case):
        retime_case(about)
    else:
        retime(about)


class About(NamedTuple):
    """What the engine asks of a clock's subject: whose it is, its walls, where it belongs."""

    owners: list[Person]
    walls: list[Wall]
    reference: str
    # the concerns whose keys are woken or handed over
    concerns: list[UUID]


class TaskDuty:
    """The duty for clocks of tasks: the assignee answers, then the lead or owner."""

    def next_persons(self, due: Sequence[tuple[Clock, PathStep]]) -> Mapping[UUID, list[Person]]:
        """Return whom each step reaches; where the wall leaves nobody, the independent persons."""
        abouts = abouts_of(_tasks(clock.subject_id for clock, _ in due))
        roles = {
            role: list(Person.objects.holding(role))
            for role in {*(Role(step.role) for _, step in due if step.role), Role.INDEPENDENT}
        }
        duty = list(Person.objects.on_duty())
        wanted = {
            clock.pk: (abouts[clock.subject_id].owners or duty)
            if step.does == Does.REMIND
            else roles[Role(step.role)]
            for clock, step in due
        }
        persons = [*roles[Role.INDEPENDENT], *(one for some in wanted.values() for one in some)]
        conflicts = Person.objects.conflicts(person.pk for person in persons)
        reached = {}
        for clock, _ in due:
            walls = abouts[clock.subject_id].walls
            reached[clock.pk] = _free(wanted[clock.pk], walls, conflicts) or _free(
                roles[Role.INDEPENDENT], walls, conflicts
            )
        return reached

    def references(self, clocks: Sequence[Clock]) -> Mapping[UUID, str]:
        """Return the reference of the case or concern of each clock, where the asker sees it."""
        found = _tasks(clock.subject_id for clock in clocks)
        refs = {task.pk: task.about.ref for task in found}
        return {clock.pk: refs[clock.subject_id] for clock in clocks if clock.subject_id in refs}

    def closed_to(self, conflicts: Conflicts) -> Iterable[UUID]:
        """Return the tasks behind a wall before somebody, as a lazy query."""
        walls = Wall.objects.before(conflicts)
        walled = Q(case__in=walls.filter(case__isnull=False).values("case"))
        walled |= Q(concern__in=walls.filter(concern__isnull=False).values("concern"))
        return Task.objects.filter(walled).values_list("pk", flat=True)

    def wake(self, clock: Clock, persons: Sequence[Person], *, now: datetime) -> None:  # noqa: ARG002 - the duty is asked with the moment
        """Wake the dormant grants of whoever is told that a task is late."""
        for about in abouts_of(_tasks([clock.subject_id])).values():
            for concern in about.concerns:
                wake(concern, persons)

    def hand_over(self, clock: Clock, person: Person, *, now: datetime) -> None:
        """Bring a person in, and give them the task."""
        for about in abouts_of(_tasks([clock.subject_id])).values():
            for concern in about.concerns:
                bring_in(concern, person, now=now)
        Task.objects.filter(pk=clock.subject_id).update(assignee=person)

    def moved(self, clocks: Sequence[Clock]) -> None:
        """Order the queue anew: it puts the nearest limit first."""
        for task in _tasks(clock.subject_id for clock in clocks):
            retime_of(task)


def _tasks(ids: Iterable[UUID]) -> list[Task]:
    found = Task.objects.filter(pk__in=set(ids))
    return list(
        found.select_related(
            "assignee", "case__lead", "concern__owner", "concern__case__lead"
        ).prefetch_related("case__walls", "case__concerns", "concern__walls")
    )


def abouts_of(tasks: Iterable[Task]) -> dict[UUID, About]:
    """Return, by its id, what the engine asks of each task."""
    abouts = {}
    for task in tasks:
        about = task.about
        case = about if isinstance(about, Case) else about.case
        head = case.lead if case is not None else task.concern and task.concern.owner
        owner = next((one for one in (task.assignee, head) if one and one.is_active), None)
        concerns = about.concerns.all() if isinstance(about, Case) else [about]
        abouts[task.pk] = About(
            [owner] if owner else [],
            list(about.walls.all()),
            about.ref,
            [concern.pk for concern in concerns],
        )
    return abouts


def _free(
    persons: Iterable[Person], walls: Iterable[Wall], conflicts: Mapping[UUID, Conflicts]
) -> list[Person]:
    return [person for person in persons if not access.is_met(conflicts[person.pk], walls)]
