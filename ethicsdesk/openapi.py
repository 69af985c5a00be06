"""The API's OpenAPI document, made from the code; the page that shows it is openapi_page."""

import json
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from drf_spectacular.extensions import OpenApiSerializerExtension
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema

from people.api import CHALLENGE, REPLAY_KEY_MAX, TITLES
from people.rules import Scope

Shape = dict[str, Any]

BEARER = "bearer"
PROBLEM = "application/problem+json"
METHODS = ("get", "post", "put", "patch", "delete")

# What every operation can be refused with: by status, when, and an example of the sentence.
REFUSALS = {
    400: ("Something is wrong with what was sent.", "Something is wrong with what was sent. …"),
    401: ("No token, or one that opens nothing.", "This token is not known, was revoked, …"),
    403: ("The token lacks the scope.", "This needs the scope cases:read."),
    404: (
        "Nothing is there, or it is not yours to see.",
        "There is nothing here, or it is not yours to see.",
    ),
    406: ("No answer of the type you accept.", "Could not satisfy the request Accept header."),
    409: ("Not possible now.", "This case is closed, so it cannot be closed now. …"),
    413: ("The body is too large.", "We take 1048576 bytes at the most. Nothing was stored."),
    415: (
        "The body is not JSON.",
        'Unsupported media type "text/plain" in request.',
    ),
    422: (
        "The Idempotency-Key was used for another request.",
        "This Idempotency-Key was used for another request. …",
    ),
    429: ("Too many are asking now.", "Too many are asking now. Nothing was stored. …"),
    500: ("Something broke here.", "Something broke here. Nothing was stored. …"),
    503: ("The database does not answer.", "The database does not answer. Nothing was stored. …"),
}
# what a refusal brings beside its body
HEADERS: dict[int, Shape] = {
    401: {"WWW-Authenticate": {"schema": {"type": "string"}, "example": CHALLENGE}},
    429: {"Retry-After": {"description": "Seconds.", "schema": {"type": "integer"}, "example": 20}},
}
PROBLEM_SHAPE: Shape = {
    "type": "object",
    "description": "A refusal, as RFC 9457 has it.",
    "required": ["type", "title", "status"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": {"type": "string", "description": "The status in words."},
        "status": {"type": "integer", "description": "The status again."},
        "detail": {
            "type": "string",
            "description": "What happened, what was kept and what to do, for a person to read.",
        },
        "errors": {
            "type": "object",
            "description": "What is wrong, by the name of the member, parameter or header. "
            "What lies inside another has a dotted name: reporter.name",
            "additionalProperties": {"type": "array", "items": {"type": "string"}},
        },
        "named_readers": {
            "type": "array",
            "description": "Who of its readers a message names in full, where that is asked first.",
            "items": {
                "type": "object",
                "required": ["id", "name"],
                "properties": {
                    "id": {"type": "string", "format": "uuid"},
                    "name": {"type": "string"},
                },
            },
        },
    },
}
DONE = {"200": "What was asked for.", "201": "It was made.", "202": "It will be made."}
IDEMPOTENCY_KEY: Shape = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "Yours for this creation. The same request with the same key gets the same "
    "answer for 24 hours, and nothing is made twice.",
    "schema": {"type": "string", "maxLength": REPLAY_KEY_MAX},
    "example": "9f3c2a52-6a0e-4d0f-9c9f-0f4e5d3e8a11",
}
REPLAYED: Shape = {
    "Idempotent-Replayed": {
        "description": "Present when this is the answer to an earlier request with this key.",
        "schema": {"type": "string", "enum": ["true"]},
    }
}


class Schema(AutoSchema):
    """Describes one operation; its scope is the one that the permission class asks for."""

    def get_auth(self) -> list[dict[str, list[str]]]:
        """Return the scope that the operation needs, or nothing where it needs no token."""
        scope = getattr(self.view, "scopes", {}).get(self.method)
        return [{BEARER: [Scope(scope).value]}] if scope else []


class StrictExtension(OpenApiSerializerExtension):  # type: ignore[no-untyped-call] # untyped
    """Says of a strict object that it has no member but its own."""

    target_class = "common.serializers.Strict"
    match_subclasses = True

    def map_serializer(self, auto_schema: AutoSchema, direction: str) -> Shape:
        """Return the shape of the object."""
        shape: Shape = auto_schema._map_serializer(self.target, direction, bypass_extensions=True)  # type: ignore[no-untyped-call] # noqa: SLF001 - as its own extensions do
        return {**shape, "additionalProperties": False}


def complete(result: Shape, **_options: Any) -> Shape:
    """Add what holds for every operation: tokens, refusals, keys of creations."""
    components = result.setdefault("components", {})
    components["securitySchemes"] = {
        BEARER: {
            "type": "http",
            "scheme": "bearer",
            "description": "A token of a program, `ed_live_…`, shown once when it is made. "
            "What it may do are its scopes:\n\n"
            + "\n".join(f"- `{scope.value}`: {scope.label}" for scope in Scope),
        }
    }
    components.setdefault("schemas", {})["Problem"] = PROBLEM_SHAPE
    components["responses"] = {_refusal(code): _refused(code) for code in REFUSALS}
    for _, _, operation in operations(result):
        _complete(operation)
    return result


def operations(document: Shape) -> Iterator[tuple[str, str, Shape]]:
    """Yield path, method and operation of all there are."""
    for path, methods in document["paths"].items():
        for method in METHODS:
            if method in methods:
                yield path, method, methods[method]


def _complete(operation: Shape) -> None:
    answers = operation["responses"]
    for code, answer in answers.items():
        answer["description"] = answer["description"] or DONE[code]
    if "201" in answers:
        operation.setdefault("parameters", []).append(IDEMPOTENCY_KEY)
        answers["201"]["headers"] = REPLAYED
    for code in _refusals_of(operation):
        described = answers.get(str(code), {}).get("description")
        answers[str(code)] = {"$ref": f"#/components/responses/{_refusal(code)}"}
        if described:
            answers[str(code)]["description"] = described


def _refusals_of(operation: Shape) -> list[int]:
    answers = operation["responses"]
    places = {parameter["in"] for parameter in operation.get("parameters", ())}
    has_body = "requestBody" in operation
    possible = {
        400: has_body or "query" in places or "header" in places,
        401: "security" in operation,
        403: "security" in operation,
        404: "path" in places,
        406: True,
        409: has_body,
        413: has_body,
        415: has_body,
        422: "201" in answers,
        429: False,
        500: True,
        503: True,
    }
    return [code for code, is_possible in possible.items() if is_possible or str(code) in answers]


def _refusal(code: int) -> str:
    return TITLES.get(code, "Service Unavailable").replace(" ", "")


def _refused(code: int) -> Shape:
    description, detail = REFUSALS[code]
    title = TITLES.get(code, "Service Unavailable")
    example: Shape = {"type": "about:blank", "title": title, "status": code, "detail": detail}
    if code == 400:  # noqa: PLR2004 - the one that names what is wrong
        example["errors"] = {"narrative": ["This field may not be blank."]}
    answer: Shape = {
        "description": description,
        "content": {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    answer["content"][PROBLEM]["example"] = example
    if code in HEADERS:
        answer["headers"] = HEADERS[code]
    return answer


@lru_cache
def described() -> Shape:
    """Return the document; the code does not change while it runs."""
    generator: Any = SchemaGenerator
    made: Shape = generator().get_schema(request=None, public=True)
    return made


@require_safe
def document(_request: HttpRequest) -> HttpResponse:
    """Answer the document."""
    return HttpResponse(json.dumps(described(), indent=1), content_type="application/json")
