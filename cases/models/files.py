"""Files: what a reporter added to a concern, and what the office added to a case."""

import uuid

from django.db import models
from django.db.models import Q

from cases.lifecycle import FileState
from cases.models.cases import Case
from cases.models.concerns import Concern


class Attachment(models.Model):
    """A file of a concern or a case: the original, and its clean copy, lie in `files`.

    A reporter adds it to a concern, the office to a case. Its name, the original's digest and what
    was taken out of it are sealed to that.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    concern = models.ForeignKey(
        Concern, on_delete=models.CASCADE, null=True, related_name="attachments"
    )
    case = models.ForeignKey(Case, on_delete=models.CASCADE, null=True, related_name="attachments")
    # counted for each concern and each case
    n = models.PositiveIntegerField()
    media_type = models.CharField(max_length=80)
    state = models.CharField(max_length=12, choices=FileState, default=FileState.RECEIVED)
    # why there is no clean copy: one of files.rules.kinds.Why
    why = models.CharField(max_length=16, blank=True)
    is_scanned = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(case=None) ^ Q(concern=None), name="cases_attachment_of_one_thing"
            ),
            models.UniqueConstraint(fields=["concern", "n"], name="cases_attachment_n"),
            models.UniqueConstraint(fields=["case", "n"], name="cases_attachment_n_of_case"),
            models.CheckConstraint(
                condition=Q(state__in=[FileState.QUARANTINED, FileState.REJECTED]) & ~Q(why="")
                | ~Q(state__in=[FileState.QUARANTINED, FileState.REJECTED]) & Q(why=""),
                name="cases_attachment_says_why",
            ),
        ]

    class Privacy:
        plain = {"id", "concern", "case", "n", "media_type", "state", "why", "is_scanned"}

    def __str__(self) -> str:
        return f"{self.case_id or self.concern_id} {self.n}"

    @property
    def about(self) -> Case | Concern:
        """Return what it belongs to."""
        if self.case is not None:
            return self.case
        if self.concern is None:
            raise AssertionError
        return self.concern

    @property
    def subject(self) -> str:
        """Return by which name the ledger knows what it belongs to."""
        return f"case:{self.case_id}" if self.case_id else f"concern:{self.concern_id}"
