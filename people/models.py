"""Units, persons, and the programs that act for the organisation."""

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.contrib.sessions.base_session import AbstractBaseSession, BaseSessionManager
from django.db import models

from ledger.rules import Actor
from people.rules import OFFICE, SECOND_FACTOR, TRUSTED, Role, Scope


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
    def role_labels(self) -> list[str]:
        """Return the roles in words."""
        return [Role(role).label for role in self.roles]

    @property
    def needs_second_factor(self) -> bool:
        """Return whether nothing opens for this person without a second factor."""
        return self.holds(*SECOND_FACTOR)

    @property
    def initials(self) -> str:
        """Return the first letters of the first and last part of the name."""
        parts = self.name.split()
        return "".join(part[0] for part in (parts[:1] + parts[1:][-1:])).upper()


class SessionManager(BaseSessionManager["Session"]):
    """Reads of sessions."""

    def open_of(self, person: Person, now: datetime) -> models.QuerySet["Session"]:
        """Return the sessions in which somebody is signed in, the latest used first."""
        return self.filter(person=person, expire_date__gt=now).order_by("-seen_at", "pk")


class Session(AbstractBaseSession):
    """A browser's session; its key here is a digest, so that a stolen database opens none.

    Of where it is there is the browser's kind alone: no address, nothing that follows anybody.
    """

    person = models.ForeignKey(Person, on_delete=models.CASCADE, null=True, related_name="sessions")
    device = models.CharField(max_length=60, blank=True)
    begun_at = models.DateTimeField()
    seen_at = models.DateTimeField()

    # Django declares it for the class alone
    objects: ClassVar[SessionManager] = SessionManager()

    class Privacy:
        personal = {"person", "device", "begun_at", "seen_at"}
        sealed = {"session_key"}
        plain = {"session_data", "expire_date"}

    def __str__(self) -> str:
        return self.device


class Invitation(models.Model):
    """A link by which somebody new chooses a password, once; the link is derived, not stored."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="invitations")
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Privacy:
        personal = {"person"}
        plain = {"id", "expires_at", "used_at"}

    def __str__(self) -> str:
        return str(self.expires_at)


class RoleChange(models.Model):
    """A change of roles that one asked for and another has to approve."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="role_changes")
    roles = ArrayField(models.CharField(max_length=20, choices=Role), default=list)
    asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    is_approved = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                condition=models.Q(decided_at=None),
                name="people_rolechange_one_waits",
            ),
            models.CheckConstraint(
                condition=models.Q(decided_by=None)
                | ~models.Q(is_approved=True)
                | (
                    ~models.Q(decided_by=models.F("asked_by"))
                    & ~models.Q(decided_by=models.F("person"))
                ),
                name="people_rolechange_two_persons",
            ),
        ]

    class Privacy:
        personal = {"person", "roles", "asked_by", "decided_by"}
        plain = {"id", "asked_at", "decided_at", "is_approved"}

    def __str__(self) -> str:
        return ", ".join(self.role_labels)

    @property
    def role_labels(self) -> list[str]:
        """Return the roles in words."""
        return [Role(role).label for role in self.roles]


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
