"""Whose turn it is: by load as somebody may know it, without conflicts, another with a reason."""

import json
from datetime import timedelta

import pytest
from django.test import Client

from cases import access, actions
from cases.lifecycle import Given
from cases.models import Case, Concern
from common.errors import RuleError
from escalation.rules import rotation
from ledger.models import Detail, Entry
from ledger.verbs import Verb
from people import actions as people
from people.middleware import act_as
from people.rules import Role
from safes import access as opening
from tests.conftest import BecomeProcess
from tests.doors import sign_in
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.req("TRI-5")]

QUEUE = "/desk/"


def a_case(world: World, lead: str, *about: str) -> Case:
    """Return a case that somebody leads, which may be about somebody."""
    act_as(world["hana"])
    concern, _ = world.file(excluded=tuple(world[name] for name in about))
    act_as(world[lead])
    return world.triage(concern, by="omar" if lead == "otto" else lead, lead=lead)


def waiting(world: World, *about: str, by: str = "hana") -> Concern:
    concern, _ = world.file(excluded=tuple(world[name] for name in about))
    act_as(world[by])
    return Concern.objects.get(pk=concern.pk)


def turn(world: World, concern: Concern, by: str = "hana") -> access.Proposal:
    act_as(world[by])
    return access.proposed(concern, world[by], world.now)


def facts_of(concern: Concern, process: BecomeProcess) -> dict[str, object]:
    with process("worker"):
        entries = Entry.objects.filter(verb=Verb.CONCERN_ASSIGNED, subject=concern.subject)
        newest = entries.order_by("-stream_n")[0]
        return dict(Detail.objects.get(entry=newest).facts)


# -- the rule ----------------------------------------------------------------------------------


def test_who_has_least_is_first_then_who_waits_longest_then_who_comes_first(world: World) -> None:
    a, b, c = (world[name].pk for name in ("olga", "omar", "otto"))
    early, late = world.now, world.now + timedelta(days=1)
    cases: list[tuple[dict[object, rotation.Works], list[object], str]] = [
        ({}, [a, b, c], rotation.FIRST),
        ({a: (1, early)}, [b, c, a], rotation.FIRST),
        ({a: (1, early), b: (1, late)}, [c, a, b], rotation.LEAST),
        ({a: (1, late), b: (1, early), c: (2, early)}, [b, a, c], rotation.LONGEST),
    ]
    for loads, expected, why in cases:
        known = {pk: load for pk, load in loads.items() if pk in {a, b, c}}
        turns = rotation.by_turn([a, b, c], known)  # type: ignore[arg-type] # ids of persons
        assert turns == expected
        assert rotation.why_first(turns, known) == why  # type: ignore[arg-type] # as above
    assert rotation.why_first([a], {}) == rotation.ALONE
    assert rotation.why_first([], {}) == ""


# -- whom it proposes ---------------------------------------------------------------------------


def test_whoever_has_the_least_open_work_is_proposed_with_the_reason(world: World) -> None:
    for lead in ("olga", "omar", "otto", "olga"):
        a_case(world, lead)
    concern = waiting(world, "ines")
    proposal = turn(world, concern)
    assert proposal.person == world["omar"]
    assert proposal.why == rotation.FIRST
    assert proposal.others == [world["otto"], world["olga"]]
    actions.assign(concern, by=world["omar"], to=world["omar"], now=world.now)
    assert turn(world, waiting(world, "ines")).person == world["otto"]


def test_a_concern_that_somebody_has_is_not_counted_against_them_when_it_is_given_on(
    world: World,
) -> None:
    concern = waiting(world, "ines")
    actions.assign(concern, by=world["hana"], to=world["olga"], now=world.now)
    assert turn(world, concern).person == world["olga"]
    assert turn(world, waiting(world, "ines")).person == world["omar"]


@pytest.mark.req("TRI-6")
def test_whoever_is_away_or_behind_its_wall_is_passed_over_without_a_word(world: World) -> None:
    concern = waiting(world, "olga", "ines")
    people.go_away(world["omar"], since=world.now.date(), now=world.now)
    proposal = turn(world, concern)
    assert (proposal.person, proposal.why, proposal.others) == (world["otto"], rotation.ALONE, [])


def test_an_independent_person_comes_in_where_no_officer_is_left(world: World) -> None:
    concern = waiting(world, "otto")
    proposal = turn(world, concern)
    assert proposal.person == world["olga"]
    assert proposal.others == [world["omar"], world["ines"]]
    world.hire("hugo", Role.HEAD)
    assert turn(world, waiting(world, "hana", by="hugo"), "hugo").person == world["ines"]


