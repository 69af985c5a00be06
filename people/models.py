"""Units, persons, and the programs that act for the organisation."""

import uuid
from collections.abc import Iterable
from datetime import date, datetime
from functools import cached_property
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.contrib.sessions.base_session import AbstractBaseSession, BaseSessionManager
from django.db import connection, models
from django.db.models import F, Q

from common.withheld import WithheldChar
from ledger.rules import Actor
from people import rules
from people.rules import OFFICE, SECOND_FACTOR, TRUSTED, Conflicts, Role, Scope

# of a name that is looked for
SHORTEST_PART = 2
NAMED_AT_MOST = 20


class Unit(models.Model):
    """A part of the organisation."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    code = models.SlugField(unique=True)
    name = models.CharField(max_length=120)

    class Privacy:
        plain = {"id", "code", "name"}

    def __str__(self) -> str:
        return self.name


# Whose walls stand before each viewer, and the last day on which the cause held. A viewer stands
# for themselves and for whoever made them a delegate, directly or through others; behind the walls
# of each of these stand their managers, and those with whom they declared a tie. A chain holds as
# long as all its links held at once.
CONFLICTS = """
WITH RECURSIVE stands (viewer, person, since, until) AS (
    SELECT v, v, %(first)s::date, %(last)s::date FROM unnest(%(viewers)s::uuid[]) v
    UNION
    SELECT s.viewer, d.person_id, greatest(s.since, d.since),
        least(s.until, coalesce(d.until, %(last)s))
    FROM stands s JOIN people_delegation d
        ON d.delegate_id = s.person AND d.accepted_on IS NOT NULL
    WHERE greatest(s.since, d.since) <= least(s.until, coalesce(d.until, %(last)s))
), lines (viewer, person, since, until) AS (
    SELECT viewer, person, since, until FROM stands
    UNION
    SELECT l.viewer, up.manager_id, greatest(l.since, up.since), least(l.until, up.until)
    FROM lines l CROSS JOIN LATERAL (
        SELECT r.manager_id, r.since, coalesce(r.until, %(last)s::date) AS until
        FROM people_reportingline r WHERE r.person_id = l.person
        UNION ALL
        SELECT p.manager_id, %(first)s::date, %(last)s::date
        FROM people_person p WHERE p.id = l.person AND p.manager_id IS NOT NULL
        AND NOT EXISTS (
            SELECT 1 FROM people_reportingline r WHERE r.person_id = p.id
            AND r.manager_id = p.manager_id AND r.until IS NULL
        )
    ) up WHERE greatest(l.since, up.since) <= least(l.until, up.until)
)
SELECT viewer, person, max(until), bool_or(is_own) FROM (
    SELECT viewer, person, until, false AS is_own FROM lines
    UNION ALL
    SELECT s.viewer, t.about_id, least(s.until, coalesce(t.until, %(last)s::date)), false
    FROM stands s JOIN people_tie t ON t.person_id = s.person
    UNION ALL
    SELECT viewer, person, until, true FROM stands
) found GROUP BY viewer, person
"""


class PersonQuerySet(models.QuerySet["Person"]):
    """Reads of persons."""

    def active(self) -> "PersonQuerySet":
        """Return those who still work here."""
        return self.filter(is_active=True)

    def named(self, asked: str) -> "PersonQuerySet":
        """Return the first of those who bear a name, or a part of it; of one letter, nobody."""
        if len(asked) < SHORTEST_PART:
            return self.none()
        found = self
        for word in asked.split():
            found = found.filter(name__icontains=word)
        return found.select_related("unit").order_by("name", "pk")[:NAMED_AT_MOST]

    def names(self) -> dict[uuid.UUID, str]:
        """Return the name of each, without the rest."""
        return dict(self.values_list("pk", "name"))

    def holding(self, *roles: Role) -> "PersonQuerySet":
        """Return active persons who hold any of these roles, in a stable order."""
        return self.active().filter(roles__overlap=list(roles)).order_by("name", "id")

    def standing_in(self, role: Role, day: date) -> "PersonQuerySet":
        """Return who stands in on a day, as agreed, for an active person who holds a role.

        Nobody with a role that must not meet it: agreeing with somebody gives what two refused.
        """
        running = Delegation.objects.filter(
            accepted_on__isnull=False, since__lte=day, person__is_active=True
        )
        named = running.filter(Q(until=None) | Q(until__gte=day), person__roles__contains=[role])
        apart = [str(other) for other in Role if rules.clash([role, other])]
        return self.active().exclude(roles__overlap=apart).filter(pk__in=named.values("delegate"))

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

    def conflicts(self, viewers: Iterable[uuid.UUID]) -> dict[uuid.UUID, Conflicts]:
        """Return, for each viewer, whose walls stand before them: one query for all."""
        wanted = list(set(viewers))
        found: dict[uuid.UUID, dict[bytes, date]] = {viewer: {} for viewer in wanted}
        terms: dict[str, Any] = {"viewers": wanted, "first": date.min, "last": rules.FOR_EVER}
        with connection.cursor() as cursor:
            cursor.execute(CONFLICTS, terms)
            for viewer, person, until, is_own in cursor.fetchall():
                found[viewer][rules.blind_index(person)] = until
                if is_own:
                    found[viewer][rules.blind_recusal(person)] = until
        return {viewer: Conflicts(until) for viewer, until in found.items()}


PersonManager = BaseUserManager.from_queryset(PersonQuerySet)


class Person(AbstractBaseUser, PermissionsMixin):
    """Somebody who works here. `is_superuser` gives nothing: our gates never ask for it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    username = models.CharField(max_length=60, unique=True)
    # as Django's, and read by nobody who does not sign people in
    password = WithheldChar(max_length=128)
    name = models.CharField(max_length=120)
    email = models.EmailField(blank=True)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True)
    manager = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, related_name="reports"
    )
    roles = ArrayField(models.CharField(max_length=20, choices=Role), default=list, blank=True)
    is_on_duty = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    # kept out for now, since somebody else may have the account; `is_active` ends with leaving
    is_locked = models.BooleanField(default=False)
    # after a reset: until when a new second factor may be added
    enrol_by = models.DateTimeField(null=True)
    # since when they have been a custodian without a break; filing seals to these from then on
    custodian_since = models.DateField(null=True)

    objects = PersonManager()
    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(is_on_duty=False) | models.Q(roles__contains=[Role.OFFICER]),
                name="people_person_duty_needs_an_officer",
            ),
            *(
                models.CheckConstraint(
                    condition=~Q(roles__contains=[one]) | ~Q(roles__overlap=sorted(others)),
                    name=f"people_person_{one}_apart",
                )
                for one, others in rules.APART.items()
            ),
        ]

    class Privacy:
        personal = {
            "username", "name", "email", "unit", "manager", "roles", "is_on_duty", "is_locked",
            "enrol_by", "custodian_since", "last_login",
        }  # fmt: skip
        sealed = {"password"}
        plain = {"id", "is_active", "is_superuser", "groups", "user_permissions"}

    def __str__(self) -> str:
        return self.name

    @property
    def actor(self) -> Actor:
        """Return how the ledger names this person."""
        return Actor.person(self.pk)

    @cached_property
    def conflicts(self) -> Conflicts:
        """Return whose walls stand before this person; `act_as` reads it anew for each request."""
        return Person.objects.conflicts([self.pk])[self.pk]

    def holds(self, *roles: Role) -> bool:
        """Return whether this person holds any of these roles."""
        return self.is_active and not set(roles).isdisjoint(self.roles)

    def acts_as(self, role: Role, day: date) -> bool:
        """Return whether this person holds a role, or stands in on a day for somebody who does."""
        return self.holds(role) or Person.objects.standing_in(role, day).filter(pk=self.pk).exists()

    @property
    def may_sign_in(self) -> bool:
        """Return whether this person is here and not locked out."""
        return self.is_active and not self.is_locked

    def is_late(self, now: datetime) -> bool:
        """Return whether a reset left time for a new second factor, and it went by without one."""
        return self.needs_second_factor and self.enrol_by is not None and self.enrol_by <= now

    def may_enter(self, now: datetime) -> bool:
        """Return whether this person may begin a session now."""
        return self.may_sign_in and not self.is_late(now)

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


