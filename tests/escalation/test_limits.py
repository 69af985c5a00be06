"""A limit is recorded when it comes, whatever the ladder; what is in trouble is told every day."""

from datetime import datetime, timedelta

import pytest

from cases import actions as cases
from cases.models import Concern
from common.errors import RuleError
from escalation import actions
from escalation.lifecycle import State
from escalation.models import (
    STANDARD,
    Calendar,
    Clock,
    Does,
    Given,
    Path,
    PathStep,
    Problem,
    TimedPromise,
)
from escalation.parts import uses
from escalation.rules import Anchor, Limit, Rung
from escalation.rules.ladders import Step
from escalation.rules.pauses import Reason
from ledger.models import Entry, Outbox
from ledger.rules import SYSTEM
from ledger.verbs import Verb
from people.models import Person
from people.rules import Role
from tests.conftest import BecomeProcess
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.req("ESC-6")]
SECOND, HOUR, DAY = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def concern(world: World) -> Concern:
    return world.file(mode="named", identity=cases.Identity("Rita Reporter"))[0]


def rung(limit: str, anchor: Anchor, does: Does = Does.REMIND, role: str = "") -> PathStep:
    return PathStep(limit=limit, anchor=anchor, does=does, role=role)


def run(concern: Concern, world: World, process: BecomeProcess, *steps: PathStep) -> Clock:
    """Let one clock run on this concern: seven days, by these steps."""
    path = actions.publish_path(code="tried", name="Tried", steps=steps, by=SYSTEM, now=world.now)
    with process("owner"):
        Clock.objects.all().delete()
        (clock,) = actions.start(
            subject_kind="concern",
            subject_id=concern.pk,
            start=world.now,
            promises=[TimedPromise("interim", Limit(days=7), path)],
            calendar=Calendar.objects.of(None),
        )
    return clock


def sweep(process: BecomeProcess, now: datetime) -> actions.Swept:
    with process("worker"):
        return actions.sweep(now=now)


def look_again(process: BecomeProcess, clock: Clock) -> None:
    with process("owner"):
        clock.refresh_from_db()


def count(process: BecomeProcess, verb: Verb) -> int:
    with process("owner"):
        return Entry.objects.filter(verb=verb).count()


def alarms(world: World, process: BecomeProcess) -> int:
    """Return how often the administrator was told."""
    with process("owner"):
        return Outbox.objects.filter(
            template="clock_alarm", to=f"person:{world['adam'].pk}"
        ).count()


# -- the limit -------------------------------------------------------------------------------


@pytest.mark.req("ESC-1")
def test_a_clock_whose_steps_all_came_before_its_limit_is_breached_at_the_limit(
    concern: Concern, world: World, process: BecomeProcess
) -> None:
    hand_over = rung("1d", Anchor.START, Does.HAND_OVER, Role.INDEPENDENT)
    clock = run(concern, world, process, rung("2h", Anchor.START), hand_over)
    assert sweep(process, world.now + DAY).acted == 2
    assert sweep(process, clock.due_at - SECOND).due == 0
    look_again(process, clock)
    assert (clock.state, clock.next_at) == (State.RUNNING, clock.due_at)

    assert sweep(process, clock.due_at + SECOND) == actions.Swept(due=1, acted=0, skipped=0)
    look_again(process, clock)
    assert (clock.state, clock.breached_at) == (State.BREACHED, clock.due_at)
    assert clock.next_at is None
    # it is on record once, and tells nobody
    assert sweep(process, clock.due_at + DAY).due == 0
    assert count(process, Verb.CLOCK_BREACHED) == 1
    assert count(process, Verb.STEP_TAKEN) == 2


@pytest.mark.req("ESC-1")
def test_a_limit_between_two_rungs_is_recorded_when_it_comes(
    concern: Concern, world: World, process: BecomeProcess
) -> None:
    steps = (rung("1d", Anchor.BEFORE), rung("5d", Anchor.AFTER, Does.NOTIFY, Role.HEAD))
    clock = run(concern, world, process, *steps)
    assert sweep(process, clock.due_at - DAY).acted == 1
    assert sweep(process, clock.due_at).acted == 0
    look_again(process, clock)
    assert (clock.state, clock.next_at) == (State.BREACHED, clock.due_at + 5 * DAY)
    assert sweep(process, clock.due_at + 5 * DAY).acted == 1
    assert count(process, Verb.CLOCK_BREACHED) == 1


