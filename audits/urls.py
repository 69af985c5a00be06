"""The addresses of insight."""

from django.urls import path

from audits import views

app_name = "insight"
urlpatterns = [
    path("", views.Dashboard.as_view(), name="dashboard"),
    path("reports/", views.Reports.as_view(), name="reports"),
    path("reports/<uuid:report>/<slug:form>/", views.Download.as_view(), name="download"),
    path("ledger/", views.Ledger.as_view(), name="ledger"),
    path("ledger/checkpoint/", views.Checkpoint.as_view(), name="checkpoint"),
]
