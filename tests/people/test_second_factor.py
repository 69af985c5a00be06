"""Nothing opens for whoever can open a case without a second factor, and each code works once."""

import re

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.test import Client

from ledger.models import Entry
from ledger.verbs import Verb
from people.models import Session
from people.rules import SECOND_FACTOR, Factor, Role, Scope
from tests.api.program import Program
from tests.conftest import BecomeProcess
from tests.doors import code_now, sign_in
from tests.people.conftest import PASSWORD, Entrant, with_password
from tests.world import World

pytestmark = [pytest.mark.req("SEC-3"), pytest.mark.django_db]

PAGES = ("/desk/", "/staff/", "/insight/", "/setup/", "/setup/people/", "/unlock/",
         "/account/password/")  # fmt: skip


@pytest.mark.parametrize("role", sorted(SECOND_FACTOR))
@pytest.mark.parametrize("page", PAGES)
def test_until_enrolled_they_reach_only_the_enrolment(
    page: str, role: Role, client: Client, world: World
) -> None:
    world.hire("newcomer", role)
    sign_in(client, world, "newcomer", second_factor=False)
    assert client.get(page)["Location"] == "/account/"
    assert client.post(page)["Location"] == "/account/"
    for enrolment in ("/account/", "/account/code/", "/account/passkey/"):
        assert client.get(enrolment).status_code == 200


@pytest.mark.parametrize("name", ["stan", "chief"])
def test_whoever_can_open_no_case_needs_none(name: str, client: Client, world: World) -> None:
    sign_in(client, world, name, vault=False, second_factor=False)
    assert client.get("/staff/").status_code == 200


def test_a_program_works_while_its_owner_has_no_second_factor(world: World) -> None:
    program = Program(world, [Scope.CLOCKS_READ])
    assert program.get("clocks/").status_code == 200


def test_the_right_password_alone_signs_nobody_in(
    client: Client, strong: Entrant, process: BecomeProcess
) -> None:
    assert strong.password(client)["Location"] == "/sign-in/code/"
    assert SESSION_KEY not in client.session
    assert client.get("/desk/")["Location"] == "/sign-in/?next=/desk/"
    with process("owner"):
        assert not Entry.objects.filter(verb=Verb.SIGNED_IN).exists()


def test_password_and_code_sign_in_with_an_open_vault(client: Client, strong: Entrant) -> None:
    before = client.get("/sign-in/").cookies
    strong.enter(client)
    assert client.get("/desk/").status_code == 200
    assert "vault" in client.session
    assert Entry.objects.filter(verb=Verb.SIGNED_IN).count() == 1
    assert settings.SESSION_COOKIE_NAME not in before


def test_a_code_works_once(client: Client, strong: Entrant) -> None:
    code = code_now(strong.secret)
    strong.password(client)
    assert strong.code(client, code).status_code == 302
    other = Client()
    strong.password(other)
    refused = strong.code(other, code)
    assert b"was used already" in refused.content
    assert Entry.objects.filter(verb=Verb.SECOND_FACTOR_REFUSED).count() == 1
    assert strong.code(other, code_now(strong.secret, later=1)).status_code == 302


def test_an_older_code_does_not_work_after_a_newer_one(client: Client, strong: Entrant) -> None:
    strong.enter(client, later=1)
    other = Client()
    strong.password(other)
    assert strong.code(other, code_now(strong.secret)).status_code == 200


@pytest.mark.parametrize("later", [-3, 3])
def test_a_code_of_another_time_does_not_work(later: int, client: Client, strong: Entrant) -> None:
    strong.password(client)
    assert strong.code(client, code_now(strong.secret, later=later)).status_code == 200


def test_a_recovery_code_works_once_however_it_is_grouped(client: Client, strong: Entrant) -> None:
    code = strong.codes[3]
    strong.password(client)
    assert strong.code(client, f"{code[:4]} {code[4:8]} {code[8:]}").status_code == 302
    assert b"9 left" in client.get("/account/").content
    other = Client()
    strong.password(other)
    assert strong.code(other, code).status_code == 200
    assert strong.code(other, strong.codes[4]).status_code == 302


