"""Whoever is refused stands in the ledger, person or program, though what they did is undone."""

from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.test import Client

from common import clock
from ledger.models import Entry
from ledger.verbs import Verb
from people import actions
from people.models import ApiToken, Person
from people.rules import Scope
from tests.api.program import Program, is_problem
from tests.doors import sign_in
from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def program(world: World) -> Program:
    """Return a program of adam's that may read clocks and cases."""
    return Program(world, [Scope.CLOCKS_READ, Scope.CASES_READ])


def refused() -> list[tuple[str, str]]:
    """Return who was refused, and where."""
    entries = Entry.objects.filter(verb=Verb.ACCESS_DENIED)
    return list(entries.values_list("actor", "subject"))


def test_a_person_who_is_refused_is_recorded(client: Client, world: World) -> None:
    sign_in(client, world, "stan", vault=False)
    assert client.get("/desk/").status_code == 403
    assert refused() == [(world["stan"].actor.ref, "route:desk:queue")]


def test_a_program_without_the_scope_is_recorded(program: Program) -> None:
    is_problem(program.get("ledger/checkpoints/"), 403)
    assert refused() == [(program.row.actor.ref, "route:api:checkpoints")]


def test_a_program_that_asks_for_what_is_hidden_is_recorded(program: Program) -> None:
    is_problem(program.get("cases/2026-0001/"), 404)
    assert refused() == [(program.row.actor.ref, "route:api:case")]


def test_a_token_that_opens_nothing_any_more_is_recorded_with_its_program(program: Program) -> None:
    ApiToken.objects.update(revoked_at=clock.now())
    is_problem(program.get("clocks/"), 401)
    assert refused() == [(program.row.actor.ref, "route:api:clocks")]


def test_whoever_shows_no_known_token_is_nobody_to_record(program: Program) -> None:
    program.token = "ed_live_00000000_" + "x" * 43
    is_problem(program.get("clocks/"), 401)
    program.token = ""
    is_problem(program.get("clocks/"), 401)
    is_problem(program.get("nothing/"), 404)
    assert refused() == []


def test_what_a_program_may_is_no_refusal(program: Program) -> None:
    assert program.get("clocks/").status_code == 200
    assert refused() == []


def test_the_token_of_somebody_who_left_opens_nothing(world: World, program: Program) -> None:
    assert program.get("clocks/").status_code == 200
    Person.objects.filter(pk=world["adam"].pk).update(is_active=False)
    is_problem(program.get("clocks/"), 401)
    assert refused() == [(program.row.actor.ref, "route:api:clocks")]


def test_a_refused_sign_in_stands_under_the_day_of_the_office(world: World) -> None:
    assert settings.OFFICE_ZONE == "Europe/London"
    late = datetime(2026, 7, 1, 23, 30, tzinfo=UTC)
    actions.refuse_sign_in(now=late)
    actions.refuse_sign_in(now=late - timedelta(hours=1))
    entries = Entry.objects.filter(verb=Verb.SIGN_IN_REFUSED)
    assert set(entries.values_list("subject", "actor")) == {
        ("sign-in:2026-07-02", "anybody"),
        ("sign-in:2026-07-01", "anybody"),
    }
