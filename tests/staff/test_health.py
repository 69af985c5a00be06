"""The state of the house, for those who look after it."""

from datetime import timedelta

import pytest
from django.test import Client

from cases import actions as cases
from common import clock
from escalation import actions as escalation
from escalation.models import Clock, Problem
from ledger import actions as ledger
from ledger.actions import Notice
from ledger.models import Outbox, Pending
from people import actions as people
from people.models import Person
from people.rules import Role
from tests.conftest import BecomeProcess
from tests.doors import sign_in
from tests.world import World


@pytest.fixture
def keeper(client: Client, world: World) -> Client:
    """Return the browser of an administrator."""
    sign_in(client, world, "adam", vault=False)
    return client


def text(client: Client) -> str:
    response = client.get("/setup/")
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.req("ESC-5")
def test_what_found_nobody_is_counted_and_not_named(
    keeper: Client, world: World, process: BecomeProcess
) -> None:
    first, _ = world.file()
    about_adam, _ = world.file(excluded=(world["adam"],))
    with process("owner"):
        Clock.objects.filter(kind="triage").update(problem=Problem.NOBODY, problem_at=world.now)
        Clock.objects.filter(kind="feedback", subject_id=first.pk).update(
            problem=Problem.NO_STEP, problem_at=world.now
        )
    page = text(keeper)
    assert "Its path has no such step: 1. Its step found nobody: 1." in page
    assert first.ref not in page
    assert about_adam.ref not in page


@pytest.mark.parametrize("name", ["olga", "hana", "anna", "stan", "chief"])
def test_it_is_for_administrators_alone(client: Client, world: World, name: str) -> None:
    sign_in(client, world, name, vault=False)
    assert client.get("/setup/").status_code == 403


def test_whoever_is_not_signed_in_signs_in_first(client: Client, world: World) -> None:
    assert client.get("/setup/")["Location"] == "/sign-in/?next=/setup/"


def test_a_house_that_never_swept_says_what_to_do(keeper: Client) -> None:
    page = text(keeper)
    assert "It has never run." in page
    assert "Start beat and a worker again" in page


def test_when_all_is_well_it_says_so(keeper: Client, process: BecomeProcess) -> None:
    with process("worker"):
        escalation.sweep(now=clock.now())
        ledger.seal(now=clock.now())
        Outbox.objects.update(sent_at=clock.now())
    page = text(keeper)
    assert "All is well." in page
    assert "s ago." in page


def test_an_old_sweep_and_clocks_behind_are_said(
    keeper: Client, world: World, process: BecomeProcess
) -> None:
    with process("worker"):
        escalation.sweep(now=clock.now() - timedelta(hours=2))
    world.file()
    page = text(keeper)
    assert "Last ran 2 h ago." in page
    assert "had a step due more than" in page


def test_notices_that_wait_and_those_given_up_stand_with_their_reasons(
    keeper: Client, world: World, process: BecomeProcess
) -> None:
    ledger.post(
        Notice(f"n{n}", "mail", f"person:{world['olga'].pk}", "concern_filed", world.now, {})
        for n in range(2)
    )
    with process("worker"):
        row = Outbox.objects.order_by("identity")[0]
        row.tries, row.problem, row.dead_at = 12, "ConnectionRefusedError", world.now
        row.save()
    page = text(keeper)
    assert "Given up: ConnectionRefusedError." in page
    assert "Some notices should have gone by now" in page


@pytest.mark.req("INT-2")
def test_no_number_moves_at_the_moment_when_a_reporter_acts(keeper: Client, world: World) -> None:
    before = keeper.get("/setup/").context
    concern, _ = world.file(clock.now())
    cases.read_by_reporter(concern, now=clock.now())
    after = keeper.get("/setup/").context
    assert Pending.objects.exclude(not_before=None).exists()
    assert Outbox.objects.filter(sent_at=None).exists()
    assert after["checks"] == before["checks"]
    assert after["standing"] == before["standing"]


def test_a_role_that_nobody_has_is_said_with_what_it_costs(keeper: Client, world: World) -> None:
    Person.objects.filter(roles__contains=[Role.CUSTODIAN]).update(is_active=False)
    Person.objects.update(is_on_duty=False)
    page = text(keeper)
    assert "Nobody can report confidentially." in page
    assert "No officer is on duty." in page


@pytest.mark.req("ESC-7")
def test_officers_who_are_away_are_not_counted_as_on_duty(keeper: Client, world: World) -> None:
    assert "2 officers can open what is filed now." in text(keeper)
    for name in ("olga", "omar"):
        people.go_away(world[name], since=clock.now().date(), now=clock.now())
    assert "Every officer on duty is away." in text(keeper)


def test_the_path_and_what_is_promised_are_drawn(keeper: Client) -> None:
    page = text(keeper)
    for words in (
        "Remind the owner",
        "Tell the head of the ethics office",
        "Hand over to the independent person",
        "7 days",
        "2 working days",
    ):
        assert words in page


def test_the_first_page_is_for_everybody(client: Client, db: None) -> None:
    page = client.get("/").content.decode()
    for door in ("/speak/", "/staff/", "/desk/", "/insight/", "/setup/"):
        assert f'href="{door}"' in page
