"""What everybody who works here says of themselves: conflicts of interest, and who stands in."""

from datetime import date
from typing import Any, cast
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import cached_property
from django.views import View

from common import clock, days
from common.errors import RuleError
from people import actions
from people.forms import AwayForm, SearchForm, StandInForm, TieForm
from people.models import Absence, Cover, Delegation, Person, Tie
from people.views.persons import OVERSEERS


class Own(LoginRequiredMixin, View):
    """A page about whoever asks, and nobody else."""

    @property
    def person(self) -> Person:
        """Return who asks."""
        return cast("Person", self.request.user)

    @cached_property
    def now(self) -> Any:
        """Return the moment at which this request plays."""
        return clock.now()

    @cached_property
    def asked(self) -> str:
        """Return the name that is looked for."""
        search = SearchForm(self.request.POST or self.request.GET)
        return str(search.cleaned_data["q"]) if search.is_valid() else ""

    @cached_property
    def found(self) -> list[Person]:
        """Return who else bears the name that is looked for, or a part of it."""
        return list(Person.objects.active().exclude(pk=self.person.pk).named(self.asked))

    def show(self, template: str, form: forms.Form, **context: Any) -> HttpResponse:
        """Show a page with its form, and the search before it."""
        search = SearchForm({"q": self.asked}, auto_id="search_%s")
        shared = {"now": self.now, "form": form, "search": search, "asked": self.asked}
        return render(self.request, template, {**shared, "found": self.found, **context})


class Conflicts(Own):
    """To whom one is too close: seen by oneself alone."""

    def get(self, request: HttpRequest) -> HttpResponse:  # noqa: ARG002 - Django's signature
        """Show what one declared."""
        return self.page(TieForm(among=self.found, initial={"q": self.asked}))

    def post(self, request: HttpRequest) -> HttpResponse:
        """Declare a tie."""
        form = TieForm(request.POST, among=self.found)
        if form.is_valid():
            about = form.cleaned_data["about"]
            try:
                actions.declare_tie(self.person, about=about, now=self.now)
            except RuleError as refusal:
                form.add_error(None, str(refusal))
            else:
                said = f"Declared. Whatever is about {about.name} is closed to you from now on."
                messages.success(request, said)
                return redirect("me:conflicts")
        return self.page(form)

    def page(self, form: TieForm) -> HttpResponse:
        """Show the page."""
        ties = self.person.ties.filter(until=None).select_related("about").order_by("about__name")
        return self.show("people/conflicts.html", form, ties=ties)


class EndTie(Own):
    """A tie that is over."""

    def post(self, request: HttpRequest, tie: UUID) -> HttpResponse:
        """End it, if it is one's own; of another's nothing is told."""
        mine = get_object_or_404(Tie.objects.select_related("person"), pk=tie, person=self.person)
        actions.end_tie(mine, now=self.now)
        said = "Ended. What was filed until today stays closed to you."
        messages.success(request, said)
        return redirect("me:conflicts")


class Away(Own):
    """When one is away; who stands in meanwhile stands beside it."""

    def get(self, request: HttpRequest) -> HttpResponse:  # noqa: ARG002 - Django's signature
        """Show when one is away, and who stands in."""
        return self.page(AwayForm(initial={"since": days.day_of(self.now)}))

    def post(self, request: HttpRequest) -> HttpResponse:
        """Be away from a day on."""
        form = AwayForm(request.POST)
        if form.is_valid():
            try:
                actions.go_away(self.person, now=self.now, **form.cleaned_data)
            except RuleError as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.success(request, self._said(form.cleaned_data["since"]))
                return redirect("me:away")
        return self.page(form)

    def _said(self, since: date) -> str:
        today = days.day_of(self.now)
        when = "You are away" if since == today else "You will be away"
        cover = Cover.of(self.person, since)
        return f"{when}. {cover.next}" if cover else f"{when}."

    def page(self, form: AwayForm) -> HttpResponse:
        """Show the page."""
        today = days.day_of(self.now)
        mine = Delegation.objects.running(today).filter(person=self.person)
        return render(
            self.request,
            "people/away.html",
            {
                "now": self.now,
                "form": form,
                "absences": self.person.absences.from_then_on(today).select_related("noted_by"),
                "is_overseer": self.person.holds(*OVERSEERS),
                "is_away": self.person.absences.on(today).exists(),
                "today": today,
                "mine": mine,
            },
        )


class ComeBack(Own):
    """Being back."""

    def post(self, request: HttpRequest) -> HttpResponse:
        """Come back today."""
        try:
            actions.come_back(self.person, now=self.now)
        except RuleError as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, "Welcome back. What comes for you is yours again.")
        return redirect("me:away")


class CallOff(Own):
    """An absence that is not needed any more."""

    def post(self, request: HttpRequest, absence: UUID) -> HttpResponse:
        """Call it off, if it is one's own; of another's nothing is told."""
        mine = get_object_or_404(Absence.objects.select_related("person"), pk=absence)
        if mine.person != self.person:
            raise Http404
        try:
            actions.call_off(mine, now=self.now)
        except RuleError as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, "Called off. You are here on these days.")
        return redirect("me:away")


class StandIns(Own):
    """Who stands in for whom, as far as it is about whoever asks."""

    def get(self, request: HttpRequest) -> HttpResponse:  # noqa: ARG002 - Django's signature
        """Show who stands in for one, and for whom one does."""
        begun = {"q": self.asked, "since": days.day_of(self.now)}
        return self.page(StandInForm(among=self.found, asks=self.person, initial=begun))

    def post(self, request: HttpRequest) -> HttpResponse:
        """Ask somebody to stand in."""
        form = StandInForm(request.POST, among=self.found, asks=self.person)
        if form.is_valid():
            given = form.cleaned_data
            try:
                actions.delegate(
                    self.person,
                    to=given["to"],
                    since=given["since"],
                    until=given["until"],
                    now=self.now,
                )
            except RuleError as refusal:
                form.add_error(None, str(refusal))
            else:
                said = f"Asked. {given['to'].name} finds it here and has to agree."
                messages.success(request, said)
                return redirect("me:stand-ins")
        return self.page(form)

    def page(self, form: StandInForm) -> HttpResponse:
        """Show the page."""
        running = Delegation.objects.running(days.day_of(self.now))
        return self.show(
            "people/stand_ins.html",
            form,
            mine=running.filter(person=self.person),
            of_others=running.filter(delegate=self.person).select_related("named_by"),
        )


class AcceptStandIn(Own):
    """Agreeing to stand in for somebody."""

    def post(self, request: HttpRequest, delegation: UUID) -> HttpResponse:
        """Accept, if one was asked."""
        asked = get_object_or_404(Delegation, pk=delegation, delegate=self.person)
        try:
            actions.accept_delegation(asked, now=self.now)
        except RuleError as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, "Agreed. What they must not come near is closed to you too.")
        return redirect("me:stand-ins")


class EndStandIn(Own):
    """The end of standing in: by either of the two."""

    def post(self, request: HttpRequest, delegation: UUID) -> HttpResponse:
        """End it, or decline what was asked."""
        both = Delegation.objects.filter(person=self.person) | Delegation.objects.filter(
            delegate=self.person
        )
        actions.end_delegation(get_object_or_404(both, pk=delegation), by=self.person, now=self.now)
        messages.success(request, "Ended. What was filed until then stays closed.")
        return redirect("me:stand-ins")
