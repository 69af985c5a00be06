"""Calendars are changed by administrators, and clocks that run are counted again, with a trace."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from cases.actions import Identity
from cases.models import Concern
from common.errors import RuleError
from escalation import actions
from escalation.actions.holidays import mark_zone
from escalation.models import Calendar, CalendarDay, Clock, Does, MoveReason, Path, Problem
from escalation.rules import Anchor, Limit, Rung
from escalation.rules.ladders import Step
from ledger.models import Entry, Outbox
from ledger.verbs import Verb
from people.middleware import act_as
from people.models import Unit
from tests.conftest import BecomeProcess
from tests.doors import sign_in
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.req("ESC-2")]
DAY = timedelta(days=1)
WEEK = ["9:00-17:00"] * 5 + ["", ""]
TUESDAY, WEDNESDAY = date(2026, 3, 17), date(2026, 3, 18)


@pytest.fixture
def office() -> Calendar:
    return Calendar.objects.of(None)


@pytest.fixture
def triage(world: World, process: BecomeProcess) -> Clock:
    """Return a clock of two working days, from Monday at ten."""
    world.file(mode="named", identity=Identity("Rita Reporter"))
    # of those that count working time a test sees one
    with process("owner"):
        Clock.objects.filter(kind="first_message").delete()
    return Clock.objects.get(kind="triage")


def sweep(process: BecomeProcess, world: World) -> None:
    with process("worker"):
        actions.sweep(now=world.now)


def to_the_newest(world: World) -> None:
    """Ask that all go over to a version that reminds twelve hours before the limit as well."""
    by, now = world["adam"], world.now
    path = Path.objects.get(code="standard")
    draft = actions.start_draft(path, by=by, now=now)
    early = Step(Rung(Anchor.BEFORE, Limit(hours=12)), Does.REMIND.value)
    actions.add_step(draft, step=early, by=by, now=now)
    actions.propose_version(draft, by=by, now=now)
    actions.publish_version(draft, seen=now, by=world["hana"], now=now)
    actions.ask_to_move(path, reason=MoveReason.PEOPLE, by=by, now=now)


def close(office: Calendar, day: date, world: World) -> None:
    actions.set_day(office, day=day, name="Staff day", hours="", by=world["adam"], now=world.now)


def test_a_day_that_is_closed_later_moves_the_clocks_and_their_steps_with_a_trace(
    triage: Clock, office: Calendar, world: World, process: BecomeProcess
) -> None:
    due, steps = triage.due_at, triage.times
    close(office, TUESDAY, world)
    sweep(process, world)
    triage.refresh_from_db()
    assert triage.due_at == due + DAY
    assert triage.times == [at + DAY for at in steps]
    assert triage.next_at == triage.times[0]
    assert Concern.objects.get().next_due_at == due + DAY
    assert Entry.objects.get(verb=Verb.CLOCK_MOVED).subject == f"concern:{triage.subject_id}"
    with process("owner"):
        move = triage.moves.get()
    assert (move.was, move.now, move.why) == (due, due + DAY, "17 March 2026 is closed")


@pytest.mark.req("ESC-3")
def test_whoever_sees_a_concern_or_its_case_reads_what_moved_its_clock_and_why(
    triage: Clock, office: Calendar, world: World, process: BecomeProcess, client: Client
) -> None:
    close(office, TUESDAY, world)
    sweep(process, world)
    concern = Concern.objects.get()
    said = "“Triage” runs out on 19 March 2026 instead of 18 March 2026: 17 March 2026 is closed."
    sign_in(client, world, "olga")
    assert said in client.get(reverse("desk:concern", args=[concern.ref])).content.decode()
    act_as(world["olga"])
    case = world.triage(concern)
    assert said in client.get(reverse("desk:case", args=[case.ref])).content.decode()


def test_what_is_counted_in_calendar_days_stays(
    triage: Clock, office: Calendar, world: World, process: BecomeProcess
) -> None:
    before = dict(Clock.objects.exclude(pk=triage.pk).values_list("kind", "due_at"))
    close(office, TUESDAY, world)
    sweep(process, world)
    assert dict(Clock.objects.exclude(pk=triage.pk).values_list("kind", "due_at")) == before
    assert Entry.objects.filter(verb=Verb.CLOCK_MOVED).count() == 1


def test_a_day_that_is_open_again_brings_the_clock_back(
    triage: Clock, office: Calendar, world: World, process: BecomeProcess
) -> None:
    due = triage.due_at
    close(office, TUESDAY, world)
    sweep(process, world)
    actions.forget_day(office, day=TUESDAY, by=world["adam"], now=world.now)
    sweep(process, world)
    triage.refresh_from_db()
    assert triage.due_at == due


def test_nothing_comes_sooner_than_a_day_from_now(
    triage: Clock, office: Calendar, world: World, process: BecomeProcess
) -> None:
    for day in (TUESDAY, WEDNESDAY):
        close(office, day, world)
    sweep(process, world)
    on_wednesday = world.now + 2 * DAY
    # by the week it was due this very minute; it was known to be due in two days
    actions.forget_day(office, day=WEDNESDAY, by=world["adam"], now=on_wednesday)
    with process("worker"):
        swept = actions.sweep(now=on_wednesday)
    triage.refresh_from_db()
    assert swept.acted == 0
    assert triage.due_at == on_wednesday + actions.NOTICE


def test_public_holidays_are_those_of_the_place(world: World, office: Calendar) -> None:
    hours = actions.Hours("The office", WEEK, country="GB", region="SCT")
    actions.change_calendar(office, hours=hours, by=world["adam"], now=world.now)
    days = dict(office.days.values_list("day", "name"))
    assert date(2026, 11, 30) in days  # St Andrew's Day, in Scotland alone
    assert date(2026, 4, 6) not in days  # Easter Monday, everywhere else
    assert min(days) >= date(2026, 3, 16)
    assert max(days).year == 2028


def test_holidays_are_loaded_again_and_what_the_office_decided_stands(
    world: World, office: Calendar, process: BecomeProcess
) -> None:
    hours = actions.Hours("The office", WEEK, country="GB", region="ENG")
    actions.change_calendar(office, hours=hours, by=world["adam"], now=world.now)
    easter = date(2026, 4, 6)
    actions.set_day(
        office, day=easter, name="Open day", hours="10:00-14:00", by=world["adam"], now=world.now
    )
    CalendarDay.objects.filter(day=date(2026, 5, 4)).delete()
    with process("worker"):
        assert actions.load_holidays(now=world.now) == 1
        assert actions.load_holidays(now=world.now) == 0
    assert office.days.get(day=easter).hours == "10:00-14:00"
    assert office.days.filter(day=date(2026, 5, 4)).exists()
    actions.forget_day(office, day=easter, by=world["adam"], now=world.now)
    assert office.days.get(day=easter).name == "Easter Monday"


def test_a_unit_works_by_its_own_calendar(world: World) -> None:
    unit = Unit.objects.create(code="kathmandu", name="Kathmandu")
    hours = actions.Hours("Nepal", ["", *["10:00-17:00"] * 5, ""], zone="Asia/Kathmandu")
    nepal = actions.make_calendar(code="nepal", hours=hours, by=world["adam"], now=world.now)
    actions.work_by(unit, calendar=nepal, by=world["adam"], now=world.now)
    assert Calendar.objects.of(unit) == nepal
    actions.work_by(unit, calendar=None, by=world["adam"], now=world.now)
    assert Calendar.objects.of(unit).is_office


@pytest.mark.parametrize(
    ("hours", "said"),
    [
        (actions.Hours("A", [""] * 7), "nobody would work"),
        (actions.Hours("A", ["9-5"] + [""] * 6), "is no time"),
        (actions.Hours("A", WEEK, zone="Europe/Atlantis"), "no time zone"),
        (actions.Hours("A", WEEK, country="XX"), "not known"),
        (actions.Hours("A", WEEK, country="GB", region="BY"), "no region"),
        (actions.Hours("A", WEEK[:6]), "seven days"),
    ],
)
def test_a_calendar_that_cannot_be_is_refused_and_nothing_is_changed(
    hours: actions.Hours, said: str, office: Calendar, world: World
) -> None:
    with pytest.raises(RuleError, match=said):
        actions.change_calendar(office, hours=hours, by=world["adam"], now=world.now)
    with pytest.raises(RuleError, match=said):
        actions.make_calendar(code="new", hours=hours, by=world["adam"], now=world.now)


def test_a_day_that_is_over_is_not_changed(world: World, office: Calendar) -> None:
    with pytest.raises(RuleError, match="is over"):
        close(office, date(2026, 3, 15), world)
    with pytest.raises(RuleError, match="is over"):
        actions.forget_day(office, day=date(2026, 3, 15), by=world["adam"], now=world.now)


@pytest.mark.parametrize("name", ["hana", "olga", "stan"])
def test_administrators_alone_keep_calendars(name: str, world: World, office: Calendar) -> None:
    with pytest.raises(PermissionDenied):
        actions.set_day(office, day=TUESDAY, name="Off", hours="", by=world[name], now=world.now)


@pytest.mark.req("ESC-6")
def test_a_clock_that_cannot_be_counted_stops_no_other(
    triage: Clock, office: Calendar, world: World, process: BecomeProcess
) -> None:
    world.file()
    broken = Clock.objects.filter(kind="triage").exclude(pk=triage.pk).get()
    due, theirs = triage.due_at, broken.due_at
    with process("owner"):
        Clock.objects.filter(pk=broken.pk).update(limit="two days")
    close(office, TUESDAY, world)
    sweep(process, world)
    with process("owner"):
        triage.refresh_from_db()
        broken.refresh_from_db()
        assert (triage.due_at, broken.due_at) == (due + DAY, theirs)
        # its steps go on, and whoever looks after the house knows
        assert (broken.problem, broken.next_at) == (Problem.UNCOUNTED, theirs)
        assert set(Outbox.objects.filter(template="clock_alarm").values_list("to", flat=True)) == {
            f"person:{world[name].pk}" for name in ("hana", "adam")
        }
        Clock.objects.filter(pk=broken.pk).update(limit="2wd")
    # it is not tried with every sweep
    sweep(process, world)
    with process("owner"):
        broken.refresh_from_db()
        assert broken.due_at == theirs
    world.now += timedelta(hours=1)
    sweep(process, world)
    with process("owner"):
        broken.refresh_from_db()
    assert (broken.due_at, broken.problem, broken.tries) == (theirs + DAY, "", 0)


@pytest.mark.req("ESC-6")
def test_of_two_troubles_with_its_times_the_first_stays_on_record_and_is_tried_every_hour(
    triage: Clock, office: Calendar, world: World, process: BecomeProcess
) -> None:
    to_the_newest(world)
    with process("owner"):
        Clock.objects.update(limit="two days", due_at=world.now + 9 * DAY)
        Clock.objects.update(next_at=world.now + 9 * DAY)
        Clock.objects.exclude(pk=triage.pk).delete()
    close(office, TUESDAY, world)
    began = world.now
    for hours in (0, 0, 1, 5, 5, 24):
        world.now = began + timedelta(hours=hours)
        with process("worker"):
            actions.sweep(now=world.now)
            actions.move_clocks(now=world.now)
    with process("owner"):
        triage.refresh_from_db()
        assert (triage.problem, triage.problem_at) == (Problem.UNCOUNTED, began)
        # once an hour, and what was missed between is not made up for
        assert triage.tries == 25
        assert Entry.objects.filter(verb=Verb.CLOCK_SET_ASIDE).count() == 1
        told = Outbox.objects.filter(template="clock_alarm", to=f"person:{world['adam'].pk}")
        assert told.count() == 2  # when it began, and a day later


@pytest.mark.req("ESC-6")
def test_a_trouble_of_its_steps_outlasts_one_of_its_times(
    triage: Clock, office: Calendar, world: World, process: BecomeProcess
) -> None:
    with process("owner"):
        Clock.objects.filter(pk=triage.pk).update(
            limit="two days", problem=Problem.NOBODY, problem_at=world.now
        )
    close(office, TUESDAY, world)
    for limit in ("two days", "2wd"):
        with process("owner"):
            Clock.objects.filter(pk=triage.pk).update(limit=limit)
        sweep(process, world)
        triage.refresh_from_db()
        assert triage.problem == Problem.NOBODY


def test_what_has_come_stays_as_it_was(
    triage: Clock, office: Calendar, world: World, process: BecomeProcess
) -> None:
    due, steps = triage.due_at, triage.times
    world.now = due
    sweep(process, world)
    # by shorter days it would not have run out yet
    hours = actions.Hours("The office", ["9:00-11:00"] * 5 + ["", ""])
    actions.change_calendar(office, hours=hours, by=world["adam"], now=world.now)
    close(office, WEDNESDAY, world)
    sweep(process, world)
    triage.refresh_from_db()
    assert (triage.state, triage.due_at, triage.breached_at) == ("breached", due, due)
    assert triage.times == steps


@pytest.mark.req("ESC-6")
def test_other_rules_of_a_zone_move_its_clocks_and_leave_a_trace(
    triage: Clock, office: Calendar, world: World, process: BecomeProcess
) -> None:
    by = world["adam"]
    actions.change_calendar(
        office, hours=actions.Hours("The office", WEEK, zone="Europe/London"), by=by, now=world.now
    )
    with process("worker"):
        assert actions.load_holidays(now=world.now) == 0
        actions.sweep(now=world.now)
    triage.refresh_from_db()
    due = triage.due_at
    # what was known of London before: no summer time, and an hour of another zone
    other = Calendar(zone="Africa/Lagos", code="lagos")
    mark_zone(other, now=world.now)
    with process("owner"):
        Calendar.objects.filter(pk=office.pk).update(zone_was=other.zone_was)
        Clock.objects.filter(pk=triage.pk).update(due_at=due - timedelta(hours=1))
    with process("worker"):
        assert actions.load_holidays(now=world.now) == 1
        actions.sweep(now=world.now)
        assert actions.load_holidays(now=world.now) == 0
    triage.refresh_from_db()
    assert triage.due_at == due
    assert Entry.objects.filter(verb=Verb.CLOCK_MOVED, subject=f"concern:{triage.subject_id}")


def test_a_year_more_that_is_known_moves_nothing(
    office: Calendar, world: World, process: BecomeProcess
) -> None:
    with process("worker"):
        actions.load_holidays(now=world.now)
        assert actions.load_holidays(now=world.now + 400 * DAY) == 0
    known = Calendar.objects.get(pk=office.pk).zone_was
    assert set(known) == {"2027", "2028", "2029"}


def test_whoever_changes_a_calendar_is_told_what_will_become_of_the_clocks(
    triage: Clock, office: Calendar, world: World, process: BecomeProcess
) -> None:
    hours = actions.Hours("The office", office.week)
    unchanged = actions.change_calendar(office, hours=hours, by=world["adam"], now=world.now)
    assert unchanged is None
    found = actions.set_day(
        office, day=TUESDAY, name="Off", hours="", by=world["adam"], now=world.now
    )
    # of those of the concern and of the policy, one is counted in working time
    assert (found.running, found.looked_at, found.moved) == (4, 4, 1)
    sweep(process, world)
    assert Entry.objects.filter(verb=Verb.CLOCK_MOVED).count() == found.moved


def test_a_day_is_over_where_the_calendar_is(world: World) -> None:
    late = world.now.replace(hour=20)  # Tuesday in Kathmandu, Monday in London
    hours = actions.Hours("Nepal", WEEK, zone="Asia/Kathmandu")
    nepal = actions.make_calendar(code="nepal", hours=hours, by=world["adam"], now=late)
    with pytest.raises(RuleError, match="is over"):
        actions.set_day(
            nepal, day=date(2026, 3, 16), name="Off", hours="", by=world["adam"], now=late
        )
    actions.set_day(nepal, day=TUESDAY, name="Off", hours="", by=world["adam"], now=late)
    with pytest.raises(RuleError, match="five years"):
        actions.set_day(
            nepal, day=date(2126, 3, 16), name="Off", hours="", by=world["adam"], now=late
        )


@pytest.mark.parametrize(("count", "said"), [(61, "more than 60 closed days"), (33, "31 days")])
def test_more_closed_days_than_an_office_can_mean_are_refused(
    count: int, said: str, office: Calendar, world: World
) -> None:
    step = 1 if count == 33 else 3
    working = [day for n in range(400) if (day := TUESDAY + n * DAY).weekday() < 5]
    standing = working[: count * step : step]
    CalendarDay.objects.bulk_create(
        CalendarDay(calendar=office, day=day, name="Off", source=CalendarDay.Source.OFFICE)
        for day in standing[:-1]
    )
    with pytest.raises(RuleError, match=said):
        close(office, standing[-1], world)
    # what goes the other way is never refused for it
    actions.forget_day(office, day=standing[0], by=world["adam"], now=world.now)


@pytest.mark.parametrize("days", [70, 40])
def test_what_was_so_before_may_stay_and_grows_no_worse(
    days: int, office: Calendar, world: World
) -> None:
    # of a house of before the bounds: too many closed, too long on end, and too few hours
    step, by = (3 if days == 70 else 1), world["adam"]
    working = [day for n in range(300) if (day := TUESDAY + n * DAY).weekday() < 5]
    over = [TUESDAY - n * DAY for n in range(20, 220, 2)]
    CalendarDay.objects.bulk_create(
        CalendarDay(calendar=office, day=day, name="Off", source=CalendarDay.Source.OFFICE)
        for day in [*over, *working[: days * step : step]]
    )
    short = ["9:00-11:00", "9:00-11:00", "", "", "", "", ""]
    if days == 40:
        Calendar.objects.filter(pk=office.pk).update(week=short)
        office.refresh_from_db()
    hours = actions.Hours("Renamed", office.week)
    assert actions.change_calendar(office, hours=hours, by=by, now=world.now) is None
    later = TUESDAY + 370 * DAY
    actions.set_day(office, day=later, name="Fair", hours="8:00-9:00", by=by, now=world.now)
    actions.forget_day(office, day=later, by=by, now=world.now)
    refused, at = ("60 closed", working[1]) if days == 70 else ("31 days", working[40])
    with pytest.raises(RuleError, match=refused):
        close(office, at, world)
    if days == 40:
        less = actions.Hours("Renamed", ["9:00-12:00", *[""] * 6])
        with pytest.raises(RuleError, match="less than 5 hours"):
            actions.change_calendar(office, hours=less, by=by, now=world.now)


def test_days_that_are_over_count_against_no_new_one(office: Calendar, world: World) -> None:
    CalendarDay.objects.bulk_create(
        CalendarDay(
            calendar=office, day=TUESDAY - n * DAY, name="Off", source=CalendarDay.Source.OFFICE
        )
        for n in range(1, 100)
    )
    close(office, TUESDAY, world)
    hours = actions.Hours("The office", ["9:00-17:00"] * 6 + [""])
    assert actions.change_calendar(office, hours=hours, by=world["adam"], now=world.now)


def test_only_a_day_of_the_offices_own_is_given_back(office: Calendar, world: World) -> None:
    with pytest.raises(RuleError, match="already"):
        actions.forget_day(office, day=TUESDAY, by=world["adam"], now=world.now)
