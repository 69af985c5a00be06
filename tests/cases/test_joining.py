"""A concern that is a part of what is worked on already joins its case: keys, walls, answers."""

from datetime import timedelta

import pytest
from django.test import Client

from cases import access, actions
from cases.intake import milestones
from cases.lifecycle import ConcernStatus, Finding, Level
from cases.models import Case, Concern, Member, Triage
from common.errors import RuleError
from escalation.lifecycle import State
from escalation.models import Clock
from ledger.models import Entry
from ledger.verbs import Verb
from people.middleware import act_as
from people.models import ReportingLine
from safes import access as opening
from tests.doors import sign_in
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.req("INT-9")]
MONTH, YEAR = timedelta(days=30), timedelta(days=365)


def a_case(world: World, *members: str, about: str = "") -> Case:
    """Return a case that Olga leads with others, which may be about somebody."""
    excluded = (world[about],) if about else ()
    concern, _ = world.file(excluded=excluded)
    act_as(world["olga"])
    case = world.triage(concern)
    for name in members:
        actions.add_member(
            case, by=world["olga"], opener=world.openers["olga"], person=world[name], now=world.now
        )
    return case


def joined(world: World, concern: Concern, case: Case, by: str = "olga", **changes: object) -> Case:
    act_as(world[by])
    facts: dict[str, object] = {
        "urgency": Level.HIGH,
        "severity": Level.HIGH,
        "in_danger": False,
        "reason": "The same visit, the same client.",
        **changes,
    }
    return actions.join(
        Concern.objects.get(pk=concern.pk),
        into=case,
        by=world[by],
        opener=world.openers[by],
        now=world.now,
        **facts,  # type: ignore[arg-type] # a test names what it changes
    )


def opens(world: World, name: str, concern: Concern) -> bool:
    places = [(concern.pk, "narrative")]
    return bool(opening.open_texts(world.openers[name], places))


def test_the_team_opens_it_and_answers_its_reporter(world: World) -> None:
    case = a_case(world, "otto")
    concern, receipt = world.file(narrative="I was there too.")
    assert not opens(world, "otto", concern)
    case = joined(world, concern, case)
    act_as(world["otto"])
    concern = Concern.objects.get(pk=concern.pk)
    assert (concern.status, concern.case) == (ConcernStatus.IN_CASE, case)
    assert opens(world, "otto", concern)
    sent = actions.answer(
        concern, by=world["otto"], text="Thank you.", now=world.now, opener=world.openers["otto"]
    )
    assert opening.open_texts(receipt.opener, [(sent.pk, "body")])
    record = Triage.objects.get(concern=concern)
    words = opening.open_texts(world.openers["otto"], [(record.pk, "reason")])
    assert list(words.values()) == ["The same visit, the same client."]
    assert Entry.objects.filter(verb=Verb.CONCERN_JOINED, subject=f"case:{case.pk}").exists()


def test_the_graver_of_both_counts_and_the_clocks_of_the_case_stay(world: World) -> None:
    case = a_case(world)
    running = set(Clock.objects.filter(subject_id=case.pk).values_list("pk", "due_at"))
    concern, _ = world.file()
    case = joined(world, concern, case, in_danger=True, severity=Level.LOW)
    assert (case.urgency, case.severity) == (Level.DANGER, Level.NORMAL)
    assert set(Clock.objects.filter(subject_id=case.pk).values_list("pk", "due_at")) == running
    triage = Clock.objects.get(subject_id=concern.pk, kind="triage")
    assert triage.state == State.MET


@pytest.mark.req("TRI-6")
def test_whoever_is_behind_a_wall_of_the_concern_leaves_the_case(world: World) -> None:
    case = a_case(world, "otto")
    concern, _ = world.file(excluded=(world["otto"],))
    first = case.concerns.get()
    assert opens(world, "otto", first)
    joined(world, concern, case)
    assert not opens(world, "otto", first)
    assert not opens(world, "otto", concern)
    assert not Member.objects.current().filter(case=case, person=world["otto"]).exists()
    act_as(world["otto"])
    assert not Case.objects.visible_to(world["otto"]).exists()


@pytest.mark.req("TRI-6")
def test_whoever_is_behind_a_wall_of_the_case_loses_the_concern(world: World) -> None:
    case = a_case(world, about="omar")
    concern, _ = world.file()
    assert opens(world, "omar", concern)
    joined(world, concern, case)
    assert not opens(world, "omar", concern)
    act_as(world["omar"])
    assert not Concern.objects.visible_to(world["omar"]).filter(pk=concern.pk).exists()