def test_a_clock_that_rested_is_breached_at_the_limit_it_has_by_then(
    concern: Concern, world: World, process: BecomeProcess
) -> None:
    clock = run(concern, world, process, rung("2h", Anchor.START))
    with process("owner"):
        Clock.objects.update(kind="triage")  # of which the office may let it rest
    sweep(process, world.now + DAY)
    with process("owner"):
        actions.pause_clock(
            clock.pk,
            reason=Reason.AWAY,
            until=world.now + 3 * DAY,
            by=world["olga"],
            now=world.now + DAY,
        )
    assert sweep(process, world.now + 8 * DAY).acted == 0
    look_again(process, clock)
    assert (clock.state, clock.due_at) == (State.RUNNING, world.now + 9 * DAY)
    sweep(process, world.now + 9 * DAY)
    look_again(process, clock)
    assert clock.breached_at == world.now + 9 * DAY


def test_a_clock_whose_step_fails_runs_out_all_the_same(
    concern: Concern, world: World, process: BecomeProcess
) -> None:
    clock = run(concern, world, process, rung("1d", Anchor.BEFORE))
    with process("owner"):
        Clock.objects.update(subject_kind="nothing")
    sweep(process, clock.due_at - HOUR)
    look_again(process, clock)
    assert (clock.state, clock.problem) == (State.RUNNING, Problem.NO_DUTY)
    sweep(process, clock.due_at)
    look_again(process, clock)
    assert (clock.state, clock.breached_at, clock.next_step) == (
        State.BREACHED,
        clock.due_at,
        1,
    )


@pytest.mark.req("ESC-1")
def test_the_standard_path_is_tried_with_every_duty_for_which_nothing_is_set(
    world: World,
) -> None:
    """An original is released within one working day; a rung of a day before is no rung."""
    by, now = world["adam"], world.now
    draft = actions.start_draft(Path.objects.get(code=STANDARD), by=by, now=now)
    early = Step(Rung(Anchor.BEFORE, Limit(days=1)), Does.REMIND.value)
    actions.add_step(draft, step=early, by=by, now=now)
    with pytest.raises(RuleError, match="1 day before a limit of 1 working day"):
        actions.propose_version(draft, by=by, now=now)
    other = Path.objects.get(code=STANDARD)
    assert {use.what for use in uses(now)[other.code]} >= {"Release an original", "Triage"}


# -- alarms ----------------------------------------------------------------------------------


def test_an_alarm_is_repeated_every_day_while_it_lasts_and_no_longer(
    concern: Concern, world: World, process: BecomeProcess
) -> None:
    steps = (rung("0d", Anchor.AFTER), rung("9d", Anchor.AFTER))
    clock = run(concern, world, process, *steps)
    with process("owner"):
        everybody = ["olga", "omar", "otto", "ines", "hana"]
        Person.objects.filter(username__in=everybody).update(is_active=False)
    sweep(process, clock.due_at)
    look_again(process, clock)
    assert (clock.problem, alarms(world, process)) == (Problem.NOBODY, 1)
    for hours in (1, 12, 23):
        sweep(process, clock.due_at + hours * HOUR)
    assert alarms(world, process) == 1
    sweep(process, clock.due_at + DAY)
    sweep(process, clock.due_at + DAY + HOUR)
    assert alarms(world, process) == 2
    sweep(process, clock.due_at + 2 * DAY)
    assert alarms(world, process) == 3
    with process("owner"):
        actions.meet(
            subject_kind="concern",
            subject_id=concern.pk,
            kind="interim",
            now=clock.due_at + 2 * DAY,
        )
    look_again(process, clock)
    assert (clock.problem, clock.problem_at) == ("", None)
    sweep(process, clock.due_at + 3 * DAY)
    assert alarms(world, process) == 3


@pytest.mark.parametrize("ends", ["not needed", "cancelled"])
def test_what_is_asked_no_more_is_no_alarm_any_more(
    ends: str, concern: Concern, world: World, process: BecomeProcess
) -> None:
    away = PathStep(limit="1d", anchor=Anchor.AFTER, does=Does.NOTIFY, given=Given.AWAY)
    away.role = Role.HEAD
    clock = run(concern, world, process, rung("0d", Anchor.AFTER), away)
    with process("owner"):
        Clock.objects.update(problem=Problem.NOBODY, problem_at=world.now, next_step=2)
        Clock.objects.update(next_at=clock.times[1])
        if ends == "cancelled":
            actions.cancel(subject_kind="concern", subject_id=concern.pk, now=world.now)
    sweep(process, clock.times[1])
    look_again(process, clock)
    assert clock.problem == ""
    assert clock.cancelled_at == (world.now if ends == "cancelled" else None)
