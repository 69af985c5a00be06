"""When a clock runs out, and when each step of its path is due. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import TextChoices

from escalation.rules.calendars import WorkingTime
from escalation.rules.limits import Limit

Pause = tuple[datetime, datetime]


class Anchor(TextChoices):
    """From where the time of a step is counted."""

    START = "start", "after the start"
    BEFORE = "before", "before the limit"
    AFTER = "after", "after the limit"


class Rung(NamedTuple):
    """When a step is due: so long from its anchor."""

    anchor: Anchor
    limit: Limit

    def at(
        self, start: datetime, due: datetime, by: WorkingTime, pauses: Sequence[Pause] = ()
    ) -> datetime:
        """Return when it comes for a clock that began at `start` and runs out at `due`."""
        match self.anchor:
            case Anchor.START:
                return _end(self.limit, start, by, pauses)
            case Anchor.BEFORE:
                return max(self.limit.before(due, by), start)
            case _:
                return self.limit.end(due, by)


@dataclass(frozen=True)
class Schedule:
    """When a clock runs out, and when each of its steps is due, in their order."""

    due: datetime
    steps: tuple[datetime, ...]

    @property
    def moments(self) -> list[datetime]:
        """Return all of it, the limit first."""
        return [self.due, *self.steps]

    def moved_by(self, rests: Sequence[timedelta]) -> "Schedule":
        """Return this schedule with each moment later by so much, the limit first."""
        due, *steps = (at + rest for at, rest in zip(self.moments, rests, strict=True))
        return Schedule(due, tuple(steps))

    def not_sooner(self, than: "Schedule", notice: datetime) -> "Schedule":
        """Return this schedule, with nothing sooner than before unless it comes after `notice`.

        Whoever counted on the older times keeps at least so much of them.
        """
        pairs = zip(self.steps, than.steps, strict=True)
        return Schedule(
            _not_sooner(self.due, than.due, notice),
            tuple(_not_sooner(new, old, notice) for new, old in pairs),
        )


def schedule(
    limit: Limit,
    rungs: Sequence[Rung],
    start: datetime,
    by: WorkingTime,
    pauses: Sequence[Pause] = (),
    *,
    ran_out: datetime | None = None,
) -> Schedule:
    """Return the times of a clock that started at `start` and was paused from time to time.

    A pause moves what lies after its beginning: by as much working time as was paused, where the
    limit is counted in working time, else by the time itself. A step never comes before the start.
    A clock that `ran_out` did so, whatever its calendar says since.
    """
    due = ran_out or _end(limit, start, by, pauses)
    return Schedule(due, tuple(rung.at(start, due, by, pauses) for rung in rungs))


def _end(limit: Limit, start: datetime, by: WorkingTime, pauses: Sequence[Pause]) -> datetime:
    end = limit.deadline(start, by)
    for pause in sorted(pauses):
        end = limit.prolonged(end, pause, by)
    return end


def _not_sooner(new: datetime, old: datetime, notice: datetime) -> datetime:
    return new if new >= old else max(new, min(old, notice))
