"""What follows from what was found, signed beside how it lies among earlier outcomes."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, OuterRef, Q

from cases.lifecycle.outcomes import ForOrganisation, ForSubject, Lies
from cases.models.cases import Case
from cases.models.categories import WITH_ITS_CASE, Category, signed
from cases.models.work import Found
from people.models import Person


class OutcomeQuerySet(models.QuerySet["Outcome"]):
    """Reads of outcomes."""

    def counting(self) -> "OutcomeQuerySet":
        """Return of each allegation what follows from its latest finding, as it was signed last."""
        later = Found.objects.filter(
            allegation=OuterRef("found__allegation"), n__gt=OuterRef("found__n")
        )
        again = Outcome.objects.filter(found=OuterRef("found"), n__gt=OuterRef("n"))
        return self.exclude(Exists(later)).exclude(Exists(again))


class Outcome(models.Model):
    """What follows from a finding, for whom it is about and for the organisation; signed.

    Why is sealed to the case (`because`), and where it departs from what is usual, why it does
    (`departs`). How it lay, and among how many, is for whoever signed it. A later one
    stands beside it, and counts.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="outcomes")
    found = models.ForeignKey(Found, on_delete=models.PROTECT, related_name="outcomes")
    n = models.PositiveSmallIntegerField()
    # that of the allegation, by which it is compared
    category = models.ForeignKey(
        Category, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    subject = ArrayField(models.CharField(max_length=20, choices=ForSubject))
    organisation = ArrayField(models.CharField(max_length=20, choices=ForOrganisation))
    lies = models.CharField(max_length=10, choices=Lies)
    # among how many earlier ones, of those that whoever signed may open
    among = models.PositiveSmallIntegerField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = OutcomeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["found", "n"], name="cases_outcome_n"),
            models.CheckConstraint(
                condition=Q(subject__len__gt=0, organisation__len__gt=0),
                name="cases_outcome_says_something",
            ),
        ]
        indexes = [
            models.Index(fields=["case"], name="cases_outcome_case"),
            models.Index(fields=["category", "-at"], name="cases_outcome_category"),
        ]
        triggers = [
            signed(),
            WITH_ITS_CASE,
        ]

    class Privacy:
        personal = {"by"}
        plain = {
            "id", "case", "found", "n", "category", "subject", "organisation", "lies", "among",
            "at",
        }  # fmt: skip

    def __str__(self) -> str:
        return f"{self.found_id} {self.n}"
