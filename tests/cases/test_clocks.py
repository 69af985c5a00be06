"""What starts each clock of a concern, a case and a request, and what meets or stops it."""

from datetime import timedelta

import pytest

from cases import access, actions
from cases.lifecycle import Finding, Level, Mode, TaskKind
from cases.models import Case, Concern
from common.errors import RuleError
from escalation import actions as escalation
from escalation.lifecycle import State
from escalation.models import Clock, Path
from escalation.rules import Limit
from ledger.models import Outbox
from people.middleware import act_as
from people.models import Person
from tests.conftest import BecomeProcess
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.req("ESC-3")]
DAY = timedelta(days=1)


def states(kind: str) -> list[str]:
    """Return the states of all clocks of a kind, the first that started first."""
    found = Clock.objects.filter(kind=kind).order_by("started_at", "state")
    return list(found.values_list("state", flat=True))


def answer(world: World, concern: Concern, after: timedelta = DAY) -> None:
    actions.answer(
        concern, by=world["olga"], opener=world.openers["olga"], text="Thank you.",
        now=world.now + after,
    )  # fmt: skip


def close(world: World, case: Case, after: timedelta = DAY) -> None:
    world.close(
        case,
        finding=Finding.OUT_OF_SCOPE,
        reason="Advice only.",
        message="Nothing has to follow.",
        now=world.now + after,
    )


def test_the_first_personal_message_is_due_in_three_working_days(world: World) -> None:
    concern, _ = world.file()
    clock = Clock.objects.get(kind="first_message")
    # from the midnight before, since nobody may know when an anonymous concern was filed
    assert clock.started_at == world.now.replace(hour=0)
    assert clock.limit == "3wd"
    answer(world, concern)
    assert states("first_message") == [State.MET]


def test_each_message_keeps_the_update_and_starts_the_next_until_it_is_closed(
    world: World,
) -> None:
    concern, _ = world.file()
    case = world.triage(concern)
    answer(world, concern)
    assert states("interim") == [State.RUNNING]
    answer(world, concern, 2 * DAY)
    assert states("interim") == [State.MET, State.RUNNING]
    latest = Clock.objects.get(kind="interim", state=State.RUNNING)
    assert latest.due_at.date() == (world.now + 30 * DAY).date()
    close(world, case, 3 * DAY)
    assert states("interim") == [State.MET, State.MET]
    assert not Clock.objects.filter(subject_id=concern.pk).ticking().exists()


def test_whoever_writes_is_answered_and_the_oldest_message_counts(world: World) -> None:
    concern, _ = world.file()
    actions.say(concern, text="One more thing.", now=world.now + DAY)
    first = Clock.objects.get(kind="answer")
    assert first.started_at == (world.now + DAY).replace(hour=0)
    actions.say(concern, text="And another.", now=world.now + 2 * DAY)
    assert Clock.objects.get(kind="answer") == first
    answer(world, concern, 3 * DAY)
    assert states("answer") == [State.MET]
    actions.say(concern, text="Thanks.", now=world.now + 4 * DAY)
    assert states("answer") == [State.MET, State.RUNNING]


def test_the_reporters_door_starts_the_clock_of_an_answer(
    world: World, process: BecomeProcess
) -> None:
    concern, _ = world.file()
    case = world.triage(concern)
    due = case.next_due_at
    act_as(None)
    with process("owner"):
        concern.refresh_from_db()
    with process("speak"):
        # as the door does, with the receipt at hand
        access.keep_at_hand(concern)
        actions.say(concern, text="He was here again.", now=world.now)
    act_as(world["olga"])
    assert states("answer") == [State.RUNNING]
    nearest = Case.objects.get(pk=case.pk).next_due_at
    assert due is not None
    assert nearest is not None
    assert nearest <= due


def test_an_investigation_takes_as_long_as_it_is_grave_and_ends_with_the_case(
    world: World,
) -> None:
    case = world.triage(world.file()[0])
    clock = Clock.objects.get(kind="investigation", subject_id=case.pk)
    assert clock.limit == "75d"  # normal
    close(world, case)
    assert states("investigation") == [State.MET]


