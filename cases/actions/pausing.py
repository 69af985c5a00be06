"""Pause a clock of a concern or a case, and let it run again: for those who work on it."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction

from cases import access
from cases.duties import why_triage_runs_on
from cases.lifecycle import CLOCKS_OF_CASES, INVESTIGATED, INVESTIGATION, Deed
from cases.models import Case, Concern, Task
from common.errors import RuleError
from escalation import actions as escalation
from escalation.lifecycle import State
from escalation.models import Clock, Pause
from escalation.rules.pauses import Reason, days_left
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
) -> list[Pause]:
    """Pause a clock until a moment at which it runs again by itself.

    With a whole investigation its phase rests, at least as long as it may; the pause that was asked
    for comes first.
    """
    found = _held(of, clock, by=by)
    if isinstance(of, Concern) and found.kind == Promised.TRIAGE:
        why = why_triage_runs_on(Concern.objects.get(pk=of.pk), by)
        if why:
            msg = f"{why} Nothing was changed."
            raise RuleError(msg)
    pauses = [escalation.pause_clock(found.pk, reason=reason, until=until, by=by, now=now)]
    if found.kind == INVESTIGATION:
        pauses += rest_with_the_whole(found.subject_id, now=now)
    return pauses


def rest_with_the_whole(case_id: UUID, *, now: datetime) -> list[Pause]:
    """Let the phase of an investigation that rests rest with it, for as long as a phase may.

    Part of an act that holds the case. What ran out is late. What rests by itself keeps its pause
    where that ends no sooner; else it rests with the whole, on the word of whoever paused that.
    """
    whole, phase = _whole_and_phase(case_id)
    if whole is None or whole.state != State.PAUSED or phase is None:
        return []
    if phase.state not in {State.RUNNING, State.PAUSED} or phase.due_at <= now:
        return []
    resting = whole.pauses.get(ended_at=None)
    reason, by = Reason(resting.reason), resting.by
    before = [one.paused for one in phase.pauses.all()]
    left = days_left(reason, [one._replace(until=min(one.until, now)) for one in before])
    until = min(resting.until, now + left)
    if until <= (phase.paused_until or now):
        return []
    if phase.state == State.PAUSED:
        escalation.resume_clock(phase.pk, by=by, now=now, is_told=False)
    return [escalation.pause_clock(phase.pk, reason=reason, until=until, by=by, now=now)]


@transaction.atomic
def resume_clock(of: Concern | Case, clock: UUID, *, by: Person, now: datetime) -> Clock:
    """Let a clock run again before the end of its pause; with the whole, the phase that rests.

    A pause of the phase's own goes on, and is taken up again where it was to end later.
    """
    found = _held(of, clock, by=by)
    since = found.pauses.filter(ended_at=None).values_list("since", flat=True).first()
    resumed = escalation.resume_clock(found.pk, by=by, now=now)
    if found.kind == INVESTIGATION and since is not None:
        _, phase = _whole_and_phase(found.subject_id)
        if phase is not None:
            _wake_with_the_whole(phase, since, by=by, now=now)
    return resumed


def _wake_with_the_whole(phase: Clock, since: datetime, *, by: Person, now: datetime) -> None:
    resting = phase.pauses.filter(ended_at=None, since__gte=since).first()
    if resting is None:
        return
    own = phase.pauses.filter(ended_at=resting.since, until__gt=now).first()
    escalation.resume_clock(phase.pk, by=by, now=now, is_told=own is None)
    if own is not None:
        reason = Reason(own.reason)
        escalation.pause_clock(phase.pk, reason=reason, until=own.until, by=own.by, now=now)


def _whole_and_phase(case_id: UUID) -> tuple[Clock | None, Clock | None]:
    """Return the open clocks of an investigation and of the phase in which it is."""
    clocks = list(Clock.objects.about(CLOCKS_OF_CASES, [case_id]).open())
    whole = next((one for one in clocks if one.kind == INVESTIGATION), None)
    return whole, next((one for one in clocks if one.kind in INVESTIGATED), None)


def _held(of: Concern | Case, clock: UUID, *, by: Person) -> Clock:
    """Hold the case, then its concerns, as everywhere; return the clock, if it runs on one."""
    if isinstance(of, Case):
        access.require_deed(by, of, Deed.STEER)
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
