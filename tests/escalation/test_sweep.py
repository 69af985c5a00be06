"""No deadline is lost, fired twice or fired early, and the path is climbed a step at a time."""

from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.db.models import F

from cases import access
from cases import actions as cases
from cases.actions.walls import raise_walls
from cases.lifecycle import Given
from cases.models import Case, Concern, Member
from common import days
from escalation import actions
from escalation.lifecycle import State
from escalation.models import Clock, Heartbeat, PathStep, StepTaken
from ledger.models import Entry, Outbox
from ledger.verbs import Verb
from people.middleware import act_as
from people.models import Person
from people.rules import Role
from safes.access import open_texts
from safes.models import Grant
from safes.models import State as GrantState
from tests.conftest import BecomeProcess
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.req("ESC-6")]

SOON = timedelta(minutes=1)


@pytest.fixture
def concern(world: World) -> Concern:
    """Return a concern of which only the clock for triage runs, so that a test sees one."""
    concern, _ = world.file(mode="named", identity=cases.Identity("Rita Reporter"))
    Clock.objects.exclude(kind="triage").update(next_at=None)
    return concern


@pytest.fixture
def due(concern: Concern) -> datetime:
    """Return when the triage is due."""
    return Clock.objects.get(kind="triage").due_at


def sweep(process: BecomeProcess, now: datetime) -> actions.Swept:
    with process("worker"):
        return actions.sweep(now=now)


def told(process: BecomeProcess, step: str) -> set[str]:
    """Return who has a notice of a step in the outbox."""
    with process("worker"):
        rows = list(Outbox.objects.filter(template=f"clock_{step}").values_list("to", flat=True))
    ids = [row.partition(":")[2] for row in rows]
    return set(Person.objects.filter(pk__in=ids).values_list("username", flat=True))


@pytest.mark.req("ESC-3")
def test_filing_starts_the_clocks_that_the_policy_promises(world: World) -> None:
    world.file(mode="named", identity=cases.Identity("Rita Reporter"))
    due = dict(Clock.objects.values_list("kind", "due_at"))
    assert due["acknowledge"] == world.now + timedelta(days=7)
    assert due["feedback"] == world.now.replace(month=6) - timedelta(hours=1)  # summer time
    assert due["triage"] == world.now + timedelta(days=2)


@pytest.mark.req("INT-2", "ESC-3")
def test_the_clocks_of_an_anonymous_concern_start_at_midnight(world: World) -> None:
    world.file()
    found = Clock.objects.filter(subject_kind="concern")
    starts = set(found.values_list("started_at", flat=True))
    assert starts == {world.now.replace(hour=0, minute=0)}


def test_nothing_is_escalated_before_it_is_due(
    concern: Concern, due: datetime, process: BecomeProcess
) -> None:
    assert sweep(process, due - timedelta(microseconds=1)).acted == 0
    with process("owner"):
        assert not StepTaken.objects.exists()


@pytest.mark.req("ESC-3")
def test_an_overdue_clock_reminds_then_notifies_then_hands_over_each_once(
    concern: Concern, due: datetime, world: World, process: BecomeProcess
) -> None:
    cases.assign(concern, by=world["olga"], to=world["omar"], now=world.now, why=Given.ASKED)
    assert sweep(process, due).acted == 1
    assert sweep(process, due + SOON).acted == 0
    assert told(process, "remind") == {"omar"}
    assert Clock.objects.get(kind="triage").state == State.BREACHED

    assert sweep(process, due + timedelta(days=1)).acted == 1
    assert told(process, "notify") == {"hana"}
    act_as(world["hana"])
    assert open_texts(world.openers["hana"], [(concern.pk, "narrative")])

    act_as(world["ines"])
    assert not open_texts(world.openers["ines"], [(concern.pk, "narrative")])
    assert sweep(process, due + timedelta(days=3)).acted == 1
    assert told(process, "hand_over") == {"ines"}
    act_as(world["ines"])
    assert Concern.objects.visible_to(world["ines"]).get() == concern
    assert open_texts(world.openers["ines"], [(concern.pk, "narrative")])

    assert sweep(process, due + timedelta(days=300)).acted == 0
    verbs = list(Entry.objects.filter(subject=concern.subject).values_list("verb", flat=True))
    assert verbs.count(Verb.STEP_TAKEN) == 3
    assert verbs.count(Verb.CLOCK_BREACHED) == 1


def test_a_concern_that_nobody_owns_reminds_everyone_on_duty(
    concern: Concern, due: datetime, process: BecomeProcess
) -> None:
    sweep(process, due)
    assert told(process, "remind") == {"olga", "omar"}


def test_a_clock_that_was_met_is_escalated_no_more(
    concern: Concern, due: datetime, world: World, process: BecomeProcess
) -> None:
    world.triage(concern)
    # the phase of the investigation has a clock of its own
    Clock.objects.filter(kind="planning").update(next_at=None)
    assert sweep(process, due + timedelta(days=30)).acted == 0


def test_a_clock_met_late_stays_late_in_the_figures(
    concern: Concern, due: datetime, world: World
) -> None:
    clock = actions.meet(
        subject_kind="concern", subject_id=concern.pk, kind="triage", now=due + SOON
    )
    assert clock is not None
    assert (clock.state, clock.breached_at) == (State.MET, due)


