"""Calendars in the browser: administrators see, change and give them, and lose nothing typed."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from cases.actions import Identity
from common import clock
from escalation import actions
from escalation.models import Calendar, CalendarDay, CalendarOfUnit, Clock
from escalation.rules.kinds import name_of
from ledger.models import Detail, Entry, Outbox
from ledger.verbs import Verb
from people.models import Unit
from tests.conftest import BecomeProcess
from tests.doors import sign_in
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.req("ESC-2")]
OFFICE = reverse("setup:calendar", args=["office"])
WEEK = {f"day_{n}": "9:00-12:30 13:30-17:00" if n < 5 else "" for n in range(7)}
HOURS = {"name": "The office", "zone": "Asia/Kathmandu", "country": "", "region": "", **WEEK}


@pytest.fixture
def adam(client: Client, world: World) -> Client:
    sign_in(client, world, "adam", vault=False)
    return client


def soon() -> date:
    return clock.now().date() + timedelta(days=10)


def test_what_a_calendar_says_is_changed_and_shown(adam: Client) -> None:
    answer = adam.post(OFFICE, HOURS, follow=True)
    assert "counted by it" in str(next(iter(answer.context["messages"])))
    office = Calendar.objects.of(None)
    assert (office.zone, office.week[0]) == ("Asia/Kathmandu", "9:00-12:30 13:30-17:00")
    assert answer.context["preview"].zone == "Asia/Kathmandu"
    entry = Entry.objects.filter(verb=Verb.CALENDAR_CHANGED).get()
    assert entry.subject == "calendar:office"


def test_a_place_is_chosen_by_name_and_then_a_part_of_it(adam: Client) -> None:
    page = adam.post(OFFICE, {**HOURS, "country": "GB", "region": ""}, follow=True)
    assert ("SCT", "Scotland") in page.context["hours"].fields["region"].choices
    page = adam.post(OFFICE, {**HOURS, "country": "GB", "region": "SCT"}, follow=True)
    assert page.context["place"] == "Scotland, United Kingdom"
    assert "30 November" in page.content.decode()  # kept in Scotland alone
    assert {one.source for one in page.context["days"]} == {CalendarDay.Source.LAW}
    # a region goes with its country
    page = adam.post(OFFICE, {**HOURS, "country": "NP", "region": "SCT"}, follow=True)
    assert page.context["place"] == "Nepal"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({f"day_{n}": "" for n in range(7)}, "nobody would work"),
        ({"zone": "Europe/Atlantis"}, "no time zone"),
        ({"zone": "localtime"}, "no time zone"),
        ({"zone": "../../etc/passwd"}, "no time zone"),
        ({"day_1": "9:00-12:00 11:00-13:00"}, "after the one before"),
        ({"day_1": "nine to five"}, "is no time"),
        ({f"day_{n}": "" if n else "9:00-9:01" for n in range(7)}, "less than 5 hours"),
        ({"day_1": "1:00-2:00 3:00-4:00 5:00-6:00 7:00-8:00 9:00-10:00"}, "at most 4"),
        ({"country": "XX"}, "from the list"),
        ({"name": ""}, "Give it a name"),
    ],
)
def test_what_cannot_be_is_refused_and_what_was_typed_stays(
    typed: dict[str, str], said: str, adam: Client
) -> None:
    page = adam.post(OFFICE, {**HOURS, "name": "As typed", "day_2": "7:15-16:20", **typed})
    shown = page.content.decode()
    assert said in shown
    assert 'value="As typed"' in shown or 'value="7:15-16:20"' in shown
    assert Calendar.objects.of(None).week[2] == "9:00-17:00"


def test_a_day_of_the_offices_own_is_added_and_taken_back(adam: Client) -> None:
    day = reverse("setup:calendar-day", args=["office"])
    page = adam.post(
        day, {"day": soon().isoformat(), "name": "Staff day", "hours": ""}, follow=True
    )
    assert [one.name for one in page.context["days"]] == ["Staff day"]
    forget = reverse("setup:calendar-forget", args=["office"])
    page = adam.post(forget, {"day": soon().isoformat()}, follow=True)
    assert page.context["days"] == []
    assert "No day differs" in page.content.decode()
    again = adam.post(forget, {"day": soon().isoformat()})
    assert "already" in again.content.decode()


def test_the_head_reads_what_stands_and_keeps_no_calendar(client: Client, world: World) -> None:
    sign_in(client, world, "hana", vault=False)
    for url in (OFFICE, reverse("setup:calendars")):
        page = client.get(url)
        assert page.status_code == 200
        assert 'method="post"' not in page.content.decode().split("<main")[1]
    assert client.post(OFFICE, HOURS).status_code == 403
    assert client.post(OFFICE, {**HOURS, "look": "1"}).status_code == 403
    assert Calendar.objects.of(None).zone == ""


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"day": "2020-01-01"}, "is over"),
        ({"day": "9999-01-01"}, "five years"),
        ({"day": "tomorrow"}, "Write the day"),
        ({"name": ""}, "Say what it is"),
        ({"hours": "17:00-9:00"}, "before it ends"),
    ],
)
def test_a_day_that_cannot_be_is_refused(typed: dict[str, str], said: str, adam: Client) -> None:
    day = {"day": soon().isoformat(), "name": "Staff day", "hours": "10:00-11:00", **typed}
    page = adam.post(reverse("setup:calendar-day", args=["office"]), day)
    assert said in page.content.decode()
    assert not CalendarDay.objects.exists()


def test_what_is_too_long_is_said_and_never_cut(adam: Client) -> None:
    day = {"day": soon().isoformat(), "name": "x" * 121, "hours": ""}
    for url, typed in (
        (reverse("setup:calendars"), {"name": "x" * 121}),
        (OFFICE, {**HOURS, "name": "x" * 121}),
        (reverse("setup:calendar-day", args=["office"]), day),
    ):
        page = adam.post(url, typed).content.decode()
        assert "That is 121 characters long, and 120 fit." in page
        assert "x" * 121 in page
        # no browser cuts what is pasted before anybody could say so
        assert "maxlength" not in page.split("<main")[1]
    assert not CalendarDay.objects.exists()


def test_names_that_begin_alike_are_two_calendars(adam: Client) -> None:
    for end in ("north", "south"):
        adam.post(reverse("setup:calendars"), {"name": f"{'Very long name ' * 5}{end}"})
    assert Calendar.objects.count() == 3


def test_of_two_tabs_the_later_writes_over_nothing(adam: Client) -> None:
    first = adam.get(OFFICE).context["calendar"].mark
    adam.post(OFFICE, {**HOURS, "seen": first, "name": "From one tab"})
    late = {**HOURS, "seen": first, "name": "From another", "day_0": "8:00-12:00"}
    page = adam.post(OFFICE, late)
    shown = page.content.decode()
    assert "Somebody else changed this calendar" in shown
    assert 'value="From another"' in shown
    assert "Monday to Friday 9:00-12:30 13:30-17:00" in shown
    assert Calendar.objects.of(None).name == "From one tab"
    # who has read that may save again
    adam.post(OFFICE, {**late, "seen": page.context["calendar"].mark})
    assert Calendar.objects.of(None).name == "From another"


def test_a_day_that_stands_is_not_written_over(adam: Client) -> None:
    url = reverse("setup:calendar-day", args=["office"])
    day = {"day": soon().isoformat(), "name": "Staff day", "hours": ""}
    adam.post(url, day)
    shown = adam.post(url, {**day, "name": "Fair", "hours": "9:00-12:00"}).content.decode()
    assert "stands there already: “Staff day”, closed." in shown
    assert 'value="Fair"' in shown
    assert CalendarDay.objects.get().name == "Staff day"


def test_what_a_change_moves_is_seen_before_it_is_made_and_tells_of_no_concern(
    adam: Client, world: World, process: BecomeProcess
) -> None:
    world.now = clock.now()
    other = Unit.objects.create(code="north", name="North Branch")
    for unit in [world.unit] * 6 + [other] * 2:
        world.file(mode="named", identity=Identity("Rita Reporter"), unit=unit)
    with process("owner"):
        Clock.objects.exclude(kind__in=["triage", "first_message"]).delete()
    week = {f"day_{n}": "" if n else "8:00-18:00" for n in range(7)}
    mondays = {**HOURS, **week, "zone": "", "name": "As typed"}
    page = adam.post(OFFICE, {**mondays, "look": "1"})
    told = [(move.what, move.number) for move in page.context["would_move"]]
    assert told == [
        (f"{name_of(kind)}, {world.unit.name}", "about 5")
        for kind in sorted(["triage", "first_message"], key=name_of)
    ]
    assert "About 15 clocks would be due, or take a step, at another time" in page.content.decode()
    assert other.name not in page.content.decode()
    # nothing is done yet, and what was typed stays
    assert 'value="As typed"' in page.content.decode()
    assert Calendar.objects.of(None).week[0] == "9:00-17:00"
    assert not Entry.objects.filter(verb=Verb.CALENDAR_CHANGED).exists()
    with process("owner"):
        looked = Detail.objects.get(entry__verb=Verb.CALENDAR_TRIED)
        assert looked.facts == {"what": "name,week", "day": None}
    # what was changed stands there afterwards, and the head is told
    page = adam.post(OFFICE, mondays, follow=True)
    [changed] = page.context["changes"]
    assert [(move.what, move.number) for move in changed.moves] == told
    with process("owner"):
        letter = Outbox.objects.get(template="calendar_changed")
    assert letter.to == f"person:{world['hana'].pk}"
    assert letter.context["moved"] == "About 15"
    assert "the hours of its week are others" in letter.context["what"]


def test_whether_a_few_clocks_run_or_none_is_told_by_no_page_no_look_and_no_letter(
    adam: Client, world: World, process: BecomeProcess
) -> None:
    def seen() -> tuple[str, ...]:
        """Return all that an administrator is shown of a small unit's calendar."""
        page = adam.get(OFFICE)
        looked = adam.post(reverse("setup:calendar-day", args=["office"]), {**day, "look": "1"})
        adam.post(reverse("setup:calendar-day", args=["office"]), day)
        after = adam.get(OFFICE)
        adam.post(reverse("setup:calendar-forget", args=["office"]), {"day": day["day"]})
        changes = after.context["changes"]
        return (
            page.context["running"], looked.context["foreseen"],
            str(looked.context["would_move"]), str(changes[0].moves),
            str((changes[0].change.running, changes[0].change.moved, changes[0].change.groups)),
        )  # fmt: skip

    world.now = clock.now()
    nearest = soon() + timedelta(days=(7 - soon().weekday()) % 7)
    day = {"day": nearest.isoformat(), "name": "Fair", "hours": ""}
    with process("owner"):
        Clock.objects.all().delete()
    none = seen()
    world.file(mode="named", identity=Identity("Rita Reporter"), unit=world.unit)
    with process("owner"):
        clocks = Clock.objects.exclude(kind="triage")
        clocks.delete()
        runs = Clock.objects.get()
        # counted again it is due later
        Clock.objects.update(limit="20wd")
        before = runs.due_at
    assert seen() == none
    assert "Fewer than five clocks, or none," in none[1]
    with process("worker"):
        actions.sweep(now=world.now)
        letters = Outbox.objects.filter(template="calendar_changed")
        assert {one.context["moved"] for one in letters} == {""}
        runs.refresh_from_db()
    assert runs.due_at != before


