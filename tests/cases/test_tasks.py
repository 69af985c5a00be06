"""Tasks of a case or concern: opened, done, repeated, cancelled, handed on, each on a clock."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases import actions
from cases.duties import open_task
from cases.lifecycle import TaskKind
from cases.models import Case, Task
from common.errors import RuleError
from escalation import actions as escalation
from escalation.lifecycle import State
from escalation.models import Clock, PathVersion
from escalation.rules import Limit
from ledger.models import Entry, Outbox
from ledger.verbs import Verb
from people.middleware import act_as
from people.models import Person
from safes.access import open_texts
from tests.conftest import BecomeProcess
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.req("ESC-3", "CAS-3")]
WORDS = "Ask the site manager for the log of 14 October."


@pytest.fixture
def case(world: World) -> Case:
    """Return a case of Olga's, on which Omar works too."""
    case = world.triage(world.file()[0])
    actions.add_member(
        case, by=world["olga"], opener=world.openers["olga"], person=world["omar"], now=world.now
    )
    return case


def add(world: World, case: Case, kind: TaskKind = TaskKind.TASK, **changes: object) -> Task:
    facts: dict[str, object] = {"assignee": world["omar"], "words": WORDS, **changes}
    return actions.add_task(case, by=world["olga"], kind=kind, now=world.now, **facts)  # type: ignore[arg-type] # a test names the fields it changes


def clock_of(task: Task) -> Clock:
    return Clock.objects.get(subject_kind="task", subject_id=task.pk)


def told(process: BecomeProcess, step: str) -> set[str]:
    with process("worker"):
        rows = list(Outbox.objects.filter(template=f"clock_{step}").values_list("to", flat=True))
    ids = [row.partition(":")[2] for row in rows]
    return set(Person.objects.filter(pk__in=ids).values_list("username", flat=True))


def test_a_task_runs_on_a_clock_of_its_kind_and_its_words_are_sealed(
    world: World, case: Case
) -> None:
    task = add(world, case)
    clock = clock_of(task)
    assert (clock.kind, clock.limit, clock.state) == ("task", "10wd", State.RUNNING)
    assert open_texts(world.openers["omar"], [(task.pk, "task")]) == {(task.pk, "task"): WORDS}
    assert not open_texts(world.openers["otto"], [(task.pk, "task")])
    case.refresh_from_db()
    assert case.next_due_at is not None
    assert Entry.objects.filter(subject=f"case:{case.pk}", verb=Verb.TASK_OPENED).exists()


def test_a_day_is_kept_and_one_that_is_past_is_refused(world: World, case: Case) -> None:
    day = world.now.date() + timedelta(days=3)
    assert clock_of(add(world, case, due_on=day)).due_at.date() == day
    with pytest.raises(RuleError, match="a day after today"):
        add(world, case, due_on=world.now.date())


def test_doing_it_meets_its_clock(world: World, case: Case) -> None:
    task = add(world, case)
    actions.finish_task(
        task, by=world["omar"], words="It came.", now=world.now, opener=world.openers["omar"]
    )
    assert clock_of(task).state == State.MET
    done = (task.pk, "done")
    assert open_texts(world.openers["olga"], [done]) == {done: "It came."}
    with pytest.raises(RuleError, match="done or cancelled already"):
        actions.finish_task(task, by=world["omar"], words="", now=world.now)


@pytest.mark.req("CAS-7")
def test_a_check_in_that_repeats_opens_the_next_when_it_is_done(world: World, case: Case) -> None:
    task = add(world, case, TaskKind.CHECK_IN, every=Limit(days=14))
    assert clock_of(task).due_at.date() == world.now.date() + timedelta(days=14)
    later = world.now + timedelta(days=5)
    actions.finish_task(
        task, by=world["omar"], words="All is well.", now=later, opener=world.openers["omar"]
    )
    following = Task.objects.get(after=task)
    assert following.assignee == world["omar"]
    assert clock_of(following).due_at.date() == later.date() + timedelta(days=14)
    where = (following.pk, "task")
    assert open_texts(world.openers["olga"], [where]) == {where: WORDS}
    actions.cancel_task(following, by=world["olga"], reason="She left.", now=later)
    assert clock_of(following).state == State.CANCELLED
    assert not Task.objects.open().exists()


def test_only_what_watches_over_somebody_repeats(world: World, case: Case) -> None:
    with pytest.raises(RuleError, match="repeat"):
        add(world, case, every=Limit(days=14))


def test_cancelling_asks_for_a_reason(world: World, case: Case) -> None:
    task = add(world, case)
    with pytest.raises(RuleError, match="Say why"):
        actions.cancel_task(task, by=world["olga"], reason=" ", now=world.now)
    assert clock_of(task).state == State.RUNNING


