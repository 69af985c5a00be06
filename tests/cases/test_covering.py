"""Absence, leaving and taking over: work goes on, whoever is not here."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client

from cases import actions
from cases.actions.covering import _left_to_do
from cases.lifecycle import Function, Given, TaskKind
from cases.models import Case, Concern, Member, Note, Task
from common.errors import RuleError
from escalation import actions as escalation
from escalation.models import Clock
from ledger.models import Entry, Outbox
from ledger.verbs import Verb
from people import actions as people
from people.middleware import act_as
from people.models import Absence, Attendance, Person
from people.rules import Role
from safes import actions as safes
from safes.access import open_texts
from safes.models import Grant, MissingGrant
from safes.models import State as GrantState
from tests.conftest import BecomeProcess
from tests.doors import sign_in
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.req("ESC-7")]


def leave(world: World, name: str) -> None:
    change = safes.part_with(world[name], by=world["adam"], now=world.now)
    assert change is not None
    approver = "hana" if name != "hana" else "adam"
    safes.decide_change(change, approve=True, by=world[approver], now=world.now)


def see_to(world: World, process: BecomeProcess) -> int:
    with process("worker"):
        return actions.see_to_open_work(now=world.now)


def told(process: BecomeProcess, template: str) -> set[str]:
    with process("worker"):
        rows = list(Outbox.objects.filter(template=template).values_list("to", flat=True))
    ids = [row.partition(":")[2] for row in rows]
    return set(Person.objects.filter(pk__in=ids).values_list("username", flat=True))


def away(world: World, name: str, *, for_: str | None = None) -> None:
    today = world.now.date()
    if for_ is not None:
        asked = people.delegate(world[name], to=world[for_], since=today, now=world.now)
        people.accept_delegation(asked, now=world.now)
    people.go_away(world[name], since=today, now=world.now)


# -- whoever left ------------------------------------------------------------------------------


def test_what_a_leaver_looked_after_waits_for_somebody_again(
    world: World, process: BecomeProcess
) -> None:
    concern, _ = world.file()
    actions.assign(concern, by=world["olga"], to=world["omar"], now=world.now, why=Given.ASKED)
    leave(world, "omar")
    assert see_to(world, process) == 1
    assert see_to(world, process) == 0
    with process("owner"):
        assert Concern.objects.get().owner is None
        assert Entry.objects.filter(verb=Verb.WORK_LEFT, subject=concern.subject).count() == 1
    assert told(process, "concern_nobodys") == {"olga"}


def test_a_case_goes_on_with_whoever_is_longest_on_its_team_and_here(
    world: World, process: BecomeProcess
) -> None:
    concern, _ = world.file()
    case = world.triage(concern, by="olga", lead="omar")
    leave(world, "omar")
    see_to(world, process)
    with process("owner"):
        assert Case.objects.get(pk=case.pk).lead == world["olga"]
        team = Member.objects.current().values_list("person__username", "function")
        assert list(team) == [("olga", Member.Function.LEAD)]
    assert told(process, "concern_assigned") == {"olga"}
    # what clocks say about it reaches the new lead, and nobody else
    act_as(world["olga"])
    assert Case.objects.visible_to(world["olga"]).exists()


def test_a_case_whose_whole_team_left_wakes_the_next_in_line(
    world: World, process: BecomeProcess
) -> None:
    concern, _ = world.file()
    case = world.triage(concern)
    leave(world, "olga")
    see_to(world, process)
    act_as(world["ines"])
    assert Case.objects.visible_to(world["ines"]).get().lead == world["ines"]
    places = [(case.pk, "summary"), (concern.pk, "narrative")]
    assert len(open_texts(world.openers["ines"], places)) == 2


def add_task(world: World, about: Case | Concern, assignee: str, by: str = "olga") -> Task:
    act_as(world[by])
    task = actions.add_task(
        about, kind=TaskKind.TASK, assignee=world[assignee], words="Ask for the log.",
        by=world[by], opener=world.openers[by], now=world.now,
    )  # fmt: skip
    act_as(None)
    return task


def on_a_team(world: World, *names: str) -> Case:
    """Return a case of olga's with these on its team."""
    act_as(world["olga"])
    case = world.triage(world.file()[0])
    for name in names:
        actions.add_member(
            case, by=world["olga"], opener=world.openers["olga"], person=world[name], now=world.now
        )
    act_as(None)
    return case


