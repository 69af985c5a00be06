"""People and units."""

import uuid
from collections.abc import Collection, Iterable
from datetime import date, datetime
from functools import cached_property
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.db import connection, models
from django.db.models import Func, Q

from common.withheld import WithheldChar
from ledger.rules import Actor
from people import rules
from people.rules import OFFICE, SECOND_FACTOR, TRUSTED, Conflicts, Role

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
# for themselves, for whoever made them a delegate, directly or through others, and for whoever
# named them in another's place; behind the walls of each of these stand their managers, and those
# with whom they declared a tie. A chain holds as long as all its links held at once.
CONFLICTS = """
WITH RECURSIVE stands (viewer, person, since, until) AS (
    SELECT v, v, %(first)s::date, %(last)s::date FROM unnest(%(viewers)s::uuid[]) v
    UNION
    SELECT s.viewer, behind.person, greatest(s.since, d.since),
        least(s.until, coalesce(d.until, %(last)s))
    FROM stands s JOIN people_delegation d
        ON d.delegate_id = s.person AND d.accepted_on IS NOT NULL
    CROSS JOIN LATERAL (VALUES (d.person_id), (d.named_by_id)) behind (person)
    WHERE behind.person IS NOT NULL
        AND greatest(s.since, d.since) <= least(s.until, coalesce(d.until, %(last)s))
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

    def bearing(self, words: Collection[str]) -> "PersonQuerySet":
        """Return those in whose name one of these words stands, in one case, without accents."""
        in_name = Func("name", function="ed_words", output_field=ArrayField(models.TextField()))
        return self.alias(in_name=in_name).filter(in_name__overlap=list(words))

    def names(self) -> dict[uuid.UUID, str]:
        """Return the name of each, without the rest."""
        return dict(self.values_list("pk", "name"))

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

    def above(self, persons: Iterable["Person"]) -> "PersonQuerySet":
        """Return everyone to whom these persons report today, directly or through others."""
        found: set[uuid.UUID] = set()
        level = {person.manager_id for person in persons}
        while up := level - {None}:
            found.update(pk for pk in up if pk is not None)
            above = self.model.objects.filter(pk__in=up).exclude(manager__in=found)
            level = set(above.values_list("manager", flat=True))
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
