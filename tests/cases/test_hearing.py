"""Whom a case is about is heard before something is found about them, or it is said why not."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError

from cases import actions, parts
from cases.lifecycle import (
    Finding,
    PartyRole,
    Phase,
    Shown,
    StatementState,
    TaskKind,
    WhyUnheard,
)
from cases.models import Case, Interview, Minutes, Party, Reply, Statement, Task
from common import days
from common.errors import RuleError
from escalation.models import Clock
from people.middleware import act_as
from safes.access import open_texts
from tests.conftest import BecomeProcess
from tests.world import World

pytestmark = pytest.mark.req("CAS-5")
EARLIER = timedelta(hours=1)


@pytest.fixture
def case(world: World) -> Case:
    """Return a case that Olga leads alone."""
    act_as(world["olga"])
    return world.triage(world.file()[0])


def name(world: World, case: Case, role: PartyRole = PartyRole.SUBJECT) -> Party:
    return actions.add_party(case, by=world["olga"], role=role, name="Quinn", now=world.now)


def ask(world: World, party: Party, words: str = "A date was moved.") -> Statement:
    return actions.ask_response(
        party, by=world["olga"], words=words, now=world.now, opener=world.openers["olga"]
    )


def waive(world: World, party: Party, why: WhyUnheard, words: str = "So.") -> Statement:
    return actions.waive_response(
        party, by=world["olga"], why=why, words=words, now=world.now, opener=world.openers["olga"]
    )


def test_what_is_answered_is_waited_for_on_a_clock_and_stays_as_it_is(
    world: World, case: Case, process: BecomeProcess
) -> None:
    actions.add_party(
        case, by=world["olga"], role=PartyRole.WITNESS, name="Rae", now=world.now - EARLIER
    )
    party = name(world, case)
    [missing] = parts.unheard(case)
    assert missing.startswith("Party 2, whom it is about, was not asked to answer.")
    statement = ask(world, party)
    task = Task.objects.open().get(kind=TaskKind.RESPONSE)
    assert task.assignee == world["olga"]
    assert Clock.objects.get(subject_id=task.pk).limit == "10wd"
    assert "did not answer yet" in parts.unheard(case)[0]
    with pytest.raises(RuleError, match="asked already"):
        ask(world, party)
    with pytest.raises(RuleError, match="on its own page"):
        actions.finish_task(task, by=world["olga"], words="", now=world.now)
    answered = actions.record_response(
        party,
        by=world["olga"],
        words="The clock was slow.",
        given_on=days.day_of(world.now),
        now=world.now,
        opener=world.openers["olga"],
    )
    assert answered.state == StatementState.GIVEN
    assert parts.unheard(case) == []
    assert not Task.objects.open().filter(kind=TaskKind.RESPONSE).exists()
    places = [(statement.pk, "put"), (statement.pk, "given")]
    assert open_texts(world.openers["olga"], places)[places[1]] == "The clock was slow."
    assert not open_texts(world.openers["otto"], places)
    with process("owner"), pytest.raises(DatabaseError, match="Cannot update"):
        Statement.objects.update(state=StatementState.WAIVED)


def test_why_somebody_is_not_heard_is_said_and_they_can_be_asked_later(
    world: World, case: Case
) -> None:
    party = name(world, case)
    with pytest.raises(RuleError, match="not asked yet"):
        waive(world, party, WhyUnheard.NO_ANSWER)
    with pytest.raises(RuleError, match="Say why"):
        waive(world, party, WhyUnheard.NOT_YET, words=" ")
    waive(world, party, WhyUnheard.NOT_YET, words="The police asks us to wait.")
    assert parts.unheard(case) == []
    assert ask(world, party).n == 2
    assert parts.unheard(case) != []
    assert waive(world, party, WhyUnheard.NO_ANSWER).n == 2
    assert parts.unheard(case) == []
    witness = name(world, case, PartyRole.WITNESS)
    with pytest.raises(RuleError, match="whom the case is about"):
        ask(world, witness)
    with pytest.raises(PermissionDenied):
        actions.ask_response(party, by=world["otto"], words="So.", now=world.now)


def test_nothing_is_found_for_good_about_somebody_who_was_not_heard(
    world: World, case: Case
) -> None:
    party = name(world, case)
    for phase in (Phase.NONE, Phase.PLANNING, Phase.GATHERING):
        if case.phase == phase:
            case = actions.go_on(case, by=world["olga"], at=phase, now=world.now)
    with pytest.raises(RuleError, match="was not asked to answer"):
        actions.go_on(case, by=world["olga"], at=Phase.FINDINGS, now=world.now)
    with pytest.raises(RuleError, match="was not asked to answer"):
        world.close(case, finding=Finding.SUBSTANTIATED)
    waive(world, party, WhyUnheard.NOTHING)
    case = actions.go_on(case, by=world["olga"], at=Phase.FINDINGS, now=world.now)
    assert world.close(case).finding == Finding.UNSUBSTANTIATED


def plan(world: World, case: Case) -> Interview:
    return actions.plan_interview(
        name(world, case, PartyRole.WITNESS),
        by=world["olga"],
        assignee=world["olga"],
        words="When the clock was set.",
        now=world.now,
        opener=world.openers["olga"],
    )


def hold(world: World, interview: Interview, words: str = "It was slow.") -> Minutes:
    return actions.hold_interview(
        interview,
        by=world["olga"],
        held_on=days.day_of(world.now),
        minutes=words,
        now=world.now,
        opener=world.openers["olga"],
    )


def reply(world: World, interview: Interview, *, agrees: bool, objections: str = "") -> Reply:
    return actions.record_reply(
        interview,
        by=world["olga"],
        agrees=agrees,
        how=Shown.SIGNED,
        on=days.day_of(world.now),
        objections=objections,
        now=world.now,
        opener=world.openers["olga"],
    )


@pytest.mark.req("CAS-3")
def test_minutes_keep_their_versions_and_what_was_said_to_each(
    world: World, case: Case, process: BecomeProcess
) -> None:
    interview = plan(world, case)
    task = Task.objects.open().get(kind=TaskKind.INTERVIEW)
    assert task.assignee == world["olga"]
    assert parts.blocks_closing(case) == [
        "Interview 1 is planned. Sign its minutes, or call it off, under “Interviews”."
    ]
    with pytest.raises(RuleError, match="not held yet"):
        reply(world, interview, agrees=True)
    first = hold(world, interview)
    assert not Task.objects.open().filter(kind=TaskKind.INTERVIEW).exists()
    with pytest.raises(RuleError, match="held or called off already"):
        hold(world, interview)
    with pytest.raises(RuleError, match="what they object to"):
        reply(world, interview, agrees=False)
    said = reply(world, interview, agrees=False, objections="It was fast.")
    with pytest.raises(RuleError, match="Amend them first"):
        reply(world, interview, agrees=True)
    second = actions.amend_minutes(
        interview, by=world["olga"], minutes="It was fast.", now=world.now
    )
    assert (first.n, second.n) == (1, 2)
    assert reply(world, interview, agrees=True).minutes == second
    places = [(first.pk, "minutes"), (said.pk, "objections")]
    opened = open_texts(world.openers["olga"], places)
    assert [opened[place] for place in places] == ["It was slow.", "It was fast."]
    assert parts.blocks_closing(case) == []
    with process("owner"), pytest.raises(DatabaseError, match="Cannot update"):
        Minutes.objects.update(n=3)


@pytest.mark.req("CAS-3")
def test_an_interview_is_called_off_with_a_reason(world: World, case: Case) -> None:
    interview = plan(world, case)
    with pytest.raises(RuleError, match="Say why"):
        actions.call_off(interview, by=world["olga"], reason="", now=world.now)
    with pytest.raises(PermissionDenied):
        actions.call_off(interview, by=world["otto"], reason="So.", now=world.now)
    actions.call_off(interview, by=world["olga"], reason="She left.", now=world.now)
    assert parts.blocks_closing(case) == []
    assert not Task.objects.open().filter(kind=TaskKind.INTERVIEW).exists()
    with pytest.raises(RuleError, match="held or called off already"):
        hold(world, interview)