def test_a_leavers_task_goes_to_whoever_is_in_charge_on_record_and_with_a_letter(
    world: World, process: BecomeProcess
) -> None:
    case = on_a_team(world, "omar")
    task = add_task(world, case, "omar")
    leave(world, "omar")
    assert see_to(world, process) == 2  # the team, and the task
    assert see_to(world, process) == 0
    with process("owner"):
        assert Task.objects.get().assignee == world["olga"]
        assert Clock.objects.get(subject_id=task.pk).owner == world["olga"]
        given = Entry.objects.get(verb=Verb.TASK_GIVEN, subject=f"case:{case.pk}")
        assert given.actor == "system"
    assert told(process, "task_given") == {"olga"}


def test_the_leads_own_task_follows_the_case(world: World, process: BecomeProcess) -> None:
    case = on_a_team(world, "omar")
    add_task(world, case, "olga")
    leave(world, "olga")
    see_to(world, process)
    with process("owner"):
        assert Case.objects.get().lead == Task.objects.get().assignee == world["omar"]


def test_a_leavers_task_for_which_nobody_is_in_charge_is_nobodys_and_reminds_those_on_duty(
    world: World, process: BecomeProcess
) -> None:
    concern, _ = world.file()
    task = add_task(world, concern, "otto")
    leave(world, "otto")
    assert see_to(world, process) == 1
    assert see_to(world, process) == 0
    with process("owner"):
        assert Task.objects.get().assignee is None
        clock = Clock.objects.get(subject_id=task.pk)
        assert clock.owner is None
        Clock.objects.exclude(pk=clock.pk).update(next_at=None)
        assert Entry.objects.filter(verb=Verb.WORK_LEFT, subject=concern.subject).count() == 1
    with process("worker"):
        escalation.sweep(now=clock.due_at)
    assert told(process, "clock_remind") == {"olga", "omar"}


@pytest.mark.req("ESC-6")
def test_what_cannot_be_passed_on_stops_nothing_else_and_is_an_alarm(
    world: World, process: BecomeProcess, caplog: pytest.LogCaptureFixture
) -> None:
    concerns = []
    for _ in range(3):
        concerns.append(world.file()[0])
        actions.assign(
            concerns[-1], by=world["olga"], to=world["omar"], now=world.now, why=Given.ASKED
        )
    broken = concerns[1]
    with process("owner"), connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN RAISE EXCEPTION 'not this one'; END $$"
        )
        cursor.execute(
            "CREATE TRIGGER refused BEFORE UPDATE ON cases_concern FOR EACH ROW"
            f" WHEN (NEW.id = '{broken.pk}') EXECUTE FUNCTION refuse()"
        )
    leave(world, "omar")
    assert see_to(world, process) == 2
    with process("owner"):
        assert Concern.objects.get(owner__isnull=False) == broken
    assert told(process, "clock_alarm") == {"adam", "hana"}
    assert str(broken.pk) in caplog.text
    assert "not this one" not in caplog.text


def test_what_changed_hands_before_it_was_held_is_left_alone(
    world: World, process: BecomeProcess
) -> None:
    concern, _ = world.file()
    actions.assign(concern, by=world["olga"], to=world["omar"], now=world.now, why=Given.ASKED)
    case = on_a_team(world, "omar")
    add_task(world, case, "omar")
    away(world, "olga", for_="otto")
    leave(world, "omar")
    with process("worker"):
        found = list(_left_to_do(Attendance.on(world.now.date()), now=world.now))
    with process("owner"):
        Concern.objects.update(owner=world["hana"])
        Task.objects.update(assignee=world["hana"])
        Case.objects.update(lead=world["hana"])
        Member.objects.filter(person=world["omar"]).delete()
    with process("worker"):
        assert [act() for _, act in found] == [False] * 4


# -- whoever is away ---------------------------------------------------------------------------


def test_whoever_stands_in_is_let_into_the_case_of_the_absent(
    world: World, process: BecomeProcess
) -> None:
    concern, _ = world.file()
    case = world.triage(concern)
    away(world, "olga", for_="omar")
    assert see_to(world, process) == 1
    assert see_to(world, process) == 0
    act_as(world["omar"])
    assert Case.objects.visible_to(world["omar"]).get().lead == world["olga"]
    with process("owner"):
        assert MissingGrant.objects.filter(safe=case.safe, person=world["omar"]).exists()
        assert Entry.objects.filter(verb=Verb.STOOD_IN, subject=f"case:{case.pk}").exists()


