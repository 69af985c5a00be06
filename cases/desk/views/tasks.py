"""The tasks of a case or concern: what is to be done, by whom, by when, and what was done."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.functional import cached_property

from cases import access, actions
from cases.desk.views.case import CasePage
from cases.desk.views.concern import OfConcern
from cases.desk.views.material import tasks_of
from cases.forms.tasks import EVERY, CancelForm, DoneForm, HandForm, TaskForm
from cases.lifecycle import (
    APPROVALS,
    CLOCKS_OF_TASKS,
    DECIDED_ELSEWHERE,
    HANDED_ON,
    Area,
    CaseStatus,
    ConcernStatus,
    TaskKind,
)
from cases.models import Case, Concern, Task
from escalation.models import Clock
from people.models import Person
from safes.access import Where
from safes.desk.base import Page, Step

WORDS = ("task", "done", "cancelled")
# the pages on which what is decided elsewhere is decided
DECIDED_AT: dict[str, str] = {
    TaskKind.APPROVE_CLOSING: "desk:close",
    TaskKind.APPROVE_TERMS: "desk:plan",
    TaskKind.AUTHORISATION: "desk:safeguards",
    TaskKind.RESPONSE: "desk:interviews",
    TaskKind.INTERVIEW: "desk:interviews",
    TaskKind.APPROVE_TELLING: "desk:telling",
    TaskKind.TELL: "desk:telling",
}


@dataclass(frozen=True)
class Line:
    """A task as it is shown: its words as far as they open, its clock, the forms to act on it."""

    task: Task
    clock: Clock | None
    todo: str | None
    came: str | None
    why: str | None
    urls: Mapping[str, str]
    done: forms.Form | None = None
    cancel: forms.Form | None = None
    hand: forms.Form | None = None

    @property
    def every(self) -> str:
        """Return how often it is done again."""
        return EVERY.get(self.task.every, self.task.every).lower() if self.task.every else ""

    @property
    def decided_at(self) -> str:
        """Return where it is done by deciding on or recording something; of most tasks nowhere."""
        if self.is_protection:
            about = self.task.about
            case = about if isinstance(about, Case) else about.case
            return reverse("desk:protection", args=[case.ref]) if case is not None else ""
        page = DECIDED_AT.get(self.task.kind) if self.task.is_open else None
        if page == "desk:telling" and self.task.case_id is None:
            # a reporter's: from there it leads on to the case, if there is one
            page = "desk:concern-telling"
        return reverse(page, args=[self.task.about.ref]) if page else ""

    @property
    def is_protection(self) -> bool:
        """Return whether it is recorded where somebody is protected; it can be handed on here."""
        is_there = hasattr(self.task, "check_in") or hasattr(self.task, "remedy")
        return is_there and self.task.is_open

    @property
    def ended_at(self) -> str:
        """Return where the safeguard is ended that it looks at again, and the task with it."""
        is_there = self.task.is_open and hasattr(self.task, "safeguard")
        return reverse("desk:safeguards", args=[self.task.about.ref]) if is_there else ""

    @property
    def is_asked(self) -> bool:
        """Return whether one of its forms was refused or begun, and stands open."""
        forms = (self.done, self.cancel, self.hand)
        return any(form and (form.is_bound or form.initial) for form in forms)


class TasksPage(Page):
    """What both pages of tasks share."""

    # under what its addresses begin
    within: ClassVar[str]
    # of one task: what is done, handed on or cancelled is sent together
    words = frozenset({"words", "reason"})

    @property
    def about(self) -> Case | Concern:
        """Return what the tasks are about."""
        raise NotImplementedError

    @cached_property
    def tasks(self) -> list[Task]:
        """Return the tasks, those that are open first, the latest of the others first."""
        raise NotImplementedError

    @cached_property
    def doers(self) -> list[Person]:
        """Return who could do a task."""
        return access.may_do(self.about)

    @cached_property
    def deciders(self) -> list[Person]:
        """Return who could decide on something of it."""
        return access.may_read_before(self.about, None)

    @cached_property
    def task(self) -> Task:
        """Return the task of this address; one of something else is not there."""
        wanted = self.kwargs["task"]
        found = next((task for task in self.tasks if task.pk == wanted), None)
        if found is None:
            raise Http404
        return found

    @property
    def may_work(self) -> bool:
        """Return whether who asks may do, cancel or hand on what is open."""
        raise NotImplementedError

    @property
    def may_add(self) -> bool:
        """Return whether who asks may add a task."""
        raise NotImplementedError

    def task_places(self) -> list[Where]:
        """Return where the words of the tasks are sealed."""
        return [(task.pk, field) for task in self.tasks for field in WORDS]

    def shown(self, texts: Mapping[Where, str], wrong: Mapping[str, forms.Form]) -> dict[str, Any]:
        """Return the lines and the form to add one."""
        lines = self._lines(texts, wrong)
        return {
            "open_tasks": [line for line in lines if line.task.is_open],
            "past_tasks": [line for line in lines if not line.task.is_open],
            "add": wrong.get("add") or self.add_form(None),
            "add_url": self.url("add"),
            "may_add": self.may_add,
            "may_work": self.may_work,
        }

    def url(self, what: str, task: UUID | None = None) -> str:
        """Return the address of an act."""
        ref = self.about.ref
        args = [ref, task] if task else [ref]
        return reverse(f"desk:{self.within}-{what}", args=args)

    def add_form(self, data: Any) -> TaskForm:
        """Return what is added."""
        first = {"assignee": self.person.pk} if self.person in self.doers else {}
        return TaskForm(data, among=self.doers, auto_id="task_%s", initial=first)

    def _lines(self, texts: Mapping[Where, str], wrong: Mapping[str, forms.Form]) -> list[Line]:
        clocks = {
            clock.subject_id: clock
            for clock in Clock.objects.about(
                CLOCKS_OF_TASKS, [task.pk for task in self.tasks]
            ).prefetch_related("pauses")
        }
        lines = [self._line(task, clocks.get(task.pk), texts, wrong) for task in self.tasks]
        return sorted(lines, key=_by_need)

    def _line(
        self,
        task: Task,
        clock: Clock | None,
        texts: Mapping[Where, str],
        wrong: Mapping[str, forms.Form],
    ) -> Line:
        todo, came, why = (texts.get((task.pk, field)) for field in WORDS)
        forms_of = self._forms_of(task)
        if not forms_of:
            return Line(task, clock, todo, came, why, {})
        if self.kwargs.get("task") == task.pk:
            begun = {name: self.begun(name, form) for name, form in forms_of.items()}
            forms_of = {**begun, **wrong}
        return Line(
            task,
            clock,
            todo,
            came,
            why,
            {what: self.url(what, task.pk) for what in ("done", "cancel", "hand")},
            done=forms_of.get("done"),
            cancel=forms_of.get("cancel"),
            hand=forms_of["hand"],
        )

    def _forms_of(self, task: Task) -> dict[str, forms.Form]:
        """Return what may be done with a task here; what is decided elsewhere is handed on."""
        is_elsewhere = task.kind in DECIDED_ELSEWHERE
        is_theirs = self.may_work or task.assignee_id == self.person.pk
        if not (task.is_open and is_theirs) or (is_elsewhere and task.kind not in HANDED_ON):
            return {}
        hand = {"hand": self.hand_form(None, task)}
        if is_elsewhere:
            return hand
        return {
            "done": DoneForm(auto_id=f"done_{task.pk}_%s"),
            "cancel": CancelForm(auto_id=f"cancel_{task.pk}_%s"),
            **hand,
        }

    def hand_form(self, data: Any, task: Task) -> forms.Form:
        """Return who does a task from now on: to decide on something, another than who asked."""
        kept_out = {task.assignee_id}
        able = self.doers
        if task.kind in APPROVALS:
            able, kept_out = self.deciders, {task.assignee_id, task.opened_by_id}
        others = [one for one in able if one.pk not in kept_out]
        return HandForm(data, among=others, auto_id=f"hand_{task.pk}_%s")


def _by_need(line: Line) -> tuple[Any, ...]:
    """Sort what is open by when it is due, then what is past, the latest first."""
    task = line.task
    if task.is_open:
        return 0, line.clock.due_at.timestamp() if line.clock else 0
    ended = task.done_at or task.cancelled_at or task.opened_at
    return 1, -ended.timestamp()


class CaseTasks(CasePage, TasksPage):
    """The tasks of a case and of its concerns."""

    section = "tasks"
    within = "tasks"

    @property
    def about(self) -> Case:
        """Return the case."""
        return self.case

    @property
    def may_work(self) -> bool:
        """Return whether who asks works on the case: what watches over people outlives it."""
        return self.works_in(Area.CORE)

    @property
    def may_add(self) -> bool:
        """Return whether the case is open to who asks."""
        return self.may_work and self.case.status == CaseStatus.OPEN

    def places(self) -> list[Where]:
        """Return where the words of its tasks are."""
        return self.task_places()

    def details(self, texts: dict[Where, str], wrong: dict[str, forms.Form]) -> dict[str, Any]:
        """Return the tasks."""
        return self.shown(texts, wrong)


class ConcernTasks(TasksPage, OfConcern):
    """The tasks of a concern that waits for triage, or waited."""

    within = "concern-tasks"

    @property
    def about(self) -> Concern:
        """Return the concern."""
        return self.concern

    @cached_property
    def tasks(self) -> list[Task]:
        """Return its tasks."""
        return tasks_of(None, [self.concern.pk])

    @property
    def may_work(self) -> bool:
        """Return whether who asks works on the concern, as answering it asks for."""
        return access.can_answer(self.person, self.concern)

    @property
    def may_add(self) -> bool:
        """Return whether it waits for triage: afterwards tasks belong to its case."""
        return self.may_work and self.concern.status == ConcernStatus.RECEIVED

    def address(self) -> str:
        """Return where the tasks are."""
        return reverse("desk:concern-tasks", args=[self.concern.ref])

    def page(self, **wrong: forms.Form) -> HttpResponse:
        """Show the tasks, and record that the concern was read."""
        actions.read_concern(self.concern, by=self.person, opener=self.opener, now=self.now)
        texts = self.open([(self.concern.pk, "summary"), *self.task_places()])
        return self.show(
            "cases/desk/concern_tasks.html",
            concern=self.concern,
            summary=texts.get((self.concern.pk, "summary")),
            form=next(iter(wrong.values()), None),
            **self.shown(texts, wrong),
        )


# -- acts ------------------------------------------------------------------------------------


class AddTask(Step, TasksPage):
    """Add a task."""

    name = "add"

    def form(self, data: Any) -> forms.Form:
        """Return what is added."""
        return self.add_form(data)

    def act(self, **entered: Any) -> str:
        """Add it."""
        actions.add_task(self.about, by=self.person, opener=self.opener, now=self.now, **entered)
        return "Added. Whoever does it is reminded when its time has come."


class FinishTask(Step, TasksPage):
    """Mark a task as done."""

    name = "done"

    def form(self, data: Any) -> forms.Form:
        """Return what came of it."""
        return DoneForm(data, auto_id=f"done_{self.task.pk}_%s")

    def act(self, **entered: Any) -> str:
        """Do it."""
        task = actions.finish_task(
            self.task, by=self.person, opener=self.opener, now=self.now, **entered
        )
        return "Done. The next one is open." if task.every else "Done."


class CancelTask(Step, TasksPage):
    """Cancel a task."""

    name = "cancel"

    def form(self, data: Any) -> forms.Form:
        """Return why."""
        return CancelForm(data, auto_id=f"cancel_{self.task.pk}_%s")

    def act(self, **entered: Any) -> str:
        """Cancel it."""
        actions.cancel_task(self.task, by=self.person, opener=self.opener, now=self.now, **entered)
        return "Cancelled. Its clock stopped."


class HandTask(Step, TasksPage):
    """Give a task to somebody else who works on it."""

    name = "hand"

    def form(self, data: Any) -> forms.Form:
        """Return to whom."""
        return self.hand_form(data, self.task)

    def act(self, **entered: Any) -> str:
        """Give it."""
        actions.hand_task(self.task, by=self.person, now=self.now, **entered)
        return f"{entered['to'].name} does it now. Its clock runs on."


class AddToCase(AddTask, CaseTasks):
    """Add a task to a case."""


class FinishOfCase(FinishTask, CaseTasks):
    """Mark a task of a case as done."""


class CancelOfCase(CancelTask, CaseTasks):
    """Cancel a task of a case."""


class HandOfCase(HandTask, CaseTasks):
    """Give a task of a case to somebody else."""


class AddToConcern(AddTask, ConcernTasks):
    """Add a task to a concern."""


class FinishOfConcern(FinishTask, ConcernTasks):
    """Mark a task of a concern as done."""


class CancelOfConcern(CancelTask, ConcernTasks):
    """Cancel a task of a concern."""


class HandOfConcern(HandTask, ConcernTasks):
    """Give a task of a concern to somebody else."""
