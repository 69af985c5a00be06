"""Single sign-on with a real provider in a process of its own, and every way to cheat with it."""

import json
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialToken
from django.contrib.auth import SESSION_KEY
from django.http import HttpResponse
from django.test import Client

from ethicsdesk.machine.processes import Process, end_all
from ethicsdesk.machine.state import ROOT
from ledger.models import Entry
from ledger.verbs import Verb
from people.models import Person, Session
from tests.conftest import BecomeProcess
from tests.doors import code_now
from tests.house import environment, free_port
from tests.people.conftest import PASSWORD, Entrant
from tests.provider import CLIENT_ID, CLIENT_SECRET
from tests.world import World

pytestmark = [pytest.mark.req("SEC-3"), pytest.mark.django_db, pytest.mark.usefixtures("world")]

START_SECONDS = 60


class NoRedirect(urllib.request.HTTPRedirectHandler):
    """Lets us see where a redirect leads."""

    def redirect_request(self, *_: Any) -> None:
        return None


class Provider:
    """The provider as its people and an attacker use it."""

    def __init__(self, port: int) -> None:
        self.issuer = f"http://127.0.0.1:{port}"
        self._opener = urllib.request.build_opener(NoRedirect())

    def put(self, path: str, body: dict[str, Any]) -> None:
        request = urllib.request.Request(  # noqa: S310 - our own process on loopback
            f"{self.issuer}{path}",
            json.dumps(body).encode(),
            {"Content-Type": "application/json"},
            method="PUT",
        )
        self._opener.open(request, timeout=10).close()

    def allow(self, url: str, person: str) -> str:
        """Sign in there as somebody; return where the browser is sent back to."""
        assert url.startswith(self.issuer)
        # a redirect that is not followed is an error to urllib
        with pytest.raises(urllib.error.HTTPError) as answer:
            self._opener.open(f"{url}&person={person}", timeout=10)
        back = answer.value.headers["Location"]
        answer.value.close()
        return str(back)

    def answers(self) -> bool:
        try:
            self._opener.open(f"{self.issuer}/jwks", timeout=5).close()
        except OSError:
            return False
        return True


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provider]:
    """Give the provider's process."""
    port = free_port()
    log = Path(tmp_path_factory.mktemp("provider")) / "log"
    command = [sys.executable, "-P", "-m", "tests.provider", str(port)]
    process = Process(command, log=log, env=environment(), cwd=ROOT)
    provider = Provider(port)
    deadline = time.monotonic() + START_SECONDS
    while not provider.answers():
        if not process.alive or time.monotonic() > deadline:
            pytest.fail(f"the provider did not start:\n{log.read_text()}", pytrace=False)
        time.sleep(0.1)
    yield provider
    end_all([(process, 15)], 10)


@pytest.fixture
def provider(running: Provider, settings: Any) -> Provider:
    """Return the provider, configured here, with nobody and no lie in it."""
    settings.OIDC_ISSUER = running.issuer
    settings.SOCIALACCOUNT_PROVIDERS = {
        "openid_connect": {
            **settings.SOCIALACCOUNT_PROVIDERS["openid_connect"],
            "APPS": [
                {
                    "provider_id": "office",
                    "name": "Northmoor",
                    "client_id": CLIENT_ID,
                    "secret": CLIENT_SECRET,
                    "settings": {"server_url": running.issuer},
                }
            ],
        }
    }
    running.put("/wrong", {})
    running.put("/people/stan-1", {"email": "stan@example.org", "email_verified": True})
    running.put("/people/olga-1", {"email": "olga@example.org", "email_verified": True})
    running.put("/people/ruth-1", {"email": "ruth@example.org", "email_verified": True})
    return running


def leave(client: Client, **data: str) -> str:
    """Press the button; return where it leads."""
    answer = client.post("/sign-in/elsewhere/", data)
    assert answer.status_code == 302
    return str(answer["Location"])


def come(client: Client, provider: Provider, person: str, **data: str) -> HttpResponse:
    """Go to the provider, sign in there, and come back."""
    back = provider.allow(leave(client, **data), person)
    return client.get(back)  # type: ignore[return-value] # a test response is one


def assert_refused(client: Client, answer: HttpResponse, process: BecomeProcess) -> None:
    assert answer.status_code == 403
    assert b"You were not signed in." in answer.content
    assert SESSION_KEY not in client.session
    with process("owner"):
        assert not Entry.objects.filter(verb=Verb.SIGNED_IN).exists()


