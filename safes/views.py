"""Signing in, which unlocks a person's key for the session; unlocking again; signing out."""

from datetime import datetime
from typing import cast
from uuid import UUID

from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import authenticate, logout
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.views import View
from django.views.generic import FormView

from common import attempts, clock
from common.errors import RuleError
from people import actions as people
from people.models import AccountChange, Person
from people.rules import Role
from people.views import devices
from people.views.account import Password
from people.views.onward import asked, onward, through_unlock
from people.views.persons import DONE, Keeping, Kind
from safes import actions
from safes.forms import SignInForm, UnlockForm
from safes.middleware import close_vault, open_vault
from safes.models import Mode, UserKey


class SignIn(FormView[SignInForm]):
    """Sign in with a password; the same password unlocks the key."""

    form_class = SignInForm
    template_name = "people/sign_in.html"

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        """Send on whoever is signed in already."""
        if request.user.is_authenticated and request.method == "GET":
            return redirect(onward(request))
        return super().dispatch(request, *args, **kwargs)

    def form_valid(self, form: SignInForm) -> HttpResponse:
        """Go on to the second factor or in; refuse with one answer for every reason."""
        now = clock.now()
        try:
            found = self._person(**form.cleaned_data)
        except RuleError as refusal:
            form.add_error(None, str(refusal))
            return self.form_invalid(form)
        if found is None:
            people.refuse_sign_in(now=now)
            form.add_error(
                None,
                "User name and password do not fit together. Try again; after several wrong tries "
                "wait an hour.",
            )
            return self.form_invalid(form)
        if self.request.user.is_authenticated:
            logout(self.request)
        return self._enter(found, password=form.cleaned_data["password"], now=now)

    def _person(self, username: str, password: str) -> Person | None:
        """Return who this is; a name that is not tried takes as long as one that is."""
        named = Person.objects.filter(username=username).first()
        limits = devices.password_limits(self.request, username, named)
        if not attempts.take(limits):
            Person().set_password(password)
            return None
        found = authenticate(self.request, username=username, password=password)
        if isinstance(found, Person) and found.may_enter(clock.now()):
            attempts.give_back(limits)
            return found
        return None

    def _enter(self, person: Person, *, password: str, now: datetime) -> HttpResponse:
        opener = (
            actions.open_at_sign_in(person, password=password, now=now) if person.roles else None
        )
        goal = onward(self.request, person)
        locked = bool(person.roles) and opener is None
        devices.begin_as(self.request, person)
        entering = Login(user=person, redirect_url=through_unlock(goal) if locked else goal)
        response: HttpResponse = perform_password_login(self.request, {}, entering)
        if opener is not None:
            # Bound to this person, so of use only once they went through the next step as well.
            open_vault(self.request, response, opener, of=person, now=now)
        return response

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        """Keep what was asked for."""
        provider = settings.OIDC_NAME if settings.OIDC_ISSUER else ""
        return super().get_context_data(next=asked(self.request), provider=provider, **kwargs)


class Unlock(LoginRequiredMixin, FormView[UnlockForm]):
    """Unlock the key after the vault closed, or when the password is newer than the key."""

    form_class = UnlockForm
    template_name = "people/unlock.html"

    def get(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        """Ask for the passphrase, or let whoever has no key yet choose one."""
        person = cast("Person", request.user)
        if person.roles and not person.keys.exists():
            return redirect("vault-passphrase")
        return super().get(request, *args, **kwargs)

    def get_form(self, form_class: type[UnlockForm] | None = None) -> UnlockForm:
        """Say which passphrase it is."""
        form = super().get_form(form_class)
        key = UserKey.objects.newest().filter(person=cast("Person", self.request.user)).first()
        if key is not None and key.mode == Mode.PASSPHRASE:
            form.fields["passphrase"].label = "Vault passphrase"
            form.fields["passphrase"].help_text = "Not the password with which you signed in."
        return form

    def form_valid(self, form: UnlockForm) -> HttpResponse:
        """Unlock, or say that this was not it."""
        person = cast("Person", self.request.user)
        try:
            opener = actions.unlock(person, passphrase=form.cleaned_data["passphrase"])
        except RuleError as refusal:
            form.add_error("passphrase", str(refusal))
            return self.form_invalid(form)
        response = redirect(onward(self.request))
        open_vault(self.request, response, opener, of=person, now=clock.now())
        return response

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        """Keep what was asked for."""
        return super().get_context_data(next=asked(self.request), **kwargs)


class ChangePassword(Password):
    """Change one's password, and with it what opens one's key."""

    def change(self, *, old: str, new: str) -> None:
        """Change both at once."""
        actions.change_password(
            self.person, old=old, new=new, keep=self.this_session, now=clock.now()
        )


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


class Leave(Keeping, View):
    """Part with somebody: from then on nothing opens for them, their grants included."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, person: UUID) -> HttpResponse:
        """Do it, ask a second person, or say why not."""
        leaving = get_object_or_404(Person, pk=person)
        try:
            waits = actions.part_with(leaving, by=self.person, now=clock.now())
        except RuleError as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(
                request,
                f"Asked. {leaving.name} leaves once another administrator or the head confirms."
                if waits
                else f"{leaving.name} has left. Nothing opens for them any more.",
            )
        return redirect("setup:person", person=person)


class Decide(Keeping, View):
    """Approve or refuse what somebody else asked about an account."""

    http_method_names = ["post"]
    keepers = (Role.ADMINISTRATOR, Role.HEAD)

    def post(self, request: HttpRequest, change: UUID) -> HttpResponse:
        """Decide, or say why not."""
        approve = request.POST.get("decision") == "approve"
        asked = get_object_or_404(AccountChange, pk=change)
        try:
            done = actions.decide_change(asked, approve=approve, by=self.person, now=clock.now())
        except RuleError as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, DONE[Kind(done.kind)] if approve else "It was refused.")
        return redirect("setup:people")
