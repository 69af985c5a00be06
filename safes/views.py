"""Signing in, which unlocks a person's key for the session; unlocking again; signing out."""

from datetime import datetime
from typing import cast

from django.contrib.auth import authenticate, login, logout
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.views import View
from django.views.generic import FormView

from common import clock
from common.errors import RuleError
from people import actions as people
from people.models import Person
from people.rules import Role
from safes import actions
from safes.forms import SignInForm, UnlockForm
from safes.middleware import close_vault, open_vault
from safes.rules import Opener


class SignIn(FormView[SignInForm]):
    """Sign in with a password; the same password unlocks the key."""

    form_class = SignInForm
    template_name = "people/sign_in.html"

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        """Send on whoever is signed in already."""
        if request.user.is_authenticated and request.method == "GET":
            return redirect(_onward(request))
        return super().dispatch(request, *args, **kwargs)

    def form_valid(self, form: SignInForm) -> HttpResponse:
        """Sign in, or refuse with one answer for every reason."""
        now = clock.now()
        found = authenticate(self.request, **form.cleaned_data)
        if found is None:
            people.refuse_sign_in(now=now)
            form.add_error(None, "User name and password do not fit together. Try again.")
            return self.form_invalid(form)
        login(self.request, found)
        people.sign_in(found, now=now)
        response = redirect(_onward(self.request))
        if not found.roles:
            return response
        opener = self._opener(found, passphrase=form.cleaned_data["password"], now=now)
        if opener is None:
            asked = urlencode({"next": response.url})
            return redirect(f"{resolve_url('unlock')}?{asked}")
        open_vault(self.request, response, opener, now=now)
        return response

    def _opener(self, person: Person, *, passphrase: str, now: datetime) -> Opener | None:
        """Unlock the key, or make it at the first sign-in; None if an older password locks it."""
        if not person.keys.exists():
            return actions.make_key(person, passphrase=passphrase, by=person.actor, now=now)
        try:
            return actions.unlock(person, passphrase=passphrase)
        except RuleError:
            return None

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        """Keep what was asked for."""
        return super().get_context_data(next=_asked(self.request), **kwargs)


def _asked(request: HttpRequest) -> str:
    """Return what was asked for before: as the form kept it, or as the address says."""
    return request.POST.get("next") or request.GET.get("next", "")


def _onward(request: HttpRequest) -> str:
    """Return where to go: what was asked for, or the door that fits."""
    asked = _asked(request)
    if url_has_allowed_host_and_scheme(asked, {request.get_host()}):
        return asked
    return resolve_url(door_of(request.user) if isinstance(request.user, Person) else "home")


def door_of(person: Person) -> str:
    """Return the name of the page on which somebody begins."""
    if person.is_office:
        return "desk:queue"
    if person.holds(Role.LEADERSHIP, Role.AUDITOR):
        return "insight:dashboard"
    return "setup:health" if person.holds(Role.ADMINISTRATOR) else "staff:policies"


class Unlock(LoginRequiredMixin, FormView[UnlockForm]):
    """Unlock the key after the vault closed, or when the password is newer than the key."""

    form_class = UnlockForm
    template_name = "people/unlock.html"

    def form_valid(self, form: UnlockForm) -> HttpResponse:
        """Unlock, or say that this was not it."""
        person = cast("Person", self.request.user)
        try:
            opener = actions.unlock(person, passphrase=form.cleaned_data["passphrase"])
        except RuleError as refusal:
            form.add_error("passphrase", str(refusal))
            return self.form_invalid(form)
        response = redirect(_onward(self.request))
        open_vault(self.request, response, opener, now=clock.now())
        return response

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        """Keep what was asked for."""
        return super().get_context_data(next=_asked(self.request), **kwargs)


class SignOut(LoginRequiredMixin, View):
    """Sign out and close the vault."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        """Sign out."""
        people.sign_out(cast("Person", request.user), now=clock.now())
        response = redirect("home")
        close_vault(request, response)
        logout(request)
        return response
