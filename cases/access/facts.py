"""Cases and concerns looked for by what is known of them without opening them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef, Q

from cases.lifecycle import CaseStatus, ClosingState, ConcernStatus
from cases.models import (
    Case,
    CaseQuerySet,
    ClientLink,
    Closing,
    Concern,
    ConcernQuerySet,
    Member,
    Outcome,
    Standing,
)
from common import days
from people.models import Person
from people.rules import Role

OF_BOTH = ("category", "unit", "urgency")
OF_CASES = ("severity", "track", "finding")
# what only a case has: asked for one of them, no concern is found that has none
CASES_ALONE = (*OF_CASES, "subject", "organisation", "factor", "closed_from", "closed_until")
OF_CONCERNS = ("kind", "channel")
CASE_STATES = {Standing.OPEN: CaseStatus.OPEN, Standing.CLOSED: CaseStatus.CLOSED}
CONCERN_STATES = {
    Standing.WAITING: ConcernStatus.RECEIVED,
    Standing.WITHDRAWN: ConcernStatus.WITHDRAWN,
}


class Newest(NamedTuple):
    """Where a page of a list ends whose newest stand first: its time or day, and reference."""

    at: datetime | date
    ref: str


@dataclass(frozen=True)
class Facts:
    """What somebody looks for among what they see: all of these facts at once.

    A concern that became a case is found as the case: how it was filed is asked of the concerns of
    a case, and where more than one is asked, of one and the same. What was merged into another case
    is found as that one. `client` is the blind index of a client.
    """

    person: Person
    asked: Mapping[str, Any] = field(default_factory=dict)
    client: bytes = b""

    def __bool__(self) -> bool:
        return bool(self.client or any(self.asked.values()))

    def cases(self) -> CaseQuerySet:
        """Return the cases that fit, the newest first."""
        found = self.all_cases().filter(*self._of_cases())
        if self._asks("state"):
            status = CASE_STATES.get(Standing(self.asked["state"]))
            found = found.filter(status=status) if status else found.none()
        return found.order_by("-opened_at", "-ref")

    def all_cases(self) -> CaseQuerySet:
        """Return the cases that somebody sees, from their own places unless they see all."""
        seen = Case.objects.visible_to(self.person).filter(part_of=None)
        if self.person.holds(Role.HEAD):
            return seen
        # read from their own places and not from all cases there are (docs/adr/0037)
        own = Member.objects.places_of(self.person).values("case")
        given = Case.objects.given_to(self.person).values("pk")
        return seen.filter(pk__in=own.union(given, all=True))

    def concerns(self) -> ConcernQuerySet:
        """Return the concerns that fit and have no case, the newest first."""
        found = Concern.objects.visible_to(self.person).filter(case=None)
        if self._asks(*CASES_ALONE):
            return found.none()
        if self._asks("state"):
            status = CONCERN_STATES.get(Standing(self.asked["state"]))
            found = found.filter(status=status) if status else found.none()
        facts = {name: self.asked[name] for name in OF_BOTH if self._asks(name)}
        if self._asks("lead"):
            facts["owner"] = self.asked["lead"]
        found = found.filter(self._ref(), *self._filed(), **facts)
        if self.client:
            found = found.filter(Exists(self._named().filter(concern=OuterRef("pk"))))
        return found.order_by("-filed_on", "-ref")

    def _asks(self, *names: str) -> bool:
        return any(self.asked.get(name) for name in names)

    def _ref(self) -> Q:
        return Q(ref__startswith=self.asked["ref"]) if self._asks("ref") else Q()

    def _of_cases(self) -> list[Q]:
        same = {name: self.asked[name] for name in (*OF_BOTH, *OF_CASES) if self._asks(name)}
        if self._asks("lead"):
            same["lead"] = self.asked["lead"]
        if self._asks("closed_from"):
            same["closed_at__gte"] = days.midnight(self.asked["closed_from"])
        if self._asks("closed_until"):
            after = self.asked["closed_until"] + timedelta(days=1)
            same["closed_at__lt"] = days.midnight(after)
        facts = [self._ref(), Q(**same)]
        if filed := self._filed():
            # whoever may not see what was filed learns nothing of it by asking
            seen = Concern.objects.visible_to(self.person)
            facts.append(Q(Exists(seen.filter(*filed, case=OuterRef("pk")))))
        if self.client:
            facts.append(Q(Exists(self._named().filter(concern__case=OuterRef("pk")))))
        followed = {
            f"{name}__contains": [self.asked[name]]
            for name in ("subject", "organisation")
            if self._asks(name)
        }
        if followed:
            signed = Outcome.objects.counting().filter(case=OuterRef("pk"), **followed)
            facts.append(Q(Exists(signed)))
        if self._asks("factor"):
            facts.append(Q(Exists(self._last_closing())))
        return facts

    def _filed(self) -> list[Q]:
        """Return what is asked of how a concern was filed."""
        facts = {name: self.asked[name] for name in OF_CONCERNS if self._asks(name)}
        if self._asks("filed_from"):
            facts["filed_on__gte"] = self.asked["filed_from"]
        if self._asks("filed_until"):
            facts["filed_on__lte"] = self.asked["filed_until"]
        return [Q(**facts)] if facts else []

    def _named(self) -> Any:
        # whoever may not see what was filed learns nothing of it by asking
        seen = Concern.objects.visible_to(self.person).order_by().values("pk")
        return ClientLink.objects.filter(blind=self.client, taken_back_at=None, concern__in=seen)

    def _last_closing(self) -> Any:
        """Return closings to which a factor was coded, and after which no case was closed again."""
        approved = Closing.objects.filter(state=ClosingState.APPROVED)
        later = approved.filter(case=OuterRef("case"), decided_at__gt=OuterRef("decided_at"))
        coded = approved.filter(
            case=OuterRef("pk"),
            case__status=CaseStatus.CLOSED,
            factors__contains=[self.asked["factor"]],
        )
        return coded.exclude(Exists(later))


def cases_after(cases: CaseQuerySet, place: Newest) -> CaseQuerySet:
    """Return what comes after a place among cases of which the newest stand first."""
    same = Q(opened_at=place.at, ref__lt=place.ref)
    return cases.filter(Q(opened_at__lt=place.at) | same, opened_at__lte=place.at)


def concerns_after(concerns: ConcernQuerySet, place: Newest) -> ConcernQuerySet:
    """Return what comes after a place among concerns of which the newest stand first."""
    same = Q(filed_on=place.at, ref__lt=place.ref)
    return concerns.filter(Q(filed_on__lt=place.at) | same, filed_on__lte=place.at)
