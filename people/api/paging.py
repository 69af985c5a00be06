"""Pages of a list, by a cursor that says where the last one ended."""

import base64
import binascii
import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from django.core.exceptions import ValidationError as InvalidValue
from django.db.models import Field, Model, Q, QuerySet
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.settings import api_settings
from rest_framework.utils.urls import replace_query_param

if TYPE_CHECKING:
    # REST framework loads this package by its settings, before its views
    from rest_framework.views import APIView


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