def test_it_is_handed_to_somebody_of_the_team_alone(world: World, case: Case) -> None:
    task = add(world, case)
    with pytest.raises(RuleError, match="cannot do it"):
        actions.hand_task(task, by=world["omar"], to=world["otto"], now=world.now)
    actions.hand_task(task, by=world["omar"], to=world["olga"], now=world.now)
    assert Task.objects.get().assignee == world["olga"]


def test_who_is_not_on_the_team_adds_and_finishes_nothing(world: World, case: Case) -> None:
    task = add(world, case)
    with pytest.raises(PermissionDenied):
        actions.add_task(
            case, by=world["otto"], kind=TaskKind.TASK, assignee=world["olga"], words=WORDS,
            now=world.now,
        )  # fmt: skip
    with pytest.raises(PermissionDenied):
        actions.finish_task(task, by=world["hana"], words="", now=world.now)


def test_a_task_of_a_concern_is_for_an_officer_before_triage(
    world: World, process: BecomeProcess
) -> None:
    concern, _ = world.file()
    task = actions.add_task(
        concern, by=world["olga"], kind=TaskKind.SAFEGUARD_REVIEW, assignee=world["omar"],
        words="", now=world.now,
    )  # fmt: skip
    act_as(world["omar"])
    assert Task.objects.get() == task
    with process("worker"):
        escalation.sweep(now=clock_of(task).due_at)
        notice = Outbox.objects.get(template="clock_remind", context__clock="safeguard_review")
    assert notice.to == f"person:{world['omar'].pk}"
    assert notice.context["reference"] == concern.ref


def test_a_task_of_a_concern_is_held_after_its_case_as_everywhere(world: World) -> None:
    concern, _ = world.file()
    task = actions.add_task(
        concern, by=world["olga"], kind=TaskKind.TASK, assignee=world["olga"], words="Call her.",
        opener=world.openers["olga"], now=world.now,
    )  # fmt: skip
    world.triage(concern)
    task = Task.objects.get(pk=task.pk)
    with CaptureQueriesContext(connection) as queries:
        actions.finish_task(task, by=world["olga"], words="", now=world.now)
    held = [one["sql"] for one in queries if "FOR UPDATE" in one["sql"]]
    tables = [table for sql in held for table in ("cases_case", "cases_concern", "cases_task")
              if f'FROM "{table}"' in sql]  # fmt: skip
    assert tables[:3] == ["cases_case", "cases_concern", "cases_task"]


def test_an_overdue_task_reminds_whoever_does_it_then_tells_the_head(
    world: World, case: Case, process: BecomeProcess
) -> None:
    due = clock_of(add(world, case)).due_at
    with process("owner"):
        Clock.objects.exclude(subject_kind="task").update(next_at=None)
    with process("worker"):
        escalation.sweep(now=due)
    assert told(process, "remind") == {"omar"}
    with process("worker"):
        escalation.sweep(now=due + timedelta(days=1))
    assert told(process, "notify") == {"hana"}


@pytest.mark.req("ESC-5")
def test_a_wall_takes_a_task_from_whoever_comes_behind_it(
    world: World, case: Case, process: BecomeProcess
) -> None:
    task = add(world, case)
    actions.name_party(case, by=world["olga"], person=world["omar"], now=world.now)
    act_as(world["omar"])
    assert not Task.objects.exists()
    assert not Clock.objects.exclude(subject_kind="policy").exists()
    act_as(world["olga"])
    assert Task.objects.get().assignee is None
    with process("owner"):
        assert Clock.objects.get(subject_id=task.pk).owner is None
        Clock.objects.exclude(subject_id=task.pk).update(next_at=None)
    with process("worker"):
        escalation.sweep(now=Clock.objects.get(subject_id=task.pk).due_at)
    assert told(process, "remind") == {"olga"}
    with pytest.raises(RuleError, match="cannot do it"):
        actions.hand_task(task, by=world["olga"], to=world["omar"], now=world.now)


def test_a_path_opens_a_task_without_words(
    world: World, case: Case, process: BecomeProcess
) -> None:
    path = PathVersion.objects.get(path__code="standard")
    with process("worker"):
        task = open_task(
            case, kind=TaskKind.SAFEGUARD_REVIEW, assignee=world["omar"], path=path, now=world.now
        )
    assert (task.opened_by, task.path) == (None, path)
    assert clock_of(task).limit == "14d"
    entry = Entry.objects.get(verb=Verb.TASK_OPENED)
    assert entry.actor == "system"


def test_erasing_leaves_no_task_and_no_clock(world: World, process: BecomeProcess) -> None:
    concern, _ = world.file()
    actions.add_task(
        concern, by=world["olga"], kind=TaskKind.CHECK_IN, assignee=world["omar"], words="Call.",
        now=world.now,
    )  # fmt: skip
    with process("worker"):
        world.erase(concern)
        assert not Task.objects.exists()
        assert not Clock.objects.exclude(subject_kind="policy").exists()
