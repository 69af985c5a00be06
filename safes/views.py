"""Signing in, which unlocks a person's key for the session; unlocking again; signing out."""

from typing import cast

from django.contrib.auth import authenticate, login, logout
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
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
            return redirect(self._onward())
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
        response = redirect(self._onward())
        if found.roles:
            open_vault(self.request, response, self._opener(found, form), now=now)
        return response

    def _opener(self, person: Person, form: SignInForm) -> Opener:
        """Unlock the key, or make it at the first sign-in."""
        passphrase = form.cleaned_data["password"]
        if not person.keys.exists():
            return actions.make_key(person, passphrase=passphrase, by=person.actor, now=clock.now())
        return actions.unlock(person, passphrase=passphrase)

    def _onward(self) -> str:
        """Return where to go: what was asked for, or the door that fits."""
        asked = self.request.POST.get("next") or self.request.GET.get("next", "")
        if url_has_allowed_host_and_scheme(asked, {self.request.get_host()}):
            return asked
        user = self.request.user
        return resolve_url(door_of(user) if isinstance(user, Person) else "home")

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        """Keep what was asked for."""
        return super().get_context_data(next=self.request.GET.get("next", ""), **kwargs)


def door_of(person: Person) -> str:
    """Return the name of the page on which somebody begins."""
    if person.is_office:
        return "desk:queue"
    if person.holds(Role.LEADERSHIP, Role.AUDITOR):
        return "insight:dashboard"
    return "setup:health" if person.holds(Role.ADMINISTRATOR) else "staff:policies"


class Unlock(LoginRequiredMixin, FormView[UnlockForm]):
    """Unlock the key again after the vault closed; what was asked for comes next."""

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
        asked = self.request.POST.get("next", "")
        safe = url_has_allowed_host_and_scheme(asked, {self.request.get_host()})
        response = redirect(asked if safe else resolve_url(door_of(person)))
        open_vault(self.request, response, opener, now=clock.now())
        return response

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        """Keep what was asked for."""
        asked = self.request.POST.get("next") or self.request.GET.get("next", "")
        return super().get_context_data(next=asked, **kwargs)


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
