"""When somebody is reminded: at once, once a day, and not in their quiet hours. Pure."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from escalation.rules.calendars import moment_of

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Rhythm:
    """How somebody wants to be reminded, by the clocks of their zone.

    `daily_at` is when the one mail of a day leaves, none where each reminder comes by itself;
    between the two times of `quiet`, perhaps over midnight, nothing comes.
    """

    zone: ZoneInfo
    daily_at: time | None = None
    quiet: tuple[time, time] | None = None

    @property
    def quiet_for(self) -> timedelta:
        """Return how long the quiet hours of a day last by its clocks."""
        if self.quiet is None:
            return timedelta()
        begins, ends = (timedelta(hours=one.hour, minutes=one.minute) for one in self.quiet)
        return (ends - begins) % DAY

    def next_daily(self, moment: datetime) -> datetime | None:
        """Return when the next mail of a day leaves after a moment, if there is one."""
        return _next(moment, self.daily_at, self.zone) if self.daily_at is not None else None

    def after_quiet(self, moment: datetime) -> datetime:
        """Return the moment itself, or the end of the quiet hours in which it lies."""
        if self.quiet is None:
            return moment
        is_quiet = self.is_quiet_at(moment.astimezone(self.zone).time())
        return _next(moment, self.quiet[1], self.zone) if is_quiet else moment

    def is_quiet_at(self, clock: time) -> bool:
        """Return whether a time of the day lies in the quiet hours."""
        if self.quiet is None:
            return False
        begins, ends = self.quiet
        return clock >= begins or clock < ends if begins > ends else begins <= clock < ends


def _next(moment: datetime, clock: time, zone: ZoneInfo) -> datetime:
    """Return the next moment at which a clock of the zone shows a time."""
    day = moment.astimezone(zone).date()
    found = moment_of(day, clock, zone)
    return found if found > moment else moment_of(day + DAY, clock, zone)
