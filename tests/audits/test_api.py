"""Figures and reports over the API: the same figures as the page, for programs with the scope."""

import json
from hashlib import sha256

import pytest
from pytest_django import DjangoAssertNumQueries

from audits import actions
from audits.models import Release, Report
from common import clock
from ledger.models import Entry
from ledger.verbs import Verb
from people.rules import Scope
from tests.api.program import Program
from tests.audits.conftest import QUARTER
from tests.conftest import BecomeProcess
from tests.world import World

ALL = [Scope.FIGURES_READ, Scope.REPORTS_READ, Scope.REPORTS_CREATE]


@pytest.mark.req("API-1")
def test_figures_are_those_of_the_page_with_their_definitions(
    released: World, process: BecomeProcess
) -> None:
    program = Program(released, ALL)
    answer = program.get("figures/", {"period": QUARTER})
    body = answer.json()
    release = Release.objects.newest_of(QUARTER)
    assert release is not None
    assert (answer.status_code, body["figures"]) == (200, release.figures)
    canonical = json.dumps(
        body["figures"], sort_keys=True, ensure_ascii=False, separators=(",", ":")
    )
    assert sha256(canonical.encode()).hexdigest() == body["sha256"]
    assert {one["code"] for one in body["definitions"]} >= {"filed", "on_time"}
    with process("worker"):
        assert Entry.objects.filter(verb=Verb.FIGURES_READ, actor=program.row.actor.ref).exists()


def test_a_period_that_is_not_released_is_a_conflict_that_says_when(released: World) -> None:
    answer = Program(released, ALL).get("figures/", {"period": "2999-01"})
    assert answer.status_code == 409
    assert "are released on 3 March 2999" in answer.json()["detail"]


@pytest.mark.parametrize("period", ["2026-13", "x", "2026-01-01"])
def test_what_is_no_period_is_a_wrong_field(released: World, period: str) -> None:
    for answer in (
        Program(released, ALL).get("figures/", {"period": period}),
        Program(released, ALL).post("reports/", {"period": period}),
    ):
        assert answer.status_code == 400
        assert "is not a period" in str(answer.json()["errors"]["period"]) or (
            "12" in str(answer.json()["errors"]["period"])
        )


@pytest.mark.req("SEC-2")
def test_each_scope_opens_its_own(released: World) -> None:
    figures = Program(released, [Scope.FIGURES_READ])
    assert figures.get("reports/").status_code == 403
    assert figures.post("reports/", {"period": QUARTER}).status_code == 403
    reader = Program(released, [Scope.REPORTS_READ])
    assert reader.get("figures/", {"period": QUARTER}).status_code == 403
    assert reader.post("reports/", {"period": QUARTER}).status_code == 403
    assert reader.get("reports/").json()["results"] == []
    assert not Report.objects.exists()


@pytest.mark.req("AUD-4", "API-1")
def test_a_report_is_asked_for_followed_and_downloaded(
    released: World, process: BecomeProcess
) -> None:
    program = Program(released, ALL)
    asked = program.post("reports/", {"period": QUARTER})
    assert asked.status_code == 201
    body = asked.json()
    assert (body["state"], body["percent"], body["files"]) == ("queued", 0, [])
    assert program.post("reports/", {"period": QUARTER}).json()["id"] == body["id"]

    with process("worker"):
        actions.produce(now=clock.now())
    ready = program.get(f"reports/{body['id']}/").json()
    assert (ready["state"], ready["percent"]) == ("ready", 100)
    assert {file["format"] for file in ready["files"]} == {"pdf", "xlsx", "json"}
    for file in ready["files"]:
        content = program.get(file["url"].removeprefix("/api/v1/")).content
        assert sha256(content).hexdigest() == file["sha256"]
    assert [one["id"] for one in program.get("reports/").json()["results"]] == [body["id"]]


def test_the_same_key_asks_once(released: World) -> None:
    program = Program(released, ALL)
    first = program.post("reports/", {"period": QUARTER}, **{"Idempotency-Key": "k1"})
    again = program.post("reports/", {"period": QUARTER}, **{"Idempotency-Key": "k1"})
    assert first.json() == again.json()
    assert again.headers["Idempotent-Replayed"] == "true"


def test_an_unknown_report_is_not_found(released: World) -> None:
    program = Program(released, ALL)
    nobody = "00000000-0000-4000-8000-000000000000"
    assert program.get(f"reports/{nobody}/").status_code == 404
    assert program.get(f"reports/{nobody}/pdf/").status_code == 404


def test_a_list_of_reports_asks_the_same_whatever_its_length(
    released: World, process: BecomeProcess, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    program = Program(released, ALL)
    for period in (QUARTER, "2026-02"):
        program.post("reports/", {"period": period})
        with process("worker"):
            actions.produce(now=clock.now())
        with django_assert_num_queries(10):
            program.get("reports/")
