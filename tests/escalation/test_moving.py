"""Running clocks go over to a new version: one that cannot stops no other, and none is left out."""

from datetime import timedelta

import pgtrigger
import pytest
from django.test import Client

from escalation import actions
from escalation.models import (
    STANDARD,
    Clock,
    Does,
    MoveReason,
    Path,
    PathMove,
    PathStep,
    PathVersion,
    Problem,
    StepTaken,
)
from escalation.rules import Anchor, Limit, Rung
from escalation.rules.ladders import Step
from escalation.rules.pauses import Reason
from ledger.models import Outbox
from tests.conftest import BecomeProcess
from tests.doors import sign_in
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.req("ESC-1", "ESC-6")]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MANY = 6


@pytest.fixture
def triages(world: World, process: BecomeProcess) -> list[Clock]:
    """File as many concerns as is many, of which the clocks for triage alone run."""
    for _ in range(MANY):
        world.file()
    with process("owner"):
        Clock.objects.exclude(kind="triage").delete()
        return list(Clock.objects.order_by("pk"))


@pytest.fixture
def newest(triages: list[Clock], world: World) -> PathVersion:
    """Return a version that reminds twelve hours before the limit as well, to which all go over."""
    path, by, now = Path.objects.get(code=STANDARD), world["adam"], world.now
    draft = actions.start_draft(path, by=by, now=now)
    early = Step(Rung(Anchor.BEFORE, Limit(hours=12)), Does.REMIND.value)
    actions.add_step(draft, step=early, by=by, now=now)
    actions.propose_version(draft, by=by, now=now)
    actions.publish_version(draft, seen=now, by=world["hana"], now=now)
    actions.ask_to_move(path, reason=MoveReason.PEOPLE, by=by, now=now)
    return PathVersion.objects.get(pk=draft.pk)


def move(process: BecomeProcess, world: World) -> int:
    with process("worker"):
        return actions.move_clocks(now=world.now)


def words(client: Client, address: str) -> str:
    return " ".join(client.get(address).content.decode().split())


def test_one_that_cannot_be_moved_stops_no_other_and_is_shown_and_tried_again(
    triages: list[Clock], newest: PathVersion, world: World, process: BecomeProcess
) -> None:
    broken = triages[2]
    with process("owner"):
        Clock.objects.filter(pk=broken.pk).update(limit="two days")
    assert move(process, world) == MANY - 1
    with process("owner"):
        broken.refresh_from_db()
        assert (broken.path.n, broken.problem) == (1, Problem.UNMOVED)
        assert broken.next_at == broken.due_at  # its steps go on
        assert Outbox.objects.filter(template="clock_alarm").count() == 2
        assert PathMove.objects.get().done_at is None
    # not at every tick
    assert move(process, world) == 0
    with process("owner"):
        Clock.objects.filter(pk=broken.pk).update(limit="2wd")
    world.now += HOUR
    assert move(process, world) == 1
    with process("owner"):
        broken.refresh_from_db()
        assert (broken.path, broken.problem) == (newest, "")
        found = PathMove.objects.get()
        assert (found.moved, found.done_at) == (MANY, world.now)


def test_a_step_that_is_due_is_taken_before_its_clock_is_moved(
    triages: list[Clock], newest: PathVersion, world: World, process: BecomeProcess
) -> None:
    world.now = triages[0].due_at
    assert move(process, world) == 0
    with process("worker"):
        assert actions.sweep(now=world.now).acted == MANY
    assert move(process, world) == MANY
    with process("owner"):
        assert StepTaken.objects.filter(n=1, version__n=1).count() == MANY
        assert PathMove.objects.get().done_at == world.now


def test_what_rests_is_moved_once_it_runs_again(
    triages: list[Clock], newest: PathVersion, world: World, process: BecomeProcess
) -> None:
    resting = triages[0]
    until = world.now + 9 * DAY
    with process("owner"):
        actions.pause_clock(
            resting.pk, reason=Reason.AWAY, until=until, by=world["olga"], now=world.now
        )
    assert move(process, world) == MANY - 1
    with process("owner"):
        assert PathMove.objects.get().done_at is None
    world.now = until
    with process("worker"):
        actions.sweep(now=world.now)
    assert move(process, world) == 1
    with process("owner"):
        resting.refresh_from_db()
        assert resting.path == newest
        assert resting.next_at == world.now + actions.NOTICE
        assert PathMove.objects.get().done_at == world.now


def test_a_clock_whose_path_cannot_be_followed_goes_on_by_the_new_one(
    triages: list[Clock], newest: PathVersion, world: World, process: BecomeProcess
) -> None:
    lost, due = triages[0], triages[0].due_at
    with process("owner"):
        Clock.objects.exclude(pk=lost.pk).delete()
        Clock.objects.update(next_step=9)
    world.now = due
    with process("worker"):
        assert actions.sweep(now=due).skipped == 1
    assert move(process, world) == 1
    with process("worker"):
        assert actions.sweep(now=due + 3 * DAY).acted == 2
    with process("owner"):
        lost.refresh_from_db()
    assert (lost.problem, lost.tries) == ("", 0)


def test_the_page_says_how_far_a_move_is_and_never_of_how_few(
    triages: list[Clock], newest: PathVersion, client: Client, world: World, process: BecomeProcess
) -> None:
    with process("owner"):
        Clock.objects.filter(pk=triages[0].pk).update(limit="two days")
    sign_in(client, world, "adam")
    address = f"/setup/paths/{newest.path.code}/"
    assert "fewer than 5 moved so far" in words(client, address)
    assert move(process, world) == MANY - 1
    page = words(client, address)
    assert "about 5 moved so far" in page
    assert "Being done" in page


def test_what_was_told_never_goes_over_to_a_version_that_falls_silent(
    triages: list[Clock], newest: PathVersion, world: World, process: BecomeProcess
) -> None:
    gentle = triages[0]
    with process("owner"), pgtrigger.ignore("escalation.PathStep:published"):
        Clock.objects.filter(pk=gentle.pk).update(kind="campaign")
        # as of a path on which nothing but gentle duties runs by now
        PathStep.objects.filter(version=newest).update(does=Does.REMIND, role="")
    assert move(process, world) == 1
    with process("owner"):
        assert Clock.objects.get(path=newest).pk == gentle.pk
