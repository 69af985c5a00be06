"""Signing in opens a person's key for a while; nothing else does."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.html import escape

from common import clock
from common.errors import RuleError
from ledger.models import Entry
from ledger.rules import SYSTEM
from ledger.verbs import Verb
from people.models import Person, Session
from people.rules import Role
from safes import actions
from safes.middleware import opener_of
from tests.conftest import BecomeProcess
from tests.doors import sign_in
from tests.world import World

PASSWORD = "correct horse battery staple"

pytestmark = pytest.mark.django_db


@pytest.fixture
def ruth(world: World) -> Person:
    """Return somebody who can sign in with a password alone, and has no key yet."""
    ruth = world.hire("ruth", Role.LEADERSHIP, has_key=False)
    ruth.set_password(PASSWORD)
    ruth.save()
    return ruth


def enter(client: Client, password: str = PASSWORD, username: str = "ruth") -> int:
    answer = client.post("/sign-in/", {"username": username, "password": password})
    return answer.status_code


def test_the_first_sign_in_makes_a_key_and_opens_the_vault(client: Client, ruth: Person) -> None:
    assert enter(client) == 302
    assert ruth.keys.count() == 1
    assert client.cookies[settings.VAULT_COOKIE_NAME]["httponly"]
    assert client.cookies[settings.VAULT_COOKIE_NAME]["samesite"] == "Strict"
    assert Entry.objects.filter(verb=Verb.SIGNED_IN).count() == 1


def test_a_user_name_has_no_case(client: Client, ruth: Person) -> None:
    assert enter(client, username="Ruth") == 302


def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(
    client: Client, ruth: Person, process: BecomeProcess
) -> None:
    answers = [
        client.post("/sign-in/", {"username": name, "password": "wrong wrong wrong"}).content
        for name in ("ruth", "nobody")
    ]
    stripped = [a.replace(b"ruth", b"").replace(b"nobody", b"") for a in answers]
    assert b"do not fit together" in answers[0]
    assert len(stripped[0]) == len(stripped[1])
    with process("owner"):
        assert not Entry.objects.filter(verb=Verb.SIGNED_IN).exists()
    assert Entry.objects.filter(verb=Verb.SIGN_IN_REFUSED).count() == 2


def test_the_session_in_the_database_holds_no_key(client: Client, ruth: Person) -> None:
    enter(client)
    opener = actions.unlock(ruth, passphrase=PASSWORD)
    kept = Session.objects.get().session_data
    stored = client.session["vault"]
    assert opener.secret.hex() not in kept
    assert set(stored) == {"sealed", "opened", "seen"}
    assert Session.objects.get().pk != client.cookies[settings.SESSION_COOKIE_NAME].value


def test_a_stolen_session_without_the_vault_cookie_opens_nothing(
    client: Client, world: World
) -> None:
    sign_in(client, world, "olga")
    request = client.get("/sign-in/").wsgi_request
    assert opener_of(request) is not None
    request.COOKIES.pop(settings.VAULT_COOKIE_NAME)
    assert opener_of(request) is None


def test_a_vault_opened_on_the_way_in_is_of_no_use_to_whoever_comes_in_after_all(
    client: Client, ruth: Person, world: World
) -> None:
    enter(client)
    kept = client.session["vault"]
    cookie = client.cookies[settings.VAULT_COOKIE_NAME].value
    sign_in(client, world, "olga", vault=False)
    session = client.session
    session["vault"] = kept
    session.save()
    client.cookies[settings.VAULT_COOKIE_NAME] = cookie
    assert opener_of(client.get("/sign-in/").wsgi_request) is None


@pytest.mark.parametrize("limit", ["seen", "opened"])
def test_the_vault_closes_after_idling_and_after_a_day_of_work(
    limit: str, client: Client, world: World
) -> None:
    sign_in(client, world, "olga")
    session = client.session
    past = settings.VAULT_IDLE if limit == "seen" else settings.VAULT_ABSOLUTE
    vault = session["vault"]
    vault[limit] -= (past + timedelta(seconds=5)).total_seconds()
    session["vault"] = vault
    session.save()
    assert opener_of(client.get("/sign-in/").wsgi_request) is None


def test_signing_out_ends_the_session_and_the_vault(client: Client, world: World) -> None:
    sign_in(client, world, "olga")
    assert client.get("/sign-out/").status_code == 405
    assert client.post("/sign-out/").status_code == 302
    assert not Session.objects.exists()
    assert client.cookies[settings.VAULT_COOKIE_NAME].value == ""


def test_somebody_who_left_cannot_sign_in(client: Client, ruth: Person) -> None:
    Person.objects.filter(pk=ruth.pk).update(is_active=False)
    assert enter(client) == 200


def test_unlocking_again_needs_the_passphrase(client: Client, world: World) -> None:
    stan = world.hire("stella", Role.OFFICER, has_key=False)
    actions.make_key(stan, passphrase=PASSWORD, by=SYSTEM, now=world.now)
    world.openers["stella"] = actions.unlock(stan, passphrase=PASSWORD)
    sign_in(client, world, "stella", vault=False)
    refused = client.post("/unlock/", {"passphrase": "wrong", "next": "/desk/"})
    assert b"does not open your key" in refused.content
    opened = client.post("/unlock/", {"passphrase": PASSWORD, "next": "/desk/"})
    assert opened.status_code == 302
    assert opened["Location"] == "/desk/"
    assert opener_of(client.get("/sign-in/").wsgi_request) == world.openers["stella"]


def test_a_password_that_one_changes_opens_the_vault_too(client: Client, ruth: Person) -> None:
    enter(client)
    opener = actions.unlock(ruth, passphrase=PASSWORD)
    new = "another password of some length"
    actions.change_password(ruth, old=PASSWORD, new=new, now=clock.now())
    assert actions.unlock(ruth, passphrase=new) == opener
    with pytest.raises(RuleError, match="does not open your key"):
        actions.unlock(ruth, passphrase=PASSWORD)


def test_a_changed_password_signs_in_and_the_old_one_unlocks(client: Client, ruth: Person) -> None:
    actions.make_key(ruth, passphrase="the password of that day", by=ruth.actor, now=clock.now())
    asked = "/desk/?show=mine&unit=field"
    answer = client.post(
        "/sign-in/", {"username": "ruth", "password": PASSWORD, "next": asked}, follow=True
    )
    assert answer.redirect_chain == [("/unlock/?next=%2Fdesk%2F%3Fshow%3Dmine%26unit%3Dfield", 302)]
    page = answer.content.decode()
    assert "With which you sign in. If it does not open your key: the one you had before." in page
    assert f'name="next" value="{escape(asked)}"' in page
    assert opener_of(answer.wsgi_request) is None
    unlocked = client.post("/unlock/", {"passphrase": "the password of that day", "next": asked})
    assert unlocked["Location"] == asked
    assert opener_of(client.get("/sign-in/").wsgi_request) is not None


def test_a_refused_sign_in_keeps_where_somebody_wanted_to_go(client: Client, ruth: Person) -> None:
    wrong = {"username": "ruth", "password": "wrong wrong wrong", "next": "/desk/?show=mine"}
    page = client.post("/sign-in/", wrong).content.decode()
    assert 'name="next" value="/desk/?show=mine"' in page


def test_the_time_of_signing_in_is_written_once(client: Client, ruth: Person) -> None:
    with CaptureQueriesContext(connection) as queries:
        enter(client)
    written = [q for q in queries if q["sql"].startswith('UPDATE "people_person"')]
    assert len(written) == 1
    ruth.refresh_from_db()
    assert ruth.last_login is not None


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/", "javascript:1"])
def test_signing_in_never_leads_to_another_site(
    elsewhere: str, client: Client, ruth: Person
) -> None:
    answer = client.post("/sign-in/", {"username": "ruth", "password": PASSWORD, "next": elsewhere})
    assert answer.status_code == 302
    assert "evil" not in answer["Location"]
    assert answer["Location"].startswith("/")
