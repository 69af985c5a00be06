"""Who is next for a case, a task, the review of a policy and a request: the same rules for each."""

from collections.abc import Callable
from datetime import datetime
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases import actions as cases
from cases.duties import RequestDuty
from cases.lifecycle import Level, Mode, TaskKind
from cases.models import Case, Concern, IdentityRequest
from escalation import actions
from escalation.models import Clock, Does, Given, Outcome, PathStep, StepTaken
from ledger.models import Outbox
from ledger.rules import SYSTEM
from people import actions as people
from people.middleware import act_as
from people.models import Person
from people.rules import Role
from tests.conftest import BecomeProcess
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.req("ESC-5")]
RITA = cases.Identity("Rita Reporter")
REMIND = PathStep(does=Does.REMIND)
OFFICERS = PathStep(does=Does.NOTIFY, role=Role.OFFICER)


def on_a_case(world: World, excluded: tuple[Person, ...] = ()) -> Case:
    """Return a case that omar leads alone."""
    concern, _ = world.file(excluded=excluded, mode=Mode.CONFIDENTIAL, identity=RITA)
    act_as(world["olga"])
    case = world.triage(concern, lead="omar")
    act_as(None)
    return case


def a_task(world: World, excluded: tuple[Person, ...] = ()) -> None:
    case = on_a_case(world, excluded)
    act_as(world["omar"])
    cases.add_task(
        case, kind=TaskKind.TASK, words="Ask for the log.", assignee=world["omar"],
        by=world["omar"], opener=world.openers["omar"], now=world.now,
    )  # fmt: skip
    act_as(None)


def a_request(world: World, excluded: tuple[Person, ...] = ()) -> None:
    """Ask the custodians, carl and cora, for a name."""
    if "cora" not in world.people:
        world.hire("cora", Role.CUSTODIAN)
    case = on_a_case(world, excluded)
    act_as(world["omar"])
    concern = Concern.objects.get(case=case)
    cases.ask_identity(concern, by=world["omar"], reason="Danger.", now=world.now)
    act_as(None)


def a_policy(world: World, excluded: tuple[Person, ...] = ()) -> None:
    """Do nothing: hana owns the one there is."""


MADE: dict[str, Callable[..., object]] = {
    "case": on_a_case,
    "task": a_task,
    "request": a_request,
    "policy": a_policy,
}


def follow(process: BecomeProcess, world: World, kind: str, *steps: PathStep) -> datetime:
    """Let the clocks of one kind of subject alone run, by these steps at one moment."""
    path = actions.publish_path(
        code=uuid4().hex[:8], name="Tried", steps=steps, by=SYSTEM, now=world.now
    )
    with process("owner"):
        Clock.objects.exclude(subject_kind=kind).delete()
        first = Clock.objects.earliest("kind")
        Clock.objects.exclude(pk=first.pk).exclude(kind=first.kind).delete()
        due = first.due_at
        Clock.objects.update(path=path, times=[due] * len(steps), next_at=due, due_at=due)
    return due


def reached(process: BecomeProcess, now: datetime) -> set[str]:
    """Return whom a sweep told, and of an alarm whom."""
    with process("worker"):
        Outbox.objects.all().delete()
        actions.sweep(now=now)
        rows = list(Outbox.objects.values_list("template", "to"))
    names = {f"person:{one.pk}": one.username for one in Person.objects.all()}
    return {("alarm " if what == "clock_alarm" else "") + names[to] for what, to in rows}


def away(world: World, *names: str, for_: str | None = None) -> None:
    day = world.now.date()
    for name in names:
        if for_ is not None:
            asked = people.delegate(world[name], to=world[for_], since=day, now=world.now)
            people.accept_delegation(asked, now=world.now)
        people.go_away(world[name], since=day, now=world.now)


