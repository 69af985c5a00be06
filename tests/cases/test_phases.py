"""Phases of an investigation: each runs a clock of its own; it goes on, and back for a reason."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied

from cases import actions
from cases.lifecycle import INVESTIGATED, Finding, Kind, Level, Phase, WhyBack
from cases.models import Case, PhaseChange
from common.errors import RuleError
from escalation import actions as escalation
from escalation.lifecycle import State
from escalation.models import Clock, Pause
from escalation.rules.kinds import KINDS
from escalation.rules.pauses import Reason
from ledger.models import Entry, Outbox
from ledger.verbs import Verb
from people.middleware import act_as
from safes.access import open_texts
from tests.conftest import BecomeProcess
from tests.world import World

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.req("ESC-3", "CAS-1"),
    pytest.mark.usefixtures("world"),
]
DAY = timedelta(days=1)
WORDS = "The log of October is missing."


@pytest.fixture
def case(world: World) -> Case:
    """Return a case that is at its planning: Omar leads it, and Olga works on it."""
    return world.triage(world.file()[0], lead="omar")


def on(world: World, case: Case, at: Phase, after: timedelta = DAY, by: str = "olga") -> Case:
    return actions.go_on(case, by=world[by], at=at, now=world.now + after)


def back(world: World, case: Case, at: Phase, why: WhyBack, after: timedelta = DAY) -> Case:
    return actions.go_back(
        case, by=world["olga"], at=at, why=why, words=WORDS, now=world.now + after,
        opener=world.openers["olga"],
    )  # fmt: skip


def clocks(case: Case) -> list[tuple[str, str]]:
    """Return the kinds and states of the clocks of a case's phases, in the order of their start."""
    found = Clock.objects.filter(subject_id=case.pk, kind__in=INVESTIGATED)
    return list(found.order_by("started_at").values_list("kind", "state"))


@pytest.mark.parametrize("level", [Level.LOW, Level.NORMAL, Level.HIGH, Level.DANGER])
def test_the_phases_take_together_as_long_as_the_whole(level: Level) -> None:
    spans = [KINDS[phase].within(level).days for phase in INVESTIGATED]
    assert sum(spans) == KINDS["investigation"].within(level).days


def test_each_phase_meets_its_clock_and_starts_the_next_until_the_case_is_closed(
    world: World, case: Case
) -> None:
    for n, phase in enumerate(INVESTIGATED[:-1], 1):
        case = on(world, case, phase, n * DAY)
    assert clocks(case) == [
        (Phase.PLANNING, State.MET), (Phase.GATHERING, State.MET),
        (Phase.FINDINGS, State.MET), (Phase.OUTCOME, State.RUNNING),
    ]  # fmt: skip
    outcome = Clock.objects.get(kind=Phase.OUTCOME)
    assert (outcome.limit, outcome.owner, outcome.unit) == ("12d", world["omar"], case.unit)
    assert case.phase_since == outcome.started_at == world.now + 3 * DAY
    with pytest.raises(RuleError, match="“Outcome”"):
        on(world, case, Phase.OUTCOME, 4 * DAY)
    world.close(
        case,
        finding=Finding.SUBSTANTIATED,
        reason="The log.",
        message="It is so.",
        now=world.now + 4 * DAY,
    )
    assert not Clock.objects.filter(subject_id=case.pk).open().exists()
    with pytest.raises(RuleError, match="closed"):
        back(world, case, Phase.OUTCOME, WhyBack.NEW, 5 * DAY)


def test_going_back_says_why_under_seal_and_starts_the_clock_of_that_phase_anew(
    world: World, case: Case
) -> None:
    case = on(world, case, Phase.PLANNING)
    case = back(world, case, Phase.GATHERING, WhyBack.SCOPE, 3 * DAY)
    assert clocks(case) == [
        (Phase.PLANNING, State.MET), (Phase.GATHERING, State.CANCELLED),
        (Phase.PLANNING, State.RUNNING),
    ]  # fmt: skip
    again = Clock.objects.get(kind=Phase.PLANNING, state=State.RUNNING)
    assert again.due_at.date() == (world.now + 13 * DAY).date()
    # the whole is not given more time
    assert Clock.objects.get(kind="investigation").started_at == world.now
    change = PhaseChange.objects.get(why=WhyBack.SCOPE)
    where = (change.pk, "reason")
    assert open_texts(world.openers["omar"], [where]) == {where: WORDS}
    entry = Entry.objects.filter(verb=Verb.PHASE_BEGUN).latest("stream_n")
    assert entry.actor == f"person:{world['olga'].pk}"