@pytest.mark.req("ESC-5")
def test_whoever_stands_in_behind_a_wall_is_let_in_nowhere(
    world: World, process: BecomeProcess
) -> None:
    concern, _ = world.file(excluded=(world["omar"],))
    world.triage(concern)
    away(world, "olga", for_="omar")
    assert see_to(world, process) == 0


def test_whoever_stands_in_is_let_in_for_a_task_and_does_it(
    world: World, process: BecomeProcess
) -> None:
    case = on_a_team(world, "omar")
    task = add_task(world, case, "omar")
    away(world, "omar", for_="otto")
    assert see_to(world, process) == 1
    assert see_to(world, process) == 0
    act_as(world["otto"])
    actions.finish_task(task, by=world["otto"], words="", now=world.now)
    done = Task.objects.get()
    assert (done.done_by, done.assignee) == (world["otto"], world["omar"])


def test_a_stand_in_who_is_on_the_case_in_a_part_of_it_stays_in_that_part(
    world: World, process: BecomeProcess
) -> None:
    case = world.triage(world.file()[0], lead="olga")
    act_as(world["olga"])
    actions.add_member(
        case,
        by=world["olga"],
        opener=world.openers["olga"],
        person=world["otto"],
        function=Function.HR,
        now=world.now,
    )
    away(world, "olga", for_="otto")
    # asked again and again, as the worker does
    assert [see_to(world, process) for _ in range(2)] == [0, 0]
    with process("owner"):
        place = Member.objects.standing().get(case=case, person=world["otto"])
        assert place.function == Function.HR
        kept = [one.safe for one in case.compartments.all()] + [case.concerns.get().safe]
        assert not Grant.objects.filter(safe__in=kept, person=world["otto"]).exists()
        assert not MissingGrant.objects.filter(safe__in=kept, person=world["otto"]).exists()
        assert not Entry.objects.filter(verb=Verb.STOOD_IN).exists()


def test_a_stand_in_who_finds_no_place_is_given_no_key_and_stands_nowhere_on_record(
    world: World, process: BecomeProcess
) -> None:
    ivar = world.hire("ivar", Role.INDEPENDENT)
    concern, _ = world.file()
    actions.assign(concern, by=world["olga"], to=world["omar"], now=world.now, why=Given.ASKED)
    with process("owner"):
        # it was handed to one independent person, and before triage one alone sees it
        Concern.objects.update(handed_to=ivar)
    away(world, "omar", for_="ines")
    assert see_to(world, process) == 0
    with process("owner"):
        assert not Entry.objects.filter(verb=Verb.STOOD_IN).exists()
        held = Grant.objects.get(safe=concern.safe, person=world["ines"])
        assert held.state == GrantState.DORMANT
    asked = people.delegate(world["omar"], to=world["otto"], since=world.now.date(), now=world.now)
    people.accept_delegation(asked, now=world.now)
    # the next who agreed is let in, once
    assert see_to(world, process) == 1
    assert see_to(world, process) == 0
    with process("owner"):
        assert Entry.objects.filter(verb=Verb.STOOD_IN).count() == 1


def test_nothing_new_is_given_to_whoever_is_away_but_what_they_take_themselves(
    world: World,
) -> None:
    concern, _ = world.file()
    away(world, "omar")
    with pytest.raises(RuleError, match="is away"):
        actions.assign(concern, by=world["olga"], to=world["omar"], now=world.now, why=Given.ASKED)
    with pytest.raises(RuleError, match="is away"):
        world.triage(concern, by="olga", lead="omar")
    act_as(world["omar"])
    actions.assign(concern, by=world["omar"], to=world["omar"], now=world.now)


def test_what_a_reporter_writes_is_told_to_whoever_stands_in(
    world: World, process: BecomeProcess
) -> None:
    concern, _ = world.file()
    actions.assign(concern, by=world["olga"], to=world["olga"], now=world.now)
    away(world, "olga", for_="otto")
    with process("speak"):
        actions.say(concern, text="There is more.", now=world.now)
    assert told(process, "reporter_wrote") == {"otto"}
    people.come_back(world["olga"], now=world.now)
    actions.say(concern, text="And more.", now=world.now)
    assert told(process, "reporter_wrote") == {"olga", "otto"}


def test_a_new_concern_is_told_to_whoever_stands_in_and_sealed_as_ever(
    world: World, process: BecomeProcess
) -> None:
    away(world, "olga", for_="otto")
    away(world, "omar", for_="stan")
    concern, _ = world.file()
    # stan is of no part of the office: of the two on duty, only olga has somebody
    assert told(process, "concern_filed") == {"otto"}
    act_as(world["olga"])
    assert open_texts(world.openers["olga"], [(concern.pk, "narrative")])


