"""Versions of paths: made by one, published by another, kept by what runs, moved with a reason."""

from datetime import datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import Error, IntegrityError, connection, transaction

from cases.actions import Identity
from common.errors import RuleError
from escalation import actions
from escalation.lifecycle import VersionState
from escalation.models import (
    Clock,
    Does,
    Given,
    MoveReason,
    Path,
    PathMove,
    PathStep,
    PathVersion,
    SentBack,
    StepTaken,
)
from escalation.rules import Anchor, Limit, Rung
from escalation.rules.ladders import Step
from ledger.models import Entry
from ledger.rules import SYSTEM
from ledger.verbs import Verb
from people.middleware import act_as
from people.rules import Role
from tests.conftest import BecomeProcess
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.req("ESC-1"), pytest.mark.usefixtures("world")]
DAY = timedelta(days=1)


def rung(when: str, does: Does = Does.REMIND, role: str = "") -> Step:
    limit, anchor = when.rsplit(" ", 1)
    return Step(Rung(Anchor(anchor), Limit.read(limit)), does.value, role)


@pytest.fixture
def path(world: World) -> Path:
    return Path.objects.get(code="standard")


@pytest.fixture
def draft(path: Path, world: World) -> PathVersion:
    return actions.start_draft(path, by=world["adam"], now=world.now)


def publish(draft: PathVersion, world: World, *, now: datetime | None = None) -> PathVersion:
    at = now or world.now
    actions.propose_version(draft, by=world["adam"], now=at)
    actions.publish_version(draft, seen=at, by=world["hana"], now=at)
    return PathVersion.objects.get(pk=draft.pk)


def words(version: PathVersion) -> list[str]:
    return [step.title for step in PathVersion.objects.get(pk=version.pk).ladder]


def file(world: World) -> Clock:
    world.file(mode="named", identity=Identity("Rita Reporter"))
    act_as(world["hana"])
    return Clock.objects.get(kind="acknowledge")


# -- a new house ------------------------------------------------------------------------


def test_a_new_house_has_a_path_that_ends_with_the_independent_person(world: World) -> None:
    version = Path.objects.newest()
    assert (version.path.code, version.n, version.made_by) == ("standard", 1, None)
    assert actions.flaws_of(version, now=world.now) == []


def test_what_founds_a_house_may_publish_alone_until_people_do(world: World) -> None:
    def found() -> PathVersion:
        steps = [PathStep(limit="1d", does=Does.REMIND)]
        return actions.publish_path(
            code="standard", name="Standard", steps=steps, by=SYSTEM, now=world.now
        )

    assert found().n == 2
    actions.start_draft(Path.objects.get(code="standard"), by=world["adam"], now=world.now)
    with pytest.raises(RuleError, match="People keep the path"):
        found()


# -- from draft to published ---------------------------------------------------------------


def test_a_draft_begins_with_the_newest_and_is_published_by_a_second_person(
    path: Path, draft: PathVersion, world: World
) -> None:
    assert (draft.n, draft.state, draft.made_by) == (2, VersionState.DRAFT, world["adam"])
    n = actions.add_step(draft, step=rung("12h before"), by=world["adam"], now=world.now)
    assert n == 1
    assert words(draft) == [
        "Remind the owner",
        "Remind the owner",
        "Tell the head of the ethics office",
        "Hand over to the independent person",
    ]
    assert Path.objects.newest().n == 1
    later = world.now + DAY
    version = publish(draft, world, now=later)
    assert (version.published_by, version.published_at) == (world["hana"], later)
    assert Path.objects.newest().n == 2
    verbs = Entry.objects.filter(subject="path:standard").values_list("verb", flat=True)
    assert set(verbs) == {
        Verb.PATH_DRAFTED,
        Verb.PATH_CHANGED,
        Verb.PATH_PROPOSED,
        Verb.PATH_PUBLISHED,
    }
    assert path.versions.count() == 2


