"""What follows from a finding, and what followed in earlier cases."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import cached_property

from cases import access, actions
from cases.actions.outcomes import BECAUSE, DEPARTURE
from cases.desk.views.allegations import OfRecord
from cases.desk.views.record import Line
from cases.forms.desk import OutcomeForm
from cases.lifecycle import Area
from cases.lifecycle.outcomes import (
    HAS_CONSEQUENCES,
    ForOrganisation,
    ForSubject,
    Lies,
)
from cases.models import Case, Found, Outcome
from cases.rules.outcomes import Usual, lies
from common.errors import RuleError
from people.models import Person
from safes.access import Where
from safes.desk.base import Step

# what is usual, in words: from the mildest to the gravest of the middle half
_IN_ORDER = list(ForSubject)


@dataclass(frozen=True)
class Earlier:
    """What followed in earlier cases of a category that are as severe, for whoever reads it."""

    usual: Usual

    @property
    def span(self) -> str:
        """Return what is usual, in words; of too few, nothing."""
        if not self.usual.counts:
            return ""
        low, high = _IN_ORDER[self.usual.low].label, _IN_ORDER[self.usual.high].label
        return low if low == high else f"{low} to {high[:1].lower()}{high[1:]}"

    @property
    def counts(self) -> list[tuple[str, int]]:
        """Return how often each consequence followed."""
        return [(one.label, number) for one, number in self.usual.counts]


@dataclass(frozen=True)
class Follows:
    """What follows from a finding, with what opens of its words, for whoever reads it.

    How many earlier cases whoever signed could see is told to them alone: beside their own count,
    it would tell anybody else that there are cases behind a wall before them.
    """

    outcome: Outcome
    because: str | None
    departs: str | None
    # among how many it was signed, for whoever signed it
    among: int | None
    # how it lies among what the reader sees; where they may not compare, nothing
    lies: Lies | None

    @property
    def subject(self) -> list[str]:
        """Return what follows for whom it is about."""
        return [ForSubject(one).label for one in self.outcome.subject]

    @property
    def organisation(self) -> list[str]:
        """Return what follows for the organisation."""
        return [ForOrganisation(one).label for one in self.outcome.organisation]

    @property
    def compared(self) -> str:
        """Return how it lies, in words."""
        return self.lies.label if self.lies is not None else ""

    @property
    def sign(self) -> str:
        """Return by which mark it is shown how it lies."""
        return {Lies.USUAL: "good", Lies.TOO_FEW: ""}.get(self.lies or Lies.TOO_FEW, "warn")


class Outcomes:
    """What follows from the findings of a case, in one query; opened by the page."""

    def __init__(self, case: Case) -> None:
        """Read it, unopened."""
        found = case.outcomes.select_related("by", "found__allegation", "category")
        self.outcomes = list(found.order_by("-at", "-n"))

    @property
    def places(self) -> list[Where]:
        """Return where its words are sealed."""
        return [(one.pk, field) for one in self.outcomes for field in (BECAUSE, DEPARTURE)]

    def of(
        self, found: Found, texts: Mapping[Where, str], *, reader: Person, usual: Usual | None
    ) -> list[Follows]:
        """Return what follows from a finding, as it was signed last before the others.

        `usual` is what the reader sees of earlier cases.
        """
        return [
            _follows(one, texts, is_own=one.by_id == reader.pk, usual=usual)
            for one in self.outcomes
            if one.found_id == found.pk
        ]

    def earlier(self, person: Person, case: Case) -> dict[str, Earlier]:
        """Return what followed earlier, by category, as far as somebody may count it."""
        categories = {one.category_id for one in self.outcomes}
        if not categories:
            return {}
        usual = access.usual_for(person, case, categories)
        return {category: Earlier(one) for category, one in usual.items()}


def _follows(
    outcome: Outcome, texts: Mapping[Where, str], *, is_own: bool, usual: Usual | None
) -> Follows:
    seen = lies(outcome.subject, usual) if usual is not None else None
    return Follows(
        outcome,
        texts.get((outcome.pk, BECAUSE)),
        texts.get((outcome.pk, DEPARTURE)),
        among=outcome.among if is_own else None,
        lies=Lies(outcome.lies) if is_own else seen,
    )


class OutcomePage(Step, OfRecord):
    """What follows from the latest finding of an allegation, and the form to sign it."""

    name = "outcome"
    section = "allegations"
    template = "cases/desk/outcome.html"

    @cached_property
    def outcomes(self) -> Outcomes:
        """Return what follows from its findings, unopened."""
        return Outcomes(self.case)

    @cached_property
    def found(self) -> Found:
        """Return the latest finding of the allegation of this address; without one it is absent."""
        numbered = self.case.findings.filter(allegation__n=self.kwargs["n"])
        found = numbered.select_related("allegation__category").order_by("-n").first()
        if found is None:
            raise Http404
        found.case = self.case
        return found

    def get(self, request: HttpRequest, **kwargs: object) -> HttpResponse:  # noqa: ARG002 - Django's signature
        """Show it."""
        return self.page()

    def address(self) -> str:
        """Return where it is."""
        return reverse("desk:allegation-outcome", args=[self.case.ref, self.kwargs["n"]])

    def places(self) -> list[Where]:
        """Return where its words are."""
        return [*super().places(), *self.outcomes.places]

    def details(self, texts: dict[Where, str], wrong: dict[str, forms.Form]) -> dict[str, Any]:
        """Return the finding, what follows from it, what followed earlier, and the form."""
        number = self.found.allegation.n
        line: Line = next(one for one in self.record.lines(texts) if one.allegation.n == number)
        category = self.found.allegation.category_id
        sees = self.is_member or access.may_end(self.person, self.case)
        usual = access.usual_for(self.person, self.case, [category])[category] if sees else None
        return {
            "line": line,
            "found": self.found,
            "asks": self.found.finding in HAS_CONSEQUENCES,
            "follows": self.outcomes.of(self.found, texts, reader=self.person, usual=usual),
            "earlier": Earlier(usual) if usual is not None else None,
            "outcome": wrong.get("outcome") or OutcomeForm(),
        }

    def form(self, data: Any) -> forms.Form:
        """Return what follows."""
        access.require(self.person, self.case, Area.CORE)
        return OutcomeForm(data)

    def act(self, **entered: Any) -> str:
        """Sign it, from the finding that was read."""
        if self.request.POST.get("found") != str(self.found.pk):
            msg = "Something else was found of it since. Nothing was signed; look again."
            raise RuleError(msg)
        outcome = actions.sign_outcome(
            self.found, by=self.person, opener=self.opener, now=self.now, **entered
        )
        return f"Signed. {outcome.get_lies_display()}."