def test_handing_over_a_case_makes_the_independent_person_a_member(
    world: World, process: BecomeProcess
) -> None:
    concern, _ = world.file()
    case = world.triage(concern)
    due = Clock.objects.get(kind="acknowledge").due_at
    late = due + timedelta(days=3)
    Clock.objects.exclude(kind="acknowledge").update(next_at=None)
    sweep(process, due)
    act_as(world["hana"])
    places = [(case.pk, "summary"), (concern.pk, "narrative")]
    assert not open_texts(world.openers["hana"], places)
    sweep(process, due + timedelta(days=1))
    assert len(open_texts(world.openers["hana"], places)) == 2
    sweep(process, late)
    assert Member.objects.get(person=world["ines"]).function == Member.Function.INDEPENDENT
    act_as(world["ines"])
    assert Case.objects.visible_to(world["ines"]).get() == case
    opened = open_texts(world.openers["ines"], [(case.pk, "summary"), (concern.pk, "narrative")])
    assert len(opened) == 2


@pytest.mark.req("TRI-6")
def test_an_escalation_passes_over_whoever_is_behind_the_wall(
    world: World, process: BecomeProcess
) -> None:
    world.file(excluded=(world["hana"],), mode="named", identity=cases.Identity("Rita"))
    Clock.objects.exclude(kind="triage").update(next_at=None)
    sweep(process, Clock.objects.get(kind="triage").due_at + timedelta(days=1))
    assert told(process, "notify") == {"ines"}
    assert told(process, "remind") == {"ines"}


@pytest.mark.req("TRI-6")
def test_whoever_came_behind_a_wall_is_told_nothing_and_keeps_a_sleeping_key(
    concern: Concern, due: datetime, world: World, process: BecomeProcess
) -> None:
    # the wall alone: the dormant grant is still there
    walls = access.walls_around([world["hana"]], since=days.day_of(world.now))
    raise_walls(None, [concern], walls)
    sweep(process, due)
    sweep(process, due + timedelta(days=1))
    assert told(process, "notify") == {"ines"}
    grants = Grant.objects.filter(safe=concern.safe)
    assert grants.get(person=world["hana"]).state == GrantState.DORMANT
    assert grants.get(person=world["ines"]).state == GrantState.ACTIVE


def test_whoever_holds_the_last_share_of_a_name_is_not_woken(
    world: World, process: BecomeProcess
) -> None:
    concern, _ = world.file(mode="confidential", identity=cases.Identity("Rita Reporter"))
    Clock.objects.exclude(kind="triage").update(next_at=None)
    assert concern.identity_safe is not None
    with process("owner"):
        Grant.objects.filter(safe=concern.identity_safe).update(person=world["hana"])
    due = Clock.objects.get(kind="triage").due_at
    sweep(process, due)
    sweep(process, due + timedelta(days=1))
    assert told(process, "notify") == {"hana"}
    asleep = Grant.objects.get(safe=concern.safe, person=world["hana"])
    assert asleep.state == GrantState.DORMANT


def test_a_step_that_finds_nobody_is_an_alarm_in_the_ledger(
    concern: Concern, due: datetime, process: BecomeProcess
) -> None:
    Person.objects.exclude(roles=[]).update(is_active=False)
    sweep(process, due)
    assert Entry.objects.filter(verb=Verb.STEP_FOUND_NOBODY).count() == 1
    assert StepTaken.objects.get().reached == 0


def test_one_broken_clock_stops_no_other(world: World, process: BecomeProcess) -> None:
    world.file()
    world.file()
    broken = Clock.objects.filter(kind="triage").first()
    assert broken is not None
    with process("owner"):
        Clock.objects.filter(pk=broken.pk).update(subject_kind="nothing")
    Clock.objects.exclude(kind="triage").update(next_at=None)
    swept = sweep(process, broken.due_at)
    assert (swept.acted, swept.skipped) == (1, 1)
    assert told(process, "remind") == {"olga", "omar"}


def test_the_database_refuses_a_second_taking_of_a_step(
    concern: Concern, due: datetime, process: BecomeProcess
) -> None:
    sweep(process, due)
    taken = StepTaken.objects.get()
    with process("worker"), pytest.raises(IntegrityError), transaction.atomic():
        StepTaken.objects.create(clock=taken.clock, n=taken.n, at=due, reached=1)


def test_every_step_is_taken_after_a_long_outage_and_none_twice(
    world: World, process: BecomeProcess
) -> None:
    for _ in range(7):
        world.file()
    late = world.now + timedelta(days=365)
    with process("worker"):
        swept = actions.sweep(now=late, batch=4)
    # the four clocks of each, and the first step of the review of the policy
    assert swept.acted == 7 * 4 * 3 + 1
    with process("owner"):
        assert not Clock.objects.due(late).exists()
    early = StepTaken.objects.filter(at__lt=F("clock__due_at"))
    with process("owner"):
        assert not early.exists()


def test_a_sweep_leaves_its_heartbeat(world: World, process: BecomeProcess) -> None:
    sweep(process, world.now)
    assert Heartbeat.objects.get(name="sweep").at == world.now


def test_a_published_step_cannot_be_changed(world: World, process: BecomeProcess) -> None:
    step = PathStep.objects.filter(role=Role.HEAD).get()
    with (
        process("owner"),
        pytest.raises(Exception, match="no draft cannot change"),
        transaction.atomic(),
    ):
        PathStep.objects.filter(pk=step.pk).update(role=Role.OFFICER)