def test_rungs_are_changed_moved_and_removed(draft: PathVersion, world: World) -> None:
    by, now = world["adam"], world.now
    actions.change_step(
        draft, n=2, step=rung("2d after", Does.NOTIFY, Role.LEADERSHIP), by=by, now=now
    )
    assert words(draft)[1] == "Tell the leadership"
    assert actions.move_step(draft, n=3, to=2, by=by, now=now) == 2
    assert words(draft)[2] == "Tell the leadership"
    # no further up than the first
    assert actions.move_step(draft, n=2, to=-5, by=by, now=now) == 1
    actions.remove_step(draft, n=1, by=by, now=now)
    assert words(draft) == ["Remind the owner", "Tell the leadership"]
    with pytest.raises(RuleError, match="no rung 3 any more"):
        actions.remove_step(draft, n=3, by=by, now=now)


def test_nobody_publishes_what_they_made_or_proposed(draft: PathVersion, world: World) -> None:
    ada = world.hire("ada", Role.ADMINISTRATOR)
    actions.propose_version(draft, by=ada, now=world.now)
    for who, did in (("adam", "made"), ("ada", "proposed")):
        with pytest.raises(RuleError, match=f"You {did} this version"):
            actions.publish_version(draft, seen=world.now, by=world[who], now=world.now)
    actions.publish_version(draft, seen=world.now, by=world["hana"], now=world.now)


def test_the_database_refuses_one_person_as_well(draft: PathVersion, world: World) -> None:
    actions.propose_version(draft, by=world["adam"], now=world.now)
    with pytest.raises(IntegrityError, match="two_people"), transaction.atomic():
        PathVersion.objects.filter(pk=draft.pk).update(
            state=VersionState.PUBLISHED, published_by=world["adam"], published_at=world.now
        )


def test_only_administrators_draft_and_only_they_or_the_head_publish(
    path: Path, draft: PathVersion, world: World
) -> None:
    actions.propose_version(draft, by=world["adam"], now=world.now)
    for who in ("olga", "ines", "anna", "chief"):
        with pytest.raises(PermissionDenied):
            actions.publish_version(draft, seen=world.now, by=world[who], now=world.now)
    with pytest.raises(PermissionDenied):
        actions.start_draft(path, by=world["hana"], now=world.now)
    with pytest.raises(PermissionDenied):
        actions.ask_to_move(path, reason=MoveReason.LAW, by=world["hana"], now=world.now)


def test_a_second_draft_is_refused_until_the_first_is_gone(
    path: Path, draft: PathVersion, world: World
) -> None:
    with pytest.raises(RuleError, match="a draft already"):
        actions.start_draft(path, by=world["adam"], now=world.now)
    actions.discard_version(draft, by=world["adam"], now=world.now)
    assert actions.start_draft(path, by=world["adam"], now=world.now).n == 3


def test_what_is_proposed_stays_as_it_was_read(draft: PathVersion, world: World) -> None:
    by, now = world["adam"], world.now
    actions.propose_version(draft, by=by, now=now)
    with pytest.raises(RuleError, match="Version 2 is proposed"):
        actions.remove_step(draft, n=1, by=by, now=now)
    actions.send_back_version(draft, reason=SentBack.TOO_SLOW, by=world["hana"], now=now)
    actions.remove_step(draft, n=1, by=by, now=now)
    actions.propose_version(draft, by=by, now=now + DAY)
    with pytest.raises(RuleError, match="proposed again meanwhile"):
        actions.publish_version(draft, seen=now, by=world["hana"], now=now + DAY)
    actions.publish_version(draft, seen=now + DAY, by=world["hana"], now=now + DAY)
    with pytest.raises(RuleError, match="published by now"):
        actions.discard_version(draft, by=by, now=now)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE escalation_pathversion SET n = 9",
        "DELETE FROM escalation_pathversion",
        "UPDATE escalation_pathstep SET role = 'officer' WHERE n = 2",
        "DELETE FROM escalation_pathstep",
        (
            'INSERT INTO escalation_pathstep (version_id, n, anchor, "limit", given, does, role) '
            "SELECT id, 9, 'after', '9d', 'always', 'remind', '' FROM escalation_pathversion"
        ),
    ],
)
def test_what_is_published_cannot_change_even_for_the_owner_of_the_table(
    statement: str, process: BecomeProcess
) -> None:
    with process("owner"), pytest.raises(Error, match="annot"), connection.cursor() as cursor:
        cursor.execute(statement)


