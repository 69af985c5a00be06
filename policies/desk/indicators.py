"""The pages of the catalogue of indicators: the list, one of them, and what waits for a second."""

from typing import Any, NamedTuple

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import cached_property

from people.rules import OFFICE, Role
from policies import access, actions
from policies.forms.indicators import DecideIndicatorForm, IndicatorForm
from policies.models import Indicator
from safes.desk.base import GuardedStep


class Waiting(NamedTuple):
    """A version that waits for a second person, and whether who looks may be that person."""

    draft: Indicator
    may_publish: bool


class Catalogue(GuardedStep):
    """The list, read by whoever triages, changed by policy owners and the head."""

    roles = OFFICE | {Role.POLICY_OWNER}

    def address(self) -> str:
        """Return where the list is."""
        return reverse("setup:indicators")

    def page(self, **wrong: forms.Form) -> HttpResponse:
        """Show what can be marked, what each proposes and why, and what waits."""
        return self.show(
            "policies/indicators.html",
            indicators=Indicator.objects.newest(),
            waiting=self._waiting(),
            sign=wrong.get("sign") or IndicatorForm(auto_id="sign_%s"),
            may_keep=access.may_keep(self.person),
            form=next(iter(wrong.values()), None),
        )

    def _waiting(self) -> list[Waiting]:
        return [
            Waiting(one, one.made_by_id != self.person.pk) for one in Indicator.objects.waiting()
        ]


class Indicators(Catalogue):
    """The list itself, on which a new indicator is proposed."""

    name = "sign"

    def get(self, request: HttpRequest, **kwargs: object) -> HttpResponse:  # noqa: ARG002 - Django's signature
        """Show the list."""
        return self.page()

    def form(self, data: Any) -> forms.Form:
        """Return what the new one says."""
        return IndicatorForm(data, auto_id="sign_%s")

    def act(self, **entered: Any) -> str:
        """Propose it."""
        actions.propose_indicator(by=self.person, now=self.now, **entered)
        return "Proposed. It is offered once another policy owner or the head publishes it."


class OneIndicator(Catalogue):
    """One indicator with its versions, and the form to propose another."""

    name = "sign"

    @cached_property
    def indicator(self) -> Indicator:
        """Return its newest published version."""
        found = Indicator.objects.newest().filter(code=self.kwargs["code"]).first()
        if found is None:
            raise Http404
        return found

    def get(self, request: HttpRequest, **kwargs: object) -> HttpResponse:  # noqa: ARG002 - Django's signature
        """Show it."""
        return self.page()

    def page(self, **wrong: forms.Form) -> HttpResponse:
        """Show what it says, and what it said before."""
        versions = Indicator.objects.filter(code=self.indicator.code)
        return self.show(
            "policies/indicator.html",
            indicator=self.indicator,
            versions=versions.select_related("made_by", "decided_by").order_by("-n"),
            sign=wrong.get("sign") or IndicatorForm.of(self.indicator, auto_id="sign_%s"),
            may_keep=access.may_keep(self.person),
            form=next(iter(wrong.values()), None),
        )

    def form(self, data: Any) -> forms.Form:
        """Return what the next version says."""
        return IndicatorForm.of(self.indicator, data, auto_id="sign_%s")

    def act(self, **entered: Any) -> str:
        """Propose it."""
        actions.propose_indicator(by=self.person, now=self.now, of=self.indicator, **entered)
        return "Proposed. It counts once another policy owner or the head publishes it."


class DecideIndicator(Catalogue):
    """Publish a version that somebody else proposed, or drop it."""

    name = "decide"

    def form(self, data: Any) -> forms.Form:
        """Return which, and what becomes of it."""
        return DecideIndicatorForm(data)

    def act(self, **entered: Any) -> str:
        """Do it."""
        draft: Indicator = entered["draft"]
        if entered["what"] == "publish":
            actions.publish_indicator(draft, by=self.person, now=self.now)
            return "Published. It counts for what is marked from now on."
        actions.drop_indicator(draft, by=self.person, now=self.now)
        return "Dropped. All stays as it was."
