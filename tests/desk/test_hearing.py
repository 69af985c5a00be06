"""Whom a case is about is heard at the desk, and whoever decides on closing sees it."""

import pytest
from django.test import Client
from django.urls import reverse

from cases import actions
from cases.lifecycle import PartyRole
from cases.models import Case
from common import clock, days
from people.middleware import act_as
from tests.desk.test_case import at, send, text
from tests.doors import sign_in
from tests.world import World


@pytest.fixture
def case(world: World) -> Case:
    """Return a case that Omar leads, about somebody."""
    act_as(world["omar"])
    case = world.triage(world.file()[0], by="omar")
    actions.add_party(
        case,
        by=world["omar"],
        role=PartyRole.SUBJECT,
        name="Quinn",
        now=world.now,
        opener=world.openers["omar"],
    )
    return case


def numbered(name: str, case: Case, n: int = 1) -> str:
    return reverse(f"desk:{name}", args=[case.ref, n])


@pytest.mark.req("CAS-5")
def test_whom_it_is_about_is_asked_and_answers_and_closing_says_so(
    client: Client, world: World, case: Case
) -> None:
    sign_in(client, world, "omar")
    page = text(client, at("close", case))
    for words in ("Party 1, whom it is about, was not asked", "1. Quinn", "Not asked"):
        assert words in page
    page = text(client, at("interviews", case))
    assert "Ask them, or say why not" in page
    page = send(client, numbered("response-ask", case), {"waive-words": "Begun elsewhere."})
    assert "Write what was put to them." in page
    # what was begun beside it is not lost
    assert "Begun elsewhere." in page
    page = send(client, numbered("response-ask", case), {"ask-words": "The date was moved."})
    for words in ("Their answer is waited for.", "The date was moved.", "Record the answer"):
        assert words in page
    assert "Record what came of it" in text(client, at("tasks", case))
    answered = {
        "given-words": "The clock was slow.",
        "given-given_on": str(days.day_of(clock.now())),
    }
    page = send(client, numbered("response-given", case), answered)
    assert "The clock was slow." in page
    page = text(client, at("close", case))
    assert "Answered" in page
    assert "was not asked" not in page


@pytest.mark.req("CAS-5")
def test_who_may_not_be_told_yet_stands_with_the_reason(
    client: Client, world: World, case: Case
) -> None:
    sign_in(client, world, "omar")
    waived = {"waive-why": "not_yet", "waive-words": "The police asks us to wait."}
    send(client, numbered("response-waive", case), waived)
    for section in ("interviews", "close"):
        page = text(client, at(section, case))
        for words in ("They may not be told yet", waived["waive-words"]):
            assert words in page
    assert client.get(numbered("response", case, 2)).status_code == 404


@pytest.mark.req("CAS-3")
def test_from_a_plan_by_disputed_minutes_to_agreed_ones(
    client: Client, world: World, case: Case
) -> None:
    sign_in(client, world, "omar")
    today = str(days.day_of(clock.now()))
    planned = {
        "plan-party": str(case.parties.get().pk),
        "plan-assignee": str(world["omar"].pk),
        "plan-words": "When the clock was set.",
    }
    page = send(client, at("interviews-plan", case), planned)
    for words in ("Planned as interview 1.", "Interview 1: Quinn", "Omar Example holds it."):
        assert words in page
    assert "Interview 1 is planned." in text(client, at("close", case))
    page = send(client, numbered("interview-hold", case), {"hold-held_on": today})
    assert "Write what was said." in page
    held = {"hold-held_on": today, "hold-minutes": "It was slow."}
    page = send(client, numbered("interview-hold", case), held)
    for words in ("Show them the minutes", "It was slow.", "Minutes not shown to them yet"):
        assert words in page
    disputed = {
        "reply-agrees": "no",
        "reply-objections": "It was fast.",
        "reply-how": "signed",
        "reply-on": today,
    }
    page = send(client, numbered("interview-reply", case), disputed)
    for words in ("Minutes disputed", "They objected.", "It was fast."):
        assert words in page
    page = send(client, numbered("interview-amend", case), {"amend-minutes": "Fast, she says."})
    assert "Minutes, version 2" in page
    page = send(client, numbered("interview-reply", case), {**disputed, "reply-agrees": "yes"})
    assert "Minutes agreed" in page
    assert client.get(numbered("interview", case, 2)).status_code == 404
