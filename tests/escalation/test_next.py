"""What a step does and to whom: its condition, its action, who is next, the alarm at the end."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cases import actions as cases
from cases.lifecycle import ConcernStatus, Level, TaskKind
from cases.lifecycle import Given as OutOfTurn
from cases.models import Case, Concern, Member, Wall
from escalation import actions
from escalation.actions.steps import take_steps
from escalation.actions.turns import turns
from escalation.duties import REGISTRY, Due
from escalation.lifecycle import State
from escalation.models import Clock, Does, Given, Instead, Outcome, PathStep, Problem, StepTaken
from escalation.notices import deliver_mail
from ledger.models import Entry, Outbox
from ledger.rules import SYSTEM
from ledger.verbs import Verb
from people import actions as people
from people.middleware import act_as
from people.models import Attendance, Person
from people.rules import Role, blind_index
from safes.access import open_texts
from safes.models import Grant, MissingGrant
from safes.models import State as GrantState
from tests.conftest import BecomeProcess
from tests.doors import sign_in
from tests.world import World

pytestmark = [pytest.mark.django_db]

HOUR = timedelta(hours=1)


@pytest.fixture
def concern(world: World) -> Concern:
    """Return a named concern: anonymous ones keep no time."""
    return world.file(mode="named", identity=cases.Identity("Rita Reporter"))[0]


def follow(world: World, process: BecomeProcess, *steps: PathStep) -> datetime:
    """Let the clocks for triage alone run, by these steps an hour apart; return their limit."""
    path = actions.publish_path(
        code=uuid4().hex[:8], name="Tried", steps=steps, by=SYSTEM, now=world.now
    )
    with process("owner"):
        Clock.objects.exclude(kind="triage").update(next_at=None)
        due = Clock.objects.filter(kind="triage").latest("due_at").due_at
        times = [due + n * HOUR for n in range(len(steps))]
        Clock.objects.filter(kind="triage").update(path=path, times=times, next_at=due, due_at=due)
    return due


def sweep(process: BecomeProcess, now: datetime) -> actions.Swept:
    with process("worker"):
        return actions.sweep(now=now)


def told(process: BecomeProcess, template: str) -> set[str]:
    """Return who has a notice of this kind in the outbox."""
    with process("worker"):
        rows = list(Outbox.objects.filter(template=template).values_list("to", flat=True))
    ids = [row.partition(":")[2] for row in rows]
    return set(Person.objects.filter(pk__in=ids).values_list("username", flat=True))


def outcomes(process: BecomeProcess) -> list[str]:
    with process("owner"):
        return list(StepTaken.objects.order_by("n").values_list("outcome", flat=True))


def verbs(process: BecomeProcess) -> list[str]:
    with process("owner"):
        return list(Entry.objects.values_list("verb", flat=True))


def away(world: World, name: str, *, for_: str | None = None) -> None:
    """Let somebody be away from today on, with somebody who agreed to stand in."""
    today = world.now.date()
    if for_ is not None:
        asked = people.delegate(world[name], to=world[for_], since=today, now=world.now)
        people.accept_delegation(asked, now=world.now)
    people.go_away(world[name], since=today, now=world.now)


# -- conditions ------------------------------------------------------------------------------


@pytest.mark.req("ESC-2")
def test_a_step_whose_condition_does_not_hold_tells_nobody_and_the_breach_is_recorded(
    world: World, concern: Concern, process: BecomeProcess
) -> None:
    cases.assign(concern, by=world["olga"], to=world["omar"], now=world.now, why=OutOfTurn.ASKED)
    due = follow(world, process, PathStep(does=Does.REMIND, given=Given.UNASSIGNED))
    assert sweep(process, due).acted == 1
    assert outcomes(process) == [Outcome.NOT_NEEDED]
    assert told(process, "clock_remind") == set()
    assert {Verb.STEP_PASSED, Verb.CLOCK_BREACHED} <= set(verbs(process))
    assert Verb.STEP_TAKEN not in verbs(process)


@pytest.mark.req("ESC-2")
def test_unopened_holds_until_somebody_with_a_key_has_read_it(
    world: World, concern: Concern, process: BecomeProcess
) -> None:
    unopened = [PathStep(does=Does.REMIND, given=Given.UNOPENED) for _ in range(3)]
    due = follow(world, process, *unopened)
    sweep(process, due)
    # it is seen, and not opened, by somebody without a key
    cases.read_concern(concern, by=world["otto"], opener=None, now=due)
    sweep(process, due + HOUR)
    act_as(world["olga"])
    cases.read_concern(concern, by=world["olga"], opener=world.openers["olga"], now=due)
    # what the reporter writes later makes it unread, and not unopened
    cases.say(concern, text="There is more.", now=due)
    sweep(process, due + 2 * HOUR)
    assert outcomes(process) == [Outcome.DONE, Outcome.DONE, Outcome.NOT_NEEDED]


@pytest.mark.req("ESC-2")
def test_unanswered_urgent_and_unassigned_are_as_they_are_at_the_moment_of_the_step(
    world: World, concern: Concern, process: BecomeProcess
) -> None:
    conditions = [Given.UNASSIGNED, Given.UNANSWERED, Given.URGENT]
    due = follow(world, process, *(PathStep(does=Does.REMIND, given=one) for one in conditions * 2))
    sweep(process, due + 2 * HOUR)
    cases.assign(concern, by=world["olga"], to=world["olga"], now=due)
    act_as(world["olga"])
    opener = world.openers["olga"]
    cases.answer(concern, by=world["olga"], text="We read it.", now=due, opener=opener)
    with process("owner"):
        Concern.objects.update(urgency=Level.HIGH)
    sweep(process, due + 5 * HOUR)
    needed, not_needed = Outcome.DONE, Outcome.NOT_NEEDED
    assert outcomes(process) == [needed, needed, not_needed, not_needed, not_needed, needed]


@pytest.mark.req("ESC-2", "ESC-7")
def test_away_holds_while_whoever_looks_after_it_is_away(
    world: World, concern: Concern, process: BecomeProcess
) -> None:
    steps = [PathStep(does=Does.NOTIFY, role=Role.HEAD, given=Given.AWAY) for _ in range(3)]
    due = follow(world, process, *steps)
    sweep(process, due)
    cases.assign(concern, by=world["olga"], to=world["omar"], now=world.now, why=OutOfTurn.ASKED)
    sweep(process, due + HOUR)
    away(world, "omar")
    sweep(process, due + 2 * HOUR)
    assert outcomes(process) == [Outcome.NOT_NEEDED, Outcome.NOT_NEEDED, Outcome.DONE]


# -- actions ---------------------------------------------------------------------------------


@pytest.mark.req("ESC-2", "ESC-5")
def test_it_is_given_to_whoever_has_least_and_never_to_whoever_has_it(
    world: World, concern: Concern, process: BecomeProcess
) -> None:
    cases.assign(concern, by=world["olga"], to=world["olga"], now=world.now)
    other, _ = world.file()
    cases.assign(other, by=world["omar"], to=world["omar"], now=world.now)
    due = follow(world, process, PathStep(does=Does.REASSIGN, role=Role.OFFICER))
    with process("owner"):
        Clock.objects.exclude(subject_id=concern.pk).update(next_at=None)
    sweep(process, due)
    with process("owner"):
        assert Concern.objects.get(pk=concern.pk).owner == world["otto"]
    assert told(process, "clock_reassign") == {"otto"}
    assert told(process, "clock_taken") == {"olga"}
    # otto was not on duty: whoever reads it next seals it to him
    with process("owner"):
        assert MissingGrant.objects.filter(safe=concern.safe, person=world["otto"]).exists()
        assert Entry.objects.filter(
            verb=Verb.CONCERN_ASSIGNED, subject=concern.subject, actor="system"
        ).exists()


@pytest.mark.req("ESC-2")
def test_what_is_given_in_one_batch_goes_round(world: World, process: BecomeProcess) -> None:
    for _ in range(6):
        world.file()
    due = follow(world, process, PathStep(does=Does.REASSIGN, role=Role.OFFICER))
    sweep(process, due)
    with process("owner"):
        owners = list(Concern.objects.values_list("owner__username", flat=True))
    assert sorted(owners) == ["olga", "olga", "omar", "omar", "otto", "otto"]


@pytest.mark.req("ESC-2")
def test_a_case_goes_on_with_another_lead_and_the_former_one_stays_on_the_team(
    world: World, process: BecomeProcess
) -> None:
    concern, _ = world.file()
    case = world.triage(concern)
    due = follow(world, process, PathStep(does=Does.REASSIGN, role=Role.OFFICER))
    with process("owner"):
        Clock.objects.filter(kind="acknowledge").update(
            path=Clock.objects.get(kind="triage").path, times=[due], next_at=due
        )
    sweep(process, due)
    with process("owner"):
        case = Case.objects.get(pk=case.pk)
        functions = dict(Member.objects.values_list("person__username", "function"))
    assert case.lead == world["omar"]
    assert functions == {"omar": Member.Function.LEAD, "olga": Member.Function.INVESTIGATOR}
    assert told(process, "clock_taken") == {"olga"}


@pytest.mark.req("ESC-2")
def test_the_next_level_is_added_beside_the_owner_with_the_key_that_slept(
    world: World, process: BecomeProcess
) -> None:
    concern, _ = world.file()
    case = world.triage(concern)
    due = follow(world, process, PathStep(does=Does.ADD, role=Role.INDEPENDENT))
    with process("owner"):
        Clock.objects.filter(kind="acknowledge").update(
            path=Clock.objects.get(kind="triage").path, times=[due], next_at=due
        )
    sweep(process, due)
    act_as(world["ines"])
    assert Case.objects.visible_to(world["ines"]).get() == case
    places = [(case.pk, "summary"), (concern.pk, "narrative")]
    assert len(open_texts(world.openers["ines"], places)) == 2
    assert Case.objects.get(pk=case.pk).lead == world["olga"]
    assert told(process, "clock_add") == {"ines"}


@pytest.mark.req("ESC-2")
def test_time_makes_it_more_urgent_by_one_and_never_says_that_somebody_is_in_danger(
    world: World, concern: Concern, process: BecomeProcess
) -> None:
    cases.assign(concern, by=world["olga"], to=world["omar"], now=world.now, why=OutOfTurn.ASKED)
    due = follow(world, process, PathStep(does=Does.RAISE), PathStep(does=Does.RAISE))
    sweep(process, due)
    assert Concern.objects.get().urgency == Level.HIGH
    assert told(process, "clock_raise") == {"omar"}
    sweep(process, due + HOUR)
    assert Concern.objects.get().urgency == Level.HIGH
    assert outcomes(process) == [Outcome.DONE, Outcome.NOT_NEEDED]


# -- who is next -------------------------------------------------------------------------------


@pytest.mark.req("ESC-7")
def test_whoever_is_away_is_reminded_through_whoever_stands_in(
    world: World, concern: Concern, process: BecomeProcess
) -> None:
    cases.assign(concern, by=world["olga"], to=world["omar"], now=world.now, why=OutOfTurn.ASKED)
    away(world, "omar", for_="otto")
    due = follow(world, process, PathStep(does=Does.REMIND))
    sweep(process, due)
    assert told(process, "clock_remind") == {"otto"}
    with process("owner"):
        assert MissingGrant.objects.filter(safe=concern.safe, person=world["otto"]).exists()


@pytest.mark.req("ESC-7")
def test_a_stand_in_who_is_away_has_one_too_and_a_circle_ends_with_those_on_duty(
    world: World, concern: Concern, process: BecomeProcess
) -> None:
    cases.assign(concern, by=world["olga"], to=world["omar"], now=world.now, why=OutOfTurn.ASKED)
    # they agreed while he was here
    asked = people.delegate(world["hana"], to=world["omar"], since=world.now.date(), now=world.now)
    people.accept_delegation(asked, now=world.now)
    away(world, "omar", for_="otto")
    away(world, "otto", for_="hana")
    due = follow(world, process, PathStep(does=Does.REMIND), PathStep(does=Does.REMIND))
    sweep(process, due)
    assert told(process, "clock_remind") == {"hana"}
    away(world, "hana")
    sweep(process, due + HOUR)
    assert told(process, "clock_remind") == {"hana", "olga"}


@pytest.mark.req("ESC-7")
def test_without_a_stand_in_who_agreed_the_next_of_those_on_duty_is_reminded(
    world: World, concern: Concern, process: BecomeProcess
) -> None:
    cases.assign(concern, by=world["olga"], to=world["omar"], now=world.now, why=OutOfTurn.ASKED)
    people.delegate(world["omar"], to=world["otto"], since=world.now.date(), now=world.now)
    away(world, "omar")
    sweep(process, follow(world, process, PathStep(does=Does.REMIND)))
    assert told(process, "clock_remind") == {"olga"}


@pytest.mark.req("ESC-7")
def test_a_stand_in_of_no_part_of_the_office_is_told_nothing(
    world: World, concern: Concern, process: BecomeProcess
) -> None:
    cases.assign(concern, by=world["olga"], to=world["omar"], now=world.now, why=OutOfTurn.ASKED)
    away(world, "omar", for_="stan")
    sweep(process, follow(world, process, PathStep(does=Does.REMIND)))
    assert told(process, "clock_remind") == {"olga"}


@pytest.mark.req("ESC-5", "ESC-7")
def test_a_stand_in_behind_a_wall_is_passed_over(world: World, process: BecomeProcess) -> None:
    concern, _ = world.file(excluded=(world["otto"],))
    cases.assign(concern, by=world["olga"], to=world["omar"], now=world.now, why=OutOfTurn.ASKED)
    away(world, "omar", for_="otto")
    sweep(process, follow(world, process, PathStep(does=Does.REMIND)))
    assert told(process, "clock_remind") == {"olga"}


@pytest.mark.req("ESC-7")
def test_whoever_is_told_as_a_stand_in_of_a_role_is_told_of_whom(
    world: World, concern: Concern, process: BecomeProcess
) -> None:
    away(world, "hana", for_="otto")
    sweep(process, follow(world, process, PathStep(does=Does.NOTIFY, role=Role.HEAD)))
    with process("worker"):
        letter = Outbox.objects.get(template="clock_notify")
        assert letter.to == f"person:{world['otto'].pk}"
        deliver_mail(letter)
    assert "in place of Hana Example, who is not here" in str(mail.outbox[-1].body)


@pytest.mark.req("ESC-7")
def test_a_locked_person_is_not_there(
    world: World, concern: Concern, process: BecomeProcess
) -> None:
    cases.assign(concern, by=world["olga"], to=world["omar"], now=world.now, why=OutOfTurn.ASKED)
    people.lock(world["omar"], by=world["adam"], now=world.now)
    sweep(process, follow(world, process, PathStep(does=Does.REMIND)))
    assert told(process, "clock_remind") == {"olga"}


@pytest.mark.req("ESC-5")
def test_where_the_independent_person_is_away_the_second_takes_over(
    world: World, concern: Concern, process: BecomeProcess
) -> None:
    world.hire("ivar", Role.INDEPENDENT)
    away(world, "ines")
    due = follow(world, process, PathStep(does=Does.HAND_OVER, role=Role.INDEPENDENT))
    sweep(process, due)
    assert told(process, "clock_hand_over") == {"ivar"}
    assert Concern.objects.get().handed_to == world["ivar"]


@pytest.mark.req("ESC-5")
@pytest.mark.parametrize("does", [Does.REMIND, Does.ADD])
def test_whoever_can_have_no_place_is_not_reached_gets_no_letter_and_it_is_an_alarm(
    world: World, concern: Concern, process: BecomeProcess, does: Does
) -> None:
    cases.assign(concern, by=world["olga"], to=world["omar"], now=world.now, why=OutOfTurn.ASKED)
    with process("owner"):
        # it was handed to one independent person, and before triage one alone sees it
        Concern.objects.update(handed_to=world.hire("ivar", Role.INDEPENDENT))
    away(world, "omar", for_="ines")
    for name in ("olga", "otto", "ivar", "hana"):
        away(world, name)
    role = Role.INDEPENDENT if does == Does.ADD else ""
    assert sweep(process, follow(world, process, PathStep(does=does, role=role))).acted == 1
    assert outcomes(process) == [Outcome.NOBODY]
    assert told(process, f"clock_{does}") | told(process, "clock_notify") == set()
    assert told(process, "clock_alarm") == {"adam", "hana"}
    with process("owner"):
        held = Grant.objects.get(safe=concern.safe, person=world["ines"])
        assert held.state == GrantState.DORMANT


@pytest.mark.req("ESC-5")
@pytest.mark.parametrize("does", [Does.ADD, Does.TASK])
def test_of_two_independent_persons_whoever_finds_a_place_is_the_next(
    world: World, concern: Concern, process: BecomeProcess, does: Does
) -> None:
    cases.assign(concern, by=world["olga"], to=world["omar"], now=world.now, why=OutOfTurn.ASKED)
    with process("owner"):
        # whose name comes first, and who has as little to do
        Concern.objects.update(handed_to=world.hire("zora", Role.INDEPENDENT))
    sweep(process, follow(world, process, PathStep(does=does, role=Role.INDEPENDENT)))
    assert outcomes(process) == [Outcome.DONE]
    assert told(process, f"clock_{does}") == {"zora"}
    assert told(process, "clock_alarm") == set()


# -- alarms ------------------------------------------------------------------------------------


@pytest.mark.req("ESC-5")
def test_a_step_that_finds_nobody_tells_heads_and_administrators_and_not_of_what(
    world: World, process: BecomeProcess
) -> None:
    world.file(excluded=(world["hana"],))
    away(world, "ines")
    due = follow(
        world, process, *(PathStep(does=Does.NOTIFY, role=Role.INDEPENDENT) for _ in range(2))
    )
    sweep(process, due)
    assert outcomes(process) == [Outcome.NOBODY]
    assert told(process, "clock_alarm") == {"adam"}
    with process("worker"):
        context = Outbox.objects.get(template="clock_alarm").context
    assert context == {"name": world["adam"].name}
    act_as(world["adam"])
    assert [one.problem for one in Clock.objects.troubled(world.now)] == [Problem.NOBODY]
    people.come_back(world["ines"], now=world.now)
    sweep(process, due + HOUR)
    with process("owner"):
        assert not Clock.objects.troubled(world.now).exists()


@pytest.mark.req("ESC-5", "ESC-6")
def test_a_clock_of_what_is_not_there_any_more_is_an_alarm_and_cancelled(
    world: World, concern: Concern, process: BecomeProcess
) -> None:
    world.file()
    due = follow(world, process, PathStep(does=Does.REMIND))
    with process("owner"):
        Clock.objects.filter(subject_id=concern.pk).update(subject_id=uuid4())
    swept = sweep(process, due)
    assert (swept.acted, swept.skipped) == (1, 1)
    with process("owner"):
        lost = Clock.objects.get(problem=Problem.VANISHED)
        assert (lost.state, lost.next_at) == (State.CANCELLED, None)
    assert told(process, "clock_alarm") == {"adam", "hana"}
    assert sweep(process, due + HOUR).due == 0


@pytest.mark.req("ESC-6")
@pytest.mark.parametrize("kind", ["case", "task", "request", "original", "policy"])
def test_whatever_kind_of_subject_vanished_the_sweep_goes_on(
    world: World, concern: Concern, process: BecomeProcess, kind: str
) -> None:
    world.file()
    due = follow(world, process, PathStep(does=Does.REMIND))
    with process("owner"):
        lost = Clock.objects.filter(subject_id=concern.pk)
        lost.update(subject_kind=kind, subject_id=uuid4())
    swept = sweep(process, due)
    assert (swept.acted, swept.skipped) == (1, 1)
    with process("owner"):
        assert Clock.objects.get(problem=Problem.VANISHED).state == State.CANCELLED


@pytest.mark.req("ESC-6")
def test_a_path_that_lacks_the_step_is_set_aside_for_longer_each_time_and_goes_on_once_mended(
    world: World, concern: Concern, process: BecomeProcess
) -> None:
    due = follow(world, process, PathStep(does=Does.REMIND))
    with process("owner"):
        Clock.objects.filter(kind="triage").update(next_step=7)
    assert sweep(process, due).skipped == 1
    assert sweep(process, due + timedelta(seconds=59)).due == 0
    assert sweep(process, due + timedelta(seconds=60)).skipped == 1
    assert sweep(process, due + timedelta(seconds=179)).due == 0
    with process("owner"):
        aside = Clock.objects.get(kind="triage")
        assert (aside.problem, aside.tries, aside.state) == (Problem.NO_STEP, 2, State.BREACHED)
        Clock.objects.filter(kind="triage").update(next_step=1)
    assert sweep(process, due + timedelta(seconds=180)).acted == 1
    with process("owner"):
        mended = Clock.objects.get(kind="triage")
        assert (mended.problem, mended.tries) == ("", 0)
    assert verbs(process).count(Verb.CLOCK_SET_ASIDE) == 1


@pytest.mark.req("ESC-6")
def test_a_role_that_does_not_exist_stops_no_other_clock(
    world: World, concern: Concern, process: BecomeProcess
) -> None:
    world.file()
    due = follow(world, process, PathStep(does=Does.NOTIFY, role=Role.HEAD))
    with process("owner"):
        good = Clock.objects.filter(kind="triage").exclude(subject_id=concern.pk).get()
        gone = actions.publish_path(
            code="gone",
            name="Gone",
            steps=[PathStep(does=Does.NOTIFY, role="ombudsman")],
            by=SYSTEM,
            now=world.now,
        )
        Clock.objects.filter(kind="triage", subject_id=concern.pk).update(path=gone)
    assert sweep(process, due).acted == 1
    with process("owner"):
        assert StepTaken.objects.get().clock_id == good.pk
        assert Clock.objects.get(problem=Problem.NO_ROLE).subject_id == concern.pk


@pytest.mark.req("ESC-6")
@pytest.mark.parametrize("does", [Does.REMIND, Does.REASSIGN, Does.ADD, Does.HAND_OVER])
def test_asking_for_many_clocks_costs_as_many_queries_as_for_few(
    world: World, process: BecomeProcess, does: Does
) -> None:
    for _ in range(12):
        concern, _ = world.file()
        cases.assign(
            concern, by=world["olga"], to=world["omar"], now=world.now, why=OutOfTurn.ASKED
        )
    away(world, "omar", for_="otto")
    role = "" if does == Does.REMIND else Role.OFFICER
    follow(world, process, PathStep(does=does, role=role, given=Given.UNOPENED))
    step = PathStep.objects.get(version__path__name="Tried")
    with process("worker"):
        due = [(clock, step) for clock in Clock.objects.filter(kind="triage")]
        few, many = _asked(due[:2], world.now), _asked(due[2:], world.now)
    assert len(due) == 12
    assert few == many


def _asked(due: Due, now: datetime) -> int:
    duty = REGISTRY["concern"]
    with CaptureQueriesContext(connection) as counted:
        assert len(duty.holding(due)) == len(due)
        reached = turns(duty, due, Attendance.on(now.date()))
        assert all(turn.persons for turn in reached.values())
    return len(counted)


@pytest.mark.req("ESC-6")
def test_reminding_many_costs_as_many_queries_as_reminding_few(
    world: World, process: BecomeProcess
) -> None:
    for _ in range(12):
        concern, _ = world.file()
        cases.assign(
            concern, by=world["olga"], to=world["omar"], now=world.now, why=OutOfTurn.ASKED
        )
    due = follow(world, process, PathStep(does=Does.REMIND))
    with process("worker"):
        clocks = list(Clock.objects.due(due))
        few, many = _queries(clocks[:2], due), _queries(clocks[2:], due)
    assert few == many


def _queries(clocks: list[Clock], now: datetime) -> int:
    with CaptureQueriesContext(
        connection,
    ) as counted:
        take_steps(clocks, now=now)
    return len(counted)


@pytest.mark.req("ESC-5")
def test_what_slept_stays_asleep_where_nobody_is_told(
    world: World, concern: Concern, process: BecomeProcess
) -> None:
    away(world, "hana")
    due = follow(world, process, PathStep(does=Does.NOTIFY, role=Role.HEAD))
    sweep(process, due)
    # the head is away and nobody stands in: the independent person is next
    assert told(process, "clock_notify") == {"ines"}
    with process("owner"):
        states = dict(
            Grant.objects.filter(safe=concern.safe).values_list("person__username", "state")
        )
    assert states["hana"] == GrantState.DORMANT
    assert states["ines"] == GrantState.ACTIVE


# -- what belongs to a case --------------------------------------------------------------------


def on_a_case(
    world: World, process: BecomeProcess, kind: str, *steps: PathStep
) -> tuple[Case, datetime]:
    """Open a case that omar leads with otto, whose clock of a kind alone runs by these steps."""
    concern, _ = world.file()
    act_as(world["olga"])
    case = world.triage(concern, lead="omar")
    act_as(world["omar"])
    opener = world.openers["omar"]
    cases.add_member(case, by=world["omar"], opener=opener, person=world["otto"], now=world.now)
    if kind == "task":
        cases.add_task(
            case,
            kind=TaskKind.TASK,
            words="Ask for the log.",
            assignee=world["omar"],
            by=world["omar"],
            opener=opener,
            now=world.now,
        )
    act_as(None)
    with process("owner"):
        Clock.objects.exclude(kind="triage").exclude(kind=kind).delete()
        Clock.objects.filter(kind="triage").delete()
        Clock.objects.update(kind="triage")
    due = follow(world, process, *steps)
    with process("owner"):
        Clock.objects.update(kind=kind)
    return case, due


@pytest.mark.req("ESC-5", "ESC-7")
@pytest.mark.parametrize("kind", ["investigation", "task"])
def test_a_reminder_of_a_case_goes_to_the_team_before_anybody_else_is_let_in(
    world: World, process: BecomeProcess, kind: str
) -> None:
    case, due = on_a_case(world, process, kind, PathStep(does=Does.REMIND))
    people.go_away(world["omar"], since=due.date(), until=None, now=world.now)
    team = Member.objects.current().filter(case=case).values_list("person__username", flat=True)
    with process("owner"):
        before = set(team)
    sweep(process, due)
    (reminded,) = told(process, "clock_remind")
    assert reminded in before - {"omar"}
    with process("owner"):
        assert set(team.all()) == before
    assert "ines" not in before


@pytest.mark.req("ESC-2", "ESC-7")
def test_a_reminder_lets_nobody_new_in_and_the_page_says_whom_it_reached(
    client: Client, world: World, process: BecomeProcess
) -> None:
    case, due = on_a_case(world, process, "investigation", PathStep(does=Does.REMIND))
    team = Member.objects.current().filter(case=case)
    with process("owner"):
        before = set(team.values_list("person__username", flat=True))
        keys = set(Grant.objects.filter(state="active").values_list("pk", flat=True))
    for name in before:
        people.go_away(world[name], since=due.date(), until=None, now=world.now)
    sweep(process, due)
    assert told(process, "clock_remind") == {"hana"}
    with process("owner"):
        assert set(team.values_list("person__username", flat=True)) == before
        assert set(Grant.objects.filter(state="active").values_list("pk", flat=True)) == keys
        assert StepTaken.objects.get().instead == Instead.NEXT
        letter = Outbox.objects.get(template="clock_remind")
    # she is told in the place of whoever looks after it, who is away
    assert letter.context["instead_of"] == str(world["omar"].pk)
    sign_in(client, world, "omar", vault=False)
    page = client.get(f"/desk/cases/{case.ref}/").content.decode()
    assert "nobody stands in, so somebody else was reminded" in page


@pytest.mark.req("ESC-7", "TRI-6")
def test_of_whoever_is_here_and_behind_a_wall_no_letter_says_that_they_are_away(
    world: World, process: BecomeProcess
) -> None:
    case, due = on_a_case(world, process, "investigation", PathStep(does=Does.REMIND))
    with process("owner"):
        blind = blind_index(world["omar"].pk)
        Wall.objects.create(case=case, blind=blind, why=Wall.Why.RECUSED, since=world.now.date())
        assert set(Clock.objects.filter(next_at=due).values_list("owner", flat=True)) == {
            world["omar"].pk
        }
    sweep(process, due)
    (reminded,) = told(process, "clock_remind")
    assert reminded != "omar"
    with process("owner"):
        assert StepTaken.objects.get().instead == Instead.NEXT
        assert Outbox.objects.get(template="clock_remind").context["instead_of"] == ""


@pytest.mark.req("ESC-7")
def test_whoever_stands_in_and_cannot_be_let_in_stands_in_no_line_of_the_history(
    world: World, process: BecomeProcess
) -> None:
    world.file(mode="confidential", identity=cases.Identity("Rita Reporter"))
    with process("owner"):
        # who keeps the last share of the name, and changed to other work
        Person.objects.filter(pk=world["carl"].pk).update(roles=[Role.INDEPENDENT])
    away(world, "omar", for_="carl")
    sweep(process, follow(world, process, PathStep(does=Does.NOTIFY, role=Role.OFFICER)))
    assert told(process, "clock_notify") == {"olga", "otto"}
    with process("owner"):
        taken = StepTaken.objects.get()
    assert (taken.reached, taken.instead) == (2, Instead.NOBODY)


@pytest.mark.req("ESC-2")
@pytest.mark.parametrize("kind", ["investigation", "task"])
def test_what_belongs_to_a_case_is_given_to_whoever_has_least_and_not_to_whoever_has_it(
    world: World, process: BecomeProcess, kind: str
) -> None:
    busy, _ = world.file()
    act_as(world["olga"])
    cases.assign(busy, by=world["olga"], to=world["olga"], now=world.now)
    step = PathStep(does=Does.REASSIGN, role=Role.OFFICER)
    _, due = on_a_case(world, process, kind, step)
    sweep(process, due)
    assert told(process, "clock_reassign") == {"otto"}


@pytest.mark.req("ESC-2")
def test_a_step_if_it_is_urgent_knows_how_urgent_a_case_is(
    world: World, process: BecomeProcess
) -> None:
    step = PathStep(given=Given.URGENT, does=Does.REMIND)
    case, due = on_a_case(world, process, "investigation", step)
    with process("owner"):
        Case.objects.filter(pk=case.pk).update(urgency=Level.NORMAL)
    sweep(process, due)
    assert told(process, "clock_remind") == set()
    assert outcomes(process) == [Outcome.NOT_NEEDED]


@pytest.mark.req("ESC-2")
def test_what_outlives_a_case_still_brings_somebody_in(
    world: World, process: BecomeProcess
) -> None:
    step = PathStep(does=Does.ADD, role=Role.INDEPENDENT)
    case, due = on_a_case(world, process, "task", step)
    with process("owner"):
        Concern.objects.filter(case=case).update(status=ConcernStatus.CLOSED)
    assert sweep(process, due).skipped == 0
    assert told(process, "clock_add") == {"ines"}
