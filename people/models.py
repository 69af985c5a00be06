"""Units, persons, and the programs that act for the organisation."""

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.db import models

from ledger.rules import Actor
from people.rules import OFFICE, TRUSTED, Role, Scope


class Unit(models.Model):
    """A part of the organisation."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    code = models.SlugField(unique=True)
    name = models.CharField(max_length=120)

    class Privacy:
        plain = {"id", "code", "name"}

    def __str__(self) -> str:
        return self.name


class PersonQuerySet(models.QuerySet["Person"]):
    """Reads of persons."""

    def active(self) -> "PersonQuerySet":
        """Return those who still work here."""
        return self.filter(is_active=True)

    def holding(self, *roles: Role) -> "PersonQuerySet":
        """Return active persons who hold any of these roles, in a stable order."""
        return self.active().filter(roles__overlap=list(roles)).order_by("name", "id")

    def on_duty(self) -> "PersonQuerySet":
        """Return the duty triage set: the officers to whom new concerns are sealed."""
        return self.holding(Role.OFFICER).filter(is_on_duty=True)

    def trusted(self) -> "PersonQuerySet":
        """Return everyone whose role could bring them near a case."""
        return self.holding(*TRUSTED)

    def below(self, persons: Iterable["Person"]) -> "PersonQuerySet":
        """Return everyone who reports to these persons, directly or through others."""
        found: set[uuid.UUID] = set()
        level = [person.pk for person in persons]
        while level:
            level = list(
                self.model.objects.filter(manager__in=level)
                .exclude(pk__in=found)
                .values_list("pk", flat=True)
            )
            found.update(level)
        return self.filter(pk__in=found)


PersonManager = BaseUserManager.from_queryset(PersonQuerySet)


class Person(AbstractBaseUser, PermissionsMixin):
    """Somebody who works here. `is_superuser` gives nothing: our gates never ask for it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    username = models.CharField(max_length=60, unique=True)
    name = models.CharField(max_length=120)
    email = models.EmailField(blank=True)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True)
    manager = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, related_name="reports"
    )
    roles = ArrayField(models.CharField(max_length=20, choices=Role), default=list, blank=True)
    is_on_duty = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)

    objects = PersonManager()
    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(is_on_duty=False) | models.Q(roles__contains=[Role.OFFICER]),
                name="people_person_duty_needs_an_officer",
            )
        ]

    class Privacy:
        personal = {
            "username", "name", "email", "unit", "manager", "roles", "is_on_duty", "last_login",
        }  # fmt: skip
        sealed = {"password"}
        plain = {"id", "is_active", "is_superuser", "groups", "user_permissions"}

    def __str__(self) -> str:
        return self.name

    @property
    def actor(self) -> Actor:
        """Return how the ledger names this person."""
        return Actor.person(self.pk)

    def holds(self, *roles: Role) -> bool:
        """Return whether this person holds any of these roles."""
        return self.is_active and not set(roles).isdisjoint(self.roles)

    @property
    def is_office(self) -> bool:
        """Return whether this person works on concerns and cases."""
        return self.holds(*OFFICE)

    @property
    def initials(self) -> str:
        """Return the first letters of the first and last part of the name."""
        parts = self.name.split()
        return "".join(part[0] for part in (parts[:1] + parts[1:][-1:])).upper()


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
        )


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