@pytest.mark.req("TRI-6")
def test_of_two_walls_around_the_same_person_the_earlier_counts_too(world: World) -> None:
    """Otto reported to Adam until a month ago: after the concern was filed, before the case."""
    case = a_case(world, about="adam")
    today = world.now.date()
    ReportingLine.objects.create(
        person=world["otto"], manager=world["adam"], since=today - 2 * YEAR, until=today - MONTH
    )
    concern, _ = world.file(now=world.now - 2 * MONTH, excluded=(world["adam"],))
    assert not access.is_walled(world["otto"], list(case.walls.all()))
    joined(world, concern, case)
    assert access.is_walled(world["otto"], list(case.walls.all()))
    with pytest.raises(RuleError):
        actions.add_member(
            case, by=world["olga"], opener=world.openers["olga"], person=world["otto"],
            now=world.now,
        )  # fmt: skip


def test_only_an_open_case_of_ones_own_takes_it(client: Client, world: World) -> None:
    case = a_case(world)
    concern, _ = world.file()
    with pytest.raises(RuleError, match="Say why it is the same matter"):
        joined(world, concern, case, reason=" ")
    sign_in(client, world, "omar")
    address = f"/desk/concerns/{concern.ref}/join/"
    record = {"into": case.ref, "in_danger": "no", "urgency": "2", "severity": "2", "reason": "A."}
    page = client.get(address).content.decode()
    assert case.ref not in page
    assert "You are on the team of no open case." in page
    # the same of a case that is there and of one that is not
    answers = {
        client.post(address, {**record, "into": ref}).content.decode().count("one of these cases")
        for ref in (case.ref, "2026-9999")
    }
    assert len(answers) == 1
    sign_in(client, world, "olga")
    page = client.post(address, record, follow=True).content.decode()
    assert f"It is a part of case {case.ref} now" in page
    with pytest.raises(RuleError):
        joined(world, concern, case)


@pytest.mark.req("CAS-11")
def test_nothing_joins_while_the_outcome_for_others_waits_for_approval(world: World) -> None:
    case = a_case(world)
    closing = actions.ask_to_close(
        case, by=world["olga"], opener=world.openers["olga"], approver=world["hana"],
        finding=Finding.UNSUBSTANTIATED, reason="The log.", message="Nothing.", lessons="",
        now=world.now,
    )  # fmt: skip
    concern, _ = world.file()
    with pytest.raises(RuleError, match="Take that back first"):
        joined(world, concern, case)
    actions.take_back_closing(closing, by=world["olga"], now=world.now)
    joined(world, concern, case)
    assert case.concerns.count() == 2


def test_the_record_says_how_severe_it_is_and_keeps_the_reason_until_then(
    client: Client, world: World
) -> None:
    case = a_case(world)
    concern, _ = world.file()
    sign_in(client, world, "olga")
    record = {
        "into": case.ref,
        "in_danger": "no",
        "urgency": "2",
        "severity": "",
        "reason": "A ride.",
    }
    page = client.post(f"/desk/concerns/{concern.ref}/join/", record).content.decode()
    assert "Choose how severe it is." in page
    assert "As the table says" not in page
    assert "A ride." in page


@pytest.mark.req("CAS-1")
def test_with_two_reporters_a_message_goes_to_the_one_who_is_named(
    client: Client, world: World
) -> None:
    case = a_case(world)
    first = case.concerns.get()
    concern, receipt = world.file()
    joined(world, concern, case)
    olga, opener = world["olga"], world.openers["olga"]
    actions.say(concern, text="And now?", now=world.now, opener=receipt.opener)
    actions.answer(first, by=olga, text="Thank you.", now=world.now, opener=opener)
    sign_in(client, world, "olga")
    address = f"/desk/cases/{case.ref}/"
    page = client.get(address).content.decode()
    assert "The team, since" in page
    # below what was filed and what was said, and beside the composer
    assert page.count(concern.ref) > 3
    words = {"kind": "message", "text": "We read it."}
    page = client.post(f"{address}add/", words).content.decode()
    assert "Choose the reporter who reads it." in page
    assert "We read it.</textarea>" in page
    client.post(f"{address}add/", {**words, "to": str(concern.pk)})
    assert [one.messages.count() for one in (first, concern)] == [1, 2]
    assert "Reporter, since" in client.get(address).content.decode()
    page = client.get(f"{address}close/").content.decode()
    assert "All 2 reporters of this case read it." in page


@pytest.mark.req("INT-3")
def test_a_reporter_who_joins_does_not_learn_that_others_told_it_before(world: World) -> None:
    case = a_case(world)
    first = case.concerns.get()
    later = world.now + timedelta(days=40)
    concern, _ = world.file(now=later)
    case = joined(world, concern, case)
    concern.refresh_from_db()
    today = later.date()
    steps = {one.pk: milestones.track(one, today)[2] for one in (first, concern)}
    assert (steps[concern.pk].when, steps[concern.pk].state) == ("", milestones.NOW)
    assert steps[first.pk].when == f"Since {milestones.in_words(world.now.date(), today)}"
