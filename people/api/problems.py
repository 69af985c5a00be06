"""Refusals as problem documents (RFC 9457)."""

import json
import math
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.db import connection, transaction
from django.http import Http404, HttpResponse
from rest_framework import status
from rest_framework.exceptions import (
    APIException,
    AuthenticationFailed,
    NotAuthenticated,
    NotFound,
    Throttled,
    ValidationError,
)
from rest_framework.exceptions import PermissionDenied as Refused
from rest_framework.settings import api_settings
from rest_framework.utils.encoders import JSONEncoder

from common.errors import RuleError
from people.api.bodies import TooLargeError
from people.api.who import CHALLENGE, note_refusal
from people.models import ApiClient

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


class AskedFirstError(APIException):
    """Something is asked before it is done; `members` of the problem say what about."""

    status_code = status.HTTP_409_CONFLICT

    def __init__(self, detail: str, **members: Any) -> None:
        super().__init__(detail)
        self.members = members


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
            note_refusal(context["request"], user)
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