@pytest.mark.parametrize(
    ("why", "words", "said"),
    [
        (WhyBack.NOT_NEEDED, WORDS, "reason from the list"),
        (WhyBack.NEW, "  ", "what is missing or new"),
    ],
)
def test_back_without_a_reason_or_words_changes_nothing(
    world: World, case: Case, why: WhyBack, words: str, said: str
) -> None:
    case = on(world, case, Phase.PLANNING)
    before = clocks(case)
    with pytest.raises(RuleError, match=said):
        actions.go_back(
            case, by=world["olga"], at=Phase.GATHERING, why=why, words=words, now=world.now
        )
    assert clocks(case) == before


def test_two_who_press_at_once_take_it_on_once(world: World, case: Case) -> None:
    on(world, case, Phase.PLANNING, by="omar")
    with pytest.raises(RuleError, match="meanwhile: it is at “Evidence” now"):
        on(world, case, Phase.PLANNING)
    assert Case.objects.get(pk=case.pk).phase == Phase.GATHERING


def test_only_the_team_moves_it_and_nobody_who_stepped_off(world: World, case: Case) -> None:
    act_as(world["hana"])
    with pytest.raises(PermissionDenied):
        on(world, case, Phase.PLANNING, by="hana")
    act_as(world["olga"])
    actions.recuse_from_case(
        case, by=world["olga"], opener=world.openers["olga"], reason="My cousin.", to=None,
        now=world.now,
    )  # fmt: skip
    act_as(world["omar"])
    with pytest.raises(PermissionDenied):
        on(world, case, Phase.PLANNING)
    assert on(world, case, Phase.PLANNING, by="omar").phase == Phase.GATHERING


def test_who_asks_for_advice_is_not_investigated_unless_it_turns_out_to_be_needed(
    world: World,
) -> None:
    case = world.triage(world.file(kind=Kind.GUIDANCE)[0])
    assert (case.phase, clocks(case)) == (Phase.NONE, [])
    assert case.triages.get().is_investigated is False
    case = on(world, case, Phase.NONE)
    assert clocks(case) == [(Phase.PLANNING, State.RUNNING)]
    case = back(world, case, Phase.PLANNING, WhyBack.NOT_NEEDED, 2 * DAY)
    assert (case.phase, case.phase_since) == (Phase.NONE, None)
    assert clocks(case) == [(Phase.PLANNING, State.CANCELLED)]
    # the case itself is still to be closed in time
    assert Clock.objects.get(kind="investigation").state == State.RUNNING


def test_a_phase_keeps_its_time_and_the_next_one_follows_how_grave_it_is_by_then(
    world: World, case: Case
) -> None:
    Case.objects.filter(pk=case.pk).update(severity=Level.HIGH)
    assert Clock.objects.get(kind=Phase.PLANNING).limit == "10d"
    on(world, case, Phase.PLANNING)
    assert Clock.objects.get(kind=Phase.GATHERING).limit == "31d"


def test_a_phase_rests_for_a_listed_reason_and_its_pause_ends_with_it(
    world: World, case: Case
) -> None:
    clock = Clock.objects.get(kind=Phase.PLANNING)
    actions.pause_clock(
        case, clock.pk, reason=Reason.LEGAL, until=world.now + 5 * DAY, by=world["omar"],
        now=world.now + DAY,
    )  # fmt: skip
    case = on(world, case, Phase.PLANNING, 2 * DAY)
    clock.refresh_from_db()
    assert (clock.state, clock.pauses.get().ended_at) == (State.MET, world.now + 2 * DAY)


def test_the_phase_of_an_investigation_of_before_is_timed_once_and_counts_from_then(
    world: World, case: Case, process: BecomeProcess
) -> None:
    world.triage(world.file(kind=Kind.GUIDANCE)[0])
    with process("owner"):
        Clock.objects.filter(kind=Phase.PLANNING).delete()
    later = world.now + 60 * DAY
    with process("worker"):
        assert escalation.start_missing(now=later) == 1
        assert escalation.start_missing(now=later + DAY) == 0
        clock = Clock.objects.get(kind=Phase.PLANNING)
    assert (clock.subject_id, clock.started_at) == (case.pk, later)


