"""Files as they lie in the database: pieces of ciphertext, and for an hour a key on loan."""

import uuid

from django.db import models
from django.db.models import Q

from safes.models import Safe


class Which(models.TextChoices):
    """Which of the two copies of a file."""

    ORIGINAL = "original", "The original"
    CLEAN = "clean", "The clean copy"


class StreamQuerySet(models.QuerySet["Stream"]):
    """Reads of sealed files."""

    def unclaimed(self) -> "StreamQuerySet":
        """Return what belongs to nothing: a request writes and claims in one transaction."""
        return self.filter(safe=None)


class Stream(models.Model):
    """One sealed file. Until it is claimed it belongs to no safe, and its key is nowhere."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    safe = models.ForeignKey(Safe, on_delete=models.CASCADE, null=True, related_name="streams")
    epoch = models.PositiveIntegerField(null=True)
    row = models.UUIDField(null=True)
    which = models.CharField(max_length=10, choices=Which, blank=True)
    # the file's own key and the head of its stream, sealed to the safe
    key = models.BinaryField(default=bytes)

    objects = StreamQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["row", "which"], name="files_stream_one_of_each"),
            models.CheckConstraint(
                condition=Q(safe=None, epoch=None, row=None, which="", key=b"")
                | Q(safe__isnull=False, epoch__isnull=False, row__isnull=False)
                & ~Q(which="")
                & ~Q(key=b""),
                name="files_stream_claimed_in_whole",
            ),
        ]

    class Privacy:
        sealed = {"key"}
        plain = {"id", "safe", "epoch", "row", "which"}

    def __str__(self) -> str:
        return f"{self.which} {self.row}"


class Chunk(models.Model):
    """One piece of a sealed file, all but the last of one length. Workers cannot read it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    stream = models.ForeignKey(Stream, on_delete=models.CASCADE, related_name="chunks")
    n = models.PositiveIntegerField()
    ciphertext = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["stream", "n"], name="files_chunk_n")]

    class Privacy:
        sealed = {"ciphertext"}
        plain = {"id", "stream", "n"}

    def __str__(self) -> str:
        return f"{self.stream_id} {self.n}"


class Loan(models.Model):
    """A file's key, sealed to the cleaner as well, for an hour at the most."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    stream = models.OneToOneField(Stream, on_delete=models.CASCADE, related_name="loan")
    key = models.BinaryField()
    # to a quarter of an hour, so that it does not tell the minute of the upload
    until = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    # what the cleaner is to take out of a clean copy, sealed to it; empty where it is to clean
    order = models.BinaryField(default=bytes)

    class Meta:
        indexes = [models.Index(fields=["until"], name="files_loan_until")]

    class Privacy:
        sealed = {"key", "order"}
        plain = {"id", "stream", "until", "tries"}

    def __str__(self) -> str:
        return str(self.stream_id)
