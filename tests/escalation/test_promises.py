"""What was promised is kept beside what is counted, however often a calendar changes and back."""

from datetime import UTC, datetime, timedelta
from itertools import accumulate
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cases.actions import Identity
from escalation import actions
from escalation.models import Calendar, Clock
from escalation.rules import Anchor, Limit, Rung, Span, WorkingTime, schedule
from escalation.rules.pauses import Reason
from escalation.rules.recounts import earliest, recounted
from tests.conftest import BecomeProcess
from tests.world import World

pytestmark = pytest.mark.req("ESC-2")
DAY = timedelta(days=1)
START = datetime(2026, 3, 16, 10, tzinfo=UTC)
WEEK = ((Span(9 * 60, 17 * 60),),) * 5 + ((), ())
LIMIT = Limit(working_days=4)
RUNGS = [
    Rung(Anchor.START, Limit(working_days=1)),
    Rung(Anchor.BEFORE, Limit(working_hours=4)),
    Rung(Anchor.AFTER, Limit(working_days=2)),
]
# days that somebody may close, as numbers from the Monday on; a Saturday that may be opened
DAYS = st.frozensets(st.integers(0, 20), max_size=12)
VISITS = st.lists(
    st.tuples(st.integers(1, 40), DAYS, st.booleans()), min_size=1, max_size=8
)  # hours later, what is closed then, whether Saturdays are open


def calendar(closed: frozenset[int], *, with_saturdays: bool = False) -> WorkingTime:
    days = frozenset(START.date() + n * DAY for n in closed)
    week = (*WEEK[:5], WEEK[0] if with_saturdays else (), ())
    return WorkingTime(ZoneInfo("Europe/London"), week, days)


class Kept:
    """A clock as the engine keeps it: what stands, what was promised, the grace after that."""

    def __init__(self) -> None:
        self.stands = self.counted = schedule(LIMIT, RUNGS, START, calendar(frozenset()))
        self.promised = self.stands
        self.grace: datetime | None = None

    def count(self, by: WorkingTime, now: datetime) -> None:
        self.counted = schedule(LIMIT, RUNGS, START, by)
        before, last = self.stands.due, self.grace or now + DAY
        found = recounted(
            self.counted, self.stands, self.promised, at=now, least=now + DAY, last=last
        )
        if self.grace is None and max(self.counted.due, self.promised.due) <= now < before:
            self.grace = found.due
        self.promised, self.stands = earliest(self.promised, found), found


@settings(max_examples=150, deadline=None)
@given(VISITS)
def test_no_counting_makes_a_time_later_than_the_later_of_two_or_sooner_without_notice(
    visits: list[tuple[int, frozenset[int], bool]],
) -> None:
    clock = Kept()
    for hours, (_, closed, saturdays) in zip(
        accumulate(hours for hours, *_ in visits), visits, strict=True
    ):
        now = START + timedelta(hours=hours)
        if clock.stands.due <= now:
            return
        before, promised, grace = clock.stands, clock.promised, clock.grace
        clock.count(calendar(closed, with_saturdays=saturdays), now)
        for was, told, counted, is_now in zip(
            before.moments, promised.moments, clock.counted.moments, clock.stands.moments,
            strict=True,
        ):  # fmt: skip
            assert is_now <= max(was, counted)
            assert is_now >= min(counted, was)
            # sooner than anybody was told only with a day's notice, or what was left of it
            if grace is None and is_now < was:
                assert is_now >= min(told, now + DAY)


@settings(max_examples=150, deadline=None)
@given(VISITS)
def test_whatever_was_closed_and_taken_back_ends_with_the_very_times_of_the_beginning(
    visits: list[tuple[int, frozenset[int], bool]],
) -> None:
    clock = Kept()
    first = clock.stands
    now, granted = START, list[datetime]()
    for hours, closed, saturdays in visits:
        now += timedelta(hours=hours)
        for by in (calendar(closed, with_saturdays=saturdays), calendar(frozenset())):
            if clock.stands.due <= now:
                return
            clock.count(by, now)
        if first.due > now:
            assert clock.stands.due == first.due
        else:
            # it had passed while more was closed: one notice, which does not move any more
            granted.append(clock.stands.due)
            assert clock.stands.due <= now + DAY
            assert len(set(granted)) == 1
        for at, promised in zip(clock.stands.steps, first.steps, strict=True):
            if promised > now:
                assert at == promised


@pytest.fixture
def triage(world: World, process: BecomeProcess) -> Clock:
    """Return a clock of two working days, from Monday at ten."""
    world.file(mode="named", identity=Identity("Rita Reporter"))
    with process("owner"):
        Clock.objects.filter(kind="first_message").delete()
    return Clock.objects.get(kind="triage")


