"""The nearest clock of a concern or case and of what belongs to it: what the lists sort by."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Value
from django.db.models.functions import Least

from cases.models import Case, Concern
from escalation.lifecycle import TICKING

# the nearest clock of a concern and its tasks, and of a case, its tasks and its concerns
NEAREST = """
UPDATE cases_concern SET next_due_at = (
    SELECT min(t.due_at) FROM escalation_clock t WHERE t.state = ANY (%(ticking)s)
    AND t.subject_id IN (
        SELECT cases_concern.id
        UNION ALL SELECT k.id FROM cases_task k WHERE k.concern_id = cases_concern.id
    )
) WHERE id = ANY (%(concerns)s)
"""
NEAREST_OF_CASE = """
UPDATE cases_case SET next_due_at = least(
    (
        SELECT min(t.due_at) FROM escalation_clock t WHERE t.state = ANY (%(ticking)s)
        AND t.subject_id IN (
            SELECT cases_case.id
            UNION ALL SELECT k.id FROM cases_task k WHERE k.case_id = cases_case.id
        )
    ),
    (SELECT min(c.next_due_at) FROM cases_concern c WHERE c.case_id = cases_case.id)
) WHERE id = ANY (%(cases)s)
"""


def retime_all(concerns: Collection[UUID]) -> None:
    """Write down the nearest clocks of many concerns and of their cases."""
    of = Case.objects.filter(concerns__in=concerns).order_by().values_list("pk", flat=True)
    _retime(concerns, set(of))


def retime(concern: Concern) -> None:
    """Write down the nearest clock of a concern and of its case."""
    _retime([concern.pk], [concern.case_id] if concern.case_id else [])
    concern.refresh_from_db(fields=["next_due_at"])
    if concern.case is not None:
        concern.case.refresh_from_db(fields=["next_due_at"])


def retime_case(case: Case) -> None:
    """Write down the nearest clock of a case, its concerns and their tasks."""
    _retime(list(case.concerns.values_list("pk", flat=True)), [case.pk])
    case.refresh_from_db(fields=["next_due_at"])


def sooner(concern: Concern, due: datetime) -> None:
    """Write down that a clock of a concern runs out at `due`: whoever asks may not see the others.

    The reporter's door starts clocks, and sees nothing else of a case.
    """
    nearest = Least("next_due_at", Value(due))
    Concern.objects.filter(pk=concern.pk).update(next_due_at=nearest)
    if concern.case_id is not None:
        Case.objects.filter(pk=concern.case_id).update(next_due_at=nearest)


def _retime(concerns: Collection[UUID], cases: Collection[UUID]) -> None:
    facts: dict[str, Any] = {
        "ticking": list(TICKING),
        "concerns": list(concerns),
        "cases": list(cases),
    }
    with connection.cursor() as cursor:
        cursor.execute(NEAREST, facts)
        cursor.execute(NEAREST_OF_CASE, facts)
