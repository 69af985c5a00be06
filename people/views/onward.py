"""Where somebody goes on after signing in."""

from django.http import HttpRequest
from django.shortcuts import resolve_url
from django.utils.http import url_has_allowed_host_and_scheme, urlencode

from people.models import Person
from people.rules import Role


def door_of(person: Person) -> str:
    """Return the name of the page on which somebody begins."""
    if person.is_office:
        return "desk:today"
    if person.holds(Role.CUSTODIAN):
        return "desk:identities"
    if person.holds(Role.LEADERSHIP, Role.AUDITOR):
        return "insight:dashboard"
    return "setup:health" if person.holds(Role.ADMINISTRATOR) else "staff:policies"


def asked(request: HttpRequest) -> str:
    """Return what was asked for before: as the form kept it, or as the address says."""
    return request.POST.get("next") or request.GET.get("next", "")


def safe(request: HttpRequest, url: str) -> str:
    """Return an address of this site, or nothing."""
    return url if url_has_allowed_host_and_scheme(url, {request.get_host()}) else ""


def onward(request: HttpRequest, person: Person | None = None) -> str:
    """Return where to go: what was asked for, or the door that fits."""
    if person is None and isinstance(request.user, Person):
        person = request.user
    return safe(request, asked(request)) or resolve_url(door_of(person) if person else "home")


def through_unlock(url: str) -> str:
    """Return the way to a page by way of unlocking the vault."""
    return f"{resolve_url('unlock')}?{urlencode({'next': url})}"