@pytest.mark.django_db
def test_days_that_are_closed_and_taken_back_round_after_round_move_nothing_for_good(
    triage: Clock, world: World, process: BecomeProcess
) -> None:
    office, by = Calendar.objects.of(None), world["adam"]
    first = (triage.due_at, triage.times)
    closed = [world.now.date() + n * DAY for n in range(1, 4)]
    # the last rounds leave less than a day until the limit
    for hours in (0, 3, 26, 30, 40):
        now = world.now + timedelta(hours=hours)
        days = [day for day in closed if day >= now.date()]
        for day in days:
            actions.set_day(office, day=day, name="Off", hours="", by=by, now=now)
        with process("worker"):
            actions.sweep(now=now)
        triage.refresh_from_db()
        assert triage.due_at > first[0]
        for day in days:
            actions.forget_day(office, day=day, by=by, now=now)
        with process("worker"):
            actions.sweep(now=now)
        triage.refresh_from_db()
        assert triage.due_at == first[0]
    assert triage.times == first[1]
    with process("owner"):
        assert triage.moves.count() == 10
        assert triage.moves.order_by("at")[0].why == "a day is closed"


@pytest.mark.django_db
def test_where_what_was_promised_has_passed_there_is_one_notice_and_no_second(
    triage: Clock, world: World, process: BecomeProcess
) -> None:
    office, by = Calendar.objects.of(None), world["adam"]
    first = triage.due_at
    week = actions.Hours(office.name, office.week)
    mondays = actions.Hours(office.name, ["8:00-18:00", *[""] * 6])

    def change_at(hours: int, *said: actions.Hours) -> None:
        now = first + timedelta(hours=hours)
        for one in said:
            actions.change_calendar(office, hours=one, by=by, now=now)
            with process("worker"):
                actions.sweep(now=now)
        triage.refresh_from_db()

    change_at(-24, mondays)
    assert triage.due_at > first + 10 * DAY
    change_at(6, week)
    noticed = first + timedelta(hours=6) + actions.NOTICE
    assert (triage.due_at, triage.state) == (noticed, "running")
    change_at(20, mondays, week)
    assert (triage.due_at, triage.state) == (noticed, "running")
    # where it runs out while more is closed, nobody puts it off a second time
    change_at(21, mondays)
    change_at(31, week)
    assert (triage.state, triage.breached_at) == ("breached", noticed)


@pytest.mark.django_db
@pytest.mark.req("ESC-4")
def test_a_clock_that_rests_in_its_grace_has_what_was_left_of_it_afterwards(
    triage: Clock, world: World, process: BecomeProcess
) -> None:
    office, by = Calendar.objects.of(None), world["adam"]
    first = triage.due_at
    week = actions.Hours(office.name, office.week)
    mondays = actions.Hours(office.name, ["8:00-18:00", *[""] * 6])
    for hours, one in ((-24, mondays), (6, week)):
        now = first + timedelta(hours=hours)
        actions.change_calendar(office, hours=one, by=by, now=now)
        with process("worker"):
            actions.sweep(now=now)
    triage.refresh_from_db()
    graced, steps, since = triage.due_at, triage.times, first + timedelta(hours=10)
    assert triage.grace_until == graced == first + timedelta(hours=6) + DAY
    # it was to rest for a week, and rests for five days
    with process("owner"):
        actions.pause_clock(
            triage.pk, reason=Reason.AWAY, until=since + 7 * DAY, by=world["olga"], now=since
        )
        triage.refresh_from_db()
        assert triage.due_at == triage.grace_until == graced + 7 * DAY
        assert triage.times == [at + 7 * DAY for at in steps]
    # other hours meanwhile change nothing about its limit
    actions.change_calendar(office, hours=mondays, by=by, now=since + DAY)
    with process("worker"):
        actions.sweep(now=since + DAY)
    actions.change_calendar(office, hours=week, by=by, now=since + 2 * DAY)
    with process("worker"):
        actions.sweep(now=since + 2 * DAY)
    again = since + 5 * DAY
    with process("owner"):
        actions.resume_clock(triage.pk, by=world["olga"], now=again)
    with process("worker"):
        actions.sweep(now=again)
    triage.refresh_from_db()
    assert (triage.state, triage.due_at) == ("running", graced + 5 * DAY)
    with process("worker"):
        actions.sweep(now=triage.due_at)
    triage.refresh_from_db()
    assert triage.breached_at == graced + 5 * DAY


@pytest.mark.django_db
@pytest.mark.req("ESC-4")
def test_what_was_promised_rests_too_where_its_calendar_changed_just_before(
    triage: Clock, world: World, process: BecomeProcess
) -> None:
    office, by = Calendar.objects.of(None), world["adam"]
    promised, closed = triage.due_at, world.now.date() + 2 * DAY
    actions.set_day(office, day=closed, name="Off", hours="", by=by, now=world.now)
    # before a sweep has counted it again
    until = world.now + DAY
    with process("owner"):
        actions.pause_clock(
            triage.pk, reason=Reason.AWAY, until=until, by=world["olga"], now=world.now
        )
        triage.refresh_from_db()
        assert triage.promised is not None
        assert (triage.due_at, triage.promised[0]) == (promised + 2 * DAY, promised + DAY)
