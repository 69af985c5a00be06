"""Tracks: how a case is worked is chosen with a reason, and nobody mediates between unequals."""

from collections.abc import Iterable
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from cases import actions, parts
from cases.lifecycle import Kind, PartyRole, Phase, TaskKind, WhyBack
from cases.lifecycle.tracks import Power, Present, Track, WhyTrack
from cases.models import Agreement, Case, Meeting, Task, TrackChange
from common import days
from common.errors import RuleError
from escalation.models import Clock
from people.middleware import act_as
from safes.access import open_texts
from tests.doors import sign_in
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.req("TRI-4")]


@pytest.fixture
def case(world: World) -> Case:
    """Return a case in which Olga gives advice."""
    case = world.triage(world.file(kind=Kind.GUIDANCE)[0])
    act_as(world["olga"])
    return case


def work(
    world: World, case: Case, track: Track, power: Power = Power.EQUAL, words: str = "They ask."
) -> TrackChange:
    return actions.change_track(
        case,
        by=world["olga"],
        opener=world.openers["olga"],
        track=track,
        power=power,
        why=WhyTrack.WISHED,
        words=words,
        now=world.now,
    )


def meet(world: World, case: Case) -> Meeting:
    return actions.hold_meeting(
        case,
        by=world["olga"],
        opener=world.openers["olga"],
        held_on=days.day_of(world.now),
        present=[Present.AFFECTED, Present.SUBJECT],
        words="Who rings whom.",
        now=world.now,
    )


BOTH = (Present.AFFECTED, Present.SUBJECT)


def agree(
    world: World, case: Case, words: str = "No calls at night.", agreed: Iterable[Present] = BOTH
) -> Agreement:
    return actions.sign_agreement(
        case,
        by=world["olga"],
        opener=world.openers["olga"],
        agreed=agreed,
        words=words,
        assignee=world["olga"],
        now=world.now,
    )


def test_triage_chooses_by_what_was_filed_unless_somebody_chooses(world: World) -> None:
    tracks = {}
    for kind in (Kind.REPORT, Kind.GUIDANCE):
        case = world.triage(world.file(kind=kind)[0])
        record = case.triages.get()
        assert record.track == case.track
        tracks[kind] = (record.track, record.is_investigated)
    assert tracks == {
        Kind.REPORT: (Track.INVESTIGATION, True),
        Kind.GUIDANCE: (Track.ADVICE, False),
    }


def test_a_change_is_signed_with_its_reason_and_sealed_words(world: World, case: Case) -> None:
    with pytest.raises(RuleError, match="Say why"):
        work(world, case, Track.COACHING, words=" ")
    change = work(world, case, Track.COACHING, Power.UNEQUAL)
    case.refresh_from_db()
    assert (case.track, change.before, change.why) == ("coaching", "advice", "wished")
    place = (change.pk, "words")
    assert open_texts(world.openers["olga"], [place]) == {place: "They ask."}
    with pytest.raises(RuleError, match="It is worked so already"):
        work(world, case, Track.COACHING)
    # the head sees it, and does not work on it
    act_as(world["hana"])
    with pytest.raises(PermissionDenied):
        actions.change_track(
            case, by=world["hana"], track=Track.ADVICE, power=Power.EQUAL, why=WhyTrack.MISTAKE,
            words="No.", now=world.now,
        )  # fmt: skip


def test_an_investigation_begins_and_ends_with_its_track(world: World, case: Case) -> None:
    work(world, case, Track.INVESTIGATION)
    case.refresh_from_db()
    assert (case.phase, case.track) == (Phase.PLANNING, Track.INVESTIGATION)
    assert Clock.objects.filter(subject_id=case.pk, kind="planning", met_at=None).exists()
    work(world, case, Track.COACHING)
    case.refresh_from_db()
    assert (case.phase, case.track) == (Phase.NONE, Track.COACHING)
    # and the other way: a phase that begins says how the case is worked
    actions.go_on(case, by=world["olga"], at=Phase.NONE, now=world.now)
    actions.go_on(case, by=world["olga"], at=Phase.PLANNING, now=world.now)
    with pytest.raises(RuleError, match="past its planning"):
        work(world, case, Track.ADVICE)
    for phase, why in ((Phase.GATHERING, WhyBack.SCOPE), (Phase.PLANNING, WhyBack.MISTAKE)):
        actions.go_back(case, by=world["olga"], at=phase, why=why, words="Not this.", now=world.now)
    ways = TrackChange.objects.filter(case=case).values_list("before", "track")
    assert sorted(ways) == [
        ("advice", "investigation"),
        ("coaching", "investigation"),
        ("investigation", "advice"),
        ("investigation", "coaching"),
    ]


