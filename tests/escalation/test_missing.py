"""After an upgrade what was there before has the clocks that came later, once and from then on."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases import actions as cases
from cases.lifecycle import Finding, Level, Mode, TaskKind
from cases.models import Case, Concern, IdentityRequest, Message
from escalation import actions
from escalation.duties import REGISTRY
from escalation.models import Calendar, CalendarOfUnit, Clock
from ledger.models import Entry
from ledger.verbs import Verb
from people.middleware import act_as
from people.models import Unit
from policies.models import Policy
from tests.conftest import BecomeProcess
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.req("ESC-3")]
LATER = {"first_message", "interim", "investigation", "unseal", "original", "policy_review"}
YEAR = timedelta(days=365)


@pytest.fixture
def request_for_a_name(world: World) -> IdentityRequest:
    """Return what waits for a custodian, in a case; another concern nobody has answered yet."""
    world.file(unit=world.unit)
    concern, _ = world.file(mode=Mode.CONFIDENTIAL, identity=cases.Identity("Rita Reporter"))
    world.triage(concern)
    act_as(world["olga"])
    return cases.ask_identity(concern, by=world["olga"], reason="Danger.", now=world.now)


def start(world: World, process: BecomeProcess) -> int:
    with process("owner"):
        return actions.start_missing(now=world.now, batch=2)


def test_what_never_had_a_clock_gets_it_from_now_on_and_only_once(
    request_for_a_name: IdentityRequest, world: World, process: BecomeProcess
) -> None:
    with process("owner"):
        known = set(Clock.objects.values_list("subject_id", "kind", "owner", "unit", "limit"))
        # as a house was before there were these kinds
        Clock.objects.filter(kind__in=LATER).delete()
        left = set(Clock.objects.values_list("pk", flat=True))
    world.now += YEAR
    started = start(world, process)
    with process("owner"):
        added = Clock.objects.exclude(pk__in=left)
        now_known = set(Clock.objects.values_list("subject_id", "kind", "owner", "unit", "limit"))
        assert now_known == known
        assert started == added.count() == len(known) - len(left)
        assert set(added.values_list("kind", flat=True)) == LATER - {"interim", "original"}
        # nothing is late on the day of an upgrade; an anonymous reporter's counts from midnight
        assert min(added.values_list("due_at", flat=True)) > world.now
        anonymous = added.get(subject_id=Concern.objects.get(case=None).pk)
        assert anonymous.started_at == world.now.replace(hour=0, minute=0)
        assert Entry.objects.filter(verb=Verb.CLOCK_ADDED).count() == started
        assert Case.objects.get().next_due_at == nearest()
    assert start(world, process) == 0


def nearest() -> object:
    """Return the nearest limit of the one case and its concern."""
    case = Case.objects.get()
    about = [case.pk, *case.concerns.values_list("pk", flat=True)]
    return Clock.objects.ticking().filter(subject_id__in=about).earliest("due_at").due_at


def test_what_was_written_to_has_the_next_update_and_what_ended_has_nothing(
    world: World, process: BecomeProcess
) -> None:
    concern, _ = world.file(mode="named", identity=cases.Identity("Rita Reporter"))
    case = world.triage(concern)
    act_as(world["olga"])
    cases.answer(
        concern,
        by=world["olga"],
        opener=world.openers["olga"],
        text="We read it.",
        now=world.now,
    )
    with process("owner"):
        Clock.objects.filter(kind__in=LATER).delete()
    assert start(world, process) == 3
    with process("owner"):
        kinds = Clock.objects.filter(kind__in=LATER).values_list("kind", flat=True)
        assert set(kinds) == {"interim", "investigation", "policy_review"}
        investigation = Clock.objects.get(kind="investigation")
        assert investigation.limit == {Level.NORMAL: "75d", Level.HIGH: "60d"}[Level(case.severity)]
    act_as(world["olga"])
    world.close(
        case,
        finding=Finding.OUT_OF_SCOPE,
        reason="Advice only.",
        message="Nothing has to follow.",
        now=world.now,
    )
    # what ended is not asked for any more
    with process("owner"):
        Clock.objects.filter(kind__in=LATER).delete()
    assert start(world, process) == 1
    with process("owner"):
        assert Clock.objects.get(kind="policy_review").subject_id == Policy.objects.get().key


def test_a_reporter_who_waits_is_answered_in_time_and_one_who_was_answered_is_not_asked_for(
    world: World, process: BecomeProcess
) -> None:
    waiting, _answered = (
        cases.say(world.file()[0], text="Is anybody there?", now=world.now).concern
        for _ in range(2)
    )
    with process("owner"):
        Message.objects.exclude(concern=waiting).update(author=world["olga"])
        Clock.objects.filter(kind="answer").delete()
    assert start(world, process) == 2  # this one, and the other's next update
    with process("owner"):
        assert Clock.objects.get(kind="answer").subject_id == waiting.pk


def test_what_cannot_be_started_stops_no_other_and_no_upgrade(
    world: World, process: BecomeProcess, caplog: pytest.LogCaptureFixture
) -> None:
    unit = Unit.objects.create(code="nepal", name="Nepal")
    bad, _ = world.file(unit=unit)
    for _ in range(4):
        world.file(unit=world.unit)
    with process("owner"):
        Clock.objects.filter(kind="first_message").delete()
        # of which no time can be counted any more
        broken = Calendar.objects.create(code="nepal", week=[""] * 7, zone="Asia/Nowhere")
        CalendarOfUnit.objects.create(unit=unit, calendar=broken)
    assert start(world, process) == 4
    with process("owner"):
        assert not Clock.objects.filter(subject_id=bad.pk, kind="first_message").exists()
    assert f"first_message of concern {bad.pk} is not started" in caplog.text


# refuses as a row does that another act holds; a sequence counts also what is rolled back
HELD = """
CREATE SEQUENCE held_times;
GRANT USAGE ON SEQUENCE held_times TO PUBLIC;
CREATE FUNCTION is_held() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF nextval('held_times') <= %s THEN
        RAISE EXCEPTION 'held' USING ERRCODE = 'lock_not_available';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER is_held BEFORE INSERT ON escalation_clock
    FOR EACH ROW WHEN (NEW.kind = 'first_message') EXECUTE FUNCTION is_held();
