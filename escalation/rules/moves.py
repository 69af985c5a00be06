"""How a running clock goes on when it is moved to another version of its path. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from escalation.rules.calendars import WorkingTime
from escalation.rules.limits import Limit
from escalation.rules.schedules import Anchor, Rung, Schedule, schedule


@dataclass(frozen=True)
class Standing:
    """Where a clock stands: its start, its limit and when that ends, and when its next step is due.

    `step_at` is None where every step of its path was taken.
    """

    start: datetime
    limit: Limit
    due: datetime
    step_at: datetime | None


@dataclass(frozen=True)
class Onward:
    """When each step of the new version is due, and with which the clock goes on.

    `next_step` counts from 1 and lies past the last where nothing is left to come.
    """

    times: tuple[datetime, ...]
    next_step: int


def moved(
    clock: Standing, rungs: Sequence[Rung], by: WorkingTime, *, now: datetime, notice: datetime
) -> Onward:
    """Return how a clock goes on by other rungs, of which the last reaches the independent person.

    Its limit stays where it is. It goes on with the first rung that still lies ahead, also one that
    is counted from the start and comes at this very moment; what has passed is not caught up on.
    Nothing comes before `notice` unless something was to come anyway. Where all rungs have passed
    and the clock had some ahead, the last comes after the notice: nobody falls off the ladder by
    being moved. A step that was due and could not be taken is made good by the last rung that has
    passed, at once. Where every step was taken, what the new version has beyond comes with the
    notice.
    """
    times = _times(clock, rungs, by, now=now)
    ahead = next((n for n, at in enumerate(times) if _is_ahead(rungs[n], at, now)), len(times))
    if clock.step_at is None and ahead == len(times):
        return Onward(times, ahead + 1)
    if clock.step_at is not None and clock.step_at <= now:
        ahead = max(ahead - 1, 0)
    ahead = min(ahead, len(times) - 1)
    coming = times[ahead:]
    kept = Schedule(clock.due, coming).not_sooner(
        Schedule(clock.due, (clock.step_at or notice,) * len(coming)), notice
    )
    return Onward(times[:ahead] + kept.steps, ahead + 1)


def not_later(times: Sequence[datetime], *, than: Sequence[datetime]) -> tuple[datetime, ...]:
    """Return the times of steps to come, of which neither the first nor the last comes later.

    Than what was to come in their place; where nothing was, they are as they are.
    """
    if not than:
        return tuple(times)
    first, last = than[0], than[-1]
    return tuple(min(at, last if n else min(first, last)) for n, at in enumerate(times))


def _is_ahead(rung: Rung, at: datetime, now: datetime) -> bool:
    return at > now or (rung.anchor == Anchor.START and at == now)


def _times(
    clock: Standing, rungs: Sequence[Rung], by: WorkingTime, *, now: datetime
) -> tuple[datetime, ...]:
    """Return the times of the rungs, with what pauses and holidays have added to the limit.

    To what is counted from now they add nothing: they were before.
    """
    counted = schedule(clock.limit, rungs, clock.start, by)
    added = max(clock.due - counted.due, timedelta()) if clock.start < now else timedelta()
    return tuple(
        at + added if rung.anchor == Anchor.START else rung.at(clock.start, clock.due, by)
        for rung, at in zip(rungs, counted.steps, strict=True)
    )
