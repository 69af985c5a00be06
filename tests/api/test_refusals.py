"""Whoever may not, and whatever is no request: always a problem document, and always one kind."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import OperationalError, connection

from common import clock
from people.models import ApiClient, ApiToken
from people.rules import Scope
from tests.api.program import Program, concern, is_problem
from tests.world import World

NEEDS = {
    "categories/": Scope.CATEGORIES_READ,
    "questionnaires/": Scope.FORMS_READ,
    "cases/": Scope.CASES_READ,
    "cases/2026-0001/": Scope.CASES_READ,
    "clocks/": Scope.CLOCKS_READ,
    "paths/": Scope.CLOCKS_READ,
    "acknowledgements/": Scope.ACKNOWLEDGEMENTS_READ,
    "ledger/checkpoints/": Scope.LEDGER_READ,
    "ledger/checkpoints/latest/": Scope.LEDGER_READ,
}


# -- who may not -----------------------------------------------------------------------------------


@pytest.mark.req("API-1", "SEC-1")
@pytest.mark.parametrize("path", NEEDS)
def test_without_a_token_nothing_is_read(stranger: Program, path: str) -> None:
    response = stranger.get(path)
    assert "Send a token" in is_problem(response, 401)["detail"]
    assert response["WWW-Authenticate"] == 'Bearer realm="EthicsDesk"'


@pytest.mark.req("API-1")
@pytest.mark.parametrize("path", NEEDS)
def test_each_scope_opens_its_own_and_nothing_else(world: World, path: str) -> None:
    others = Program(world, [scope for scope in Scope if scope != NEEDS[path]])
    assert NEEDS[path].value in is_problem(others.get(path), 403)["detail"]
    assert Program(world, [NEEDS[path]]).get(path).status_code in {200, 404}


def test_a_program_that_may_only_read_files_nothing(world: World) -> None:
    reader = Program(world, [scope for scope in Scope if scope != Scope.CONCERNS_CREATE])
    is_problem(reader.post("concerns/", concern()), 403)


def test_a_program_that_may_only_file_reads_nothing(world: World) -> None:
    hotline = Program(world, [Scope.CONCERNS_CREATE])
    assert hotline.post("concerns/", concern()).status_code == 201
    for path in NEEDS:
        is_problem(hotline.get(path), 403)


def test_a_revoked_token_opens_nothing(program: Program) -> None:
    ApiToken.objects.update(revoked_at=clock.now())
    is_problem(program.get("cases/"), 401)


def test_an_expired_token_opens_nothing(program: Program) -> None:
    ApiToken.objects.update(expires_at=clock.now() - timedelta(seconds=1))
    is_problem(program.get("cases/"), 401)


def test_the_token_of_an_inactive_program_opens_nothing(program: Program) -> None:
    ApiClient.objects.update(is_active=False)
    is_problem(program.get("cases/"), 401)


def test_two_tokens_of_a_program_hold_at_once_while_it_changes_over(program: Program) -> None:
    old, program.token = program.token, program.new_token()
    assert program.get("cases/").status_code == 200
    program.token = old
    assert program.get("cases/").status_code == 200


@pytest.mark.parametrize(
    "header",
    [
        "Bearer",
        "Bearer ",
        "Bearer no",
        "Bearer ed_live_00000000_" + "x" * 43,
        "Bearer ed_live_00000000_" + "x" * 43 + "\t y",
        "Bearer \xff\xfe",
        "Basic YTpi",
        "Token abc",
    ],
)
def test_whatever_is_no_token_is_refused(stranger: Program, header: str) -> None:
    is_problem(stranger.get("cases/", Authorization=header), 401)


def test_no_token_stands_in_the_database(program: Program) -> None:
    # Its own alphabet has an underscore too: only the first three divide it.
    secret = program.token.split("_", maxsplit=3)[3].encode()
    assert len(secret) == 43
    with connection.cursor() as cursor:
        cursor.execute("SELECT t::text FROM people_apitoken t")
        rows = "".join(row[0] for row in cursor.fetchall()).encode()
    assert secret not in rows
    assert secret.hex().encode() not in rows


# -- what is no request ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path", ["nothing/", "cases", "cases/a/b/", "concerns/C-1/", "openapi.yaml", "%00", "cases//"]
)
def test_an_address_that_leads_nowhere_is_a_problem_document(program: Program, path: str) -> None:
    is_problem(program.get(path), 404)
    is_problem(program.send("DELETE", path), 404)


def test_an_address_beside_the_api_is_a_problem_document(program: Program) -> None:
    for path in ("../", "../v2/", "../v2/cases/"):
        is_problem(program.get(path), 404)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "concerns/"),
        ("PUT", "concerns/"),
        ("POST", "cases/"),
        ("DELETE", "cases/2026-0001/"),
        ("PATCH", "ledger/checkpoints/"),
        ("GET", "receipts/"),
        ("PUT", "receipts/messages/"),
        ("OPTIONS", "cases/"),
        ("OPTIONS", "receipts/"),
        ("TRACE", "cases/"),
        ("BREW", "cases/"),
    ],
)
def test_a_method_that_is_not_there_is_refused(program: Program, method: str, path: str) -> None:
    is_problem(program.send(method, path), 405)


def test_a_head_asks_what_a_get_asks(program: Program) -> None:
    response = program.send("HEAD", "cases/")
    assert (response.status_code, response.content) == (200, b"")


@pytest.mark.parametrize("accept", ["text/html", "application/xml", "image/png"])
def test_an_answer_that_we_cannot_give_is_not_given(program: Program, accept: str) -> None:
    is_problem(program.get("cases/", Accept=accept), 406)


@pytest.mark.parametrize("accept", ["*/*", "application/json", "application/*"])
def test_json_is_given_to_whoever_takes_it(program: Program, accept: str) -> None:
    assert program.get("cases/", Accept=accept).status_code == 200


POSTS = ("concerns/", "receipts/", "receipts/messages/")


@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize(
    "body",
    ["", "{", "{'kind': 1}", '{"kind": NaN}', b"\xff\xfe", "[" * 100_000, '{"n": ' + "9" * 5000],
    ids=["empty", "open", "quotes", "nan", "bytes", "deep", "digits"],
)
def test_what_is_no_json_is_refused(program: Program, path: str, body: str | bytes) -> None:
    is_problem(program.send("POST", path, body), 400)


@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"]
)
def test_another_type_than_json_is_refused(program: Program, path: str, kind: str) -> None:
    body = json.dumps(concern())
    is_problem(program.send("POST", path, body, content_type=kind), 415)


@pytest.mark.parametrize("path", POSTS)
def test_a_body_that_is_too_large_is_refused(program: Program, path: str) -> None:
    body = json.dumps(concern(narrative="x" * settings.DATA_UPLOAD_MAX_MEMORY_SIZE))
    assert "bytes at the most" in is_problem(program.send("POST", path, body), 413)["detail"]


def test_a_host_that_is_not_ours_is_a_problem_document(program: Program) -> None:
    response = program.get("cases/", Host="evil.example.org")
    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"


def broken(*_args: object, **_options: object) -> Any:
    msg = "a secret sentence"
    raise ValueError(msg)


def test_what_breaks_tells_nothing_of_itself(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cases.api.Cases.get_queryset", broken)
    response = program.get("cases/")
    assert b"secret" not in response.content
    assert "Something broke here" in is_problem(response, 500)["detail"]


def test_what_breaks_while_filing_stores_nothing(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cases.actions.intake.notices.concern_filed", broken)
    is_problem(program.post("concerns/", concern(), Idempotency_Key="k"), 500)
    monkeypatch.undo()
    assert program.post("concerns/", concern(), Idempotency_Key="k").status_code == 201


def test_a_database_that_does_not_answer_is_a_problem_document(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(*_args: object) -> Any:
        raise OperationalError

    monkeypatch.setattr("cases.api.Cases.get_queryset", lost)
    response = program.get("cases/")
    assert "does not answer" in is_problem(response, 503)["detail"]
    assert response["Retry-After"] == "30"
