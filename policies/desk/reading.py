"""What everybody was asked to read; and for whoever asks, who has been asked and how many have."""

from datetime import timedelta
from typing import Any, NamedTuple, cast
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import cached_property
from django.views import View

from common import clock, days
from common.errors import RuleError
from escalation.models import Clock, Standard
from escalation.rules import Limit
from people.models import Person, Unit
from people.rules import Role
from policies import access, actions
from policies.actions.reading import READ
from policies.forms.reading import CampaignForm
from policies.models import (
    CLOCKS_OF_READERS,
    Acknowledgement,
    AcknowledgementQuerySet,
    Campaign,
    Policy,
    PolicyVersion,
)
from policies.reports import coverage
from policies.rules import Coverage, blocks, released

PAGE = 50


class Own(LoginRequiredMixin, View):
    """A page for somebody who works here, at one moment; the answer is kept nowhere."""

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        """Answer, and let nothing keep it."""
        response = super().dispatch(request, *args, **kwargs)
        response["Cache-Control"] = "no-store"
        return response

    @property
    def person(self) -> Person:
        """Return who asks."""
        return cast("Person", self.request.user)

    @cached_property
    def now(self) -> Any:
        """Return the moment at which this request plays."""
        return clock.now()

    def paged(self, rows: Any) -> "Page[Any]":
        """Return the page that the address asks for; of a wrong number the nearest."""
        return Paginator(rows, PAGE).get_page(self.request.GET.get("page"))

    def show(self, template: str, **context: Any) -> HttpResponse:
        """Show a page."""
        return render(self.request, template, {"now": self.now, "person": self.person, **context})


# -- what one was asked -----------------------------------------------------------------------


class Asked(NamedTuple):
    """Something one was asked to read, and the time one has."""

    row: Acknowledgement
    clock: Clock | None


class Acknowledgements(Own):
    """What one is asked to read, the nearest first; and what one has acknowledged."""

    def get(self, request: HttpRequest) -> HttpResponse:  # noqa: ARG002 - Django's signature
        """Show both."""
        own = Acknowledgement.objects.filter(person=self.person).select_related("version__policy")
        done = self.paged(own.filter(done_at__isnull=False).order_by("-done_at", "pk"))
        return self.show("policies/acknowledgements.html", owed=self._owed(own), done=done)

    def _owed(self, own: AcknowledgementQuerySet) -> list[Asked]:
        owed = {one.pk: one for one in own.owed()}
        clocks = Clock.objects.about(CLOCKS_OF_READERS, owed).open()
        running = {one.subject_id: one for one in clocks}
        asked = [Asked(one, running.get(pk)) for pk, one in owed.items()]
        return sorted(asked, key=lambda one: one.clock.due_at if one.clock else one.row.asked_at)


class OneAcknowledgement(Own):
    """The text that one is asked to read, and the button that says so."""

    def get(self, request: HttpRequest, asked: UUID) -> HttpResponse:  # noqa: ARG002 - Django's signature
        """Show it."""
        one = self._own(asked)
        ticking = Clock.objects.about(CLOCKS_OF_READERS, [one.pk]).first()
        text = blocks(one.version.text)
        return self.show("policies/acknowledgement.html", one=one, blocks=text, ticking=ticking)

    def post(self, request: HttpRequest, asked: UUID) -> HttpResponse:
        """Say that one has read it."""
        one = self._own(asked)
        try:
            actions.acknowledge(one.pk, by=self.person, now=self.now)
        except RuleError as refusal:
            messages.error(request, str(refusal))
        else:
            said = f"Thank you. You have acknowledged {one.version.title}, version {one.version.n}."
            messages.success(request, said)
        return redirect("staff:acknowledgements")

    def _own(self, asked: UUID) -> Acknowledgement:
        """Return what one was asked; of another's nothing is told."""
        own = Acknowledgement.objects.filter(person=self.person)
        return get_object_or_404(own.select_related("version__policy"), pk=asked)