def test_an_existing_person_comes_in_by_a_verified_address_and_then_by_subject(
    client: Client, provider: Provider, world: World
) -> None:
    answer = come(client, provider, "stan-1", next="/staff/")
    assert answer["Location"] == "/staff/"
    assert client.get("/staff/").status_code == 200
    assert Entry.objects.filter(verb=Verb.PROVIDER_LINKED).count() == 1
    # the address changes hands at the provider: the subject is who counts
    provider.put("/people/stan-1", {"email": "olga@example.org", "email_verified": True})
    again = Client()
    come(again, provider, "stan-1")
    assert again.session[SESSION_KEY] == str(world["stan"].pk)
    assert Entry.objects.filter(verb=Verb.PROVIDER_LINKED).count() == 1


def test_nothing_of_what_the_provider_says_is_kept(
    client: Client, provider: Provider, world: World
) -> None:
    come(client, provider, "stan-1")
    kept = SocialAccount.objects.get()
    assert kept.extra_data == {}
    assert "stan" not in kept.uid
    assert not SocialToken._meta.db_table or Session.objects.count() == 1
    assert "stan@example.org" not in str(dict(client.session))
    assert "access_token" not in str(dict(client.session))


def test_an_officer_shows_the_second_factor_and_then_unlocks(
    client: Client, provider: Provider, strong: Entrant
) -> None:
    answer = come(client, provider, "ruth-1", next="/desk/")
    assert answer["Location"] == "/sign-in/code/"
    assert SESSION_KEY not in client.session
    entered = strong.code(client, code_now(strong.secret))
    assert entered["Location"] == "/unlock/?next=%2Fdesk%2F"
    # there is no key yet, and the provider's word opens none: a passphrase is chosen first
    assert client.get(entered["Location"])["Location"] == "/vault/passphrase/"
    assert client.get("/vault/passphrase/").status_code == 200
    assert "vault" not in client.session


def test_an_officer_without_a_second_factor_reaches_only_the_enrolment(
    client: Client, provider: Provider, world: World
) -> None:
    come(client, provider, "olga-1")
    assert client.get("/desk/")["Location"] == "/account/"
    assert not Authenticator.objects.exists()


def test_nobody_is_created_and_no_role_is_given(
    client: Client, provider: Provider, world: World, process: BecomeProcess
) -> None:
    before = list(Person.objects.order_by("pk").values("pk", "roles"))
    provider.put(
        "/people/eve",
        {"email": "eve@example.org", "email_verified": True, "roles": ["head"], "groups": ["head"]},
    )
    assert_refused(client, come(client, provider, "eve"), process)
    provider.put(
        "/people/stan-1", {"email": "stan@example.org", "email_verified": True, "roles": ["head"]}
    )
    come(Client(), provider, "stan-1")
    assert list(Person.objects.order_by("pk").values("pk", "roles")) == before


@pytest.mark.parametrize("verified", [False, None, "true", 1])
def test_an_address_that_is_not_verified_means_nobody(
    verified: object, client: Client, provider: Provider, world: World, process: BecomeProcess
) -> None:
    provider.put("/people/eve", {"email": "olga@example.org", "email_verified": verified})
    assert_refused(client, come(client, provider, "eve"), process)


def test_an_address_of_two_persons_means_nobody(
    client: Client, provider: Provider, world: World, process: BecomeProcess
) -> None:
    Person.objects.filter(username="otto").update(email="OLGA@example.org")
    assert_refused(client, come(client, provider, "olga-1"), process)


def test_a_second_subject_cannot_take_over_a_person_by_the_address(
    client: Client, provider: Provider, world: World
) -> None:
    come(Client(), provider, "stan-1")
    Entry.objects.filter(verb=Verb.SIGNED_IN)
    provider.put("/people/eve", {"email": "stan@example.org", "email_verified": True})
    answer = come(client, provider, "eve")
    assert answer.status_code == 403
    assert SESSION_KEY not in client.session


@pytest.mark.parametrize("known", [True, False])
def test_somebody_who_left_is_refused_whatever_the_provider_says(
    known: object, client: Client, provider: Provider, world: World, process: BecomeProcess
) -> None:
    if known:
        come(Client(), provider, "stan-1")
    with process("owner"):
        signed_in = Entry.objects.filter(verb=Verb.SIGNED_IN).count()
    Person.objects.filter(username="stan").update(is_active=False)
    answer = come(client, provider, "stan-1")
    assert answer.status_code == 403
    assert SESSION_KEY not in client.session
    with process("owner"):
        assert Entry.objects.filter(verb=Verb.SIGNED_IN).count() == signed_in
        assert Entry.objects.get(verb=Verb.PROVIDER_REFUSED).actor == world["stan"].actor.ref


