"""Who stands behind a wall: below, tied, or a delegate, today and by the line at filing."""

from datetime import date, timedelta

import pytest
from django.db import connection

from cases import access, actions
from cases.lifecycle import Given
from cases.models import Case, Concern, Member, Wall
from common.errors import RuleError
from escalation import actions as escalation
from ledger.models import Entry, Outbox
from ledger.rules import SYSTEM
from ledger.verbs import Verb
from people import actions as people
from people.middleware import act_as
from people.models import Delegation, Person, Recheck, ReportingLine
from people.rules import Role, blind_index
from safes.access import open_texts
from safes.models import Grant, Safe, State
from tests.conftest import BecomeProcess
from tests.world import World

pytestmark = pytest.mark.req("TRI-6")


def sees(world: World, name: str) -> bool:
    """Return whether anything is shown to somebody; the gate and the database have to agree."""
    person = Person.objects.get(pk=world[name].pk)
    act_as(person)
    by_gate = (
        Concern.objects.visible_to(person).exists() or Case.objects.visible_to(person).exists()
    )
    by_database = Concern.objects.exists() or Case.objects.exists()
    assert by_gate == by_database
    return by_gate


def stand_in(world: World, *, for_: str, who: str) -> Delegation:
    """Let somebody agree to stand in for another."""
    asked = people.delegate(world[for_], to=world[who], since=world.now.date(), now=world.now)
    people.accept_delegation(asked, now=world.now)
    return asked


def enforce(world: World, process: BecomeProcess) -> int:
    with process("worker"):
        return actions.enforce_walls(now=world.now)


# -- who is behind it ------------------------------------------------------------------------


def test_a_wall_keeps_one_blind_index_and_no_name(world: World) -> None:
    concern, _ = world.file(excluded=(world["hana"],))
    wall = Wall.objects.get(concern=concern)
    assert bytes(wall.blind) == blind_index(world["hana"].pk)
    assert wall.since == world.now.date()


def test_somebody_hired_below_the_subject_stands_behind_every_wall_of_before(world: World) -> None:
    world.file(excluded=(world["hana"],))
    world.hire("nora", Role.OFFICER, manager="omar", is_on_duty=True)
    assert not sees(world, "nora")


def test_somebody_moved_under_the_subject_stands_behind_it_at_once_and_for_ever(
    world: World,
) -> None:
    world.file(excluded=(world["adam"],))
    assert sees(world, "olga")
    people.change_manager(world["olga"], manager=world["adam"], by=SYSTEM, now=world.now)
    assert not sees(world, "olga")
    later = world.now + timedelta(days=1)
    people.change_manager(world["olga"], manager=world["hana"], by=SYSTEM, now=later)
    assert not sees(world, "olga")


def test_the_line_at_filing_counts_after_it_has_changed(world: World) -> None:
    world.file(excluded=(world["hana"],))
    later = world.now + timedelta(days=30)
    people.change_manager(world["olga"], manager=world["chief"], by=SYSTEM, now=later)
    assert not sees(world, "olga")


def test_a_line_that_ended_before_the_filing_does_not_count(world: World) -> None:
    people.change_manager(world["olga"], manager=world["chief"], by=SYSTEM, now=world.now)
    world.file(world.now + timedelta(days=30), excluded=(world["hana"],))
    assert sees(world, "olga")
    assert not sees(world, "omar")


def test_a_chain_of_lines_counts_only_where_its_links_held_at_once(world: World) -> None:
    # Hana was below Adam while Olga was not below Hana: Olga was never below Adam
    days = [world.now + timedelta(days=n) for n in (1, 2, 10, 20)]
    people.change_manager(world["olga"], manager=None, by=SYSTEM, now=days[0])
    people.change_manager(world["hana"], manager=world["adam"], by=SYSTEM, now=days[1])
    people.change_manager(world["hana"], manager=world["chief"], by=SYSTEM, now=days[2])
    people.change_manager(world["olga"], manager=world["hana"], by=SYSTEM, now=days[3])
    world.file(excluded=(world["adam"],))
    assert sees(world, "olga")
    assert not sees(world, "hana")


def test_a_line_that_was_never_written_down_counts_as_if_it_had_always_been(world: World) -> None:
    long_ago = date(2020, 1, 1)
    ReportingLine.objects.filter(person=world["olga"]).update(since=long_ago, until=long_ago)
    world.file(excluded=(world["hana"],))
    assert not sees(world, "olga")
    people.change_manager(
        world["olga"], manager=world["chief"], by=SYSTEM, now=world.now + timedelta(days=1)
    )
    assert not sees(world, "olga")


def test_a_party_named_late_goes_by_the_line_at_filing(world: World) -> None:
    concern, _ = world.file()
    world.now += timedelta(days=30)
    people.change_manager(world["olga"], manager=world["adam"], by=SYSTEM, now=world.now)
    case = world.triage(concern)
    with pytest.raises(RuleError, match="wall off you"):
        actions.name_party(case, by=world["olga"], person=world["hana"], now=world.now)


