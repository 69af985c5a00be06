"""Audit reports: what there is, what is in work, asking for one, downloading one."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from audits import actions
from audits.forms import ReportForm
from audits.models import Format, Release, Report
from audits.rules import periods
from audits.views.readers import ReaderView
from common import clock
from common.errors import RuleError

SHOWN = 30
TYPES = {
    Format.PDF: "application/pdf",
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Format.JSON: "application/json",
}


class Reports(ReaderView):
    """The list of reports, with the progress of those in work."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the list."""
        return self._show(ReportForm(Release.objects.periods(), initial=request.GET.dict()))

    def post(self, request: HttpRequest) -> HttpResponse:
        """Ask for a report."""
        form = ReportForm(Release.objects.periods(), request.POST)
        if not form.is_valid():
            return self._show(form)
        now = clock.now()
        try:
            report = actions.ask_for_report(
                form.cleaned_data["period"], by=self.person.actor, now=now
            )
        except RuleError as refusal:
            form.add_error("period", str(refusal))
            return self._show(form)
        label = periods.parse(report.release.period).label
        messages.success(
            request,
            f"The report of {label} is being produced. You can leave; it will stand here."
            if report.is_open
            else f"The report of {label} is ready: it stands below.",
        )
        return redirect("insight:reports")

    def _show(self, form: ReportForm) -> HttpResponse:
        reports = Report.objects.shown()[:SHOWN]
        shown = [(report, periods.parse(report.release.period).label) for report in reports]
        context: dict[str, Any] = {
            "now": clock.now(),
            "form": form,
            "reports": shown,
            "is_open": any(report.is_open for report, _ in shown),
        }
        return render(self.request, "audits/reports.html", context)


class Download(ReaderView):
    """A report in one format."""

    def get(self, request: HttpRequest, report: UUID, form: str) -> HttpResponse:  # noqa: ARG002 - the signature is Django's
        """Answer the file, and have the download recorded."""
        found = actions.read_file(report, form, by=self.person.actor, now=clock.now())
        if found is None:
            raise Http404
        return HttpResponse(
            bytes(found.content),
            content_type=TYPES[Format(found.format)],
            headers={
                "Content-Disposition": f'attachment; filename="{found.name}"',
                "Cache-Control": "no-store",
            },
        )