@pytest.mark.req("TRI-6")
@pytest.mark.parametrize(
    ("kind", "walled", "step", "told"),
    [
        ("case", "otto", OFFICERS, {"olga", "omar"}),
        ("task", "otto", OFFICERS, {"olga", "omar"}),
        ("request", "carl", REMIND, {"cora"}),
    ],
)
def test_whoever_is_walled_off_is_skipped(
    world: World, process: BecomeProcess, kind: str, walled: str, step: PathStep, told: set[str]
) -> None:
    MADE[kind](world, (world[walled],))
    assert reached(process, follow(process, world, kind, step)) == told


@pytest.mark.req("ESC-7")
@pytest.mark.parametrize(
    ("kind", "absent", "stand_in", "told"),
    [
        ("case", "omar", "otto", {"otto"}),
        ("task", "omar", "otto", {"otto"}),
        # nobody stands in for a custodian
        ("request", "carl", "otto", {"cora"}),
        # a policy is no secret, and not the office's alone
        ("policy", "hana", "stan", {"stan"}),
    ],
)
def test_whoever_stands_in_for_the_absent_is_reached(
    world: World, process: BecomeProcess, kind: str, absent: str, stand_in: str, told: set[str]
) -> None:
    MADE[kind](world)
    away(world, absent, for_=stand_in)
    assert reached(process, follow(process, world, kind, REMIND)) == told


@pytest.mark.parametrize(
    ("kind", "absent", "told"),
    [
        ("case", ("olga", "omar"), {"hana"}),
        ("task", ("olga", "omar"), {"hana"}),
        # who asks for a name is told to nobody who does not decide on it
        ("request", ("carl", "cora"), {"alarm adam", "alarm hana"}),
        ("case", ("olga", "omar", "hana"), {"alarm adam", "alarm hana"}),
        ("task", ("olga", "omar", "hana"), {"alarm adam", "alarm hana"}),
        # no independent person stands behind a policy
        ("policy", ("hana",), {"alarm adam", "alarm hana"}),
    ],
)
def test_where_nobody_is_here_the_head_is_reminded_and_else_it_is_an_alarm(
    world: World, process: BecomeProcess, kind: str, absent: tuple[str, ...], told: set[str]
) -> None:
    MADE[kind](world)
    away(world, *absent)
    assert reached(process, follow(process, world, kind, REMIND)) == told


@pytest.mark.req("ESC-2")
def test_of_a_request_is_known_how_urgent_it_is_and_whether_anybody_who_may_decide_is_here(
    world: World, process: BecomeProcess
) -> None:
    a_request(world)
    with process("owner"):
        Case.objects.update(urgency=Level.NORMAL)
    given = (Given.URGENT, Given.UNASSIGNED, Given.UNANSWERED, Given.AWAY)
    due = follow(process, world, "request", *(PathStep(does=Does.REMIND, given=g) for g in given))
    away(world, "carl")
    for _ in given:
        reached(process, due)
    no, yes = Outcome.NOT_NEEDED, Outcome.DONE
    with process("owner"):
        taken = list(StepTaken.objects.order_by("n").values_list("outcome", flat=True))
        # cora is here
        assert taken == [no, no, yes, no]
        StepTaken.objects.all().delete()
        Case.objects.update(urgency=Level.HIGH)
        Clock.objects.update(next_step=1, next_at=due)
    away(world, "cora")
    for _ in given:
        reached(process, due)
    with process("owner"):
        taken = list(StepTaken.objects.order_by("n").values_list("outcome", flat=True))
    # the condition holds, and nobody who may decide is left
    none = Outcome.NOBODY
    assert taken == [none, no, none, none]


@pytest.mark.req("ESC-6")
def test_asking_about_many_requests_costs_as_many_queries_as_about_one(
    world: World, process: BecomeProcess
) -> None:
    def asked() -> int:
        with process("worker"), CaptureQueriesContext(connection) as queries:
            ids = list(IdentityRequest.objects.values_list("pk", flat=True))
            abouts = RequestDuty().abouts(ids)
        assert all({one.username for one in about.owners} == {"carl", "cora"}
                   for about in abouts.values())  # fmt: skip
        return len(queries)

    a_request(world)
    once = asked()
    for _ in range(3):
        a_request(world)
    assert asked() == once
