"""What follows from a finding is signed beside what followed earlier, and read by two."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError
from django.test import Client
from django.urls import reverse

from cases import access, actions, parts
from cases.lifecycle import Finding
from cases.lifecycle.outcomes import ForOrganisation, ForSubject, Lies
from cases.models import Case, Outcome
from cases.rules.outcomes import lies, usual_of
from common.errors import RuleError
from ledger.models import Detail, Entry
from people.middleware import act_as
from people.rules import Role
from tests.architecture.acts.casework import alleged, follows, substantiated
from tests.conftest import BecomeProcess
from tests.doors import sign_in
from tests.world import World

pytestmark = pytest.mark.req("CAS-5")
WARNING, TRAINING, DISMISSAL = ForSubject.WARNING, ForSubject.TRAINING, ForSubject.DISMISSAL


@pytest.fixture
def case(world: World) -> Case:
    """Return a case that Olga leads alone."""
    act_as(world["olga"])
    return world.triage(world.file()[0])


def ended(world: World, by: str, *subject: ForSubject, without: str = "") -> Case:
    """Close a case with a consequence, as somebody leads it."""
    act_as(world[by])
    excluded = (world[without],) if without else ()
    case = world.triage(world.file(excluded=excluded)[0], by=by)
    allegation = actions.add_allegation(
        case, by=world[by], category=world.category, text="So.", now=world.now
    )
    found = substantiated(world, allegation, by=by)
    follows(world, found, *subject, by=by, departs="He has left.")
    return world.close(case, by=by, finding=None)


def test_the_middle_half_is_usual_and_too_few_tell_nothing() -> None:
    few = usual_of([[WARNING]] * 4)
    assert (few.counts, lies([DISMISSAL], few)) == ([], Lies.TOO_FEW)
    usual = usual_of([[TRAINING], [WARNING, TRAINING], [WARNING], [WARNING], [DISMISSAL]])
    assert usual.number == 5
    assert usual.counts == [(TRAINING, 2), (WARNING, 3), (DISMISSAL, 1)]
    assert lies([TRAINING], usual) == Lies.MILDER
    assert lies([TRAINING, WARNING], usual) == Lies.USUAL
    assert lies([DISMISSAL], usual) == Lies.HARSHER


def test_what_departs_from_earlier_cases_is_reasoned_and_only_what_one_may_see_is_counted(
    world: World, case: Case, client: Client
) -> None:
    world.hire("heidi", Role.HEAD, manager="chief")
    for _ in range(5):
        ended(world, "olga", WARNING)
    ended(world, "omar", DISMISSAL)
    ended(world, "olga", DISMISSAL, without="heidi")
    act_as(world["olga"])
    found = substantiated(world, alleged(world, case))
    category = world.category.code
    assert access.usual_for(world["olga"], case, [category])[category].number == 6
    assert access.usual_for(world["otto"], case, [category])[category].number == 0
    # the head sees all of them, but for the one before which a wall stands
    act_as(world["heidi"])
    usual = access.usual_for(world["heidi"], case, [category])[category]
    assert (usual.number, usual.counts) == (6, [(WARNING, 5), (DISMISSAL, 1)])
    act_as(world["omar"])
    usual = access.usual_for(world["omar"], case, [category])[category]
    assert (usual.number, usual.counts) == (1, [])
    act_as(world["olga"])
    with pytest.raises(RuleError, match="harsher than usual"):
        follows(world, found, DISMISSAL)
    with pytest.raises(RuleError, match="by itself"):
        follows(world, found, ForSubject.NONE, WARNING)
    with pytest.raises(PermissionDenied):
        follows(world, found, WARNING, by="otto")
    harsh = follows(world, found, DISMISSAL, departs="He did it twice.")
    assert (harsh.lies, harsh.among, harsh.n) == (Lies.HARSHER, 6, 1)
    usual_one = follows(world, found, WARNING, departs="Not needed.")
    assert (usual_one.lies, usual_one.n) == (Lies.USUAL, 2)
    assert list(case.outcomes.counting()) == [usual_one]
    # among how many tells whoever signed alone: beside her own count, it would tell the head that
    # there are cases behind her wall
    pages = {}
    for name in ("olga", "heidi"):
        sign_in(client, world, name)
        page = client.get(reverse("desk:allegation-outcome", args=[case.ref, 1]))
        pages[name] = page.content.decode()
        client.logout()
    assert "beside 6 earlier cases that you could see" in pages["olga"]
    assert "beside" not in pages["heidi"]
    assert "Harsher than usual" in pages["heidi"]


def test_a_case_ends_once_it_is_said_what_follows_and_the_ledger_codes_what_counts(
    world: World, case: Case, process: BecomeProcess
) -> None:
    first, second = alleged(world, case), alleged(world, case)
    found = substantiated(world, first)
    actions.sign_finding(
        second, by=world["olga"], finding=Finding.INSUFFICIENT, reason="No.", now=world.now
    )
    assert parts.blocks_closing(case) == [
        "What follows from allegation 1 is not said yet. Sign it, under “Allegations”."
    ]
    with pytest.raises(RuleError, match="from which something follows"):
        follows(world, second.findings.get())
    follows(world, found, DISMISSAL)
    again = substantiated(world, first)
    with pytest.raises(RuleError, match="found of it since"):
        follows(world, found)
    assert "allegation 1 is not said" in parts.blocks_closing(case)[0]
    follows(world, again, TRAINING, WARNING, organisation=ForOrganisation.POLICY)
    assert parts.blocks_closing(case) == []
    world.close(case, finding=None)
    with process("owner"):
        coded = Entry.objects.filter(subject=f"case:{case.pk}", verb="consequence_coded")
        facts = [one.facts for one in Detail.objects.filter(entry__in=coded)]
        with pytest.raises(DatabaseError, match="Cannot update"):
            Outcome.objects.update(n=9)
    assert sorted((one["whom"], one["consequence"]) for one in facts) == [
        ("organisation", "policy"),
        ("subject", "training"),
        ("subject", "warning"),
    ]


def test_what_is_signed_while_another_decides_is_asked_for_anew(world: World, case: Case) -> None:
    found = substantiated(world, alleged(world, case))
    follows(world, found)
    closing = actions.ask_to_close(
        case, by=world["olga"], approver=world["hana"], reason="So.", message="It is so.",
        lessons="", now=world.now, opener=world.openers["olga"],
    )  # fmt: skip
    world.now = world.now.replace(hour=15)
    follows(world, found, TRAINING)
    with pytest.raises(RuleError, match="since it was asked for"):
        actions.approve_closing(
            closing, by=world["hana"], opener=world.openers["hana"], now=world.now
        )
