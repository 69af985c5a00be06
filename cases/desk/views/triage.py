"""Triage: what a concern is, how grave, what is done at once, and who leads what it becomes."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from cases import access, actions
from cases.desk.views.concern import LOCKED, ConcernPage
from cases.desk.views.related import Line, line_of, places_of
from cases.forms.desk import TriageForm
from cases.lifecycle import ConcernStatus, Kind
from cases.lifecycle.tracks import Track
from cases.models import Case
from cases.rules import risk
from common.errors import RuleError
from people.models import Person
from safes.desk.base import Step

# how many stand beside the record; the others on their own page
FIRST = 3


class Triage(Step, ConcernPage):
    """Decide what a concern is, with it beside the record."""

    name = "record"
    template = "cases/desk/triage.html"
    case: Case

    def get(self, request: HttpRequest, **kwargs: object) -> HttpResponse:  # noqa: ARG002 - Django's signature
        """Show the record, or the case where the concern was triaged already."""
        if self.concern.status != ConcernStatus.RECEIVED:
            messages.info(request, "This is triaged already.")
            case = self.concern.case
            return redirect("desk:case", case.ref) if case else redirect(self.address())
        return self.page()

    def form(self, data: Any) -> forms.Form:
        """Return the record."""
        return TriageForm(data, among=self.leads, known=self.signs)

    def more(self, wrong: dict[str, forms.Form], hints: list[Person]) -> dict[str, Any]:
        """Return the record, begun with what is known and what the marks propose."""
        record = wrong.get("record") or self._begun()
        proposed = risk.proposed(self.signs.standing)
        if isinstance(record, TriageForm):
            record.ask_about(hints)
            record.propose(proposed)
        return {
            "record": record,
            "proposed": proposed,
            "standing": self.signs.standing,
            "suggested": self._suggested(),
        }

    def _suggested(self) -> list[Line]:
        """Return what may be the same matter, the likeliest first."""
        found = access.related_to(access.Subject(self.concern, [self.concern]), self.person)[:FIRST]
        texts = self.open(places_of(one.thing for one in found)) if found else {}
        at = reverse("desk:related", args=[self.concern.ref])
        return [line_of(one.thing, texts, at, why=one.why) for one in found]

    def _begun(self) -> TriageForm:
        concern, marked = self.concern, risk.proposed(self.signs.standing)
        lead = self._first_lead()
        known = {
            "category": concern.category,
            "urgency": max(concern.urgency, marked.urgency or concern.urgency),
            "track": Track.INVESTIGATION if concern.kind == Kind.REPORT else Track.ADVICE,
            **({"lead": lead.pk} if lead else {}),
        }
        return TriageForm(among=self.here, known=self.signs, initial=known)

    def _first_lead(self) -> Person | None:
        """Return who is proposed to lead it: whose it is already, else whose turn it is."""
        owner = self.concern.owner
        return owner if owner in self.here else self.turn.person

    def act(self, **entered: Any) -> str:
        """Open the case."""
        if self.opener is None:
            raise RuleError(LOCKED)
        self.case = actions.triage(
            self.concern, by=self.person, opener=self.opener, now=self.now, **entered
        )
        return f"Triaged. This is case {self.case.ref} now; {self.case.lead.name} leads it."

    def onward(self) -> str:
        """Lead to the case, if whoever triaged it is still on it."""
        return reverse("desk:case", args=[self.case.ref])