class RoleChangeQuerySet(models.QuerySet["RoleChange"]):
    """Reads of what was asked about accounts."""

    def waiting(self) -> "RoleChangeQuerySet":
        """Return what waits for a second person, the oldest first."""
        return (
            self.filter(decided_at=None)
            .select_related("person", "asked_by")
            .order_by("asked_at", "pk")
        )

    def told_since(self, moment: datetime | None) -> "RoleChangeQuerySet":
        """Return who removed second factors or lifted a lock since a moment, the latest first."""
        kinds = [RoleChange.Kind.FACTORS, RoleChange.Kind.LOCK]
        done = self.filter(kind__in=kinds, is_approved=True)
        done = done if moment is None else done.filter(decided_at__gt=moment)
        return done.select_related("asked_by", "decided_by").order_by("-decided_at")


class RoleChange(models.Model):
    """What one asked for about another's account, and somebody else has to approve.

    Roles first; leaving, second factors and the lifting of a lock take two persons as well.
    """

    class Kind(models.TextChoices):
        ROLES = "roles", "A change of these roles"
        LEAVING = "leaving", "Leaving"
        FACTORS = "factors", "Removing the second factors"
        LOCK = "lock", "A lock"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="role_changes")
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.ROLES)
    roles = ArrayField(models.CharField(max_length=20, choices=Role), default=list)
    # nobody, where the operator did it on the machine; the same of whoever decided
    asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    is_approved = models.BooleanField(default=False)

    objects = RoleChangeQuerySet.as_manager()

    class Meta:
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
        personal = {"person", "roles", "asked_by", "decided_by"}
        plain = {"id", "kind", "asked_at", "decided_at", "is_approved"}

    def __str__(self) -> str:
        return ", ".join(self.role_labels)

    @property
    def role_labels(self) -> list[str]:
        """Return the roles in words."""
        return [Role(role).label for role in self.roles]


