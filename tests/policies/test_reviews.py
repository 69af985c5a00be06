"""A policy is looked at again in time: its owner is reminded, and the next version meets it."""

from datetime import timedelta

import pytest

from escalation import actions as escalation
from escalation.lifecycle import State
from escalation.models import Clock
from ledger.models import Outbox
from people.middleware import act_as
from policies import actions
from policies.models import Policy
from tests.conftest import BecomeProcess
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.req("ESC-3")]


def publish(world: World, after: timedelta) -> None:
    actions.publish(
        code="gifts",
        text=actions.Text("Gifts", "What you may accept.", "Nothing of worth."),
        owner=world["stan"],
        in_force_from=(world.now + after).date(),
        now=world.now + after,
    )


def test_its_owner_is_reminded_after_a_year_and_the_next_version_counts_anew(
    world: World, process: BecomeProcess
) -> None:
    publish(world, timedelta(0))
    policy = Policy.objects.get(code="gifts")
    act_as(world["stan"])
    clock = Clock.objects.get(subject_id=policy.key)
    assert clock.due_at.date() == world.now.date().replace(year=2027)
    with process("worker"):
        Clock.objects.exclude(pk=clock.pk).update(next_at=None)
        escalation.sweep(now=clock.due_at)
        notice = Outbox.objects.get(template="clock_remind")
    assert notice.to == f"person:{world['stan'].pk}"
    assert notice.context["reference"] == "gifts"
    publish(world, timedelta(days=370))
    states = Clock.objects.filter(subject_id=policy.key).order_by("started_at")
    assert list(states.values_list("state", flat=True)) == [State.MET, State.RUNNING]
