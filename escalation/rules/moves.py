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

    `next_at` is None where every step of its path was taken.
    """

    start: datetime
    limit: Limit
    due: datetime
    next_at: datetime | None


@dataclass(frozen=True)
class Onward:
    """When each step of the new version is due, and with which the clock goes on.

    `next_step` counts from 1 and lies past the last where nothing is left to come.
    """

    times: tuple[datetime, ...]
    next_step: int

    @property
    def next_at(self) -> datetime | None:
        """Return when the next step is due."""
        return self.times[self.next_step - 1] if self.next_step <= len(self.times) else None


def moved(
    clock: Standing, rungs: Sequence[Rung], by: WorkingTime, *, now: datetime, notice: datetime
) -> Onward:
    """Return how a clock goes on by other rungs, of which the last reaches the independent person.

    Its limit stays where it is. It goes on with the first rung that still lies ahead, and what has
    passed is not caught up on. Nothing comes before `notice` unless something was to come anyway.
    Where all rungs have passed and the clock had some ahead, the last comes after the notice:
    nobody falls off the ladder by being moved.
    """
    times = _times(clock, rungs, by)
    ahead = next((n for n, at in enumerate(times) if at > now), len(times))
    if clock.next_at is None:
        return Onward(times, len(times) + 1)
    ahead = min(ahead, len(times) - 1)
    coming = times[ahead:]
    kept = Schedule(clock.due, coming).not_sooner(
        Schedule(clock.due, (clock.next_at,) * len(coming)), notice
    )
    return Onward(times[:ahead] + kept.steps, ahead + 1)


def _times(clock: Standing, rungs: Sequence[Rung], by: WorkingTime) -> tuple[datetime, ...]:
    """Return the times of the rungs, with what pauses and holidays have added to the limit."""
    counted = schedule(clock.limit, rungs, clock.start, by)
    times = []
    for rung, at in zip(rungs, counted.steps, strict=True):
        match rung.anchor:
            case Anchor.START:
                times.append(at + max(clock.due - counted.due, timedelta()))
            case Anchor.BEFORE:
                times.append(max(rung.limit.before(clock.due, by), clock.start))
            case _:
                times.append(rung.limit.end(clock.due, by))
    return tuple(times)
