"""Triage a concern into a case that is open, with the concern beside the record."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property

from cases import actions
from cases.desk.views.concern import LOCKED, ConcernPage
from cases.forms.desk import JoinForm
from cases.lifecycle import ConcernStatus, Level
from cases.models import Case
from common.errors import RuleError
from people.models import Person
from safes.desk.base import Step

# more than these are looked for in the queue, and opened there
OFFERED = 100


class Join(Step, ConcernPage):
    """Decide that a concern is a part of what is worked on already."""

    name = "record"
    template = "cases/desk/join.html"
    words = ConcernPage.words | {"reason"}
    case: Case

    def get(self, request: HttpRequest, **kwargs: object) -> HttpResponse:  # noqa: ARG002 - Django's signature
        """Show the record, or the concern where it was triaged already."""
        if self.concern.status != ConcernStatus.RECEIVED:
            messages.info(request, "This is triaged already.")
            return redirect(self.address())
        return self.page()

    @cached_property
    def cases(self) -> list[tuple[Case, str]]:
        """Return the open cases of whoever asks, the most urgent first, each with its summary."""
        mine = Case.objects.visible_to(self.person).open().worked_by(self.person).by_need()
        found = list(mine[:OFFERED])
        texts = self.open((one.pk, "summary") for one in found)
        return [(one, f"{one.ref} {texts.get((one.pk, 'summary'), '')}".strip()) for one in found]

    def form(self, data: Any) -> forms.Form:
        """Return the record."""
        return JoinForm(data, among=self.cases)

    def more(self, wrong: dict[str, forms.Form], hints: list[Person]) -> dict[str, Any]:  # noqa: ARG002 - nobody is named here
        """Return the record, begun with what is known."""
        begun = {
            "urgency": self.concern.urgency,
            "severity": Level.NORMAL,
            "in_danger": "yes" if self.concern.urgency == Level.DANGER else "no",
        }
        record = wrong.get("record") or JoinForm(among=self.cases, initial=begun)
        return {"record": record, "has_cases": bool(self.cases)}

    def act(self, **entered: Any) -> str:
        """Join it."""
        if self.opener is None:
            raise RuleError(LOCKED)
        self.case = actions.join(
            self.concern, by=self.person, opener=self.opener, now=self.now, **entered
        )
        return f"Triaged. It is a part of case {self.case.ref} now, and its team answers."

    def onward(self) -> str:
        """Lead to the case."""
        return reverse("desk:case", args=[self.case.ref])
