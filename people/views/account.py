"""One's own sign-in: second factors, recovery codes, password, sessions."""

import json
from typing import Any, cast

from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import generate_totp_secret
from allauth.mfa.webauthn.internal import auth as passkeys
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views import View
from django.views.generic import FormView, TemplateView

from common import clock
from common.errors import RuleError
from common.squares import squares_of
from people import access, actions
from people.forms import AddCodeForm, AddPasskeyForm, PasswordForm
from people.middleware.sessions import digest
from people.models import Person, Session
from people.rules import Factor
from people.views.stepup import RecentMixin

# where the sealed secret of an app waits until its first code proves that the app has it
PENDING = "pending_totp"


class Own(LoginRequiredMixin):
    """A page about oneself."""

    request: HttpRequest

    @property
    def person(self) -> Person:
        """Return whose page it is."""
        return cast("Person", self.request.user)

    @property
    def this_session(self) -> str:
        """Return the name of this session as it stands in the database."""
        return digest(self.request.session.session_key)


class Account(Own, TemplateView):
    """Everything about one's own sign-in on one page."""

    template_name = "people/account.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Return factors and sessions."""
        now = clock.now()
        factors = access.factors_of(self.person)
        recovery = next((one for one in factors if one.type == Factor.RECOVERY), None)
        strong = [one for one in factors if one.type != Factor.RECOVERY]
        return super().get_context_data(
            now=now,
            factors=[_line(one) for one in strong],
            has_app=any(one.type == Factor.TOTP for one in strong),
            codes_left=len(recovery.wrap().get_unused_codes()) if recovery else 0,
            must_enrol=self.person.needs_second_factor and not strong,
            sessions=Session.objects.open_of(self.person, now),
            this_session=self.this_session,
            has_password=self.person.has_usable_password(),
            **kwargs,
        )


def _line(factor: Authenticator) -> dict[str, Any]:
    kind = Factor(factor.type)
    name = factor.data.get("name", "") if kind == Factor.PASSKEY else ""
    return {
        "pk": factor.pk,
        "kind": kind.label,
        "name": name,
        "added": factor.created_at,
        "used": factor.last_used_at,
    }


class Enrolling(RecentMixin, Own):
    """A page that adds a second factor; the first one needs the password alone."""

    carries = False
    way_back = "account"

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        """Let whoever has none add the first without asking again: they signed in just now."""
        person = request.user
        if isinstance(person, Person) and not access.is_enrolled(person):
            return super(RecentMixin, self).dispatch(request, *args, **kwargs)
        return super().dispatch(request, *args, **kwargs)

    def added(self, kind: Factor, codes: list[str]) -> HttpResponse:
        """Count the new factor as shown in this session, and show new recovery codes once."""
        factor = Authenticator.objects.filter(user=self.person, type=kind).latest("created_at")
        record_authentication(
            self.request, self.person, access.SECOND, id=factor.pk, type=factor.type
        )
        self.request.session.cycle_key()
        if codes:
            return render(self.request, "people/recovery_codes.html", {"codes": codes})
        messages.success(self.request, "Your second factor was added.")
        return redirect("account")


