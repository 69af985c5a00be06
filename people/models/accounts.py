"""Sessions, invitations, and what two people decide about an account."""

import uuid
from datetime import datetime
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.sessions.base_session import AbstractBaseSession, BaseSessionManager
from django.db import models

from people.models.persons import Person
from people.rules import Role


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


class AccountChangeQuerySet(models.QuerySet["AccountChange"]):
    """Reads of what was asked about accounts."""

    def waiting(self) -> "AccountChangeQuerySet":
        """Return what waits for a second person, the oldest first."""
        return (
            self.filter(decided_at=None)
            .select_related("person__manager", "manager", "asked_by")
            .order_by("asked_at", "pk")
        )

    def told_since(self, moment: datetime | None) -> "AccountChangeQuerySet":
        """Return who removed second factors or lifted a lock since a moment, the latest first."""
        kinds = [AccountChange.Kind.FACTORS, AccountChange.Kind.LOCK]
        done = self.filter(kind__in=kinds, is_approved=True)
        done = done if moment is None else done.filter(decided_at__gt=moment)
        return done.select_related("asked_by", "decided_by").order_by("-decided_at")


class AccountChange(models.Model):
    """What one asked for about another's account, and somebody else has to approve.

    Roles first; leaving, the line, second factors and the lifting of a lock take two as well.
    """

    class Kind(models.TextChoices):
        ROLES = "roles", "A change of these roles"
        LEAVING = "leaving", "Leaving"
        FACTORS = "factors", "Removing the second factors"
        LOCK = "lock", "A lock"
        LINE = "line", "A change of their line"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="account_changes")
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.ROLES)
    roles = ArrayField(models.CharField(max_length=20, choices=Role), default=list)
    # of a line: to whom they shall report, or nobody
    manager = models.ForeignKey(Person, on_delete=models.CASCADE, null=True, related_name="+")
    # nobody, where the operator did it on the machine; the same of whoever decided
    asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    is_approved = models.BooleanField(default=False)

    objects = AccountChangeQuerySet.as_manager()

    class Meta:
        # its name of before, so that an upgrade needs no stop
        db_table = "people_rolechange"
        constraints = [
            models.UniqueConstraint(
                fields=["person", "kind"],
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
            models.CheckConstraint(
                condition=models.Q(asked_by__isnull=False)
                | models.Q(kind="factors", decided_by=None, decided_at__isnull=False),
                name="people_rolechange_operator",
            ),
        ]

    class Privacy:
        personal = {"person", "roles", "manager", "asked_by", "decided_by"}
        plain = {"id", "kind", "asked_at", "decided_at", "is_approved"}

    def __str__(self) -> str:
        return ", ".join(self.role_labels)

    @property
    def role_labels(self) -> list[str]:
        """Return the roles in words."""
        return [Role(role).label for role in self.roles]