@pytest.mark.req("CAS-12")
def test_nobody_mediates_where_one_depends_on_the_other(world: World, case: Case) -> None:
    with pytest.raises(RuleError, match="say whether one depends on the other"):
        work(world, case, Track.MEDIATION, Power.NOT_ASKED)
    with pytest.raises(RuleError, match="whoever is weaker cannot refuse"):
        work(world, case, Track.MEDIATION, Power.UNEQUAL)
    work(world, case, Track.MEDIATION)
    assert meet(world, case).kind == Track.MEDIATION


@pytest.mark.req("CAS-12")
@pytest.mark.req("CAS-12")
def test_nobody_agrees_alone_in_a_mediation(world: World, case: Case) -> None:
    work(world, case, Track.MEDIATION, Power.EQUAL)
    with pytest.raises(RuleError, match="both sides agree to"):
        agree(world, case, agreed=[Present.SUBJECT, Present.GUIDE])
    assert agree(world, case).version == 1
    work(world, case, Track.COACHING)
    assert agree(world, case, agreed=[Present.SUBJECT, Present.GUIDE]).version == 2


def test_nobody_mediates_between_somebody_and_who_stands_above_them_today(
    world: World, case: Case
) -> None:
    opener = world.openers["olga"]
    named = ((PartyRole.SUBJECT, "Adam Example"), (PartyRole.AFFECTED, "Stan Example"))
    for role, name in named:
        actions.add_party(
            case, by=world["olga"], role=role, name=name, opener=opener, now=world.now
        )
    work(world, case, Track.MEDIATION)
    stan = world["stan"]
    stan.manager = world["adam"]
    stan.save(update_fields=["manager"])
    with pytest.raises(RuleError, match="stands above somebody affected"):
        meet(world, case)
    work(world, case, Track.COACHING)
    meet(world, case)
    with pytest.raises(RuleError, match="stands above somebody affected"):
        work(world, case, Track.MEDIATION)


@pytest.mark.req("CAS-12")
def test_an_agreement_has_versions_and_is_followed_up_after_closing(
    world: World, case: Case
) -> None:
    with pytest.raises(RuleError, match="Choose coaching or mediation first"):
        meet(world, case)
    work(world, case, Track.COACHING)
    first, second = agree(world, case), agree(world, case, "No calls after eight.")
    assert (first.version, second.version) == (1, 2)
    assert not Task.objects.get(pk=first.follow_up_id).is_open
    task = second.follow_up
    assert (task.kind, task.assignee) == (TaskKind.FOLLOW_UP, world["olga"])
    clock = Clock.objects.get(subject_id=task.pk)
    assert timedelta(days=27) < clock.due_at - world.now < timedelta(days=33)
    # it stands against closing only while it is nobody's
    assert parts.blocks_closing(case) == []
    Task.objects.filter(pk=task.pk).update(assignee=None)
    assert "Follow-up of an agreement: nobody does it" in parts.blocks_closing(case)[0]


@pytest.mark.req("CAS-12")
def test_its_page_changes_holds_and_signs(client: Client, world: World, case: Case) -> None:
    sign_in(client, world, "olga")

    def page(name: str = "early", **sent: object) -> str:
        address = reverse(f"desk:{name}", args=[case.ref])
        answer = client.post(address, sent, follow=True) if sent else client.get(address)
        return " ".join(answer.content.decode().split())

    assert "No sessions here" in page()
    both = ["affected", "subject"]
    refused = page("early-change", track="mediation", power="unequal", why="wished", words="Both.")
    assert "whoever is weaker cannot refuse" in refused
    assert "Both." in refused
    changed = page("early-change", track="mediation", power="equal", why="wished", words="Both.")
    assert "It is worked as mediation from now on." in changed
    today = str(days.day_of(world.now))
    assert "Say who was there." in page("early-meeting", held_on=today, words="Who rings whom.")
    held = page("early-meeting", held_on=today, present=both, words="Who rings whom.")
    assert "There: Affected, whom it is about." in held
    signed = page("early-agreement", agreed=both, words="No calls.", assignee=str(world["olga"].pk))
    assert "Version 1 is signed. You look whether it is kept." in signed
    assert "Who rings whom." in signed


def test_mediation_at_triage_asks_for_a_no(client: Client, world: World) -> None:
    concern, _ = world.file()
    sign_in(client, world, "olga")
    entered = {
        "category": "other", "in_danger": "no", "urgency": "2", "risk": "2-2",
        "track": "mediation", "reason": "Two colleagues.", "lead": str(world["olga"].pk),
    }  # fmt: skip
    at = reverse("desk:triage", args=[concern.ref])
    refused = client.post(at, entered).content.decode()
    assert "say whether one depends on the other" in refused
    assert "Two colleagues." in refused
    client.post(at, {**entered, "power": "equal"})
    case = Case.objects.get()
    assert (case.track, case.power, case.phase) == ("mediation", "equal", "none")
