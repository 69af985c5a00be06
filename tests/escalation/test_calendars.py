"""Working time agrees with looking at a clock every minute, whatever the clocks do."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from escalation.rules.calendars import NoWorkingTimeError, Span, WorkingTime, moment_of

pytestmark = pytest.mark.req("ESC-2")
MINUTE = timedelta(minutes=1)
OFFICE = (Span(9 * 60, 12 * 60 + 30), Span(13 * 60 + 30, 17 * 60 + 15))
AROUND_THE_CLOCK = (Span(0, 24 * 60),)
# a shift over the hours in which clocks change
NIGHT = (Span(1 * 60, 3 * 60 + 40), Span(22 * 60, 24 * 60))
FIVE_DAYS = (OFFICE,) * 5 + ((), ())
WEEKS = st.sampled_from([FIVE_DAYS, (AROUND_THE_CLOCK,) * 7, (NIGHT,) * 7, ((),) * 6 + (NIGHT,)])
ZONES = [
    "Europe/London", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu",
]  # fmt: skip
# around each change of clocks of these zones, a leap day and the turn of a year
TURNS = [
    date(2026, 3, 29), date(2026, 10, 25), date(2026, 3, 8), date(2026, 11, 1), date(2026, 4, 5),
    date(2026, 10, 4), date(2028, 2, 29), date(2026, 12, 31),
]  # fmt: skip
DAYS = st.one_of(
    st.builds(
        lambda day, off: day + timedelta(days=off), st.sampled_from(TURNS), st.integers(-2, 1)
    ),
    st.dates(date(2024, 1, 1), date(2030, 1, 1)),
)
MOMENTS = st.builds(
    lambda day, minute: datetime.combine(day, time(), tzinfo=UTC) + minute * MINUTE,
    DAYS,
    st.integers(0, 24 * 60),
)


@st.composite
def calendars(draw: st.DrawFn) -> WorkingTime:
    zone = ZoneInfo(draw(st.sampled_from(ZONES)))
    closed = frozenset(draw(st.lists(DAYS, max_size=3)))
    opened = tuple((day, OFFICE) for day in draw(st.lists(DAYS, max_size=1)))
    return WorkingTime(zone, draw(WEEKS), closed, opened)


def is_worked(calendar: WorkingTime, moment: datetime) -> bool:
    """Look at the clock on the wall, and at the calendar beside it."""
    local = moment.astimezone(calendar.zone)
    shown = local.hour * 60 + local.minute
    return any(span.start <= shown < span.end for span in calendar.spans(local.date()))


def counted(calendar: WorkingTime, start: datetime, end: datetime) -> int:
    """Count the minutes that are worked, one by one."""
    minutes = int((end - start) / MINUTE)
    return sum(is_worked(calendar, start + n * MINUTE) for n in range(minutes))


@settings(max_examples=40, deadline=None)
@given(calendars(), MOMENTS, st.integers(0, 3 * 24 * 60))
def test_working_time_is_what_one_counts_minute_by_minute(
    calendar: WorkingTime, start: datetime, minutes: int
) -> None:
    end = start + minutes * MINUTE
    assert calendar.worked(start, end) == counted(calendar, start, end) * MINUTE


@settings(max_examples=40, deadline=None)
@given(calendars(), MOMENTS, st.integers(1, 20 * 60))
def test_a_duration_ends_with_its_last_minute_of_work(
    calendar: WorkingTime, start: datetime, minutes: int
) -> None:
    end = calendar.after_working_time(start, minutes * MINUTE)
    assert calendar.worked(start, end) == minutes * MINUTE
    assert is_worked(calendar, end - MINUTE)


@settings(max_examples=40, deadline=None)
@given(calendars(), MOMENTS, st.integers(1, 20 * 60))
def test_a_duration_before_an_end_begins_with_its_first_minute_of_work(
    calendar: WorkingTime, end: datetime, minutes: int
) -> None:
    start = calendar.before_working_time(end, minutes * MINUTE)
    assert calendar.worked(start, end) == minutes * MINUTE
    assert is_worked(calendar, start)


@settings(max_examples=40, deadline=None)
@given(calendars(), MOMENTS, st.integers(0, 40))
def test_working_days_are_those_that_one_crosses_off(
    calendar: WorkingTime, start: datetime, count: int
) -> None:
    day = calendar.local_day(start)
    while not calendar.spans(day):
        day += timedelta(days=1)
    left = count
    while left:
        day += timedelta(days=1)
        left -= bool(calendar.spans(day))
    end = calendar.after_working_days(start, count)
    assert calendar.local_day(end) == day
    assert end >= start or count == 0


@settings(max_examples=40, deadline=None)
@given(calendars(), MOMENTS, st.integers(0, 40))
def test_so_many_working_days_back_and_on_again_are_the_same_day(
    calendar: WorkingTime, end: datetime, count: int
) -> None:
    start = calendar.before_working_days(end, count)
    again = calendar.after_working_days(start, count)
    assert calendar.local_day(again) == calendar.local_day(calendar.after_working_days(end, 0))


@settings(max_examples=40, deadline=None)
@given(calendars(), MOMENTS, st.integers(0, 20))
def test_a_longer_limit_never_ends_earlier(
    calendar: WorkingTime, start: datetime, count: int
) -> None:
    ends = [calendar.after_working_days(start, n) for n in range(count + 2)]
    assert all(first <= second for first, second in pairwise(ends))


@given(st.sampled_from(ZONES), DAYS, st.times())
def test_a_moment_never_comes_before_the_clock_shows_it(name: str, day: date, clock: time) -> None:
    zone = ZoneInfo(name)
    found = moment_of(day, clock.replace(second=0, microsecond=0), zone)
    just_before = (found - MINUTE).astimezone(zone).replace(tzinfo=None)
    assert found.astimezone(zone).replace(tzinfo=None) >= datetime.combine(
        day, clock.replace(second=0, microsecond=0)
    )
    assert just_before < found.astimezone(zone).replace(tzinfo=None)


@pytest.mark.parametrize(
    ("zone", "day", "clock", "utc"),
    [
        ("Europe/London", "2026-03-29", "01:30", "2026-03-29T01:30"),  # left out: 02:30 summer time
        ("Europe/London", "2026-10-25", "01:30", "2026-10-25T01:30"),  # shown twice: the second
        ("America/New_York", "2026-03-08", "02:30", "2026-03-08T07:30"),
        ("America/New_York", "2026-11-01", "01:30", "2026-11-01T06:30"),
        ("Australia/Lord_Howe", "2026-10-04", "02:15", "2026-10-03T15:45"),  # half an hour left out
        ("Australia/Lord_Howe", "2026-04-05", "01:45", "2026-04-04T15:15"),
        ("Asia/Kathmandu", "2028-02-29", "09:00", "2028-02-29T03:15"),  # a leap day, at +05:45
    ],
)
def test_what_a_clock_leaves_out_or_shows_twice(zone: str, day: str, clock: str, utc: str) -> None:
    found = moment_of(date.fromisoformat(day), time.fromisoformat(clock), ZoneInfo(zone))
    assert found == datetime.fromisoformat(utc).replace(tzinfo=UTC)


def test_a_day_of_one_hour_more_or_less_is_worked_for_so_long() -> None:
    calendar = WorkingTime(ZoneInfo("Europe/London"), (AROUND_THE_CLOCK,) * 7)
    spring, autumn = (
        datetime(2026, month, day, tzinfo=calendar.zone) for month, day in ((3, 29), (10, 25))
    )
    for start, hours in ((spring, 23), (autumn, 25)):
        end = (start + timedelta(days=1)).astimezone(UTC)
        assert calendar.worked(start.astimezone(UTC), end) == timedelta(hours=hours)


def test_a_single_day_that_is_open_goes_before_the_week_and_before_what_is_closed() -> None:
    saturday = date(2026, 3, 14)
    calendar = WorkingTime(
        ZoneInfo("Europe/London"), FIVE_DAYS, frozenset({saturday}), ((saturday, OFFICE),)
    )
    start = datetime(2026, 3, 13, 17, 0, tzinfo=UTC)
    end = calendar.after_working_time(start, timedelta(hours=1))
    assert end == datetime(2026, 3, 14, 9, 45, tzinfo=UTC)


@pytest.mark.parametrize("week", [((),) * 7, (((Span(540, 540)),),) * 7])
def test_a_calendar_without_a_working_hour_refuses_instead_of_never_ending(
    week: tuple[tuple[Span, ...], ...],
) -> None:
    calendar = WorkingTime(ZoneInfo("Europe/London"), week)
    start = datetime(2026, 3, 16, 10, 0, tzinfo=UTC)
    with pytest.raises(NoWorkingTimeError):
        calendar.after_working_time(start, MINUTE)
    with pytest.raises(NoWorkingTimeError):
        calendar.before_working_time(start, MINUTE)
