"""Sessions are seen, bounded and ended at once; a sensitive act asks again who somebody is."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.test import Client

from common import clock
from ledger.models import Entry
from ledger.rules import SYSTEM
from ledger.verbs import Verb
from people import actions
from people.middleware.sessions import BEGUN, digest
from people.models import Session
from people.rules import Role
from safes import actions as safes
from tests.conftest import BecomeProcess
from tests.doors import code_now, sign_in
from tests.people.conftest import PASSWORD, Entrant
from tests.world import World

pytestmark = [pytest.mark.req("SEC-3"), pytest.mark.django_db]

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0"


def key_of(client: Client) -> str:
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def test_the_list_says_what_kind_of_browser_and_when_and_no_more(
    client: Client, strong: Entrant
) -> None:
    firefox = Client(HTTP_USER_AGENT=FIREFOX)
    strong.enter(firefox)
    strong.enter(client, later=1)
    page = client.get("/account/").content.decode()
    assert "Firefox on Linux" in page
    assert "This one" in page
    kept = Session.objects.get(device="Firefox on Linux")
    assert "192.0.2.1" not in kept.session_data
    assert "192.0.2.1" not in page


def test_the_database_holds_no_key_of_a_session(client: Client, strong: Entrant) -> None:
    strong.enter(client)
    row = Session.objects.get()
    assert row.pk == digest(key_of(client)) != key_of(client)
    thief = Client()
    thief.cookies[settings.SESSION_COOKIE_NAME] = row.pk
    assert thief.get("/desk/").status_code == 302


def test_signing_in_gives_a_new_key_at_each_step(client: Client, strong: Entrant) -> None:
    strong.password(client)
    pending = key_of(client)
    strong.code(client, code_now(strong.secret))
    assert key_of(client) != pending
    fixed = Client()
    fixed.cookies[settings.SESSION_COOKIE_NAME] = pending
    assert fixed.get("/desk/").status_code == 302


def test_a_session_that_is_ended_opens_nothing_from_then_on(
    client: Client, strong: Entrant
) -> None:
    other = Client()
    strong.enter(other)
    strong.enter(client, later=1)
    assert other.get("/desk/").status_code == 200
    client.post("/account/sessions/", {"session": digest(key_of(other))})
    assert other.get("/desk/").status_code == 302
    assert client.get("/desk/").status_code == 200
    assert Entry.objects.filter(verb=Verb.SESSIONS_ENDED).count() == 1


def test_all_others_end_and_this_one_stays(client: Client, strong: Entrant, world: World) -> None:
    strong.enter(client)
    others = [Client(), Client()]
    for other in others:
        sign_in(other, world, "ruth", vault=False)
    bystander = Client()
    sign_in(bystander, world, "omar")
    client.post("/account/sessions/")
    assert [other.get("/desk/").status_code for other in others] == [302, 302]
    assert client.get("/desk/").status_code == 200
    assert bystander.get("/desk/").status_code == 200


def test_nobody_ends_the_session_of_somebody_else(client: Client, world: World) -> None:
    other = Client()
    sign_in(other, world, "omar")
    sign_in(client, world, "olga")
    client.post("/account/sessions/", {"session": digest(key_of(other))})
    assert other.get("/desk/").status_code == 200


@pytest.mark.parametrize(
    ("column", "limit"), [("seen_at", "SESSION_IDLE"), ("begun_at", "SESSION_ABSOLUTE")]
)
def test_a_session_ends_after_idling_and_after_a_day_of_work(
    column: str, limit: str, client: Client, world: World
) -> None:
    sign_in(client, world, "olga")
    row = Session.objects.get()
    almost = clock.now() - getattr(settings, limit) + timedelta(minutes=2)
    Session.objects.update(**{column: almost})
    assert client.get("/desk/").status_code == 200
    Session.objects.filter(pk=row.pk).update(**{column: almost - timedelta(minutes=3)})
    assert client.get("/desk/").status_code == 302
    assert not Session.objects.filter(pk=row.pk).exists()


def test_working_on_does_not_make_a_session_younger(client: Client, strong: Entrant) -> None:
    strong.enter(client)
    session = client.session
    began = clock.now() - timedelta(hours=11)
    session[BEGUN] = began.isoformat()
    session.save()
    shown = {"code": code_now(strong.secret, later=1)}
    assert client.post("/sign-in/again/", shown).status_code == 302
    assert Session.objects.get().begun_at == began


def test_signing_out_leaves_no_session_and_no_vault(client: Client, strong: Entrant) -> None:
    strong.enter(client)
    key = key_of(client)
    client.post("/sign-out/")
    assert not Session.objects.filter(pk=digest(key)).exists()
    assert client.cookies[settings.VAULT_COOKIE_NAME].value == ""


def test_a_new_password_ends_every_other_session(client: Client, strong: Entrant) -> None:
    other = Client()
    strong.enter(other)
    strong.enter(client, later=1)
    new = {"old": PASSWORD, "new": "a quite different phrase"}
    assert client.post("/account/password/", new)["Location"] == "/account/"
    assert client.get("/desk/").status_code == 200
    assert other.get("/desk/").status_code == 302
    assert strong.password(Client()).status_code == 200


def test_other_roles_end_the_sessions(client: Client, strong: Entrant, world: World) -> None:
    strong.enter(client)
    change = actions.ask_for_roles(strong.person, roles=[], by=world["adam"], now=world.now)
    assert change is not None
    assert client.get("/desk/").status_code == 200
    safes.decide_change(change, approve=True, by=world["hana"], now=world.now)
    assert client.get("/desk/").status_code == 302
    assert not Session.objects.filter(person=strong.person).exists()


def test_a_sensitive_act_asks_again_after_a_while(client: Client, world: World) -> None:
    sign_in(client, world, "adam")
    assert client.get("/setup/people/invite/").status_code == 200
    session = client.session
    for record in session["account_authentication_methods"]:
        record["at"] -= settings.RECENT.total_seconds() + 5
    session.save()
    assert client.get("/setup/people/invite/")["Location"] == (
        "/sign-in/again/?next=%2Fsetup%2Fpeople%2Finvite%2F&back=%2Fsetup%2Fpeople%2F"
    )
    stan = world["stan"]
    act = client.post(f"/setup/people/{stan.pk}/leave/")
    assert act.status_code == 401
    assert b"Show again who you are" in act.content
    stan.refresh_from_db()
    assert stan.is_active
    # what only reads goes on
    assert client.get("/setup/").status_code == 200


def test_the_password_is_enough_to_show_again_for_whoever_has_no_factor(
    client: Client, world: World
) -> None:
    world.hire("staffer", Role.POLICY_OWNER, has_key=False)
    world["staffer"].set_password(PASSWORD)
    world["staffer"].save()
    sign_in(client, world, "staffer", vault=False, second_factor=False)
    asked = {"next": "/account/password/"}
    assert client.get("/account/password/")["Location"].startswith("/sign-in/again/")
    wrong = client.post("/sign-in/again/", {"password": "wrong", **asked})
    assert b"That is not your password" in wrong.content
    right = client.post("/sign-in/again/", {"password": PASSWORD, **asked})
    assert right["Location"] == "/account/password/"
    assert client.get("/account/password/").status_code == 200
    assert SESSION_KEY in client.session


def test_ending_no_session_is_not_recorded(world: World, process: BecomeProcess) -> None:
    ended = actions.end_sessions(world["olga"], by=SYSTEM, reason="own", now=clock.now())
    assert ended == 0
    with process("owner"):
        assert not Entry.objects.filter(verb=Verb.SESSIONS_ENDED).exists()
