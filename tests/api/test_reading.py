"""What programs read: categories, cases, clocks and checkpoints; and what no program ever sees."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from pytest_django import DjangoAssertNumQueries

from cases import actions
from cases.lifecycle import Finding
from cases.models import Case, Category, Concern, Message, Note, Triage
from common import clock
from escalation import actions as escalation
from escalation.models import Clock, Path
from escalation.rules import Limit
from escalation.rules.pauses import Reason
from ledger import actions as ledger
from ledger import rules
from ledger.models import Checkpoint
from people.middleware import act_as
from people.models import Unit
from people.rules import Scope
from tests.api.program import FRAME, Program, is_problem
from tests.conftest import BecomeProcess
from tests.world import World


def open_case(world: World, unit: Unit | None = None) -> Case:
    concern, _ = world.file(unit=unit)
    act_as(world["olga"])
    return world.triage(concern)


def refs(response: Any) -> list[str]:
    assert response.status_code == 200, response.content
    return [row["ref"] for row in response.json()["results"]]


# -- categories ----------------------------------------------------------------------------------


def test_categories_are_those_of_the_site_in_their_order(world: World, program: Program) -> None:
    actions.add_category(code="first", label="First", hint="So", position=1, now=world.now)
    Category.objects.filter(code="first").update(position=0)
    Category.objects.filter(code="other").update(position=9)
    Category.objects.filter(code="coercion").update(is_active=False)
    assert program.get("categories/").json() == {
        "results": [
            {"code": "first", "label": "First", "hint": "So", "is_grave": False},
            {"code": "other", "label": "Something else", "hint": "", "is_grave": False},
        ],
        "next": None,
        "previous": None,
    }


# -- cases ---------------------------------------------------------------------------------------


@pytest.mark.req("API-1", "CAS-1")
def test_a_case_is_its_metadata_and_nothing_else(world: World, program: Program) -> None:
    concern, _ = world.file(unit=world.unit)
    act_as(world["olga"])
    case = world.triage(concern)
    shown = program.get(f"cases/{case.ref}/").json()
    assert shown == {
        "ref": case.ref,
        "status": "open",
        "category": "other",
        "unit": "field",
        "urgency": 3,
        "severity": 2,
        "phase": "planning",
        "phase_since": "2026-03-16T10:00:00Z",
        "opened_at": "2026-03-16T10:00:00Z",
        "closed_at": None,
        "finding": None,
        "next_due_at": shown["next_due_at"],
        "concerns": [{"ref": concern.ref, "kind": "report", "channel": "web"}],
    }
    assert program.get("cases/").json()["results"] == [shown]


def test_cases_are_found_by_what_is_asked(world: World, program: Program) -> None:
    plain, grave = open_case(world), open_case(world, unit=world.unit)
    act_as(world["olga"])
    world.close(
        plain,
        finding=Finding.OUT_OF_SCOPE,
        reason="It is for somebody else.",
        message="It is for the works council.",
        now=world.now,
    )
    Case.objects.filter(pk=grave.pk).update(category="coercion")
    late = "2026-03-16T10:00:01Z"
    asked: list[tuple[dict[str, str], list[str]]] = [
        ({}, [grave.ref, plain.ref]),
        ({"status": "closed"}, [plain.ref]),
        ({"status": "open", "category": "coercion"}, [grave.ref]),
        ({"phase": "planning"}, [grave.ref, plain.ref]),
        ({"phase": "outcome"}, []),
        ({"category": "other"}, [plain.ref]),
        ({"unit": "field"}, [grave.ref]),
        ({"opened_after": "2026-03-16T10:00:00Z"}, [grave.ref, plain.ref]),
        ({"opened_before": "2026-03-16T10:00:00Z"}, []),
        ({"opened_after": late}, []),
        ({"opened_before": late, "opened_after": "2026-03-16"}, [grave.ref, plain.ref]),
    ]
    for query, found in asked:
        assert sorted(refs(program.get("cases/", query))) == sorted(found), query
    assert program.get(f"cases/{plain.ref}/").json()["finding"] == "out_of_scope"


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ({"status": "lost"}, "status"),
        ({"status": ""}, "status"),
        ({"phase": "lost"}, "phase"),
        ({"category": "weather"}, "category"),
        ({"category": "\0"}, "category"),
        ({"unit": "moon"}, "unit"),
        ({"opened_after": "yesterday"}, "opened_after"),
        ({"opened_before": "2026-02-30"}, "opened_before"),
        ({"page_size": "0"}, "page_size"),
        ({"page_size": "201"}, "page_size"),
        ({"page_size": "٣"}, "page_size"),
        ({"page_size": "9" * 5000}, "page_size"),
        ({"cursor": "abc"}, "cursor"),
        ({"cursor": "😀"}, "cursor"),
        ({"cursor": "W2ZhbHNlLCAiXHUwMDAwIl0"}, "cursor"),
        ({"cursor": "W2ZhbHNlXQ"}, "cursor"),
        ({"sort": "ref"}, "sort"),
        ({"status": ["open", "closed"]}, "status"),
    ],
)
def test_a_wrong_question_is_named(program: Program, query: dict[str, Any], name: str) -> None:
    body = is_problem(program.get("cases/", query), 400)
    assert list(body["errors"]) == [name]


def test_hidden_and_absent_cases_get_one_answer(world: World) -> None:
    case = open_case(world)
    actions.name_party(case, by=world["olga"], person=world["adam"], now=world.now)
    watched = Program(world, [Scope.CASES_READ], owner="adam")
    answers = {
        watched.get(f"cases/{ref}/").content for ref in (case.ref, "2026-9999", "no-such-case")
    }
    assert len(answers) == 1
    is_problem(watched.get("cases/with space/"), 404)
    is_problem(watched.get("cases/%00/"), 404)


@pytest.mark.req("SEC-1")
def test_a_wall_around_its_owner_stands_around_a_program(world: World, program: Program) -> None:
    """Whoever is named sees the same as if there were nothing: no case, no clock, no reference."""
    case = open_case(world)
    other = Program(world, list(Scope), owner="anna")
    paths = ["cases/", "clocks/?kind=triage", "clocks/?kind=investigation", f"cases/{case.ref}/"]
    act_as(world["olga"])
    actions.name_party(case, by=world["olga"], person=world["adam"], now=world.now)
    hidden = [program.get(path).content for path in paths]
    assert refs(other.get("cases/")) == [case.ref]
    # four of the concern, two of the case, and the review of the policy
    assert len(other.get("clocks/").json()["results"]) == 7
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('ed.client', 'x', true), set_config('ed.behind', '', true)"
        )
    nothing: dict[str, Any] = {"results": [], "next": None, "previous": None}
    assert [program.get(path).json() for path in paths[:3]] == [nothing] * 3
    is_problem(program.get(paths[3]), 404)
    assert hidden == [program.get(path).content for path in paths]


@pytest.mark.req("SEC-1")
def test_the_database_itself_keeps_programs_from_what_hangs_on_a_case(
    world: World, program: Program
) -> None:
    case = open_case(world)
    waiting, _ = world.file()
    act_as(world["olga"])
    actions.sign_note(case, by=world["olga"], kind=Note.Kind.NOTE, text="I rang.", now=world.now)
    concern = case.concerns.get()
    actions.answer(
        concern, by=world["olga"], opener=world.openers["olga"], text="Thank you.", now=world.now
    )
    program.get("categories/")
    assert list(Case.objects.all()) == [case]
    assert list(Concern.objects.all()) == [concern]
    assert waiting not in Concern.objects.all()
    for closed in (Message, Note, Triage):
        assert not closed.objects.exists()


def test_a_page_of_cases_takes_the_same_queries_however_long(
    world: World, program: Program, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(3):
        open_case(world, unit=world.unit)
        with django_assert_num_queries(FRAME + 2):
            program.get("cases/")


@pytest.mark.req("API-1")
def test_pages_are_stable_while_cases_are_added(world: World, program: Program) -> None:
    def open_next() -> str:
        world.now += timedelta(minutes=1)
        return open_case(world).ref

    old = [open_next() for _ in range(5)][::-1]
    first = program.get("cases/", {"page_size": 2})
    open_next()
    second = program.follow(first.json()["next"])
    open_next()
    third = program.follow(second.json()["next"])
    assert refs(first) + refs(second) + refs(third) == old
    assert third.json()["next"] is None
    assert refs(program.follow(third.json()["previous"])) == refs(second)
    back = program.follow(second.json()["previous"])
    assert refs(back) == refs(first)
    # what was added meanwhile stands before what was first
    assert len(refs(program.follow(back.json()["previous"]))) == 2
    assert "page_size=2" in second.json()["next"]


# -- clocks --------------------------------------------------------------------------------------


@pytest.mark.req("API-1")
def test_clocks_are_told_with_their_case_the_earliest_due_first(
    world: World, program: Program
) -> None:
    case = open_case(world)
    world.file(now=world.now + timedelta(days=1))
    clocks = program.get("clocks/").json()["results"]
    assert [clock["due_at"] for clock in clocks] == sorted(clock["due_at"] for clock in clocks)
    assert {clock["reference"] for clock in clocks} == {case.ref, None, "speaking-up"}
    met = program.get("clocks/", {"state": "met"}).json()["results"]
    assert [(clock["kind"], clock["reference"]) for clock in met] == [("triage", case.ref)]
    running = program.get("clocks/", {"state": "running", "kind": "acknowledge"}).json()["results"]
    assert [clock["started_at"] for clock in running] == [
        "2026-03-16T00:00:00Z",
        "2026-03-17T00:00:00Z",
    ]
    assert program.get("clocks/", {"state": "paused"}).json()["results"] == []


@pytest.mark.req("API-1", "ESC-3")
def test_clocks_are_asked_for_by_states_unit_and_when_they_are_due(
    world: World, program: Program, promised_alone: Callable[[], None]
) -> None:
    lab = Unit.objects.create(code="lab", name="Laboratory")
    here, there = open_case(world, world.unit), open_case(world, lab)

    def found(**query: str) -> set[tuple[str, str]]:
        listed = program.get("clocks/", query).json()["results"]
        return {(clock["kind"], clock["reference"]) for clock in listed}

    promised_alone()
    of_lab = {(kind, there.ref) for kind in ("acknowledge", "feedback", "triage")}
    assert found(unit="lab") == of_lab
    both = {("triage", case.ref) for case in (here, there)}
    assert found(state="met") == both
    assert len(found(state="met,running")) == 6
    assert len(found(due_before="2026-03-25T00:00:00Z")) == 4
    late = {("feedback", case.ref) for case in (here, there)}
    assert found(due_after="2026-03-25T00:00:00Z", state="running,breached") == late
    units = {clock["unit"] for clock in program.get("clocks/").json()["results"]}
    assert units == {"field", "lab"}


@pytest.mark.req("API-1", "TRI-6")
def test_of_which_unit_a_concern_is_no_program_learns_before_there_is_a_case(
    world: World, program: Program, promised_alone: Callable[[], None]
) -> None:
    world.file(unit=world.unit)
    promised_alone()
    clocks = program.get("clocks/").json()["results"]
    assert len(clocks) == 3
    assert {clock["unit"] for clock in clocks} == {None}
    assert program.get("clocks/", {"unit": "field"}).json()["results"] == []


@pytest.mark.req("API-1")
def test_no_program_is_told_who_answers_for_a_clock(world: World, program: Program) -> None:
    open_case(world)
    told = program.get("clocks/").content.decode()
    assert "olga" not in told.lower()
    assert str(world["olga"].pk) not in told
    is_problem(program.get("clocks/", {"owner": "olga"}), 400)


@pytest.mark.parametrize(
    "query",
    [
        {"state": "late"},
        {"state": "running,late"},
        {"kind": "a b"},
        {"unit": "moon"},
        {"due_after": "soon"},
        {"due": "now"},
    ],
)
def test_a_wrong_question_about_clocks_is_named(program: Program, query: dict[str, str]) -> None:
    assert list(is_problem(program.get("clocks/", query), 400)["errors"]) == list(query)


def test_clocks_that_are_due_together_are_each_on_one_page(world: World, program: Program) -> None:
    for _ in range(4):
        world.file()
    seen: list[str] = []
    response = program.get("clocks/", {"page_size": 5})
    while True:
        seen += [clock["id"] for clock in response.json()["results"]]
        if response.json()["next"] is None:
            break
        response = program.follow(response.json()["next"])
    assert len(seen) == len(set(seen)) == Clock.objects.count() == 4 * 4 + 1


def test_a_page_of_clocks_takes_the_same_queries_however_long(
    world: World, program: Program, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(3):
        open_case(world)
        with django_assert_num_queries(FRAME + 4):
            program.get("clocks/")


@pytest.mark.req("API-1", "ESC-1")
def test_a_path_is_told_by_its_published_version_and_not_by_its_draft(
    world: World, program: Program, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    escalation.start_draft(Path.objects.get(code="standard"), by=world["adam"], now=world.now)
    with django_assert_num_queries(FRAME + 2):
        path, reading = program.get("paths/").json()["results"]
    assert reading["code"] == "reading"
    assert (path["code"], path["version"], len(path["rungs"])) == ("standard", 1, 3)
    assert path["rungs"][1] == {
        "n": 2,
        "anchor": "after",
        "limit": "1d",
        "given": "always",
        "does": "notify",
        "role": "head",
        "words": "Tell the head of the ethics office, 1 day after the limit, in any case.",
    }
    assert list(is_problem(program.get("paths/", {"draft": "1"}), 400)["errors"]) == ["draft"]


@pytest.mark.req("API-1", "ESC-3")
def test_a_program_is_told_what_runs_on_which_path(world: World, program: Program) -> None:
    path, by, now = Path.objects.get(code="standard"), world["adam"], world.now
    escalation.set_standard(
        kind="answer", limit=Limit(days=2), path=path, by=by, now=now, filed_as="guidance"
    )
    (answer,) = [one for one in program.get("standards/").json()["results"] if one["filed_as"]]
    assert answer == {
        "kind": "answer",
        "level": None,
        "filed_as": "guidance",
        "limit": "2d",
        "path": "standard",
    }


@pytest.mark.req("API-1", "SEC-3")
def test_of_what_was_not_triaged_a_program_is_not_told_on_which_path_it_runs(
    world: World, program: Program
) -> None:
    def paths() -> set[str | None]:
        found = program.get("clocks/").json()["results"]
        return {one["path"] for one in found if one["about"] == "concern"}

    concern, _ = world.file(in_danger=True)
    assert paths() == {None}
    act_as(world["olga"])
    world.triage(concern)
    assert paths() == {"standard"}


# -- checkpoints -----------------------------------------------------------------------------------


@pytest.fixture
def sealed(world: World, process: BecomeProcess) -> Checkpoint:
    """Return the newest of two checkpoints."""
    with process("worker"):
        ledger.seal(now=world.now)
    actions.add_category(code="more", label="More", now=world.now)
    with process("worker"):
        ledger.seal(now=world.now + timedelta(minutes=1))
    return Checkpoint.objects.order_by("-size")[0]


@pytest.mark.req("API-1", "AUD-1")
def test_a_witness_gets_the_newest_checkpoint_signed(sealed: Checkpoint, program: Program) -> None:
    shown = program.get("ledger/checkpoints/latest/").json()
    assert rules.parse_checkpoint(shown["note"]) == (sealed.size, bytes(sealed.root))
    assert (shown["size"], shown["note"]) == (sealed.size, sealed.note)
    assert shown["root"] in shown["note"]
    listed = program.get("ledger/checkpoints/").json()["results"]
    assert listed[0] == shown
    assert [row["size"] for row in listed] == [sealed.size, sealed.size - 1]


def test_a_witness_gets_the_note_alone_as_text(sealed: Checkpoint, program: Program) -> None:
    response = program.get("ledger/checkpoints/latest/", Accept="text/plain")
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert response.content.decode() == sealed.note


def test_there_may_be_no_checkpoint_yet_and_that_is_a_problem_document(program: Program) -> None:
    is_problem(program.get("ledger/checkpoints/latest/"), 404)
    is_problem(program.get("ledger/checkpoints/latest/", Accept="text/plain"), 404)


def test_checkpoints_take_a_bounded_number_of_queries(
    sealed: Checkpoint, program: Program, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for path in ("ledger/checkpoints/", "ledger/checkpoints/latest/", "categories/"):
        with django_assert_num_queries(FRAME + 1):
            program.get(path)


# -- calendars -------------------------------------------------------------------------------


@pytest.mark.req("API-1", "ESC-2")
def test_calendars_say_which_units_work_when(world: World, program: Program) -> None:
    week = ["10:00-17:00"] * 5 + ["", "10:00-17:00"]
    hours = escalation.Hours("Kathmandu", week, zone="Asia/Kathmandu", country="NP")
    # the program asks by the clock on the wall
    nepal = escalation.make_calendar(code="nepal", hours=hours, by=world["adam"], now=clock.now())
    escalation.work_by(world.unit, calendar=nepal, by=world["adam"], now=world.now)
    shown = {one["code"]: one for one in program.get("calendars/").json()["results"]}
    assert shown["office"]["zone"] == "Europe/London"
    assert shown["nepal"] == {
        "code": "nepal",
        "name": "Kathmandu",
        "zone": "Asia/Kathmandu",
        "country": "NP",
        "region": "",
        "week": week,
        "is_office": False,
        "units": [world.unit.code],
    }
    days = program.get("calendars/nepal/days/").json()["results"]
    assert days[0]["kind"] == "law"
    assert [one["day"] for one in days] == sorted(one["day"] for one in days)
    assert is_problem(program.get("calendars/nowhere/days/"), 404)


@pytest.mark.req("API-1", "ESC-4")
def test_a_clock_that_rests_says_until_when(world: World, program: Program) -> None:
    concern, _ = world.file()
    act_as(world["olga"])
    concern = actions.assign(concern, by=world["olga"], to=world["olga"], now=world.now)
    triage = Clock.objects.get(kind="triage")
    until = world.now + timedelta(days=1)
    actions.pause_clock(
        concern, triage.pk, reason=Reason.REPORTER, until=until, by=world["olga"], now=world.now
    )
    (shown,) = program.get("clocks/?state=paused").json()["results"]
    assert (shown["paused_until"], shown["paused_for"]) == ("2026-03-17T10:00:00Z", 0)
    act_as(world["olga"])
    actions.resume_clock(concern, triage.pk, by=world["olga"], now=world.now + timedelta(hours=1))
    (shown,) = program.get("clocks/?kind=triage").json()["results"]
    assert (shown["paused_until"], shown["paused_for"]) == (None, 3600)


@pytest.mark.req("API-1")
def test_a_kind_of_clock_that_there_is_not_is_said(program: Program) -> None:
    assert list(is_problem(program.get("clocks/?kind=triagee"), 400)["errors"]) == ["kind"]
