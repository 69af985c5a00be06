"""Links by which somebody's calendar reads when something is due."""

import uuid
from datetime import datetime, timedelta

from django.db import models
from django.db.models.functions import Coalesce

from common import days
from people.models.persons import Person

# a link that nobody used for so long ends
IDLE = timedelta(days=365)


class FeedLinkQuerySet(models.QuerySet["FeedLink"]):
    """Reads of links."""

    def valid(self, now: datetime) -> "FeedLinkQuerySet":
        """Return links that still open something: used within a year, of whoever may sign in."""
        return (
            self.filter(revoked_at=None, person__is_active=True, person__is_locked=False)
            .exclude(person__enrol_by__lte=now)
            .alias(last=Coalesce("used_on", "made_on"))
            .filter(last__gt=days.day_of(now) - IDLE)
        )


class FeedLink(models.Model):
    """A personal link to one's own calendar of what is due; only its hash is kept.

    Of its use there is the last day alone: enough to find one that is forgotten, and no log of
    when somebody's devices are awake.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="feed_links")
    # the device it was made for, as the person calls it
    name = models.CharField(max_length=40)
    digest = models.BinaryField(unique=True)
    made_on = models.DateField()
    used_on = models.DateField(null=True)
    revoked_at = models.DateTimeField(null=True)

    objects = FeedLinkQuerySet.as_manager()

    class Privacy:
        personal = {"person", "name", "made_on", "used_on"}
        plain = {"id", "digest", "revoked_at"}

    def __str__(self) -> str:
        return self.name