def test_whoever_let_the_time_after_a_reset_go_by_is_refused_here_too(
    client: Client, provider: Provider, world: World, process: BecomeProcess
) -> None:
    Person.objects.filter(username="olga").update(enrol_by=world.now)
    assert_refused(client, come(client, provider, "olga-1"), process)
    assert Entry.objects.get(verb=Verb.PROVIDER_REFUSED).actor == world["olga"].actor.ref


def test_unknown_and_left_look_alike(client: Client, provider: Provider, world: World) -> None:
    Person.objects.filter(username="stan").update(is_active=False)
    provider.put("/people/eve", {"email": "eve@example.org", "email_verified": True})
    assert come(client, provider, "stan-1").content == come(Client(), provider, "eve").content


# -- attacks on the exchange ---------------------------------------------------------


def test_the_request_carries_state_nonce_and_a_challenge(
    client: Client, provider: Provider
) -> None:
    asked = [parse_qs(urlsplit(leave(client)).query) for _ in range(2)]
    for name in ("state", "nonce", "code_challenge"):
        assert asked[0][name] != asked[1][name]
        assert len(asked[0][name][0]) >= 16
    assert asked[0]["code_challenge_method"] == ["S256"]
    assert set(asked[0]["scope"][0].split()) == {"openid", "email"}


def test_what_the_address_adds_does_not_reach_the_provider(
    client: Client, provider: Provider
) -> None:
    answer = client.post("/sign-in/elsewhere/?scope=admin&auth_params=prompt%3Dnone")
    assert "admin" not in answer["Location"]
    assert "prompt" not in answer["Location"]


def test_whoever_is_signed_in_shows_again_who_they_are_by_a_fresh_sign_in_there(
    client: Client, provider: Provider, world: World
) -> None:
    """OpenID Connect Core 3.1.2.1 and 3.1.3.7, 13: `auth_time` is when they were asked, or later"""
    come(client, provider, "stan-1")
    there = leave(client)
    asked = parse_qs(urlsplit(there).query)
    assert (asked["prompt"], asked["max_age"]) == (["login"], ["0"])
    answer = client.get(provider.allow(there, "stan-1"))
    assert answer.status_code == 302
    assert Entry.objects.filter(verb=Verb.SIGNED_IN).count() == 2


UNKNOWN_WHEN: list[dict[str, Any]] = [
    {"claims": {"auth_time": "9999999999"}},
    {"claims": {"auth_time": True}},
    {"claims": {"auth_time": None}},
    {"without": ["auth_time"]},
]
WORDS = ["text", "true", "null", "none"]
HOUR = 3600


def ago(seconds: int) -> dict[str, Any]:
    """Return that somebody signed in at the provider so many seconds ago."""
    return {"claims": {"auth_time": int(time.time()) - seconds}}


@pytest.mark.parametrize("wrong", [ago(HOUR), *UNKNOWN_WHEN], ids=["an hour ago", *WORDS])
def test_an_older_sign_in_there_shows_nobody_again(
    wrong: dict[str, Any], client: Client, provider: Provider, world: World
) -> None:
    come(client, provider, "stan-1")
    before = Entry.objects.filter(verb=Verb.SIGNED_IN).count()
    provider.put("/wrong", wrong)
    answer = come(client, provider, "stan-1")
    assert answer.status_code == 403
    assert b"You were not signed in." in answer.content
    assert Entry.objects.filter(verb=Verb.SIGNED_IN).count() == before
    assert Entry.objects.filter(verb=Verb.PROVIDER_REFUSED).count() == 1


def test_an_open_session_there_signs_in_for_as_long_as_one_here_may_last(
    client: Client, provider: Provider, world: World
) -> None:
    asked = parse_qs(urlsplit(leave(client)).query)
    assert asked["max_age"] == [str(12 * HOUR)]
    provider.put("/wrong", ago(12 * HOUR - 60))
    assert come(client, provider, "stan-1").status_code == 302
    assert client.session[SESSION_KEY] == str(world["stan"].pk)


def test_an_open_session_there_shows_nobody_anew_for_a_sensitive_act(
    client: Client, provider: Provider, world: World
) -> None:
    act = "/account/recovery/"
    come(client, provider, "stan-1")
    assert client.post(act).status_code == 302
    client.post("/sign-out/")
    provider.put("/wrong", ago(HOUR))
    come(client, provider, "stan-1")
    assert client.session[SESSION_KEY] == str(world["stan"].pk)
    assert client.post(act).status_code == 401


