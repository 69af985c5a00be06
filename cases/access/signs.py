"""Which signs can be marked in a concern, and which are."""

from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from cases.models import Concern, Mark
from policies.models import Indicator


class Signs(NamedTuple):
    """What the list offers for a concern, in its order, and by their keys what is marked."""

    offered: list[Indicator]
    marked: frozenset[UUID]

    @property
    def standing(self) -> list[Indicator]:
        """Return what is marked."""
        return [one for one in self.offered if one.pk in self.marked]


def signs_of(concern: Concern) -> Signs:
    """Return what can be marked; what is marked stands in the version that was marked."""
    marks = Mark.objects.of(concern).filter(taken_back_at=None)
    newest = Indicator.objects.offered().order_by().values("pk")
    known = Indicator.objects.filter(Q(pk__in=newest) | Q(pk__in=marks.values("indicator")))
    signs = known.annotate(is_marked=Exists(marks.filter(indicator=OuterRef("pk"))))
    found: list[Any] = list(signs.order_by("position", "code"))
    marked = {one.code for one in found if one.is_marked}
    return Signs(
        [one for one in found if one.is_marked or one.code not in marked],
        frozenset(one.pk for one in found if one.is_marked),
    )