def test_whoever_declared_a_tie_stands_behind_the_walls_of_the_other_alone(world: World) -> None:
    world.file(excluded=(world["stan"],))
    assert sees(world, "olga")
    people.declare_tie(world["olga"], about=world["stan"], now=world.now)
    assert not sees(world, "olga")
    assert sees(world, "omar")


def test_a_tie_binds_whoever_declares_it_and_nobody_else(world: World) -> None:
    """Else whoever is accused could keep the office away by naming all of it."""
    world.file(excluded=(world["stan"],))
    people.declare_tie(world["stan"], about=world["olga"], now=world.now)
    assert sees(world, "olga")


def test_a_tie_that_is_over_opens_nothing_that_was_filed_while_it_stood(world: World) -> None:
    tie = people.declare_tie(world["olga"], about=world["stan"], now=world.now)
    world.file(excluded=(world["stan"],))
    people.end_tie(tie, now=world.now + timedelta(days=1))
    assert not sees(world, "olga")
    world.file(world.now + timedelta(days=2), excluded=(world["stan"],))
    assert sees(world, "olga")


@pytest.mark.parametrize("for_", ["stan", "sub", "tied"])
def test_a_delegate_of_anybody_behind_the_wall_stands_behind_it_too(
    for_: str, world: World
) -> None:
    world.hire("sub", manager="stan")
    world.hire("tied")
    people.declare_tie(world["tied"], about=world["stan"], now=world.now)
    world.file(excluded=(world["stan"],))
    asked = people.delegate(world[for_], to=world["olga"], since=world.now.date(), now=world.now)
    assert sees(world, "olga"), "what somebody only asks for keeps nobody away"
    people.accept_delegation(asked, now=world.now)
    assert not sees(world, "olga")
    assert sees(world, "omar")


def test_a_delegate_of_a_delegate_stands_behind_it_and_a_circle_ends(world: World) -> None:
    world.file(excluded=(world["stan"],))
    stand_in(world, for_="stan", who="otto")
    stand_in(world, for_="otto", who="olga")
    stand_in(world, for_="olga", who="otto")
    assert not sees(world, "olga")
    assert sees(world, "omar")


def test_a_delegation_that_ended_before_the_filing_does_not_count(world: World) -> None:
    asked = stand_in(world, for_="stan", who="olga")
    people.end_delegation(asked, by=world["olga"], now=world.now)
    world.file(world.now + timedelta(days=1), excluded=(world["stan"],))
    assert sees(world, "olga")
    world.file(excluded=(world["stan"],))
    act_as(world["olga"])
    assert Concern.objects.visible_to(world["olga"]).count() == 1


def test_a_wall_of_before_keeps_those_whose_index_it_holds(world: World) -> None:
    """Rows from before lines were kept name each person below by an index of their own."""
    concern, _ = world.file()
    blind = blind_index(world["otto"].pk)
    Wall.objects.create(concern=concern, blind=blind, why=Wall.Why.BELOW, since=world.now.date())
    assert not sees(world, "otto")
    assert sees(world, "olga")


# -- it fails closed ---------------------------------------------------------------------------


@pytest.mark.req("SEC-2")
def test_the_database_shows_nothing_to_whom_it_does_not_know_the_walls_of(world: World) -> None:
    world.triage(world.file()[0])
    act_as(world["olga"])
    assert Concern.objects.exists()
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('ed.behind', '', true)")
    assert not Concern.objects.exists()
    assert not Case.objects.exists()


def test_nobody_reports_to_somebody_below_them(world: World) -> None:
    with pytest.raises(RuleError, match="Nobody reports to themselves"):
        people.change_manager(world["hana"], manager=world["olga"], by=SYSTEM, now=world.now)


def test_asking_for_the_whole_office_costs_one_query(
    world: World, django_assert_num_queries: object
) -> None:
    ids = [person.pk for person in world.people.values()]
    with django_assert_num_queries(1):  # type: ignore[operator] # pytest-django's
        assert Person.objects.conflicts(ids).keys() == set(ids)


# -- what follows from it ----------------------------------------------------------------------


def test_nobody_tied_gets_a_key_is_assigned_joins_or_is_told(world: World) -> None:
    people.declare_tie(world["omar"], about=world["stan"], now=world.now)
    people.declare_tie(world["otto"], about=world["stan"], now=world.now)
    concern, _ = world.file(excluded=(world["stan"],))
    held = Grant.objects.filter(safe=concern.safe).values_list("person__username", flat=True)
    assert set(held) == {None, "olga", "hana", "ines"}
    assert [one.username for one in access.may_lead(concern)] == ["ines", "olga"]
    with pytest.raises(RuleError, match="cannot take it"):
        actions.assign(concern, by=world["olga"], to=world["otto"], now=world.now, why=Given.ASKED)
    assert not access.may_be_told(world["omar"], concern.ref)
    assert access.may_be_told(world["olga"], concern.ref)


