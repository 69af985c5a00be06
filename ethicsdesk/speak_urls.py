"""The site map of the separate process that serves the reporter's door alone: pages and API."""

from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import RedirectView

from cases.api_urls import receipts
from ethicsdesk import health

urlpatterns: list[URLPattern | URLResolver] = [
    path("", RedirectView.as_view(pattern_name="intake:landing"), name="home"),
    path("speak/", include("cases.intake.urls")),
    path("api/v1/receipts/", include((receipts, "api"))),
    path("health/live", health.live, name="live"),
    path("health/ready", health.ready, name="ready"),
]

handler400 = "ethicsdesk.problems.bad_request"
handler404 = "ethicsdesk.problems.not_found"
handler500 = "ethicsdesk.problems.server_error"
