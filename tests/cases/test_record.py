"""Allegations are found on evidence, whose custody is never changed; parties are sealed."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction

from cases import access, actions
from cases.lifecycle import (
    Bearing,
    CustodyAct,
    ExhibitKind,
    Finding,
    PartyRole,
    weightiest,
)
from cases.models import Allegation, Bears, Case, Custody, Exhibit, Found, Note, Party
from common import days
from common.errors import RuleError
from people.middleware import act_as
from safes.access import open_texts
from tests.conftest import BecomeProcess
from tests.world import World


@pytest.fixture
def case(world: World) -> Case:
    """Return a case on which Olga and Omar work."""
    act_as(world["olga"])
    return world.triage(world.file()[0], lead="omar")


def piece(world: World, title: str = "Visit log", **changes: object) -> actions.Piece:
    day = days.day_of(world.now)
    return actions.Piece(ExhibitKind.DOCUMENT, title, day, **changes)  # type: ignore[arg-type]


def alleged(world: World, case: Case, text: str = "The date was changed.") -> Allegation:
    return actions.add_allegation(
        case, by=world["olga"], category=world.category, text=text, now=world.now
    )


def find(world: World, allegation: Allegation, finding: Finding, *relied_on: UUID) -> Found:
    return actions.sign_finding(
        allegation,
        by=world["olga"],
        finding=finding,
        reason="The log and two people say so.",
        relied_on=relied_on,
        now=world.now,
    )


@pytest.mark.req("CAS-5")
def test_a_finding_rests_on_evidence_that_was_weighed(
    world: World, case: Case, process: BecomeProcess
) -> None:
    allegation = alleged(world, case)
    exhibit = actions.add_exhibit(case, by=world["olga"], piece=piece(world), now=world.now)
    with pytest.raises(RuleError, match="rests on nothing"):
        find(world, allegation, Finding.SUBSTANTIATED)
    with pytest.raises(RuleError, match="was not weighed"):
        find(world, allegation, Finding.SUBSTANTIATED, exhibit.pk)
    with pytest.raises(RuleError, match="from the list"):
        find(world, allegation, Finding.ADVISED)
    how = Bearing.SUPPORTS
    actions.weigh(exhibit, by=world["omar"], allegation=allegation, how=how, now=world.now)
    first = find(world, allegation, Finding.SUBSTANTIATED, exhibit.pk)
    assert (first.n, first.relied_on) == (1, [exhibit.pk])
    # that it is not known needs none; what was found before stays
    find(world, allegation, Finding.INSUFFICIENT)
    assert list(Found.objects.order_by("n").values_list("n", "finding")) == [
        (1, Finding.SUBSTANTIATED),
        (2, Finding.INSUFFICIENT),
    ]
    with process("owner"), pytest.raises(DatabaseError, match="Cannot update"):
        Found.objects.update(finding=Finding.UNSUBSTANTIATED)


@pytest.mark.req("CAS-3")
def test_custody_is_added_to_and_never_changed(
    world: World, case: Case, process: BecomeProcess
) -> None:
    exhibit = actions.add_exhibit(
        case, by=world["olga"], piece=piece(world, place="Safe 1"), now=world.now
    )
    acts = (CustodyAct.MOVED, CustodyAct.DESTROYED)
    for hours, act in enumerate(acts, start=1):
        now = world.now + timedelta(hours=hours)
        actions.change_custody(exhibit, by=world["omar"], act=act, place="Safe 2", now=now)
    told = Custody.objects.order_by("at").values_list("act", "by__username")
    assert list(told) == [("received", "olga"), ("moved", "omar"), ("destroyed", "omar")]
    with pytest.raises(RuleError, match="It was destroyed"):
        actions.change_custody(
            exhibit, by=world["olga"], act=CustodyAct.COPIED, place="Safe 3", now=world.now
        )
    for change in (lambda: Custody.objects.update(act="copied"), Custody.objects.all().delete):
        for role in ("web", "owner"):
            with process(role), pytest.raises(DatabaseError), transaction.atomic():
                change()


@pytest.mark.req("CAS-3")
def test_evidence_may_be_a_file_or_note_of_this_case_and_bears_at_once(
    world: World, case: Case
) -> None:
    file = actions.add_file(case.concerns.get(), name="log.txt", content=b"10:40", now=world.now)
    note = actions.sign_note(
        case, by=world["olga"], kind=Note.Kind.OBSERVATION, text="It says 10:40.", now=world.now
    )
    allegation = alleged(world, case)
    for how, thing in ((Bearing.SUPPORTS, {"attachment": file}), (Bearing.NEUTRAL, {"note": note})):
        actions.add_exhibit(
            case, by=world["olga"], piece=piece(world, **thing), bears=(allegation, how),
            now=world.now,
        )  # fmt: skip
    assert list(Bears.objects.order_by("how").values_list("how", "exhibit__n")) == [
        (Bearing.NEUTRAL, 2),
        (Bearing.SUPPORTS, 1),
    ]
    other = world.triage(world.file()[0])
    for foreign in (
        lambda: actions.add_exhibit(
            other, by=world["olga"], piece=piece(world, attachment=file), now=world.now
        ),
        lambda: actions.add_exhibit(
            other, by=world["olga"], piece=piece(world, note=note), now=world.now
        ),
        lambda: actions.weigh(
            Exhibit.objects.get(n=1), by=world["olga"], allegation=alleged(world, other),
            how=Bearing.SUPPORTS, now=world.now,
        ),
    ):  # fmt: skip
        with pytest.raises(RuleError, match="this case"):
            foreign()
    tomorrow = days.day_of(world.now) + timedelta(days=1)
    late = actions.Piece(ExhibitKind.OBJECT, "A pen", tomorrow)
    with pytest.raises(RuleError, match="to come"):
        actions.add_exhibit(case, by=world["olga"], piece=late, now=world.now)


@pytest.mark.req("CAS-5")
def test_a_subject_who_works_here_is_walled_off_and_everybodys_name_is_sealed(
    world: World, case: Case
) -> None:
    def named(name: str) -> Party:
        return actions.add_party(
            case, by=world["olga"], role=PartyRole.SUBJECT, name=name, contact="Room 4",
            opener=world.openers["olga"], now=world.now,
        )  # fmt: skip

    party = named("Omar Example")
    assert party.is_staff
    # whoever led it is behind the wall, and whoever named them leads it
    case.refresh_from_db()
    assert case.lead == world["olga"]
    places = [(party.pk, "name"), (party.pk, "contact")]
    assert set(open_texts(world.openers["olga"], places).values()) == {"Omar Example", "Room 4"}
    assert not open_texts(world.openers["omar"], places)
    client = named("Foreman of site 4")
    assert not client.is_staff
    with pytest.raises(RuleError, match="wall off you"):
        named("Olga Example")
    assert Party.objects.count() == 2


@pytest.mark.req("TRI-6")
@pytest.mark.parametrize("role", [PartyRole.AFFECTED, PartyRole.WITNESS])
def test_a_party_who_is_not_the_subject_stands_behind_a_wall_alone(
    world: World, case: Case, role: PartyRole
) -> None:
    """Hana heads the office, and Omar reports to her: he goes on, and she finds nothing."""

    def named(name: str) -> Party:
        return actions.add_party(
            case, by=world["olga"], role=role, name=name, opener=world.openers["olga"],
            now=world.now,
        )  # fmt: skip

    # half a name may be anybody's
    assert not named("Hana").is_staff
    assert world["hana"] in access.may_decide(case, world["olga"])
    assert named("Hana Example").is_staff
    assert world["hana"] not in access.may_decide(case, world["olga"])
    walls = list(case.walls.all())
    assert access.without_walled([world["hana"], world["omar"]], walls) == [world["omar"]]
    case.refresh_from_db()
    assert case.lead == world["omar"]
    act_as(world["hana"])
    assert not Case.objects.visible_to(world["hana"]).exists()
    assert not Case.objects.exists()
    act_as(world["olga"])
    with pytest.raises(RuleError, match="wall off you"):
        named("Olga Example")


def test_the_record_is_written_by_the_team_while_the_case_is_open(world: World, case: Case) -> None:
    with pytest.raises(PermissionDenied):
        actions.add_allegation(
            case, by=world["otto"], category=world.category, text="Mine.", now=world.now
        )
    allegation = alleged(world, case)
    exhibit = actions.add_exhibit(case, by=world["olga"], piece=piece(world), now=world.now)
    find(world, allegation, Finding.OUT_OF_SCOPE)
    world.close(case, finding=None)
    for late in (
        lambda: alleged(world, case),
        lambda: find(world, allegation, Finding.INSUFFICIENT),
        lambda: actions.add_exhibit(case, by=world["olga"], piece=piece(world), now=world.now),
    ):
        with pytest.raises(RuleError, match="Reopen it first"):
            late()
    # what is given back after the end is recorded all the same
    actions.change_custody(
        exhibit, by=world["olga"], act=CustodyAct.RETURNED, place="To the foreman", now=world.now
    )


@pytest.mark.req("CAS-5")
@pytest.mark.parametrize(
    ("findings", "ends_with"),
    [
        ([], None),
        ([Finding.UNSUBSTANTIATED, Finding.INSUFFICIENT], Finding.INSUFFICIENT),
        ([Finding.OUT_OF_SCOPE, Finding.PARTLY, Finding.UNSUBSTANTIATED], Finding.PARTLY),
        ([Finding.PARTLY, Finding.SUBSTANTIATED], Finding.SUBSTANTIATED),
    ],
)
def test_the_weightiest_finding_counts(findings: list[Finding], ends_with: Finding | None) -> None:
    assert weightiest(findings) == ends_with
