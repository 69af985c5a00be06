"""Enter through the doors as somebody: sign in with an open vault, without the cost of Argon2."""

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest, HttpResponse
from django.test import Client

from common import clock
from safes.middleware import open_vault
from tests.world import World


def sign_in(client: Client, world: World, name: str, *, vault: bool = True) -> None:
    """Sign a person in; with `vault`, their key is unlocked as after a real sign-in."""
    person = world[name]
    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    if vault:
        request, response = HttpRequest(), HttpResponse()
        request.session = session
        open_vault(request, response, world.openers[name], now=clock.now())
        client.cookies[settings.VAULT_COOKIE_NAME] = response.cookies[
            settings.VAULT_COOKIE_NAME
        ].value
    session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key or ""
