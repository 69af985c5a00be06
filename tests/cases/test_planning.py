"""What an investigation is to find out is signed in versions, and approved by another person."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError

from cases import access, actions, parts
from cases.lifecycle import TaskKind
from cases.lifecycle.plans import PlanKind, PlanState
from cases.lifecycle.tracks import Power, Track, WhyTrack
from cases.models import Case, Member, Plan, Task
from common.errors import RuleError
from ledger.models import Entry
from people.middleware import act_as
from safes.access import open_texts
from tests.architecture.acts.casework import alleged
from tests.conftest import BecomeProcess
from tests.world import World

pytestmark = pytest.mark.req("CAS-3")
LATER = timedelta(hours=1)


@pytest.fixture
def case(world: World) -> Case:
    """Return a formal investigation that Omar leads and on which Olga works."""
    act_as(world["olga"])
    case = world.triage(world.file()[0], lead="omar")
    act_as(world["omar"])
    return case


def sign(world: World, case: Case, by: str = "omar", **changes: object) -> Plan:
    words: dict[str, object] = {
        "over": 0,
        "purpose": "When was the report dated?",
        "scope": "October.",
        "outside": "Who pays.",
        "limits": "",
        "questions": {},
        "change": "",
        "approver": world["hana"],
        **changes,
    }
    return actions.sign_terms(case, by=world[by], now=world.now, opener=world.openers[by], **words)  # type: ignore[arg-type] # a test names what it changes


def approve(world: World, plan: Plan, by: str = "olga") -> Plan:
    return actions.approve_terms(plan, by=world[by], now=world.now, opener=world.openers[by])


def test_terms_of_a_formal_investigation_count_once_another_person_approved_them(
    world: World, case: Case, process: BecomeProcess
) -> None:
    allegation = alleged(world, case)
    with pytest.raises(PermissionDenied):
        sign(world, case, by="olga")
    for wrong, said in (
        ({"scope": " "}, "what belongs to it"),
        ({"approver": None}, "Choose another person"),
        ({"approver": world["omar"]}, "Choose another person"),
        ({"over": 1}, "signed meanwhile"),
    ):
        with pytest.raises(RuleError, match=said):
            sign(world, case, **wrong)
    plan = sign(world, case, questions={allegation.pk: "Who dated it?"})
    task = Task.objects.open().get(kind=TaskKind.APPROVE_TERMS)
    assert (plan.state, plan.task, task.assignee) == (PlanState.ASKED, task, world["hana"])
    assert not case.plans.in_force().exists()
    [blocking] = [one for one in parts.blocks_closing(case) if "terms" in one]
    assert "Version 1 of the terms of reference waits" in blocking
    for by in ("omar", "otto"):
        with pytest.raises((RuleError, PermissionDenied)):
            approve(world, plan, by=by)
    with pytest.raises(RuleError, match="wait for another person already"):
        sign(world, case, over=1, change="More.")
    # the head reads what she decides on, with a key of her own
    act_as(world["hana"])
    places = [(plan.pk, "purpose"), (plan.questions.get().pk, "question")]
    opened = open_texts(world.openers["hana"], places)
    assert set(opened.values()) == {"When was the report dated?", "Who dated it?"}
    with pytest.raises(RuleError, match="do not open for you now"):
        actions.approve_terms(plan, by=world["hana"], now=world.now)
    with process("owner"):
        Member.objects.filter(case=case, person=world["omar"]).update(left_at=world.now)
    act_as(world["hana"])
    with pytest.raises(RuleError, match="does not work on it any more"):
        approve(world, plan, by="hana")
    with process("owner"):
        Member.objects.filter(case=case, person=world["omar"]).update(left_at=None)
    act_as(world["hana"])
    plan = approve(world, plan, by="hana")
    assert (plan.state, plan.decided_by) == (PlanState.APPROVED, world["hana"])
    assert not Task.objects.open().filter(kind=TaskKind.APPROVE_TERMS).exists()
    with pytest.raises(RuleError, match="cannot be sent back now"):
        actions.refuse_terms(plan, by=world["olga"], reason="No.", now=world.now)
    with process("owner"), pytest.raises(DatabaseError, match="Cannot update"):
        Plan.objects.update(n=3)
    with process("worker"):
        verbs = set(Entry.objects.filter(subject=f"case:{case.pk}").values_list("verb", flat=True))
    assert verbs >= {"terms_signed", "terms_approved"}


def test_a_change_of_scope_is_a_version_with_a_reason_and_the_one_before_counts_meanwhile(
    world: World, case: Case
) -> None:
    first = approve(world, sign(world, case))
    with pytest.raises(RuleError, match="what changes with this version"):
        sign(world, case, over=1)
    second = sign(world, case, over=1, change="September as well: the log begins there.")
    assert list(case.plans.in_force()) == [first]
    with pytest.raises(RuleError, match="what is to be changed"):
        actions.refuse_terms(second, by=world["olga"], reason=" ", now=world.now)
    actions.refuse_terms(
        second, by=world["olga"], reason="Why not August?", now=world.now,
        opener=world.openers["olga"],
    )  # fmt: skip
    third = sign(world, case, over=2, change="August as well.")
    actions.take_back_terms(third, by=world["omar"], now=world.now)
    fourth = sign(world, case, over=3, change="August and September.")
    assert case.plans.in_force().first() == first
    approve(world, fourth)
    assert [one.n for one in case.plans.in_force()] == [4, 1]
    assert not [one for one in parts.blocks_closing(case) if "terms" in one]


def test_an_independent_person_who_is_asked_joins_the_team_to_read_the_terms(
    world: World, case: Case
) -> None:
    assert world["ines"] in access.may_decide(case, world["omar"])
    sign(world, case, approver=world["ines"])
    assert Member.objects.current().filter(case=case, person=world["ines"]).exists()


def test_what_is_no_formal_investigation_needs_one_signature_and_a_plan_always(
    world: World, case: Case
) -> None:
    actions.change_track(
        case, by=world["omar"], track=Track.ADVICE, power=Power.NOT_ASKED,
        why=WhyTrack.NOT_NEEDED, words="Nothing to find.", now=world.now,
    )  # fmt: skip
    plan = sign(world, case, approver=None)
    assert (plan.state, plan.task) == (PlanState.SIGNED, None)
    with pytest.raises(RuleError, match="Nobody has to decide"):
        approve(world, plan)
    with pytest.raises(RuleError, match="which sources"):
        actions.sign_plan(
            case, by=world["omar"], over=0, sources="", people="", change="", now=world.now
        )
    signed = actions.sign_plan(
        case, by=world["omar"], over=0, sources="The log.", people="", change="", now=world.now
    )
    assert (signed.kind, signed.n, signed.state) == (PlanKind.PLAN, 1, PlanState.SIGNED)
    actions.add_task(
        case, by=world["omar"], kind=TaskKind.PLAN_STEP, assignee=world["olga"],
        words="Fetch the log.", now=world.now,
    )  # fmt: skip
    waiting, _ = world.file()
    with pytest.raises(RuleError, match="Nobody opens this by itself"):
        actions.add_task(
            waiting, by=world["omar"], kind=TaskKind.PLAN_STEP, assignee=world["omar"],
            words="Fetch it.", now=world.now,
        )  # fmt: skip