def test_a_ladder_with_a_flaw_is_not_proposed_and_says_how_many(
    draft: PathVersion, world: World
) -> None:
    actions.remove_step(draft, n=3, by=world["adam"], now=world.now)
    early = rung("30d before", Does.NOTIFY, Role.AUDITOR)
    actions.change_step(draft, n=1, step=early, by=world["adam"], now=world.now)
    with pytest.raises(RuleError, match=r"Rung 1 would come before the start.* more stand"):
        actions.propose_version(draft, by=world["adam"], now=world.now)


def test_whoever_left_meanwhile_stops_the_publication(draft: PathVersion, world: World) -> None:
    step = rung("1d after", Does.NOTIFY, Role.LEADERSHIP)
    actions.change_step(draft, n=2, step=step, by=world["adam"], now=world.now)
    actions.propose_version(draft, by=world["adam"], now=world.now)
    chief = world["chief"]
    chief.is_active = False
    chief.save(update_fields=["is_active"])
    with pytest.raises(RuleError, match="Rung 2 reaches nobody today"):
        actions.publish_version(draft, seen=world.now, by=world["hana"], now=world.now)


def test_no_standard_lets_a_late_task_open_another(draft: PathVersion, world: World) -> None:
    step = rung("1d after", Does.TASK, Role.OFFICER)
    other = Path.objects.create(code="guidance", name="Guidance")
    version = PathVersion.objects.create(path=other, n=1)
    for one in draft.path.versions.published().get().steps.all():
        one.pk, one.version = None, version
        one.save(force_insert=True)
    version.steps.filter(n=2).update(does=step.does, role=step.role)
    version.state, version.published_at = VersionState.PUBLISHED, world.now
    version.save()
    limit, by = Limit(days=9), world["adam"]
    with pytest.raises(RuleError, match="again when that one is late"):
        actions.set_standard(kind="task", limit=limit, path=other, by=by, now=world.now)
    assert actions.set_standard(kind="answer", limit=limit, path=other, by=by, now=world.now)


def test_no_task_brings_in_whoever_works_on_no_concern(draft: PathVersion, world: World) -> None:
    step = rung("1d after", Does.TASK, Role.AUDITOR)
    actions.change_step(draft, n=2, step=step, by=world["adam"], now=world.now)
    with pytest.raises(RuleError, match="would bring in somebody who works on no concern"):
        actions.propose_version(draft, by=world["adam"], now=world.now)


def test_a_task_that_would_open_itself_again_is_refused(draft: PathVersion, world: World) -> None:
    step = rung("1d after", Does.TASK, Role.OFFICER)
    actions.change_step(draft, n=2, step=step, by=world["adam"], now=world.now)
    with pytest.raises(RuleError, match="standard, then standard"):
        actions.propose_version(draft, by=world["adam"], now=world.now)
    other = Path.objects.create(code="tasks", name="Tasks")
    like = draft.path.versions.published().get()
    version = PathVersion.objects.create(path=other, n=1)
    for one in like.steps.all():
        one.pk, one.version = None, version
        one.save(force_insert=True)
    version.state, version.published_at = VersionState.PUBLISHED, world.now
    version.save()
    change = actions.set_standard(
        kind="task", limit=Limit(days=9), path=other, by=world["adam"], now=world.now
    )
    assert change is not None
    actions.confirm_standard(change, by=world["hana"], now=world.now)
    actions.propose_version(draft, by=world["adam"], now=world.now)


