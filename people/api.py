"""What every API view shares: tokens, scopes, bodies, pages, problems, and answering a replay."""

import base64
import binascii
import hmac
import json
import math
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import IO, TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.core.exceptions import ValidationError as InvalidValue
from django.db import connection, transaction
from django.db.models import Field, Model, Q, QuerySet
from django.http import Http404, HttpResponse
from rest_framework import status
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import (
    APIException,
    AuthenticationFailed,
    MethodNotAllowed,
    NotAuthenticated,
    NotFound,
    ParseError,
    Throttled,
    ValidationError,
)
from rest_framework.exceptions import PermissionDenied as Refused
from rest_framework.pagination import BasePagination
from rest_framework.parsers import JSONParser
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.settings import api_settings
from rest_framework.utils.encoders import JSONEncoder
from rest_framework.utils.urls import replace_query_param

from common import clock, days, keys, sealing
from common.errors import RuleError
from people import access, rules
from people.models import ApiClient, ApiToken, Replay
from people.rules import Scope

if TYPE_CHECKING:
    # REST framework loads this module by its settings, before its views
    from rest_framework.views import APIView

CHALLENGE = 'Bearer realm="EthicsDesk"'
REPLAY_LIFE = timedelta(hours=24)
REPLAY_KEY_MAX = 255
REPLAYS_FORGOTTEN_AT_ONCE = 100

# -- who asks ------------------------------------------------------------------------------


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
                _note_refusal(request, ended.client)
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


def _note_refusal(request: Request, program: ApiClient) -> None:
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


# -- what is sent --------------------------------------------------------------------------


class TooLargeError(APIException):
    """The body of a request is larger than we take."""

    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE

    def __init__(self) -> None:
        limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        super().__init__(f"We take {limit} bytes at the most. Nothing was stored.")


class BoundedJSONParser(JSONParser):
    """Reads JSON that is not nested without end; how large it may be, Django's settings say."""

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        """Return what was sent."""
        try:
            return super().parse(stream, media_type, parser_context)
        except RecursionError:
            msg = "The JSON is nested too deeply. Nothing was stored."
            raise ParseError(msg) from None


# -- pages ---------------------------------------------------------------------------------


class CursorPages(BasePagination):
    """Pages by cursor: `{"results", "next", "previous"}`, stable while rows are added.

    A cursor names the row beside which a page begins, by the fields of `ordering` (a view's own
    comes first) with the primary key behind them, so that no two rows stand in one place.
    """

    page_size_query_param = "page_size"
    max_page_size = 200
    ordering: ClassVar[Sequence[str]] = ("pk",)

    def paginate_queryset(
        self,
        queryset: "QuerySet[Any]",
        request: Request,
        view: "APIView | None" = None,
    ) -> list[Any]:
        """Return the rows of the page that was asked for: one query."""
        self._address = request.build_absolute_uri()
        self._keys = _ordering_keys(queryset.model, getattr(view, "ordering", self.ordering))
        size = self._page_size(request)
        back, beside = self._cursor(request)
        rows = queryset.order_by(*(key.name(back=back) for key in self._keys))
        if beside:
            rows = rows.filter(_beyond(self._keys, beside, back=back))
        found = list(rows[: size + 1])
        has_more, page = len(found) > size, found[:size]
        if back:
            page.reverse()
        self._has_next = bool(page) and (back or has_more)
        self._has_previous = bool(page) and (has_more if back else bool(beside))
        self._page = page
        return page

    def get_paginated_response(self, data: Any) -> Response:
        """Return one page."""
        following = self._link(self._page[-1], back=False) if self._has_next else None
        preceding = self._link(self._page[0], back=True) if self._has_previous else None
        return Response({"results": data, "next": following, "previous": preceding})

    def _link(self, row: Model, *, back: bool) -> str:
        place = json.dumps([back, *(key.field.value_to_string(row) for key in self._keys)])
        token = base64.urlsafe_b64encode(place.encode()).decode().rstrip("=")
        return replace_query_param(self._address, "cursor", token)

    def _cursor(self, request: Request) -> tuple[bool, list[Any]]:
        token = request.query_params.get("cursor")
        if token is None:
            return False, []
        try:
            back, *place = json.loads(
                base64.b64decode(token.encode() + b"=" * (-len(token) % 4), b"-_", validate=True)
            )
            values = [
                key.field.to_python(_plain(value))
                for key, value in zip(self._keys, place, strict=True)
            ]
        except (binascii.Error, ValueError, TypeError, RecursionError, InvalidValue):
            msg = "This is no cursor of this list. Follow `next` and `previous` as they are."
            raise ValidationError({"cursor": [msg]}) from None
        return back is True, values

    def _page_size(self, request: Request) -> int:
        given = request.query_params.get(self.page_size_query_param)
        if given is None:
            return api_settings.PAGE_SIZE or self.max_page_size
        digits = given.isascii() and given.isdigit() and len(given) <= len(str(self.max_page_size))
        if not digits or not 1 <= int(given) <= self.max_page_size:
            msg = f"Ask for 1 to {self.max_page_size}."
            raise ValidationError({self.page_size_query_param: [msg]})
        return int(given)

    def get_schema_operation_parameters(self, view: "APIView") -> list[dict[str, Any]]:  # noqa: ARG002 - the signature is REST framework's
        """Return the parameters as the OpenAPI document has them."""
        size = {
            "type": "integer",
            "minimum": 1,
            "maximum": self.max_page_size,
            "default": api_settings.PAGE_SIZE,
        }
        return [
            {
                "name": "cursor",
                "in": "query",
                "description": "From `next` or `previous` of another page.",
                "schema": {"type": "string"},
            },
            {
                "name": self.page_size_query_param,
                "in": "query",
                "description": "How many rows a page has.",
                "schema": size,
            },
        ]

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """Return the shape of a page as the OpenAPI document has it."""
        link = {"type": ["string", "null"], "format": "uri"}
        return {
            "type": "object",
            "required": ["results", "next", "previous"],
            "properties": {
                "results": schema,
                "next": {
                    **link,
                    "description": "The following page, or null on the last.",
                    "example": "http://127.0.0.1:8000/api/v1/…?cursor=W2ZhbHNlLCAiMjAyNi0wMTMxIl0",
                },
                "previous": {
                    **link,
                    "description": "The page before, or null on the first.",
                    "example": None,
                },
            },
        }


