"""Who may what: by role, and by how this session was signed in; how the database learns it."""

from datetime import datetime, timedelta
from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from common import asking
from people.models import ApiClient, Person
from people.rules import Factor, Role

# what a second factor is called in allauth's records of a session
SECOND = "mfa"


class Backend(ModelBackend):
    """Django's sign-in by password, which keeps out whoever left, for whoever is locked as well.

    Django asks it at the sign-in and again for each request of a session.
    """

    def user_can_authenticate(self, user: AbstractBaseUser | AnonymousUser | None) -> bool:
        """Return whether this person may be signed in now."""
        return isinstance(user, Person) and user.may_sign_in


def require(person: Person, *roles: Role) -> None:
    """Refuse a person who holds none of these roles."""
    if not person.holds(*roles):
        msg = "This is for " + " or ".join(Role(role).label.lower() for role in roles) + "."
        raise PermissionDenied(msg)


def _records(request: HttpRequest, person: Person) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = get_authentication_records(request, person)
    return found


def used_second_factor(request: HttpRequest, person: Person) -> bool:
    """Return whether a second factor of this person was shown in this session."""
    return any(record["method"] == SECOND for record in _records(request, person))


def is_recent(
    request: HttpRequest, person: Person, *, now: datetime, within: timedelta | None = None
) -> bool:
    """Return whether this person showed who they are within the last minutes.

    Whoever has a second factor has to have shown that one (ASVS 7.5.3).
    """
    strong = person.needs_second_factor or is_enrolled(person)
    longest = (within or settings.RECENT).total_seconds()
    return any(
        now.timestamp() - record["at"] < longest
        for record in _records(request, person)
        if record["method"] == SECOND or not strong
    )


def factors_of(person: Person) -> list[Authenticator]:
    """Return the second factors of a person, the oldest first."""
    return list(Authenticator.objects.filter(user=person).order_by("created_at", "pk"))


def is_enrolled(person: Person) -> bool:
    """Return whether a person has a second factor; recovery codes alone are none."""
    kinds = [Factor.TOTP, Factor.PASSKEY]
    return bool(Authenticator.objects.filter(user=person, type__in=kinds).exists())


def ask_as(asker: Person | ApiClient | None) -> None:
    """Tell row security who asks and whose walls stand before them, for this transaction.

    Nothing else is at hand then. The two arrays belong together: a blind index, and its last day.
    """
    until = asker.conflicts.until if asker else {}
    blinds, days = (
        (f'"\\\\x{blind.hex()}"' for blind in until),
        (day.isoformat() for day in until.values()),
    )
    asking.put(
        dict.fromkeys(asking.NAMES, "")
        | {
            "ed.person": str(asker.pk) if isinstance(asker, Person) else "",
            "ed.client": str(asker.pk) if isinstance(asker, ApiClient) else "",
            "ed.behind": f"{{{','.join(blinds)}}}" if asker else "",
            "ed.behind_until": f"{{{','.join(days)}}}" if asker else "",
        }
    )