def states(case: Case) -> dict[str, str]:
    """Return how the open clocks of a case stand."""
    found = Clock.objects.filter(subject_kind="case", subject_id=case.pk).exclude(state=State.MET)
    return dict(found.values_list("kind", "state"))


def rest(world: World, case: Case, kind: str, *, days: int, after: timedelta = DAY) -> None:
    clock = Clock.objects.get(subject_id=case.pk, kind=kind, met_at=None)
    since = world.now + after
    actions.pause_clock(
        case, clock.pk, reason=Reason.AUTHORITY, until=since + days * DAY, by=world["olga"],
        now=since,
    )  # fmt: skip


def wake(world: World, case: Case, kind: str, after: timedelta) -> None:
    clock = Clock.objects.get(subject_id=case.pk, kind=kind, met_at=None)
    actions.resume_clock(case, clock.pk, by=world["olga"], now=world.now + after)


def test_the_phase_rests_with_the_whole_and_runs_again_with_it(world: World, case: Case) -> None:
    rests, runs = State.PAUSED, State.RUNNING
    due = Clock.objects.get(kind="planning").due_at
    rest(world, case, "investigation", days=30)
    assert states(case) == {"investigation": rests, "planning": rests}
    assert Clock.objects.get(kind="planning").due_at == due + 30 * DAY
    # what goes on meanwhile rests until the same day
    on(world, case, Phase.PLANNING, after=3 * DAY)
    assert states(case) == {"investigation": rests, "gathering": rests}
    assert len(set(Clock.objects.filter(state=rests).values_list("paused_until", flat=True))) == 1
    wake(world, case, "investigation", after=11 * DAY)
    assert states(case) == {"investigation": runs, "gathering": runs}
    # a phase rests by itself as before, and keeps its own pause when the whole runs again
    rest(world, case, "gathering", days=20, after=11 * DAY)
    assert states(case) == {"investigation": runs, "gathering": rests}
    rest(world, case, "investigation", days=5, after=12 * DAY)
    wake(world, case, "investigation", after=13 * DAY)
    assert states(case) == {"investigation": runs, "gathering": rests}


def test_a_phase_that_rests_by_itself_does_not_wake_before_the_whole(
    world: World, case: Case, process: BecomeProcess
) -> None:
    due = Clock.objects.get(kind="planning").due_at
    rest(world, case, "planning", days=5)
    rest(world, case, "investigation", days=30, after=2 * DAY)
    phase = Clock.objects.get(kind="planning")
    assert phase.paused_until == world.now + 32 * DAY
    assert phase.due_at == due + 31 * DAY
    # nobody is told that it ran in between
    with process("worker"):
        assert not Outbox.objects.filter(template="clock_resume").exists()
    # where the whole runs again sooner, what was left of its own pause is left
    wake(world, case, "investigation", after=4 * DAY)
    assert states(case) == {"investigation": State.RUNNING, "planning": State.PAUSED}
    phase.refresh_from_db()
    assert (phase.paused_until, phase.due_at) == (world.now + 6 * DAY, due + 5 * DAY)


def test_whoever_takes_a_phase_on_has_not_paused_the_next(world: World, case: Case) -> None:
    rest(world, case, "investigation", days=30)
    on(world, case, Phase.PLANNING, after=3 * DAY, by="omar")
    assert Pause.objects.get(clock__kind="gathering").by == world["olga"]


def test_a_phase_that_ran_out_or_rested_its_longest_does_not_rest_with_the_whole(
    world: World, case: Case
) -> None:
    Clock.objects.filter(kind="planning").update(due_at=world.now + DAY)
    rest(world, case, "investigation", days=30, after=2 * DAY)
    assert states(case)["planning"] == State.RUNNING
    wake(world, case, "investigation", after=3 * DAY)
    on(world, case, Phase.PLANNING, after=3 * DAY)
    # 90 days for this reason at the most: 88 of its own, and two with the whole
    rest(world, case, "gathering", days=88, after=3 * DAY)
    wake(world, case, "gathering", after=91 * DAY)
    Clock.objects.filter(kind="investigation").update(due_at=world.now + 400 * DAY)
    rest(world, case, "investigation", days=30, after=91 * DAY)
    until = world.now + 93 * DAY
    assert Clock.objects.get(kind="gathering").paused_until == until
