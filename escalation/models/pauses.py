"""Pauses of clocks: why, from when to when, and who decided it."""

import uuid
from datetime import datetime

from django.db import models
from django.db.models import F, Q

from escalation.models.clocks import OF_TIMES, Clock
from escalation.rules.pauses import Paused, Reason
from people.models import Person


class PauseQuerySet(models.QuerySet["Pause"]):
    """Reads of pauses."""

    def over(self, now: datetime) -> "PauseQuerySet":
        """Return the pauses that last, and whose planned end has come."""
        return self.filter(ended_at=None, until__lte=now)

    def not_put_off(self, now: datetime) -> "PauseQuerySet":
        """Leave out those that could not be ended since their end came, and are tried later."""
        failed = Q(clock__problem_at__gte=F("until")) & ~Q(clock__problem__in=["", *OF_TIMES])
        return self.exclude(failed, clock__next_at__gt=now)


class Pause(models.Model):
    """A time during which a clock does not run. It ends by itself at `until`."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    clock = models.ForeignKey(Clock, on_delete=models.CASCADE, related_name="pauses")
    reason = models.CharField(max_length=12, choices=Reason)
    since = models.DateTimeField()
    until = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    # who let it run again before its time; nobody where it ended by itself
    ended_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")

    objects = PauseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["clock"], condition=Q(ended_at=None), name="escalation_pause_one_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(until__gt=F("since")), name="escalation_pause_has_an_end"
            ),
        ]
        indexes = [
            models.Index(fields=["until"], condition=Q(ended_at=None), name="escalation_pause_over")
        ]

    class Privacy:
        personal = {"by", "ended_by"}
        plain = {"id", "clock", "reason", "since", "until", "ended_at"}

    def __str__(self) -> str:
        return f"{self.clock_id} since {self.since}"

    @property
    def paused(self) -> Paused:
        """Return the pause as it counts: to its end, or to the planned one while it lasts."""
        return Paused(Reason(self.reason), self.since, self.ended_at or self.until)
