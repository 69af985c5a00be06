"""The arithmetic of time limits. Pure: zones and days come as arguments."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta

SATURDAY = 5


@dataclass(frozen=True)
class Limit:
    """How long something may take: calendar months and days, or working days."""

    months: int = 0
    days: int = 0
    working_days: int = 0

    def end(self, start: datetime, zone: ZoneInfo) -> datetime:
        """Return the moment at which the limit ends, by the wall clock of `zone`.

        Months end on the same day of the month, or its last day (EU Regulation 1182/71, art. 3).
        A working day is Monday to Friday; one that begins at a weekend begins on Monday.
        """
        local = start.astimezone(zone)
        local += relativedelta(months=self.months, days=self.days)
        if self.working_days:
            local = _working(local, self.working_days)
        return local.astimezone(start.tzinfo)

    def __str__(self) -> str:
        parts = [(self.months, "month"), (self.days, "day"), (self.working_days, "working day")]
        return " ".join(f"{n} {word}{'' if n == 1 else 's'}" for n, word in parts if n)


def _working(local: datetime, count: int) -> datetime:
    if local.weekday() >= SATURDAY:
        local = datetime.combine(_next_working_day(local), time(), tzinfo=local.tzinfo)
    for _ in range(count):
        local = _next_working_day(local)
    return local


def _next_working_day(local: datetime) -> datetime:
    local += timedelta(days=1)
    while local.weekday() >= SATURDAY:
        local += timedelta(days=1)
    return local