@pytest.mark.req("TRI-6")
def test_what_stands_behind_a_viewers_own_wall_counts_for_nobody(world: World) -> None:
    world.hire("hugo", Role.HEAD)
    a_case(world, "olga", "hugo")
    concern = waiting(world, "ines")
    assert turn(world, concern, "hugo").person == world["olga"]
    assert turn(world, concern, "hana").person == world["omar"]


# -- giving --------------------------------------------------------------------------------------


def test_another_than_whose_turn_it_is_needs_a_reason_and_its_words_are_sealed(
    world: World, process: BecomeProcess
) -> None:
    concern = waiting(world, "ines")
    with pytest.raises(RuleError, match="turn of Olga Example, who has no more open work"):
        actions.assign(concern, by=world["hana"], to=world["otto"], now=world.now)
    with pytest.raises(RuleError, match="Say in a few words why"):
        actions.assign(concern, by=world["hana"], to=world["otto"], now=world.now, why=Given.OTHER)
    actions.assign(
        concern,
        by=world["hana"],
        to=world["otto"],
        now=world.now,
        why=Given.LANGUAGE,
        words="They wrote in Polish.",
    )
    assert facts_of(concern, process) == {"how": "given", "why": "language"}
    act_as(world["olga"])
    words = opening.open_texts(world.openers["olga"], [(concern.pk, "given")])
    assert json.loads(words[concern.pk, "given"])["words"] == "They wrote in Polish."


def test_taking_it_and_giving_it_by_turn_need_none(world: World, process: BecomeProcess) -> None:
    concern = waiting(world, "ines")
    actions.assign(concern, by=world["otto"], to=world["otto"], now=world.now)
    assert facts_of(concern, process) == {"how": "taken"}
    actions.assign(concern, by=world["hana"], to=world["olga"], now=world.now)
    assert facts_of(concern, process) == {"how": "rotation"}


def test_the_page_says_whose_turn_it_is_and_keeps_what_was_entered(
    client: Client, world: World
) -> None:
    concern = waiting(world, "ines")
    sign_in(client, world, "omar")
    address = f"/desk/concerns/{concern.ref}/"
    page = client.get(address).content.decode()
    assert "It is the turn of Olga Example, who has no more open work" in page
    assert f'<option value="{world["olga"].pk}" selected>' in page
    entered = {"to": str(world["otto"].pk), "given": "", "given_words": "She speaks it."}
    page = client.post(f"{address}assign/", entered).content.decode()
    assert "Give it to them, or say why it goes to Otto Example" in page
    assert 'value="She speaks it."' in page
    client.post(f"{address}assign/", {**entered, "given": "language"})
    page = client.get(address).content.decode()
    assert "Otto Example got it out of turn. They speak the language: She speaks it." in page


# -- several at once -------------------------------------------------------------------------------


@pytest.mark.req("TRI-1")
def test_several_are_given_each_by_turn(client: Client, world: World) -> None:
    concerns = [waiting(world, "ines") for _ in range(3)]
    sign_in(client, world, "omar")
    data = {"pick": [one.ref for one in concerns], "by_turn": "yes", "to": ""}
    page = client.post(QUEUE, data, follow=True).content.decode()
    for said in ("You look after", "Olga Example looks after", "Otto Example looks after"):
        assert said in page
    act_as(world["hana"])
    owners = set(Concern.objects.values_list("owner__username", flat=True))
    assert owners == {"olga", "omar", "otto"}


@pytest.mark.req("TRI-1", "TRI-6")
def test_what_cannot_be_given_is_reported_with_why_and_stays_picked(
    client: Client, world: World
) -> None:
    free, walled = waiting(world, "ines"), waiting(world, "otto")
    hidden = waiting(world, "omar")
    sign_in(client, world, "omar")
    data = {
        "pick": [free.ref, walled.ref, hidden.ref, "C-00000000"],
        "to": str(world["otto"].pk),
        "given": "skills",
    }
    page = client.post(QUEUE, data).content.decode()
    assert f"Otto Example looks after {free.ref} now." in page
    assert f"{walled.ref} was not given. This person cannot take it." in page
    # of what is hidden it says what it says of what never was
    for ref in (hidden.ref, "C-00000000"):
        assert f"{ref} was not given. It does not wait for triage any more, or is" in page
    assert page.count("checked") == 1
    act_as(world["hana"])
    owners = dict(Concern.objects.values_list("ref", "owner__username"))
    assert owners == {free.ref: "otto", walled.ref: None, hidden.ref: None}
