"""Triage as an officer does it: what is marked proposes, what is typed is kept, little is asked."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cases.lifecycle import Level
from cases.models import Assessment, Case, Concern, Mark, Safeguard
from policies.models import Indicator
from tests.doors import sign_in
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.req("TRI-2", "TRI-3")]
QUERIES = 54


def key(code: str) -> str:
    return str(Indicator.objects.offered().get(code=code).pk)


def at(concern: Concern, what: str = "") -> str:
    return f"/desk/concerns/{concern.ref}/{what}"


def shown(client: Client, address: str) -> str:
    return " ".join(client.get(address).content.decode().split())


def send(client: Client, address: str, **data: object) -> str:
    return " ".join(client.post(address, data, follow=True).content.decode().split())


def test_what_is_marked_on_the_concern_proposes_at_triage_with_its_reason(
    client: Client, world: World
) -> None:
    concern, _ = world.file()
    sign_in(client, world, "olga")
    page = shown(client, at(concern))
    assert "Somebody is threatened" in page
    assert "A threat of harm, loss or exposure takes a free choice away" in page
    kept = send(client, at(concern, "marks/"), **{"marks-signs": [key("threat"), key("gifts")]})
    assert "2 signs are marked." in kept
    record = shown(client, at(concern, "triage/"))
    assert "What is marked proposes" in record
    assert "since: Somebody is threatened" in record
    # proposed: the form begins with it
    assert 'value="3" id="id_urgency_1" required checked' in record
    back = send(client, at(concern, "marks/"), **{"marks-signs": []})
    assert "Nothing is marked." in back
    assert Mark.objects.standing().count() == 0
    assert Mark.objects.count() == 2


def test_the_least_that_is_asked_opens_a_case_with_a_whole_record(
    client: Client, world: World
) -> None:
    concern, _ = world.file()
    sign_in(client, world, "olga")
    # what has no default: danger, the risk, why; the rest is what the page begins with
    least = {
        "category": "other", "urgency": "2", "track": "investigation", "consent": "not_yet",
        "committee": "not_asked", "lead": str(world["olga"].pk),
        "in_danger": "no", "risk": "3-3", "reason": "I rang.",
    }  # fmt: skip
    assert "Triaged." in send(client, at(concern, "triage/"), **least)
    record = Assessment.objects.get()
    assert (record.likelihood, record.impact, record.consent) == (3, 3, "not_yet")
    assert Case.objects.get().severity == Level.HIGH


def test_less_than_what_is_ticked_proposes_asks_for_words_and_keeps_the_record(
    client: Client, world: World
) -> None:
    concern, _ = world.file()
    sign_in(client, world, "olga")
    record = {
        "category": "other", "urgency": "1", "in_danger": "no", "risk": "1-1",
        "reason": "I rang.", "lead": str(world["olga"].pk), "signs": [key("threat")],
        "safeguards": ["leave"], "resources": "A driver.",
    }  # fmt: skip
    page = send(client, at(concern, "triage/"), **record)
    assert "Proposed is urgency “High”." in page
    for kept in ("I rang.", "A driver.", 'value="leave" id="id_safeguards_5" checked'):
        assert kept in page
    assert 'required checked aria-label="Unlikely, minor: low"' in page
    assert "Triaged." in send(client, at(concern, "triage/"), **record, override="It was a joke.")
    guard = Safeguard.objects.get()
    assert guard.kind == "leave"
    section = shown(client, f"/desk/cases/{guard.case.ref}/safeguards/")
    for told in ("Otherwise than proposed", "It was a joke.", "A driver.", "is threatened"):
        assert told in section


def test_the_page_asks_no_more_of_the_database_for_what_is_marked(
    client: Client, world: World
) -> None:
    concern, _ = world.file()
    sign_in(client, world, "olga")
    shown(client, at(concern, "triage/"))
    with CaptureQueriesContext(connection) as bare:
        shown(client, at(concern, "triage/"))
    send(client, at(concern, "marks/"), **{"marks-signs": [key(one) for one in ("threat", "fear")]})
    with CaptureQueriesContext(connection) as marked:
        shown(client, at(concern, "triage/"))
    assert len(marked) == len(bare)
    assert len(marked) <= QUERIES
