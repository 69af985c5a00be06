"""A concern: read it, see to it, answer its reporter, triage it."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property

from cases import access, actions
from cases.desk.views import material, timeline
from cases.desk.views.base import AtDesk, Page, Step
from cases.forms.desk import AnswerForm, AssignForm, TriageForm
from cases.lifecycle import CLOCKS_OF, ConcernStatus
from cases.models import Case, Concern, Member
from common.errors import RuleError
from escalation.models import Clock
from people.models import Person

LOCKED = (
    "What is sealed to you closed while you wrote, so nothing was changed. Unlock it in another "
    "tab, then send this again: what you entered is kept."
)


class OfConcern(AtDesk):
    """Anything about one concern that this person may see."""

    @cached_property
    def concern(self) -> Concern:
        """Return the concern; hidden and absent give the same answer."""
        return access.get_concern(self.person, str(self.kwargs["ref"]))

    @cached_property
    def leads(self) -> list[Person]:
        """Return who may look after it or lead it; whoever is walled off is not there."""
        return access.may_lead(self.concern)


class ConcernPage(OfConcern, Page):
    """The concern, with what was said since."""

    template = "cases/desk/concern.html"

    def address(self) -> str:
        """Return where the concern is."""
        return reverse("desk:concern", args=[self.concern.ref])

    def page(self, **wrong: forms.Form) -> HttpResponse:
        """Show the concern, and record that it was read."""
        concern = self.concern
        actions.read_concern(concern, by=self.person, opener=self.opener, now=self.now)
        clocks = list(Clock.objects.about(CLOCKS_OF, [concern.pk]).order_by("due_at"))
        items = timeline.of_concern(concern, clocks, self.person)
        sealed = [(concern.pk, name) for name in ("summary", "narrative", "about", "answers")]
        texts = self.open(
            [
                *sealed,
                *material.source_places(concern),
                *material.file_places([concern]),
                *timeline.places(items),
            ]
        )
        narrative = texts.get((concern.pk, "narrative"))
        return self.show(
            self.template,
            concern=concern,
            summary=texts.get((concern.pk, "summary")),
            narrative=narrative,
            about=texts.get((concern.pk, "about")),
            answers=material.answers_in(texts.get((concern.pk, "answers")), narrative),
            source=material.sources_of([concern], texts, self.person)[0],
            files=material.files_of([concern], texts),
            items=timeline.opened(items, texts),
            clocks=clocks,
            **material.nearest_of(clocks, now=self.now),
            holders=material.holders_of(concern.safe),
            readings=timeline.readings([concern.subject]),
            may_answer=self._may_answer(),
            is_waiting=concern.status == ConcernStatus.RECEIVED,
            may_take=self.person in self.leads and concern.owner != self.person,
            may_triage=self.person in self.leads,
            form=next(iter(wrong.values()), None),
            answer=wrong.get("answer") or AnswerForm(auto_id="answer_%s"),
            assign=wrong.get("assign") or AssignForm(among=self.leads, auto_id="assign_%s"),
            **self.more(wrong),
        )

    def more(self, wrong: dict[str, forms.Form]) -> dict[str, Any]:  # noqa: ARG002 - a page that has more uses it
        """Return what a page shows beside the concern."""
        return {}

    def _may_answer(self) -> bool:
        concern = self.concern
        if concern.status == ConcernStatus.WITHDRAWN:
            return False
        if concern.case is None:
            return self.person.is_office
        team = Member.objects.current().filter(case=concern.case, person=self.person)
        return team.exists()


class Answer(Step, ConcernPage):
    """Write to the reporter."""

    name = "answer"

    def form(self, data: Any) -> forms.Form:
        """Return the message."""
        return AnswerForm(data, auto_id="answer_%s")

    def act(self, **entered: Any) -> str:
        """Send it."""
        actions.answer(self.concern, by=self.person, text=entered["text"], now=self.now)
        return "Sent. The reporter sees it when they come back with the receipt."


class Assign(Step, ConcernPage):
    """Take the concern, or give it to somebody."""

    name = "assign"

    def form(self, data: Any) -> forms.Form:
        """Return whose it becomes."""
        if "take" in data:
            data = {"to": str(self.person.pk)}
        return AssignForm(data, among=self.leads, auto_id="assign_%s")

    def act(self, **entered: Any) -> str:
        """Make it theirs."""
        to = entered["to"]
        actions.assign(self.concern, by=self.person, to=to, now=self.now)
        return f"{'You look' if to == self.person else f'{to.name} looks'} after it now."


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
        return TriageForm(data, among=self.leads)

    def more(self, wrong: dict[str, forms.Form]) -> dict[str, Any]:
        """Return the record, begun with what is known."""
        if "record" in wrong:
            return {"record": wrong["record"]}
        concern = self.concern
        first = concern.owner if concern.owner in self.leads else self.person
        known = {"category": concern.category, "urgency": concern.urgency}
        lead = {"lead": first.pk} if first in self.leads else {}
        return {"record": TriageForm(among=self.leads, initial={**known, **lead})}

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
