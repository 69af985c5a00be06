"""The end of a case at the desk: one asks, another person decides, and it can be taken up again."""

import pytest
from django.db import transaction
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from cases import actions
from cases.actions import phases
from cases.lifecycle import CaseStatus, ClosingState, ConcernStatus, Finding
from cases.models import Case, Closing
from common import clock, days
from ledger import actions as ledger
from ledger.verbs import Verb
from people import actions as people
from people.middleware import act_as
from safes import access as opening
from safes import actions as safes
from tests.desk.test_case import at, send, stands, text
from tests.doors import sign_in
from tests.world import World

pytestmark = pytest.mark.req("CAS-11")
QUERIES = 61


@pytest.fixture
def case(world: World) -> Case:
    """Return a case that Omar leads and on which Olga works."""
    return world.triage(world.file()[0], lead="omar")


def ending(world: World, **changes: str) -> dict[str, str]:
    return {
        "finding": Finding.SUBSTANTIATED.value,
        "reason": "The log shows it.",
        "message": "We looked into it, and the date stays.",
        "factors": "supervision",
        "lessons": "Dates are written by whoever was there.",
        "approver": str(world["olga"].pk),
        **changes,
    }


def read() -> dict[str, str]:
    """Return what the page of whoever decides sends along: what was read on it."""
    return {"closing": str(Closing.objects.get(state=ClosingState.ASKED).pk)}


def test_what_one_asks_another_reads_and_approves_and_the_timeline_tells(
    client: Client, world: World, case: Case
) -> None:
    sign_in(client, world, "omar")
    page = text(client, at("close", case))
    assert "Ask to close the case" in page
    # somebody of the team is proposed
    assert f'<option value="{world["olga"].pk}" selected>' in page
    page = send(client, at("close", case), ending(world))
    assert "Asked. Olga Example decides; until then the case stays open." in page
    assert "Approve, close" not in page
    page = send(client, at("close-approve", case), read())
    assert "You asked for it, so another person decides." in page
    sign_in(client, world, "olga")
    assert "Read what is asked and decide" in text(client, at("tasks", case))
    page = text(client, at("close", case))
    for words in ("Approve, close and tell the reporter", *list(ending(world).values())[1:3]):
        assert words in page
    for words in (ending(world)["lessons"], "Nobody looked"):
        assert words in page
    page = send(client, at("close-approve", case), read())
    for words in ("Closed. The reporter can read", "Substantiated.", "The log shows it."):
        assert words in page
    assert "Sign and add" not in page
    assert stands(world, case).finding == Finding.SUBSTANTIATED
    assert "Closed: substantiated" in text(client, at("close", case))


def test_nobody_who_is_away_is_asked_to_decide(client: Client, world: World, case: Case) -> None:
    now = clock.now()
    people.go_away(world["olga"], since=days.day_of(now), now=now)
    sign_in(client, world, "omar")
    page = text(client, at("close", case))
    assert f'value="{world["olga"].pk}"' not in page
    assert f'<option value="{world["hana"].pk}" selected>' in page


def test_what_is_written_of_a_closing_that_was_asked_or_taken_back_meanwhile_is_given_back(
    client: Client, world: World, case: Case
) -> None:
    sign_in(client, world, "omar")
    send(client, at("close", case), ending(world))
    page = send(client, at("close", case), ending(world, reason="The driver says so."))
    assert "Somebody asked for it already" in page
    assert "The driver says so." in page
    actions.take_back_closing(Closing.objects.get(), by=world["omar"], now=world.now)
    sign_in(client, world, "olga")
    page = send(client, at("close-refuse", case), {"returned-reason": "Hear the driver."})
    assert "This was decided or taken back meanwhile." in page
    assert "Hear the driver." in page


def test_what_is_sent_back_stands_there_with_what_is_missing(
    client: Client, world: World, case: Case
) -> None:
    sign_in(client, world, "omar")
    send(client, at("close", case), ending(world))
    sign_in(client, world, "olga")
    page = send(client, at("close-refuse", case), {"returned-reason": " "})
    assert "Write what is missing." in page
    page = send(client, at("close-refuse", case), {"returned-reason": "Hear the driver.", **read()})
    assert "Sent back. The case stays open." in page
    assert "Hear the driver." in page
    assert stands(world, case).status == CaseStatus.OPEN


