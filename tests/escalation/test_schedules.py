"""When a clock runs out and its steps are due, with pauses and with holidays that came later."""

from datetime import UTC, date, datetime, timedelta
from itertools import product
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from escalation.rules.calendars import WorkingTime, spans
from escalation.rules.limits import Limit
from escalation.rules.schedules import Anchor, Rung, Schedule, schedule
from tests.escalation.test_calendars import DAYS, MOMENTS, calendars

OFFICE = WorkingTime(ZoneInfo("Europe/London"), (spans("9:00-17:00"),) * 5 + ((), ()))
MONDAY = datetime(2026, 3, 16, 10, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
LIMITS = st.sampled_from([
    Limit(days=7), Limit(months=3), Limit(hours=24), Limit(working_days=5), Limit(working_hours=12),
    Limit(days=2, working_days=1),
])  # fmt: skip
RUNGS = st.lists(st.builds(Rung, st.sampled_from(Anchor), LIMITS), max_size=4)


@pytest.mark.req("ESC-2")
@pytest.mark.parametrize(
    ("rung", "at"),
    [
        (Rung(Anchor.START, Limit(working_days=1)), "2026-03-17T10:00"),
        (Rung(Anchor.START, Limit(working_hours=8)), "2026-03-17T10:00"),
        (Rung(Anchor.BEFORE, Limit(working_days=2)), "2026-03-19T10:00"),
        (Rung(Anchor.BEFORE, Limit(hours=3)), "2026-03-23T07:00"),
        (Rung(Anchor.BEFORE, Limit(months=1)), "2026-03-16T10:00"),  # not before the start
        (Rung(Anchor.AFTER, Limit(days=7)), "2026-03-30T09:00"),  # ten by the summer's clock
        (Rung(Anchor.AFTER, Limit(working_days=1)), "2026-03-24T10:00"),
    ],
)
def test_a_step_is_due_so_long_from_where_it_is_counted(rung: Rung, at: str) -> None:
    found = schedule(Limit(working_days=5), [rung], MONDAY, OFFICE)
    assert found.due == datetime(2026, 3, 23, 10, 0, tzinfo=UTC)
    assert found.steps == (datetime.fromisoformat(at).replace(tzinfo=UTC),)


@pytest.mark.req("ESC-4")
def test_a_pause_moves_the_end_by_what_was_paused_of_the_time_that_counts() -> None:
    friday, tuesday = MONDAY + timedelta(days=4), MONDAY + timedelta(days=8)
    pause = (friday, tuesday)  # seven hours of Friday, eight of Monday, one of Tuesday
    working = schedule(Limit(working_hours=48), [], MONDAY, OFFICE, [pause])
    assert working.due == OFFICE.after_working_time(MONDAY, 64 * HOUR)
    calendar = schedule(Limit(days=7), [], MONDAY, OFFICE, [pause])
    assert calendar.due == MONDAY + timedelta(days=11)
    late = schedule(Limit(days=3), [], MONDAY, OFFICE, [pause])
    assert late.due == MONDAY + timedelta(days=3)


@pytest.mark.req("ESC-4")
def test_a_pause_in_which_nobody_would_have_worked_moves_nothing_that_is_counted_in_work() -> None:
    late_on_friday = MONDAY.replace(day=20, hour=23)
    plain = schedule(Limit(working_days=2), [], late_on_friday, OFFICE)
    weekend = (late_on_friday + 2 * HOUR, late_on_friday + 30 * HOUR)
    assert schedule(Limit(working_days=2), [], late_on_friday, OFFICE, [weekend]) == plain


@pytest.mark.req("ESC-4")
@settings(max_examples=60, deadline=None)
@given(calendars(), LIMITS, RUNGS, MOMENTS, st.lists(st.integers(0, 200), min_size=2, max_size=4))
def test_a_pause_never_hastens_anything(
    by: WorkingTime, limit: Limit, rungs: list[Rung], start: datetime, hours: list[int]
) -> None:
    edges = sorted(hours)
    pauses = [
        (start + edges[n] * HOUR, start + edges[n + 1] * HOUR) for n in range(0, len(edges) - 1, 2)
    ]
    plain = schedule(limit, rungs, start, by)
    paused = schedule(limit, rungs, start, by, pauses)
    assert paused.due >= plain.due
    assert all(late >= soon for late, soon in zip(paused.steps, plain.steps, strict=True))


@pytest.mark.req("ESC-2")
@settings(max_examples=60, deadline=None)
@given(calendars(), LIMITS, RUNGS, MOMENTS, st.sets(DAYS, max_size=3))
def test_a_later_holiday_hastens_nothing(
    by: WorkingTime, limit: Limit, rungs: list[Rung], start: datetime, days: set[date]
) -> None:
    with_more = WorkingTime(by.zone, by.week, by.closed | days, ())
    with_less = WorkingTime(by.zone, by.week, by.closed, ())
    plain = schedule(limit, rungs, start, with_less)
    later = schedule(limit, rungs, start, with_more)
    assert later.due >= plain.due


@pytest.mark.req("ESC-2")
def test_what_comes_sooner_than_before_leaves_at_least_the_notice() -> None:
    old = Schedule(MONDAY + 50 * HOUR, (MONDAY + 10 * HOUR, MONDAY + 60 * HOUR))
    new = Schedule(MONDAY + 2 * HOUR, (MONDAY + 1 * HOUR, MONDAY + 70 * HOUR))
    found = new.not_sooner(old, MONDAY + 24 * HOUR)
    assert found.due == MONDAY + 24 * HOUR
    # a step that would have come within the notice anyway keeps its time
    assert found.steps == (MONDAY + 10 * HOUR, MONDAY + 70 * HOUR)


@given(LIMITS)
def test_a_limit_is_read_as_it_was_written(limit: Limit) -> None:
    assert Limit.read(limit.code) == limit


@pytest.mark.parametrize("code", ["", "3", "wd", "2 wd", "2wd2d ", "-2d", "2d,3h", "99999wd"])
def test_what_is_no_limit_is_refused(code: str) -> None:
    with pytest.raises(ValueError, match="no time limit"):
        Limit.read(code)


def test_a_limit_says_itself_in_words() -> None:
    assert str(Limit(months=3)) == "3 months"
    assert str(Limit(working_days=1, working_hours=4)) == "1 working day 4 working hours"


@pytest.mark.req("ESC-2")
@pytest.mark.parametrize(
    ("hours", "said"),
    [
        ("nine to five", "is no time"),
        ("9:00-8:00", "before it ends"),
        ("9:00-12:00 11:00-13:00", "after the one before"),
        ("9:00-24:30", "between 0:00 and 24:00"),
        ("9:00-12:75", "between 0:00 and 24:00"),
    ],
)
def test_hours_that_cannot_be_are_refused_with_a_sentence(hours: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        spans(hours)


# lunch, a short Friday, a shift over midnight, hours that are worked on one day and not the next
HOURS = (
    (("9:00-12:30 13:30-17:00",) * 4 + ("9:00-12:00", "", ""), "Europe/London"),
    (("0:00-24:00",) * 7, "America/New_York"),
    (("1:00-3:40 22:00-24:00",) * 7, "Australia/Lord_Howe"),
    (("9:00-12:00", "14:00-17:00", "9:00-12:00", "", "14:00-17:00", "", ""), "Asia/Kathmandu"),
    (("0:00-0:30", "", "0:00-0:30", "", "", "", ""), "Europe/London"),
)
CALENDARS = [WorkingTime(ZoneInfo(zone), tuple(map(spans, week))) for week, zone in HOURS]


def starts(*days: tuple[int, int], apart: timedelta) -> list[datetime]:
    """Return moments of the nine days from each of these on."""
    nine = range(int(timedelta(days=9) / apart))
    return [datetime(2026, *day, tzinfo=UTC) + n * apart for day in days for n in nine]


@pytest.mark.req("ESC-2")
@pytest.mark.parametrize("by", CALENDARS, ids=[zone for _, zone in HOURS])
@pytest.mark.parametrize("limit", [Limit(working_days=1), Limit(working_days=3)])
def test_what_begins_later_never_ends_earlier_and_nothing_ends_as_it_begins(
    by: WorkingTime, limit: Limit
) -> None:
    # clocks go back in one of these weeks; where they go forward, half past two is past three
    begin = starts((2, 2), (10, 21), apart=HOUR / 2)
    ends = [limit.deadline(start, by) for start in begin]
    assert ends == sorted(ends)
    assert all(start < end for start, end in zip(begin, ends, strict=True))


CODES = (
    "0d", "1h", "8h", "23h", "24h", "25h", "47h", "49h", "1d", "2d", "3d", "7d", "28d", "31d", "1m",
    "1wd", "2wd", "3wd", "8wd", "1wh", "8wh", "24wh", "1d 3h", "1d 1wd", "1d 2wd", "2d 1wd",
    "1h 1wd", "1wd 1wh", "2wd 1wh", "1m 1wd", "2wd 8wh", "1d 1h 1wd",
)  # fmt: skip


@pytest.mark.req("ESC-1")
def test_what_is_within_a_limit_ends_no_later_from_any_start_by_any_calendar() -> None:
    """The clocks of each zone go forward and back within these days."""
    begin = starts((3, 3), (3, 26), (10, 1), (10, 21), apart=2 * HOUR)
    ends = {
        code: [Limit.read(code).deadline(start, by) for by in CALENDARS for start in begin]
        for code in CODES
    }
    wrong = [
        (own, other)
        for own, other in product(CODES, CODES)
        if Limit.read(own).is_within(Limit.read(other))
        and any(late > last for late, last in zip(ends[own], ends[other], strict=True))
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("begins", "limit", "late"),
    [
        # what began before anybody worked ends with the work of a day, and not as the next begins
        ("2026-03-15T12:00", "5wd", "2026-03-20T17:00"),  # on a Sunday; five days of that week
        ("2026-03-16T00:00", "2wd", "2026-03-17T17:00"),
        ("2026-03-16T07:00", "1wd", "2026-03-16T17:00"),
        ("2026-03-20T08:00", "1wd", "2026-03-20T17:00"),
        ("2026-03-16T10:00", "2wd", "2026-03-18T10:00"),
        # also what began when the work of its day was over
        ("2026-03-20T18:00", "1wd", "2026-03-23T17:00"),
        ("2026-03-21T00:00", "1wd", "2026-03-23T17:00"),
        ("2026-03-16T17:00", "1wd", "2026-03-17T17:00"),
        # what is not counted in whole working days ends as it is counted
        ("2026-03-16T00:00", "2d", "2026-03-18T00:00"),
        ("2026-03-16T07:00", "1wd 1wh", "2026-03-17T10:00"),
    ],
)
def test_working_days_end_with_work(begins: str, limit: str, late: str) -> None:
    start = datetime.fromisoformat(f"{begins}+00:00")
    found = schedule(Limit.read(limit), [], start, OFFICE)
    assert found.due == datetime.fromisoformat(f"{late}+00:00")


@pytest.mark.req("ESC-2")
@pytest.mark.parametrize(("month", "day"), [(3, 29), (10, 25)])
def test_hours_pass_by_the_clock_also_where_it_goes_back_or_forward(month: int, day: int) -> None:
    london, by = ZoneInfo("Europe/London"), CALENDARS[0]
    start = datetime(2026, month, day, 0, 30, tzinfo=london)
    for hours in (1, 2, 3):
        ends = Limit(hours=hours).end(start, by)
        assert ends.astimezone(UTC) - start.astimezone(UTC) == timedelta(hours=hours)
        assert Limit(hours=hours).before(ends, by).astimezone(UTC) == start.astimezone(UTC)
