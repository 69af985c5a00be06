"""Clocks, paths and calendars over the API."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import generics
from rest_framework.request import Request
from rest_framework.response import Response

from common import clock
from common.serializers import Query
from escalation import duties
from escalation.models import Calendar, CalendarDay, Clock, Path, PathVersion, Standard
from escalation.serializers import (
    CalendarDayOut,
    CalendarOut,
    ClockFilters,
    ClockOut,
    PathOut,
    StandardOut,
)
from people.api import program_of
from people.rules import Scope


@extend_schema_view(
    get=extend_schema(
        operation_id="list_clocks",
        summary="List clocks",
        description="The time limits that run, wait, were kept or ran out, the earliest due "
        "first. No program is told who answers for one: a person's own stand in their calendar.",
        parameters=[ClockFilters],
    )
)
class Clocks(generics.ListAPIView[Clock]):
    """A list of clocks."""

    scopes = {"GET": Scope.CLOCKS_READ}
    queryset = Clock.objects.none()
    serializer_class = ClockOut
    ordering = ("due_at", "id")

    def get_queryset(self) -> "QuerySet[Clock]":
        """Return the clocks that were asked for, of those this program may know of."""
        filters = ClockFilters(data=self.request.query_params)
        filters.is_valid(raise_exception=True)
        known = duties.open_to_program(program_of(self.request).conflicts)
        known = known.filter(**filters.lookups()).select_related("unit", "path__path")
        unit = filters.validated_data.get("unit")
        return known if unit is None else duties.of_unit(known, unit)

    def list(self, request: Request, *_args: Any, **_options: Any) -> Response:  # noqa: ARG002 - the signature is REST framework's
        """Answer one page; the references of all its clocks are looked up at once."""
        page = self.paginate_queryset(self.get_queryset()) or []
        context = {"references": duties.references(page)}
        shown = [ClockOut(clock, context=context).data for clock in page]
        return self.get_paginated_response(shown)


@extend_schema_view(
    get=extend_schema(
        operation_id="list_paths",
        summary="List paths",
        description="What happens, rung by rung, when something is not done in time: of each path "
        "the published version. A clock that runs keeps the version it began with.",
    )
)
class Paths(generics.ListAPIView[PathVersion]):
    """A list of paths."""

    scopes = {"GET": Scope.CLOCKS_READ}
    queryset = PathVersion.objects.none()
    serializer_class = PathOut
    ordering = ("id",)

    def get_queryset(self) -> "QuerySet[PathVersion]":
        """Return the versions by which clocks start now, unless something unknown was asked."""
        Query(data=self.request.query_params).is_valid(raise_exception=True)
        return PathVersion.objects.newest().filter(path__in=Path.objects.in_use())


@extend_schema_view(
    get=extend_schema(
        operation_id="list_standards",
        summary="List standards",
        description="What runs on which path, and within which time, where the office has set it. "
        "Danger counts before what something was filed as, that before any other level, and that "
        "before what holds for everything else.",
    )
)
class Standards(generics.ListAPIView[Standard]):
    """A list of standards."""

    scopes = {"GET": Scope.CLOCKS_READ}
    queryset = Standard.objects.select_related("path")
    serializer_class = StandardOut
    ordering = ("kind", "id")


@extend_schema_view(
    get=extend_schema(
        operation_id="list_calendars",
        summary="List calendars",
        description="The hours by which units work: what limits in working time are counted by.",
    )
)
class Calendars(generics.ListAPIView[Calendar]):
    """A list of calendars."""

    scopes = {"GET": Scope.CALENDARS_READ}
    queryset = Calendar.objects.prefetch_related("units__unit")
    serializer_class = CalendarOut
    ordering = ("code",)


@extend_schema_view(
    get=extend_schema(
        operation_id="list_calendar_days",
        summary="List the days of a calendar",
        description="The days from today on that differ from its week, the earliest first.",
        parameters=[
            OpenApiParameter(
                "code", str, OpenApiParameter.PATH, description="The code of the calendar."
            )
        ],
    )
)
class CalendarDays(generics.ListAPIView[CalendarDay]):
    """A list of days."""

    scopes = {"GET": Scope.CALENDARS_READ}
    queryset = CalendarDay.objects.none()
    serializer_class = CalendarDayOut
    ordering = ("day", "id")

    def get_queryset(self) -> "QuerySet[CalendarDay]":
        """Return the days to come of the calendar that was asked for."""
        calendar = get_object_or_404(Calendar, code=self.kwargs["code"])
        today = clock.now().astimezone(calendar.zone_info).date()
        return calendar.days.filter(day__gte=today)