class _Key:
    """One field of an order."""

    def __init__(self, field: "Field[Any, Any]", *, descending: bool) -> None:
        self.field, self.descending = field, descending

    def name(self, *, back: bool) -> str:
        """Return it as `order_by` takes it."""
        return f"-{self.field.name}" if self.descending != back else self.field.name

    def after(self, value: Any, *, back: bool, or_equal: bool = False) -> Q:
        """Return the condition of standing after a value."""
        lookup = "lt" if self.descending != back else "gt"
        return Q(**{f"{self.field.name}__{lookup}{'e' if or_equal else ''}": value})


def _ordering_keys(model: type[Model], ordering: Sequence[str]) -> list[_Key]:
    meta = model._meta
    primary = meta.pk
    names = [name.removeprefix("-") for name in ordering]
    fields = [primary if name == "pk" else meta.get_field(name) for name in names]
    found = [
        _Key(field, descending=name.startswith("-"))
        for field, name in zip(fields, ordering, strict=True)
        if isinstance(field, Field)
    ]
    if not any(key.field.unique for key in found) and isinstance(primary, Field):
        found.append(_Key(primary, descending=found[0].descending))
    return found


def _beyond(ordering: Sequence[_Key], values: Sequence[Any], *, back: bool) -> Q:
    """Return the condition of standing after a place, so that an index on the order serves it."""
    beyond, same = Q(), Q()
    for key, value in zip(ordering, values, strict=True):
        beyond |= same & key.after(value, back=back)
        same &= Q(**{key.field.name: value})
    return ordering[0].after(values[0], back=back, or_equal=True) & beyond


def _plain(value: Any) -> str:
    if not isinstance(value, str) or "\0" in value or not value.isprintable():
        raise TypeError
    return value


# -- problems ------------------------------------------------------------------------------

TITLES = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    406: "Not Acceptable",
    409: "Conflict",
    413: "Content Too Large",
    415: "Unsupported Media Type",
    422: "Unprocessable Content",
    429: "Too Many Requests",
    500: "Internal Server Error",
}
NOTHING_HERE = "There is nothing here, or it is not yours to see."


class ProblemResponse(HttpResponse):
    """An RFC 9457 problem document, whatever else was asked for."""

    def __init__(self, code: int, **members: Any) -> None:
        body = {"type": "about:blank", "title": TITLES.get(code, "Refused"), "status": code}
        super().__init__(
            json.dumps({**body, **members}, cls=JSONEncoder, ensure_ascii=False),
            status=code,
            content_type="application/problem+json",
        )


def problem(exc: Exception, context: Mapping[str, Any]) -> HttpResponse | None:
    """Turn a refusal into a problem document, and undo what the view did.

    What is no refusal is left to Django, which records it and answers 500.
    """
    exc = _as_refusal(exc)
    if not isinstance(exc, APIException | RuleError):
        return None
    if connection.in_atomic_block:
        transaction.set_rollback(True)
    if isinstance(exc, Refused | NotFound):
        user: object = context["request"].user
        if isinstance(user, ApiClient):
            _note_refusal(context["request"], user)
    return _document(exc)


def _document(exc: APIException | RuleError) -> ProblemResponse:
    if isinstance(exc, RuleError):
        return ProblemResponse(409, detail=str(exc))
    if isinstance(exc, Throttled):
        return _wait(math.ceil(exc.wait))  # type: ignore[attr-defined] # the stubs forget it
    if isinstance(exc, ValidationError):
        sentence = "Something is wrong with what was sent. Nothing was stored."
        return ProblemResponse(400, detail=sentence, errors=_by_name(exc.detail))
    members = exc.members if isinstance(exc, AskedFirstError) else {}
    response = ProblemResponse(exc.status_code, detail=str(exc.detail), **members)
    if isinstance(exc, AuthenticationFailed | NotAuthenticated):
        response["WWW-Authenticate"] = CHALLENGE
    return response


