"""User keys, safes, grants and what is sealed; and in a cluster of its own, the outer keys."""

import uuid

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now, TruncDate

from common.withheld import WithheldBinary, WithheldBytes
from people.models import Person
from safes import rules


class Mode(models.TextChoices):
    """What opens a person's key."""

    PASSWORD = "password", "Your sign-in password"
    PASSPHRASE = "passphrase", "A vault passphrase of your own"
    MANAGED = "managed", "The server, without a passphrase"


class UserKeyQuerySet(models.QuerySet["UserKey"]):
    """Reads of keys."""

    def newest(self) -> "UserKeyQuerySet":
        """Return the newest key of each person, with its attestation."""
        return self.select_related("attestation").order_by("person", "-epoch").distinct("person")


ON_RECORD = """
    IF NOT EXISTS (SELECT 1 FROM safes_erasure e WHERE NOT e.is_finished AND (NAMED)) THEN
        RAISE EXCEPTION 'it is erased on record, or not at all';
    END IF;
    RETURN OLD;
"""


def only_on_record(named: str) -> pgtrigger.Trigger:
    """Return a trigger that lets a row go only while an erasure stands open that names its safe."""
    return pgtrigger.Trigger(
        name="goes_on_record",
        operation=pgtrigger.Delete,
        when=pgtrigger.Before,
        func=ON_RECORD.replace("NAMED", named),
    )


class UserKey(models.Model):
    """A person's key pair; the secret half under their passphrase and the server's key."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="keys")
    epoch = models.PositiveIntegerField(default=1)
    public = models.BinaryField()
    # the public half of the key with which they vouch for others
    signer = models.BinaryField()
    mode = models.CharField(max_length=10, choices=Mode, default=Mode.PASSWORD)
    wrapped = WithheldBinary()
    salt = WithheldBinary()
    # the secret again, under the recovery code
    recovery = WithheldBytes(null=True)
    # which master key lies around `wrapped` and `recovery`
    key_id = models.SmallIntegerField()
    made_at = models.DateTimeField()

    objects = UserKeyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "epoch"], name="safes_userkey_epoch")
        ]

    class Privacy:
        personal = {"person"}
        sealed = {"wrapped", "recovery"}
        plain = {"id", "epoch", "public", "signer", "mode", "salt", "key_id", "made_at"}

    def __str__(self) -> str:
        return f"{self.person_id} {self.epoch}"

    @property
    def statement(self) -> bytes:
        """Return what is vouched for."""
        return rules.statement(self.person_id, self.epoch, bytes(self.public), bytes(self.signer))

    @property
    def fingerprint(self) -> str:
        """Return what two people compare."""
        return rules.fingerprint(bytes(self.public), bytes(self.signer))


class KeyApproval(models.Model):
    """A colleague's signature under somebody's new key."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    key = models.ForeignKey(UserKey, on_delete=models.CASCADE, related_name="approvals")
    owner = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    by_key = models.ForeignKey(UserKey, on_delete=models.PROTECT, related_name="+")
    signature = models.BinaryField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key", "by"], name="safes_keyapproval_once"),
            models.CheckConstraint(
                condition=~models.Q(by=models.F("owner")), name="safes_keyapproval_not_by_owner"
            ),
        ]

    class Privacy:
        personal = {"owner", "by"}
        plain = {"id", "key", "by_key", "signature", "at"}

    def __str__(self) -> str:
        return f"{self.key_id} {self.by_id}"


class Attestation(models.Model):
    """The house's signature under a key: only then is anything sealed to it."""

    key = models.OneToOneField(UserKey, on_delete=models.CASCADE, primary_key=True)
    signature = models.BinaryField()
    at = models.DateTimeField()

    class Privacy:
        plain = {"key", "signature", "at"}

    def __str__(self) -> str:
        return str(self.key_id)


class EscrowKey(models.Model):
    """The public half of a key whose secret lies outside, in two halves with two people."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    public = models.BinaryField()
    signature = models.BinaryField()
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["ended_at"], nulls_distinct=False, name="safes_escrowkey_one"
            )
        ]

    class Privacy:
        plain = {"id", "public", "signature", "made_at", "ended_at"}

    def __str__(self) -> str:
        return str(self.id)


class Safe(models.Model):
    """The unit of sealing: whoever has the public half can add, only grant holders can read."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    kind = models.CharField(max_length=20)
    epoch = models.PositiveIntegerField(default=1)
    public = models.BinaryField()
    # the server's code under the four before it
    proof = models.BinaryField()

    class Meta:
        triggers = [only_on_record("OLD.id = ANY (e.safes)")]

    class Privacy:
        plain = {"id", "kind", "epoch", "public", "proof"}

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

    @property
    def binding(self) -> bytes:
        """Return what this grant has to be bound to."""
        behind = self.person_id or self.holder_safe_id
        return rules.grant_binding(self.safe_id, self.epoch, bytes(self.holder), self.state, behind)


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
    # the keystore's own day: by it a key that a roll-back left over is told from one just made
    made_on = models.DateField(db_default=TruncDate(Now()))

    class Privacy:
        sealed = {"wrapped"}
        plain = {"safe", "key_id", "made_on"}

    def __str__(self) -> str:
        return str(self.safe)


class Erasure(models.Model):
    """What is erased for good. It stands in both clusters: whichever is restored, one knows.

    In the main cluster it is written before anything is destroyed, and finished when all is gone;
    in the keystore it is written with the destruction of the keys, in one transaction.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    on = models.DateField()
    ground = models.CharField(max_length=20)
    # as the ledger names them: `case:…`, `concern:…`
    subjects = ArrayField(models.CharField(max_length=60))
    safes = ArrayField(models.UUIDField())
    # whether a wall stood before somebody: then nobody is shown what the ledger says of it
    is_walled = models.BooleanField(default=False)
    # done again after a restore: what stood in its way in the old rows counts no more
    is_replayed = models.BooleanField(default=False)
    is_finished = models.BooleanField(default=False)
    # whether the coded facts in the ledger are gone as well, which wait for their readers
    is_forgotten = models.BooleanField(default=False)

    class Meta:
        indexes = [
            models.Index(
                fields=["on"],
                condition=models.Q(is_finished=False),
                name="safes_erasure_unfinished",
            ),
            models.Index(
                fields=["on"],
                condition=models.Q(is_forgotten=False),
                name="safes_erasure_unforgotten",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="stands", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="says_the_same", fields=["on", "ground", "subjects", "safes", "is_walled"]
            ),
        ]

    class Privacy:
        personal = {"subjects"}
        plain = {
            "id", "on", "ground", "safes", "is_walled", "is_replayed", "is_finished",
            "is_forgotten",
        }  # fmt: skip

    def __str__(self) -> str:
        return f"{self.on} {self.ground}"
