"""Programs that use the API, their tokens, and answers given again."""

import uuid
from datetime import datetime
from functools import cached_property

from django.contrib.postgres.fields import ArrayField
from django.db import models

from ledger.rules import Actor
from people.models.persons import Person
from people.rules import Conflicts, Scope


class ApiClient(models.Model):
    """A program that may use the API."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    name = models.CharField(max_length=120, unique=True)
    owner = models.ForeignKey(Person, on_delete=models.PROTECT)
    scopes = ArrayField(models.CharField(max_length=30, choices=Scope))
    is_active = models.BooleanField(default=True)
    is_authenticated = True

    class Privacy:
        personal = {"owner"}
        plain = {"id", "name", "scopes", "is_active"}

    def __str__(self) -> str:
        return self.name

    @cached_property
    def conflicts(self) -> Conflicts:
        """Return whose walls stand before this program: those before its owner."""
        return Person.objects.conflicts([self.owner_id])[self.owner_id]

    @property
    def actor(self) -> Actor:
        """Return how the ledger names this program."""
        return Actor(f"client:{self.pk}")


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    """Reads of tokens."""

    def valid(self, now: datetime) -> "ApiTokenQuerySet":
        """Return tokens that still open something: of active programs whose owner is still here."""
        return self.filter(
            revoked_at=None,
            expires_at__gt=now,
            client__is_active=True,
            client__owner__is_active=True,
            client__owner__is_locked=False,
        ).exclude(client__owner__enrol_by__lte=now)


class ApiToken(models.Model):
    """A secret of a program; only its hash is kept."""

    prefix = models.CharField(max_length=8, unique=True)
    digest = models.BinaryField(unique=True)
    client = models.ForeignKey(ApiClient, on_delete=models.CASCADE, related_name="tokens")
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    objects = ApiTokenQuerySet.as_manager()

    class Privacy:
        plain = {"id", "prefix", "digest", "client", "expires_at", "revoked_at"}

    def __str__(self) -> str:
        return self.prefix


class Replay(models.Model):
    """The sealed answer to a creation, given again when the same request comes again.

    The key seals the answer, so that only who knows the key can read it.
    """

    key = models.BinaryField(primary_key=True)
    request = models.BinaryField()
    status = models.PositiveSmallIntegerField(null=True)
    answer = models.BinaryField(null=True)
    expires_at = models.DateTimeField(db_index=True)

    class Privacy:
        sealed = {"answer"}
        plain = {"key", "request", "status", "expires_at"}

    def __str__(self) -> str:
        return str(self.expires_at)
