"""What the team signs on a case, and what somebody began and has not signed."""

import uuid
from collections.abc import Collection

import pgtrigger
from django.db import models
from django.db.models import F, Q

from cases.lifecycle import Area
from cases.models.cases import Case
from cases.models.categories import WITH_ITS_CASE, signed
from people.models import Person

# a version follows the first one of its own case: by no other way than this one
OF_ITS_OWN = """
    IF NOT EXISTS (
        SELECT 1 FROM cases_note f WHERE f.id = NEW.first_id AND f.first_id IS NULL
        AND f.case_id = NEW.case_id AND f.kind = NEW.kind AND f.author_id = NEW.author_id
    ) THEN
        RAISE EXCEPTION 'a version follows the first of its own note' USING ERRCODE = '23514';
    END IF;
    RETURN NEW;
"""


class NoteQuerySet(models.QuerySet["Note"]):
    """Reads of notes."""

    def first_versions(self) -> "NoteQuerySet":
        """Return each note once, as it was signed at first."""
        return self.filter(first=None)

    def within(self, areas: Collection[str]) -> "NoteQuerySet":
        """Return what somebody may read who sees these areas of a case."""
        return self if Area.LEGAL in areas else self.exclude(kind=Note.Kind.ADVICE)

    def versions_of(self, note: "Note") -> "NoteQuerySet":
        """Return every version of a note, the newest first."""
        first = note.first_id or note.pk
        found = self.filter(Q(pk=first) | Q(first=first)).select_related("author")
        return found.order_by("-version")


class Note(models.Model):
    """A signed note on a case. Never overwritten: what amends it is a version that follows.

    What was written is sealed to the case: `body`; `happened`, a day or a moment in ISO 8601; of a
    quote `speaker` and `to_whom`; of a later version `why`.
    """

    class Kind(models.TextChoices):
        NOTE = "note", "Contemporaneous note"
        QUOTE = "quote", "Quote"
        OBSERVATION = "observation", "Observation"
        ANALYSIS = "analysis", "Analysis"
        DECISION = "decision", "Decision"
        # for the lead and the lawyers of the case alone; its words lie in a safe of their own
        ADVICE = "advice", "Legal advice"

    class SaidBy(models.TextChoices):
        """Who said what is quoted, by their part in the matter and never by name."""

        REPORTER = "reporter", "Reporter"
        AFFECTED = "affected", "Somebody affected"
        SUBJECT = "subject", "Whom it is about"
        WITNESS = "witness", "Witness"
        OTHER = "other", "Somebody else"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="notes")
    author = models.ForeignKey(Person, on_delete=models.PROTECT)
    kind = models.CharField(max_length=12, choices=Kind)
    said_by = models.CharField(max_length=10, choices=SaidBy, blank=True)
    at = models.DateTimeField()
    # what a later version amends; the first one has none
    first = models.ForeignKey("self", on_delete=models.CASCADE, null=True, related_name="versions")
    version = models.PositiveSmallIntegerField(default=1)

    objects = NoteQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(version=1, first=None) | Q(version__gt=1, first__isnull=False),
                name="cases_note_first_or_later",
            ),
            models.CheckConstraint(condition=~Q(first=F("id")), name="cases_note_amends_another"),
            models.UniqueConstraint(fields=["first", "version"], name="cases_note_version"),
            models.CheckConstraint(
                condition=Q(kind="quote") | Q(said_by=""), name="cases_note_quotes_somebody"
            ),
        ]
        indexes = [models.Index(fields=["case", "-at"], name="cases_note_case")]
        triggers = [
            signed(),
            pgtrigger.Trigger(
                name="of_its_own",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                condition=pgtrigger.Q(new__first__isnull=False),
                func=OF_ITS_OWN,
            ),
            WITH_ITS_CASE,
        ]

    class Privacy:
        personal = {"author"}
        plain = {"id", "case", "kind", "said_by", "at", "first", "version"}

    def __str__(self) -> str:
        return f"{self.case_id} {self.kind} {self.version}"


class EntryDraft(models.Model):
    """What somebody began to write on a case and has not signed: theirs alone.

    Its words lie sealed to the case as `draft`, which no search opens: whoever leaves the team
    loses them, and they are erased with the case.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="entry_drafts")
    author = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "author"], name="cases_entrydraft_one")
        ]

    class Privacy:
        personal = {"author"}
        plain = {"id", "case", "saved_at"}

    def __str__(self) -> str:
        return f"{self.case_id}"
