"""Pause a clock of a concern or a case, and let it run again: for those who work on it."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction

from cases import access
from cases.duties import why_triage_runs_on
from cases.models import Case, Concern, Task
from common.errors import RuleError
from escalation import actions as escalation
from escalation.models import Clock, Pause
from escalation.rules.pauses import Reason
from people.models import Person
from policies.models import Kind as Promised


@transaction.atomic
def pause_clock(
    of: Concern | Case,
    clock: UUID,
    *,
    reason: Reason,
    until: datetime,
    by: Person,
    now: datetime,
) -> Pause:
    """Pause a clock until a moment at which it runs again by itself."""
    found = _held(of, clock, by=by)
    if isinstance(of, Concern) and found.kind == Promised.TRIAGE:
        why = why_triage_runs_on(Concern.objects.get(pk=of.pk), by)
        if why:
            msg = f"{why} Nothing was changed."
            raise RuleError(msg)
    return escalation.pause_clock(found.pk, reason=reason, until=until, by=by, now=now)


@transaction.atomic
def resume_clock(of: Concern | Case, clock: UUID, *, by: Person, now: datetime) -> Clock:
    """Let a clock run again before the end of its pause."""
    found = _held(of, clock, by=by)
    return escalation.resume_clock(found.pk, by=by, now=now)


def _held(of: Concern | Case, clock: UUID, *, by: Person) -> Clock:
    """Hold the case, then its concerns, as everywhere; return the clock, if it runs on one."""
    if isinstance(of, Case):
        access.require_member(by, of)
        Case.objects.select_for_update(of=("self",)).get(pk=of.pk)
        concerns = Concern.objects.held_of(of)
        held = [of.pk, *(one.pk for one in concerns), *_tasks(of, concerns)]
    else:
        access.require_visible(by, of)
        access.require_can_answer(by, of)
        if of.case_id is not None:
            Case.objects.select_for_update(of=("self",)).get(pk=of.case_id)
        held = [Concern.objects.locked(of.pk).pk, *_tasks(None, [of])]
    return access.get_clock(held, clock)


def _tasks(case: Case | None, concerns: Iterable[Concern]) -> Iterable[UUID]:
    return Task.objects.open().of(case, concerns).values_list("pk", flat=True)
