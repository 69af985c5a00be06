"""The cases of somebody's list in its order, from the index of whoever asks."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from django.db.models import Exists, Model, OuterRef, Q

from cases.models import Case, Concern, InOrder, Member, Place
from people.models import Person
from people.rules import Role

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True)
class CaseList:
    """The open or the closed cases that somebody sees, or those alone on whose team they are.

    `facts` narrow it: `category`, `unit` and `urgency` of the case, conditions on when it is due, a
    `channel` by which a concern came, and `unread` of one; `opened_by` leaves out what is younger.
    A head's list is read in the order of all cases. Everybody else's is read in the order of their
    own places (`Member`), however many cases there are of others, and few are given to somebody
    who is not on the team.
    """

    person: Person
    is_closed: bool = False
    is_own: bool = False
    facts: Mapping[str, Any] = field(default_factory=dict)
    opened_by: datetime | None = None

    def page(self, after: Place | None, size: int) -> list[Case]:
        """Return so many cases, or those that come after a place."""
        if self._is_of_all:
            found = self._cut(self._all(), after)
        else:
            own, *given = (
                self._cut(part, after).values_list(key, flat=True)[:size]
                for part, key in self._parts()
            )
            keys = own.union(*given, all=True) if given else own
            found = self._ordered(Case.objects.filter(pk__in=keys))
        return list(found.select_related("category", "unit", "lead")[:size])

    def levels(self, limit: int) -> list[int]:
        """Return how urgent the cases are, the first of them up to a limit."""
        if self._is_of_all:
            return list(self._ordered(self._all()).values_list("urgency", flat=True)[:limit])
        own, *given = (
            self._ordered(part).values_list("urgency", flat=True)[:limit]
            for part, _ in self._parts()
        )
        return list(own.union(*given, all=True).order_by("-urgency")[:limit] if given else own)

    @property
    def _is_of_all(self) -> bool:
        return not self.is_own and self.person.holds(Role.HEAD)

    def _all(self) -> InOrder[Case]:
        return self._of_state(Case.objects.visible_to(self.person).filter(*self._narrow("pk")))

    def _parts(self) -> list[tuple[InOrder[Any], str]]:
        """Return their own places and what was given to them, each with the key of the case."""
        places = Member.objects.places_of(self.person).filter(
            *self._narrow("case"), is_open=not self.is_closed
        )
        if self.is_own:
            return [(places, "case")]
        given = Case.objects.visible_to(self.person).given_to(self.person)
        return [(places, "case"), (self._of_state(given.filter(*self._narrow("pk"))), "pk")]

    def _of_state(self, cases: Any) -> InOrder[Case]:
        found: InOrder[Case] = cases.closed() if self.is_closed else cases.open()
        return found

    def _narrow(self, case: str) -> list[Q]:
        """Return the facts as conditions on cases, or on places: where the key of the case is."""
        narrowed = dict(self.facts)
        concerns = Concern.objects.filter(case=OuterRef(case))
        asked = []
        if (channel := narrowed.pop("channel", None)) is not None:
            asked.append(Q(Exists(concerns.filter(channel=channel))))
        if narrowed.pop("unread", False):
            asked.append(Q(Exists(concerns.filter(is_unread=True))))
        if self.opened_by is not None:
            opened = "opened_at" if case == "pk" else "case__opened_at"
            asked.append(Q(**{f"{opened}__lte": self.opened_by}))
        return [Q(**narrowed), *asked]

    def _ordered(self, rows: InOrder[Row]) -> InOrder[Row]:
        return rows.by_closing() if self.is_closed else rows.by_need()

    def _cut(self, rows: InOrder[Row], after: Place | None) -> InOrder[Row]:
        """Return rows in their order from a place on."""
        if after is not None:
            rows = rows.closed_before(after) if self.is_closed else rows.after(after)
        return self._ordered(rows)
