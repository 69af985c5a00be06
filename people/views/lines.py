"""To whom somebody reports, for administrators: the line of today, of before, and another."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import cached_property
from django.views import View

from common import clock
from common.errors import RuleError
from people import actions
from people.forms import LineForm, SearchForm
from people.models import AccountChange, Person
from people.views.persons import Keeping


class Line(Keeping, View):
    """The line of one person, and the way to change it."""

    @cached_property
    def subject(self) -> Person:
        """Return whose line it is."""
        people = Person.objects.select_related("manager", "unit")
        return get_object_or_404(people, pk=self.kwargs["person"])

    @cached_property
    def asked(self) -> str:
        """Return the name that is looked for."""
        search = SearchForm(self.request.POST or self.request.GET)
        return str(search.cleaned_data["q"]) if search.is_valid() else ""

    @cached_property
    def found(self) -> list[Person]:
        """Return who else bears the name that is looked for, or a part of it."""
        return list(Person.objects.active().exclude(pk=self.subject.pk).named(self.asked))

    def get(self, request: HttpRequest, person: UUID) -> HttpResponse:  # noqa: ARG002 - Django's signature
        """Show the line."""
        return self._page(LineForm(among=self.found, initial={"q": self.asked}))

    def post(self, request: HttpRequest, person: UUID) -> HttpResponse:
        """Ask for another line, or for its end."""
        ends = "nobody" in request.POST
        form = LineForm(request.POST, among=self.found, ends=ends)
        if not form.is_valid():
            return self._page(form)
        manager = None if ends else form.cleaned_data["manager"]
        try:
            actions.ask_for_line(self.subject, manager=manager, by=self.person, now=clock.now())
        except RuleError as refusal:
            form.add_error(None, str(refusal))
            return self._page(form)
        to = manager.name if manager else "nobody"
        said = (
            f"Asked that {self.subject.name} reports to {to}. Another administrator or the head of "
            "the office has to approve this first."
        )
        messages.success(request, said)
        return redirect("setup:line", person=person)

    def _page(self, form: LineForm) -> HttpResponse:
        past = self.subject.lines.exclude(until=None).select_related("manager")
        since = self.subject.lines.filter(until=None).first()
        context: dict[str, Any] = {
            "subject": self.subject,
            "since": since.since if since else None,
            "past": past.order_by("-until"),
            "form": form,
            "search": SearchForm({"q": self.asked}, auto_id="search_%s"),
            "asked": self.asked,
            "found": self.found,
            "is_self": self.subject == self.person,
            "waiting": self.subject.account_changes.waiting()
            .filter(kind=AccountChange.Kind.LINE)
            .first(),
            "now": clock.now(),
        }
        status = 422 if form.errors else 200
        return render(self.request, "setup/line.html", context, status=status)