# -- what runs ------------------------------------------------------------------------------


def slower(draft: PathVersion, world: World) -> PathVersion:
    """Return a published version that reminds half a day before the limit, and tells nobody."""
    by, now = world["adam"], world.now
    actions.remove_step(draft, n=2, by=by, now=now)
    actions.change_step(draft, n=1, step=rung("12h before"), by=by, now=now)
    return publish(draft, world)


def test_a_running_clock_keeps_its_version_and_one_that_starts_takes_the_newest(
    draft: PathVersion, world: World
) -> None:
    clock = file(world)
    version = slower(draft, world)
    world.file()
    clock.refresh_from_db()
    act_as(world["hana"])
    assert clock.path.n == 1
    newer = Clock.objects.filter(kind="acknowledge").exclude(pk=clock.pk).get()
    assert newer.path == version
    assert newer.times[0] == newer.due_at - DAY / 2


def test_running_clocks_go_over_with_a_notice_and_keep_what_they_took(
    path: Path, draft: PathVersion, world: World, process: BecomeProcess
) -> None:
    clock = file(world)
    version = slower(draft, world)
    late = clock.due_at + timedelta(hours=1)
    with process("worker"):
        actions.sweep(now=late)
    actions.ask_to_move(path, reason=MoveReason.MISTAKE, by=world["adam"], now=late)
    with pytest.raises(RuleError, match="asked for that already"):
        actions.ask_to_move(path, reason=MoveReason.LAW, by=world["adam"], now=late)
    with process("worker"):
        assert actions.move_clocks(now=late) == Clock.objects.count()
        assert actions.move_clocks(now=late) == 0
        clock.refresh_from_db()
        assert (clock.path, clock.next_step) == (version, 2)
        # the hand-over stays three days after the limit; that of telling is gone
        assert clock.next_at == clock.due_at + 3 * DAY
        (taken,) = StepTaken.objects.filter(clock=clock)
        assert (taken.n, taken.version.n if taken.version else None) == (1, 1)
        assert Entry.objects.filter(verb=Verb.CLOCK_PATH_MOVED).count() == Clock.objects.count()
        # it goes on from there, and the step with a number that was taken before is taken
        actions.sweep(now=clock.due_at + 4 * DAY)
        assert [one.n for one in StepTaken.objects.filter(clock=clock).order_by("at")] == [1, 2]
    assert PathMove.objects.get().done_at == late


def test_nothing_comes_sooner_than_the_notice_by_being_moved(
    path: Path, draft: PathVersion, world: World, process: BecomeProcess
) -> None:
    clock = file(world)
    actions.add_step(draft, step=rung("1h start"), by=world["adam"], now=world.now)
    publish(draft, world)
    moment = clock.started_at + timedelta(minutes=1)
    actions.ask_to_move(path, reason=MoveReason.DRILL, by=world["adam"], now=moment)
    with process("worker"):
        actions.move_clocks(now=moment)
        clock.refresh_from_db()
    assert clock.next_at == moment + actions.NOTICE
    assert clock.times[1:] == [clock.due_at, clock.due_at + DAY, clock.due_at + 3 * DAY]


def test_nothing_is_moved_where_there_is_nowhere_to_go(path: Path, world: World) -> None:
    with pytest.raises(RuleError, match="no older version"):
        actions.ask_to_move(path, reason=MoveReason.LAW, by=world["adam"], now=world.now)


def test_conditions_are_part_of_a_rung(draft: PathVersion, world: World) -> None:
    asked = Step(Rung(Anchor.BEFORE, Limit(days=2)), Does.NOTIFY, Role.OFFICER, Given.UNANSWERED)
    actions.add_step(draft, step=asked, by=world["adam"], now=world.now)
    row = PathStep.objects.get(version=draft, n=1)
    assert (row.given, row.step.when) == (Given.UNANSWERED, "2 days before the limit")
