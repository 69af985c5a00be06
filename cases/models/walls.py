"""Walls: around what they stand, and before whom."""

import uuid

import pgtrigger
from django.db import models
from django.db.models import Q

from people.rules import FOR_EVER, Conflicts


class WallQuerySet(models.QuerySet["Wall"]):
    """Reads of walls."""

    def before(self, conflicts: Conflicts) -> "WallQuerySet":
        """Return the walls that stand before somebody."""
        for_ever = [blind for blind, last in conflicts.until.items() if last == FOR_EVER]
        standing = Q(blind__in=for_ever)
        for blind, last in conflicts.until.items():
            if last != FOR_EVER:
                standing |= Q(blind=blind, since__lte=last)
        return self.filter(standing)


class Wall(models.Model):
    """A wall before whom a concern or case is about, by blind index: no name, no key.

    Behind it stand all whose conflicts meet it: the subject, everyone below them by the line of
    today or of any day since `since`, those who declared a tie, and the delegates of all these.
    A wall of somebody who stepped off, or is heard in it, stands before them and their delegates
    alone.
    """

    class Why(models.TextChoices):
        SUBJECT = "subject", "It is about them"
        # of before people_reportingline: who was below on the day the wall went up
        BELOW = "below", "They report to whom it is about"
        RECUSED = "recused", "They stepped off"
        PARTY = "party", "They are affected or heard"

    # random: a number in order would date an anonymous concern by its neighbours
    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    concern = models.ForeignKey(
        "cases.Concern", on_delete=models.CASCADE, null=True, related_name="walls"
    )
    case = models.ForeignKey(
        "cases.Case", on_delete=models.CASCADE, null=True, related_name="walls"
    )
    blind = models.BinaryField()
    why = models.CharField(max_length=10, choices=Why)
    # the day of filing: causes that ended before do not count. Two walls around the same person
    # stand side by side, each from its day: whoever is behind either is kept away
    since = models.DateField()

    objects = WallQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["blind"], name="cases_wall_blind")]
        constraints = [
            models.UniqueConstraint(
                fields=["concern", "blind", "since"],
                condition=Q(concern__isnull=False),
                name="cases_wall_concern",
            ),
            models.UniqueConstraint(
                fields=["case", "blind", "since"],
                condition=Q(case__isnull=False),
                name="cases_wall_case",
            ),
            models.CheckConstraint(
                condition=Q(concern__isnull=False, case__isnull=True)
                | Q(concern__isnull=True, case__isnull=False),
                name="cases_wall_around_one_thing",
            ),
        ]
        triggers = [pgtrigger.Protect(name="stands", operation=pgtrigger.Update)]

    class Privacy:
        personal = {"blind", "why"}
        plain = {"id", "concern", "case", "since"}

    def __str__(self) -> str:
        return f"{self.concern_id or self.case_id}"
