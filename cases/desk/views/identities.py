"""A confidential reporter's identity: asked for at the concern, decided by a custodian."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import cached_property

from cases import access, actions
from cases.desk.views.concern import LOCKED, OfConcern
from cases.forms.identities import AskForm, GrantForm, RefuseForm
from cases.lifecycle import PENDING, WORKED_ON, Mode, RequestState
from cases.models import IdentityRequest
from common.errors import RuleError
from people.rules import Role
from safes import access as opening
from safes.desk.base import AtDesk, GuardedStep, Page, Step

DECIDED = 50


@dataclass(frozen=True)
class Asked:
    """A request, with what this viewer can open of its words."""

    request: IdentityRequest
    reason: str | None
    refusal: str | None


# -- whoever works on it ---------------------------------------------------------------------


class IdentityPage(OfConcern, Page):
    """Whether the name is open, who asked for it, and the way to ask."""

    identity: actions.Identity | None = None

    def address(self) -> str:
        """Return where it is."""
        return reverse("desk:identity", args=[self.concern.ref])

    @cached_property
    def requests(self) -> list[IdentityRequest]:
        """Return what was asked, the latest first."""
        if self.concern.mode != Mode.CONFIDENTIAL:
            raise Http404
        found = self.concern.identity_requests.select_related("requested_by", "decided_by")
        return list(found.order_by("-requested_at"))

    @property
    def mine(self) -> IdentityRequest | None:
        """Return what this person asked for and is not over."""
        own = [one for one in self.requests if one.requested_by_id == self.person.pk]
        return next(
            (one for one in own if one.state in PENDING and not one.is_over(self.now)), None
        )

    def page(self, **wrong: forms.Form) -> HttpResponse:
        """Show it."""
        requests = self.requests
        texts = self.open([(one.pk, name) for one in requests for name in ("reason", "refusal")])
        return self.show(
            "cases/desk/identity.html",
            concern=self.concern,
            asked=[
                Asked(one, texts.get((one.pk, "reason")), texts.get((one.pk, "refusal")))
                for one in requests
            ],
            mine=self.mine,
            identity=self.identity,
            may_ask=self.concern.status in WORKED_ON and access.works_on(self.person, self.concern),
            form=next(iter(wrong.values()), None),
            ask=wrong.get("ask") or AskForm(auto_id="ask_%s"),
        )


class AskIdentity(GuardedStep, IdentityPage):
    """Ask the custodians."""

    name = "ask"

    def form(self, data: Any) -> forms.Form:
        """Return the reason."""
        return AskForm(data, auto_id="ask_%s")

    def act(self, **entered: Any) -> str:
        """Ask."""
        actions.ask_identity(self.concern, by=self.person, now=self.now, **entered)
        return "Asked. A custodian decides, and you are told."


class WithdrawIdentity(Step, IdentityPage):
    """Take the request back, or give back what was granted."""

    name = "back"

    def form(self, data: Any) -> forms.Form:
        """Return a form without a field."""
        return forms.Form(data)

    def act(self, **entered: Any) -> str:  # noqa: ARG002 - nothing is entered
        """Take it back."""
        if self.mine is None:
            msg = "There is nothing to take back: you asked for nothing, or it is over."
            raise RuleError(msg)
        done = actions.withdraw_identity(self.mine, by=self.person, now=self.now)
        return "Sealed again." if done.state == RequestState.EXPIRED else "Taken back."


class OpenIdentity(GuardedStep, IdentityPage):
    """Show the name, this once: it is on the answer to this request and kept nowhere."""

    name = "opening"

    def form(self, data: Any) -> forms.Form:
        """Return a form without a field."""
        return forms.Form(data)

    def post(self, request: HttpRequest, **kwargs: object) -> HttpResponse:  # noqa: ARG002 - Django's signature
        """Open it, or say why not."""
        form = self.form(request.POST)
        try:
            self.identity = self._opened()
        except RuleError as refusal:
            form.full_clean()
            form.add_error(None, str(refusal))
            return self.page(opening=form)
        return self.page()

    def _opened(self) -> actions.Identity:
        if self.opener is None:
            raise RuleError(LOCKED)
        return actions.open_identity(self.concern, by=self.person, opener=self.opener, now=self.now)


# -- the custodians --------------------------------------------------------------------------


class Custodial(AtDesk):
    """A page of custodians."""

    roles = frozenset({Role.CUSTODIAN})


class Identities(Custodial):
    """What waits for a custodian, and what was decided. Of the case nothing stands here."""

    def get(self, request: HttpRequest) -> HttpResponse:  # noqa: ARG002 - Django's signature
        """Show both lists."""
        found = IdentityRequest.objects.decidable_by(self.person).select_related(
            "requested_by", "decided_by", "category", "vault"
        )
        waiting = list(found.filter(state=RequestState.ASKED).order_by("requested_at"))
        decided = found.exclude(state=RequestState.ASKED).order_by("-requested_at")
        to_hand_on = opening.to_hand_on(self.person, access.custodians()).count()
        handed_on = 0
        if to_hand_on and self.opener is not None:
            handed_on = actions.hand_on_names(by=self.person, opener=self.opener, now=self.now)
        actions.read_requests(waiting, opener=self.opener)
        return self.show(
            "cases/desk/identities.html",
            waiting=waiting,
            decided=decided[:DECIDED],
            alone=opening.kept_alone(self.person),
            due=opening.names_due(self.person),
            to_hand_on=to_hand_on - handed_on,
            handed_on=handed_on,
        )


class IdentityToDecide(Custodial, Page):
    """One request: who asks, in which part, why, and about what kind of thing."""

    @cached_property
    def asked(self) -> IdentityRequest:
        """Return the request; hidden and absent give the same answer."""
        return access.get_request(self.person, str(self.kwargs["ref"]))

    def address(self) -> str:
        """Return where it is."""
        return reverse("desk:identity-request", args=[self.asked.ref])

    def page(self, **wrong: forms.Form) -> HttpResponse:
        """Show the request, and the two ways to decide it."""
        asked = self.asked
        texts = self.open([(asked.pk, "asked_why"), (asked.pk, "refused_why")])
        return self.show(
            "cases/desk/identity_request.html",
            asked=asked,
            reason=texts.get((asked.pk, "asked_why")),
            refusal=texts.get((asked.pk, "refused_why")),
            is_waiting=asked.state == RequestState.ASKED,
            form=next(iter(wrong.values()), None),
            grant=wrong.get("grant") or GrantForm(auto_id="grant_%s"),
            refuse=wrong.get("refuse") or RefuseForm(auto_id="refuse_%s"),
        )


class GrantIdentity(GuardedStep, IdentityToDecide):
    """Agree that whoever asked opens the name."""

    name = "grant"

    def form(self, data: Any) -> forms.Form:
        """Return for how long."""
        return GrantForm(data, auto_id="grant_%s")

    def act(self, **entered: Any) -> str:
        """Give them the custodians' share."""
        if self.opener is None:
            raise RuleError(LOCKED)
        actions.grant_identity(
            self.asked, by=self.person, opener=self.opener, now=self.now, **entered
        )
        return "Agreed. They can open the name until the time is over."

    def onward(self) -> str:
        """Lead to what else waits."""
        return reverse("desk:identities")


class RefuseIdentity(Step, IdentityToDecide):
    """Keep the name sealed."""

    name = "refuse"

    def form(self, data: Any) -> forms.Form:
        """Return why."""
        return RefuseForm(data, auto_id="refuse_%s")

    def act(self, **entered: Any) -> str:
        """Refuse."""
        actions.refuse_identity(self.asked, by=self.person, now=self.now, **entered)
        return "Refused. Whoever asked is told, and the name stays sealed."

    def onward(self) -> str:
        """Lead to what else waits."""
        return reverse("desk:identities")
