"""The site map of the separate process that serves the reporter's door alone."""

from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import RedirectView

from ethicsdesk import health

urlpatterns: list[URLPattern | URLResolver] = [
    path("", RedirectView.as_view(pattern_name="intake:landing"), name="home"),
    path("speak/", include("cases.intake.urls")),
    path("health/live", health.live, name="live"),
    path("health/ready", health.ready, name="ready"),
]

handler500 = "ethicsdesk.problems.server_error"
