"""The addresses of the API, and a problem document for every other one under it."""

from django.urls import include, path

from ethicsdesk import openapi, openapi_page

app_name = "api"
urlpatterns = [
    path("", openapi_page.page, name="page"),
    path("openapi.json", openapi.document, name="openapi"),
    path("", include("cases.api_urls")),
    path("", include("questionnaires.api_urls")),
    path("", include("policies.api_urls")),
    path("", include("escalation.api_urls")),
    path("", include("ledger.api_urls")),
    path("", include("audits.api_urls")),
    path("", include("ethicsdesk.problems")),
]