"""


@pytest.mark.parametrize(("times", "patience", "started"), [(2, 30.0, 1), (99, 0.0, 0)])
def test_what_somebody_holds_is_come_back_to_and_what_they_hold_for_long_is_said(
    times: int,
    patience: float,
    started: int,
    world: World,
    process: BecomeProcess,
    caplog: pytest.LogCaptureFixture,
) -> None:
    held, _ = world.file()
    with process("owner"):
        Clock.objects.filter(kind="first_message").delete()
        with connection.cursor() as cursor:
            cursor.execute(HELD, [times])
        assert actions.start_missing(now=world.now, patience=patience) == started
        assert Clock.objects.filter(kind="first_message").count() == started
    said = f"first_message of concern {held.pk} is not started (somebody holds it)"
    assert (said in caplog.text) == (not started)


def test_a_task_orders_the_queue_anew_by_statements_that_name_what_they_hold(
    world: World, process: BecomeProcess
) -> None:
    """Nested queries over tables of whose rows nothing is known yet took half a minute."""
    case = world.triage(world.file()[0])
    act_as(world["olga"])
    cases.add_task(
        case, kind=TaskKind.TASK, assignee=world["olga"], words="Ask for the log.",
        by=world["olga"], opener=world.openers["olga"], now=world.now,
    )  # fmt: skip
    with process("worker"), CaptureQueriesContext(connection) as captured:
        REGISTRY["task"].moved(list(Clock.objects.filter(subject_kind="task")))
    held = [one["sql"] for one in captured if "FOR UPDATE" in one["sql"]]
    assert held
    assert not [sql for sql in held if sql.count("SELECT") > 1]


def test_an_upgrade_starts_them(
    world: World, process: BecomeProcess, capsys: pytest.CaptureFixture[str]
) -> None:
    world.file()
    with process("owner"):
        Clock.objects.filter(kind__in=LATER).delete()
        call_command("start_clocks")
        assert "2 time limits were started" in capsys.readouterr().out
        call_command("start_clocks", verbosity=0)
    assert capsys.readouterr().out == ""
