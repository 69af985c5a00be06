"""The vault of a session: a person's key, unlocked for a while.

The server keeps it encrypted under a key that only the browser's cookie holds, so that neither a
stolen database nor a stolen cookie opens anything alone.
"""

import base64
import binascii
import os
from datetime import datetime

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from common import clock, sealing
from people.models import Person
from safes.rules import Opener

_VAULT = "vault"


def _bound_to(person: Person) -> bytes:
    """Return what an opener is bound to: signed in as somebody else, a session opens nothing."""
    return f"session-vault|v2|{person.pk}".encode()


def open_vault(
    request: HttpRequest, response: HttpResponse, opener: Opener, *, of: Person, now: datetime
) -> None:
    """Keep somebody's opener for this session: sealed on the server, its key in the browser.

    It opens nothing before that person is signed in, so it may be kept between two factors.
    """
    key = os.urandom(sealing.KEY_BYTES)
    request.session[_VAULT] = {
        "sealed": base64.b64encode(sealing.encrypt(key, opener.secret, _bound_to(of))).decode(),
        "opened": now.timestamp(),
        "seen": now.timestamp(),
    }
    response.set_cookie(
        settings.VAULT_COOKIE_NAME,
        base64.b64encode(key).decode(),
        secure=settings.SECURE,
        httponly=True,
        samesite="Strict",
    )


def close_vault(request: HttpRequest, response: HttpResponse) -> None:
    """Forget the opener."""
    request.session.pop(_VAULT, None)
    response.delete_cookie(settings.VAULT_COOKIE_NAME, samesite="Strict")


def opener_of(request: HttpRequest) -> Opener | None:
    """Return the opener of whoever is signed in, or None once it was idle or open for too long."""
    vault = request.session.get(_VAULT)
    cookie = request.COOKIES.get(settings.VAULT_COOKIE_NAME)
    person = request.user
    if vault is None or cookie is None or not isinstance(person, Person):
        return None
    now = clock.now().timestamp()
    if (
        now - vault["seen"] > settings.VAULT_IDLE.total_seconds()
        or now - vault["opened"] > settings.VAULT_ABSOLUTE.total_seconds()
    ):
        del request.session[_VAULT]
        return None
    if now - vault["seen"] > settings.VAULT_TOUCH.total_seconds():
        request.session[_VAULT] = {**vault, "seen": now}
    try:
        key = base64.b64decode(cookie, validate=True)
        return Opener(sealing.decrypt(key, base64.b64decode(vault["sealed"]), _bound_to(person)))
    except (sealing.SealBrokenError, binascii.Error, ValueError):
        return None
