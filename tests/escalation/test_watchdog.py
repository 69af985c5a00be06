"""Deadlines need no broker: the watchdog sweeps and delivers, with its own rights and no more."""

from datetime import timedelta

import pytest
from django.core import mail

from common import clock
from escalation import actions
from escalation.management.commands.watchdog import look
from escalation.models import Clock, Heartbeat, StepTaken
from tests.conftest import BecomeProcess
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.req("ESC-6")]


def test_without_a_sweep_for_a_while_the_watchdog_climbs_every_step_and_tells(
    world: World, process: BecomeProcess
) -> None:
    concern, _ = world.file()
    case = world.triage(concern)
    world.file()
    due = Clock.objects.filter(subject_kind="concern").values_list("due_at", flat=True)
    assert max(due) < clock.now() - timedelta(days=4)
    with process("watchdog"):
        assert look()
    assert set(StepTaken.objects.values_list("n", flat=True)) == {1, 2, 3}
    told = {address for letter in mail.outbox for address in letter.to}
    assert {"olga@example.org", "hana@example.org", "ines@example.org"} <= told
    with process("worker"):
        assert case.members.filter(person=world["ines"]).exists()


def test_while_a_worker_sweeps_the_watchdog_leaves_it_alone(
    world: World, process: BecomeProcess
) -> None:
    world.file()
    with process("worker"):
        actions.sweep(now=world.now)
        Clock.objects.update(next_at=clock.now())
        Heartbeat.objects.update(at=clock.now())
    with process("watchdog"):
        assert not look()
    with process("owner"):
        assert not StepTaken.objects.exists()
