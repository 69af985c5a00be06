"""The phases of an investigation on the page of its case, in the queue, and on what is due."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from cases import actions
from cases.lifecycle import Kind, Phase, WhyBack
from cases.models import Case
from common import clock
from escalation.models import Clock
from people.middleware import act_as
from tests.conftest import BecomeProcess
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


def later(process: BecomeProcess, kind: str) -> None:
    """Let a clock run out after today: the pages play now."""
    with process("owner"):
        Clock.objects.filter(kind=kind).update(due_at=clock.now() + timedelta(days=30))


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


@pytest.mark.req("CAS-1")
def test_a_note_that_is_begun_outlives_what_is_pressed_beside_it(
    client: Client, world: World, case: Case, process: BecomeProcess
) -> None:
    sign_in(client, world, "omar")
    later(process, "investigation")
    begun = {"kind": "quote", "text": "He said: the log\nis from Thursday.", "at": "planning"}
    begun |= {"said_by": "witness", "day": "2026-01-05"}
    its = str(Clock.objects.get(kind="investigation").pk)
    day = f"{clock.now() + timedelta(days=9):%Y-%m-%d}"
    chosen = {"clock": its, "reason": "legal", "until": day}
    presses = {
        "pause": (chosen, "Paused. It runs again by itself"),
        "resume": ({"again-clock": its}, "It runs again, and is due"),
        "phase-on": ({}, "What counts now is the evidence."),
        "phase-back": ({"at": "gathering", "why": "new", "words": WORDS}, "Its clock starts anew."),
    }
    for name, (pressed, said) in presses.items():
        page = client.post(at(name, case), begun | pressed).content.decode()
        assert said in page, name
        assert "He said: the log\nis from Thursday.</textarea>" in page, name
        assert re.search(r'value="quote"[^>]*checked', page), name
        assert f'data-stands-at="{at("case", case)}"' in page, name
    # what was sent with the act itself is not there twice, and nothing was signed
    assert f"{WORDS}</textarea>" not in page
    assert not case.notes.exists()
    # the other way round: words for going back outlive a note that is signed
    page = client.post(at("add", case), begun | {"words": WORDS}).content.decode()
    assert "Signed and added." in page
    assert f"{WORDS}</textarea>" in page
    assert "is from Thursday.</textarea>" not in page
    # Enter in a field shows the page as it is
    page = client.post(at("case", case), begun).content.decode()
    assert "is from Thursday.</textarea>" in page
    # with nothing begun elsewhere an act leads to its page, which can be loaded again
    assert client.post(at("phase-on", case), {"at": "planning", "text": " "}).status_code == 302


REFUSED_OR_LOOKED = ("Nobody here bears a name like “Sam”", "Select a valid choice.")


@pytest.mark.req("CAS-1")
def test_what_is_begun_on_a_concern_outlives_what_is_pressed_beside_it(
    client: Client, world: World, process: BecomeProcess
) -> None:
    concern, _ = world.file()
    sign_in(client, world, "olga")
    later(process, "triage")
    begun = {"text": "We read it, and", "off-reason": "We are\ncousins.", "q": "Sam"}
    its = str(Clock.objects.get(kind="triage").pk)
    day = f"{clock.now() + timedelta(days=3):%Y-%m-%d}"
    presses = [
        ("assign", {"take": "yes"}, "You look after it now."),
        ("concern-pause", {"clock": its, "reason": "reporter", "until": day}, "Paused."),
        ("concern-resume", {"again-clock": its}, "It runs again"),
        ("concern", {}, "Nobody here bears a name like “Sam”"),
        (
            "assign",
            {"to": str(world["omar"].pk), "given": "asked"},
            "Omar Example looks after it now.",
        ),
        ("assign", {"to": "nobody"}, "Select a valid choice."),
    ]
    for name, pressed, said in presses:
        address = reverse(f"desk:{name}", args=[concern.ref])
        page = client.post(address, begun | pressed).content.decode()
        assert said in page, name
        for words in ("We read it, and</textarea>", "We are\ncousins.</textarea>"):
            assert words in page, name
        assert ("data-stands-at" in page) == (said not in REFUSED_OR_LOOKED), name
    assert not concern.messages.exists()
    address = reverse("desk:answer", args=[concern.ref])
    page = client.post(address, begun).content.decode()
    assert "Sent. The reporter sees it" in page
    assert "We are\ncousins.</textarea>" in page
    assert "We read it, and</textarea>" not in page


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
    assert "Worked on without an investigation: advice." in page
    assert "Worked as advice" in page
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
        "category": "other", "in_danger": "no", "urgency": "2", "risk": "2-2",
        "track": "advice", "reason": "A question.", "lead": str(world["olga"].pk),
    }  # fmt: skip
    page = send(client, reverse("desk:triage", args=[concern.ref]), entered)
    assert "Worked on without an investigation: advice." in page
