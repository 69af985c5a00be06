"""Working time: which moments an office works, in its own zone, and arithmetic with them. Pure."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo, available_timezones

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)
# Nobody is closed for a whole year: a calendar that has no working time in it has none.
LOOK_AHEAD = 366
MINUTES = 60


# those that name a place or an offset; the others are the machine's own
ZONES = sorted(available_timezones() - {"Factory", "localtime", "posixrules"})
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
HOURS = re.compile(r"(\d{1,2}):(\d\d)\s*[-\u2013]\s*(\d{1,2}):(\d\d)")
# as many parts as a column holds
SPANS_MAX = 4


class NoWorkingTimeError(ValueError):
    """A calendar has no working time in a whole year, so nothing could ever become due."""

    def __init__(self) -> None:
        super().__init__("The calendar has no working time in a whole year.")


class Span(NamedTuple):
    """A part of a local day, in minutes after midnight: from the first, before the last."""

    start: int
    end: int


def spans(hours: str) -> tuple[Span, ...]:
    """Read the hours of a day as people write them: "9:00-12:30 13:30-17:00"; nothing is closed.

    Raises ValueError, with a sentence, for what is none, ends before it begins, or overlaps.
    """
    rest = HOURS.sub("", hours).replace(",", " ").strip()
    if rest:
        msg = f"“{rest}” is no time. Write hours as 9:00-12:30 13:30-17:00."
        raise ValueError(msg)
    found: list[Span] = []
    for from_hour, from_minute, to_hour, to_minute in HOURS.findall(hours):
        span = Span(int(from_hour) * 60 + int(from_minute), int(to_hour) * 60 + int(to_minute))
        if max(int(from_minute), int(to_minute)) >= MINUTES or span.end > MINUTES * 24:
            msg = "Write times between 0:00 and 24:00."
            raise ValueError(msg)
        if span.start >= span.end or (found and span.start < found[-1].end):
            msg = "Each time has to begin before it ends, and after the one before it."
            raise ValueError(msg)
        found.append(span)
    if len(found) > SPANS_MAX:
        msg = f"A day has at most {SPANS_MAX} times. Join some of them."
        raise ValueError(msg)
    return tuple(found)


def hours_of(parts: Sequence[Span]) -> str:
    """Return the hours of a day as `spans` reads them, each day in one way alone."""
    return " ".join(
        f"{start // 60}:{start % 60:02}-{end // 60}:{end % 60:02}" for start, end in parts
    )


class Stretch(NamedTuple):
    """Moments from the first, before the last, in UTC."""

    start: datetime
    end: datetime


@dataclass(frozen=True)
class WorkingTime:
    """The hours of a week, the days that are closed, and those that are open all the same.

    `week` has the spans of Monday to Sunday, in their order and apart; `opened` the spans of single
    days, which go before `closed` and before `week`.
    """

    zone: ZoneInfo
    week: tuple[tuple[Span, ...], ...]
    closed: frozenset[date] = frozenset()
    opened: tuple[tuple[date, tuple[Span, ...]], ...] = ()
    # what was found out about days already, kept with the calendar and gone with it
    _single: dict[date, tuple[Span, ...]] = field(init=False, repr=False, compare=False)
    _known: dict[date, tuple[Stretch, ...]] = field(
        init=False, repr=False, compare=False, default_factory=dict
    )

    def __post_init__(self) -> None:
        object.__setattr__(self, "_single", dict(self.opened))

    def spans(self, day: date) -> Sequence[Span]:
        """Return the spans in which a local day is worked."""
        if (single := self._single.get(day)) is not None:
            return single
        return () if day in self.closed else self.week[day.weekday()]

    def is_working(self, day: date) -> bool:
        """Return whether a local day is a working day."""
        return bool(self.spans(day))

    def local_day(self, moment: datetime) -> date:
        """Return the local day on which a moment falls."""
        return moment.astimezone(self.zone).date()

    def after_working_days(self, start: datetime, count: int) -> datetime:
        """Return the same time of day, `count` working days later.

        What begins on a day that is not worked begins as the next working day begins.
        """
        return self._by_working_days(start, count, onward=DAY)

    def last_worked(self, moment: datetime) -> datetime:
        """Return a moment within work as it is, and any other as the end of the work before it.

        No working time lies between the two, and what is later never gives an earlier end.
        """
        before = next(self._stretches(moment, onward=-DAY), None)
        if before is None:
            raise NoWorkingTimeError
        return before.end.astimezone(moment.tzinfo)

    def before_working_days(self, end: datetime, count: int) -> datetime:
        """Return the same time of day, `count` working days earlier.

        What ends on a day that is not worked ends as the next working day begins.
        """
        return self._by_working_days(end, count, onward=-DAY)

    def after_working_time(self, start: datetime, duration: timedelta) -> datetime:
        """Return the moment by which `duration` of working time has passed since `start`."""
        left = duration
        for stretch in self._stretches(start, onward=DAY):
            worked = stretch.end - stretch.start
            if left <= worked:
                return (stretch.start + left).astimezone(start.tzinfo)
            left -= worked
        raise NoWorkingTimeError

    def before_working_time(self, end: datetime, duration: timedelta) -> datetime:
        """Return the moment from which `duration` of working time is left until `end`."""
        left = duration
        for stretch in self._stretches(end, onward=-DAY):
            worked = stretch.end - stretch.start
            if left <= worked:
                return (stretch.end - left).astimezone(end.tzinfo)
            left -= worked
        raise NoWorkingTimeError

    def worked(self, start: datetime, end: datetime) -> timedelta:
        """Return how much working time lies from `start` to `end`; none where `end` comes first."""
        total = timedelta()
        day, last = self.local_day(start), self.local_day(end)
        while day <= last:
            for stretch in self._stretches_of(day):
                first, final = max(stretch.start, start), min(stretch.end, end)
                total += max(final - first, timedelta())
            day += DAY
        return total

    def _by_working_days(self, moment: datetime, count: int, *, onward: timedelta) -> datetime:
        local = moment.astimezone(self.zone)
        day, clock = local.date(), local.time()
        if not self.is_working(day):
            day, clock = self._next_working_day(day, DAY), time()
        for _ in range(count):
            day = self._next_working_day(day, onward)
        return moment_of(day, clock, self.zone).astimezone(moment.tzinfo)

    def _stretches(self, moment: datetime, *, onward: timedelta) -> Iterator[Stretch]:
        """Return what is worked from a moment on, or back, until a year has passed without any."""
        day, idle = self.local_day(moment), 0
        while idle < LOOK_AHEAD:
            idle += 1
            worked = self._stretches_of(day)
            for start, end in worked if onward > timedelta() else reversed(worked):
                part = (
                    Stretch(max(start, moment), end)
                    if onward > timedelta()
                    else Stretch(start, min(end, moment))
                )
                if part.start < part.end:
                    idle = 0
                    yield part
            day += onward

    def _stretches_of(self, day: date) -> tuple[Stretch, ...]:
        """Return the moments that are worked on a local day, in their order.

        Where clocks are set back, what they show twice is worked twice; where they are set forward,
        what they leave out is not worked.
        """
        if (known := self._known.get(day)) is None:
            known = self._known[day] = tuple(sorted(self._worked_on(day)))
        return known

    def _worked_on(self, day: date) -> Iterator[Stretch]:
        spans = self.spans(day)
        for lasting, offset in _offsets(day, self.zone) if spans else ():
            midnight = datetime.combine(day, time(), tzinfo=UTC) - offset
            for span in spans:
                start = max(midnight + timedelta(minutes=span.start), lasting.start)
                end = min(midnight + timedelta(minutes=span.end), lasting.end)
                if start < end:
                    yield Stretch(start, end)

    def _next_working_day(self, day: date, onward: timedelta) -> date:
        for ahead in range(1, LOOK_AHEAD + 1):
            if self.is_working(day + ahead * onward):
                return day + ahead * onward
        raise NoWorkingTimeError


def moment_of(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """Return when a local clock shows `clock` on `day`, in UTC.

    Where it does so twice, the second time; where it never does, as long after the gap began as the
    clock would be past it. So nothing that is due then is due early.
    """
    twice = datetime.combine(day, clock, tzinfo=zone)
    return max(twice.replace(fold=fold).astimezone(UTC) for fold in (0, 1))


def changes_of(zone: ZoneInfo, year: int) -> list[tuple[datetime, timedelta]]:
    """Return the offsets of a zone in a year, each with the moment from which it holds."""
    found: list[tuple[datetime, timedelta]] = []
    day, last = date(year, 1, 1), date(year, 12, 31)
    while day <= last:
        for lasting, offset in _offsets(day, zone):
            if not found or found[-1][1] != offset:
                found.append((lasting.start, offset))
        day += 3 * DAY
    return found


def _offsets(day: date, zone: ZoneInfo) -> list[tuple[Stretch, timedelta]]:
    """Return the offsets from UTC around a local day, and from when to when each holds.

    A zone changes its offset at most once in three days.
    """
    noon = datetime.combine(day, time(12), tzinfo=UTC)
    start, end = noon - 1.5 * DAY, noon + 1.5 * DAY
    first, last = _offset(start, zone), _offset(end, zone)
    if first == last:
        return [(Stretch(start, end), first)]
    seconds = range(int((end - start).total_seconds()))
    change = start + SECOND * bisect_right(
        seconds, 0, key=lambda n: int(_offset(start + n * SECOND, zone) != first)
    )
    return [(Stretch(start, change), first), (Stretch(change, end), last)]


def _offset(moment: datetime, zone: ZoneInfo) -> timedelta:
    offset = moment.astimezone(zone).utcoffset()
    assert offset is not None  # noqa: S101 - a moment in a zone has an offset
    return offset
