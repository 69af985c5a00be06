"""Messages between reporters and the team."""

import uuid

from django.db import models
from django.db.models import Exists, OuterRef

from cases.models.concerns import Concern, ConcernQuerySet
from people.models import Person


class MessageQuerySet(models.QuerySet["Message"]):
    """Reads of messages."""

    def unanswered(self, concerns: ConcernQuerySet) -> "MessageQuerySet":
        """Return what reporters wrote last on these and nobody answered, the longest ago first."""
        later = Message.objects.filter(concern=OuterRef("concern"), n__gt=OuterRef("n"))
        found = self.filter(~Exists(later), concern__in=concerns, author=None)
        return found.select_related("concern__case").order_by("on", "pk")


class Message(models.Model):
    """One message between the reporter and the team; its body is sealed to the concern."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    concern = models.ForeignKey(Concern, on_delete=models.CASCADE, related_name="messages")
    n = models.PositiveIntegerField()
    # nobody: the reporter wrote it
    author = models.ForeignKey(Person, on_delete=models.PROTECT, null=True)
    on = models.DateField()
    at = models.DateTimeField(null=True)
    is_seen = models.BooleanField(default=False)

    objects = MessageQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["concern", "n"], name="cases_message_n"),
        ]

    class Privacy:
        personal = {"author"}
        plain = {"id", "concern", "n", "on", "at", "is_seen"}

    def __str__(self) -> str:
        return f"{self.concern_id} {self.n}"
