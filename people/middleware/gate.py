"""Nothing opens without a second factor for whoever has to have one."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.utils.http import urlencode

from people import access
from people.models import Person

Answer = Callable[[HttpRequest], HttpResponse]

# reached without a second factor: the ways in and out, and where one is added
ALWAYS = frozenset({"home", "sign-in", "sign-in-again", "sign-out", "live", "ready"})
ENROLMENT = frozenset({"account", "account-code", "account-passkey"})
# doors that know no session: what somebody is there does not depend on who is signed in
DOORS = ("intake", "api")


class SecondFactor:
    """Sends whoever needs a second factor to add or to show it."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer a request."""
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_: Any) -> HttpResponse | None:
        """Let pass, or lead to the page that is missing."""
        person, match = request.user, request.resolver_match
        if not isinstance(person, Person) or not person.needs_second_factor or match is None:
            return None
        if match.view_name in ALWAYS or match.namespace.startswith(DOORS):
            return None
        if access.used_second_factor(request, person):
            return None
        if access.is_enrolled(person):
            asked = urlencode({"next": request.get_full_path()})
            return redirect(f"{resolve_url('sign-in-again')}?{asked}")
        return None if match.view_name in ENROLMENT else redirect("account")
