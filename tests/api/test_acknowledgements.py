"""What programs read of acknowledgements: how many, and nobody."""

from datetime import datetime

import pytest

from common import days
from escalation.models import Clock
from escalation.rules import Limit
from people.models import Unit
from people.rules import Scope
from policies import actions
from policies.models import Policy
from tests.api.program import Program, is_problem
from tests.conftest import BecomeProcess
from tests.world import World


@pytest.mark.req("API-2", "POL-4")
def test_a_program_reads_how_many_have_read_a_policy_and_nobody(
    world: World, process: BecomeProcess
) -> None:
    world.hire("nina", has_key=False)
    campaign = actions.start_campaign(
        Policy.objects.get(),
        by=world["hana"],
        audience=actions.Audience(units=[Unit.objects.get()]),
        limit=Limit(working_days=10),
        is_material=True,
        now=world.now,
    )
    with process("worker"):
        actions.see_to_campaigns(now=world.now)
    program = Program(world, [Scope.ACKNOWLEDGEMENTS_READ, Scope.CLOCKS_READ])
    (told,) = program.get("acknowledgements/").json()["results"]
    assert told == {
        "id": str(campaign.pk),
        "policy": "speaking-up",
        "version": 1,
        "units": ["field"],
        "roles": [],
        "limit": "10wd",
        "is_material": True,
        "started_at": "2026-03-16T10:00:00Z",
        "ended_at": None,
        "asked": 11,
        "counted_until": told["counted_until"],
        # of nobody everybody would know who
        "at_least": 0,
        "at_most": 4,
        "by_unit": [{"unit": "field", "asked": 11, "at_least": 0, "at_most": 4}],
    }
    until = datetime.fromisoformat(told["counted_until"])
    assert until.astimezone(days.zone()).weekday() == 0
    assert until == days.midnight(days.day_of(until))
    with process("owner"):
        assert Clock.objects.filter(kind="acknowledgement").count() == 11
    assert program.get("clocks/", {"kind": "acknowledgement"}).json()["results"] == []
    assert list(is_problem(program.get("acknowledgements/", {"who": "1"}), 400)["errors"]) == [
        "who"
    ]
