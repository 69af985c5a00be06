"""User keys, safes, grants and what is sealed; and in a cluster of its own, the outer keys."""

import uuid

from django.db import models

from people.models import Person


class UserKey(models.Model):
    """A person's key pair; the secret half under their passphrase and the server's pepper."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="keys")
    epoch = models.PositiveIntegerField(default=1)
    public = models.BinaryField()
    wrapped = models.BinaryField()
    salt = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "epoch"], name="safes_userkey_epoch")
        ]

    class Privacy:
        personal = {"person"}
        sealed = {"wrapped"}
        plain = {"id", "epoch", "public", "salt"}

    def __str__(self) -> str:
        return f"{self.person_id} {self.epoch}"


class Safe(models.Model):
    """The unit of sealing: whoever has the public half can add, only grant holders can read."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    kind = models.CharField(max_length=20)
    epoch = models.PositiveIntegerField(default=1)
    public = models.BinaryField()

    class Privacy:
        plain = {"id", "kind", "epoch", "public"}

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"


class State(models.TextChoices):
    """Whether a grant opens."""

    ACTIVE = "active", "Active"
    DORMANT = "dormant", "Dormant"


class Grant(models.Model):
    """A safe's secret half, sealed to one holder's public key and wrapped by the outer key.

    The holder is a person, a reporter (by the key that their receipt derives) or another safe.
    """

    # random: a number in order would date an anonymous concern by its neighbours
    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    safe = models.ForeignKey(Safe, on_delete=models.CASCADE, related_name="grants")
    epoch = models.PositiveIntegerField()
    holder = models.BinaryField()
    holder_safe = models.ForeignKey(Safe, on_delete=models.CASCADE, null=True, related_name="opens")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True)
    state = models.CharField(max_length=10, choices=State)
    wrapped = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["safe", "epoch", "holder"], name="safes_grant_holder")
        ]
        indexes = [models.Index(fields=["person", "safe"], name="safes_grant_person")]

    class Privacy:
        personal = {"person"}
        sealed = {"wrapped"}
        plain = {"id", "safe", "epoch", "holder", "holder_safe", "state"}

    def __str__(self) -> str:
        return f"{self.safe_id} {self.state}"


class MissingGrant(models.Model):
    """Somebody who should be able to open a safe and cannot yet: a member's next visit seals it."""

    # random: a number in order would date an anonymous concern by its neighbours
    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    safe = models.ForeignKey(Safe, on_delete=models.CASCADE, related_name="missing")
    person = models.ForeignKey(Person, on_delete=models.CASCADE)
    since = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["safe", "person"], name="safes_missinggrant_once")
        ]

    class Privacy:
        personal = {"person"}
        plain = {"id", "safe", "since"}

    def __str__(self) -> str:
        return f"{self.safe_id} {self.person_id}"


class Sealed(models.Model):
    """One sealed item: the value of one field of one row. Workers cannot read this table."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    safe = models.ForeignKey(Safe, on_delete=models.CASCADE, related_name="items")
    epoch = models.PositiveIntegerField()
    row = models.UUIDField()
    field = models.CharField(max_length=40)
    ciphertext = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["row", "field"], name="safes_sealed_row_field")
        ]

    class Privacy:
        sealed = {"ciphertext"}
        plain = {"id", "safe", "epoch", "row", "field"}

    def __str__(self) -> str:
        return f"{self.field} {self.row}"


class OuterKey(models.Model):
    """The outer key of a safe, under the server's key; destroying it destroys the safe."""

    safe = models.UUIDField(primary_key=True)
    wrapped = models.BinaryField()
    key_id = models.SmallIntegerField()

    class Privacy:
        sealed = {"wrapped"}
        plain = {"safe", "key_id"}

    def __str__(self) -> str:
        return str(self.safe)
