"""Who is away, and who acts for them: whoever is reached in their place."""

import uuid
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db import models
from django.db.models import F, Q

from people.models.persons import Person
from people.models.ties import Delegation


class AbsenceQuerySet(models.QuerySet["Absence"]):
    """Reads of absences."""

    def on(self, day: date) -> "AbsenceQuerySet":
        """Return who is away on a day."""
        return self.filter(since__lte=day).filter(Q(until=None) | Q(until__gte=day))

    def from_then_on(self, day: date) -> "AbsenceQuerySet":
        """Return what has not ended before a day, the earliest first."""
        lasting = Q(until=None) | Q(until__gte=day)
        return self.filter(lasting).exclude(until__lt=F("since")).order_by("since")


class Absence(models.Model):
    """That somebody is away, from a day to a last day, or until they say that they are back."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="absences")
    since = models.DateField()
    until = models.DateField(null=True)
    # nobody: they said it themselves
    noted_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")

    objects = AbsenceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                # a day less: whoever came back on the first day was not away at all
                condition=Q(until=None) | Q(until__gte=F("since") - 1),
                name="people_absence_ends_after_it_began",
            ),
        ]
        indexes = [models.Index(fields=["person", "since"], name="people_absence_person")]

    class Privacy:
        personal = {"person", "since", "until", "noted_by"}
        plain = {"id"}

    def __str__(self) -> str:
        return f"{self.person_id}"


@dataclass(frozen=True)
class Cover:
    """That somebody is away on a day, as they are told: by whose word, and who acts for them."""

    absence: Absence
    acting: list[Person]
    # who was asked to and has not agreed
    asked: list[Person]

    @classmethod
    def of(cls, person: Person, day: date) -> "Cover | None":
        """Return it, or nothing where they are here: one query for who is."""
        absence = Absence.objects.on(day).filter(person=person).select_related("noted_by").first()
        if absence is None:
            return None
        line = Attendance.on(day).line(person)
        asked = Delegation.objects.running(day).filter(person=person, accepted_on=None)
        return cls(
            absence,
            # for somebody of the office nobody from outside acts
            [one for one in line if one.is_office or not person.is_office],
            [one.delegate for one in asked],
        )

    @property
    def next(self) -> str:
        """Return who gets what comes for them, in words."""
        names = " and ".join(one.name for one in self.acting)
        if not names:
            return "Nobody stands in for you, so the next in turn gets what comes for you."
        return f"{names} {'gets' if len(self.acting) == 1 else 'get'} what comes for you."


@dataclass(frozen=True)
class Attendance:
    """Who is away on a day, and whoever agreed to act for each of them, the earliest first.

    Whoever left or is locked out is not here either; only the absent and the locked are stood for.
    """

    away: frozenset[uuid.UUID]
    stand_ins: Mapping[uuid.UUID, list[Person]]

    @classmethod
    def on(cls, day: date) -> "Attendance":
        """Return how it is on a day: two queries."""
        away = frozenset(Absence.objects.on(day).values_list("person", flat=True))
        agreed = Delegation.objects.running(day).filter(
            Q(person__in=away) | Q(person__is_locked=True),
            since__lte=day,
            accepted_on__lte=day,
            person__is_active=True,
        )
        stand_ins: dict[uuid.UUID, list[Person]] = {}
        for one in agreed:
            stand_ins.setdefault(one.person_id, []).append(one.delegate)
        return cls(away, stand_ins)

    def is_here(self, person: Person) -> bool:
        """Return whether somebody works here and is neither away nor locked out."""
        return person.may_sign_in and person.pk not in self.away

    def line(self, person: Person) -> list[Person]:
        """Return who is here and could act for somebody, the nearest first; at best themselves.

        A delegate who is away has delegates of their own; a circle ends where it began.
        """
        seen, found, asked = {person.pk}, [], [person]
        while asked:
            one = asked.pop(0)
            if self.is_here(one):
                found.append(one)
                continue
            behind = [next_ for next_ in self.stand_ins.get(one.pk, ()) if next_.pk not in seen]
            seen.update(next_.pk for next_ in behind)
            asked.extend(behind)
        return found

    def stood_for_by(self, person: Person) -> set[uuid.UUID]:
        """Return in whose line somebody stands today: for whom they act, or would be the next to.

        Of two who agreed for the same person both do: what both see is forgotten by neither.
        """
        found: set[uuid.UUID] = set()
        asked = {person.pk} if self.is_here(person) else set()
        while asked:
            asked = {
                absent
                for absent, some in self.stand_ins.items()
                if absent not in found and any(one.pk in asked for one in some)
            }
            found |= asked
        return found - {person.pk}

    def acting(self, person: Person, free: Collection[uuid.UUID]) -> Person | None:
        """Return who of the free acts for somebody today: themselves, or the nearest."""
        return next((one for one in self.line(person) if one.pk in free), None)

    def instead_of(self, persons: Iterable[Person], free: Collection[uuid.UUID]) -> list[Person]:
        """Return each of these, or who of the free acts for them; nobody twice."""
        found = [self.acting(person, free) for person in persons]
        return list(dict.fromkeys(one for one in found if one is not None))
