"""What a path may say, how two versions differ, what a past year would have made of it."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from escalation.rules import Anchor, Limit, Rung, WorkingTime, schedule
from escalation.rules.calendars import spans
from escalation.rules.ladders import (
    Does,
    Given,
    Step,
    compare,
    cycle,
    flaws,
    flaws_of_time,
    numbered,
    place,
)
from escalation.rules.moves import Standing, moved
from escalation.rules.trials import Alerts, Past, audience, told, told_share, trial
from people.rules import Role

pytestmark = pytest.mark.req("ESC-1")
OFFICE = WorkingTime(ZoneInfo("Europe/London"), (spans("9:00-17:00"),) * 5 + ((), ()))
MONDAY = datetime(2026, 3, 16, 10, 0, tzinfo=UTC)
DAY = timedelta(days=1)
HELD = {Role.OFFICER, Role.HEAD, Role.INDEPENDENT, Role.LEADERSHIP}


def step(when: str, does: Does = Does.REMIND, role: str = "", given_: Given = Given.ALWAYS) -> Step:
    limit, anchor = when.rsplit(" ", 1)
    return Step(Rung(Anchor(anchor), Limit.read(limit)), does.value, role, given_.value)


LAST = step("3d after", Does.HAND_OVER, Role.INDEPENDENT)
GOOD = numbered([step("0d after"), step("1d after", Does.NOTIFY, Role.HEAD), LAST])


def test_a_ladder_that_ends_outside_the_line_is_good() -> None:
    assert flaws(GOOD, held=HELD) == []
    assert flaws_of_time(GOOD, limits=[Limit(days=7)], by=OFFICE, at=MONDAY) == []


@pytest.mark.parametrize(
    ("steps", "n", "says"),
    [
        ([], None, "no rung yet"),
        ([step("0d after", Does.NOTIFY), LAST], 1, "Rung 1 reaches nobody. Choose whom"),
        ([step("0d after", Does.REMIND, Role.HEAD), LAST], 1, "the owner alone"),
        ([step("0d after", Does.NOTIFY, "wizard"), LAST], 1, "“wizard”, which there is no more"),
        ([step("0d after", Does.NOTIFY, Role.AUDITOR), LAST], 1, "nobody is auditor"),
        ([step("0d after", Does.ADD, Role.LEADERSHIP), LAST], 1, "works on no concern"),
        ([step("1d after"), step("1d after"), LAST], 2, "the same as rung 1"),
        ([step("1d after")], 1, "behind it comes nobody"),
        ([step("1d after", Does.NOTIFY, Role.INDEPENDENT)], 1, "behind it comes nobody"),
        (
            [step("1d after", Does.ADD, Role.INDEPENDENT, Given.AWAY)],
            1,
            "comes only if whoever looks after it is away",
        ),
        ([step("1d after", given_=Given.UNASSIGNED), LAST], 1, "no owner to remind"),
        ([step("1d after", given_=Given.AWAY), LAST], 1, "would not read it"),
        (
            [step("1d after", Does.ADD, Role.HEAD, Given.UNASSIGNED), LAST],
            1,
            "no owner to stand beside",
        ),
    ],
)
def test_what_is_wrong_is_said_at_its_rung_with_what_to_do(
    steps: list[Step], n: int | None, says: str
) -> None:
    (flaw,) = flaws(numbered(steps), held=HELD)
    assert flaw.n == n
    assert says in flaw.says


def test_only_where_nobody_who_told_something_waits_a_path_may_end_with_somebody_else() -> None:
    gentle = numbered([step("0d after"), step("7d after")])
    assert "Let the last rung hand over" in flaws(gentle, held=HELD)[0].says
    assert flaws(gentle, held=HELD, is_gentle=True) == []


def test_a_hole_in_the_numbers_and_too_many_rungs_are_refused() -> None:
    hole = [GOOD[0], GOOD[2]]
    assert "Rung 2 is missing" in flaws(hole, held=HELD)[0].says
    many = numbered([*(step(f"{n}h after") for n in range(1, 31)), LAST])
    assert "30 rungs at the most" in flaws(many, held=HELD)[0].says


@pytest.mark.parametrize(
    ("steps", "limit", "says"),
    [
        ([step("8d before"), LAST], Limit(days=7), "Rung 1 would come before the start"),
        # from a midnight on, a working day ends with work
        ([step("1d before"), LAST], Limit(working_days=1), "Rung 1 would come before the start"),
        ([step("2d after"), step("1d after")], Limit(days=7), "Rung 2 would come before rung 1"),
        ([step("0d after"), step("1d before")], Limit(days=7), "Rung 2 would come before rung 1"),
        # in order from Monday to Wednesday, and not over a weekend
        ([step("1wd start"), step("2d start")], Limit(days=7), "begins on a Friday"),
    ],
)
def test_a_rung_that_would_come_before_another_or_before_the_start_is_named(
    steps: list[Step], limit: Limit, says: str
) -> None:
    (flaw,) = flaws_of_time(numbered(steps), limits=[limit], by=OFFICE, at=MONDAY)
    assert says in flaw.says


def test_a_calendar_without_working_time_is_a_flaw_and_no_crash() -> None:
    never = WorkingTime(ZoneInfo("UTC"), ((),) * 7)
    (flaw,) = flaws_of_time(numbered([step("1wd start"), LAST]), limits=[], by=never, at=MONDAY)
    assert "nobody ever works" in flaw.says


@pytest.mark.parametrize(
    ("starts", "way"),
    [
        ({}, []),
        ({"a": ["b"], "b": ["c"]}, []),
        ({"a": ["a"]}, ["a", "a"]),
        ({"a": ["b"], "b": ["c", "d"], "c": ["a"]}, ["a", "b", "c", "a"]),
        # a circle elsewhere, which is none of ours
        ({"a": ["b"], "b": ["c"], "c": ["b"]}, []),
    ],
)
def test_a_path_that_starts_itself_again_is_found(
    starts: dict[str, list[str]], way: list[str]
) -> None:
    assert cycle("a", starts) == way


def test_versions_are_compared_rung_by_rung() -> None:
    later = step("2d after", Does.NOTIFY, Role.HEAD)
    new = step("1d before", given_=Given.UNANSWERED)
    changes = compare(GOOD, numbered([new, GOOD[0], later]))
    told_ = [(one.kind, (one.after or one.before)) for one in changes]
    assert [kind for kind, _ in told_] == ["added", "changed", "removed"]
    assert [one.title for _, one in told_ if one] == [
        "Remind the owner",
        "Tell the head of the ethics office",
        "Hand over to the independent person",
    ]
    assert compare(GOOD, GOOD) == []


def test_a_new_rung_finds_its_place_by_its_time() -> None:
    limit = Limit(days=7)
    places = [
        place(GOOD, step(when), limit=limit, by=OFFICE, at=MONDAY)
        for when in ("1h start", "0d after", "2d after", "9d after")
    ]
    assert places == [0, 1, 2, 3]


# -- tried on clocks that ran ----------------------------------------------------------


def past(met: timedelta | None, *, answered: timedelta | None = None, known: bool = True) -> Past:
    due = MONDAY + 7 * DAY
    at = MONDAY + met if met is not None else None
    late = at is None or at > due
    when = MONDAY + answered if answered is not None else None
    return Past(MONDAY, Limit(days=7), OFFICE, at, late, when, known)


def test_a_trial_counts_who_came_so_far_and_who_ran_out() -> None:
    steps = numbered([step("1d start"), step("0d after"), step("1d after", Does.NOTIFY, Role.HEAD)])
    clocks = [past(timedelta(hours=2)), past(3 * DAY), past(7.5 * DAY), past(None)]
    found = trial(steps, clocks, now=MONDAY + 30 * DAY)
    assert [(one.count, one.late) for one in found] == [(3, 2), (2, 2), (1, 1)]
    assert not any(one.at_most for one in found)
    early = trial(steps, clocks, now=MONDAY + 2 * DAY)
    assert [one.count for one in early] == [3, 0, 0]
    assert audience(found) == {"": Alerts(to_one=5), Role.HEAD: Alerts(to_all=1)}


def test_what_history_does_not_know_is_an_upper_bound() -> None:
    asked = numbered([step("1d start", given_=Given.UNANSWERED)])
    clocks = [past(None, answered=timedelta(hours=1)), past(None, answered=2 * DAY), past(None)]
    assert [(one.count, one.at_most) for one in trial(asked, clocks, now=MONDAY + 9 * DAY)] == [
        (2, False)
    ]
    unknown = trial(asked, [past(None, known=False)], now=MONDAY + 9 * DAY)
    assert (unknown[0].count, unknown[0].at_most) == (1, True)
    opened = trial(numbered([step("1d start", given_=Given.UNOPENED)]), [], now=MONDAY)
    assert opened[0].at_most


def test_who_has_it_is_told_as_well_when_it_becomes_more_urgent() -> None:
    found = trial(numbered([step("1d start", Does.RAISE)]), [past(None)], now=MONDAY + 9 * DAY)
    assert audience(found) == {"": Alerts(to_one=1)}
    # history does not know which were as urgent as time can make them
    assert found[0].at_most


def test_small_counts_are_not_told_and_others_are_rounded() -> None:
    assert [told(n) for n in (0, 1, 4, 5, 7, 8, 412)] == [None, None, None, 5, 5, 10, 410]
    assert told_share(57, 412) == 13
    assert told_share(4, 412) is None


def test_what_all_are_told_counts_for_each_and_what_one_is_given_is_shared() -> None:
    year = timedelta(weeks=52)
    assert Alerts(to_one=520).a_week(2, year) == 5.0
    assert Alerts(to_all=520).a_week(2, year) == 10.0
    assert Alerts(to_all=520).a_week(0, year) is None
    assert Alerts(to_one=3).a_week(2, year) is None


# -- moved to another version ----------------------------------------------------------

SPANS = st.sampled_from([Limit(), Limit(hours=12), Limit(days=2), Limit(working_days=3)])
RUNGS = st.lists(st.builds(Rung, st.sampled_from(Anchor), SPANS), min_size=1, max_size=5)


@settings(max_examples=80, deadline=None)
@given(RUNGS, st.integers(1, 400), st.one_of(st.none(), st.integers(1, 300)))
def test_a_moved_clock_is_never_hastened_and_never_falls_off_the_ladder(
    rungs: list[Rung], hours: int, ahead: int | None
) -> None:
    now, notice = MONDAY + timedelta(hours=hours), MONDAY + timedelta(hours=hours + 24)
    times = sorted(zip(schedule(Limit(days=7), rungs, MONDAY, OFFICE).steps, rungs, strict=True))
    ordered = [rung for _, rung in times]
    step_at = now + timedelta(hours=ahead) if ahead else None
    clock = Standing(MONDAY, Limit(days=7), MONDAY + 7 * DAY, step_at)
    onward = moved(clock, ordered, OFFICE, now=now, notice=notice)
    left = list(onward.times[onward.next_step - 1 :])
    assert left == sorted(left)
    if step_at is None:
        assert len(left) == sum(at > now for at, _ in times)
        assert all(at >= notice for at in left)
    else:
        assert left
        assert left[0] >= min(step_at, notice)


def test_a_step_that_was_due_and_could_not_be_taken_is_made_good_by_the_last_that_has_passed() -> (
    None
):
    due, now = MONDAY + 7 * DAY, MONDAY + 10 * DAY
    rungs = [Rung(Anchor.AFTER, Limit(days=n)) for n in (0, 2, 5)]
    clock = Standing(MONDAY, Limit(days=7), due, due + DAY)
    onward = moved(clock, rungs, OFFICE, now=now, notice=now + DAY)
    assert onward.next_step == 2
    assert onward.times[1:] == (due + 2 * DAY, due + 5 * DAY)


def test_what_comes_at_once_is_ahead_of_whatever_is_counted_from_now() -> None:
    # what pauses and holidays added to its limit lies behind
    clock = Standing(MONDAY, Limit(days=7), MONDAY + 20 * DAY, MONDAY + 10 * DAY)
    rungs = [Rung(Anchor.START, Limit()), Rung(Anchor.START, Limit(hours=2))]
    onward = moved(clock, rungs, OFFICE, now=MONDAY, notice=MONDAY)
    assert onward.times == (MONDAY, MONDAY + timedelta(hours=2))
    assert onward.next_step == 1


def test_what_has_passed_is_not_ahead_where_the_start_holds_it_back() -> None:
    due = MONDAY + DAY
    clock = Standing(MONDAY, Limit(days=7), due, due)
    rungs = [Rung(Anchor.BEFORE, Limit(days=3)), Rung(Anchor.AFTER, Limit())]
    assert moved(clock, rungs, OFFICE, now=MONDAY, notice=MONDAY).next_step == 2


def test_a_clock_that_was_prolonged_keeps_what_was_added() -> None:
    due = MONDAY + 9 * DAY  # two days more than its limit: it was paused
    clock = Standing(MONDAY, Limit(days=7), due, due)
    rungs = [
        Rung(Anchor.START, Limit(days=4)),
        Rung(Anchor.BEFORE, Limit(days=1)),
        Rung(Anchor.AFTER, Limit(days=1)),
    ]
    onward = moved(clock, rungs, OFFICE, now=MONDAY + DAY, notice=MONDAY + 2 * DAY)
    assert onward.times == (MONDAY + 6 * DAY, MONDAY + 8 * DAY, MONDAY + 10 * DAY)
    assert onward.next_step == 1
