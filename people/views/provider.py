"""Single sign-on by OpenID Connect: an existing person whom the provider vouches for, no other.

Allauth keeps the state and the PKCE secret and exchanges the code. What it leaves open is closed
here: the nonce (OpenID Connect Core 3.1.2.1), the signature of every ID token, and its issuer.
"""

import hashlib
import secrets
from math import inf
from typing import Any

import jwt
from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.internal import jwtkit
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialLogin, SocialToken
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from allauth.utils import build_absolute_uri
from django.conf import settings
from django.contrib.auth import logout
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views import View
from requests import RequestException

from common import attempts, clock
from common.errors import RuleError
from ledger.rules import ANYBODY
from people import actions
from people.models import Person
from people.views import devices
from people.views.onward import asked, onward, safe, through_unlock

PROVIDER = "office"
# what a provider may sign with: keys of its own, never a secret that we share
ALGORITHMS = frozenset({"RS256", "PS256", "ES256", "EdDSA"})
# by how much the provider's clock may be behind ours, in seconds
SKEW = 30


class Adapter(OpenIDConnectOAuth2Adapter):
    """Allauth's exchange with a provider, with the nonce and every signature checked."""

    nonce = ""
    # since when somebody must have signed in there, as a time of Unix; without it nobody has
    since = inf

    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:
        """Return where the provider sends somebody back."""
        return str(build_absolute_uri(request, reverse("sign-in-elsewhere-back")))

    def complete_login(
        self, request: HttpRequest, app: SocialApp, token: SocialToken, **kwargs: Any
    ) -> SocialLogin:
        """Return whom the provider means, by the ID token; the rest of its answer is dropped."""
        claims = self._claims(app, str(kwargs["response"].get("id_token", "")))
        if "email" not in claims:
            about = self._fetch_user_info(token.token)
            # OpenID Connect Core 5.3.2: what is said must be about the same person
            if about.get("sub") == claims["sub"]:
                claims |= {
                    name: about[name] for name in ("email", "email_verified") if name in about
                }
        return self.get_provider().sociallogin_from_response(request, {"id_token": claims})

    def _claims(self, app: SocialApp, id_token: str) -> dict[str, Any]:
        try:
            header = jwt.get_unverified_header(id_token)
        except jwt.PyJWTError as error:
            raise OAuth2Error from error
        if header.get("alg") not in ALGORITHMS or "kid" not in header:
            raise OAuth2Error
        claims: dict[str, Any] = jwtkit.verify_and_decode(
            credential=id_token,
            keys_url=self.openid_config["jwks_uri"],
            issuer=settings.OIDC_ISSUER,
            audience=app.client_id,
            lookup_kid=jwtkit.lookup_kid_jwk,
        )
        if not claims.get("sub"):
            raise OAuth2Error
        if not self.nonce or not secrets.compare_digest(str(claims.get("nonce")), self.nonce):
            raise OAuth2Error
        if not self._is_fresh(claims.get("auth_time")):
            raise OAuth2Error
        return claims

    def _is_fresh(self, auth_time: object) -> bool:
        """Return whether somebody signed in there lately enough (OpenID Connect 3.1.3.7, 13)."""
        is_number = isinstance(auth_time, int | float) and not isinstance(auth_time, bool)
        return is_number and auth_time >= self.since - SKEW  # type: ignore[operator] # a number


class Callback(OAuth2CallbackView):
    """Allauth's way back, which hands us the state that it kept."""

    def _get_state(self, request: HttpRequest, provider: Any) -> Any:
        state, response = super()._get_state(request, provider)
        kept = (state or {}).get("data", {})
        self.adapter.nonce = kept.get("nonce", "")
        self.adapter.since = kept.get("since", inf)
        return state, response


def subject_of(claims: dict[str, Any]) -> str:
    """Return what stands for a provider's name of somebody: a subject is only its issuer's."""
    return hashlib.sha256(f"{claims['iss']}|{claims['sub']}".encode()).hexdigest()


