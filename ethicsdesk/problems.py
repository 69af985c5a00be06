"""Answers under /api/ where no view answers: problem documents instead of pages."""

import sys
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import re_path
from django.views import defaults
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.views import APIView

from common.typed import words_of
from ethicsdesk.middleware import LOST, at_door, outage
from people.api import NOTHING_HERE, ProblemResponse

API = "/api/"
# a page of the door has a neutral title, as what is in a history
AT_DOOR = {"at_door": True}
FAILED = "Something broke here. Nothing was stored. Try again; if it stays, tell the administrator."


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """Answer a request that Django itself refuses."""
    if request.path_info.startswith(API):
        return ProblemResponse(400, detail="This request cannot be understood.")
    if at_door(request):
        return render(None, "400.html", AT_DOOR, status=400)
    return defaults.bad_request(request, exception)


def not_found(
    request: HttpRequest,
    exception: Exception,  # noqa: ARG001 - Django passes it by this name
) -> HttpResponseBase:
    """Answer an address that leads nowhere."""
    if request.path_info.startswith(API):
        return ProblemResponse(404, detail=NOTHING_HERE)
    return render(request, "404.html", {"typed": words_of(request)}, status=404)


def server_error(request: HttpRequest) -> HttpResponseBase:
    """Answer for what failed, middleware included; what failed is in the log alone.

    Django answers an exception between any two middlewares, so a database that is lost where a
    request begins is seen here and not by the outermost middleware.
    """
    error = sys.exc_info()[1]
    if isinstance(error, LOST):
        return outage(request, error)
    if request.path_info.startswith(API):
        return ProblemResponse(500, detail=FAILED)
    if at_door(request):
        return render(None, "500.html", AT_DOOR, status=500)
    return defaults.server_error(request)


class NotThere(APIView):
    """Whatever leads nowhere under the API, by any method."""

    authentication_classes = ()
    permission_classes = ()
    schema = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:  # noqa: ARG002 - the signature is REST framework's
        """Refuse."""
        ending = "" if request.path.endswith("/") else " Addresses here end with a slash."
        raise NotFound(NOTHING_HERE + ending)


urlpatterns = [re_path("", NotThere.as_view())]