def _wait(seconds: int) -> ProblemResponse:
    sentence = f"Too many are asking now. Nothing was stored. Try again in {seconds} seconds."
    response = ProblemResponse(429, detail=sentence)
    response["Retry-After"] = str(seconds)
    return response


def _as_refusal(exc: Exception) -> Exception:
    """Return REST framework's word for one of Django's."""
    if isinstance(exc, Http404):
        return NotFound(NOTHING_HERE)
    if isinstance(exc, PermissionDenied):
        return Refused(str(exc) or None)
    if isinstance(exc, RequestDataTooBig):
        return TooLargeError()
    return exc


def _by_name(detail: Any, name: str = "") -> dict[str, list[str]]:
    """Return sentences by the name of what they are about; what lies inside has a dotted name."""
    if isinstance(detail, Mapping):
        inner = [(str(key), value) for key, value in detail.items()]
    elif isinstance(detail, list) and any(isinstance(one, Mapping | list) for one in detail):
        inner = [(str(n), value) for n, value in enumerate(detail) if value]
    else:
        sentences = detail if isinstance(detail, list) else [detail]
        return {name or "body": [str(sentence) for sentence in sentences]}
    found: dict[str, list[str]] = {}
    for key, value in inner:
        whole = key == api_settings.NON_FIELD_ERRORS_KEY
        found |= _by_name(value, name if whole else f"{name}.{key}".lstrip("."))
    return found


# -- creations -----------------------------------------------------------------------------


class AskedFirstError(APIException):
    """Something is asked before it is done; `members` of the problem say what about."""

    status_code = status.HTTP_409_CONFLICT

    def __init__(self, detail: str, **members: Any) -> None:
        super().__init__(detail)
        self.members = members


class KeyReusedError(APIException):
    """The same Idempotency-Key came with another request."""

    status_code = status.HTTP_422_UNPROCESSABLE_ENTITY
    default_detail = (
        "This Idempotency-Key was used for another request. Nothing was stored. Use a new key."
    )


Body = dict[str, Any]


def create_once(request: Request, make: Callable[[], Body], *, who: str = "") -> Response:
    """Answer a creation: 201 with what `make` returns, and the same again for the same key.

    A key belongs to the program, or to `who` where nobody has to say who they are. The row is
    taken before `make` runs, so that of requests at once one makes and the others wait for its
    answer; a refusal in `make` leaves no row, so that the key can be used again.
    """
    key = request.headers.get("Idempotency-Key", "")
    if not key:
        return Response(make(), status=status.HTTP_201_CREATED)
    if len(key) > REPLAY_KEY_MAX:
        raise ValidationError({"Idempotency-Key": [f"At most {REPLAY_KEY_MAX} characters."]})
    secret = sealing.hkdf(keys.derived("replay") + key.encode(), b"answer")
    owner = who or str(program_of(request).pk)
    name = hmac.digest(keys.derived("replay"), f"{owner}|{key}".encode(), "sha256")
    asked = _asked(request, secret)
    row = _take(name, asked)
    if row.status is not None:
        return _replay(row, asked, secret)
    body = make()
    row.status = status.HTTP_201_CREATED
    row.answer = sealing.encrypt(secret, json.dumps(body, cls=JSONEncoder).encode(), name)
    row.save(update_fields=["status", "answer"])
    return Response(body, status=row.status)


def _take(name: bytes, asked: bytes) -> Replay:
    """Return the row of a key; without a status it is ours, and others wait for our answer."""
    now = clock.now()
    old = Replay.objects.select_for_update(skip_locked=True).filter(expires_at__lte=now)
    Replay.objects.filter(pk__in=old.values("pk")[:REPLAYS_FORGOTTEN_AT_ONCE]).delete()
    # A midnight tells nobody when something was filed.
    expires = days.next_midnight(now + REPLAY_LIFE)
    Replay.objects.bulk_create(
        [Replay(key=name, request=asked, expires_at=expires)], ignore_conflicts=True
    )
    return Replay.objects.select_for_update().get(key=name)


def _replay(row: Replay, asked: bytes, secret: bytes) -> Response:
    if row.answer is None or not hmac.compare_digest(bytes(row.request), asked):
        raise KeyReusedError
    plain = sealing.decrypt(secret, bytes(row.answer), bytes(row.key))
    return Response(json.loads(plain), status=row.status, headers={"Idempotent-Replayed": "true"})


def _asked(request: Request, secret: bytes) -> bytes:
    """Return what tells one request from another, and without the key tells nothing of either."""
    body = json.dumps(request.data, sort_keys=True)
    return hmac.digest(secret, f"{request.method} {request.path}\n{body}".encode(), "sha256")
