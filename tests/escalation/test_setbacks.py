"""A clock that fails takes no time from the others; the clocks of hosts count for nothing."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from common import clock
from escalation import actions, tasks
from escalation.actions.alarms import could_not_go_on
from escalation.management.commands.watchdog import look
from escalation.models import Clock, Heartbeat, Problem, StepTaken
from ledger import tasks as ledger
from ledger.models import Outbox
from tests.conftest import BecomeProcess
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.req("ESC-6")]

MANY = 12


def sweep(process: BecomeProcess, now: datetime) -> actions.Swept:
    with process("worker"):
        return actions.sweep(now=now)


@pytest.fixture
def due(world: World, process: BecomeProcess) -> datetime:
    """File as many concerns as is many, of which one clock each is due at the same moment."""
    for _ in range(MANY):
        world.file()
    # each reporter sees their own clocks alone
    with process("owner"):
        Clock.objects.exclude(kind="triage").delete()
        return Clock.objects.values_list("due_at", flat=True)[0]


def change(process: BecomeProcess, one: Clock, **fields: object) -> None:
    with process("owner"):
        Clock.objects.filter(pk=one.pk).update(**fields)


def look_again(process: BecomeProcess, one: Clock) -> None:
    with process("owner"):
        one.refresh_from_db()


def one_of(process: BecomeProcess) -> Clock:
    with process("owner"):
        return Clock.objects.order_by("pk")[0]


def test_what_fails_waits_longer_each_time_and_goes_on_once_it_is_mended(
    due: datetime, process: BecomeProcess
) -> None:
    broken = one_of(process)
    change(process, broken, subject_kind="nothing")
    assert sweep(process, due) == actions.Swept(due=MANY, acted=MANY - 1, skipped=1)
    # it is not even asked before its time
    assert sweep(process, due + timedelta(seconds=59)).due == 0
    assert sweep(process, due + timedelta(minutes=1)).skipped == 1
    assert sweep(process, due + timedelta(minutes=2)).due == 0
    assert sweep(process, due + timedelta(minutes=3)).skipped == 1
    look_again(process, broken)
    assert (broken.tries, broken.next_step) == (3, 1)
    change(process, broken, subject_kind="concern")
    assert sweep(process, due + timedelta(minutes=7)).acted == 1
    look_again(process, broken)
    assert (broken.tries, broken.problem, broken.next_step) == (0, "", 2)


def test_the_longest_wait_is_six_hours(due: datetime, process: BecomeProcess) -> None:
    broken = one_of(process)
    change(process, broken, subject_kind="nothing", tries=30, problem=Problem.NO_DUTY)
    assert sweep(process, due).skipped == 1
    look_again(process, broken)
    assert broken.next_at == due + timedelta(hours=6)


def test_tries_are_counted_as_far_as_they_can_be(due: datetime, process: BecomeProcess) -> None:
    broken = one_of(process)
    change(process, broken, subject_kind="nothing", tries=32_767, problem=Problem.NO_DUTY)
    assert sweep(process, due).skipped == 1
    look_again(process, broken)
    assert (broken.tries, broken.next_at) == (32_767, due + timedelta(hours=6))


def cut_off(process: BecomeProcess) -> None:
    """Let nobody say before whom a wall stands, while all else goes on."""
    with process("owner"), connection.cursor() as cursor:
        cursor.execute("REVOKE SELECT ON cases_wall FROM ed_worker")


def told(process: BecomeProcess) -> set[str]:
    with process("owner"):
        return set(Outbox.objects.filter(template="clock_alarm").values_list("to", flat=True))


def test_where_a_duty_cannot_say_who_may_know_administrators_do_and_the_sweep_goes_on(
    due: datetime, world: World, process: BecomeProcess
) -> None:
    broken = one_of(process)
    change(
        process, broken, due_at=due + timedelta(days=9), next_at=due + timedelta(days=9),
        problem=Problem.UNMOVED, problem_at=due - timedelta(days=2),
    )  # fmt: skip
    cut_off(process)
    sweep(process, due)
    with process("owner"):
        assert Heartbeat.objects.get(name="sweep").at == due
        assert Heartbeat.objects.get(name="alarms").at == due
    assert told(process) == {f"person:{world['adam'].pk}"}
    # none could be asked about its walls, and each is put off and told of all the same
    with process("owner"):
        assert Clock.objects.filter(problem=Problem.FAILED).count() == MANY - 1


def test_work_on_which_no_clock_runs_is_told_of_to_whoever_no_wall_stands_before(
    world: World, process: BecomeProcess
) -> None:
    concern, _ = world.file(excluded=(world["adam"],))
    case = world.triage(concern)
    with process("owner"):
        Clock.objects.all().delete()
    with process("worker"):
        could_not_go_on(case.pk, ValueError(), now=world.now)
    assert told(process) == {f"person:{world['hana'].pk}"}


def test_an_idle_sweep_asks_a_dozen_times_however_many_clocks_run(
    due: datetime, process: BecomeProcess
) -> None:
    early = due - timedelta(days=1)
    sweep(process, early)
    with process("worker"), CaptureQueriesContext(connection) as captured:
        assert actions.sweep(now=early).due == 0
    # stale calendars, pauses, clocks, the heartbeat, and where transactions begin and end
    assert len(captured) <= 12


def test_a_sweep_that_has_worked_long_enough_leaves_the_rest_to_the_next(
    due: datetime, process: BecomeProcess
) -> None:
    with process("worker"):
        assert actions.sweep(now=due, seconds=0.0).due == 0
        assert Heartbeat.objects.get(name="sweep").at == due
        assert actions.sweep(now=due, batch=5).acted == MANY


@contextmanager
def shifted(process: BecomeProcess, by: timedelta) -> Iterator[None]:
    """Set the database's clock off against this host's, which is how a host's clock is off."""
    with process("owner"), connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION public.statement_timestamp() RETURNS timestamptz LANGUAGE sql STABLE"
            f" AS $$ SELECT pg_catalog.statement_timestamp() + interval '{by.total_seconds()} s' $$"
        )
        cursor.execute("GRANT EXECUTE ON FUNCTION public.statement_timestamp() TO PUBLIC")
        cursor.execute("SET LOCAL search_path = public, pg_catalog")
    yield
    with process("owner"), connection.cursor() as cursor:
        cursor.execute("SET LOCAL search_path = public")
        cursor.execute("DROP FUNCTION public.statement_timestamp()")


@pytest.mark.parametrize("minutes", [-10, 10])
def test_where_a_hosts_clock_is_off_nothing_is_early_and_nothing_waits_for_it(
    due: datetime, world: World, process: BecomeProcess, minutes: int
) -> None:
    with shifted(process, timedelta(minutes=minutes)):
        now = clock.now()
        off = now - datetime.now(UTC)
        assert abs(off - timedelta(minutes=minutes)) < timedelta(minutes=1)
        with process("owner"):
            late, soon = Clock.objects.order_by("pk")[:2]
            Clock.objects.update(next_at=None)
            for each, at in ((late, now), (soon, now + timedelta(minutes=1))):
                times = [at + timedelta(days=n) for n in range(3)]
                Clock.objects.filter(pk=each.pk).update(due_at=at, next_at=at, times=times)
        with process("worker"):
            tasks.sweep()
            ledger.deliver()
        with process("owner"):
            taken = StepTaken.objects.get()
        assert taken.clock_id == late.pk
        assert timedelta(0) <= taken.at - now < timedelta(minutes=1)
        # a letter that tells of it is not held up either
        assert {letter.to[0] for letter in mail.outbox} >= {"olga@example.org", "omar@example.org"}
        with process("watchdog"):
            assert not look()
