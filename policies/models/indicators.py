"""The catalogue of indicators of coercion, exploitation and undue influence."""

import uuid

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery

from common.levels import Level
from people.models import Person
from policies.rules.indicators import Remedy


class IndicatorQuerySet(models.QuerySet["Indicator"]):
    """Reads of the catalogue."""

    def newest(self) -> "IndicatorQuerySet":
        """Return the newest published version of each indicator, in the order of the list."""
        published = Indicator.objects.filter(
            code=OuterRef("code"), state=Indicator.State.PUBLISHED
        ).order_by("-n")
        newest = self.filter(pk=Subquery(published.values("pk")[:1]))
        return newest.order_by("position", "code")

    def offered(self) -> "IndicatorQuerySet":
        """Return what can be marked now."""
        return self.newest().filter(is_offered=True)

    def waiting(self) -> "IndicatorQuerySet":
        """Return what waits for a second person, the oldest first."""
        drafts = self.filter(state=Indicator.State.PROPOSED).select_related("made_by")
        return drafts.order_by("made_at", "pk")


class Indicator(models.Model):
    """One version of a sign, with what it proposes and why.

    A change is another version, which counts once a second person has published it; what was marked
    keeps the version that was marked. One that is not offered any more says so in its last version.
    """

    class State(models.TextChoices):
        PROPOSED = "proposed", "Waits for a second person"
        PUBLISHED = "published", "Published"
        DROPPED = "dropped", "Dropped"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    code = models.SlugField(max_length=40)
    n = models.PositiveIntegerField()
    position = models.PositiveSmallIntegerField()
    label = models.CharField(max_length=120)
    # one sentence: what it may mean, and so why it proposes what it does
    why = models.CharField(max_length=300)
    source = models.CharField(max_length=160)
    urgency = models.PositiveSmallIntegerField(choices=Level)
    remedies = ArrayField(models.CharField(max_length=20, choices=Remedy), default=list, blank=True)
    is_offered = models.BooleanField(default=True)
    state = models.CharField(max_length=10, choices=State, default=State.PROPOSED)
    # nobody: it came with the software
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField()
    # who published or dropped it, and when
    decided_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    objects = IndicatorQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "n"], name="policies_indicator_n"),
            models.UniqueConstraint(
                fields=["code"],
                condition=Q(state="proposed"),
                name="policies_indicator_one_waits",
            ),
            models.CheckConstraint(
                condition=~Q(state="published")
                | Q(made_by=None, decided_by=None)
                | (Q(decided_by__isnull=False) & ~Q(decided_by=F("made_by"))),
                name="policies_indicator_published_by_another",
            ),
            models.CheckConstraint(
                condition=Q(state="proposed", decided_at=None)
                | (~Q(state="proposed") & Q(decided_at__isnull=False)),
                name="policies_indicator_decided_at_some_time",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="published",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__state="published"),
            )
        ]

    class Privacy:
        personal = {"made_by", "decided_by"}
        plain = {
            "id", "code", "n", "position", "label", "why", "source", "urgency", "remedies",
            "is_offered", "state", "made_at", "decided_at",
        }  # fmt: skip

    def __str__(self) -> str:
        return self.label

    @property
    def proposes(self) -> list[Remedy]:
        """Return what it proposes to do."""
        return [Remedy(one) for one in self.remedies]
