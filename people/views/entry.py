"""The second factor at sign-in, and showing again within a session who one is."""

import json
from typing import Any, cast

from allauth.account.internal.flows.login import record_authentication
from allauth.account.internal.stagekit import clear_login
from allauth.account.stages import LoginStageController
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal import auth as passkeys
from django.conf import settings
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import ValidationError
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, resolve_url
from django.views.generic import FormView

from common import attempts, clock
from common.errors import RuleError
from people import access, actions
from people.forms import AgainForm, CodeForm
from people.models import Person
from people.rules import Factor
from people.views import devices
from people.views.adapters import SecondFactorStage
from people.views.onward import asked, onward, safe

REFUSED = "This code does not fit, or was used already. Wait for the next code and try again."


def show_factor(request: HttpRequest, person: Person, form: CodeForm) -> Authenticator:
    """Return the second factor that the form shows, or raise RuleError; failures are recorded."""
    now = clock.now()
    limits = devices.factor_limits(request, person)
    if not attempts.take(limits):
        actions.refuse_factor(person, reason="limit", now=now)
        raise RuleError(REFUSED)
    try:
        factor = _shown(person, form)
    except RuleError:
        actions.refuse_factor(person, now=now)
        raise
    attempts.give_back(limits)
    return factor


def _shown(person: Person, form: CodeForm) -> Authenticator:
    now = clock.now()
    answer = form.cleaned_data.get("credential")
    if not answer:
        return actions.use_code(person, code=form.cleaned_data["code"], now=now)
    try:
        factor = passkeys.complete_authentication(person, answer)
    except (ValidationError, KeyError, TypeError, ValueError):
        passkeys.clear_state()
        msg = "This passkey is not one of yours. Use another, or enter a code."
        raise RuleError(msg) from None
    return actions.use_passkey(factor, now=now)


def passkey_options(person: Person) -> str:
    """Return, as JSON, what the browser asks a passkey of this person; nothing without one."""
    if not Authenticator.objects.filter(user=person, type=Factor.PASSKEY).exists():
        return ""
    return json.dumps(passkeys.begin_authentication(person))


class SecondFactor(FormView[CodeForm]):
    """The step after the password: a code, a recovery code or a passkey."""

    form_class = CodeForm
    template_name = "people/second_factor.html"
    person: Person

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        """Lead whoever is not in the middle of signing in to its beginning."""
        if request.user.is_authenticated:
            return redirect(onward(request))
        self._stage = LoginStageController.enter(request, SecondFactorStage.key)
        person = self._stage.login.user if self._stage else None
        if (
            not isinstance(person, Person)
            or not person.may_sign_in
            or not devices.began_as(request, person)
        ):
            clear_login(request)
            return redirect("sign-in")
        self.person = person
        return super().dispatch(request, *args, **kwargs)

    def form_valid(self, form: CodeForm) -> HttpResponse:
        """Sign in, or say that this was not it."""
        try:
            factor = show_factor(self.request, self.person, form)
        except RuleError as refusal:
            form.add_error("code", str(refusal))
            return self.form_invalid(form)
        record_authentication(
            self.request, self.person, access.SECOND, id=factor.pk, type=factor.type
        )
        return cast("HttpResponse", self._stage.exit())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add what a passkey is asked."""
        return super().get_context_data(passkey=passkey_options(self.person), **kwargs)


def again_form(person: Person) -> type[CodeForm]:
    """Return what asks again: for the second factor where there is one, else for the password."""
    return CodeForm if access.is_enrolled(person) else AgainForm


def elsewhere(person: Person) -> str:
    """Return the name of the provider, where somebody has neither a factor nor a password here."""
    has_either = access.is_enrolled(person) or person.has_usable_password()
    return "" if has_either or not settings.OIDC_ISSUER else settings.OIDC_NAME


def shown_field(form: BaseForm) -> str:
    """Return the field of such a form that says what is wrong."""
    return "code" if "code" in form.fields else "password"


def show_again(request: HttpRequest, person: Person, form: BaseForm) -> None:
    """Count somebody as recognised again in this session, or raise RuleError."""
    if isinstance(form, AgainForm):
        how = _show_password(request, person, form)
    else:
        factor = show_factor(request, person, cast("CodeForm", form))
        record_authentication(request, person, access.SECOND, id=factor.pk, type=factor.type)
        how = str(factor.type)
    actions.show_again(person, how=how, now=clock.now())
    request.session.cycle_key()


def _show_password(request: HttpRequest, person: Person, form: AgainForm) -> str:
    limits = devices.password_limits(request, person.username, person)
    if not attempts.take(limits) or not person.check_password(form.cleaned_data["password"]):
        actions.refuse_sign_in(now=clock.now())
        msg = "That is not your password. Nothing was changed; try again."
        raise RuleError(msg)
    attempts.give_back(limits)
    record_authentication(request, person, "password")
    return "password"


class Again(LoginRequiredMixin, FormView[BaseForm]):
    """Show again who one is, before a page that asks for it (ASVS 7.5.3)."""

    template_name = "people/again.html"

    @property
    def _person(self) -> Person:
        return cast("Person", self.request.user)

    def get_form_class(self) -> type[BaseForm]:
        """Ask for what this person has."""
        return again_form(self._person)

    def form_valid(self, form: BaseForm) -> HttpResponse:
        """Go on, or say that this was not it."""
        try:
            show_again(self.request, self._person, form)
        except RuleError as refusal:
            form.add_error(shown_field(form), str(refusal))
            return self.form_invalid(form)
        return redirect(onward(self.request))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Keep where somebody was, and add what a passkey is asked."""
        person = self._person
        return super().get_context_data(
            next=asked(self.request),
            back=safe(self.request, self.request.GET.get("back", "")) or resolve_url("home"),
            passkey=passkey_options(person),
            elsewhere=elsewhere(person),
            **kwargs,
        )
