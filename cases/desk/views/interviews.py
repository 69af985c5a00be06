"""Who was heard in a case: the interviews, their minutes, and what was said to these."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import cached_property

from cases import access, actions
from cases.actions.interviews import OBJECTIONS, OFF, PLAN, TEXT
from cases.desk.views.hearing import OfHearings
from cases.desk.views.record import Named
from cases.forms.desk import CallOffForm, HoldForm, MinutesForm, PlanInterviewForm, ReplyForm
from cases.models import Case, Interview, Minutes, Reply
from common import days
from safes.access import Where
from safes.desk.base import Step


@dataclass(frozen=True)
class Version:
    """A version of the minutes, with what opens of it, and what was said to it."""

    minutes: Minutes
    text: str | None
    reply: Reply | None
    objections: str | None


@dataclass(frozen=True)
class Talk:
    """An interview as it is shown: with whom, what for, and its minutes, the latest first."""

    interview: Interview
    who: Named
    plan: str | None
    off: str | None
    versions: list[Version]

    @property
    def state(self) -> str:
        """Return where it is, in words."""
        if self.interview.called_off_at is not None:
            return "Called off"
        if not self.versions:
            return "Planned"
        reply = self.versions[0].reply
        if reply is None:
            return "Minutes not shown to them yet"
        return "Minutes agreed" if reply.agrees else "Minutes disputed"

    @property
    def sign(self) -> str:
        """Return by which mark it is shown."""
        marks = {"Called off": "", "Planned": "brand", "Minutes agreed": "good"}
        return marks.get(self.state, "warn")

    @property
    def is_replied(self) -> bool:
        """Return whether something was said to the minutes that count."""
        return bool(self.versions) and self.versions[0].reply is not None


class Talks:
    """The interviews of a case, in one query a table; their words are opened by the page."""

    def __init__(self, case: Case) -> None:
        """Read them, unopened."""
        found = case.interviews.select_related("planned_by", "task__assignee")
        self.interviews = list(found.order_by("n"))
        minutes = Minutes.objects.filter(case=case).select_related("by").order_by("-n")
        self._minutes = list(minutes)
        replies = Reply.objects.filter(case=case).select_related("by")
        self._replies = {one.minutes_id: one for one in replies}

    @property
    def places(self) -> list[Where]:
        """Return where their words are sealed."""
        return [
            *((one.pk, field) for one in self.interviews for field in (PLAN, OFF)),
            *((one.pk, TEXT) for one in self._minutes),
            *((one.pk, OBJECTIONS) for one in self._replies.values()),
        ]

    def shown(self, named: list[Named], texts: Mapping[Where, str]) -> list[Talk]:
        """Return the interviews, in the order in which they were planned."""
        known = {one.party.pk: one for one in named}
        return [
            Talk(
                one,
                known[one.party_id],
                texts.get((one.pk, PLAN)),
                texts.get((one.pk, OFF)),
                [
                    self._version(some, texts)
                    for some in self._minutes
                    if some.interview_id == one.pk
                ],
            )
            for one in self.interviews
        ]

    def _version(self, minutes: Minutes, texts: Mapping[Where, str]) -> Version:
        reply = self._replies.get(minutes.pk)
        objections = texts.get((reply.pk, OBJECTIONS)) if reply is not None else None
        return Version(minutes, texts.get((minutes.pk, TEXT)), reply, objections)


class OfInterviews(OfHearings):
    """A page about the interviews of a case."""

    @cached_property
    def talks(self) -> Talks:
        """Return the interviews, unopened."""
        return Talks(self.case)

    def places(self) -> list[Where]:
        """Return where its words are."""
        return [*super().places(), *self.talks.places]

    def post(self, request: HttpRequest, **kwargs: object) -> HttpResponse:  # noqa: ARG002 - Django's signature
        """Show the page with what was typed: Enter in a field does no more."""
        return self.page()


class InterviewsSection(OfInterviews):
    """Who was heard, and who is to be heard."""

    words = frozenset({"plan-words"})

    def details(self, texts: dict[Where, str], wrong: dict[str, forms.Form]) -> dict[str, Any]:
        """Return who was heard, the interviews, and the form for another."""
        return {
            "heard": self.hearings.heard(texts),
            "talks": self.talks.shown(self.hearings.named(texts), texts),
            "plan": self.part("plan", wrong.get("plan") or self._plan(None, texts)),
        }

    def _plan(self, data: Any, texts: Mapping[Where, str]) -> PlanInterviewForm:
        parties = [
            (one.party.pk, f"{one.n}. {one.label}", one.party)
            for one in self.hearings.named(texts)
            if one.party.struck_at is None
        ]
        return PlanInterviewForm(
            data,
            among=access.may_do(self.case),
            parties=parties,
            prefix="plan",
            auto_id="plan_%s",
            initial={"assignee": self.person.pk},
        )


class PlanInterview(Step, InterviewsSection):
    """Plan an interview."""

    name = "plan"

    def form(self, data: Any) -> forms.Form:
        """Return with whom, and what for."""
        return self._plan(data, self.open(self.hearings.places))

    def act(self, **entered: Any) -> str:
        """Plan it."""
        party = entered.pop("party")
        party.case = self.case
        interview = actions.plan_interview(
            party, by=self.person, opener=self.opener, now=self.now, **entered
        )
        return f"Planned as interview {interview.n}."


class InterviewPage(OfInterviews):
    """One interview, and the forms that go with where it is."""

    template = "cases/desk/interview.html"
    words = frozenset({"hold-minutes", "amend-minutes", "reply-objections", "off-reason"})

    @cached_property
    def interview(self) -> Interview:
        """Return the interview of this address."""
        found = next((one for one in self.talks.interviews if one.n == self.kwargs["n"]), None)
        if found is None:
            raise Http404
        found.case = self.case
        return found

    def address(self) -> str:
        """Return where it is."""
        return reverse("desk:interview", args=[self.case.ref, self.kwargs["n"]])

    def details(self, texts: dict[Where, str], wrong: dict[str, forms.Form]) -> dict[str, Any]:
        """Return it with its minutes, and the forms."""
        pk = self.interview.pk
        talks = self.talks.shown(self.hearings.named(texts), texts)
        talk = next(one for one in talks if one.interview.pk == pk)
        last = talk.versions[0].text if talk.versions else None
        return {
            "talk": talk,
            "hold": self.part("hold", wrong.get("hold") or self._hold(None)),
            "amend": self.part("amend", wrong.get("amend") or _amend(None, last or "")),
            "reply": self.part("reply", wrong.get("reply") or self._reply(None)),
            "off": self.part("off", wrong.get("off") or _off(None)),
        }

    def _hold(self, data: Any) -> HoldForm:
        today = {"held_on": days.day_of(self.now)}
        return HoldForm(data, prefix="hold", auto_id="hold_%s", initial=today)

    def _reply(self, data: Any) -> ReplyForm:
        today = {"on": days.day_of(self.now)}
        return ReplyForm(data, prefix="reply", auto_id="reply_%s", initial=today)


def _amend(data: Any, last: str) -> MinutesForm:
    return MinutesForm(data, prefix="amend", auto_id="amend_%s", initial={"minutes": last})


def _off(data: Any) -> CallOffForm:
    return CallOffForm(data, prefix="off", auto_id="off_%s")


class HoldInterview(Step, InterviewPage):
    """Record that it was held, with its minutes."""

    name = "hold"

    def form(self, data: Any) -> forms.Form:
        """Return the minutes."""
        return self._hold(data)

    def act(self, **entered: Any) -> str:
        """Sign them."""
        actions.hold_interview(
            self.interview, by=self.person, opener=self.opener, now=self.now, **entered
        )
        return "Signed. Show them the minutes, and record here what they say."


class AmendMinutes(Step, InterviewPage):
    """Sign a further version of the minutes."""

    name = "amend"

    def form(self, data: Any) -> forms.Form:
        """Return the minutes."""
        return _amend(data, "")

    def act(self, **entered: Any) -> str:
        """Sign them."""
        minutes = actions.amend_minutes(
            self.interview, by=self.person, opener=self.opener, now=self.now, **entered
        )
        return f"Signed as version {minutes.n}."


class ReplyToMinutes(Step, InterviewPage):
    """Record what they say to the minutes."""

    name = "reply"

    def form(self, data: Any) -> forms.Form:
        """Return what they say."""
        return self._reply(data)

    def act(self, **entered: Any) -> str:
        """Record it."""
        actions.record_reply(
            self.interview, by=self.person, opener=self.opener, now=self.now, **entered
        )
        return "Recorded. It stands beside the minutes for good."


class CallOff(Step, InterviewPage):
    """Call it off."""

    name = "off"

    def form(self, data: Any) -> forms.Form:
        """Return why."""
        return _off(data)

    def act(self, **entered: Any) -> str:
        """Call it off."""
        actions.call_off(
            self.interview, by=self.person, opener=self.opener, now=self.now, **entered
        )
        return "Called off."
