"""Entries, their sealing into a Merkle log, the cursors of its readers, and the outbox."""

import uuid
from datetime import datetime

import pgtrigger
from django.db import models

from ledger import rules

# Against accidents and the processes; against the owner stand the tree and its witnesses.
APPEND_ONLY = [
    pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
    pgtrigger.Trigger(
        name="never_emptied",
        operation=pgtrigger.Truncate,
        when=pgtrigger.Before,
        level=pgtrigger.Statement,
        func="RAISE EXCEPTION 'the ledger is append-only';",
    ),
]


class Stream(models.Model):
    """Counts the entries of one stream, so that a missing one is noticed."""

    name = models.CharField(max_length=80, primary_key=True)
    n = models.BigIntegerField()

    class Privacy:
        plain = {"name", "n"}

    def __str__(self) -> str:
        return self.name


class Entry(models.Model):
    """One act. No foreign keys: the ledger never interferes with live data, nor it with the ledger.

    An anonymous reporter's entry has a date and no time, lies in the stream of its day, and has
    no number there, since a number would tell the order.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    stream = models.CharField(max_length=80)
    stream_n = models.BigIntegerField()
    at = models.DateTimeField(null=True)
    on = models.DateField()
    verb = models.CharField(max_length=40)
    actor = models.CharField(max_length=60)
    subject = models.CharField(max_length=60)
    commitment = models.BinaryField()
    key_id = models.SmallIntegerField()
    mac = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["stream", "stream_n"],
                condition=models.Q(stream_n__gt=0),
                name="ledger_entry_stream_n",
            ),
            models.CheckConstraint(
                condition=models.Q(at__isnull=False, stream_n__gt=0)
                | models.Q(at__isnull=True, stream_n=0),
                name="ledger_entry_timed_or_counted_by_day",
            ),
        ]
        indexes = [
            models.Index(fields=["subject", "-on"], name="ledger_entry_subject"),
            models.Index(fields=["stream"], name="ledger_entry_stream"),
        ]
        triggers = APPEND_ONLY

    class Privacy:
        personal = {"actor", "subject"}
        plain = {"id", "stream", "stream_n", "at", "on", "verb", "commitment", "key_id", "mac"}

    def __str__(self) -> str:
        return f"{self.verb} {self.subject}"

    def canonical(self) -> bytes:
        """Return the bytes that the MAC and the leaf authenticate."""
        return rules.canonical(
            entry_id=str(self.id),
            stream=self.stream,
            stream_n=self.stream_n,
            at=self.at,
            on=self.on,
            verb=self.verb,
            actor=self.actor,
            subject=self.subject,
            commitment=bytes(self.commitment),
        )


class Detail(models.Model):
    """The coded facts of an entry; may be erased, and the entry still verifies."""

    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, primary_key=True)
    salt = models.BinaryField()
    facts = models.JSONField()

    class Meta:
        triggers = [pgtrigger.Protect(name="unchanged", operation=pgtrigger.Update)]

    class Privacy:
        personal = {"facts"}
        plain = {"entry", "salt"}

    def __str__(self) -> str:
        return str(self.entry_id)


class Pending(models.Model):
    """An entry that waits to be sealed."""

    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, primary_key=True)
    not_before = models.DateTimeField(null=True)

    class Privacy:
        plain = {"entry", "not_before"}

    def __str__(self) -> str:
        return str(self.entry_id)


class Leaf(models.Model):
    """An entry's place in the Merkle log."""

    position = models.BigIntegerField(primary_key=True)
    entry = models.OneToOneField(Entry, on_delete=models.PROTECT)
    hash = models.BinaryField()

    class Meta:
        triggers = APPEND_ONLY

    class Privacy:
        plain = {"position", "entry", "hash"}

    def __str__(self) -> str:
        return str(self.position)


class Subtree(models.Model):
    """The root of 256 entries that stand side by side in the log, or of 256 such roots, and so on.

    A proof reads these and not the whole log. It is held against a signed root before anybody gets
    it, so nothing rests on these rows.
    """

    # of 1: 256 entries, of 2: 65,536; counted from 0 at each height
    height = models.PositiveSmallIntegerField()
    n = models.BigIntegerField()
    hash = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["height", "n"], name="ledger_subtree_place"),
        ]
        triggers = APPEND_ONLY

    class Privacy:
        plain = {"id", "height", "n", "hash"}

    def __str__(self) -> str:
        return f"{self.height} {self.n}"


class Checkpoint(models.Model):
    """A signed statement of the log's size and root."""

    size = models.BigIntegerField(primary_key=True)
    root = models.BinaryField()
    peaks = models.BinaryField()
    note = models.TextField()
    at = models.DateTimeField()

    class Meta:
        triggers = APPEND_ONLY

    class Privacy:
        plain = {"size", "root", "peaks", "note", "at"}

    def __str__(self) -> str:
        return str(self.size)


class Cursor(models.Model):
    """How far a reader of the log has come."""

    reader = models.CharField(max_length=40, primary_key=True)
    position = models.BigIntegerField(default=0)

    class Privacy:
        plain = {"reader", "position"}

    def __str__(self) -> str:
        return self.reader


# so many tries, and a letter goes when nothing else is due: one that cannot be sent stops no other
ISOLATED = 5
STUCK = models.Q(sent_at=None) & (models.Q(dead_at__isnull=False) | models.Q(tries__gte=ISOLATED))


class OutboxQuerySet(models.QuerySet["Outbox"]):
    """Reads of the outbox."""

    def due(self, now: datetime) -> "OutboxQuerySet":
        """Return what waits to be delivered."""
        return self.filter(sent_at=None, dead_at=None, next_try_at__lte=now)

    def stuck(self) -> "OutboxQuerySet":
        """Return what was given up, and what failed so often that it waits behind all else."""
        return self.filter(STUCK)


class Outbox(models.Model):
    """Something the world is to be told after the commit, at least once, under one identity."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    identity = models.CharField(max_length=160, unique=True)
    channel = models.CharField(max_length=20)
    to = models.TextField()
    # the person of `to`, where it is one
    addressee = models.UUIDField(null=True)
    template = models.CharField(max_length=60)
    context = models.JSONField(default=dict)
    next_try_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    problem = models.CharField(max_length=120, blank=True)
    sent_at = models.DateTimeField(null=True)
    dead_at = models.DateTimeField(null=True)

    objects = OutboxQuerySet.as_manager()

    class Meta:
        indexes = [
            # in this order they go
            models.Index(
                fields=["tries", "next_try_at"],
                condition=models.Q(sent_at=None, dead_at=None),
                name="ledger_outbox_next",
            ),
            models.Index(
                fields=["channel", "addressee", "problem"],
                condition=STUCK,
                name="ledger_outbox_stuck",
            ),
        ]

    class Privacy:
        personal = {"to", "addressee", "context"}
        plain = {
            "id", "identity", "channel", "template", "next_try_at", "tries", "problem", "sent_at",
            "dead_at",
        }  # fmt: skip

    def __str__(self) -> str:
        return self.identity
