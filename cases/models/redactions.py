"""Redacted copies: what they were made of, for what, and who let them go."""

import uuid

from django.db import models
from django.db.models import F, Q

from cases.lifecycle.purposes import Purpose
from cases.lifecycle.redactions import REVIEWED, Document, RedactionState
from cases.models.cases import Case, Member
from cases.models.categories import ITS_CASE, ITS_CONCERN
from cases.models.concerns import Concern
from cases.models.files import Attachment
from people.models import Person
from safes.models import Safe, only_on_record


class RedactionQuerySet(models.QuerySet["Redaction"]):
    """Reads of redacted copies."""

    def reviewable_by(self, person: Person) -> "RedactionQuerySet":
        """Return what waits for a second person, and somebody may look over: on their cases."""
        own = Member.objects.current().filter(person=person).values("case")
        seen = Q(concern=None) | Q(concern__in=Concern.objects.visible_to(person))
        waiting = self.filter(seen, case__in=own, state=RedactionState.MADE)
        return waiting.exclude(made_by=person)


class Redaction(models.Model):
    """A copy of a document or note from which something was taken out; what it was made of stays.

    The copy lies in `files` under its id. Sealed beside it: of what it was made and for whom, what
    was taken out and why, its SHA-256, what the reviewer said, and how it was handed out.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="redactions")
    n = models.PositiveSmallIntegerField()
    document = models.CharField(max_length=12, choices=Document)
    # the row in which the document stands
    row = models.UUIDField()
    # to whom the copy is sealed: a process that makes it has to know
    safe = models.ForeignKey(Safe, on_delete=models.PROTECT, related_name="+")
    # of what was filed: whoever may not see that sees no copy of it
    concern = models.ForeignKey(Concern, on_delete=models.PROTECT, null=True, related_name="+")
    attachment = models.ForeignKey(
        Attachment, on_delete=models.PROTECT, null=True, related_name="redactions"
    )
    media_type = models.CharField(max_length=80)
    purpose = models.CharField(max_length=10, choices=Purpose)
    state = models.CharField(max_length=12, choices=RedactionState)
    # why there is no copy: one of files.rules.kinds.Why
    why = models.CharField(max_length=16, blank=True)
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    reviewed_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    reviewed_at = models.DateTimeField(null=True)
    handed_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    # on which day, whenever it is recorded
    handed_on = models.DateField(null=True)

    objects = RedactionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "n"], name="cases_redaction_n"),
            models.UniqueConstraint(
                fields=["attachment"],
                condition=Q(state=RedactionState.WAITING),
                name="cases_redaction_one_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(document=Document.FILE, attachment__isnull=False)
                | ~Q(document=Document.FILE) & Q(attachment=None),
                name="cases_redaction_of_one_thing",
            ),
            models.CheckConstraint(
                condition=Q(state=RedactionState.FAILED) & ~Q(why="")
                | ~Q(state=RedactionState.FAILED) & Q(why=""),
                name="cases_redaction_says_why",
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=sorted(REVIEWED),
                    reviewed_by__isnull=False,
                    reviewed_at__isnull=False,
                )
                | ~Q(state__in=sorted(REVIEWED)) & Q(reviewed_by=None, reviewed_at=None),
                name="cases_redaction_reviewed_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(reviewed_by=None) | ~Q(reviewed_by=F("made_by")),
                name="cases_redaction_takes_two",
            ),
            models.CheckConstraint(
                condition=Q(
                    state=RedactionState.HANDED, handed_by__isnull=False, handed_on__isnull=False
                )
                | ~Q(state=RedactionState.HANDED) & Q(handed_by=None, handed_on=None),
                name="cases_redaction_handed_by_somebody",
            ),
        ]
        triggers = [only_on_record(f"{ITS_CASE} OR {ITS_CONCERN}")]

    class Privacy:
        personal = {"made_by", "reviewed_by", "handed_by"}
        plain = {
            "id", "case", "n", "document", "row", "safe", "concern", "attachment", "media_type",
            "purpose", "state", "why", "made_at", "reviewed_at", "handed_on",
        }  # fmt: skip

    def __str__(self) -> str:
        return f"{self.case_id} {self.n}"
