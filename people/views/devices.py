"""Browsers in which somebody signed in before: failures of others do not count against them."""

import secrets
from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare

from common import attempts
from common.attempts import Limit
from people.models import Person

_SALT = "people.device"
QUARTER = timedelta(minutes=15)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def remember(response: HttpResponse, person: Person) -> None:
    """Mark this browser as one of a person's."""
    value = signing.dumps([str(person.pk), secrets.token_hex(16)], salt=_SALT)
    response.set_cookie(
        settings.DEVICE_COOKIE_NAME,
        value,
        max_age=settings.DEVICE_LIFE,
        secure=settings.SECURE,
        httponly=True,
        samesite="Lax",
    )


def known(request: HttpRequest, person: Person | None) -> str:
    """Return the random name of this browser if it is one of this person's, or nothing."""
    if person is None:
        return ""
    try:
        owner, name = signing.loads(
            request.COOKIES.get(settings.DEVICE_COOKIE_NAME, ""),
            salt=_SALT,
            max_age=settings.DEVICE_LIFE,
        )
    except (signing.BadSignature, ValueError, TypeError):
        return ""
    return str(name) if owner == str(person.pk) else ""


def password_limits(request: HttpRequest, username: str, person: Person | None) -> list[Limit]:
    """Return what bounds guessing a password.

    A browser of the person's own has a count of its own. Everybody else is counted by source, by
    source and name, and all together by name (NIST SP 800-63B-4, 3.2.2): whoever reaches that
    shuts out strangers alone.
    """
    if device := known(request, person):
        return [Limit("password-device", device, 10, QUARTER)]
    source = _source(request)
    return [
        Limit("password-source", source, 50, QUARTER),
        Limit("password-pair", f"{source}|{username}", 5, QUARTER),
        Limit("password-name", username, 40, HOUR),
    ]


def factor_limits(request: HttpRequest, person: Person) -> list[Limit]:
    """Return what bounds guessing a code of six figures by somebody who has the password."""
    if device := known(request, person):
        return [Limit("factor-device", device, 10, QUARTER)]
    return [
        Limit("factor-pair", f"{_source(request)}|{person.pk}", 5, QUARTER),
        Limit("factor-name", str(person.pk), 10, DAY),
    ]


def provider_limits(request: HttpRequest) -> list[Limit]:
    """Return what bounds coming back from the provider."""
    return [Limit("provider-source", _source(request), 50, QUARTER)]


def invitation_limits(request: HttpRequest) -> list[Limit]:
    """Return what bounds trying links of invitations."""
    return [Limit("invitation-source", _source(request), 20, QUARTER)]


def feed_limits(secret: bytes) -> list[Limit]:
    """Return what bounds the use of one calendar link, whether there is such a link or not."""
    return [Limit("calendar-link", secret.hex(), 60, HOUR)]


def _source(request: HttpRequest) -> str:
    return attempts.source_of(
        request.META.get("REMOTE_ADDR", ""),
        request.META.get("HTTP_X_FORWARDED_FOR", ""),
        settings.PROXIES,
    )


# under what the session keeps the password with which somebody began
BEGAN = "ed_began_as"


def begin_as(request: HttpRequest, person: Person) -> None:
    """Keep with which password somebody began: one that is changed meanwhile lets nobody in."""
    request.session[BEGAN] = person.get_session_auth_hash()


def began_as(request: HttpRequest, person: Person) -> bool:
    """Return whether what somebody began with is still their password."""
    return constant_time_compare(request.session.get(BEGAN, ""), person.get_session_auth_hash())
