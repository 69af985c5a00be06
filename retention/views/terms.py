"""For how long is kept: the page of those who set it, and of the second person."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from cases.models import Category
from people.rules import Role
from retention import actions
from retention.forms import RuleForm, TermForm
from retention.lifecycle import Outcome, RuleState
from retention.models import Rule
from retention.rules import Schedule, Term
from safes.desk.base import GuardedStep, Page


class Line(NamedTuple):
    """One outcome with the time that counts for it, and since when."""

    outcome: Outcome
    term: Term
    rule: Rule | None


class Group(NamedTuple):
    """A category, or every other one, with its times."""

    label: str
    lines: list[Line]


class TermsFrame(Page):
    """What is kept for how long, and by which law."""

    roles = frozenset({Role.ADMINISTRATOR, Role.HEAD})

    def address(self) -> str:
        """Return where the page is."""
        return reverse("setup:retention")

    def page(self, **wrong: forms.Form) -> HttpResponse:
        """Show the times, the proposals, and how they came to be."""
        history = list(Rule.objects.history())
        return self.show(
            "retention/terms.html",
            groups=list(_groups(Rule.objects.schedule(), history)),
            waiting=[rule for rule in history if rule.state == RuleState.PROPOSED],
            history=history[:50],
            may_set=self.person.holds(Role.ADMINISTRATOR),
            form=next(iter(wrong.values()), None),
            term=wrong.get("term") or TermForm(),
        )


def _groups(schedule: Schedule, history: list[Rule]) -> Iterator[Group]:
    labels = dict(Category.objects.values_list("code", "label"))
    counting: dict[tuple[str, str], Rule] = {}
    for rule in history:
        if rule.state == RuleState.IN_FORCE:
            key = (rule.category_id or "", rule.outcome)
            known = counting.get(key)
            if known is None or (rule.decided_at or rule.proposed_at) > (
                known.decided_at or known.proposed_at
            ):
                counting[key] = rule
    for code in sorted({code for code, _ in schedule.terms}):
        lines = [
            Line(outcome, schedule.terms[code, outcome], counting.get((code, outcome)))
            for outcome in Outcome
            if (code, outcome) in schedule.terms
        ]
        yield Group(labels[code] if code else "Every category without a time of its own", lines)


class TermsPage(GuardedStep, TermsFrame):
    """The page itself, on which an administrator sets for how long something is kept."""

    name = "term"

    def get(self, request: HttpRequest, **kwargs: object) -> HttpResponse:  # noqa: ARG002 - Django's signature
        """Show the page."""
        return self.page()

    def form(self, data: Any) -> forms.Form:
        """Return the time."""
        return TermForm(data)

    def act(self, **entered: Any) -> str:
        """Set it, or propose it where it is shorter than today's."""
        rule = actions.set_rule(by=self.person, now=self.now, **entered)
        if rule.state == RuleState.PROPOSED:
            return "Proposed. It is shorter than today's, so another person has to confirm it."
        return "It counts from now on."


class DecideTerm(GuardedStep, TermsFrame):
    """Confirm or refuse a shorter time."""

    name = "decision"

    def form(self, data: Any) -> forms.Form:
        """Return what is decided."""
        return RuleForm(data)

    def act(self, **entered: Any) -> str:
        """Decide it."""
        if entered["what"] == "confirm":
            actions.confirm_rule(entered["rule"], by=self.person, now=self.now)
            return "Confirmed. It counts from now on."
        actions.refuse_rule(entered["rule"], by=self.person, now=self.now)
        return "Refused. It stays as it was."