@pytest.mark.req("ESC-5")
def test_escalation_passes_over_whoever_came_behind_the_wall_since(
    world: World, process: BecomeProcess
) -> None:
    world.hire("abel", Role.INDEPENDENT)  # first by name
    concern, _ = world.file(excluded=(world["stan"],))
    people.declare_tie(world["abel"], about=world["stan"], now=world.now)
    with process("worker"):
        escalation.sweep(now=world.now + timedelta(days=60))
        escalation.sweep(now=world.now + timedelta(days=61))
        concern.refresh_from_db()
    assert concern.handed_to == world["ines"]


@pytest.mark.req("SEC-1")
def test_whoever_comes_behind_a_wall_loses_their_keys_within_seconds(
    world: World, process: BecomeProcess
) -> None:
    concern, receipt = world.file(excluded=(world["stan"],))
    case = world.triage(concern, by="olga")
    act_as(world["olga"])
    actions.add_member(
        case, by=world["olga"], opener=world.openers["olga"], person=world["omar"], now=world.now
    )
    actions.read_case(case, by=world["omar"], opener=world.openers["omar"], now=world.now)
    before = Safe.objects.get(pk=case.safe_id).epoch
    people.declare_tie(world["omar"], about=world["stan"], now=world.now)
    assert enforce(world, process) == 1
    assert not Grant.objects.filter(person=world["omar"]).exists()
    assert not Member.objects.current().filter(person=world["omar"]).exists()
    assert Safe.objects.get(pk=case.safe_id).epoch == before + 1
    act_as(world["olga"])
    written = actions.answer(
        Concern.objects.select_related("safe", "case").get(),
        by=world["olga"],
        opener=world.openers["olga"],
        text="We go on.",
        now=world.now,
    )
    where = (written.pk, "body")
    assert not open_texts(world.openers["omar"], [where, (concern.pk, "narrative")])
    assert open_texts(world.openers["olga"], [where])
    assert open_texts(receipt.opener, [where])
    entry = Entry.objects.get(verb=Verb.WALL_ENFORCED)
    assert (entry.actor, entry.subject) == (SYSTEM.ref, f"case:{case.pk}")
    with process("worker"):
        assert not Recheck.objects.exists()


def test_nothing_is_looked_at_while_nothing_changed(world: World, process: BecomeProcess) -> None:
    world.file(excluded=(world["stan"],))
    assert enforce(world, process) == 0


def test_a_lead_who_comes_behind_the_wall_is_followed_by_the_team_then_by_the_next_in_line(
    world: World, process: BecomeProcess
) -> None:
    concern, _ = world.file(excluded=(world["stan"],))
    case = world.triage(concern, by="olga", lead="omar")
    people.declare_tie(world["omar"], about=world["stan"], now=world.now)
    enforce(world, process)
    act_as(world["olga"])
    assert Case.objects.get().lead == world["olga"]
    people.declare_tie(world["olga"], about=world["stan"], now=world.now)
    enforce(world, process)
    act_as(world["ines"])
    case = Case.objects.get()
    assert case.lead == world["ines"]
    assert [one.person for one in Member.objects.current().filter(case=case)] == [world["ines"]]
    assert open_texts(world.openers["ines"], [(case.pk, "summary"), (concern.pk, "narrative")])


def test_where_the_last_reader_of_a_concern_is_gone_the_next_in_line_is_woken(
    world: World, process: BecomeProcess
) -> None:
    concern, _ = world.file(excluded=(world["stan"],))
    for name in ("olga", "omar"):
        people.declare_tie(world[name], about=world["stan"], now=world.now)
    enforce(world, process)
    active = Grant.objects.filter(safe=concern.safe, state=State.ACTIVE, person__isnull=False)
    assert {grant.person for grant in active} == {world["ines"]}
    act_as(world["ines"])
    assert Concern.objects.get().handed_to == world["ines"]
    assert open_texts(world.openers["ines"], [(concern.pk, "narrative")])


def test_the_ledger_names_nobody_to_whom_somebody_is_tied(world: World) -> None:
    tie = people.declare_tie(world["olga"], about=world["stan"], now=world.now)
    entry = Entry.objects.get(verb=Verb.TIE_DECLARED)
    assert (entry.actor, entry.subject) == (world["olga"].actor.ref, f"tie:{tie.pk}")
    assert entry.commitment == b"" or not bytes(entry.commitment)


@pytest.mark.req("ESC-5", "TRI-6")
def test_what_somebody_loses_by_agreeing_to_stand_in_is_told_to_whoever_can_take_it(
    world: World, process: BecomeProcess
) -> None:
    concern, _ = world.file(excluded=(world["otto"],))
    actions.assign(concern, by=world["olga"], to=world["omar"], now=world.now, why=Given.ASKED)
    stand_in(world, for_="otto", who="omar")
    assert enforce(world, process) == 1
    with process("worker"):
        assert Concern.objects.get().owner is None
        letters = Outbox.objects.filter(template="concern_nobodys")
        assert {letter.to for letter in letters} == {f"person:{world['olga'].pk}"}
