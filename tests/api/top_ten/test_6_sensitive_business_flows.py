"""API6:2023 Unrestricted Access to Sensitive Business Flows: filing, and coming back."""

import pytest
from django.db import connection

from cases.models import Concern
from ledger.models import Entry
from ledger.verbs import Verb
from people.rules import Scope
from tests.api.program import Program, concern, is_problem
from tests.world import World


def test_who_files_for_others_reads_nothing_back(world: World) -> None:
    hotline = Program(world, [Scope.CONCERNS_CREATE])
    made = hotline.post("concerns/", concern())
    assert set(made.json()) == {"ref", "receipt", "acknowledge_by", "feedback_by"}
    is_problem(hotline.get(f"cases/{made.json()['ref']}/"), 403)


def test_a_receipt_is_told_once_and_stands_nowhere(world: World, program: Program) -> None:
    made = program.post("concerns/", concern(), Idempotency_Key="one").json()
    again = program.post("concerns/", concern(), Idempotency_Key="one")
    assert again.json() == made
    assert again["Idempotent-Replayed"] == "true"
    with connection.cursor() as cursor:
        cursor.execute("SELECT r::text FROM people_replay r")
        kept = "".join(row for (row,) in cursor.fetchall())
    assert kept
    assert made["receipt"] not in kept
    assert made["receipt"].replace("-", "") not in kept


def test_every_filing_stands_in_the_ledger_under_the_program(
    world: World, program: Program
) -> None:
    program.post("concerns/", concern())
    entry = Entry.objects.get(verb=Verb.CONCERN_FILED)
    assert entry.actor == program.row.actor.ref


def test_a_program_cannot_file_as_somebody_who_is_signed_in(program: Program) -> None:
    for name in ("person", "by", "filed_by", "as_user", "author"):
        is_problem(program.post("concerns/", concern(**{name: "olga"})), 400)


@pytest.mark.parametrize(
    "reporter",
    [
        {"mode": "anonymous", "name": "Ana"},
        {"mode": "anonymous", "contact": "ana@example.org"},
        {"mode": "confidential"},
        {"mode": "named", "name": ""},
        {"mode": "root"},
        {},
    ],
)
def test_a_mode_and_what_it_asks_for_belong_together(
    program: Program, reporter: dict[str, str]
) -> None:
    before = Concern.objects.count()
    answer = program.post("concerns/", concern(reporter=reporter))
    assert answer.status_code in {400, 409}
    assert Concern.objects.count() == before
