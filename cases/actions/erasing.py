"""Take away concerns and cases for good, inside the act that erases them (retention.actions)."""

import os
from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from cases import parts
from cases.lifecycle import (
    CLOCKS_OF,
    CLOCKS_OF_CASES,
    CLOCKS_OF_ORIGINALS,
    CLOCKS_OF_REQUESTS,
    CLOCKS_OF_TASKS,
)
from cases.models import (
    Agreement,
    Assessment,
    Case,
    Closing,
    Concern,
    Custody,
    Found,
    IdentityRequest,
    Interview,
    Meeting,
    Merge,
    Minutes,
    Note,
    OriginalRequest,
    Outcome,
    PhaseChange,
    Plan,
    Question,
    Redaction,
    Reopening,
    Reply,
    Statement,
    Task,
    TrackChange,
    Triage,
)
from escalation import actions as escalation

# what is signed on a case is kept by the database until the case is erased: by name, the last of a
# chain first
SIGNED = (
    Question,
    Plan,
    Merge,
    Redaction,
    Reply,
    Minutes,
    Interview,
    Statement,
    Outcome,
    Found,
    Custody,
    Closing,
    Reopening,
    Note,
    PhaseChange,
    TrackChange,
    Meeting,
    Agreement,
    Assessment,
    Triage,
)


def hide(concerns: Iterable[Concern]) -> None:
    """Make receipts find nothing from now on, as if they had never been."""
    for concern in concerns:
        concern.locator = os.urandom(32)
        concern.save(update_fields=["locator"])


@transaction.atomic
def erase(*, cases: Collection[UUID], concerns: Collection[UUID]) -> None:
    """Delete cases and concerns with everything that hangs on them, in this package and others."""
    for case in Case.objects.filter(pk__in=cases):
        parts.erase(case)
    for model in SIGNED:
        model.objects.filter(case__in=cases).delete()
    # of what left a case before its copies went along
    of_concerns = Q(concern__in=concerns) | Q(attachment__concern__in=concerns)
    Redaction.objects.filter(of_concerns).delete()
    Triage.objects.filter(concern__in=concerns).delete()
    tasks = Task.objects.filter(Q(case__in=cases) | Q(concern__in=concerns))
    of_files = Q(attachment__case__in=cases) | Q(attachment__concern__in=concerns)
    asked = OriginalRequest.objects.filter(of_files)
    timed = {
        CLOCKS_OF: concerns,
        CLOCKS_OF_CASES: cases,
        CLOCKS_OF_TASKS: _ids(tasks),
        CLOCKS_OF_REQUESTS: _ids(IdentityRequest.objects.filter(concern__in=concerns)),
        CLOCKS_OF_ORIGINALS: _ids(asked),
    }
    for kind, subjects in timed.items():
        escalation.forget(subject_kind=kind, subject_ids=subjects)
    tasks.delete()
    Concern.objects.filter(pk__in=concerns).delete()
    # what was merged into another goes before it
    Case.objects.filter(pk__in=cases, part_of__isnull=False).delete()
    Case.objects.filter(pk__in=cases).delete()


def _ids(rows: QuerySet[Any]) -> list[UUID]:
    return list(rows.values_list("pk", flat=True))
