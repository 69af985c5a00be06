"""What allauth asks us: how secrets are sealed, where a sign-in goes on, whom a provider means."""

import base64
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.stages import AuthenticateStage
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter, _build_apps_from_settings
from allauth.socialaccount.models import SocialApp, SocialLogin
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from common import clock, keys, sealing
from ledger.rules import ANYBODY
from people import access, actions
from people.middleware.sessions import BEGUN, DEVICE
from people.models import AccountChange, Person
from people.rules import device_words
from people.views import devices, provider
from people.views.onward import door_of

_FACTOR_BINDING = b"second-factor|v1"


OPERATOR = "the operator of this server"


def _told_of(change: AccountChange) -> str:
    decided = change.decided_by or OPERATOR
    if change.kind == AccountChange.Kind.LOCK:
        return (
            f"Your account was locked: {change.asked_by} did it, and {decided} lifted the lock. "
            "If you know nothing of it, tell them and change your password now."
        )
    asked = f"{change.asked_by or OPERATOR} asked for it and {decided} confirmed"
    who = asked if change.asked_by or change.decided_by else f"{OPERATOR} did it"
    return (
        f"Your second factors were removed: {who}. "
        "If you did not want that, tell them and change your password now."
    )


class SecondFactorStage(AuthenticateStage):
    """The step between the password, or the provider's word, and being signed in."""

    urlname = "sign-in-code"

    def handle(self) -> tuple[HttpResponse | None, bool]:
        """Ask for the second factor where there is one."""
        if self._should_handle(self.request):
            return redirect(self.urlname), True
        return None, True


class Accounts(DefaultAccountAdapter):
    """Signing in by allauth's steps, to our pages and into our ledger."""

    def get_login_stages(self) -> list[str]:
        """Return the one step that there is."""
        return ["people.views.adapters.SecondFactorStage"]

    def pre_login(self, request: HttpRequest, user: Person, **_: Any) -> HttpResponse | None:
        """Refuse whoever left, by whatever way they come."""
        return None if user.may_enter(clock.now()) else redirect("sign-in")

    def login(self, request: HttpRequest, user: Person) -> None:
        """Sign in: the session gets a new key, and begins now."""
        now = clock.now()
        done = list(user.account_changes.told_since(user.last_login))
        records = get_authentication_records(request, user)
        request.session[BEGUN] = now.isoformat()
        request.session[DEVICE] = device_words(request.META.get("HTTP_USER_AGENT", ""))
        super().login(request, user)
        seconds = [record["type"] for record in records if record["method"] == access.SECOND]
        actions.sign_in(
            user,
            how=records[0]["method"] if records else "",
            second=seconds[-1] if seconds else "",
            now=now,
        )
        for change in done:
            messages.warning(request, _told_of(change))

    def post_login(
        self, request: HttpRequest, user: Person, *, redirect_url: str | None, **_: Any
    ) -> HttpResponse:
        """Lead on, and know this browser from now on."""
        response = redirect(redirect_url or door_of(user))
        devices.remember(response, user)
        return response


class Factors(DefaultMFAAdapter):
    """Secrets of second factors lie in the database sealed under a key of the server."""

    def encrypt(self, text: str) -> str:
        """Seal a secret."""
        sealed = sealing.encrypt(keys.derived("second-factor"), text.encode(), _FACTOR_BINDING)
        return base64.b64encode(sealed).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Open a sealed secret."""
        sealed = base64.b64decode(encrypted_text)
        return sealing.decrypt(keys.derived("second-factor"), sealed, _FACTOR_BINDING).decode()

    def get_totp_label(self, user: Person) -> str:
        """Return the name under which an app lists the code."""
        return user.username

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Return who asks for a passkey."""
        return {**super().get_public_key_credential_rp_entity(), "name": settings.MFA_TOTP_ISSUER}

    def get_public_key_credential_user_entity(self, user: Person) -> dict[str, Any]:
        """Return for whom a passkey is made."""
        return {
            "id": user.pk.bytes,
            "display_name": user.name,
            "name": user.username,
        }


class Providers(DefaultSocialAccountAdapter):
    """The provider of the environment, and no other."""

    def list_apps(
        self, request: HttpRequest, provider: str | None = None, client_id: str | None = None
    ) -> list[SocialApp]:
        """Return the configured provider, without asking the database for more."""
        found = _build_apps_from_settings(provider=provider, client_id=client_id)
        return [app for apps in found.values() for app in apps]

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """Return that nobody is ever created by a provider's word."""
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Take over from allauth once the provider's answer is verified."""
        raise ImmediateHttpResponse(provider.enter(request, sociallogin))

    def on_authentication_error(self, request: HttpRequest, *_: Any, **__: Any) -> None:
        """Refuse an answer that is not good, whatever is wrong with it, on our own page."""
        actions.refuse_provider(by=ANYBODY, reason="answer", now=clock.now())
        raise ImmediateHttpResponse(provider.refused(request))
