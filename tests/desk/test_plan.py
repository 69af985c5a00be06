"""The terms and the plan of an investigation are signed and decided on one page."""

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from cases import actions
from cases.lifecycle import TaskKind
from cases.models import Case
from people.middleware import act_as
from tests.architecture.acts.casework import alleged
from tests.desk.test_case import at, send, text
from tests.doors import sign_in
from tests.world import World

pytestmark = pytest.mark.req("CAS-3")
QUERIES = 53


@pytest.fixture
def case(world: World) -> Case:
    """Return a case that Olga leads and on which nobody else works."""
    act_as(world["olga"])
    return world.triage(world.file()[0])


def test_terms_are_signed_approved_changed_and_sent_back(
    client: Client, world: World, case: Case
) -> None:
    allegation = alleged(world, case)
    sign_in(client, world, "olga")
    page = text(client, at("plan", case))
    for words in ("None count yet", "This is a formal investigation", "Sign, and ask for approval"):
        assert words in page
    terms = {
        "terms-purpose": "When was it dated?",
        "terms-scope": "October.",
        f"terms-question_{allegation.pk}": "Who dated it?",
        "terms-over": "0",
        "terms-approver": str(world["hana"].pk),
        "plan-sources": "",
    }
    page = send(client, at("plan-terms", case), {**terms, "terms-scope": "", "plan-people": "Kai"})
    for words in ("Write what belongs to it.", "Who dated it?", "Kai"):
        assert words in page
    page = send(client, at("plan-terms", case), terms)
    for words in ("Hana Example decides on it.", "Waiting for another person", "Take them back"):
        assert words in page
    assert "Approve these terms" not in page
    assert "Version 1 of the terms of reference waits" in text(client, at("close", case))
    sign_in(client, world, "hana")
    page = text(client, at("plan", case))
    for words in ("Approve these terms", "Who dated it?", "When was it dated?"):
        assert words in page
    version = str(case.plans.get().pk)
    decided = {"decide-what": "refuse", "decide-version": version}
    assert "Write what is to be changed." in send(client, at("plan-decide", case), decided)
    page = send(client, at("plan-decide", case), {**decided, "decide-what": "approve"})
    assert "Approved. They count from now on." in page
    page = send(client, at("plan-decide", case), {**decided, "decide-what": "approve"})
    assert "decided on or taken back meanwhile" in page
    sign_in(client, world, "olga")
    actions.add_allegation(
        case, by=world["olga"], category=world.category, text="He was paid.", now=world.now
    )
    page = text(client, at("plan", case))
    for words in ("They ask nothing about", "What changes, and why", "Approved by Hana Example"):
        assert words in page
    page = send(client, at("plan-terms", case), {**terms, "terms-over": "1"})
    assert "Write what changes with this version" in page
    wider = {**terms, "terms-over": "1", "terms-change": "The pay as well."}
    send(client, at("plan-terms", case), wider)
    sign_in(client, world, "hana")
    page = text(client, at("plan", case))
    assert "Until it is decided, version 1 counts." in page
    version = str(case.plans.get(n=2).pk)
    decided = {"decide-what": "refuse", "decide-version": version, "decide-reason": "Too wide."}
    send(client, at("plan-decide", case), decided)
    sign_in(client, world, "olga")
    page = text(client, at("plan", case))
    for words in ("Version 2: sent back", "Too wide."):
        assert words in page


def test_a_plan_has_sources_steps_and_interviews_and_costs_no_query_a_step(
    client: Client, world: World, case: Case, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    sign_in(client, world, "olga")
    page = send(client, at("plan-sign", case), {"plan-sources": "The log.", "plan-over": "0"})
    for words in ("Signed as version 1.", "The log.", "No step is planned yet."):
        assert words in page
    stale = {"plan-sources": "No.", "plan-over": "0", "plan-change": "So."}
    page = send(client, at("plan-sign", case), stale)
    assert "Version 1 was signed meanwhile." in page
    assert "This field is required" not in page
    page = send(client, at("plan-step", case), {"step-assignee": str(world["olga"].pk)})
    assert "Write what is done." in page
    step = {"step-words": "Fetch the log.", "step-assignee": str(world["olga"].pk)}
    page = send(client, at("plan-step", case), step)
    assert "Fetch the log." in page
    task = case.tasks.get(kind=TaskKind.PLAN_STEP)
    assert f"#task-{task.pk}" in page
    text(client, at("plan", case))
    with django_assert_num_queries(QUERIES):
        text(client, at("plan", case))
    for n in range(3):
        alleged(world, case)
        send(client, at("plan-step", case), {**step, "step-words": f"Step {n}."})
    text(client, at("plan", case))
    with django_assert_num_queries(QUERIES):
        text(client, at("plan", case))
