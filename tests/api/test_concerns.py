"""Filing over the API: what is sealed, promised and answered, and that it is done once."""

from datetime import timedelta
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from cases import access
from cases.models import Concern, Wall
from common import clock
from ledger.models import Entry
from ledger.verbs import Verb
from people.models import Replay
from people.rules import Scope, blind_index
from safes import access as opening
from safes.rules import Receipt
from tests.api.program import FRAME, Program, concern, forget_who_asks, is_problem
from tests.conftest import BecomeProcess
from tests.world import NARRATIVE, World

KEY = "9f3c2a52-6a0e-4d0f-9c9f-0f4e5d3e8a11"


def filed(body: dict[str, Any]) -> tuple[Concern, Receipt]:
    forget_who_asks()
    receipt = Receipt.parse(body["receipt"])
    assert receipt is not None
    found = access.concern_of(receipt)
    assert found is not None
    return found, receipt


@pytest.mark.req("API-1", "INT-1")
def test_a_program_files_and_gets_the_receipt_and_what_is_promised(
    world: World, program: Program
) -> None:
    response = program.post("concerns/", concern())
    assert response.status_code == 201
    assert response["Cache-Control"] == "no-store"
    body = response.json()
    assert set(body) == {"ref", "receipt", "acknowledge_by", "feedback_by"}
    made, receipt = filed(body)
    assert made.ref == body["ref"]
    assert str(made.acknowledge_by) == body["acknowledge_by"]
    assert str(made.feedback_by) == body["feedback_by"]
    assert (made.kind, made.channel, made.mode) == ("report", "phone", "anonymous")
    for opener in (world.openers["olga"], receipt.opener):
        read = opening.open_texts(opener, [(made.pk, "narrative"), (made.pk, "answers")])
        assert read[made.pk, "narrative"] == NARRATIVE
        assert '"when": "14 October"' in read[made.pk, "answers"]


@pytest.mark.req("AUD-1")
def test_the_ledger_names_the_program_and_of_an_anonymous_reporter_no_time(
    program: Program,
) -> None:
    program.post("concerns/", concern())
    entry = Entry.objects.get(verb=Verb.CONCERN_FILED)
    assert entry.actor == f"client:{program.row.pk}"
    assert entry.at is None


@pytest.mark.req("INT-2")
def test_a_confidential_name_goes_to_readers_and_custodians_in_two_shares(
    world: World, program: Program
) -> None:
    reporter = {"mode": "confidential", "name": "Stan Example", "notify": "stan@example.org"}
    made, _ = filed(program.post("concerns/", concern(reporter=reporter)).json())
    near, far = (made.pk, "identity"), (made.pk, "share")
    halves = [
        opening.open_items(world.openers[name], [near, far, (made.pk, "reporter")])
        for name in ("olga", "carl")
    ]
    assert [set(half) for half in halves] == [{near}, {far}]
    assert not any(b"Stan" in half for found in halves for half in found.values())


def test_everything_that_can_be_told_is_taken(world: World, program: Program) -> None:
    body = concern(
        category="coercion",
        reporter={"mode": "named", "name": "Stan Example", "contact": "Extension 12"},
        about="It is about Hana Example.",
        exclude=["otto"],
        unit="field",
        in_danger=True,
    )
    made, _ = filed(program.post("concerns/", body).json())
    assert (made.unit, made.urgency) == (world.unit, 4)
    walls = {bytes(wall.blind) for wall in Wall.objects.filter(concern=made)}
    # around whom it is about, and whoever was excluded
    assert walls == {blind_index(world[name].pk) for name in ("hana", "otto")}


@pytest.mark.req("SEC-1")
def test_a_program_can_file_about_its_own_owner(world: World) -> None:
    program = Program(world, [Scope.CONCERNS_CREATE], owner="olga")
    response = program.post("concerns/", concern(exclude=["olga"]))
    assert response.status_code == 201
    made, _ = filed(response.json())
    assert opening.open_texts(world.openers["olga"], [(made.pk, "narrative")]) == {}


def count_filed(process: BecomeProcess) -> int:
    with process("worker"):
        return Entry.objects.filter(verb=Verb.CONCERN_FILED).count()


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"kind": "gossip"}, "kind"),
    ({"category": "weather"}, "category"),
    ({"category": "\0"}, "category"),
    ({"category": 7}, "category"),
    ({"channel": "pigeon"}, "channel"),
    ({"narrative": ""}, "narrative"),
    ({"narrative": " \n "}, "narrative"),
    ({"narrative": "x" * 20_001}, "narrative"),
    ({"narrative": 5}, "narrative"),
    ({"narrative": "\ud800"}, "narrative"),
    ({"narrative": "\0"}, "narrative"),
    ({"narrative": None}, "narrative"),
    ({"reporter": {"mode": "secret"}}, "reporter.mode"),
    ({"reporter": "anonymous"}, "reporter"),
    ({"reporter": {"mode": "named"}}, "reporter.name"),
    ({"reporter": {"mode": "anonymous", "name": "Stan"}}, "reporter.name"),
    ({"reporter": {"mode": "anonymous", "notify": "a@example.org"}}, "reporter.notify"),
    ({"reporter": {"mode": "named", "name": "S", "notify": "nowhere"}}, "reporter.notify"),
    ({"reporter": {"mode": "anonymous", "ip": "192.0.2.1"}}, "reporter.ip"),
    ({"answers": ["when"]}, "answers"),
    ({"answers": {"when": "x" * 20_000}}, "answers"),
    ({"unit": "moon"}, "unit"),
    ({"exclude": ["nobody-here"]}, "exclude"),
    ({"exclude": "olga"}, "exclude"),
    ({"in_danger": "yes"}, "in_danger"),
    ({"severity": 4}, "severity"),
]


