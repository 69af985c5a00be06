"""Enter through the doors as somebody: sign in with an open vault, without the cost of Argon2."""

import time
from collections.abc import Mapping

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.http import HttpRequest, HttpResponse
from django.test import Client

from common import clock
from people.middleware.sessions import BEGUN, SessionStore
from people.models import Person
from safes.middleware import open_vault
from tests.world import World

STEP_SECONDS = 30


def code_now(secret: str, *, later: int = 0) -> str:
    """Return the code that an app shows now, or so many steps later."""
    step = int(time.time()) // STEP_SECONDS + later
    return str(format_hotp_value(hotp_value(secret, step)))


def sign_in(
    client: Client,
    world: World | Mapping[str, Person],
    name: str,
    *,
    vault: bool = True,
    second_factor: bool = True,
) -> None:
    """Sign a person in; with `vault`, their key is unlocked as after a real sign-in.

    With `second_factor`, the session counts as one in which a code was shown just now.
    """
    person = world[name]
    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session[BEGUN] = clock.now().isoformat()
    if second_factor:
        session["account_authentication_methods"] = [
            {"method": "password", "at": clock.now().timestamp()},
            {"method": "mfa", "type": "totp", "at": clock.now().timestamp()},
        ]
        session["account_authentication_methods_user"] = str(person.pk)
    if vault:
        request, response = HttpRequest(), HttpResponse()
        request.session = session
        assert isinstance(world, World)
        open_vault(request, response, world.openers[name], of=person, now=clock.now())
        client.cookies[settings.VAULT_COOKIE_NAME] = response.cookies[
            settings.VAULT_COOKIE_NAME
        ].value
    session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key or ""