# -- taking over -------------------------------------------------------------------------------


def test_the_head_takes_a_case_over_and_says_why(world: World, process: BecomeProcess) -> None:
    concern, _ = world.file()
    case = world.triage(concern)
    act_as(world["hana"])
    with pytest.raises(RuleError, match="Say why"):
        actions.take_over(case, by=world["hana"], reason=" ", now=world.now)
    actions.take_over(case, by=world["hana"], reason="Olga knows the client.", now=world.now)
    assert Case.objects.get().lead == world["hana"]
    places = [(case.pk, "summary"), (concern.pk, "narrative"), (Note.objects.get().pk, "body")]
    assert len(open_texts(world.openers["hana"], places)) == 3
    assert told(process, "clock_taken") == {"olga"}


def test_a_member_takes_over_from_a_lead_who_is_away_and_from_no_other(world: World) -> None:
    concern, _ = world.file()
    case = world.triage(concern, by="olga", lead="omar")
    act_as(world["olga"])
    with pytest.raises(RuleError, match="is here"):
        actions.take_over(case, by=world["olga"], reason="Too slow.", now=world.now)
    away(world, "omar")
    actions.take_over(case, by=world["olga"], reason="", now=world.now)
    assert Case.objects.get().lead == world["olga"]
    with pytest.raises(RuleError, match="already"):
        actions.take_over(case, by=world["olga"], reason="", now=world.now)


def test_nobody_else_takes_a_case_over(world: World) -> None:
    concern, _ = world.file()
    case = world.triage(concern)
    away(world, "olga")
    for name in ("otto", "adam", "ines"):
        with pytest.raises(PermissionDenied):
            actions.take_over(case, by=world[name], reason="I would.", now=world.now)


def test_the_button_stands_on_the_page_of_access(world: World, client: Client) -> None:
    concern, _ = world.file()
    case = world.triage(concern)
    sign_in(client, world, "hana")
    page = client.get(f"/desk/cases/{case.ref}/access/").content.decode()
    assert "Lead it from now on" in page
    refused = client.post(f"/desk/cases/{case.ref}/access/take/", {"take-reason": ""})
    assert "Say why you take it over" in refused.content.decode()
    client.post(f"/desk/cases/{case.ref}/access/take/", {"take-reason": "Olga is ill."})
    act_as(world["hana"])
    assert Case.objects.get().lead == world["hana"]


# -- saying so ---------------------------------------------------------------------------------


def test_somebody_says_when_they_are_away_and_that_they_are_back(
    world: World, client: Client
) -> None:
    sign_in(client, world, "omar")
    today = client.get("/staff/away/").context["today"]
    answer = client.post("/staff/away/", {"since": today, "until": ""}, follow=True)
    assert "the next in turn gets what comes for you" in answer.content.decode()
    again = client.post("/staff/away/", {"since": today, "until": ""})
    assert "away on some of these days" in again.content.decode()
    assert "yours again" in client.post("/staff/away/back/", follow=True).content.decode()
    assert "not away today" in client.post("/staff/away/back/", follow=True).content.decode()
    assert not Absence.objects.on(today).exists()


def test_a_planned_absence_is_called_off_by_whoever_planned_it(
    world: World, client: Client
) -> None:
    sign_in(client, world, "omar")
    today = client.get("/staff/away/").context["today"]
    client.post("/staff/away/", {"since": today + timedelta(days=2), "until": ""})
    planned = Absence.objects.get()
    other = Client()
    sign_in(other, world, "otto")
    assert other.post(f"/staff/away/{planned.pk}/call-off/").status_code == 404
    client.post(f"/staff/away/{planned.pk}/call-off/")
    assert not Absence.objects.from_then_on(today).exists()


@pytest.mark.parametrize(
    ("since", "until", "refusal"),
    [(-1, None, "is over"), (0, -1, "before the first"), (3, 9, "some of these days")],
)
def test_days_that_cannot_be_are_refused(
    world: World, since: int, until: int | None, refusal: str
) -> None:
    today = world.now.date()
    people.go_away(
        world["stan"], since=today + timedelta(5), until=today + timedelta(6), now=world.now
    )
    with pytest.raises(RuleError, match=refusal):
        people.go_away(
            world["stan"],
            since=today + timedelta(since),
            until=None if until is None else today + timedelta(until),
            now=world.now,
        )
