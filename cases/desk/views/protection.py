"""Who is protected: how high the risk is, how they are, what a sign opened, what makes it good."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.http import Http404
from django.utils.functional import cached_property

from cases import access, actions
from cases.actions.protecting import AGREED, LOWER, SAID
from cases.actions.restoring import DONE, PROMISED
from cases.desk.views.case import CasePage
from cases.desk.views.hearing import Hearings
from cases.desk.views.related import address_of
from cases.forms.desk import CheckInForm, ReadForm, RemedyForm, RestoredForm, RiskForm
from cases.lifecycle import Area, CaseStatus, ConcernStatus, Mode
from cases.lifecycle.links import LinkKind
from cases.lifecycle.protection import (
    OF_THE_ANONYMOUS,
    PROTECTED,
    Answer,
    Asking,
    Point,
    RiskLevel,
    RiskSign,
)
from cases.models import CheckIn, Concern, Party, Remedy, RetaliationRisk
from common import days
from safes.access import Where
from safes.desk.base import Step

LEVELS = {RiskLevel.HIGH: "stop", RiskLevel.MEDIUM: "warn", RiskLevel.LOW: "good"}
ANSWERS = {Answer.NO: "good", Answer.YES: "stop", Answer.UNREACHED: "warn"}


@dataclass(frozen=True)
class Weighed:
    """How high the risk was weighed once, with what opens of its words."""

    risk: RetaliationRisk
    agreed: str | None
    lower: str | None

    @property
    def signs(self) -> list[str]:
        """Return what made it likelier."""
        return [RiskSign(one).label for one in self.risk.signs]

    @property
    def sign(self) -> str:
        """Return by which mark the level is shown."""
        return LEVELS[RiskLevel(self.risk.level)]


@dataclass(frozen=True)
class Asked:
    """A check-in as it is shown."""

    row: CheckIn
    said: str | None
    today: date

    @property
    def state(self) -> str:
        """Return where it is, in words."""
        if self.row.answer:
            return Answer(self.row.answer).label
        return "Overdue" if self.row.due_on < self.today else "Planned"

    @property
    def sign(self) -> str:
        """Return by which mark it is shown."""
        if self.row.answer:
            return ANSWERS[Answer(self.row.answer)]
        return "stop" if self.row.due_on < self.today else "brand"

    @property
    def was_late(self) -> bool:
        """Return whether they were asked after the day that was planned."""
        answered = self.row.answered_on
        return self.row.task_id is not None and answered is not None and answered > self.row.due_on

    @property
    def how(self) -> str:
        """Return how they were asked, to go on in a sentence."""
        if self.row.is_answered_here:
            return "in answer to the question beside their messages"
        return Asking(self.row.asking).label.lower() if self.row.asking else ""


@dataclass(frozen=True)
class Watched:
    """Somebody who is protected, as the page shows them."""

    to: Concern | Party
    label: str
    part: str
    risks: list[Weighed]
    checks: list[Asked]
    missing: list[str]
    ways: list[Asking]

    @property
    def key(self) -> UUID:
        """Return by which key they are chosen."""
        return self.to.pk

    @property
    def last(self) -> Weighed | None:
        """Return what counts."""
        return self.risks[0] if self.risks else None

    @property
    def next(self) -> Asked | None:
        """Return what is planned, or answered and not read."""
        return next((one for one in self.checks if one.row.is_planned), None)

    @property
    def to_read(self) -> CheckIn | None:
        """Return their answer that nobody has read."""
        found = self.next
        return found.row if found is not None and found.row.answer else None

    @property
    def past(self) -> list[Asked]:
        """Return what was asked, the latest first."""
        return [one for one in self.checks if one.row.at is not None]

    @property
    def tally(self) -> str:
        """Return how many were kept, late and missed, in words."""
        done = [one for one in self.past if one.row.answer != Answer.UNREACHED]
        late = sum(1 for one in done if one.was_late)
        counts = (
            (len(done) - late, "kept"),
            (late, "late"),
            (len(self.past) - len(done), "not reached"),
        )
        return ", ".join(f"{n} {what}" for n, what in counts if n) or "None yet"


class ProtectionSection(CasePage):
    """Who is protected, the signs and what they opened, and what makes it good."""

    section = "protection"
    words = frozenset({"words", "agreed", "lower"})

    @cached_property
    def hearings(self) -> Hearings:
        """Return the parties, unopened."""
        return Hearings(self.case)

    @cached_property
    def tos(self) -> list[Concern | Party]:
        """Return who is protected: as `access.protected` says, of those whom who asks may see."""
        told = [one for one in self.concerns if one.status != ConcernStatus.WITHDRAWN]
        parties = [
            one for one in self.hearings.parties if one.role in PROTECTED and one.struck_at is None
        ]
        for one in told:
            one.case = self.case
        for party in parties:
            party.case = self.case
        return [*told, *parties]

    @cached_property
    def risks(self) -> list[RetaliationRisk]:
        """Return what was weighed, the latest first."""
        return list(RetaliationRisk.objects.of(self.case).select_related("by"))

    @cached_property
    def check_ins(self) -> list[CheckIn]:
        """Return their check-ins, without those that were planned anew."""
        found = CheckIn.objects.of(self.case).filter(called_off_at=None)
        return list(found.select_related("by", "task__assignee"))

    @cached_property
    def remedies(self) -> list[Remedy]:
        """Return what was promised, the latest first."""
        found = self.case.remedies.select_related("by", "done_by", "task__assignee")
        return list(found.order_by("done_on", "due_on", "pk"))

    @cached_property
    def signs(self) -> list[access.Tie]:
        """Return what signs opened, and of what this is a sign, as far as who asks sees it."""
        subject = access.Subject(self.case, self.concerns)
        ties = access.ties_of(subject, self.person)
        return [one for one in ties if one.link.kind == LinkKind.RETALIATION]

    @property
    def may_ask(self) -> bool:
        """Return whether who asks is on the team: protection goes on after closing."""
        return self.is_member

    @property
    def chosen(self) -> Concern | Party | None:
        """Return whom the address or the form names."""
        sent = self.request.POST if self.request.method == "POST" else self.request.GET
        return next((one for one in self.tos if str(one.pk) == sent.get("to", "")), None)

    def required(self) -> Concern | Party:
        """Return whom a form names, or say that nobody is there."""
        if self.chosen is None:
            raise Http404
        return self.chosen

    def places(self) -> list[Where]:
        """Return where its words are."""
        names = [(one.pk, "name") for one in self.hearings.parties]
        ends = [(one.other.pk, "summary") for one in self.signs]
        risks = [(one.pk, field) for one in self.risks for field in (AGREED, LOWER)]
        checks = [(one.pk, SAID) for one in self.check_ins]
        remedies = [(one.pk, field) for one in self.remedies for field in (PROMISED, DONE)]
        return [*names, *ends, *risks, *checks, *remedies]

    def details(self, texts: dict[Where, str], wrong: dict[str, forms.Form]) -> dict[str, Any]:
        """Return who is protected, what signs opened, and what makes it good."""
        watched = [self._watched(one, texts) for one in self.tos]
        chosen = next((one for one in watched if self.chosen and one.key == self.chosen.pk), None)
        does = self.request.GET.get("do", "") if self.request.method == "GET" else ""
        risk, check = wrong.get("risk"), wrong.get("check")
        if chosen is not None and self.may_ask and not wrong:
            risk = self.risk_form(chosen) if does == "weigh" else None
            check = self.check_form(chosen) if does == "ask" else None
        return {
            "watched": watched,
            "chosen": chosen,
            "risk": risk,
            "check": check if isinstance(check, CheckInForm) else None,
            "may_ask": self.may_ask,
            "signs": [self._sign(one, texts) for one in self.signs],
            "remedies": [self._remedy(one, texts, wrong) for one in self.remedies],
            "remedy": (wrong.get("remedy") or self.remedy_form()) if self.may_act else None,
        }

    def _watched(self, to: Concern | Party, texts: Mapping[Where, str]) -> Watched:
        risks = [one for one in self.risks if access.is_of(one, to)]
        done = {one.point for one in risks}
        reached = access.points_reached(self.case)
        return Watched(
            to,
            self._label(to, texts),
            to.get_role_display() if isinstance(to, Party) else Mode(to.mode).label,
            [
                Weighed(one, texts.get((one.pk, AGREED)), texts.get((one.pk, LOWER)))
                for one in risks
            ],
            [
                Asked(one, texts.get((one.pk, SAID)), days.day_of(self.now))
                for one in self.check_ins
                if to.pk in {one.concern_id, one.party_id}
            ],
            [one.label for one in reached if one not in done],
            _ways(to),
        )

    def _label(self, to: Concern | Party, texts: Mapping[Where, str]) -> str:
        if isinstance(to, Party):
            named = {one.party.pk: one for one in self.hearings.named(texts)}[to.pk]
            return f"{named.n}. {named.label}"
        return f"Reporter of {to.ref}" if len(self.concerns) > 1 else "The reporter"

    def _sign(self, tie: access.Tie, texts: Mapping[Where, str]) -> dict[str, Any]:
        return {
            "link": tie.link,
            "label": "Sign of retaliation in" if tie.is_first else "A sign opened",
            "ref": tie.other.ref,
            "url": address_of(tie.other),
            "status": tie.other.get_status_display(),
            "summary": texts.get((tie.other.pk, "summary")),
        }

    def _remedy(
        self, row: Remedy, texts: Mapping[Where, str], wrong: Mapping[str, forms.Form]
    ) -> dict[str, Any]:
        own = wrong.get("restored") if self.request.POST.get("remedy") == str(row.pk) else None
        first = {"remedy": row.pk, "on": days.day_of(self.now)}
        is_open = row.done_on is None
        form = own or RestoredForm(initial=first, auto_id=f"restored_{row.pk}_%s")
        late = (row.done_on or days.day_of(self.now)) > row.due_on
        state = ("Late" if late else "Open") if is_open else ("Done late" if late else "Done")
        marks = {"Late": "stop", "Open": "brand", "Done late": "warn", "Done": "good"}
        return {
            "row": row,
            "what": texts.get((row.pk, PROMISED)),
            "came": texts.get((row.pk, DONE)),
            "state": state,
            "sign": marks[state],
            "form": form if is_open and self.may_ask else None,
        }

    # -- the forms -----------------------------------------------------------------------------

    def risk_form(self, to: Watched, data: Any = None) -> RiskForm:
        """Return how high the risk is: begun with what was weighed last."""
        first: dict[str, Any] = {"to": to.key, "point": self._point(to)}
        if to.last is not None:
            last = to.last.risk
            first |= {"signs": last.signs, "level": last.level, "asking": last.asking}
        return RiskForm(data, ways=to.ways, initial=first, auto_id="risk_%s")

    def _point(self, to: Watched) -> Point:
        """Return at which point it is weighed now, likely."""
        missing = [one for one in Point if one.label in to.missing]
        if self.case.status == CaseStatus.CLOSED:
            return next((one for one in missing if one == Point.OUTCOME), Point.AFTER)
        return next(iter(missing), Point.DURING)

    def check_form(self, to: Watched, data: Any = None) -> CheckInForm:
        """Return what they answered."""
        asking = to.last.risk.asking if to.last is not None else ""
        first = {"to": to.key, "on": days.day_of(self.now), "asking": asking}
        return CheckInForm(data, ways=to.ways, initial=first, auto_id="check_%s")

    def remedy_form(self, data: Any = None) -> RemedyForm:
        """Return what is promised."""
        return RemedyForm(data, among=access.may_do(self.case, Area.SUPPORT), auto_id="remedy_%s")

    def watched_one(self) -> Watched:
        """Return who is chosen, with no words open."""
        return self._watched(self.required(), {})


def _ways(to: Concern | Party) -> list[Asking]:
    if access.is_unknown(to):
        return [one for one in Asking if one in OF_THE_ANONYMOUS]
    return [one for one in Asking if one != Asking.HERE or isinstance(to, Concern)]


# -- the acts --------------------------------------------------------------------------------


class WeighRisk(Step, ProtectionSection):
    """Sign how high the risk is."""

    name = "risk"

    def form(self, data: Any) -> forms.Form:
        """Return what is weighed."""
        return self.risk_form(self.watched_one(), data)

    def act(self, **entered: Any) -> str:
        """Sign it."""
        entered.pop("to")
        actions.assess_risk(
            self.required(), by=self.person, opener=self.opener, now=self.now, **entered
        )
        return "Signed. When they are asked next stands below."


class RecordCheckIn(Step, ProtectionSection):
    """Record what somebody answered, or that what they answered here was read."""

    name = "check"

    def form(self, data: Any) -> forms.Form:
        """Return what was answered."""
        return ReadForm(data) if "read" in data else self.check_form(self.watched_one(), data)

    def act(self, **entered: Any) -> str:
        """Record it."""
        if "read" in entered:
            found = next((one for one in self.check_ins if one.pk == entered["read"]), None)
            if found is None:
                raise Http404
            actions.read_check_in(found, by=self.person, now=self.now)
            return "Recorded as read. When they are asked next stands below."
        entered.pop("to")
        done = actions.check_in(
            self.required(), by=self.person, opener=self.opener, now=self.now, **entered
        )
        if done.opened is None:
            return "Recorded. When they are asked next stands below."
        return f"Recorded. {done.opened.ref} was opened for it at once, and is linked below."


class PromiseRemedy(Step, ProtectionSection):
    """Promise what makes good what was done to somebody."""

    name = "remedy"

    def form(self, data: Any) -> forms.Form:
        """Return what is promised."""
        return self.remedy_form(data)

    def act(self, **entered: Any) -> str:
        """Promise it."""
        row = actions.promise_remedy(
            self.case, by=self.person, opener=self.opener, now=self.now, **entered
        )
        owner = row.task.assignee
        return f"Recorded. {'You see' if owner == self.person else f'{owner} sees'} to it."


class RecordRestored(Step, ProtectionSection):
    """Record that something was made good."""

    name = "restored"

    def form(self, data: Any) -> forms.Form:
        """Return when, and what came of it."""
        return RestoredForm(data, auto_id="restored_%s")

    def act(self, **entered: Any) -> str:
        """Record it."""
        wanted = entered.pop("remedy")
        found = next((one for one in self.remedies if one.pk == wanted), None)
        if found is None:
            raise Http404
        actions.keep_remedy(found, by=self.person, opener=self.opener, now=self.now, **entered)
        return "Recorded. It stands here as it was done."