class Elsewhere(View):
    """Lead to the provider."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        """Go there with a fresh state, nonce and PKCE challenge."""
        provider = _provider(request)
        nonce = secrets.token_urlsafe(32)
        # whoever is signed in comes to show again who they are; of others an earlier sign-in there
        # counts for as long as a session here may last. A provider may ignore what it is asked, so
        # it has to say when they signed in (OpenID Connect Core 3.1.2.1)
        is_again = request.user.is_authenticated
        max_age = 0 if is_again else int(settings.SESSION_ABSOLUTE.total_seconds())
        try:
            answer: HttpResponse = provider.redirect(
                request,
                process="login",
                next_url=safe(request, asked(request)),
                data={"nonce": nonce, "since": int(clock.now().timestamp()) - max_age},
                auth_params={
                    "nonce": nonce,
                    "max_age": str(max_age),
                    **({"prompt": "login"} if is_again else {}),
                },
            )
        except (RequestException, OAuth2Error, KeyError, ValueError):
            return refused(request, "The sign-in of your organisation does not answer.")
        return answer


class Back(View):
    """Come back from the provider."""

    http_method_names = ["get"]

    def get(self, request: HttpRequest) -> HttpResponse:
        """Go on to the second factor or in, or refuse."""
        _provider(request)
        limits = devices.provider_limits(request)
        if not attempts.take(limits):
            return refused(request)
        try:
            answer: HttpResponse = Callback.adapter_view(Adapter(request, PROVIDER))(request)
        except (RequestException, OAuth2Error, KeyError, ValueError):
            return refused(request)
        if answer.status_code < 400:  # noqa: PLR2004 - HTTP's first error
            attempts.give_back(limits)
        return answer


def _provider(request: HttpRequest) -> Any:
    try:
        provider = get_adapter().get_provider(request, PROVIDER)
    except SocialApp.DoesNotExist:
        raise Http404 from None
    provider.oauth2_adapter_class = Adapter
    return provider


def refused(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Say that this way did not lead in, alike for everybody whom we do not know."""
    return render(request, "people/elsewhere_refused.html", {"reason": reason}, status=403)


def enter(request: HttpRequest, sociallogin: SocialLogin) -> HttpResponse:
    """Go on with the person whom a verified answer means; create nobody, give nothing."""
    claims = sociallogin.account.extra_data["id_token"]
    now = clock.now()
    person = _person(claims)
    if person is None or not person.may_enter(now):
        by = person.actor if person else ANYBODY
        actions.refuse_provider(by=by, reason=_why(person), now=now)
        return refused(request)
    if request.user.is_authenticated:
        logout(request)
    devices.begin_as(request, person)
    # a session there may be hours old: they showed who they are when they began it
    shown = min(float(claims["auth_time"]), now.timestamp())
    record_authentication(request, person, "provider", at=shown)
    goal = safe(request, str(sociallogin.state.get("next") or "")) or onward(request, person)
    entering = Login(user=person, redirect_url=through_unlock(goal) if person.roles else goal)
    answer: HttpResponse = perform_login(request, entering)
    return answer


def _why(person: Person | None) -> str:
    if person is None:
        return "unknown"
    return "locked" if person.is_active else "left"


def _person(claims: dict[str, Any]) -> Person | None:
    """Return who is known by this subject, or at first by a verified address of one person."""
    subject = subject_of(claims)
    linked = SocialAccount.objects.filter(provider=PROVIDER, uid=subject).first()
    if linked is not None:
        return Person.objects.get(pk=linked.user_id)
    if claims.get("email_verified") is not True or not claims.get("email"):
        return None
    found = list(Person.objects.filter(email__iexact=claims["email"])[:2])
    if len(found) != 1:
        return None
    person = found[0]
    if person.is_active:
        try:
            actions.link_provider(person, provider=PROVIDER, subject=subject, now=clock.now())
        except RuleError:
            return None
    return person
