"""The phases of an investigation on the page of its case, in the queue, and on what is due."""

import pytest
from django.test import Client
from django.urls import reverse

from cases import actions
from cases.lifecycle import Kind, Phase, WhyBack
from cases.models import Case
from people.middleware import act_as
from tests.doors import sign_in
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.req("ESC-3", "CAS-1")]
WORDS = "A second firm stands in the register."


@pytest.fixture
def case(world: World) -> Case:
    """Return a case that Omar leads and on which Olga works."""
    return world.triage(world.file()[0], lead="omar")


def at(name: str, case: Case) -> str:
    return reverse(f"desk:{name}", args=[case.ref])


def text(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def send(client: Client, address: str, data: dict[str, str]) -> str:
    response = client.post(address, data, follow=True)
    assert response.status_code == 200
    return response.content.decode()


def test_the_page_says_where_it_is_and_takes_it_on_and_back(
    client: Client, world: World, case: Case
) -> None:
    sign_in(client, world, "omar")
    page = text(client, at("case", case))
    assert 'is-now" aria-current="step"' in " ".join(page.split())
    for words in ("Since", "Plan the investigation", "Go on to the evidence"):
        assert words in page
    page = send(client, at("phase-on", case), {"at": "planning"})
    for words in ("What counts now is the evidence.", "Gather the evidence", "(done)"):
        assert words in page
    assert "went on from planning to the evidence" in page
    page = send(client, at("phase-back", case), {"at": "gathering", "words": WORDS})
    assert "Choose why. Nothing was changed." in page
    assert WORDS in page
    entered = {"at": "gathering", "words": WORDS, "why": "new"}
    page = send(client, at("phase-back", case), entered)
    for words in ("Its clock starts anew.", "went back to planning", "Something new came up."):
        assert words in page
    assert WORDS in page
    page = send(client, at("phase-on", case), {"at": "gathering"})
    assert "Somebody moved it meanwhile: it is at “Planning” now." in page


def test_the_queue_and_what_is_due_name_the_phase(client: Client, world: World, case: Case) -> None:
    actions.go_on(case, by=world["omar"], at=Phase.PLANNING, now=world.now)
    sign_in(client, world, "omar")
    queue = " ".join(text(client, reverse("desk:queue")).split())
    assert "<span>Evidence</span>" in queue
    assert "to gather the evidence" in text(client, reverse("escalation:due"))


def test_without_an_investigation_one_can_begin(client: Client, world: World) -> None:
    case = world.triage(world.file(kind=Kind.GUIDANCE)[0])
    sign_in(client, world, "olga")
    page = text(client, at("case", case))
    assert "Worked on without an investigation." in page
    assert "Without an investigation" in page
    page = send(client, at("phase-on", case), {"at": "none"})
    assert "The investigation begins." in page
    assert "Give the investigation up" in page


def test_whoever_is_not_on_the_team_sees_where_it_is_and_moves_nothing(
    client: Client, world: World, case: Case
) -> None:
    actions.go_on(case, by=world["omar"], at=Phase.PLANNING, now=world.now)
    actions.go_back(
        case, by=world["omar"], at=Phase.GATHERING, why=WhyBack.NEW, words=WORDS, now=world.now
    )
    actions.grant_view(case, by=world["omar"], person=world["anna"], now=world.now)
    act_as(world["anna"])
    sign_in(client, world, "anna")
    page = text(client, at("case", case))
    assert "went back to planning" in page
    assert WORDS not in page
    assert "Go on to the evidence" not in page
    assert client.post(at("phase-on", case), {"at": "planning"}).status_code == 403


def test_the_triage_decides_whether_it_is_investigated(client: Client, world: World) -> None:
    concern, _ = world.file()
    sign_in(client, world, "olga")
    entered = {
        "category": "other", "in_danger": "no", "urgency": "2", "severity": "2",
        "is_investigated": "no", "reason": "A question.", "lead": str(world["olga"].pk),
    }  # fmt: skip
    page = send(client, reverse("desk:triage", args=[concern.ref]), entered)
    assert "Worked on without an investigation." in page