# -- who asks ---------------------------------------------------------------------------------


class Told(NamedTuple):
    """A campaign as whoever asks sees it: whom it is about, and how many have read it."""

    campaign: Campaign
    whom: str
    # told once for each version: with its newest campaign
    figures: Coverage | None


class OfPolicy(Own):
    """A page about who reads one policy, for whoever may ask people to."""

    @cached_property
    def policy(self) -> Policy:
        """Return the policy."""
        held = Policy.objects.select_related("owner__unit")
        return get_object_or_404(held, code=self.kwargs["code"])

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        """Refuse whoever may not, before any method runs."""
        if request.user.is_authenticated:
            access.require_asking(self.person, self.policy)
        return super().dispatch(request, *args, **kwargs)


class Campaigns(OfPolicy):
    """Who was asked to read a policy, how many have, and the form to ask."""

    def get(self, request: HttpRequest, code: str) -> HttpResponse:  # noqa: ARG002 - Django's signature
        """Show it."""
        return self.page(self.form())

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        """Ask people to read the version in force."""
        form = self.form(request.POST)
        if form.is_valid():
            given = form.cleaned_data
            try:
                actions.start_campaign(
                    self.policy,
                    by=self.person,
                    audience=actions.Audience(given["units"], given["roles"]),
                    limit=given["limit"],
                    is_material=given["is_material"],
                    now=self.now,
                )
            except RuleError as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.success(
                    request, "Asked. It stands on the page of each of them within minutes."
                )
                return redirect("staff:campaigns", code=code)
        return self.page(form)

    @cached_property
    def version(self) -> PolicyVersion | None:
        """Return the version in force."""
        in_force = PolicyVersion.objects.in_force(days.day_of(self.now))
        return in_force.filter(policy=self.policy).first()

    def form(self, given: QueryDict | None = None) -> CampaignForm:
        """Return the form, with the office's time limit for reading."""
        is_first = self.version is None or self.version.n == 1
        in_force = Standard.objects.filter(kind=READ).in_force()
        limit = next(one.limit for one in in_force if one.kind.code == READ)
        return CampaignForm(given, is_first=is_first, standard=limit or Limit())

    def page(self, form: CampaignForm) -> HttpResponse:
        """Show the page."""
        campaigns = Campaign.objects.filter(policy=self.policy).select_related(
            "version", "started_by"
        )
        page = self.paged(campaigns.order_by("-started_at"))
        figures = coverage({one.version_id for one in page}, now=self.now)
        names = {one.pk: one.name for one in Unit.objects.all()}
        told = [Told(one, _whom(one, names), figures.pop(one.version_id, None)) for one in page]
        return self.show(
            "policies/campaigns.html",
            policy=self.policy,
            version=self.version,
            form=form,
            counted_until=released(self.now),
            counted_next=released(self.now + timedelta(weeks=1)),
            running=next((one for one in told if one.campaign.ended_at is None), None),
            earlier=[one for one in told if one.campaign.ended_at is not None],
            page=page,
        )


def _whom(campaign: Campaign, names: dict[UUID, str]) -> str:
    """Return whom a campaign is about, in words."""
    if campaign.units:
        return ", ".join(sorted(names[pk] for pk in campaign.units))
    return ", ".join(Role(role).label for role in campaign.roles) or "Everybody who works here"


class EndCampaign(OfPolicy):
    """The end of a campaign, by hand."""

    def post(self, request: HttpRequest, code: str, campaign: UUID) -> HttpResponse:
        """Ask no more."""
        if not Campaign.objects.filter(pk=campaign, policy=self.policy).exists():
            raise Http404
        try:
            actions.end_campaign(campaign, by=self.person, now=self.now)
        except RuleError as refusal:
            messages.error(request, str(refusal))
        else:
            said = "Ended. Whoever has not read it is asked no more; what was acknowledged stays."
            messages.success(request, said)
        return redirect("staff:campaigns", code=code)
