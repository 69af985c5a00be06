"""Messages, notes and files."""

import uuid

import pgtrigger
from django.db import models
from django.db.models import Exists, OuterRef, Q

from cases.lifecycle import (
    FileState,
)
from cases.models.cases import Case
from cases.models.categories import WITH_ITS_CASE
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


class Note(models.Model):
    """A signed note on a case; its body is sealed to the case. Never overwritten."""

    class Kind(models.TextChoices):
        NOTE = "note", "Note"
        QUOTE = "quote", "Quote"
        OBSERVATION = "observation", "Observation"
        ANALYSIS = "analysis", "Analysis"
        DECISION = "decision", "Decision"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="notes")
    author = models.ForeignKey(Person, on_delete=models.PROTECT)
    kind = models.CharField(max_length=12, choices=Kind)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["case", "-at"], name="cases_note_case")]
        triggers = [
            pgtrigger.Protect(name="signed", operation=pgtrigger.Update),
            WITH_ITS_CASE,
        ]

    class Privacy:
        personal = {"author"}
        plain = {"id", "case", "kind", "at"}

    def __str__(self) -> str:
        return f"{self.case_id} {self.kind}"


class Attachment(models.Model):
    """A file a reporter added: the original, and the copy that was cleaned, lie in `files`.

    Its name, the original's digest and what was taken out of it are sealed to the concern.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    concern = models.ForeignKey(Concern, on_delete=models.CASCADE, related_name="attachments")
    n = models.PositiveIntegerField()
    media_type = models.CharField(max_length=80)
    state = models.CharField(max_length=12, choices=FileState, default=FileState.RECEIVED)
    # why there is no clean copy: one of files.rules.kinds.Why
    why = models.CharField(max_length=16, blank=True)
    is_scanned = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["concern", "n"], name="cases_attachment_n"),
            models.CheckConstraint(
                condition=Q(state__in=[FileState.QUARANTINED, FileState.REJECTED]) & ~Q(why="")
                | ~Q(state__in=[FileState.QUARANTINED, FileState.REJECTED]) & Q(why=""),
                name="cases_attachment_says_why",
            ),
        ]

    class Privacy:
        plain = {"id", "concern", "n", "media_type", "state", "why", "is_scanned"}

    def __str__(self) -> str:
        return f"{self.concern_id} {self.n}"
