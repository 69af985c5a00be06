"""The first page of the door, what it protects from, and leaving it."""

from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from cases import access
from cases.intake import milestones, pages
from cases.models import Entrance
from common import clock, days
from common.errors import RuleError


@require_safe
def landing(request: HttpRequest) -> HttpResponse:
    """Show the ways in, what happens when, and who reads it."""
    return show(request)


@require_safe
def entrance(request: HttpRequest, code: str) -> HttpResponse:
    """Show the first page of an entrance; where it is closed or unknown, that of everybody."""
    return show(request, entrance=access.open_entrance(code))


def show(
    request: HttpRequest, *, entrance: Entrance | None = None, error: str = "", status: int = 200
) -> HttpResponse:
    """Show the first page; before a policy and its readers are set up, it says so."""
    today = days.day_of(clock.now())
    context: dict[str, object] = {
        "error": error,
        "entrance": entrance,
        "readers": pages.as_told(pages.readers(), entrance),
    }
    try:
        context["steps"] = milestones.outlook(today, *milestones.promised(today))
    except RuleError:
        context["steps"] = []
    return render(request, "cases/intake/landing.html", context, status=status)


@require_safe
def safety(request: HttpRequest) -> HttpResponse:
    """Say what the door protects from, and what it cannot, at this site as it is set up."""
    context = {
        "has_own_address": urlsplit(settings.SPEAK_ORIGIN).netloc
        != urlsplit(settings.ORIGIN).netloc,
        # whether the keys of those who read lie with the server; see safes
        "is_managed": settings.MANAGED_KEYS,
    }
    return render(request, "cases/intake/safety.html", context)


@pages.page
def finish(request: HttpRequest) -> HttpResponse:
    """Leave a page that shows nothing, and ask the browser to drop what it kept."""
    if request.method != "POST":
        return redirect("intake:landing")
    response = render(request, "cases/intake/finished.html")
    response["Clear-Site-Data"] = '"cache"'
    return response