def test_a_calendar_that_no_unit_uses_is_retired_and_what_runs_by_it_runs_on(
    adam: Client, world: World
) -> None:
    office = reverse("setup:calendar-retire", args=["office"])
    assert "so it stays" in adam.post(office).content.decode()
    adam.post(reverse("setup:calendars"), {"name": "Kathmandu"})
    given = {"unit": str(world.unit.pk), "calendar": "kathmandu"}
    adam.post(reverse("setup:calendar-units"), given)
    world.file(unit=world.unit)
    runs = Clock.objects.get(kind="triage")
    retire = reverse("setup:calendar-retire", args=["kathmandu"])
    assert f"“{world.unit.name}” works by it" in adam.post(retire).content.decode()
    adam.post(reverse("setup:calendar-units"), {**given, "calendar": "office"})
    page = adam.post(retire, follow=True).content.decode()
    assert "Clocks that run by it run on" in page
    assert "Retire the calendar" not in page
    assert "retired already" in adam.post(retire).content.decode()
    # no unit is given it any more, and its name is free
    page = adam.post(reverse("setup:calendar-units"), given).content.decode()
    assert "Select a valid choice" in page or "Choose" in page
    assert not CalendarOfUnit.objects.exists()
    assert Clock.objects.filter(pk=runs.pk, calendar__code="kathmandu").exists()
    adam.post(reverse("setup:calendars"), {"name": "Kathmandu"})
    assert Calendar.objects.filter(code="kathmandu-2", retired_at=None).exists()


