"""Open tasks with their clocks, and answer for these: whom they reach, and who takes over."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID, uuid4

from django.db.models import Q
from django.db.models.functions import Coalesce
from django.urls import reverse

from cases import access
from cases.duties.about import About, AboutDuty
from cases.duties.lines import teams_of
from cases.duties.nearest import retime, retime_case
from cases.duties.owners import in_charge, note_doer
from cases.lifecycle import CLOCKS_OF_TASKS, TaskKind
from cases.models import Case, Concern, Task, Wall
from common.errors import RuleError
from escalation import actions as escalation
from escalation.duties import Subject
from escalation.models import Calendar, Clock, PathVersion, Standard, TimedPromise
from escalation.rules import Limit
from ledger import actions as ledger
from ledger.rules import SYSTEM
from ledger.verbs import Verb
from people.models import Person
from people.rules import Conflicts

# what is done where people are told
TOLD = frozenset({TaskKind.APPROVE_TELLING, TaskKind.TELL})


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
        owner=assignee,
        unit=about.unit,
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


def give_task(task_id: UUID, person: Person) -> bool:
    """Make a task somebody's to do; return whether it was not theirs already."""
    task = Task.objects.select_related("case", "concern").get(pk=task_id)
    if task.assignee == person:
        return False
    task.assignee = person
    task.save(update_fields=["assignee"])
    note_doer(task)
    return True


class TaskDuty(AboutDuty):
    """The duty for clocks of tasks: the assignee answers, then the lead or owner, then the team."""

    def abouts(self, ids: Iterable[UUID]) -> Mapping[UUID, About]:
        """Return what is asked of each task."""
        tasks = _tasks(ids)
        teams = teams_of(case.pk for case in map(_case_of, tasks) if case is not None)
        return {task.pk: _about(task, teams) for task in tasks}

    def refs(self, ids: Collection[UUID]) -> Mapping[UUID, str]:
        """Return the reference of the case or concern of each task."""
        found = Task.objects.filter(pk__in=ids)
        return dict(found.values_list("pk", Coalesce("case__ref", "concern__ref")))

    def shown(self, ids: Collection[UUID]) -> Mapping[UUID, Subject]:
        """Return each task, where those of its case or concern stand."""
        found = Task.objects.filter(pk__in=ids).values_list(
            "pk", "kind", "case__ref", "concern__ref", "concern__case__ref",
            Coalesce("check_in", "remedy"),
        )  # fmt: skip
        return {pk: _shown(*facts) for pk, *facts in found}

    def known(self) -> Iterable[UUID]:
        """Return the tasks that the asker sees, as a lazy query."""
        return Task.objects.values_list("pk", flat=True)

    def closed_to(self, conflicts: Conflicts) -> Iterable[UUID]:
        """Return the tasks behind a wall before somebody, as a lazy query."""
        walls = Wall.objects.before(conflicts)
        walled = Q(case__in=walls.filter(case__isnull=False).values("case"))
        walled |= Q(concern__in=walls.filter(concern__isnull=False).values("concern"))
        return Task.objects.filter(walled).values_list("pk", flat=True)

    def hand_over(self, clock: Clock, person: Person, *, now: datetime) -> bool:
        """Bring a person in, and give them the task."""
        is_in = super().hand_over(clock, person, now=now)
        give_task(clock.subject_id, person)
        return is_in

    def moved(self, clocks: Sequence[Clock]) -> None:
        """Order the queue anew, unless a person's act holds what they are about."""
        tasks = _tasks(clock.subject_id for clock in clocks)
        concerns = {task.concern_id for task in tasks if task.concern_id}
        cases = {case.pk for case in map(_case_of, tasks) if case is not None}
        for some in (Case.objects.filter(pk__in=cases), Concern.objects.filter(pk__in=concerns)):
            list(some.select_for_update(nowait=True, of=("self",)).order_by("pk"))
        for task in tasks:
            retime_of(task)


def _shown(
    kind: str, case: str | None, concern: str | None, its_case: str | None, watches: UUID | None
) -> Subject:
    ref = case or concern or ""
    what = f"{TaskKind(kind).label}, {'case' if case else 'concern'} {ref}"
    if watches is not None and (led := case or its_case):
        return Subject(ref, what, reverse("desk:protection", args=[led]))
    page = "telling" if kind in TOLD else "tasks"
    return Subject(ref, what, reverse(f"desk:{page if case else f'concern-{page}'}", args=[ref]))


def _tasks(ids: Iterable[UUID]) -> list[Task]:
    found = Task.objects.filter(pk__in=set(ids))
    return list(
        found.select_related(
            "assignee", "case__lead", "concern__owner", "concern__handed_to", "concern__case__lead"
        ).prefetch_related("case__walls", "case__concerns", "concern__walls")
    )


def _case_of(task: Task) -> Case | None:
    about = task.about
    return about if isinstance(about, Case) else about.case


def _about(task: Task, teams: Mapping[UUID, list[Person]]) -> About:
    about, case = task.about, _case_of(task)
    here = [one for one in (task.assignee, in_charge(about)) if one is not None and one.is_active]
    concerns = about.concerns.all() if isinstance(about, Case) else [about]
    return About(
        here[:1],
        list(about.walls.all()),
        about.ref,
        [concern.pk for concern in concerns],
        [*here[1:], *(teams.get(case.pk, []) if case is not None else [])],
        (case or about).urgency,
        is_case=case is not None,
    )
