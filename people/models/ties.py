"""How close people are: lines, ties, and for whom somebody stands in."""

import uuid
from datetime import date

from django.db import models
from django.db.models import F, Q

from people.models.persons import Person


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
    # nobody: whoever is stood for chose them. Whoever else did binds the delegate by their own
    # walls too: nobody places somebody where they must not come themselves.
    named_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")

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
        personal = {"person", "delegate", "since", "until", "accepted_on", "named_by"}
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