def test_a_calendar_is_made_and_given_to_a_unit_and_the_head_is_told(
    adam: Client, world: World, process: BecomeProcess
) -> None:
    page = adam.post(reverse("setup:calendars"), {"name": "Kathmandu"}, follow=True)
    assert page.context["calendar"].code == "kathmandu"
    again = adam.post(reverse("setup:calendars"), {"name": "Kathmandu"})
    assert "already" in again.content.decode()
    # nor is another renamed to it
    renamed = adam.post(OFFICE, {**HOURS, "name": "KATHMANDU"})
    assert "There is a calendar “KATHMANDU” already" in renamed.content.decode()
    given = {"unit": str(world.unit.pk), "calendar": "kathmandu"}
    page = adam.post(reverse("setup:calendar-units"), given, follow=True)
    assert Calendar.objects.of(world.unit).code == "kathmandu"
    # the same again is nothing new
    adam.post(reverse("setup:calendar-units"), given)
    with process("owner"):
        letter = Outbox.objects.get(template="calendar_given")
    assert letter.to == f"person:{world['hana'].pk}"
    assert letter.context["calendar"] == "Kathmandu"
    assert world.unit.name in page.content.decode()
    adam.post(reverse("setup:calendar-units"), {**given, "calendar": "office"})
    assert not CalendarOfUnit.objects.exists()


@pytest.mark.parametrize("name", ["olga", "anna", "stan"])
def test_nobody_else_comes_in(name: str, client: Client, world: World) -> None:
    sign_in(client, world, name, vault=False)
    assert client.get(OFFICE).status_code == 403
    assert client.post(OFFICE, HOURS).status_code == 403
    assert Calendar.objects.of(None).zone == ""


def test_pages_cost_as_many_queries_with_sixty_days_and_twenty_units(
    adam: Client,
    world: World,
    process: BecomeProcess,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    adam.get(OFFICE)
    office = Calendar.objects.of(None)
    for url, queries in ((OFFICE, 14), (reverse("setup:calendars"), 11)):
        with django_assert_num_queries(queries):
            adam.get(url)
    CalendarDay.objects.bulk_create(
        CalendarDay(calendar=office, day=soon() + timedelta(days=n), name=f"Day {n}", source="law")
        for n in range(60)
    )
    for n in range(20):
        unit = Unit.objects.create(code=f"u{n}", name=f"Unit {n}")
        CalendarOfUnit.objects.create(unit=unit, calendar=office)
    for url, queries in ((OFFICE, 14), (reverse("setup:calendars"), 11)):
        with django_assert_num_queries(queries):
            adam.get(url)
