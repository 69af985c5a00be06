"""Time limits end when a person with a wall calendar says so."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalation.rules import Limit

pytestmark = pytest.mark.req("ESC-3")
LONDON = ZoneInfo("Europe/London")
ZONES = st.sampled_from(
    ["Europe/London", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"]
)
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis adds the zone


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LONDON)


@pytest.mark.parametrize(
    ("limit", "start", "end"),
    [
        (Limit(days=7), "2026-11-21T22:08", "2026-11-28T22:08"),
        (Limit(months=3), "2026-11-21T22:08", "2027-02-21T22:08"),
        (Limit(months=3), "2026-11-30T09:00", "2027-02-28T09:00"),  # no 30 February
        (Limit(months=3), "2027-11-30T09:00", "2028-02-29T09:00"),  # a leap day
        (Limit(days=1), "2026-03-28T09:00", "2026-03-29T09:00"),  # 23 hours by the sun
        (Limit(working_days=2), "2026-11-19T10:00", "2026-11-23T10:00"),  # over a weekend
        (Limit(working_days=2), "2026-11-21T10:00", "2026-11-25T00:00"),  # begun on a Saturday
        (Limit(working_days=1), "2026-11-20T10:00", "2026-11-23T10:00"),
    ],
)
def test_a_limit_ends_by_the_wall_calendar(limit: Limit, start: str, end: str) -> None:
    assert limit.end(at(start), LONDON) == at(end)


@given(MOMENTS, st.integers(1, 30), ZONES)
def test_working_days_agree_with_counting_them_one_by_one(
    start: datetime, count: int, name: str
) -> None:
    zone = ZoneInfo(name)
    local = start.astimezone(zone)
    day = local.date()
    while day.weekday() > 4:
        day += timedelta(days=1)
    left = count
    while left:
        day += timedelta(days=1)
        left -= day.weekday() < 5
    assert Limit(working_days=count).end(start, zone).astimezone(zone).date() == day


@given(MOMENTS, st.integers(0, 24), st.integers(0, 60), ZONES)
def test_a_longer_limit_never_ends_earlier(
    start: datetime, months: int, days: int, name: str
) -> None:
    zone = ZoneInfo(name)
    end = Limit(months=months, days=days).end(start, zone)
    assert start <= end <= Limit(months=months, days=days + 1).end(start, zone)


def test_a_limit_says_itself_in_words() -> None:
    assert str(Limit(months=3)) == "3 months"
    assert str(Limit(days=1)) == "1 day"
    assert str(Limit(working_days=2)) == "2 working days"
