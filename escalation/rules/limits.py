"""How long something may take, and when that ends by a calendar. Pure."""

import re
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from typing import Self

from dateutil.relativedelta import relativedelta

from escalation.rules.calendars import WorkingTime, moment_of

# how each part is written in short, from the longest: "1m 10d" or "2wd 4wh"
CODES = {"months": "m", "days": "d", "hours": "h", "working_days": "wd", "working_hours": "wh"}
LIMIT_MAX = 24
# days of a month, hours of a day
SHORTEST, LONGEST = 28, 31
DAY = 24
# four digits are forty years of working days: more is a slip, and would be counted day by day
PART = re.compile(r"(?<!\d)(\d{1,4})(wd|wh|m|d|h)")


@dataclass(frozen=True)
class Limit:
    """How long something may take: by the calendar, by the clock, and in working time."""

    months: int = 0
    days: int = 0
    hours: int = 0
    working_days: int = 0
    working_hours: int = 0

    @classmethod
    def read(cls, code: str) -> Self:
        """Read what `code` wrote; raises ValueError for anything else."""
        parts = PART.findall(code)
        if " ".join(number + unit for number, unit in parts) != code or not code:
            msg = f"“{code}” is no time limit."
            raise ValueError(msg)
        names = {unit: name for name, unit in CODES.items()}
        return cls(**{names[unit]: int(number) for number, unit in parts})

    @property
    def code(self) -> str:
        """Return the limit in short."""
        parts = [f"{n}{unit}" for name, unit in CODES.items() if (n := getattr(self, name))]
        return " ".join(parts) or "0d"

    @property
    def is_working(self) -> bool:
        """Return whether any of it is counted in working time."""
        return bool(self.working_days or self.working_hours)

    @property
    def at_least(self) -> timedelta:
        """Return how long it takes at the least, whatever the calendar."""
        days = SHORTEST * self.months + self.days + self._whole_days
        return timedelta(days=days, hours=self.hours + self.working_hours)

    @property
    def _ends_with_work(self) -> bool:
        return bool(self.working_days) and not self.working_hours

    @property
    def _whole_days(self) -> int:
        """Return how many days its working days take at the least.

        The last of them ends with work: from the midnight of a Monday on, two end on Tuesday.
        """
        return self.working_days - self._ends_with_work

    def end(self, start: datetime, by: WorkingTime) -> datetime:
        """Return the moment at which the limit ends, by the clocks and days of `by`.

        Months end on the same day of the month, or its last day (EU Regulation 1182/71, art. 3).
        """
        moment = self._work_begins(start, by)
        if self.working_days:
            moment = by.after_working_days(moment, self.working_days)
        if self.working_hours:
            moment = by.after_working_time(moment, timedelta(hours=self.working_hours))
        return moment

    def deadline(self, start: datetime, by: WorkingTime) -> datetime:
        """Return when what may take so long from `start` on is late.

        Whole working days end with work: what would end when nobody works ends with the work
        before, on the day that people count with. Where nobody would have worked in the last of
        these days, it ends as it is counted.
        """
        end = self.end(start, by)
        if not self._ends_with_work:
            return end
        last = by.last_worked(end)
        work_begins = self._work_begins(start, by)
        return last if last > by.after_working_days(work_begins, self.working_days - 1) else end

    def _work_begins(self, start: datetime, by: WorkingTime) -> datetime:
        """Return from when its working time is counted."""
        moment = _days(start, relativedelta(months=self.months, days=self.days), by)
        return _hours(moment, self.hours)

    def before(self, end: datetime, by: WorkingTime) -> datetime:
        """Return the moment at which so much time is left until `end`."""
        moment = end
        if self.working_hours:
            moment = by.before_working_time(moment, timedelta(hours=self.working_hours))
        if self.working_days:
            moment = by.before_working_days(moment, self.working_days)
        moment = _hours(moment, -self.hours)
        return _days(moment, -relativedelta(months=self.months, days=self.days), by)

    def prolonged(
        self, end: datetime, pause: tuple[datetime, datetime], by: WorkingTime
    ) -> datetime:
        """Return an end of this limit as a pause before it moves it: by as much as was paused."""
        since, until = pause
        if since >= end:
            return end
        if self.is_working:
            worked = by.worked(since, until)
            # nothing was lost by a pause over a weekend, and nothing moves into working hours
            return by.after_working_time(end, worked) if worked else end
        return end + (until - since)

    def is_within(self, other: "Limit") -> bool:
        """Return whether this ends no later than another from every start, by every calendar.

        False also where that depends on the calendar: ten working days may be two weeks or more.
        """
        if self.working_days > other.working_days or self.working_hours > other.working_hours:
            return False
        # working time makes up for other time where this has none itself, by what it takes at the
        # least; a month takes 28 to 31 days
        spare = Limit() if self.is_working else other
        months = other.months - self.months
        left = other.days + spare._whole_days - self.days  # noqa: SLF001 - a limit as well
        left += months * (SHORTEST if months > 0 else LONGEST)
        hours = other.hours + spare.working_hours - self.hours
        # where a day is set against hours, its clocks may have gone back
        return left * DAY + hours >= (1 if left and hours else 0)

    def __str__(self) -> str:
        told = [(getattr(self, one.name), one.name.replace("_", " ")) for one in fields(self)]
        parts = [f"{n} {words if n > 1 else words.removesuffix('s')}" for n, words in told if n]
        return " ".join(parts) or "at once"


def _hours(moment: datetime, hours: int) -> datetime:
    """Return the moment so many hours later: they pass also where clocks go back or forward."""
    return (moment.astimezone(UTC) + timedelta(hours=hours)).astimezone(moment.tzinfo)


def _days(moment: datetime, step: relativedelta, by: WorkingTime) -> datetime:
    if not step:
        return moment
    local = moment.astimezone(by.zone)
    return moment_of(local.date() + step, local.time(), by.zone).astimezone(moment.tzinfo)
