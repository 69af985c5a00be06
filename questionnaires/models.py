"""Questionnaires and their versions: a draft changes, what was published never does."""

import hashlib
import json
import uuid
from collections.abc import Iterable

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from common.languages import direction
from people.models import Person
from questionnaires.lifecycle import BY_NAME, State
from questionnaires.rules import Sheet, as_json, from_json

CODE_MAX, KIND_MAX, LANGUAGE_MAX = 50, 12, 12


class Questionnaire(models.Model):
    """What is asked beside the story, known by a code that does not change."""

    code = models.SlugField(unique=True, max_length=CODE_MAX)
    name = models.CharField(max_length=120)
    # nobody is asked it any more; what was answered keeps its version
    retired_at = models.DateTimeField(null=True)
    retired_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")

    class Privacy:
        personal = {"retired_by"}
        plain = {"id", "code", "name", "retired_at"}

    def __str__(self) -> str:
        return self.name

    @property
    def subject(self) -> str:
        """Return how the ledger names it."""
        return f"form:{self.code}"


class FormVersionQuerySet(models.QuerySet["FormVersion"]):
    """Reads of versions."""

    def published(self) -> "FormVersionQuerySet":
        """Return what was published, replaced or not."""
        return self.filter(state=State.PUBLISHED)

    def newest(self) -> "FormVersionQuerySet":
        """Return of each questionnaire that was not retired the version that is asked now."""
        newest = self.published().filter(questionnaire__retired_at=None)
        newest = newest.order_by("questionnaire", "-n").distinct("questionnaire")
        versions = FormVersion.objects.filter(pk__in=newest.values("pk"))
        return versions.select_related("questionnaire")

    def asked_of(self, kind: str, category: str) -> "FormVersionQuerySet":
        """Return what is asked now of a kind and a category, the most particular first."""
        of_all = Q(categories=[])
        found = self.newest().filter(of_all | Q(categories__contains=[category]))
        found = found.filter(kind__in=["", kind]).annotate(is_of_all=of_all)
        return found.order_by("is_of_all", "-kind", "questionnaire__code")

    def by_name(self) -> "FormVersionQuerySet":
        """Return what is asked now only where it is named."""
        return self.newest().filter(kind=BY_NAME)


class FormVersion(models.Model):
    """One version of a questionnaire: a draft, or published for good.

    What it asks stands in one column, since it is read, changed, compared and kept as a whole.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    questionnaire = models.ForeignKey(
        Questionnaire, on_delete=models.PROTECT, related_name="versions"
    )
    n = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    # of whom it is asked: codes of cases; empty is every kind, and all categories
    kind = models.CharField(max_length=KIND_MAX, blank=True)
    categories = ArrayField(models.SlugField(max_length=CODE_MAX), default=list, blank=True)
    language = models.CharField(max_length=LANGUAGE_MAX, default="en")
    # as `rules.as_json` writes them
    sections = models.JSONField(default=list)
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    # everybody who wrote at the draft: none of them publishes it
    hands = ArrayField(models.UUIDField(), default=list)
    published_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField(null=True)

    objects = FormVersionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["questionnaire", "n"], name="questionnaires_formversion_n"
            ),
            models.UniqueConstraint(
                fields=["questionnaire"],
                condition=Q(state=State.DRAFT),
                name="questionnaires_formversion_one_draft",
            ),
            models.CheckConstraint(
                condition=Q(
                    state=State.PUBLISHED, published_by__isnull=False, published_at__isnull=False
                )
                | (
                    ~Q(state=State.PUBLISHED)
                    & Q(published_by__isnull=True, published_at__isnull=True)
                ),
                name="questionnaires_formversion_published_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(published_by__isnull=True) | ~Q(hands__contains=[F("published_by")]),
                name="questionnaires_formversion_two_people",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="kept", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="published",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__state__in=[State.PUBLISHED, State.DISCARDED]),
            ),
        ]

    class Privacy:
        personal = {"made_by", "published_by", "hands"}
        plain = {
            "id", "questionnaire", "n", "state", "kind", "categories", "language", "sections",
            "made_at", "published_at",
        }  # fmt: skip

    def __str__(self) -> str:
        return f"{self.questionnaire} v{self.n}"

    @property
    def sheet(self) -> Sheet:
        """Return what it says."""
        return Sheet(self.kind, tuple(self.categories), self.language, from_json(self.sections))

    def write(self, sheet: Sheet) -> None:
        """Take over what a sheet says, unsaved."""
        self.kind, self.categories = sheet.kind, list(sheet.categories)
        self.language, self.sections = sheet.language, as_json(sheet.sections)

    @property
    def mark(self) -> str:
        """Return a mark of what it says, by which somebody says what they saw."""
        said = [self.kind, self.categories, self.language, self.sections]
        return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:16]

    @property
    def direction(self) -> str:
        """Return the direction in which its language is written."""
        return direction(self.language)

    def is_asked_of(self, kind: str, category: str) -> bool:
        """Return whether it is asked of a kind and a category."""
        of_category = not self.categories or category in self.categories
        return of_category and self.kind in {"", kind}


def meets(one: FormVersion, others: Iterable[FormVersion]) -> FormVersion | None:
    """Return which other version would be asked of the same, as particularly; None if none is.

    Of two that are asked of the same, the one that names a category goes before, then the one
    that names a kind. What is asked only where it is named meets nothing.
    """
    if one.kind == BY_NAME:
        return None
    for other in others:
        same_kind = one.kind == other.kind
        shared = set(one.categories) & set(other.categories)
        if same_kind and (shared or not (one.categories or other.categories)):
            return other
    return None
