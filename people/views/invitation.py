"""The link of an invitation: choose a password, once."""

import hmac
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.views.generic import FormView

from common import attempts, clock
from common.errors import RuleError
from people import actions
from people.forms import NewPasswordForm
from people.models import Invitation
from people.rules import invitation_token
from people.views import devices


class Accept(FormView[NewPasswordForm]):
    """Choose a password by the link; an unknown, used or old one says the same."""

    form_class = NewPasswordForm
    template_name = "people/invitation.html"

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: Any) -> HttpResponseBase:
        """Find what the link stands for."""
        limits = devices.invitation_limits(request)
        if not attempts.take(limits):
            raise Http404
        self.invitation = self._found(kwargs["invitation"], kwargs["token"])
        attempts.give_back(limits)
        return super().dispatch(request, *args, **kwargs)

    @staticmethod
    def _found(invitation: UUID, token: str) -> Invitation:
        found = Invitation.objects.select_related("person").filter(pk=invitation).first()
        fits = hmac.compare_digest(token.encode(), invitation_token(invitation).encode())
        if not fits or found is None:
            raise Http404
        if not actions.can_be_accepted(found, found.person, now=clock.now()):
            raise Http404
        return found

    def get_form_kwargs(self) -> dict[str, Any]:
        """Name whose password it will be: it must not be made of their name."""
        return {**super().get_form_kwargs(), "person": self.invitation.person}

    def form_valid(self, form: NewPasswordForm) -> HttpResponse:
        """Keep the password, and lead to the sign-in."""
        try:
            actions.accept_invitation(
                self.invitation, password=form.cleaned_data["new"], now=clock.now()
            )
        except RuleError as refusal:
            form.add_error(None, str(refusal))
            return self.form_invalid(form)
        messages.success(self.request, "Your password is chosen. Sign in with it.")
        return redirect("sign-in")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Say whom it is for."""
        return super().get_context_data(person=self.invitation.person, **kwargs)
