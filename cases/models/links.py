"""How concerns and cases stand to each other, as somebody said who may open both."""

import uuid
from collections.abc import Collection

from django.db import models
from django.db.models import F, Q

from cases.lifecycle.links import LinkKind
from cases.models.cases import Case
from cases.models.concerns import Concern
from people.models import Person


class LinkQuerySet(models.QuerySet["Link"]):
    """Reads of links."""

    def standing(self) -> "LinkQuerySet":
        """Return those that nobody took back."""
        return self.filter(taken_back_at=None)

    def of(self, *, case: Case | None, concerns: Collection[Concern | uuid.UUID]) -> "LinkQuerySet":
        """Return the links at either end of which a case, if there is one, or a concern stands."""
        either = Q(concern__in=concerns) | Q(other_concern__in=concerns)
        if case is not None:
            either |= Q(case=case) | Q(other_case=case)
        return self.filter(either)


class Link(models.Model):
    """That a concern or case is related to another one, its duplicate, or not related after all.

    Whoever sees both ends sees it, and nobody else. Why is sealed to the first end, by a name that
    no search opens.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    kind = models.CharField(max_length=12, choices=LinkKind)
    concern = models.ForeignKey(Concern, on_delete=models.CASCADE, null=True, related_name="links")
    case = models.ForeignKey(Case, on_delete=models.CASCADE, null=True, related_name="links")
    other_concern = models.ForeignKey(
        Concern, on_delete=models.CASCADE, null=True, related_name="links_to"
    )
    other_case = models.ForeignKey(
        Case, on_delete=models.CASCADE, null=True, related_name="links_to"
    )
    # nobody: its reporter told of a sign of retaliation, and the system said so
    by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    taken_back_at = models.DateTimeField(null=True)
    taken_back_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")

    objects = LinkQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=(Q(concern=None) ^ Q(case=None))
                & (Q(other_concern=None) ^ Q(other_case=None)),
                name="cases_link_between_two_things",
            ),
            models.CheckConstraint(
                condition=~(
                    Q(concern__isnull=False, other_concern=F("concern"))
                    | Q(case__isnull=False, other_case=F("case"))
                ),
                name="cases_link_to_another",
            ),
            models.CheckConstraint(
                condition=Q(by__isnull=False) | Q(kind=LinkKind.RETALIATION, concern__isnull=False),
                name="cases_link_said_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(taken_back_at=None, taken_back_by=None)
                | Q(taken_back_at__isnull=False, taken_back_by__isnull=False),
                name="cases_link_taken_back_by_somebody",
            ),
            models.UniqueConstraint(
                fields=["kind", "concern", "case", "other_concern", "other_case"],
                condition=Q(taken_back_at=None),
                nulls_distinct=False,
                name="cases_link_once",
            ),
        ]

    class Privacy:
        personal = {"by", "taken_back_by"}
        plain = {
            "id", "kind", "concern", "case", "other_concern", "other_case", "at", "taken_back_at",
        }  # fmt: skip

    def __str__(self) -> str:
        return f"{self.pk} {self.kind}"

    @property
    def ends(self) -> tuple[uuid.UUID, uuid.UUID]:
        """Return the ids of both ends, as it was said: the first is that of the other."""
        one, other = self.concern_id or self.case_id, self.other_concern_id or self.other_case_id
        if one is None or other is None:
            raise AssertionError
        return one, other

    @property
    def subject(self) -> str:
        """Return by which name the ledger knows it."""
        return f"link:{self.pk}"