@pytest.mark.req("API-1")
@pytest.mark.parametrize(("changes", "name"), WRONG, ids=[f"{n}-{c}"[:60] for c, n in WRONG])
def test_what_is_wrong_is_named_and_nothing_is_stored(
    program: Program, changes: dict[str, Any], name: str, process: BecomeProcess
) -> None:
    before = count_filed(process)
    body = is_problem(program.post("concerns/", concern(**changes)), 400)
    assert list(body["errors"]) == [name]
    assert all(sentence for sentence in body["errors"][name])
    assert count_filed(process) == before


@pytest.mark.parametrize("name", ["kind", "category", "channel", "reporter", "narrative"])
def test_what_is_missing_is_named(program: Program, name: str) -> None:
    body = {key: value for key, value in concern().items() if key != name}
    assert list(is_problem(program.post("concerns/", body), 400)["errors"]) == [name]


@pytest.mark.parametrize("body", [[], "report", 7, None])
def test_a_body_that_is_no_object_is_refused(program: Program, body: object) -> None:
    assert "body" in is_problem(program.post("concerns/", body), 400)["errors"]


def test_what_the_office_cannot_take_now_is_a_conflict(world: World, program: Program) -> None:
    everybody = ["olga", "omar", "ines", "hana"]
    body = is_problem(program.post("concerns/", concern(exclude=everybody)), 409)
    assert "Nobody would be left to read this" in body["detail"]


# -- once --------------------------------------------------------------------------------------


@pytest.mark.req("API-1")
def test_the_same_request_with_the_same_key_gets_the_same_answer(
    program: Program, process: BecomeProcess
) -> None:
    first = program.post("concerns/", concern(), Idempotency_Key=KEY)
    again = program.post("concerns/", concern(), Idempotency_Key=KEY)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    assert "Idempotent-Replayed" not in first
    assert again["Idempotent-Replayed"] == "true"
    assert count_filed(process) == 1


def test_the_order_of_members_does_not_make_another_request(program: Program) -> None:
    turned = dict(reversed(concern().items()))
    first = program.post("concerns/", concern(), Idempotency_Key=KEY)
    assert program.post("concerns/", turned, Idempotency_Key=KEY).content == first.content


def test_a_key_is_not_taken_for_another_request(program: Program, process: BecomeProcess) -> None:
    program.post("concerns/", concern(), Idempotency_Key=KEY)
    other = program.post("concerns/", concern(kind="guidance"), Idempotency_Key=KEY)
    assert "Use a new key" in is_problem(other, 422)["detail"]
    assert count_filed(process) == 1


def test_a_key_belongs_to_its_program(world: World, program: Program) -> None:
    other = Program(world, [Scope.CONCERNS_CREATE])
    first = program.post("concerns/", concern(), Idempotency_Key=KEY)
    second = other.post("concerns/", concern(), Idempotency_Key=KEY)
    assert second.status_code == 201
    assert second.json()["ref"] != first.json()["ref"]


def test_a_refused_request_leaves_its_key_free(program: Program) -> None:
    is_problem(program.post("concerns/", concern(narrative=""), Idempotency_Key=KEY), 400)
    assert not Replay.objects.exists()
    assert program.post("concerns/", concern(), Idempotency_Key=KEY).status_code == 201


def test_a_key_is_forgotten_after_a_day(program: Program) -> None:
    first = program.post("concerns/", concern(), Idempotency_Key=KEY).json()
    Replay.objects.update(expires_at=clock.now() - timedelta(seconds=1))
    assert program.post("concerns/", concern(), Idempotency_Key=KEY).json()["ref"] != first["ref"]
    assert Replay.objects.count() == 1


def test_a_key_that_is_too_long_is_refused(program: Program) -> None:
    body = is_problem(program.post("concerns/", concern(), Idempotency_Key="k" * 256), 400)
    assert list(body["errors"]) == ["Idempotency-Key"]


@pytest.mark.req("SEC-1")
def test_what_is_kept_for_a_replay_tells_neither_receipt_nor_time(program: Program) -> None:
    receipt = program.post("concerns/", concern(), Idempotency_Key=KEY).json()["receipt"]
    row = Replay.objects.get()
    assert row.answer is not None
    assert receipt.encode() not in bytes(row.answer)
    assert KEY.encode() not in bytes(row.key) + bytes(row.request) + bytes(row.answer)
    assert (row.expires_at.minute, row.expires_at.second, row.expires_at.microsecond) == (0, 0, 0)


def test_filing_takes_a_bounded_number_of_queries(
    program: Program, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(FRAME + 42):
        program.post("concerns/", concern())
