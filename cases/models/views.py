"""Views of the queue that somebody keeps, for themselves or for the whole office."""

import uuid
from datetime import datetime, timedelta
from typing import Any

from django.db import models
from django.db.models import TextChoices

from cases.lifecycle import Channel, Level
from cases.models.categories import Category
from people.models import Person, Unit

# what an address says of what nobody has read yet
UNREAD = "yes"


class Show(TextChoices):
    """Which part of the work the queue shows."""

    ALL = "", "Everything open"
    TRIAGE = "triage", "Waiting for triage"
    MINE = "mine", "Mine"
    OPEN = "open", "Open cases"
    CLOSED = "closed", "Closed cases"


class Standing(TextChoices):
    """Where a case is, or a concern that has none, as somebody looks for it."""

    WAITING = "waiting", "Waiting for triage"
    OPEN = "open", "Open case"
    CLOSED = "closed", "Closed case"
    WITHDRAWN = "withdrawn", "Withdrawn"


class ClockState(TextChoices):
    """How the nearest clock of something stands."""

    OVER = "over", "Clock run out"
    SOON = "soon", "Due in 48 h"
    NONE = "none", "No clock runs"

    def at(self, now: datetime) -> dict[str, Any]:
        """Return it as conditions on a concern, a case or its place in somebody's list."""
        if self is ClockState.OVER:
            return {"next_due_at__lt": now}
        if self is ClockState.SOON:
            return {"next_due_at__gte": now, "next_due_at__lt": now + timedelta(hours=48)}
        return {"next_due_at__isnull": True}


class Age(TextChoices):
    """For how many days something has been here, at the least."""

    WEEK = "7", "7 days and more"
    MONTH = "30", "30 days and more"
    QUARTER = "90", "90 days and more"

    @property
    def span(self) -> timedelta:
        """Return it as time."""
        return timedelta(days=int(self))


class Whose(TextChoices):
    """Who looks after something."""

    MINE = "mine", "Mine"
    NOBODY = "nobody", "Nobody's yet"


class SavedView(models.Model):
    """A choice of filters, which is also its name: nobody's words are kept here.

    Whoever kept it drops it; what they share the office sees.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    show = models.CharField(max_length=10, choices=Show, blank=True)
    category = models.ForeignKey(Category, on_delete=models.CASCADE, null=True, related_name="+")
    channel = models.CharField(max_length=20, choices=Channel, blank=True)
    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, null=True, related_name="+")
    urgency = models.PositiveSmallIntegerField(choices=Level, null=True)
    due = models.CharField(max_length=10, choices=ClockState, blank=True, default="")
    age = models.CharField(max_length=10, choices=Age, blank=True, default="")
    is_unread = models.BooleanField(default=False)
    whose = models.CharField(max_length=10, choices=Whose, blank=True, default="")
    is_shared = models.BooleanField(default=False)
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=[
                    "person",
                    "show",
                    "category",
                    "channel",
                    "unit",
                    "urgency",
                    "due",
                    "age",
                    "is_unread",
                    "whose",
                ],
                nulls_distinct=False,
                name="cases_savedview_once",
            ),
        ]

    class Privacy:
        personal = {"person", "saved_at"}
        plain = {
            "id", "show", "category", "channel", "unit", "urgency", "due", "age", "is_unread",
            "whose", "is_shared",
        }  # fmt: skip

    def __str__(self) -> str:
        parts = [
            Show(self.show).label if self.show else "",
            str(self.category or ""),
            Channel(self.channel).label if self.channel else "",
            str(self.unit or ""),
            str(Level(self.urgency).label) if self.urgency else "",
            ClockState(self.due).label if self.due else "",
            Age(self.age).label if self.age else "",
            Whose(self.whose).label if self.whose else "",
            "Unread" if self.is_unread else "",
        ]
        return ", ".join(part for part in parts if part)

    @property
    def filters(self) -> dict[str, str]:
        """Return what the address of the queue says of it."""
        return {
            "show": self.show,
            "category": self.category_id or "",
            "channel": self.channel,
            "unit": self.unit.code if self.unit else "",
            "urgency": str(self.urgency or ""),
            "due": self.due,
            "age": self.age,
            "whose": self.whose,
            "unread": UNREAD if self.is_unread else "",
        }