class ReportingLine(models.Model):
    """To whom somebody reports or reported, by days: a wall counts the line at filing too."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="lines")
    manager = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    since = models.DateField()
    until = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(until=None), name="people_reportingline_one_open"
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")),
                name="people_reportingline_ends_after_it_began",
            ),
        ]

    class Privacy:
        personal = {"person", "manager", "since", "until"}
        plain = {"id"}

    def __str__(self) -> str:
        return f"{self.person_id}"


class Tie(models.Model):
    """That somebody is too close to another to come near what is about them. No reason is kept."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="ties")
    about = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    since = models.DateField()
    until = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "about"], condition=Q(until=None), name="people_tie_once"
            ),
            models.CheckConstraint(
                condition=~Q(person=F("about")), name="people_tie_is_with_another"
            ),
        ]

    class Privacy:
        personal = {"person", "about", "since", "until"}
        plain = {"id"}

    def __str__(self) -> str:
        return f"{self.person_id}"


class DelegationQuerySet(models.QuerySet["Delegation"]):
    """Reads of delegations."""

    def running(self, day: date) -> "DelegationQuerySet":
        """Return what has not ended before a day, with both names, the earliest first."""
        running = self.filter(Q(until=None) | Q(until__gte=day))
        return running.select_related("person", "delegate").order_by("since", "delegate__name")


class Delegation(models.Model):
    """That somebody acts for another, from a day, until a day or until it is ended.

    It counts once the delegate has accepted: else whoever is accused could keep the office away
    from themselves by naming all of it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="delegations")
    delegate = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="stands_in")
    since = models.DateField()
    until = models.DateField(null=True)
    accepted_on = models.DateField(null=True)

    objects = DelegationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(person=F("delegate")), name="people_delegation_is_to_another"
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")),
                name="people_delegation_ends_after_it_began",
            ),
        ]

    class Privacy:
        personal = {"person", "delegate", "since", "until", "accepted_on"}
        plain = {"id"}

    def __str__(self) -> str:
        return f"{self.person_id}"


class Recheck(models.Model):
    """That somebody's line, ties or delegates changed: a worker looks at who holds what."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    at = models.DateTimeField()

    class Privacy:
        plain = {"id", "at"}

    def __str__(self) -> str:
        return str(self.at)


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
