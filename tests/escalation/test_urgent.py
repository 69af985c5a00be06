"""What is urgent runs on the path for it: from the start, or from when somebody says so."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

import pytest

from cases import actions as cases
from cases.actions import Identity
from cases.lifecycle import Kind, Level
from cases.models import Concern
from escalation import actions
from escalation.lifecycle import State
from escalation.models import Calendar, Clock, Does, Path, PathVersion, Standard, StepTaken
from escalation.rules import Anchor, Limit, Rung
from escalation.rules.ladders import Step
from escalation.rules.pauses import Reason
from ledger.models import Entry
from ledger.verbs import Verb
from people.middleware import act_as
from people.rules import Role
from tests.conftest import BecomeProcess
from tests.world import World

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.req("ESC-1", "ESC-3"),
    pytest.mark.usefixtures("world"),
]
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
RUNGS = (
    (Rung(Anchor.START, Limit(hours=2)), Does.NOTIFY, Role.OFFICER),
    (Rung(Anchor.START, Limit(hours=4)), Does.NOTIFY, Role.HEAD),
    (Rung(Anchor.START, Limit(days=1)), Does.HAND_OVER, Role.INDEPENDENT),
)


def draw(world: World, code: str, rungs: Sequence[tuple[Rung, Does, Role]] = RUNGS) -> Path:
    by, now = world["adam"], world.now
    version = actions.make_path(code=code, name=code.title(), by=by, now=now)
    for rung, does, role in rungs:
        actions.add_step(version, step=Step(rung, does.value, role), by=by, now=now)
    actions.propose_version(version, by=by, now=now)
    actions.publish_version(version, seen=now, by=world["hana"], now=now)
    return version.path


def put(world: World, kind: str, path: Path, limit: Limit | None = None, **scope: object) -> None:
    facts = {"kind": kind, "limit": limit, "path": path, **scope}
    change = actions.set_standard(**facts, by=world["adam"], now=world.now)  # type: ignore[arg-type] # a scope has two fields
    assert change is not None
    actions.confirm_standard(change, by=world["hana"], now=world.now)


@pytest.fixture
def urgent(world: World) -> Path:
    """Return the path on which what is dangerous is acknowledged, triaged and answered."""
    path = draw(world, "urgent")
    put(world, "acknowledge", path, level=Level.DANGER)
    put(world, "triage", path, Limit(days=1), level=Level.DANGER)
    put(world, "first_message", path, Limit(days=1), level=Level.DANGER)
    return path


def filed(world: World, **changes: object) -> Concern:
    concern, _ = world.file(None, mode="named", identity=Identity("Rita Reporter"), **changes)
    return concern


def paths_of(world: World, concern: Concern) -> dict[str, str]:
    act_as(world["hana"])
    found = Clock.objects.filter(subject_id=concern.pk)
    return dict(found.values_list("kind", "path__path__code"))


def judge(world: World, concern: Concern, urgency: Level, **changes: object) -> None:
    facts: dict[str, object] = {
        "category": world.category, "urgency": urgency, "severity": Level.NORMAL,
        "in_danger": False, "reason": "I rang.", "lead": world["olga"], "now": world.now + HOUR,
        **changes,
    }  # fmt: skip
    act_as(world["olga"])
    cases.triage(concern, by=world["olga"], opener=world.openers["olga"], **facts)  # type: ignore[arg-type] # as above


def close(world: World, process: BecomeProcess, day: date, *, now: datetime | None = None) -> None:
    """Close a day, and let the clocks be counted again."""
    now, office = now or world.now, Calendar.objects.of(None)
    actions.set_day(office, day=day, name="Off", hours="", by=world["adam"], now=now)
    with process("worker"):
        actions.sweep(now=now)


def test_where_somebody_may_be_in_danger_its_clocks_start_on_the_path_for_it(
    world: World, urgent: Path
) -> None:
    concern = filed(world, in_danger=True)
    usual = filed(world)
    danger = {"acknowledge": "urgent", "triage": "urgent", "first_message": "urgent"}
    assert paths_of(world, concern) == {**danger, "feedback": "standard"}
    assert set(paths_of(world, usual).values()) == {"standard"}
    clock = Clock.objects.get(subject_id=concern.pk, kind="triage")
    assert (clock.limit, clock.next_at) == ("1d", world.now + 2 * HOUR)


def test_the_first_rung_for_danger_is_taken_hours_before_anything_is_late(
    world: World, urgent: Path, process: BecomeProcess
) -> None:
    concern = filed(world, in_danger=True)
    filed(world)
    with process("worker"):
        assert actions.sweep(now=world.now + 2 * HOUR).acted == 3
        took = set(StepTaken.objects.values_list("clock__subject_id", flat=True))
    assert took == {concern.pk}


def test_the_reporter_is_told_the_same_days_however_urgent_it_is(
    world: World, urgent: Path, process: BecomeProcess
) -> None:
    put(world, "acknowledge", urgent, Limit(days=2), filed_as="guidance")
    put(world, "feedback", urgent, Limit(days=9), level=Level.DANGER)
    with process("speak"):
        danger, usual = world.file(in_danger=True)[0], world.file()[0]
        guidance = world.file(kind=Kind.GUIDANCE)[0]
    told = {(one.acknowledge_by, one.feedback_by) for one in (danger, usual, guidance)}
    assert told == {(date(2026, 3, 23), date(2026, 6, 16))}
    act_as(world["hana"])
    found = Clock.objects.filter(subject_id=danger.pk, kind="feedback")
    assert found.get().limit == "9d"


def test_a_request_for_guidance_runs_on_its_own_path_unless_somebody_is_in_danger(
    world: World, urgent: Path
) -> None:
    path = draw(world, "guidance")
    put(world, "triage", path, filed_as="guidance")
    asked = filed(world, kind=Kind.GUIDANCE)
    danger = filed(world, kind=Kind.GUIDANCE, in_danger=True)
    assert paths_of(world, asked)["triage"] == "guidance"
    assert paths_of(world, danger)["triage"] == "urgent"


def test_danger_that_triage_finds_moves_what_runs_to_the_path_for_it(
    world: World, urgent: Path
) -> None:
    concern = filed(world)
    before = Clock.objects.get(subject_id=concern.pk, kind="acknowledge")
    judge(world, concern, Level.HIGH, in_danger=True)
    paths = paths_of(world, concern)
    assert {paths["acknowledge"], paths["first_message"]} == {"urgent"}
    assert paths["feedback"] == "standard"
    clock = Clock.objects.get(pk=before.pk)
    at = world.now + HOUR
    # it counts from when somebody said so; the limit stays
    assert clock.times == [at + 2 * HOUR, at + 4 * HOUR, at + DAY]
    assert (clock.next_step, clock.next_at, clock.due_at) == (1, at + 2 * HOUR, before.due_at)
    moved = Entry.objects.filter(verb=Verb.CLOCK_PATH_CHANGED, subject=concern.subject)
    assert moved.count() == 2


def test_a_triage_that_rests_runs_again_on_the_path_for_danger(world: World, urgent: Path) -> None:
    concern = filed(world)
    act_as(world["olga"])
    cases.assign(concern, by=world["olga"], to=world["olga"], now=world.now)
    clock = Clock.objects.get(subject_id=concern.pk, kind="triage")
    until = world.now + 7 * DAY
    cases.pause_clock(
        concern, clock.pk, reason=Reason.REPORTER, until=until, by=world["olga"], now=world.now
    )
    at = world.now + DAY
    cases.see_danger(concern, by=world["olga"], now=at)
    clock = Clock.objects.get(pk=clock.pk)
    assert (clock.state, clock.path.path) == (State.RUNNING, urgent)
    assert clock.next_at == at + 2 * HOUR


@pytest.mark.parametrize(("judged", "path"), [(Level.HIGH, "urgent"), (Level.NORMAL, "standard")])
def test_what_triage_finds_urgent_goes_over_though_time_made_it_so_before(
    world: World, urgent: Path, process: BecomeProcess, judged: Level, path: str
) -> None:
    put(world, "acknowledge", urgent, level=Level.HIGH)
    concern = filed(world)
    with process("owner"):
        # as a step does that raises it, by which no clock changes its path
        Concern.objects.filter(pk=concern.pk).update(urgency=Level.HIGH)
    judge(world, concern, judged)
    assert paths_of(world, concern)["acknowledge"] == path


def test_what_runs_late_already_is_not_put_off_by_becoming_dangerous(
    world: World, urgent: Path, process: BecomeProcess
) -> None:
    concern = filed(world)
    clock = Clock.objects.get(subject_id=concern.pk, kind="acknowledge")
    late = clock.due_at + timedelta(days=2, hours=20)
    with process("worker"):
        actions.sweep(now=clock.due_at)
        actions.sweep(now=late)
    # the independent person was to come four hours later
    judge(world, concern, Level.DANGER, in_danger=True, now=late)
    act_as(world["hana"])
    clock = Clock.objects.get(pk=clock.pk)
    assert clock.state == State.BREACHED
    assert clock.path.path == urgent
    assert clock.times[-1] == clock.due_at + timedelta(days=3)
    assert clock.next_at == late + 2 * HOUR
    standard = PathVersion.objects.get(path__code="standard")
    with process("owner"):
        took = StepTaken.objects.filter(clock=clock).values_list("version", flat=True)
        assert set(took) == {standard.pk}
    with process("worker"):
        actions.sweep(now=late + 2 * HOUR)
    with process("owner"):
        assert StepTaken.objects.filter(clock=clock, version=None, n=1).exists()


@pytest.mark.req("ESC-2")
@pytest.mark.parametrize("as_many", [True, False])
def test_a_calendar_that_changes_after_danger_was_found_as_before_puts_no_rung_off(
    as_many: bool, world: World, process: BecomeProcess
) -> None:
    usual = PathVersion.objects.get(path__code="standard").steps.count()
    hours = range(2, 2 + 2 * (usual if as_many else usual + 1), 2)
    rungs = [(Rung(Anchor.START, Limit(hours=n)), Does.NOTIFY, Role.HEAD) for n in hours]
    rungs[-1] = (rungs[-1][0], Does.HAND_OVER, Role.INDEPENDENT)
    put(world, "first_message", draw(world, "urgent", rungs), Limit(days=1), level=4)
    concern = filed(world)
    close(world, process, date(2026, 3, 17))
    clock = Clock.objects.get(subject_id=concern.pk, kind="first_message")
    assert clock.promised is not None
    judge(world, concern, Level.HIGH, in_danger=True)
    close(world, process, date(2026, 3, 18), now=world.now + HOUR)
    with process("owner"):
        clock.refresh_from_db()
    assert clock.times == [world.now + HOUR + n * HOUR for n in hours]
    assert (clock.problem, clock.calendar_n) == ("", Calendar.objects.of(None).n)


def test_a_rung_at_once_is_taken_by_the_next_sweep_when_danger_is_found(
    world: World, process: BecomeProcess
) -> None:
    rungs = [(Rung(Anchor.START, Limit()), Does.NOTIFY, Role.HEAD), RUNGS[-1]]
    put(world, "first_message", draw(world, "urgent", rungs), Limit(days=1), level=4)
    concern = filed(world)
    judge(world, concern, Level.HIGH, in_danger=True)
    at = world.now + HOUR
    with process("worker"):
        actions.sweep(now=at)
    with process("owner"):
        clock = Clock.objects.get(subject_id=concern.pk, kind="first_message")
        assert clock.steps_taken.get().at == at
        assert (clock.next_step, clock.next_at) == (2, at + DAY)


def test_what_is_less_urgent_than_it_seemed_makes_nothing_later(world: World, urgent: Path) -> None:
    concern = filed(world, in_danger=True)
    judge(world, concern, Level.LOW)
    assert paths_of(world, concern)["acknowledge"] == "urgent"
    concern.refresh_from_db()
    assert concern.urgency == Level.LOW
    act_as(world["hana"])
    clock = Clock.objects.get(subject_id=concern.pk, kind="acknowledge")
    assert clock.next_at == world.now + 2 * HOUR


def test_a_policy_that_promises_less_than_was_set_counts(world: World, urgent: Path) -> None:
    Standard.objects.filter(kind="acknowledge").update(limit="6d")
    promise = Standard.objects.get(kind="acknowledge")
    assert promise.within(Limit(days=7)) == Limit(days=6)
    assert promise.within(Limit(days=3)) == Limit(days=3)


@pytest.mark.parametrize(
    ("own", "other", "never_later"),
    [
        ("7d", "7d", True),
        ("2m", "3m", True),
        ("84d", "3m", True),
        ("85d", "3m", False),
        ("1m", "31d", True),
        ("1m", "30d", False),
        ("48h", "7d", True),
        ("7d", "168h", False),
        ("1wd", "2wd", True),
        ("1d", "2wd", True),
        # from a midnight on, the last working day ends with work
        ("2d", "2wd", False),
        ("1d", "1wd", False),
        ("1d", "1wd 1wh", True),
        ("1d 1wd", "2d 2wd", True),
        ("2wd", "7d", False),
        ("8wh", "2wd", False),
    ],
)
def test_a_limit_is_within_another_where_no_calendar_could_make_it_longer(
    own: str, other: str, never_later: bool
) -> None:
    assert Limit.read(own).is_within(Limit.read(other)) is never_later
