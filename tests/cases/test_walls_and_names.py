"""Who comes behind a wall, steps off or takes over holds no share of a reporter's name."""

import pytest

from cases import actions
from cases.lifecycle import Mode, RequestState
from cases.models import Case, Concern
from common.errors import RuleError
from people import actions as people
from people.middleware import act_as
from people.rules import Role
from safes.models import Grant, Safe
from tests.conftest import BecomeProcess
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.req("TRI-6")]
RITA = actions.Identity("Rita Reporter")


def told(world: World) -> tuple[Concern, Case, Safe]:
    """Return a confidential concern about Stan, its case that Olga leads, and the vault."""
    concern, _ = world.file(excluded=(world["stan"],), mode=Mode.CONFIDENTIAL, identity=RITA)
    case = world.triage(concern)
    concern.refresh_from_db()
    assert concern.identity_safe is not None
    return concern, case, concern.identity_safe


def keep(vault: Safe) -> set[str]:
    """Return who holds the custodians' share."""
    held = Grant.objects.filter(safe=vault, person__isnull=False)
    return set(held.values_list("person__username", flat=True))


def turn(world: World, name: str, role: Role) -> None:
    """Give somebody another role in the place of the one they had."""
    world[name].roles = [role]
    world[name].save(update_fields=["roles"])


def step_off(world: World, case: Case, to: str) -> None:
    act_as(world["olga"])
    actions.recuse_from_case(
        case,
        by=world["olga"],
        opener=world.openers["olga"],
        reason="We are cousins.",
        to=world[to],
        now=world.now,
    )


def test_a_worker_takes_the_share_from_a_custodian_who_came_behind_a_wall(
    world: World, process: BecomeProcess
) -> None:
    world.hire("cora", Role.CUSTODIAN)
    _, _, vault = told(world)
    assert keep(vault) == {"carl", "cora"}
    people.declare_tie(world["carl"], about=world["stan"], now=world.now)
    with process("worker"):
        assert actions.enforce_walls(now=world.now) == 1
    assert keep(vault) == {"cora"}


def test_the_last_custodian_keeps_the_share_since_the_name_would_be_lost(
    world: World, process: BecomeProcess
) -> None:
    _, _, vault = told(world)
    people.declare_tie(world["carl"], about=world["stan"], now=world.now)
    with process("worker"):
        assert actions.enforce_walls(now=world.now) == 0
    assert keep(vault) == {"carl"}


def test_whoever_steps_off_opens_no_name_that_was_open_to_them(world: World) -> None:
    concern, case, _ = told(world)
    act_as(world["olga"])
    request = actions.ask_identity(concern, by=world["olga"], reason="I must call.", now=world.now)
    act_as(world["carl"])
    carl = world.openers["carl"]
    actions.grant_identity(request, by=world["carl"], opener=carl, for_days=3, now=world.now)
    act_as(world["olga"])
    olga = world.openers["olga"]
    assert actions.open_identity(concern, by=world["olga"], opener=olga, now=world.now) == RITA
    step_off(world, case, "omar")
    act_as(world["omar"])
    request.refresh_from_db()
    assert request.state == RequestState.EXPIRED
    assert request.opening is not None
    assert not Grant.objects.filter(safe=request.opening).exists()
    with pytest.raises(RuleError, match="not open to you"):
        actions.open_identity(
            concern, by=world["omar"], opener=world.openers["omar"], now=world.now
        )


def test_whoever_takes_over_keeps_no_share(world: World) -> None:
    world.hire("cleo", Role.CUSTODIAN)
    _, case, vault = told(world)
    assert keep(vault) == {"carl", "cleo"}
    turn(world, "cleo", Role.OFFICER)
    step_off(world, case, "cleo")
    act_as(world["cleo"])
    assert keep(vault) == {"carl"}
