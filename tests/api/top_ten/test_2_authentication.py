"""API2:2023 Broken Authentication: a token in the header, whole and in force, and nothing else."""

from datetime import timedelta

import pytest
from django.test import Client

from common import clock
from people.models import ApiToken, Person
from tests.api.program import Program, is_problem
from tests.api.site import BODIES, OPERATIONS, Site
from tests.doors import sign_in

pytestmark = pytest.mark.req("SEC-2")
CLOSED = [name for name, (_, _, operation) in OPERATIONS.items() if "security" in operation]


def test_only_the_reporters_own_operations_need_no_token() -> None:
    by_receipt = {"open_receipt", "write_message", "see_readers", "exclude_readers"}
    assert set(OPERATIONS) - set(CLOSED) == by_receipt


def test_without_a_token_nothing_is_answered_and_the_challenge_is_named(site: Site) -> None:
    site.release()
    for name in CLOSED:
        refused = site.asked(name, site.stranger)
        is_problem(refused, 401)
        assert refused["WWW-Authenticate"].startswith("Bearer "), name


def test_a_session_is_no_token(site: Site) -> None:
    site.release()
    client = Client()
    sign_in(client, site.world, "olga")
    for name in CLOSED:
        path = f"/api/v1/{site.path(name)}"
        answer = (
            client.post(path, site.body(name), content_type="application/json")
            if name in BODIES
            else client.get(path)
        )
        assert answer.status_code == 401, name


def test_a_token_counts_in_the_header_alone(program: Program) -> None:
    token, program.token = program.token, ""
    for name in ("token", "access_token", "api_key", "Authorization"):
        is_problem(program.get("cases/", {name: token}), 401)
        is_problem(program.get("cases/", Cookie=f"{name}={token}"), 401)
    is_problem(program.get("cases/", X_Api_Key=token), 401)


def test_each_letter_of_a_token_counts(program: Program) -> None:
    whole = program.token
    for at in range(len("ed_live_"), len(whole), 7):
        program.token = whole[:at] + ("A" if whole[at] != "A" else "B") + whole[at + 1 :]
        assert program.get("cases/").status_code == 401, at
    for cut in (whole[:-1], whole + "A", whole.upper(), whole[9:]):
        program.token = cut
        assert program.get("cases/").status_code == 401, cut
    program.token = whole
    assert program.get("cases/").status_code == 200


def test_what_ends_a_token_ends_it_at_once(program: Program) -> None:
    now = clock.now()
    assert program.get("cases/").status_code == 200
    ApiToken.objects.update(expires_at=now - timedelta(seconds=1))
    assert program.get("cases/").status_code == 401
    ApiToken.objects.update(expires_at=now + timedelta(days=1), revoked_at=now)
    assert program.get("cases/").status_code == 401
    ApiToken.objects.update(revoked_at=None)
    Person.objects.filter(pk=program.row.owner_id).update(is_active=False)
    assert program.get("cases/").status_code == 401
