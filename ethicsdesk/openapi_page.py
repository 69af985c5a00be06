"""The page that shows the API: made from the OpenAPI document, so that it says the same."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from ethicsdesk.openapi import REFUSALS, Shape, described, operations
from people.api import TITLES
from people.rules import Scope

FIRST_REFUSAL = "400"
PAGE_OF = re.compile(r"Paginated(\w+)List")
CODE_AND_MEANING = re.compile(r"^\* `(.+)` - (.+)$", re.MULTILINE)
TYPES = {
    "array": "list",
    "boolean": "true or false",
    "integer": "whole number",
    "null": "null",
    "number": "number",
    "object": "object",
    "string": "text",
}
FORMATS = {
    "date": "date",
    "date-time": "moment (ISO 8601)",
    "email": "e-mail address",
    "uri": "address",
    "uri-reference": "address",
    "uuid": "UUID",
}


@dataclass(frozen=True)
class Row:
    """A parameter or a member: what it is called, what it can be, what it means."""

    name: str
    kind: SafeString
    is_required: bool
    text: SafeString
    where: str = ""


@dataclass(frozen=True)
class Answer:
    """What comes back when it worked."""

    code: str
    kind: SafeString
    example: str


@dataclass(frozen=True)
class Operation:
    """One thing that a program can ask."""

    name: str
    method: str
    path: str
    summary: str
    text: SafeString
    scope: str
    parameters: list[Row]
    body: list[Row]
    example: str
    answers: list[Answer]
    refusals: list[str]
    curl: str


@dataclass(frozen=True)
class Group:
    """The operations on one kind of thing."""

    title: str
    operations: list[Operation] = field(default_factory=list)


@dataclass(frozen=True)
class Component:
    """A shape that others refer to: its members, or the codes it can be."""

    name: str
    text: SafeString
    rows: list[Row]
    codes: list[tuple[str, str]]


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Show the API."""
    return render(request, "api/page.html", _context())


@lru_cache
def _context() -> Mapping[str, Any]:
    document = described()
    groups: dict[str, Group] = {}
    for path, method, operation in operations(document):
        title = operation["tags"][0]
        group = groups.setdefault(title, Group(title.capitalize()))
        group.operations.append(_operation(path, method, operation))
    return {
        "groups": [groups[title] for title in sorted(groups)],
        "components": _components(document["components"]["schemas"]),
        "refusals": [
            (code, TITLES.get(code, "Service Unavailable"), text)
            for code, (text, _) in REFUSALS.items()
        ],
        "scopes": [(scope.value, scope.label) for scope in Scope],
        "version": document["info"]["version"],
    }


def _operation(path: str, method: str, operation: Shape) -> Operation:
    answers = operation["responses"]
    scopes = [scope for need in operation.get("security", ()) for scope in need["bearer"]]
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    example = _example(body)
    return Operation(
        name=operation["operationId"],
        method=method.upper(),
        path=path,
        summary=operation["summary"],
        text=_words(operation["description"]),
        scope=", ".join(scopes),
        parameters=[_parameter(one) for one in operation.get("parameters", ())],
        body=_rows(_resolved(body["schema"])) if body else [],
        example=example,
        answers=[
            _answer(code, media)
            for code, answer in answers.items()
            if code < FIRST_REFUSAL
            for media in _media(answer)
        ],
        refusals=sorted(code for code in answers if code >= FIRST_REFUSAL),
        curl=_curl(path, method, example, needs_token=bool(scopes)),
    )


def _media(answer: Shape) -> Iterable[tuple[str, Shape]]:
    found: dict[str, Shape] = answer.get("content", {})
    return found.items()


def _answer(code: str, media: tuple[str, Shape]) -> Answer:
    content_type, described_ = media
    kind = _kind(described_["schema"])
    if content_type != "application/json":
        kind = format_html("{} as <code>{}</code>", kind, content_type)
    return Answer(code, kind, _example(described_))


