"""Safeguards: somebody looks at each again in time, and no case is closed on one nobody owns."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from cases import actions, parts
from cases.lifecycle.risks import Answer, SafeguardKind
from cases.models import Authorisation, Case, Safeguard, Task
from common.errors import RuleError
from escalation.models import Clock
from people.middleware import act_as
from safes.access import open_texts
from tests.doors import sign_in
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.req("TRI-2", "CAS-11")]
NOBODY = "Nobody looks again at a safeguard that is in force."


@pytest.fixture
def case(world: World) -> Case:
    """Return a case on which Olga and Omar work."""
    case = world.triage(world.file()[0])
    act_as(world["olga"])
    opener = world.openers["olga"]
    actions.add_member(case, by=world["olga"], opener=opener, person=world["omar"], now=world.now)
    return case


@pytest.fixture
def guard(world: World, case: Case) -> Safeguard:
    """Return a safeguard that Omar owns."""
    return actions.place_safeguard(
        case,
        by=world["olga"],
        opener=world.openers["olga"],
        kind=SafeguardKind.SECOND_PERSON,
        owner=world["omar"],
        words="Two go to every visit.",
        now=world.now,
    )


def test_it_has_an_owner_a_clock_and_sealed_words(world: World, guard: Safeguard) -> None:
    assert guard.owner == world["omar"]
    clock = Clock.objects.get(subject_id=guard.review_id)
    assert (clock.kind, clock.owner) == ("safeguard_review", world["omar"])
    assert timedelta(days=13) < clock.due_at - world.now <= timedelta(days=14)
    place = (guard.pk, "what")
    assert open_texts(world.openers["omar"], [place]) == {place: "Two go to every visit."}
    which = (guard.review_id, "task")
    assert guard.get_kind_display() in open_texts(world.openers["omar"], [which])[which]


def test_its_next_review_goes_on_with_whoever_does_it_then(world: World, guard: Safeguard) -> None:
    act_as(world["omar"])
    review = Task.objects.get(pk=guard.review_id)
    actions.hand_task(review, by=world["omar"], to=world["olga"], now=world.now)
    act_as(world["olga"])
    actions.finish_task(review, by=world["olga"], words="It holds.", now=world.now)
    guard = Safeguard.objects.select_related("review__assignee").get()
    assert guard.review_id != review.pk
    assert guard.owner == world["olga"]
    assert parts.blocks_closing(guard.case) == []


def test_one_that_nobody_looks_at_stands_against_closing_until_it_is_owned_or_ended(
    world: World, case: Case, guard: Safeguard
) -> None:
    review = Task.objects.get(pk=guard.review_id)
    with pytest.raises(RuleError, match="end that, under “Safeguards”"):
        actions.cancel_task(review, by=world["olga"], reason="By mistake.", now=world.now)
    Task.objects.filter(pk=review.pk).update(assignee=None)
    [only] = parts.blocks_closing(case)
    assert NOBODY in only
    # one whose reviews were cancelled by themselves, as they once could be, keeps its rhythm
    rest = {"every": "7d", "cancelled_at": world.now, "cancelled_by": world["olga"]}
    Task.objects.filter(pk=review.pk).update(**rest)
    assert parts.blocks_closing(case) == [only]
    with pytest.raises(RuleError, match="Choose somebody of the team"):
        actions.keep_safeguard(guard, by=world["olga"], owner=world["otto"], now=world.now)
    kept = actions.keep_safeguard(guard, by=world["olga"], owner=world["olga"], now=world.now)
    assert kept.review.every == "7d"
    assert parts.blocks_closing(case) == []
    with pytest.raises(RuleError, match="Say what it did"):
        actions.end_safeguard(guard, by=world["olga"], words=" ", now=world.now)
    actions.end_safeguard(guard, by=world["olga"], words="She moved.", now=world.now)
    assert not Task.objects.open().filter(case=case).exists()
    with pytest.raises(RuleError, match="ended already"):
        actions.end_safeguard(guard, by=world["olga"], words="Again.", now=world.now)


def test_its_page_places_keeps_and_ends_it(
    client: Client, world: World, case: Case, guard: Safeguard
) -> None:
    sign_in(client, world, "omar")

    def page(name: str = "safeguards", *args: object, **sent: str) -> str:
        address = reverse(f"desk:{name}", args=[case.ref, *args])
        answer = client.post(address, sent, follow=True) if sent else client.get(address)
        return " ".join(answer.content.decode().split())

    assert "Two go to every visit." in page()
    unnamed = page("safeguard-place", kind="other", owner=str(world["olga"].pk), words="")
    assert "Say what it is" in unnamed
    added = page("safeguard-place", kind="leave", owner=str(world["olga"].pk), words="With pay.")
    assert "Olga Example looks at it again in time." in added
    assert "With pay." in added
    assert "End the safeguard</a>" in page("tasks")
    act_as(world["omar"])
    Task.objects.filter(pk=guard.review_id).update(assignee=None)
    assert "Give it an owner" in page()
    assert "It has an owner again" in page("safeguard-keep", guard.pk, owner=str(world["omar"].pk))
    assert "Write what it did." in page("safeguard-end", guard.pk, words="")
    assert "What it did:</span> She moved." in page("safeguard-end", guard.pk, words="She moved.")


@pytest.mark.req("TRI-3")
def test_whoever_is_asked_by_name_answers_themselves(
    client: Client, world: World, case: Case
) -> None:
    ask = {"ask-words": "May the visits go on?", "ask-person": str(world["omar"].pk)}
    sign_in(client, world, "olga")
    gap = client.post(f"/desk/cases/{case.ref}/authorisations/ask/", {"ask-words": ""})
    assert "Write what is to be authorised." in gap.content.decode()
    client.post(f"/desk/cases/{case.ref}/authorisations/ask/", ask)
    asked = Authorisation.objects.get()
    assert asked.task.assignee == world["omar"]
    with pytest.raises(PermissionDenied):
        actions.answer_authorisation(
            asked, by=world["olga"], answer=Answer.GRANTED, words="Yes.", now=world.now
        )
    answer = {"answer": "refused", "words": "Not before she was heard."}
    at = f"/desk/cases/{case.ref}/authorisations/{asked.pk}/answer/"
    # whoever was not asked is offered to take it back, and keeps what they wrote
    theirs = client.post(at, answer).content.decode()
    assert "Take it back" in theirs
    assert 'value="granted"' not in theirs
    assert "Not before she was heard." in theirs
    sign_in(client, world, "omar")
    assert (
        "May the visits go on?"
        in client.get(f"/desk/cases/{case.ref}/safeguards/").content.decode()
    )
    page = client.post(at, answer, follow=True).content.decode()
    assert "Not before she was heard." in page
    asked.refresh_from_db()
    assert (asked.answer, asked.answered_by) == (Answer.REFUSED, world["omar"])
    assert asked.task.done_by == world["omar"]
    again = client.post(at, {**answer, "answer": "granted"}, follow=True).content.decode()
    assert "This was answered already." in again


@pytest.mark.req("TRI-3")
def test_whoever_asks_somebody_outside_brings_the_answer_and_the_case_waits_for_it(
    world: World, case: Case
) -> None:
    olga = world["olga"]
    with pytest.raises(RuleError, match="This person cannot answer it"):
        actions.ask_authorisation(case, by=olga, words="May we?", person=olga, now=world.now)
    asked = actions.ask_authorisation(case, by=olga, words="Mr Hale: may we?", now=world.now)
    assert asked.task.assignee == olga
    with pytest.raises(RuleError, match="on its own page"):
        actions.finish_task(asked.task, by=olga, words="", now=world.now)
    assert "take the question back" in parts.blocks_closing(case)[0]
    with pytest.raises(RuleError, match="Say what was said"):
        actions.answer_authorisation(asked, by=olga, answer=Answer.GRANTED, words="", now=world.now)
    actions.answer_authorisation(
        asked, by=olga, answer=Answer.GRANTED, words="He said yes at noon.", now=world.now
    )
    assert parts.blocks_closing(case) == []
    places = [(asked.pk, name) for name in ("asked", "said")]
    assert open_texts(world.openers["omar"], places) == {
        places[0]: "Mr Hale: may we?",
        places[1]: "He said yes at noon.",
    }