def test_the_offices_standard_counts_for_what_begins_and_changes_nothing_that_runs(
    world: World, process: BecomeProcess
) -> None:
    before = world.triage(world.file()[0])
    escalation.set_standard(
        kind="investigation", level=Level.NORMAL, limit=Limit(days=10),
        path=Path.objects.get(code="standard"), by=world["adam"], now=world.now,
    )  # fmt: skip
    after = world.triage(world.file()[0])
    with process("owner"):
        found = Clock.objects.filter(kind="investigation")
        limits = dict(found.values_list("subject_id", "limit"))
    assert limits == {before.pk: "75d", after.pk: "10d"}


def test_withdrawing_stops_every_clock_and_task_of_a_concern(
    world: World, process: BecomeProcess
) -> None:
    concern, _ = world.file()
    actions.say(concern, text="One more thing.", now=world.now)
    task = actions.add_task(
        concern, by=world["olga"], kind=TaskKind.CHECK_IN, assignee=world["omar"], words="",
        now=world.now,
    )  # fmt: skip
    with process("speak"):
        access.keep_at_hand(concern)
        actions.withdraw(concern, now=world.now)
    with process("owner"):
        assert not Clock.objects.exclude(subject_kind="policy").ticking().exists()
        task.refresh_from_db()
    assert task.cancelled_at == world.now.replace(hour=0)


def test_an_open_task_keeps_a_case_open_and_a_check_in_outlives_it(world: World) -> None:
    case = world.triage(world.file()[0])
    made = {
        kind: actions.add_task(
            case, by=world["olga"], kind=kind, assignee=world["olga"], words="Ask.", now=world.now
        )
        for kind in (TaskKind.TASK, TaskKind.CHECK_IN)
    }
    with pytest.raises(RuleError, match="A task is still open"):
        close(world, case)
    actions.finish_task(made[TaskKind.TASK], by=world["olga"], words="", now=world.now)
    close(world, case)
    # beside it the one that closing plans
    assert states("check_in") == [State.RUNNING, State.RUNNING]
    with pytest.raises(RuleError, match="closed"):
        actions.add_task(
            case, by=world["olga"], kind=TaskKind.TASK, assignee=world["olga"], words="More.",
            now=world.now,
        )  # fmt: skip
    actions.finish_task(made[TaskKind.CHECK_IN], by=world["olga"], words="Well.", now=world.now)


def test_a_request_for_a_name_reminds_the_custodians_and_ends_when_they_decide(
    world: World, process: BecomeProcess
) -> None:
    concern, _ = world.file(mode=Mode.CONFIDENTIAL, identity=actions.Identity("Rita Reporter"))
    world.triage(concern)
    act_as(world["olga"])
    request = actions.ask_identity(concern, by=world["olga"], reason="Danger.", now=world.now)
    with process("owner"):
        Clock.objects.exclude(kind="unseal").update(next_at=None)
        due = Clock.objects.get(kind="unseal").due_at
    with process("worker"):
        escalation.sweep(now=due)
        notice = Outbox.objects.get(template="clock_remind")
    assert notice.to == f"person:{world['carl'].pk}"
    assert notice.context["reference"] == request.ref
    act_as(world["carl"])
    actions.refuse_identity(request, by=world["carl"], reason="Write to her.", now=world.now)
    assert states("unseal") == [State.MET]


def test_nobody_without_a_part_in_it_knows_that_a_name_is_asked_for(world: World) -> None:
    concern, _ = world.file(mode=Mode.CONFIDENTIAL, identity=actions.Identity("Rita Reporter"))
    world.triage(concern)
    act_as(world["olga"])
    actions.ask_identity(concern, by=world["olga"], reason="Danger.", now=world.now)
    for name, knows in (("olga", True), ("carl", True), ("adam", False), ("otto", False)):
        act_as(Person.objects.get(username=name))
        assert Clock.objects.filter(kind="unseal").exists() is knows, name