@pytest.mark.parametrize("wrong", [ago(12 * HOUR + 60), *UNKNOWN_WHEN], ids=["long ago", *WORDS])
def test_who_signed_in_there_long_ago_or_nobody_knows_when_is_not_signed_in(
    wrong: dict[str, Any], client: Client, provider: Provider, world: World, process: BecomeProcess
) -> None:
    provider.put("/wrong", wrong)
    assert_refused(client, come(client, provider, "stan-1"), process)
    assert Entry.objects.get(verb=Verb.PROVIDER_REFUSED).actor == "anybody"


def test_a_code_of_somebody_else_does_not_sign_the_victim_in(
    client: Client, provider: Provider, world: World, process: BecomeProcess
) -> None:
    """Login CSRF: the attacker's answer is given to the victim's browser."""
    attacker = Client()
    theirs = provider.allow(leave(attacker), "olga-1")
    assert_refused(client, client.get(theirs), process)  # type: ignore[arg-type] # a test answer
    leave(client)
    assert_refused(client, client.get(theirs), process)  # type: ignore[arg-type] # a test answer


def test_a_stolen_code_is_of_no_use_with_another_state(
    client: Client, provider: Provider, world: World, process: BecomeProcess
) -> None:
    """Code injection: PKCE and nonce bind a code to the browser that asked for it."""
    stolen = parse_qs(urlsplit(provider.allow(leave(Client()), "olga-1")).query)["code"][0]
    own = parse_qs(urlsplit(leave(client)).query)["state"][0]
    answer = client.get("/sign-in/elsewhere/back/", {"code": stolen, "state": own})
    assert_refused(client, answer, process)  # type: ignore[arg-type] # a test answer


def test_an_answer_works_once(client: Client, provider: Provider, world: World) -> None:
    back = provider.allow(leave(client), "stan-1")
    assert client.get(back).status_code == 302
    client.post("/sign-out/")
    assert client.get(back).status_code == 403
    assert SESSION_KEY not in client.session


@pytest.mark.parametrize("answer", ["", "?code=x", "?state=x", "?code=x&state=x", "?error=x"])
def test_an_answer_that_nobody_asked_for_is_refused(
    answer: str, client: Client, provider: Provider, process: BecomeProcess
) -> None:
    refused = client.get(f"/sign-in/elsewhere/back/{answer}")
    assert_refused(client, refused, process)  # type: ignore[arg-type] # a test answer


def test_whoever_says_no_at_the_provider_is_not_signed_in(
    client: Client, provider: Provider, process: BecomeProcess
) -> None:
    assert_refused(client, come(client, provider, "nobody"), process)


@pytest.mark.parametrize(
    "wrong",
    [
        {"signed": "forged"},
        {"signed": "none"},
        {"signed": "secret"},
        {"claims": {"nonce": "another"}},
        {"without": ["nonce"]},
        {"claims": {"iss": "https://evil.example"}},
        {"claims": {"aud": "another-client"}},
        {"without": ["aud"]},
        {"claims": {"exp": 1}},
        {"without": ["sub"]},
    ],
    ids=str,
)
def test_an_id_token_that_is_not_right_in_all_is_refused(
    wrong: dict[str, Any], client: Client, provider: Provider, world: World, process: BecomeProcess
) -> None:
    provider.put("/wrong", wrong)
    assert_refused(client, come(client, provider, "stan-1"), process)
    assert Entry.objects.get(verb=Verb.PROVIDER_REFUSED).actor == "anybody"


def test_an_address_is_taken_from_the_userinfo_of_the_same_subject_alone(
    client: Client, provider: Provider, world: World, process: BecomeProcess
) -> None:
    provider.put("/wrong", {"email_elsewhere": True, "about": "somebody-else"})
    assert_refused(client, come(client, provider, "stan-1"), process)
    provider.put("/wrong", {"email_elsewhere": True})
    assert come(Client(), provider, "stan-1").status_code == 302


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/"])
def test_coming_back_never_leads_to_another_site(
    elsewhere: str, client: Client, provider: Provider, world: World
) -> None:
    answer = come(client, provider, "stan-1", next=elsewhere)
    assert answer["Location"] == "/staff/"


def test_a_provider_that_is_away_is_said_and_the_password_goes_on(
    client: Client, provider: Provider, strong: Entrant, settings: Any
) -> None:
    app = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"][0]
    app["settings"]["server_url"] = f"http://127.0.0.1:{free_port()}"
    answer = client.post("/sign-in/elsewhere/")
    assert answer.status_code == 403
    assert b"does not answer" in answer.content
    assert strong.password(client, PASSWORD).status_code == 302


def test_without_a_provider_there_is_no_button_and_no_way(client: Client) -> None:
    assert b"elsewhere" not in client.get("/sign-in/").content
    assert client.post("/sign-in/elsewhere/").status_code == 404
    assert client.get("/sign-in/elsewhere/back/").status_code == 404
