"""Start and keep the clocks of a concern, and what the lists sort by, in step."""

from datetime import datetime

from cases.duties import in_charge, retime, sooner
from cases.lifecycle import ANSWER, CLOCKS_OF, FIRST_MESSAGE, INTERIM, WORKED_ON
from cases.models import Concern
from common import days
from escalation import actions as escalation
from escalation.lifecycle import COUNTING
from escalation.models import Calendar, Clock, Standard


def met(concern: Concern, kind: str, *, now: datetime) -> Clock | None:
    """Meet a clock of a concern; return it, or None where it no longer ran."""
    clock = escalation.meet(subject_kind=CLOCKS_OF, subject_id=concern.pk, kind=kind, now=now)
    retime(concern)
    return clock


def office_wrote(concern: Concern, *, now: datetime) -> None:
    """Keep what a message to the reporter keeps; the next update is due from here on."""
    kinds = [FIRST_MESSAGE, ANSWER, INTERIM]
    escalation.meet_all(subject_kind=CLOCKS_OF, subject_id=concern.pk, kinds=kinds, now=now)
    if concern.status in WORKED_ON:
        _start(concern, INTERIM, start=now)
    retime(concern)


def reporter_wrote(concern: Concern, *, now: datetime) -> None:
    """Start the clock by which the reporter is answered, unless something older waits for it.

    After closing nobody is held to answer: most of it is thanks, and whoever worked on it is told
    by mail. What an anonymous reporter writes counts from the midnight before, as filing does.
    """
    if concern.status not in WORKED_ON:
        return
    waits = Clock.objects.about(CLOCKS_OF, [concern.pk]).filter(state__in=COUNTING)
    if waits.filter(kind=ANSWER).exists():
        return
    start = days.midnight(days.day_of(now)) if concern.is_anonymous else now
    sooner(concern, _start(concern, ANSWER, start=start).due_at)


def _start(concern: Concern, kind: str, *, start: datetime) -> Clock:
    [clock] = escalation.start(
        subject_kind=CLOCKS_OF,
        subject_id=concern.pk,
        start=start,
        promises=Standard.objects.timed(kind, level=concern.urgency),
        calendar=Calendar.objects.of(concern.unit),
        owner=in_charge(concern),
        unit=concern.unit,
    )
    return clock
