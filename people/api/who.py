"""Which program asks, by its token, and what its scopes allow."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import (
    AuthenticationFailed,
    MethodNotAllowed,
    NotAuthenticated,
)
from rest_framework.exceptions import PermissionDenied as Refused
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from common import clock
from people import access, rules
from people.models import ApiClient, ApiToken
from people.rules import Scope

if TYPE_CHECKING:
    # REST framework loads this package by its settings, before its views
    from rest_framework.views import APIView

CHALLENGE = 'Bearer realm="EthicsDesk"'


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer ed_live_…`; row security is told which program asks.

    A wall around the owner of a program stands around the program too.
    """

    def authenticate(self, request: Request) -> tuple[ApiClient, ApiToken] | None:
        """Return the program of a valid token, None without a header, or refuse."""
        scheme, _, given = get_authorization_header(request).decode("latin-1").partition(" ")
        if scheme.lower() != "bearer":
            return None
        token = self._find(request, given.strip())
        access.ask_as(token.client)
        return token.client, token

    def _find(self, request: Request, given: str) -> ApiToken:
        if rules.TOKEN.fullmatch(given):
            digest = rules.token_digest(given)
            tokens = ApiToken.objects.filter(digest=digest).select_related("client")
            if (found := tokens.valid(clock.now()).first()) is not None:
                return found
            if (ended := tokens.first()) is not None:
                note_refusal(request, ended.client)
        msg = "This token is not known, was revoked, or has expired."
        raise AuthenticationFailed(msg)

    def authenticate_header(self, request: Request) -> str:  # noqa: ARG002 - the signature is REST framework's
        """Return the challenge of a 401."""
        return CHALLENGE


class HasScope(BasePermission):
    """A view names the scope of each method in `scopes`; a method that is not named is refused."""

    def has_permission(self, request: Request, view: "APIView") -> bool:
        """Return whether the program's scopes allow this."""
        program = program_of(request)
        scopes: Mapping[str, str] = getattr(view, "scopes", {})
        scope = scopes.get("GET" if request.method == "HEAD" else request.method or "")
        if scope is None:
            raise MethodNotAllowed(request.method or "")
        if Scope(scope) not in program.scopes:
            msg = f"This needs the scope {Scope(scope).value}."
            raise Refused(msg)
        return True


def note_refusal(request: Request, program: ApiClient) -> None:
    """Have the middleware record who was refused, once what they did is undone."""
    seen: Any = request._request  # noqa: SLF001 - of the two requests the one in the middleware
    seen.refused_by = program.actor


def program_of(request: Request) -> ApiClient:
    """Return the program that asks, or refuse whoever is none."""
    user: object = request.user
    if not isinstance(user, ApiClient):
        msg = "Send a token of yours: Authorization: Bearer ed_live_…"
        raise NotAuthenticated(msg)
    return user