def _example(media: Shape) -> str:
    """Return the first example of a body or an answer, as it is sent."""
    for one in media.get("examples", {}).values():
        return json.dumps(one["value"], indent=2, ensure_ascii=False)
    return ""


def _curl(path: str, method: str, example: str, *, needs_token: bool) -> str:
    address = settings.ORIGIN + path.replace("{ref}", "2026-0131")
    lines = [f"curl {address}" if method == "get" else f"curl -X {method.upper()} {address}"]
    if needs_token:
        lines.append('-H "Authorization: Bearer $TOKEN"')
    if example:
        lines += ['-H "Content-Type: application/json"', f"-d '{_one_line(example)}'"]
    return " \\\n  ".join(lines)


def _one_line(example: str) -> str:
    return json.dumps(json.loads(example), ensure_ascii=False).replace("'", "'\\''")


# -- shapes --------------------------------------------------------------------------------


def _components(schemas: Mapping[str, Shape]) -> list[Component]:
    return [
        Component(
            name=name,
            text=_words(CODE_AND_MEANING.sub("", schema.get("description", "")).strip()),
            rows=_rows(schema, is_asked=name.endswith("Request")),
            codes=CODE_AND_MEANING.findall(schema.get("description", ""))
            or [(str(code), "") for code in schema.get("enum", ())],
        )
        for name, schema in sorted(schemas.items())
        if not PAGE_OF.fullmatch(name) and name != "NullEnum"
    ]


def _resolved(schema: Shape) -> Shape:
    found: Shape = described()
    if "$ref" not in schema:
        return schema
    for part in schema["$ref"].removeprefix("#/").split("/"):
        found = found[part]
    return found


def _rows(schema: Shape, *, is_asked: bool = True) -> list[Row]:
    """Return the members; what has to be there is said of what is sent, not of what comes back."""
    required = schema.get("required", ()) if is_asked else ()
    return [
        Row(name, _kind(member), name in required, _text(member))
        for name, member in schema.get("properties", {}).items()
    ]


def _parameter(parameter: Shape) -> Row:
    return Row(
        name=parameter["name"],
        kind=_kind(parameter["schema"]),
        is_required=parameter.get("required", False),
        text=_text(parameter),
        where=parameter["in"],
    )


def _text(member: Shape) -> SafeString:
    """Return what a member means, without the codes, which its kind shows."""
    return _words(CODE_AND_MEANING.sub("", member.get("description", "")).strip())


def _kind(schema: Shape) -> SafeString:
    """Return what a value can be, in words, with links to the shapes they name."""
    if "$ref" in schema:
        return _reference(schema["$ref"].rpartition("/")[2])
    several = schema.get("oneOf") or schema.get("allOf")
    if several:
        return format_html_join(" or ", "{}", ((_kind(one),) for one in several))
    if "enum" in schema:
        return format_html_join(" · ", "<code>{}</code>", ((code,) for code in schema["enum"]))
    types = schema.get("type", "object")
    names = [types] if isinstance(types, str) else types
    if names == ["array"]:
        return format_html("list of {}", _kind(schema["items"]))
    words = [
        FORMATS.get(schema.get("format", ""), TYPES[name]) if name != "null" else "null"
        for name in names
    ]
    return format_html("{}{}", " or ".join(words), _bounds(schema))


def _reference(name: str) -> SafeString:
    if name == "NullEnum":
        return format_html("{}", "null")
    listed = PAGE_OF.fullmatch(name)
    if listed:
        return format_html("a page of {}", _reference(listed[1]))
    return format_html('<a href="#{0}">{0}</a>', name)


def _bounds(schema: Shape) -> str:
    if "maxLength" in schema:
        return f", up to {schema['maxLength']:,} characters"
    if "maximum" in schema:
        return f", {schema['minimum']} to {schema['maximum']}"
    return ""


def _words(text: str) -> SafeString:
    """Return a text whose words in backticks are shown as code."""
    parts = enumerate(text.split("`"))
    marked = (format_html("<code>{}</code>", part) if n % 2 else part for n, part in parts)
    return format_html_join("", "{}", ((part,) for part in marked))
