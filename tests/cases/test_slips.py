"""What was entered on a case by mistake is struck with a reason, stays, and counts no more."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction

from cases import actions, parts
from cases.lifecycle import (
    Bearing,
    CustodyAct,
    ExhibitKind,
    Finding,
    Means,
    PartyRole,
    WhyUntold,
)
from cases.models import Allegation, Case, Party, Wall
from common import days
from common.errors import RuleError
from people.middleware import act_as
from safes.access import open_texts
from tests.architecture.acts.casework import alleged, asked, exhibited, substantiated
from tests.cases.test_telling import tell
from tests.conftest import BecomeProcess
from tests.world import World

pytestmark = pytest.mark.req("CAS-3")


@pytest.fixture
def case(world: World) -> Case:
    """Return a case that Olga leads alone."""
    act_as(world["olga"])
    return world.triage(world.file()[0])


def party(
    world: World, case: Case, name: str = "Quinn", role: PartyRole = PartyRole.SUBJECT
) -> Party:
    # numbered in the order in which they were added
    at = world.now + timedelta(minutes=case.parties.count())
    return actions.add_party(case, by=world["olga"], role=role, name=name, now=at)


def strike(world: World, slip: object, reason: str = "Twice.", by: str = "olga") -> object:
    return actions.strike(
        slip,  # type: ignore[arg-type] # one of three things
        by=world[by],
        reason=reason,
        now=world.now,
        opener=world.openers[by],
    )


def test_what_is_struck_stays_and_counts_no_more(
    world: World, case: Case, process: BecomeProcess
) -> None:
    quinn, allegation, exhibit = party(world, case), alleged(world, case), exhibited(world, case)
    assert len(parts.blocks_closing(case)) == 2
    with pytest.raises(PermissionDenied):
        strike(world, allegation, by="otto")
    with pytest.raises(RuleError, match="Say why"):
        strike(world, allegation, reason=" ")
    for slip in (quinn, allegation, exhibit):
        strike(world, slip)
        with pytest.raises(RuleError, match="struck already"):
            strike(world, slip)
    assert open_texts(world.openers["olga"], [(quinn.pk, "struck")]) == {
        (quinn.pk, "struck"): "Twice."
    }
    assert parts.blocks_closing(case) == []
    for late in (
        lambda: actions.ask_response(quinn, by=world["olga"], words="So.", now=world.now),
        lambda: actions.weigh(
            exhibit, by=world["olga"], allegation=allegation, how=Bearing.NEUTRAL, now=world.now
        ),
        lambda: actions.sign_finding(
            allegation, by=world["olga"], finding=Finding.INSUFFICIENT, reason="So.", now=world.now
        ),
        lambda: actions.change_custody(
            exhibit, by=world["olga"], act=CustodyAct.MOVED, place="Safe 2", now=world.now
        ),
    ):
        with pytest.raises(RuleError, match="entered by mistake and is struck"):
            late()
    # the next one has the next number, and the case ends without what was struck
    assert alleged(world, case).n == 2
    strike(world, case.allegations.get(n=2))
    # nobody has to be told what came of it who was entered by mistake; the numbers stay
    rae, sam = (party(world, case, name, PartyRole.AFFECTED) for name in ("Rae", "Sam"))
    strike(world, rae)
    with pytest.raises(RuleError, match="entered by mistake and is struck"):
        actions.leave_untold(rae, by=world["olga"], why=WhyUntold.HARM, words="So.", now=world.now)
    [untold] = parts.blocks_closing(case)
    assert untold.startswith("Party 3, who is affected")
    strike(world, sam)
    assert world.close(case).finding == Finding.UNSUBSTANTIATED
    for change in ({"struck_at": None, "struck_by": None}, {"n": 9}):
        with process("owner"), pytest.raises(DatabaseError), transaction.atomic():
            Allegation.objects.filter(n=1).update(**change)
    with process("web"), pytest.raises(DatabaseError), transaction.atomic():
        Party.objects.update(role=PartyRole.WITNESS)


def test_what_something_rests_on_is_not_struck(world: World, case: Case) -> None:
    quinn = party(world, case)
    about = actions.add_allegation(
        case, by=world["olga"], category=world.category, text="So.", against=quinn, now=world.now
    )
    with pytest.raises(RuleError, match="Strike the allegation first"):
        strike(world, quinn)
    found = substantiated(world, about)
    with pytest.raises(RuleError, match="Something was found of it"):
        strike(world, about)
    with pytest.raises(RuleError, match="A finding relies on it"):
        strike(world, case.exhibits.get(pk=found.relied_on[0]))
    piece = actions.Piece(ExhibitKind.OBJECT, "Key", days.day_of(world.now))
    moved = actions.add_exhibit(case, by=world["olga"], piece=piece, now=world.now)
    actions.change_custody(
        moved, by=world["olga"], act=CustodyAct.MOVED, place="Safe 2", now=world.now
    )
    with pytest.raises(RuleError, match="Its custody went on"):
        strike(world, moved)
    rae = party(world, case, "Rae")
    actions.ask_response(rae, by=world["olga"], words="So.", now=world.now)
    with pytest.raises(RuleError, match="They were heard"):
        strike(world, rae)
    sam = party(world, case, "Sam", PartyRole.AFFECTED)
    tell(world, sam, "affected-begun", told=actions.ToldHow(Means.PHONE, days.day_of(world.now)))
    with pytest.raises(RuleError, match="They were told something"):
        strike(world, sam)


def test_who_decides_on_a_closing_reads_what_was_struck(world: World, case: Case) -> None:
    exhibit = exhibited(world, case)
    closing = asked(world, case)
    world.now += timedelta(hours=1)
    strike(world, exhibit)
    with pytest.raises(RuleError, match="found or struck since it was asked for"):
        actions.approve_closing(
            closing, by=world["hana"], now=world.now, opener=world.openers["hana"]
        )


@pytest.mark.req("TRI-6")
def test_the_wall_around_a_struck_party_stays(world: World, case: Case) -> None:
    stan = party(world, case, "Stan Example")
    assert stan.is_staff
    walls = Wall.objects.filter(case=case).count()
    strike(world, stan)
    assert Wall.objects.filter(case=case).count() == walls > 0
