"""The end of a case: what it needs, what another person decides, and how it is taken up again."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import cached_property

from cases import access, actions, parts
from cases.actions.telling import text_for
from cases.desk.views.case import CasePage
from cases.desk.views.hearing import Hearings
from cases.desk.views.outcome import Earlier, Follows, Outcomes
from cases.forms.desk import CloseForm, ReopenForm, SendBackForm, tell_all
from cases.lifecycle import Area, CaseStatus, ClosingState, Deed, Factor, Finding, WhyReopened
from cases.models import Allegation, Closing, Outcome, Reopening
from common import days
from common.errors import RuleError
from people.models import Person
from policies.models import Script
from policies.rules.scripts import Audience, Milestone
from safes.access import Where
from safes.desk.base import GuardedStep, Step

WORDS = ("outcome", "message", "lessons", "refused")


@dataclass(frozen=True)
class Ended:
    """That a case was to be closed, with what opens of the words."""

    closing: Closing
    words: Mapping[str, str | None]

    @property
    def factors(self) -> list[str]:
        """Return what contributed to it, in words."""
        return [Factor(one).label for one in self.closing.factors]


@dataclass(frozen=True)
class Past:
    """One step of how a case ended and was taken up again."""

    at: datetime
    by: Person | None
    did: str
    words: str | None


class ClosingSection(CasePage):
    """What stands against closing, what was asked, and what was decided."""

    section = "close"
    words = frozenset({"returned-reason"})

    @cached_property
    def closings(self) -> list[Closing]:
        """Return every closing that was asked for, the latest first."""
        found = self.case.closings.select_related("asked_by", "decided_by", "task__assignee")
        return list(found.order_by("-asked_at"))

    @cached_property
    def reopenings(self) -> list[Reopening]:
        """Return how often it was taken up again."""
        return list(self.case.reopenings.select_related("by"))

    @property
    def asked(self) -> Closing | None:
        """Return the closing that waits for somebody."""
        return next((one for one in self.closings if one.state == ClosingState.ASKED), None)

    @cached_property
    def deciders(self) -> list[Person]:
        """Return who could decide on what this person asks; the away only where nobody is here."""
        able = access.may_decide(self.case, self.person)
        return access.here(able, days.day_of(self.now)) or able

    @cached_property
    def script(self) -> Script | None:
        """Return with which words it begins what its reporters read."""
        outcomes = Script.objects.offered().filter(milestone=Milestone.OUTCOME, language="en")
        return outcomes.filter(audience=Audience.REPORTER).first()

    @cached_property
    def is_found(self) -> bool:
        """Return whether the findings of its allegations say what was found."""
        return self.case.allegations.standing().exists()

    def places(self) -> list[Where]:
        """Return where the words of its ends are."""
        ends = [(one.pk, field) for one in self.closings for field in WORDS]
        again = [(one.pk, "reason") for one in self.reopenings]
        return [*ends, *again, *self.hearings.places, *self.outcomes.places]

    @cached_property
    def outcomes(self) -> Outcomes:
        """Return what follows from its findings, unopened."""
        return Outcomes(self.case)

    @cached_property
    def hearings(self) -> Hearings:
        """Return who was heard whom it is about, unopened."""
        return Hearings(self.case)

    def details(self, texts: dict[Where, str], wrong: dict[str, forms.Form]) -> dict[str, Any]:
        """Return where it is on its way to its end, and the forms of that place."""
        asked, is_closed = self.asked, self.case.status == CaseStatus.CLOSED
        may_end = access.may_end(self.person, self.case)
        may_ask = self.may_act and Deed.CLOSE in self.deeds
        decides = asked is not None and may_end and asked.asked_by_id != self.person.pk
        ending = wrong.get("ending") or self._ending(None)
        reopening = wrong.get("reopening") or ReopenForm()
        for form in (ending, reopening):
            tell_all(form, len(self.concerns))
        return {
            "asked": _ended(asked, texts) if asked else None,
            "heard": self.hearings.heard(texts),
            "follows": self._follows(texts),
            "decides": decides,
            "may_take_back": asked is not None and self.works_in(Area.CORE),
            "sent_back": self.part("sent_back", wrong.get("sent_back") or _back(None)),
            "blocking": [] if is_closed else parts.blocks_closing(self.case),
            # what was written stands there, also where it came too late
            "ending": ending if ending.is_bound or (may_ask and asked is None) else None,
            "is_found": self.is_found,
            "last": self._last(texts) if is_closed else None,
            "reopening": reopening,
            "may_reopen": is_closed and access.may_reopen(self.person, self.case),
            "history": self._history(texts),
        }

    def _follows(
        self, texts: Mapping[Where, str]
    ) -> list[tuple[Allegation, Follows, Earlier | None]]:
        """Return what follows from each finding that counts, beside what followed earlier."""
        if not self.outcomes.outcomes:
            return []
        may_compare = self.is_member or access.may_end(self.person, self.case)
        earlier = self.outcomes.earlier(self.person, self.case) if may_compare else {}
        counting = set(self.case.outcomes.counting().values_list("pk", flat=True))
        lines = [
            (one.found.allegation, one, earlier.get(one.category_id))
            for one in self.outcomes.outcomes
            if one.pk in counting
        ]
        return [
            (said, self._one(outcome, texts, before), before)
            for said, outcome, before in sorted(lines, key=lambda line: line[0].n)
        ]

    def _one(self, outcome: Outcome, texts: Mapping[Where, str], before: Earlier | None) -> Follows:
        usual = before.usual if before is not None else None
        found = self.outcomes.of(outcome.found, texts, reader=self.person, usual=usual)
        return found[0]

    def _last(self, texts: Mapping[Where, str]) -> Ended | None:
        found = [one for one in self.closings if one.state == ClosingState.APPROVED]
        return _ended(found[0], texts) if found else None

    def _ending(self, data: Any) -> CloseForm:
        first: dict[str, Any] = {"approver": self.deciders[0].pk} if self.deciders else {}
        if self.script is not None and data is None:
            only = self.concerns[0] if len(self.concerns) == 1 else None
            first["message"] = text_for(self.script, only, None)
        return CloseForm(data, among=self.deciders, is_found=self.is_found, initial=first)

    def _history(self, texts: Mapping[Where, str]) -> list[Past]:
        ends = [
            Past(
                one.decided_at,
                one.decided_by,
                f"{one.get_state_display()}: {Finding(one.finding).label.lower()}",
                texts.get((one.pk, "refused" if one.state == ClosingState.REFUSED else "outcome")),
            )
            for one in self.closings
            if one.decided_at is not None
        ]
        again = [
            Past(
                one.at,
                one.by,
                f"Reopened: {WhyReopened(one.why).label.lower()}",
                texts.get((one.pk, "reason")),
            )
            for one in self.reopenings
        ]
        return sorted([*ends, *again], key=lambda past: past.at, reverse=True)


def _ended(closing: Closing, texts: Mapping[Where, str]) -> Ended:
    return Ended(closing, {field: texts.get((closing.pk, field)) for field in WORDS})


def _back(data: Any) -> SendBackForm:
    return SendBackForm(data, prefix="returned", auto_id="returned_%s")


class Close(Step, ClosingSection):
    """Ask another person to close the case."""

    name = "ending"

    def get(self, request: HttpRequest, **kwargs: object) -> HttpResponse:  # noqa: ARG002 - Django's signature
        """Show where the case is on its way to its end."""
        return self.page()

    def form(self, data: Any) -> forms.Form:
        """Return the ending."""
        access.require_deed(self.person, self.case, Deed.CLOSE)
        return self._ending(data)

    def act(self, **entered: Any) -> str:
        """Ask for it."""
        actions.ask_to_close(self.case, by=self.person, now=self.now, opener=self.opener, **entered)
        return f"Asked. {entered['approver'].name} decides; until then the case stays open."


class Decision(Step, ClosingSection):
    """A decision on the closing that waits."""

    def waiting(self) -> Closing:
        """Return what is decided on."""
        access.require_may_end(self.person, self.case)
        if self.asked is None:
            msg = "This was decided or taken back meanwhile. Nothing was changed; look again."
            raise RuleError(msg)
        return self.asked

    def read(self) -> Closing:
        """Return what is decided on, if it is what the page showed."""
        closing = self.waiting()
        if self.request.POST.get("closing") != str(closing.pk):
            msg = "It was asked for anew since you read it. Nothing was decided; read it again."
            raise RuleError(msg)
        return closing


class ApproveClosing(Decision):
    """Close the case, and tell the reporter."""

    name = "approval"

    def form(self, data: Any) -> forms.Form:
        """Return nothing but the wish."""
        return forms.Form(data)

    def act(self, **entered: Any) -> str:  # noqa: ARG002 - nothing is entered
        """Close it."""
        actions.approve_closing(self.read(), by=self.person, now=self.now, opener=self.opener)
        return "Closed. The reporter can read the outcome with the receipt."

    def onward(self) -> str:
        """Lead to the case."""
        return reverse("desk:case", args=[self.case.ref])


class SendBack(Decision):
    """Send the closing back with what is missing."""

    name = "sent_back"

    def form(self, data: Any) -> forms.Form:
        """Return why."""
        return _back(data)

    def act(self, **entered: Any) -> str:
        """Send it back."""
        actions.refuse_closing(
            self.read(), by=self.person, now=self.now, opener=self.opener, **entered
        )
        return "Sent back. The case stays open."


class TakeBack(Decision):
    """Take back that the case is closed."""

    name = "taking_back"

    def form(self, data: Any) -> forms.Form:
        """Return nothing but the wish."""
        return forms.Form(data)

    def act(self, **entered: Any) -> str:  # noqa: ARG002 - nothing is entered
        """Take it back."""
        actions.take_back_closing(self.waiting(), by=self.person, now=self.now)
        return "Taken back. The case stays open, and you can ask again."


class Reopen(GuardedStep, ClosingSection):
    """Work on a closed case again."""

    name = "reopening"

    def form(self, data: Any) -> forms.Form:
        """Return why."""
        return ReopenForm(data)

    def act(self, **entered: Any) -> str:
        """Reopen it."""
        actions.reopen(self.case, by=self.person, now=self.now, opener=self.opener, **entered)
        return "Reopened. Its clocks start anew, and the reporter can read why."

    def onward(self) -> str:
        """Lead to the case."""
        return reverse("desk:case", args=[self.case.ref])
