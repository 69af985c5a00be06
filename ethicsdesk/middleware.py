"""The outermost middleware: headers, what the reporter's door must not know, and outages."""

import logging
from collections.abc import Callable

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from common import limits
from common.typed import words_of

log = logging.getLogger("ethicsdesk.outage")
# what a database that does not answer raises
LOST = (OperationalError, InterfaceError)
Answer = Callable[[HttpRequest], HttpResponse]

DOOR = ("/speak/", "/api/v1/receipts/")
# What a request at the door keeps: what WSGI and Django work with, and nothing that could tell who
# or where somebody is. Whatever a browser or a proxy adds one day is taken off as well.
KEPT = frozenset({
    "REQUEST_METHOD", "SCRIPT_NAME", "PATH_INFO", "QUERY_STRING", "RAW_URI", "CONTENT_TYPE",
    "CONTENT_LENGTH", "SERVER_NAME", "SERVER_PORT", "SERVER_PROTOCOL", "HTTP_HOST",
    "HTTP_X_FORWARDED_PROTO", "HTTP_ACCEPT", "HTTP_IDEMPOTENCY_KEY",
})  # fmt: skip
KEPT_PREFIX = "wsgi."
# what no page of ours uses, so that nothing that gets into one can
SWITCHED_OFF = (
    "accelerometer", "bluetooth", "camera", "display-capture", "geolocation", "gyroscope", "hid",
    "idle-detection", "local-fonts", "magnetometer", "microphone", "midi", "payment",
    "screen-wake-lock", "serial", "usb", "xr-spatial-tracking",
)  # fmt: skip
PERMISSIONS = ", ".join(f"{name}=()" for name in SWITCHED_OFF)
# What every answer at the door says, whoever made it (OWASP ASVS 5.0, 3.4; design, security 3.3).
# The one script adds leaving by Escape, copying and printing; nothing at the door needs it.
DOOR_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": PERMISSIONS,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


class Anonymity:
    """Takes what identifies off a request at the reporter's door; the outermost, errors included.

    What is left of the address is the network in which it is counted (common.limits), for the time
    of the request. Of headers that the inner ones set, the strictest value stands.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer a request."""
        if not at_door(request):
            return self.get_response(request)
        network = limits.network_of(request.META)
        for name in set(request.META) - KEPT:
            if not name.startswith(KEPT_PREFIX):
                del request.META[name]
        request.COOKIES.clear()
        request.META[limits.NETWORK] = network
        response = self.get_response(request)
        response.cookies.clear()
        for name, value in DOOR_HEADERS.items():
            response[name] = value
        if settings.SECURE_HSTS_SECONDS:
            lasting = f"max-age={settings.SECURE_HSTS_SECONDS}; includeSubDomains; preload"
            response["Strict-Transport-Security"] = lasting
        if "Vary" in response:
            del response["Vary"]
        return response


def at_door(request: HttpRequest) -> bool:
    """Return whether a request is at the reporter's door, whose own process serves nothing else."""
    path = request.path_info
    if settings.PROCESS == "speak" or settings.ROOT_URLCONF == "ethicsdesk.speak_urls":
        return not path.startswith(settings.STATIC_URL)
    return path.startswith(DOOR)


class Headers:
    """Tells the browser to keep nothing but static files, and switches off what we never use."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer a request."""
        response = self.get_response(request)
        response["Permissions-Policy"] = PERMISSIONS
        is_static = request.path_info.startswith(settings.STATIC_URL)
        if not is_static and "no-store" not in response.get("Cache-Control", ""):
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
    log.error("the database does not answer (%s)", type(error).__name__, extra={"request": request})
    if request.path_info.startswith("/api/"):
        body = (
            '{"type":"about:blank","title":"Service unavailable","status":503,'
            '"detail":"The database does not answer. Nothing was stored. Try again."}'
        )
        response = HttpResponse(body, status=503, content_type="application/problem+json")
    else:
        context = {"typed": words_of(request), "at_door": at_door(request)}
        response = render(None, "503.html", context, status=503)
    response["Retry-After"] = "30"
    return response
