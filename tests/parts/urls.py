"""A small site map: the frames show only what is on it."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path


def nothing(request: HttpRequest) -> HttpResponse:
    """Answer with an empty page."""
    return HttpResponse()


staff = [
    path("policies/", nothing, name="policies"),
    path("acknowledgements/", nothing, name="acknowledgements"),
]
urlpatterns = [
    path("sign-out/", nothing, name="sign-out"),
    path(
        "desk/",
        include(
            (
                [
                    path("", nothing, name="queue"),
                    path("cases/", nothing, name="cases"),
                    path("take-down/", nothing, name="take-down"),
                    path("today/", nothing, name="today"),
                    path("search/", nothing, name="search"),
                    path("identities/", nothing, name="identities"),
                ],
                "desk",
            )
        ),
    ),
    path("desk/due/", include(([path("", nothing, name="due")], "escalation"))),
    path("desk/disposal/", include(([path("", nothing, name="disposal")], "retention"))),
    path("setup/keys/", include(([path("", nothing, name="keys")], "setup"))),
    path("vault/", nothing, name="vault"),
    path("account/", nothing, name="account"),
    path(
        "insight/",
        include(
            (
                [
                    path("", nothing, name="dashboard"),
                    path("reports/", nothing, name="reports"),
                    path("ledger/", nothing, name="ledger"),
                ],
                "insight",
            )
        ),
    ),
    path("staff/", include((staff, "staff"))),
    path(
        "staff/",
        include(
            (
                [
                    path("conflicts/", nothing, name="conflicts"),
                    path("away/", nothing, name="away"),
                    path("stand-ins/", nothing, name="stand-ins"),
                ],
                "me",
            )
        ),
    ),
]
