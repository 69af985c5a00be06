"""What protects people while a case is worked on, beside how it was weighed at triage."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import Http404
from django.utils.functional import cached_property

from cases import access, actions
from cases.actions.measures import ASKED, SAID, answers_of
from cases.actions.safeguards import CAME, WHAT
from cases.actions.triaging import COMMITTEE, CONSENT, OVERRIDE, RESOURCES
from cases.desk.views.case import CasePage
from cases.forms.desk import (
    AnswerAuthorisationForm,
    AskForm,
    EndSafeguardForm,
    KeepSafeguardForm,
    SafeguardForm,
)
from cases.lifecycle import CLOCKS_OF_TASKS, Area, CaseStatus
from cases.lifecycle.risks import Answer, Impact, Likelihood
from cases.models import Assessment, Authorisation, Mark, Safeguard
from cases.rules import risk
from escalation.models import Clock
from people.models import Person
from safes.access import Where
from safes.desk.base import Step

WEIGHED = {
    OVERRIDE: "Decided otherwise than proposed, because",
    CONSENT: "What the history of consent shows",
    COMMITTEE: "What the ethics committee says",
    RESOURCES: "What it needs",
}


@dataclass(frozen=True)
class Weight:
    """How a concern was weighed at triage: what was chosen, what was proposed, and the words."""

    record: Assessment
    by_table: str
    words: list[tuple[str, str]]
    # how many of its words are sealed to others
    is_sealed: bool


@dataclass(frozen=True)
class Line:
    """A safeguard as it is shown: its words as far as they open, its clock, the forms to act."""

    guard: Safeguard
    clock: Clock | None
    what: str | None
    came: str | None
    end: forms.Form | None = None
    keep: forms.Form | None = None

    @property
    def is_asked(self) -> bool:
        """Return whether one of its forms was refused, and stands open."""
        return any(form and form.is_bound for form in (self.end, self.keep))


@dataclass(frozen=True)
class Question:
    """An authorisation as it is shown: what was asked and said, and the form to answer."""

    asked: Authorisation
    what: str | None
    said: str | None
    answer: forms.Form | None = None


class SafeguardsSection(CasePage):
    """How it was weighed, what is in place, and what was."""

    section = "safeguards"

    @cached_property
    def records(self) -> list[Assessment]:
        """Return how its concerns were weighed."""
        found = Assessment.objects.filter(case=self.case)
        return list(found.select_related("triage__by", "triage__category").order_by("triage__at"))

    @cached_property
    def marks(self) -> list[Mark]:
        """Return what is marked in those of its concerns that this person may see."""
        return list(Mark.objects.standing().filter(concern__in=self.concerns))

    @cached_property
    def guards(self) -> list[Safeguard]:
        """Return its safeguards, those in force first, the latest of the others first."""
        found = Safeguard.objects.filter(case=self.case)
        guards = found.select_related("review__assignee", "begun_by", "ended_by")
        return sorted(guards, key=lambda one: (one.ended_at is not None, one.begun_at))

    @cached_property
    def authorisations(self) -> list[Authorisation]:
        """Return what was asked to be authorised, what waits first, then the latest."""
        found = Authorisation.objects.filter(case=self.case)
        asked = found.select_related("person", "asked_by", "answered_by").order_by("-asked_at")
        return sorted(asked, key=lambda one: one.answer != Answer.WAITS)

    @cached_property
    def asked(self) -> Authorisation:
        """Return the authorisation of this address; one of another case is not there."""
        found = next((one for one in self.authorisations if one.pk == self.kwargs["asked"]), None)
        if found is None:
            raise Http404
        return found

    @cached_property
    def guard(self) -> Safeguard:
        """Return the safeguard of this address; one of another case is not there."""
        found = next((one for one in self.guards if one.pk == self.kwargs["guard"]), None)
        if found is None:
            raise Http404
        return found

    @cached_property
    def owners(self) -> list[Person]:
        """Return who could own a safeguard."""
        return access.may_do(self.case)

    def places(self) -> list[Where]:
        """Return where the words of the section are."""
        weighed = [(one.pk, field) for one in self.records for field in WEIGHED]
        asked = [(one.pk, field) for one in self.authorisations for field in (ASKED, SAID)]
        guards = [(one.pk, field) for one in self.guards for field in (WHAT, CAME)]
        return [*weighed, *asked, *guards]

    def details(self, texts: dict[Where, str], wrong: dict[str, forms.Form]) -> dict[str, Any]:
        """Return what was weighed and what protects people."""
        lines = self._lines(texts, wrong)
        return {
            "weights": [_weight(one, texts) for one in self.records],
            "marks": self.marks,
            "proposed": risk.proposed(mark.indicator for mark in self.marks),
            "in_force": [line for line in lines if line.guard.ended_at is None],
            "ended": [line for line in lines if line.guard.ended_at is not None],
            "questions": [self._question(one, texts, wrong) for one in self.authorisations],
            "ask": wrong.get("ask") or self.ask_form(None),
            "place": wrong.get("place") or self.place_form(None),
            "may_place": self.works_in(Area.SUPPORT) and self.case.status == CaseStatus.OPEN,
        }

    def place_form(self, data: Any) -> SafeguardForm:
        """Return what is put in place."""
        first = {"owner": self.case.lead_id} if self.case.lead in self.owners else {}
        return SafeguardForm(data, among=self.owners, auto_id="place_%s", initial=first)

    def ask_form(self, data: Any) -> AskForm:
        """Return what is asked, and of whom: never of oneself."""
        others = [one for one in self.owners if one != self.person]
        return AskForm(data, among=others, auto_id="ask_%s", prefix="ask")

    def answer_form(self, asked: Authorisation, data: Any = None) -> AnswerAuthorisationForm:
        """Return what was answered."""
        offered = answers_of(asked, self.person, self.owners)
        return AnswerAuthorisationForm(data, offered=offered, auto_id=f"answer_{asked.pk}_%s")

    def _question(
        self, asked: Authorisation, texts: Mapping[Where, str], wrong: Mapping[str, forms.Form]
    ) -> Question:
        what, said = texts.get((asked.pk, ASKED)), texts.get((asked.pk, SAID))
        if asked.answer != Answer.WAITS or not self.works_in(Area.SUPPORT):
            return Question(asked, what, said)
        own = wrong.get("answer") if self.kwargs.get("asked") == asked.pk else None
        return Question(asked, what, said, own or self.answer_form(asked))

    def end_form(self, guard: Safeguard, data: Any = None) -> EndSafeguardForm:
        """Return how a safeguard ends."""
        return EndSafeguardForm(data, auto_id=f"end_{guard.pk}_%s")

    def keep_form(self, guard: Safeguard, data: Any = None) -> KeepSafeguardForm:
        """Return who looks at a safeguard again."""
        return KeepSafeguardForm(data, among=self.owners, auto_id=f"keep_{guard.pk}_%s")

    def _lines(self, texts: Mapping[Where, str], wrong: Mapping[str, forms.Form]) -> list[Line]:
        reviews = [one.review_id for one in self.guards if one.owner is not None]
        found = Clock.objects.about(CLOCKS_OF_TASKS, reviews).prefetch_related("pauses")
        clocks = {clock.subject_id: clock for clock in found} if reviews else {}
        return [self._line(one, clocks.get(one.review_id), texts, wrong) for one in self.guards]

    def _line(
        self,
        guard: Safeguard,
        clock: Clock | None,
        texts: Mapping[Where, str],
        wrong: Mapping[str, forms.Form],
    ) -> Line:
        what, came = texts.get((guard.pk, WHAT)), texts.get((guard.pk, CAME))
        if guard.ended_at is not None or not self.works_in(Area.SUPPORT):
            return Line(guard, clock, what, came)
        is_here = self.kwargs.get("guard") == guard.pk
        own = wrong if is_here else {}
        return Line(
            guard,
            clock,
            what,
            came,
            end=own.get("end") or self.end_form(guard),
            keep=None if guard.owner else own.get("keep") or self.keep_form(guard),
        )


def _weight(record: Assessment, texts: Mapping[Where, str]) -> Weight:
    said = [(label, texts.get((record.pk, field))) for field, label in WEIGHED.items()]
    severity = risk.severity(Likelihood(record.likelihood), Impact(record.impact))
    words = [(label, text) for label, text in said if text]
    return Weight(record, severity.label, words, record.overrode and not words)


class PlaceSafeguard(Step, SafeguardsSection):
    """Put a safeguard in place."""

    name = "place"

    def form(self, data: Any) -> forms.Form:
        """Return what is put in place."""
        return self.place_form(data)

    def act(self, **entered: Any) -> str:
        """Put it in place."""
        guard = actions.place_safeguard(
            self.case, by=self.person, opener=self.opener, now=self.now, **entered
        )
        owner = guard.owner
        whose = "You look" if owner == self.person else f"{owner.name if owner else 'Nobody'} looks"
        return f"In place. {whose} at it again in time."


class EndSafeguard(Step, SafeguardsSection):
    """End a safeguard."""

    name = "end"

    def form(self, data: Any) -> forms.Form:
        """Return what it did."""
        return self.end_form(self.guard, data)

    def act(self, **entered: Any) -> str:
        """End it."""
        actions.end_safeguard(
            self.guard, by=self.person, opener=self.opener, now=self.now, **entered
        )
        return "Ended. It is not looked at any more."


class KeepSafeguard(Step, SafeguardsSection):
    """Give a safeguard an owner again."""

    name = "keep"

    def form(self, data: Any) -> forms.Form:
        """Return who owns it."""
        return self.keep_form(self.guard, data)

    def act(self, **entered: Any) -> str:
        """Let them own it."""
        actions.keep_safeguard(self.guard, by=self.person, now=self.now, **entered)
        return "It has an owner again, who looks at it in time."


class AskAuthorisation(Step, SafeguardsSection):
    """Ask whether the work may go on."""

    name = "ask"

    def form(self, data: Any) -> forms.Form:
        """Return what is asked."""
        return self.ask_form(data)

    def act(self, **entered: Any) -> str:
        """Ask it."""
        asked = actions.ask_authorisation(
            self.case, by=self.person, opener=self.opener, now=self.now, **entered
        )
        if asked.person is None:
            return "Kept. Ask them, and write down within a working day what they say."
        return f"{asked.person.name} is asked, and has a working day to answer."


class AnswerAuthorisation(Step, SafeguardsSection):
    """Answer whether the work may go on, or write down what somebody outside said."""

    name = "answer"

    def form(self, data: Any) -> forms.Form:
        """Return the answer."""
        return self.answer_form(self.asked, data)

    def act(self, **entered: Any) -> str:
        """Keep it."""
        asked = actions.answer_authorisation(
            self.asked, by=self.person, opener=self.opener, now=self.now, **entered
        )
        return f"{asked.get_answer_display()}. It stands on the case."
