"""The nearest clock of a concern or case and of what belongs to it: what the lists sort by."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.models import Value
from django.db.models.functions import Least

from cases.models import Case, Concern


def retime_all(concerns: Collection[UUID]) -> None:
    """Write down the nearest clocks of many concerns and of their cases."""
    of = Case.objects.filter(concerns__in=concerns).order_by().values_list("pk", flat=True)
    _retime(concerns, set(of))


def retime(concern: Concern) -> None:
    """Write down the nearest clock of a concern and of its case."""
    due = _retime([concern.pk], [concern.case_id] if concern.case_id else [])
    concern.next_due_at = due[concern.pk]
    if concern.case is not None:
        concern.case.next_due_at = due[concern.case.pk]


def retime_case(case: Case) -> None:
    """Write down the nearest clock of a case, its concerns and their tasks."""
    due = _retime(list(case.concerns.values_list("pk", flat=True)), [case.pk])
    case.next_due_at = due[case.pk]


def sooner(concern: Concern, due: datetime) -> None:
    """Write down that a clock of a concern runs out at `due`: whoever asks may not see the others.

    The reporter's door starts clocks, and sees nothing else of a case.
    """
    nearest = Least("next_due_at", Value(due))
    Concern.objects.filter(pk=concern.pk).update(next_due_at=nearest)
    if concern.case_id is not None:
        Case.objects.filter(pk=concern.case_id).update(next_due_at=nearest)


def _retime(concerns: Collection[UUID], cases: Collection[UUID]) -> dict[UUID, datetime | None]:
    """Write down the nearest clock of concerns, their tasks, cases and theirs; return them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT subject, due FROM ed_retime(%s::uuid[], %s::uuid[])",
            [list(concerns), list(cases)],
        )
        return dict(cursor.fetchall())
