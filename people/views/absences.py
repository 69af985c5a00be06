"""That a colleague is away who cannot say so: for the head of the office and administrators."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import cached_property
from django.views import View

from common import clock, days
from common.errors import RuleError
from people import actions
from people.actions.absences import NOTED_AT_MOST
from people.forms import NoteAwayForm
from people.models import Absence, Person
from people.rules import OFFICE, TRUSTED, Role
from people.views.persons import OVERSEERS, Keeping


class Others(Keeping, View):
    """Who is away today, and the form that says it of somebody."""

    keepers = OVERSEERS
    way_back = "me:away"

    @cached_property
    def now(self) -> Any:
        """Return the moment at which this request plays."""
        return clock.now()

    def get(self, request: HttpRequest) -> HttpResponse:  # noqa: ARG002 - Django's signature
        """Show the page."""
        return self._page(self._form())

    def post(self, request: HttpRequest) -> HttpResponse:
        """Say that somebody is away from today on."""
        form = self._form(request.POST)
        if not form.is_valid():
            return self._page(form)
        person, stand_in = form.cleaned_data["person"], form.cleaned_data.get("stand_in")
        until = form.cleaned_data["until"]
        try:
            actions.note_away(person, until=until, by=self.person, stand_in=stand_in, now=self.now)
        except RuleError as refusal:
            form.add_error(None, str(refusal))
            return self._page(form)
        asked = f" {stand_in.name} was asked to stand in, and has to agree." if stand_in else ""
        messages.success(request, f"{person.name} is away. They were told by mail.{asked}")
        return redirect("me:away-others")

    def _form(self, *data: Any) -> NoteAwayForm:
        persons = list(Person.objects.holding(*TRUSTED).exclude(pk=self.person.pk))
        office = (
            Person.objects.holding(*OFFICE).exclude(pk=self.person.pk).exclude(pk__in=self._away())
            if self.person.holds(Role.HEAD)
            else None
        )
        return NoteAwayForm(*data, among=persons, stand_ins=office)

    def _away(self) -> set[UUID]:
        today = days.day_of(self.now)
        return set(Absence.objects.on(today).values_list("person", flat=True))

    def _page(self, form: NoteAwayForm) -> HttpResponse:
        today = days.day_of(self.now)
        away = Absence.objects.on(today).filter(person__roles__overlap=list(Role))
        context = {
            "now": self.now,
            "form": form,
            "at_most": NOTED_AT_MOST,
            "away": away.select_related("person", "noted_by").order_by("person__name", "pk"),
        }
        return render(self.request, "people/away_others.html", context)
