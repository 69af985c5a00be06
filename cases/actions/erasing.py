"""Take away concerns and cases for good, inside the act that erases them (retention.actions)."""

import os
from collections.abc import Collection, Iterable
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from cases import parts
from cases.lifecycle import CLOCKS_OF, CLOCKS_OF_TASKS
from cases.models import Case, Concern, Note, Task, Triage
from escalation import actions as escalation


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
    Note.objects.filter(case__in=cases).delete()
    Triage.objects.filter(Q(case__in=cases) | Q(concern__in=concerns)).delete()
    tasks = Task.objects.filter(Q(case__in=cases) | Q(concern__in=concerns))
    ids = list(tasks.values_list("pk", flat=True))
    escalation.forget(subject_kind=CLOCKS_OF_TASKS, subject_ids=ids)
    tasks.delete()
    escalation.forget(subject_kind=CLOCKS_OF, subject_ids=concerns)
    Concern.objects.filter(pk__in=concerns).delete()
    Case.objects.filter(pk__in=cases).delete()