def test_an_error_keeps_what_was_entered(client: Client, world: World, case: Case) -> None:
    sign_in(client, world, "omar")
    page = send(client, at("close", case), ending(world, reason="  ", lessons=""))
    for words in (
        "Write what the finding rests on.",
        "Write what is to be learned, or tick that there is nothing.",
        ending(world)["message"],
        "<title>Error: Close",
    ):
        assert words in " ".join(page.split())
    for factors in ({"factors": ""}, {"no_factors": "on"}):
        page = send(client, at("close", case), ending(world, **factors))
        assert "Tick what contributed, or that none of these is seen." in page
    entered = ending(world, lessons="", nothing_learned="on")
    assert "Asked." in send(client, at("close", case), entered)
    assert Closing.objects.get().asked_by == world["omar"]


def test_the_page_says_what_stands_against_closing(
    client: Client, world: World, case: Case
) -> None:
    act_as(world["olga"])
    actions.add_allegation(
        case, by=world["olga"], category=world.category, text="A date.", now=world.now
    )
    sign_in(client, world, "omar")
    page = text(client, at("close", case))
    assert "Nothing is found of allegation 1 yet." in page
    # what was found of it says what the case ends with
    assert "What was found?" not in page
    page = send(client, at("close", case), ending(world))
    assert "Sign a finding, under “Allegations”." in page
    assert ending(world)["reason"] in page


def test_the_lead_reopens_it_and_the_head_may_and_nobody_else(
    client: Client, world: World, case: Case
) -> None:
    act_as(world["olga"])
    world.close(case, by="olga", finding=Finding.PARTLY)
    words = {"why": "new", "words": "A witness came.", "message": "We look at it again."}
    sign_in(client, world, "olga")
    assert "Reopen the case" not in text(client, at("close", case))
    assert client.post(at("reopen", case), words).status_code == 403
    sign_in(client, world, "omar")
    page = send(client, at("reopen", case), {**words, "words": " "})
    assert "Write why it is worked on again." in page
    page = send(client, at("reopen", case), words)
    for told in ("Reopened. Its clocks start anew", "A witness came.", "Partly substantiated."):
        assert told in page
    assert stands(world, case).status == CaseStatus.OPEN
    history = text(client, at("close", case)).partition("What was decided so far")[2]
    assert "Approved: partly substantiated" in history


def test_what_one_person_closed_keeps_its_end_when_it_is_reopened(
    client: Client, world: World, case: Case
) -> None:
    act_as(world["omar"])
    omar, subject, found = world["omar"], f"case:{case.pk}", Finding.PARTLY.value
    words = {"outcome": b"The log shows a part."}
    key = opening.key_of(world.openers["omar"], case.safe)
    with transaction.atomic():
        safes.add(case.safe, row=case.pk, items=words, key=key)
        phases.meet_clocks(case, now=world.now)
        ledger.record(
            Verb.CASE_CLOSED, by=omar.actor, at=world.now, subject=subject, finding=found, days=0
        )
    Case.objects.update(status=CaseStatus.CLOSED, closed_at=world.now, finding=found)
    case.concerns.update(status=ConcernStatus.CLOSED, closed_on=world.now.date())
    sign_in(client, world, "omar")
    again = {"why": "new", "words": "A witness came.", "message": "We look at it again."}
    page = send(client, at("reopen", case), again)
    for told in ("Partly substantiated.", "The log shows a part."):
        assert told in page


def test_the_page_asks_as_often_however_much_was_decided(
    client: Client, world: World, case: Case, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    sign_in(client, world, "omar")
    for _ in range(3):
        send(client, at("close", case), ending(world))
        send(client, at("close-back", case), {})
    with django_assert_max_num_queries(QUERIES):
        client.get(at("close", case))


def test_nobody_decides_on_words_that_they_did_not_read(
    client: Client, world: World, case: Case
) -> None:
    sign_in(client, world, "omar")
    send(client, at("close", case), ending(world))
    sign_in(client, world, "olga")
    seen = read()
    assert f'name="closing" value="{seen["closing"]}"' in text(client, at("close", case))
    sign_in(client, world, "omar")
    send(client, at("close-back", case), {})
    send(client, at("close", case), ending(world, message="Nothing was found."))
    sign_in(client, world, "olga")
    for address in ("close-approve", "close-refuse"):
        page = send(client, at(address, case), {"returned-reason": "Hear him.", **seen})
        assert "It was asked for anew since you read it." in page
        assert "Nothing was found." in page
    assert stands(world, case).status == CaseStatus.OPEN
    assert "Closed." in send(client, at("close-approve", case), read())
