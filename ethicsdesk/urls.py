"""The site map."""

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from ethicsdesk import components, demo_views, health, views
from safes import views as safes

urlpatterns: list[URLPattern | URLResolver] = [
    path("sign-in/", safes.SignIn.as_view(), name="sign-in"),
    path("sign-out/", safes.SignOut.as_view(), name="sign-out"),
    path("unlock/", safes.Unlock.as_view(), name="unlock"),
    path("components/", components.components, name="components"),
    path("", views.home, name="home"),
    path("desk/", include("cases.desk.urls")),
    path("staff/", include("policies.urls")),
    path("setup/", include(([path("", views.Health.as_view(), name="health")], "setup"))),
    path("speak/", include("cases.intake.urls")),
    path("api/v1/", include("ethicsdesk.api_urls")),
    path("insight/", include("audits.urls")),
    path("health/live", health.live, name="live"),
    path("health/ready", health.ready, name="ready"),
]
if settings.DEMO:
    urlpatterns.append(path("demo/", include((demo_views.urlpatterns, "demo"))))

handler400 = "ethicsdesk.problems.bad_request"
handler404 = "ethicsdesk.problems.not_found"
handler500 = "ethicsdesk.problems.server_error"
