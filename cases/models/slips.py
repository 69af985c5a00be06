"""What was entered on a case by mistake stays, struck, and counts no more."""

from typing import Any, Self, TypeVar

import pgtrigger
from django.db import models
from django.db.models import Q

from cases.models.categories import signed
from people.models import Person

Row = TypeVar("Row", bound=models.Model)


class CanBeStruck(models.QuerySet[Row]):
    """Rows of which some were entered by mistake."""

    def standing(self) -> Self:
        """Return what was not struck."""
        return self.filter(struck_at=None)


def struck_by() -> "models.ForeignKey[Person | None, Person | None]":
    """Return the field of who struck it."""
    return models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")


def struck_by_somebody(name: str) -> models.CheckConstraint:
    """Return that whatever is struck was struck by somebody."""
    return models.CheckConstraint(
        condition=Q(struck_at=None, struck_by=None)
        | Q(struck_at__isnull=False, struck_by__isnull=False),
        name=name,
    )


# beside the columns that are granted (ethicsdesk.grants): nobody takes back that it was struck
STAYS_STRUCK: Any = signed(
    "stays_struck", when=pgtrigger.Q(old__struck_at__isnull=False), beside=["n"]
)
