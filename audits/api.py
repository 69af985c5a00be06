"""Figures and audit reports over the API."""

from typing import Any, cast
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import generics
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from audits import actions
from audits.models import Format, Release, Report
from audits.reports import definitions
from audits.rules import periods
from audits.serializers import FiguresOut, ReportIn, ReportOut
from common import clock
from common.errors import RuleError
from people.api import Body, create_once
from people.models import ApiClient
from people.rules import Scope

NOT_RELEASED = {409: OpenApiResponse(description="The period is not released yet.")}
TYPES = {
    Format.PDF: "application/pdf",
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Format.JSON: "application/json",
}


class FiguresOfPeriod(APIView):
    """The figures of a released period."""

    scopes = {"GET": Scope.FIGURES_READ}

    @extend_schema(
        operation_id="read_figures",
        summary="Read the figures of a period",
        description="The protected figures that leadership sees, up to the same cut-off, with what "
        "they mean. Without a period the newest released month.",
        parameters=[
            OpenApiParameter(
                "period", str, description="2026-03, 2026-Q1, 2026, or 2026-03-12m (twelve months)."
            )
        ],
        responses={200: FiguresOut, **NOT_RELEASED},
    )
    def get(self, request: Request) -> Response:
        """Answer the figures."""
        now = clock.now()
        text = request.query_params.get("period") or actions.newest_month(now=now)
        release = actions.read_figures(_period(text), by=_program(request).actor, now=now)
        return Response(_figures(release))


def _figures(release: Release) -> Body:
    return {
        "figures": release.figures,
        "definitions": definitions.as_json(),
        "protection": definitions.PROTECTION,
        "sha256": release.digest,
    }


def _period(text: str) -> str:
    """Return a period's code; one that is none is a wrong field, and no conflict."""
    try:
        return periods.parse(text).code
    except RuleError as refusal:
        raise ValidationError({"period": [str(refusal)]}) from None


class Reports(generics.ListAPIView[Report]):
    """Audit reports."""

    scopes = {"GET": Scope.REPORTS_READ, "POST": Scope.REPORTS_CREATE}
    queryset = Report.objects.none()
    serializer_class = ReportOut
    ordering = ("-asked_at", "id")

    def get_queryset(self) -> "QuerySet[Report]":
        """Return the reports with their files."""
        return Report.objects.shown()

    @extend_schema(
        operation_id="list_reports",
        summary="List the audit reports",
        description="The newest first, those in work with their progress.",
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Answer one page."""
        return super().get(request, *args, **kwargs)

    @extend_schema(
        operation_id="ask_for_report",
        summary="Ask for an audit report",
        description="A worker produces it; read it again to see its progress. There is one report "
        "for a period and cut-off: asking again answers the same one.",
        request=ReportIn,
        responses={201: ReportOut, **NOT_RELEASED},
    )
    def post(self, request: Request) -> Response:
        """Ask, once for each key."""
        return create_once(request, lambda: _ask(request))


def _ask(request: Request) -> Body:
    given = ReportIn(data=request.data)
    given.is_valid(raise_exception=True)
    asked = actions.ask_for_report(
        _period(given.validated_data["period"]), by=_program(request).actor, now=clock.now()
    )
    return dict(ReportOut(_find(asked.pk)).data)


class OneReport(APIView):
    """One audit report."""

    scopes = {"GET": Scope.REPORTS_READ}

    @extend_schema(
        operation_id="read_report",
        summary="Read a report's progress and files",
        responses={200: ReportOut, 404: OpenApiResponse(description="No such report.")},
    )
    def get(self, request: Request, report: UUID) -> Response:  # noqa: ARG002 - the signature is REST framework's
        """Answer the report."""
        return Response(ReportOut(_find(report)).data)


class ReportDownload(APIView):
    """One audit report in one format."""

    scopes = {"GET": Scope.REPORTS_READ}

    @extend_schema(
        operation_id="download_report",
        summary="Download a report",
        responses={
            **{(200, media): OpenApiTypes.BINARY for media in TYPES.values()},
            404: OpenApiResponse(description="No such report, or it is not ready."),
        },
    )
    def get(self, request: Request, report: UUID, form: str) -> HttpResponse:
        """Answer the file."""
        found = actions.read_file(report, form, by=_program(request).actor, now=clock.now())
        if found is None:
            raise NotFound
        return HttpResponse(
            bytes(found.content),
            content_type=TYPES[Format(found.format)],
            headers={
                "Content-Disposition": f'attachment; filename="{found.name}"',
                "Cache-Control": "no-store",
            },
        )


def _find(report: UUID) -> Report:
    found = Report.objects.shown().filter(pk=report).first()
    if found is None:
        raise NotFound
    return found


def _program(request: Request) -> ApiClient:
    return cast("ApiClient", request.user)
