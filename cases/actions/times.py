"""Start and keep the clocks of a concern, and what the lists sort by, in step."""

from datetime import datetime

from cases.duties import in_charge, retime, sooner
from cases.lifecycle import ANSWER, CLOCKS_OF, FIRST_MESSAGE, INTERIM, WORKED_ON, Level
from cases.models import Concern
from cases.rules import urgency
from common import days
from escalation import actions as escalation
from escalation.lifecycle import COUNTING
from escalation.models import Calendar, Clock, Standard, TimedPromise
from ledger.rules import Actor
from policies.models import Kind as Promised


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


def begin_again(concern: Concern, *, now: datetime) -> None:
    """Promise the outcome anew of what is worked on again, for as long as its policy says."""
    running = Clock.objects.about(CLOCKS_OF, [concern.pk]).filter(state__in=COUNTING)
    if concern.policy_version is None or running.filter(kind=Promised.FEEDBACK).exists():
        return
    promised = concern.policy_version.timed_promises(level=concern.urgency, filed_as=concern.kind)
    escalation.start(
        subject_kind=CLOCKS_OF,
        subject_id=concern.pk,
        start=now,
        promises=[one for one in promised if one.kind == Promised.FEEDBACK],
        calendar=Calendar.objects.of(concern.unit),
        owner=in_charge(concern),
        unit=concern.unit,
    )


def timed(concern: Concern, *kinds: str) -> list[TimedPromise]:
    """Return within which time and on which path duties run, as urgent as a concern is now.

    Of these kinds what the office has set, and all that its policy promises.
    """
    level, filed_as = concern.urgency, concern.kind
    own = Standard.objects.timed(*kinds, level=level, filed_as=filed_as)
    if concern.policy_version is None:
        return own
    return [*concern.policy_version.timed_promises(level=level, filed_as=filed_as), *own]


def judge(concern: Concern, level: Level, *, by: Actor, now: datetime) -> None:
    """Take note of how urgent a concern is; its clocks run on the paths of what is more urgent.

    What is less urgent than it seemed leaves them as they are: nothing comes later by it. Part of
    an act that holds the concern.
    """
    was = _taken_for(concern)
    concern.urgency = level
    concern.save(update_fields=["urgency"])
    if level > was:
        promises = timed(concern, FIRST_MESSAGE, ANSWER, INTERIM)
        escalation.change_paths(
            subject_kind=CLOCKS_OF, subject_id=concern.pk, promises=promises, by=by, now=now
        )


def _taken_for(concern: Concern) -> Level:
    """Return how urgent people took a concern for until now.

    Time makes it more urgent and moves no clock, so what it made does not count; and nothing
    dangerous, so that is what somebody said. Else it is what the concern was filed as.
    """
    in_danger = concern.urgency == Level.DANGER
    is_grave = concern.category is not None and concern.category.is_grave
    return urgency(in_danger=in_danger, is_grave=is_grave)


def _start(concern: Concern, kind: str, *, start: datetime) -> Clock:
    [clock] = escalation.start(
        subject_kind=CLOCKS_OF,
        subject_id=concern.pk,
        start=start,
        promises=Standard.objects.timed(kind, level=concern.urgency, filed_as=concern.kind),
        calendar=Calendar.objects.of(concern.unit),
        owner=in_charge(concern),
        unit=concern.unit,
    )
    return clock
