"""The ledger as auditors see it: verified every hour, searched, and read on record."""

from datetime import timedelta
from http import HTTPStatus as Status

import pytest
from django.db import Error, transaction
from django.test import Client

from audits import actions
from audits.models import Verification
from ledger import actions as ledger
from ledger.models import Entry
from ledger.verbs import Verb
from tests.audits.conftest import SEEN
from tests.breaking import break_the_ledger, let_the_ledger_break
from tests.conftest import BecomeProcess
from tests.doors import sign_in
from tests.world import World


def test_without_figures_the_page_says_when_there_will_be_some(
    client: Client, world: World
) -> None:
    sign_in(client, world, "chief", vault=False)
    page = client.get("/insight/").content.decode()
    assert "No figures yet" in page
    assert "30 days have passed" in page


def test_the_ledger_is_verified_by_itself_every_hour(world: World, process: BecomeProcess) -> None:
    with process("worker"):
        assert actions.verify(now=SEEN) is not None
        assert actions.verify(now=SEEN + timedelta(minutes=59)) is None
        assert actions.verify(now=SEEN + timedelta(minutes=60)) is not None


def test_a_verification_whose_worker_died_is_taken_again(
    world: World, process: BecomeProcess
) -> None:
    Verification.objects.create(
        asked_by="system", asked_at=SEEN, began_at=SEEN, not_before=SEEN + timedelta(minutes=10)
    )
    with process("worker"):
        assert actions.verify(now=SEEN + timedelta(minutes=9)) is None
        assert actions.verify(now=SEEN + timedelta(minutes=10)) is not None


@pytest.mark.req("AUD-1")
def test_a_verification_that_cannot_be_recorded_does_not_count(
    world: World, process: BecomeProcess
) -> None:
    let_the_ledger_break()
    break_the_ledger()
    with process("worker"):
        with pytest.raises(Error, match="the ledger is broken"), transaction.atomic():
            actions.verify(now=SEEN)
        assert not Verification.objects.exclude(outcome="").exists()


@pytest.mark.req("AUD-1")
def test_auditors_search_the_entries_and_leadership_sees_none(
    client: Client, world: World, process: BecomeProcess
) -> None:
    concern, _ = world.file()
    case = world.triage(concern)
    with process("worker"):
        ledger.seal(now=world.now + timedelta(days=1))
    sign_in(client, world, "anna", vault=False)
    found = client.get("/insight/ledger/", {"subject": f"case:{case.pk}"})
    assert [line.verb for line in found.context["lines"]] == ["opened a case"]
    assert "Olga Example" in found.content.decode()
    filed = client.get("/insight/ledger/", {"verb": Verb.CONCERN_FILED})
    assert [line.actor for line in filed.context["lines"]] == ["A reporter"]
    assert (
        "No entry fits" in client.get("/insight/ledger/", {"subject": "case:none"}).content.decode()
    )

    sign_in(client, world, "chief", vault=False)
    page = client.get("/insight/ledger/", {"subject": f"case:{case.pk}"})
    assert "lines" not in page.context
    assert "Olga Example" not in page.content.decode()
    assert client.post("/insight/ledger/").status_code == Status.FORBIDDEN


@pytest.mark.req("TRI-6")
def test_an_auditor_whom_a_concern_is_about_finds_nothing_of_it_in_the_ledger(
    client: Client, world: World, process: BecomeProcess
) -> None:
    concern, _ = world.file(excluded=(world["anna"],))
    case = world.triage(concern)
    with process("worker"):
        ledger.seal(now=world.now + timedelta(days=1))
    sign_in(client, world, "anna", vault=False)
    page = client.get("/insight/ledger/").content.decode()
    assert str(concern.pk) not in page
    assert str(case.pk) not in page


@pytest.mark.req("AUD-1")
def test_reading_the_ledger_stands_in_the_ledger(client: Client, world: World) -> None:
    sign_in(client, world, "anna", vault=False)
    client.get("/insight/ledger/")
    assert Entry.objects.filter(verb=Verb.LEDGER_READ, actor=str(world["anna"].actor.ref)).exists()
