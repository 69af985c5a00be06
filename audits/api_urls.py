"""The addresses of figures and reports in the API."""

from django.urls import path

from audits import api

urlpatterns = [
    path("figures/", api.FiguresOfPeriod.as_view(), name="figures"),
    path("reports/", api.Reports.as_view(), name="reports"),
    path("reports/<uuid:report>/", api.OneReport.as_view(), name="report"),
    path("reports/<uuid:report>/<slug:form>/", api.ReportDownload.as_view(), name="report-file"),
]