class AddCode(Enrolling, FormView[AddCodeForm]):
    """Add an app that makes codes (TOTP, RFC 6238)."""

    form_class = AddCodeForm
    template_name = "people/add_code.html"

    def get(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        """Show a new secret; it waits in the session, sealed."""
        request.session[PENDING] = get_adapter().encrypt(generate_totp_secret())
        return super().get(request, *args, **kwargs)

    def form_valid(self, form: AddCodeForm) -> HttpResponse:
        """Add it, or say why not."""
        try:
            codes = actions.add_totp(
                self.person,
                secret=self._secret(),
                code=form.cleaned_data["code"],
                by=self.person.actor,
                now=clock.now(),
            )
        except RuleError as refusal:
            form.add_error("code", str(refusal))
            return self.form_invalid(form)
        self.request.session.pop(PENDING, None)
        return self.added(Factor.TOTP, codes)

    def _secret(self) -> str:
        sealed = self.request.session.get(PENDING)
        if sealed is None:
            msg = "This page waited for too long. Nothing was added; open it again."
            raise RuleError(msg)
        return str(get_adapter().decrypt(sealed))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Return the secret, to scan and to type."""
        try:
            secret = self._secret()
        except RuleError:
            return super().get_context_data(**kwargs)
        address = get_adapter().build_totp_url(self.person, secret)
        squares = squares_of(address)
        return super().get_context_data(
            groups=[secret[n : n + 4] for n in range(0, len(secret), 4)],
            address=address,
            squares=squares.path,
            size=squares.size,
            **kwargs,
        )


class AddPasskey(Enrolling, FormView[AddPasskeyForm]):
    """Add a passkey (WebAuthn level 2)."""

    form_class = AddPasskeyForm
    template_name = "people/add_passkey.html"

    def form_valid(self, form: AddPasskeyForm) -> HttpResponse:
        """Add it, or say why not."""
        answer = form.cleaned_data["credential"]
        try:
            passkeys.complete_registration(answer)
        except (ValidationError, KeyError, TypeError, ValueError):
            passkeys.clear_state()
            form.add_error(None, "Your device's answer was not good. Nothing was added; try again.")
            return self.form_invalid(form)
        codes = actions.add_passkey(
            self.person,
            name=form.cleaned_data["name"],
            credential=answer,
            by=self.person.actor,
            now=clock.now(),
        )
        return self.added(Factor.PASSKEY, codes)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add what the device is asked."""
        options = json.dumps(passkeys.begin_registration(self.person, passwordless=False))
        return super().get_context_data(options=options, **kwargs)


class OwnAct(RecentMixin, Own, View):
    """An act upon one's own sign-in that leads back to the page; it asks again first."""

    way_back = "account"
    http_method_names = ["post"]


class RecoveryCodes(OwnAct):
    """Make new recovery codes, shown once."""

    def post(self, request: HttpRequest) -> HttpResponse:
        """Show them, or say why not."""
        try:
            codes = actions.make_recovery_codes(self.person, by=self.person.actor, now=clock.now())
        except RuleError as refusal:
            messages.error(request, str(refusal))
            return redirect("account")
        return render(request, "people/recovery_codes.html", {"codes": codes})


class RemoveFactor(OwnAct):
    """Remove a second factor."""

    def post(self, request: HttpRequest, factor: int) -> HttpResponse:
        """Remove it, or say why not."""
        kinds = [Factor.TOTP, Factor.PASSKEY]
        found = get_object_or_404(Authenticator, pk=factor, user=self.person, type__in=kinds)
        try:
            actions.remove_factor(found, by=self.person, now=clock.now())
        except RuleError as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, "Your second factor was removed.")
        return redirect("account")


class EndSessions(Own, View):
    """End one session of one's own, or all others: ending needs no asking again."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        """End them at once."""
        count = actions.end_sessions(
            self.person,
            by=self.person.actor,
            reason="own",
            only=request.POST.get("session", ""),
            keep=self.this_session,
            now=clock.now(),
        )
        messages.success(request, f"Sessions ended: {count}. Nothing opens there any more.")
        return redirect("account")


class Password(RecentMixin, Own, FormView[PasswordForm]):
    """Change one's password; every other session ends."""

    carries = False
    way_back = "account"
    form_class = PasswordForm
    template_name = "people/password.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        """Name whose password it is: it must not be made of their name."""
        return {**super().get_form_kwargs(), "person": self.person}

    def form_valid(self, form: PasswordForm) -> HttpResponse:
        """Change it, or say why not."""
        try:
            self.change(old=form.cleaned_data["old"], new=form.cleaned_data["new"])
        except RuleError as refusal:
            form.add_error("old", str(refusal))
            return self.form_invalid(form)
        self.person.refresh_from_db(fields=["password"])
        update_session_auth_hash(self.request, self.person)
        messages.success(
            self.request,
            "Your password was changed, and your other sessions ended. A vault that the old one "
            "opened opens with the new one; a passphrase of its own stays as it was.",
        )
        return redirect("account")

    def change(self, *, old: str, new: str) -> None:
        """Change it, and what hangs on it."""
        raise NotImplementedError
