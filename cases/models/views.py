"""Views of the queue that somebody keeps, for themselves or for the whole office."""

import uuid

from django.db import models
from django.db.models import TextChoices

from cases.lifecycle import Channel
from cases.models.categories import Category
from people.models import Person, Unit


class Show(TextChoices):
    """Which part of the work the queue shows."""

    ALL = "", "Everything open"
    TRIAGE = "triage", "Waiting for triage"
    MINE = "mine", "Mine"
    OPEN = "open", "Open cases"
    CLOSED = "closed", "Closed cases"


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
    is_shared = models.BooleanField(default=False)
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "show", "category", "channel", "unit"],
                nulls_distinct=False,
                name="cases_savedview_once",
            ),
        ]

    class Privacy:
        personal = {"person", "saved_at"}
        plain = {"id", "show", "category", "channel", "unit", "is_shared"}

    def __str__(self) -> str:
        parts = [
            Show(self.show).label if self.show else "",
            str(self.category or ""),
            Channel(self.channel).label if self.channel else "",
            str(self.unit or ""),
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
        }