def test_no_secret_of_a_second_factor_stands_in_the_database(strong: Entrant) -> None:
    stored = str(list(Authenticator.objects.values("data")))
    assert strong.secret not in stored
    for code in strong.codes:
        assert code not in stored


def test_adding_an_app_shows_recovery_codes_once_and_opens_the_desk(
    client: Client, plain: Entrant
) -> None:
    assert plain.password(client).status_code == 302
    page = client.get("/account/code/").content.decode()
    found = re.search(r"<code>\s*([A-Z2-7]{32})\s*</code>", page)
    assert found is not None
    secret = found[1]
    assert secret not in Session.objects.get().session_data
    assert secret not in str(dict(client.session))
    wrong = client.post("/account/code/", {"code": "000000"})
    assert b"This code does not fit" in wrong.content
    assert secret in wrong.content.decode()
    shown = client.post("/account/code/", {"code": code_now(secret)}).content.decode()
    assert len(re.findall(r"\d{4} \d{4} \d{4}", shown)) == 10
    assert client.get("/desk/").status_code == 200
    assert client.get("/account/code/").status_code == 200
    assert client.post("/account/code/", {"code": code_now(secret)}).status_code == 200
    assert Entry.objects.filter(verb=Verb.SECOND_FACTOR_ADDED).count() == 1


def test_an_enrolled_person_without_it_in_this_session_shows_it_first(
    client: Client, strong: Entrant, world: World
) -> None:
    sign_in(client, world, "ruth", vault=False, second_factor=False)
    assert client.get("/desk/?show=mine")["Location"] == (
        "/sign-in/again/?next=%2Fdesk%2F%3Fshow%3Dmine"
    )
    # nor can whoever has the password alone add a factor of their own
    assert client.get("/account/code/")["Location"].startswith("/sign-in/again/")
    shown = {"code": code_now(strong.secret), "next": "/desk/"}
    assert client.post("/sign-in/again/", shown)["Location"] == "/desk/"
    assert client.get("/desk/").status_code == 200


def test_the_last_second_factor_stays_for_whoever_needs_one(
    client: Client, strong: Entrant
) -> None:
    strong.enter(client)
    factor = Authenticator.objects.get(type=Factor.TOTP)
    page = client.post(f"/account/remove/{factor.pk}/", follow=True).content.decode()
    assert "Add another first" in page
    assert Authenticator.objects.filter(pk=factor.pk).exists()


def test_nobody_removes_the_factor_of_somebody_else(
    client: Client, strong: Entrant, world: World
) -> None:
    sign_in(client, world, "omar")
    factor = Authenticator.objects.get(type=Factor.TOTP)
    assert client.post(f"/account/remove/{factor.pk}/").status_code == 404


def test_somebody_who_left_between_password_and_code_does_not_come_in(
    client: Client, strong: Entrant
) -> None:
    strong.password(client)
    strong.person.is_active = False
    strong.person.save()
    answer = strong.code(client, code_now(strong.secret))
    assert answer["Location"] == "/sign-in/"
    assert SESSION_KEY not in client.session


def test_a_password_that_was_changed_between_password_and_code_lets_nobody_in(
    client: Client, strong: Entrant
) -> None:
    strong.password(client)
    strong.person.set_password("another password of some length")
    strong.person.save(update_fields=["password"])
    answer = strong.code(client, code_now(strong.secret))
    assert answer["Location"] == "/sign-in/"
    assert SESSION_KEY not in client.session


def test_a_code_without_a_password_before_leads_to_the_beginning(
    client: Client, strong: Entrant
) -> None:
    answer = strong.code(client, code_now(strong.secret))
    assert answer["Location"] == "/sign-in/"


def test_somebody_else_signing_in_takes_nothing_over(
    client: Client, strong: Entrant, world: World
) -> None:
    strong.enter(client)
    with_password(world["stan"])
    answer = client.post("/sign-in/", {"username": "stan", "password": PASSWORD})
    assert answer.status_code == 302
    assert client.session[SESSION_KEY] == str(world["stan"].pk)
    assert "vault" not in client.session
    assert client.get("/desk/").status_code == 403
