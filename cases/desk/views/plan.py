"""What the investigation of a case is to find out, and how: its terms of reference and its plan."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import cached_property

from cases import access, actions
from cases.actions.planning import (
    CHANGE,
    LIMITS,
    OUTSIDE,
    PEOPLE,
    PURPOSE,
    QUESTION,
    REFUSED,
    SCOPE,
    SOURCES,
)
from cases.actions.tasks import TODO
from cases.desk.views.case import CasePage
from cases.desk.views.hearing import Hearings
from cases.forms.desk import DecideTermsForm, PlanForm, PlanStepForm, TermsForm
from cases.forms.desk.plan import ASKS
from cases.lifecycle import Area, TaskKind
from cases.lifecycle.plans import IN_FORCE, PlanKind, PlanState
from cases.lifecycle.tracks import Track
from cases.models import Allegation, Interview, Plan, Question, Task
from common import days
from common.errors import RuleError
from escalation.models import Clock
from people.models import Person
from safes.access import Where
from safes.desk.base import Step

OF_TERMS, OF_PLAN = (PURPOSE, SCOPE, OUTSIDE, LIMITS), (SOURCES, PEOPLE)
WORDS = (*OF_TERMS, *OF_PLAN, CHANGE, REFUSED)
SIGNS = {PlanState.ASKED: "warn", PlanState.APPROVED: "good", PlanState.SIGNED: "brand"}


@dataclass(frozen=True)
class Asked:
    """What is to be found out about an allegation."""

    allegation: Allegation
    text: str | None


@dataclass(frozen=True)
class Version:
    """A version of the terms or of the plan, with what opens of it."""

    plan: Plan
    words: Mapping[str, str | None]
    questions: list[Asked]

    @property
    def sign(self) -> str:
        """Return by which mark it is shown."""
        return SIGNS.get(PlanState(self.plan.state), "")

    @property
    def counts(self) -> bool:
        """Return whether it counts, unless a later one does."""
        return self.plan.state in IN_FORCE


@dataclass(frozen=True)
class Done:
    """A step of the plan: what is done, by when."""

    task: Task
    todo: str | None
    clock: Clock | None


@dataclass(frozen=True)
class Planned:
    """An interview that is planned or was held, and with whom."""

    interview: Interview
    label: str


class PlanSection(CasePage):
    """The terms, the plan with its steps and interviews, and the forms that sign and add."""

    section = "allegations"
    template = "cases/desk/plan.html"

    @cached_property
    def words(self) -> frozenset[str]:  # type: ignore[override] # one field an allegation
        """Return the names of the fields in which somebody writes."""
        asked = [f"terms-{ASKS}{one.pk}" for one in self.allegations]
        terms = [f"terms-{name}" for name in (*OF_TERMS, CHANGE)]
        plan = [f"plan-{name}" for name in (*OF_PLAN, CHANGE)]
        return frozenset({*asked, *terms, *plan, "step-words", "decide-reason"})

    def post(self, request: HttpRequest, **kwargs: object) -> HttpResponse:  # noqa: ARG002 - Django's signature
        """Show the page with what was typed: Enter in a field does no more."""
        return self.page()

    def address(self) -> str:
        """Return where it is."""
        return reverse("desk:plan", args=[self.case.ref])

    @cached_property
    def allegations(self) -> list[Allegation]:
        """Return what is alleged."""
        return list(self.case.allegations.select_related("category").order_by("n"))

    @property
    def standing(self) -> list[Allegation]:
        """Return what is alleged, without what was struck."""
        return [one for one in self.allegations if one.struck_at is None]

    @cached_property
    def plans(self) -> list[Plan]:
        """Return every version of both papers, the latest first."""
        found = self.case.plans.select_related("by", "decided_by", "task__assignee")
        return list(found.order_by("-n"))

    @cached_property
    def questions(self) -> list[Question]:
        """Return what is to be found out about its allegations, by any version."""
        return list(Question.objects.filter(case=self.case))

    @cached_property
    def interviews(self) -> list[Interview]:
        """Return its interviews, to whoever sees the evidence."""
        if Area.EVIDENCE not in self.areas:
            return []
        found = self.case.interviews.select_related("task__assignee")
        return list(found.order_by("n"))

    @cached_property
    def hearings(self) -> Hearings:
        """Return its parties, unopened."""
        return Hearings(self.case)

    @cached_property
    def steps(self) -> list[Task]:
        """Return the steps of the plan, in the order in which they were opened."""
        found = [one for one in self.tasks if one.kind == TaskKind.PLAN_STEP]
        return sorted(found, key=lambda one: (one.opened_at, one.pk))

    @property
    def asked(self) -> Plan | None:
        """Return the terms that wait for somebody."""
        return next((one for one in self.plans if one.state == PlanState.ASKED), None)

    @property
    def is_lead(self) -> bool:
        """Return whether who asks leads it, and it is worked on."""
        return self.may_act and self.case.lead_id == self.person.pk

    @cached_property
    def deciders(self) -> list[Person]:
        """Return who could approve what this person signs; the away where nobody is here."""
        able = access.may_decide(self.case, self.person)
        return access.here(able, days.day_of(self.now)) or able

    def places(self) -> list[Where]:
        """Return where its words are."""
        return [
            *((one.pk, field) for one in self.plans for field in WORDS),
            *((one.pk, QUESTION) for one in self.questions),
            *((one.pk, "allegation") for one in self.allegations),
            *((one.pk, TODO) for one in self.steps),
            *((one.pk, "name") for one in self.hearings.parties),
        ]

    @cached_property
    def texts(self) -> dict[Where, str]:
        """Return what opens of it for whoever sent a form."""
        return self.open(self.places())

    def details(self, texts: dict[Where, str], wrong: dict[str, forms.Form]) -> dict[str, Any]:
        """Return both papers, the steps, the interviews, and the forms."""
        terms, plan = self._versions(PlanKind.TERMS, texts), self._versions(PlanKind.PLAN, texts)
        counting = next((one for one in terms if one.counts), None)
        covered = {one.allegation.pk for one in counting.questions} if counting else set()
        waiting = next((one for one in terms if one.plan.state == PlanState.ASKED), None)
        may_end = access.may_end(self.person, self.case)
        own = waiting is not None and waiting.plan.by_id == self.person.pk
        return {
            "terms": counting,
            "to_decide": waiting,
            "old_terms": [one for one in terms if one not in (counting, waiting)],
            "uncovered": [one for one in self.standing if counting and one.pk not in covered],
            "is_formal": self.case.track == Track.INVESTIGATION,
            "plan": plan[0] if plan else None,
            "old_plans": plan[1:],
            "steps": self._steps(texts),
            "interviews": self._interviews(texts),
            "is_lead": self.is_lead,
            "decides": waiting is not None and may_end and not own,
            "may_take_back": waiting is not None and self.may_act,
            "sign_terms": self._terms(wrong, texts),
            "sign_plan": self._plan(wrong, texts),
            "add_step": self.part("step", wrong.get("step") or self.step_form(None)),
            "decide": self.part("decide", wrong.get("decide") or decide_form(None)),
        }

    def _versions(self, kind: PlanKind, texts: Mapping[Where, str]) -> list[Version]:
        known = {one.pk: one for one in self.allegations}
        return [
            Version(
                one,
                {field: texts.get((one.pk, field)) for field in WORDS},
                [
                    Asked(known[some.allegation_id], texts.get((some.pk, QUESTION)))
                    for some in self.questions
                    if some.plan_id == one.pk
                ],
            )
            for one in self.plans
            if one.kind == kind
        ]

    def _steps(self, texts: Mapping[Where, str]) -> list[Done]:
        clocks = {one.subject_id: one for one in self.task_clocks}
        return [Done(one, texts.get((one.pk, TODO)), clocks.get(one.pk)) for one in self.steps]

    def _interviews(self, texts: Mapping[Where, str]) -> list[Planned]:
        names = {one.party.pk: one.label for one in self.hearings.named(texts)}
        return [Planned(one, names[one.party_id]) for one in self.interviews]

    # -- forms -------------------------------------------------------------------------------

    def _terms(self, wrong: Mapping[str, forms.Form], texts: Mapping[Where, str]) -> forms.Form:
        return self.part("terms", wrong.get("terms") or self.terms_form(None, texts))

    def _plan(self, wrong: Mapping[str, forms.Form], texts: Mapping[Where, str]) -> forms.Form:
        return self.part("plan", wrong.get("plan") or self.plan_form(None, texts))

    def terms_form(self, data: Any, texts: Mapping[Where, str]) -> TermsForm:
        """Return the form of the next version of the terms, which begins as the latest stands."""
        last = self._last(PlanKind.TERMS)
        about = [(one.pk, _label(one, texts)) for one in self.standing]
        asked = {
            f"{ASKS}{one.allegation_id}": texts.get((one.pk, QUESTION), "")
            for one in self.questions
            if last is not None and one.plan_id == last.pk
            if one.allegation_id in {some.pk for some in self.standing}
        }
        first = {"approver": self.deciders[0].pk} if self.deciders else {}
        return TermsForm(
            data,
            among=self.deciders,
            about=about,
            is_formal=self.case.track == Track.INVESTIGATION,
            is_first=last is None,
            prefix="terms",
            auto_id="terms_%s",
            initial={**_begun(last, OF_TERMS, texts), **asked, **first},
        )

    def plan_form(self, data: Any, texts: Mapping[Where, str]) -> PlanForm:
        """Return the form of the next version of the plan, which begins as the latest stands."""
        last = self._last(PlanKind.PLAN)
        return PlanForm(
            data,
            is_first=last is None,
            prefix="plan",
            auto_id="plan_%s",
            initial=_begun(last, OF_PLAN, texts),
        )

    def step_form(self, data: Any) -> PlanStepForm:
        """Return the form of a step."""
        return PlanStepForm(
            data,
            among=access.may_do(self.case),
            prefix="step",
            auto_id="step_%s",
            initial={"assignee": self.person.pk},
        )

    def _last(self, kind: PlanKind) -> Plan | None:
        return next((one for one in self.plans if one.kind == kind), None)


def _begun(
    last: Plan | None, fields: tuple[str, ...], texts: Mapping[Where, str]
) -> dict[str, Any]:
    """Return with what the next version begins: the number of the latest, and its words."""
    if last is None:
        return {"over": 0}
    return {"over": last.n, **{field: texts.get((last.pk, field), "") for field in fields}}


def _label(allegation: Allegation, texts: Mapping[Where, str]) -> str:
    text = texts.get((allegation.pk, "allegation"))
    return f"{allegation.n}: {text}" if text else str(allegation.n)


def decide_form(data: Any) -> DecideTermsForm:
    """Return the form of a decision."""
    return DecideTermsForm(data, prefix="decide", auto_id="decide_%s")


class SignTerms(Step, PlanSection):
    """Sign a version of the terms."""

    name = "terms"

    def form(self, data: Any) -> forms.Form:
        """Return the terms."""
        access.require(self.person, self.case, Area.CORE)
        return self.terms_form(data, self.texts)

    def act(self, **entered: Any) -> str:
        """Sign them."""
        plan = actions.sign_terms(
            self.case, by=self.person, opener=self.opener, now=self.now, **entered
        )
        if plan.task is None:
            return f"Signed as version {plan.n}."
        return f"Signed as version {plan.n}. {entered['approver'].name} decides on it."


class DecideTerms(Step, PlanSection):
    """Approve the terms that wait, send them back, or take them back."""

    name = "decide"

    def form(self, data: Any) -> forms.Form:
        """Return the decision."""
        access.require_may_end(self.person, self.case)
        return decide_form(data)

    def act(self, *, what: str, version: UUID, reason: str) -> str:  # type: ignore[override]
        """Decide on what was read, and on nothing that was signed since."""
        plan = self.asked
        if plan is None or plan.pk != version:
            msg = "These were decided on or taken back meanwhile. Nothing was changed; look again."
            raise RuleError(msg)
        if what == "approve":
            actions.approve_terms(plan, by=self.person, now=self.now, opener=self.opener)
            return "Approved. They count from now on."
        if what == "refuse":
            actions.refuse_terms(
                plan, by=self.person, reason=reason, opener=self.opener, now=self.now
            )
            return "Sent back. The terms before count as they did."
        actions.take_back_terms(plan, by=self.person, now=self.now)
        return "Taken back. The terms before count as they did."


class SignPlan(Step, PlanSection):
    """Sign a version of the plan."""

    name = "plan"

    def form(self, data: Any) -> forms.Form:
        """Return the plan."""
        return self.plan_form(data, self.texts)

    def act(self, **entered: Any) -> str:
        """Sign it."""
        plan = actions.sign_plan(
            self.case, by=self.person, opener=self.opener, now=self.now, **entered
        )
        return f"Signed as version {plan.n}."


class AddPlanStep(Step, PlanSection):
    """Add a step to the plan."""

    name = "step"

    def form(self, data: Any) -> forms.Form:
        """Return the step."""
        return self.step_form(data)

    def act(self, **entered: Any) -> str:
        """Add it."""
        actions.add_task(
            self.case,
            by=self.person,
            kind=TaskKind.PLAN_STEP,
            opener=self.opener,
            now=self.now,
            **entered,
        )
        return "Added. Whoever does it is reminded when its time has come."
