"""The outermost middleware: what the reporter's door must not know, and what an outage says."""

import logging
from collections.abc import Callable

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

log = logging.getLogger("ethicsdesk.outage")
# what a database that does not answer raises
LOST = (OperationalError, InterfaceError)
Answer = Callable[[HttpRequest], HttpResponse]

DOOR = ("/speak/", "/api/v1/receipts/")
API = "/api/"
# What could tell who or where somebody is. The host is needed, and is ours.
IDENTIFYING = (
    "REMOTE_ADDR", "REMOTE_HOST", "REMOTE_PORT", "HTTP_COOKIE", "HTTP_USER_AGENT", "HTTP_REFERER",
    "HTTP_ACCEPT_LANGUAGE", "HTTP_FORWARDED", "HTTP_X_FORWARDED_FOR", "HTTP_X_REAL_IP", "HTTP_VIA",
    "HTTP_AUTHORIZATION", "HTTP_DNT", "HTTP_SEC_CH_UA", "HTTP_SEC_CH_UA_PLATFORM",
    "HTTP_SEC_CH_UA_MOBILE",
)  # fmt: skip


class Anonymity:
    """Takes what identifies off a request at the reporter's door, and sets no cookie there."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer a request."""
        at_door = request.path_info.startswith(DOOR)
        if at_door:
            for name in IDENTIFYING:
                request.META.pop(name, None)
            request.COOKIES.clear()
        response = self.get_response(request)
        if at_door:
            response.cookies.clear()
            response["Cache-Control"] = "no-store"
            response["Referrer-Policy"] = "no-referrer"
            response["Cross-Origin-Resource-Policy"] = "same-origin"
            if "Vary" in response:
                del response["Vary"]
        elif request.path_info.startswith(API):
            response["Cache-Control"] = "no-store"
        return response


class Outage:
    """Says plainly that nothing was sent when the database does not answer."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer a request."""
        try:
            return self.get_response(request)
        except (OperationalError, InterfaceError) as error:
            return outage(request, error)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer for a view that lost its database."""
        if isinstance(exception, OperationalError | InterfaceError):
            return outage(request, exception)
        return None


def outage(request: HttpRequest, error: Exception) -> HttpResponse:
    """Return the page, or the problem document, that says that nothing was sent."""
    log.error("the database does not answer (%s)", type(error).__name__)
    if request.path_info.startswith("/api/"):
        body = (
            '{"type":"about:blank","title":"Service unavailable","status":503,'
            '"detail":"The database does not answer. Nothing was stored. Try again."}'
        )
        response = HttpResponse(body, status=503, content_type="application/problem+json")
    else:
        response = render(None, "503.html", status=503)
    response["Retry-After"] = "30"
    return response
