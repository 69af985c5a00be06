"""People are asked to read a policy: who, by when, once; and how many have is all that is told."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from common.errors import RuleError
from escalation import actions as escalation
from escalation import duties
from escalation.lifecycle import State
from escalation.models import Calendar, CalendarOfUnit, Clock, Standard
from escalation.rules import Limit, NoWorkingTimeError
from ledger.models import Entry, Outbox
from ledger.verbs import Verb
from people import actions as people
from people.middleware import act_as
from people.models import Person, Unit
from people.rules import Role
from policies import actions
from policies.models import Acknowledgement, Campaign, Policy, PolicyVersion
from policies.reports import coverage
from policies.rules import Line, protected
from policies.rules.coverage import Unit as Counted
from tests.conftest import BecomeProcess
from tests.doors import sign_in
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.req("POL-4"), pytest.mark.usefixtures("world")]
FORTNIGHT = Limit(days=14)


def publish(world: World, after: timedelta = timedelta(0)) -> Policy:
    """Publish a version of a policy that stan owns."""
    actions.publish(
        code="gifts",
        text=actions.Text("Gifts", "What you may accept.", "Nothing of worth."),
        owner=world["stan"],
        in_force_from=(world.now + after).date(),
        now=world.now + after,
    )
    return Policy.objects.get(code="gifts")


def ask(world: World, *, by: str = "stan", **changes: Any) -> Campaign:
    """Ask everybody to read it, unless a test says otherwise."""
    facts: dict[str, Any] = {
        "audience": actions.Audience(),
        "limit": FORTNIGHT,
        "is_material": False,
        "now": world.now,
        **changes,
    }
    return actions.start_campaign(Policy.objects.get(code="gifts"), by=world[by], **facts)


def work(world: World, process: BecomeProcess, after: timedelta = timedelta(0)) -> None:
    """Let a worker do its minute."""
    with process("worker"):
        actions.see_to_campaigns(now=world.now + after)


def asked(process: BecomeProcess) -> set[str]:
    """Return who is asked now and has not read it."""
    with process("owner"):
        return set(Acknowledgement.objects.owed().values_list("person__username", flat=True))


def read(world: World, name: str, after: timedelta = timedelta(0)) -> Acknowledgement:
    """Let somebody say that they have read it."""
    act_as(world[name])
    mine = Acknowledgement.objects.kept().order_by("-asked_at").first()
    assert mine is not None
    return actions.acknowledge(mine.pk, by=world[name], now=world.now + after)


def crowd(world: World, *roles: Role, name: str = "crowd") -> list[str]:
    """Hire eleven people: of fewer nothing is told."""
    names = [f"{name}{n}" for n in range(11)]
    for one in names:
        world.hire(one, *roles, has_key=False)
    return names


def states(process: BecomeProcess, kind: str = "acknowledgement") -> set[str]:
    with process("owner"):
        return set(Clock.objects.filter(kind=kind).values_list("state", flat=True))


# -- who is asked ------------------------------------------------------------------------------


@pytest.mark.req("ESC-3")
def test_everybody_is_asked_with_a_clock_of_their_own_and_whoever_joins_too(
    world: World, process: BecomeProcess
) -> None:
    publish(world)
    ask(world)
    work(world, process)
    assert asked(process) == set(world.people)
    world.hire("nina", has_key=False)
    work(world, process, timedelta(days=3))
    assert "nina" in asked(process)
    act_as(world["nina"])
    clock = Clock.objects.get(kind="acknowledgement")
    assert (clock.owner, clock.unit) == (world["nina"], world.unit)
    assert clock.due_at.date() == world.now.date() + timedelta(days=17)


def test_units_or_parts_alone_are_asked(world: World, process: BecomeProcess) -> None:
    publish(world)
    crew = crowd(world, Role.AUDITOR)
    ask(world, audience=actions.Audience(roles=[Role.CUSTODIAN, Role.AUDITOR]))
    work(world, process)
    assert asked(process) == {"carl", "anna", *crew}
    act_as(None)
    actions.end_campaign(Campaign.objects.get().pk, by=world["stan"], now=world.now)
    elsewhere = Unit.objects.create(code="abroad", name="Abroad")
    Person.objects.filter(username__in=crew).update(unit=elsewhere)
    ask(world, audience=actions.Audience(units=[elsewhere]))
    work(world, process)
    assert asked(process) == set(crew)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"limit": Limit()}, "over as soon as it begins"),
        # the first reminder comes two days before the limit
        ({"limit": Limit(days=1)}, "too short for the path Reading policies"),
        ({"audience": actions.Audience(roles=[Role.POLICY_OWNER])}, "fewer than 11 people"),
        ({"audience": actions.Audience(roles=[Role.OFFICER])}, "fewer than 11 people"),
    ],
)
def test_what_makes_no_sense_or_would_point_at_somebody_is_refused(
    world: World, changes: dict[str, Any], why: str
) -> None:
    publish(world)
    with pytest.raises(RuleError, match=why):
        ask(world, **changes)
    assert not Campaign.objects.exists()


def test_a_policy_is_asked_about_once_at_a_time_and_only_once_it_is_in_force(world: World) -> None:
    publish(world, timedelta(days=5))
    with pytest.raises(RuleError, match="in force yet"):
        ask(world)
    ask(world, now=world.now + timedelta(days=5))
    with pytest.raises(RuleError, match="already"):
        ask(world, now=world.now + timedelta(days=6))


def test_its_owner_policy_owners_and_the_head_ask_and_nobody_else(world: World) -> None:
    publish(world)
    world.hire("pola", Role.POLICY_OWNER, has_key=False)
    for name in ("stan", "hana", "pola"):
        actions.end_campaign(ask(world, by=name).pk, by=world[name], now=world.now)
    for name in ("adam", "olga", "chief", "anna"):
        with pytest.raises(PermissionDenied):
            ask(world, by=name)


# -- reading it --------------------------------------------------------------------------------


@pytest.mark.req("ESC-3")
def test_reading_it_meets_the_clock_and_is_recorded_under_the_readers_name(
    world: World, process: BecomeProcess
) -> None:
    publish(world)
    ask(world)
    work(world, process)
    first = read(world, "olga", timedelta(days=1))
    again = actions.acknowledge(first.pk, by=world["olga"], now=world.now + timedelta(days=2))
    assert again.done_at == world.now + timedelta(days=1)
    assert Clock.objects.get(subject_id=first.pk).state == State.MET
    with process("owner"):
        entry = Entry.objects.get(verb=Verb.POLICY_ACKNOWLEDGED)
    assert (entry.actor, entry.subject) == (world["olga"].actor.ref, "policy:gifts")
    with pytest.raises(PermissionDenied):
        actions.acknowledge(first.pk, by=world["omar"], now=world.now)


def test_when_all_have_read_it_nothing_is_owed_to_whoever_asked(
    world: World, process: BecomeProcess
) -> None:
    publish(world)
    crew = crowd(world, Role.AUDITOR)
    ask(world, audience=actions.Audience(roles=[Role.AUDITOR]))
    work(world, process)
    for name in crew:
        read(world, name)
    work(world, process)
    assert states(process, "campaign") == {State.RUNNING}
    read(world, "anna")
    work(world, process)
    assert states(process, "campaign") == {State.MET}
    # and whoever joins owes it anew
    world.hire("nina", Role.AUDITOR, has_key=False)
    work(world, process, timedelta(days=30))
    assert states(process, "campaign") == {State.MET, State.RUNNING}


def test_of_fewer_than_eleven_no_clock_tells_that_all_have_read_it(
    world: World, process: BecomeProcess
) -> None:
    publish(world)
    ask(world)
    work(world, process)
    world.hire("nina", has_key=False)
    assert states(process, "campaign") == set()
    # the eleventh makes them enough
    work(world, process)
    assert states(process, "campaign") == {State.RUNNING}


def test_what_is_ended_and_begun_again_within_a_minute_is_owed_as_before(
    world: World, process: BecomeProcess
) -> None:
    publish(world)
    crowd(world)
    first = ask(world)
    work(world, process)
    act_as(None)
    actions.end_campaign(first.pk, by=world["stan"], now=world.now)
    again = ask(world)
    work(world, process)
    with process("owner"):
        owed = Acknowledgement.objects.owed()
        assert set(owed.values_list("campaign", flat=True)) == {again.pk}
        assert owed.count() == 21
        ended, running = Clock.objects.filter(kind="campaign").order_by("state")
    assert (ended.state, running.state) == (State.MET, State.RUNNING)


def test_a_campaign_that_fails_ends_no_other_and_the_heads_are_told(
    world: World, process: BecomeProcess
) -> None:
    publish(world)
    with process("owner"):
        never = Calendar.objects.create(code="never", name="Never", week=[""] * 7)
        CalendarOfUnit.objects.create(unit=world.unit, calendar=never)
        Person.objects.filter(username="omar").update(unit=None)
    ask(world, limit=Limit(working_days=10))
    handling = Policy.objects.get(code="speaking-up")
    actions.start_campaign(
        handling,
        by=world["hana"],
        audience=actions.Audience(),
        limit=FORTNIGHT,
        is_material=False,
        now=world.now + timedelta(minutes=1),
    )
    with process("worker"), pytest.raises(NoWorkingTimeError):
        actions.see_to_campaigns(now=world.now + timedelta(minutes=1))
    with process("owner"):
        policies = Acknowledgement.objects.values_list("version__policy__code", flat=True)
        assert set(policies) == {"speaking-up"}
    with process("worker"):
        told = Outbox.objects.filter(template="clock_alarm").values_list("to", flat=True)
        assert f"person:{world['hana'].pk}" in set(told)


def test_whoever_leaves_is_asked_no_more(world: World, process: BecomeProcess) -> None:
    publish(world)
    ask(world)
    work(world, process)
    Person.objects.filter(username="omar").update(is_active=False, is_on_duty=False)
    work(world, process)
    assert "omar" not in asked(process)
    assert "olga" in asked(process)
    with process("owner"):
        assert Clock.objects.get(kind="acknowledgement", owner=world["omar"]).state == "cancelled"


def test_a_campaign_that_is_ended_or_followed_by_a_version_asks_no_more(
    world: World, process: BecomeProcess
) -> None:
    publish(world)
    ended = ask(world)
    work(world, process)
    mine = read(world, "olga")
    act_as(world["omar"])
    late = Acknowledgement.objects.get()
    actions.end_campaign(ended.pk, by=world["stan"], now=world.now)
    work(world, process)
    assert states(process) == {State.MET, State.CANCELLED}
    with pytest.raises(RuleError, match="not asked of you any more"):
        actions.acknowledge(late.pk, by=world["omar"], now=world.now)
    act_as(world["olga"])
    assert Acknowledgement.objects.get() == mine

    ask(world)
    work(world, process)
    publish(world, timedelta(days=2))
    work(world, process, timedelta(days=2))
    assert asked(process) == set()
    with process("owner"):
        assert not Campaign.objects.running().exists()
        why = Entry.objects.filter(verb=Verb.CAMPAIGN_ENDED).count()
    assert why == 2


@pytest.mark.parametrize(("is_material", "again"), [(True, True), (False, False)])
def test_a_material_change_is_put_before_those_who_read_the_version_before(
    world: World, process: BecomeProcess, *, is_material: bool, again: bool
) -> None:
    publish(world)
    ask(world)
    work(world, process)
    read(world, "olga")
    later = timedelta(days=2)
    publish(world, later)
    work(world, process, later)
    ask(world, is_material=is_material, now=world.now + later)
    work(world, process, later)
    assert ("olga" in asked(process)) is again
    assert "omar" in asked(process)


def test_a_material_change_counts_for_every_later_version_too(
    world: World, process: BecomeProcess
) -> None:
    for n, is_material in ((0, False), (2, True), (4, False)):
        after = timedelta(days=n)
        publish(world, after)
        work(world, process, after)
        act_as(None)
        ask(world, is_material=is_material, now=world.now + after)
        work(world, process, after)
        if n < 4:
            read(world, ("olga", "", "omar")[n], after)
    now = asked(process)
    # olga acknowledged what was before the change, omar what it made of it
    assert "olga" in now
    assert "omar" not in now


def test_nobody_is_asked_twice_for_the_same_version(world: World, process: BecomeProcess) -> None:
    publish(world)
    first = ask(world)
    work(world, process)
    read(world, "olga")
    actions.end_campaign(first.pk, by=world["stan"], now=world.now)
    work(world, process)
    ask(world, is_material=True)
    work(world, process)
    work(world, process)
    assert asked(process) == set(world.people) - {"olga"}


# -- reminders ---------------------------------------------------------------------------------


@pytest.mark.req("ESC-3", "ESC-5")
def test_the_path_reminds_the_reader_alone_and_alarms_nobody(
    world: World, process: BecomeProcess
) -> None:
    publish(world)
    ask(world)
    work(world, process)
    with process("worker"):
        Clock.objects.exclude(owner=world["anna"]).update(next_at=None)
        for days in (12, 14, 21, 28, 60):
            escalation.sweep(now=world.now + timedelta(days=days))
        told = Outbox.objects.filter(template__startswith="clock")
        assert set(told.values_list("to", "template")) == {
            (f"person:{world['anna'].pk}", "clock_remind")
        }
        assert told.count() == 4
        contexts = [notice.context for notice in told]
        assert Clock.objects.get(owner=world["anna"]).problem == ""
    assert {context["reference"] for context in contexts} == {"gifts"}
    assert "anna" in asked(process)


def test_of_somebody_who_is_away_or_locked_out_nobody_hears(
    world: World, process: BecomeProcess
) -> None:
    publish(world)
    ask(world)
    work(world, process)
    Person.objects.filter(username="anna").update(is_locked=True)
    people.go_away(world["omar"], since=world.now.date(), now=world.now)
    # nor is anybody alarmed that a step found nobody
    with process("watchdog"):
        late = Clock.objects.filter(owner__in=[world["anna"], world["omar"]])
        Clock.objects.exclude(pk__in=late.values("pk")).update(next_at=None)
        for days in (12, 14, 21, 28):
            escalation.sweep(now=world.now + timedelta(days=days))
        assert not Outbox.objects.filter(template__startswith="clock").exists()
        assert set(late.values_list("problem", "next_step")) == {("", 5)}


# -- what is told of it ------------------------------------------------------------------------


@pytest.mark.req("SEC-2")
def test_the_database_shows_to_everybody_their_own_row_and_clock_alone(
    world: World, process: BecomeProcess
) -> None:
    publish(world)
    ask(world)
    work(world, process)
    for name in ("stan", "hana", "anna", "chief", "olga"):
        act_as(world[name])
        assert [one.person for one in Acknowledgement.objects.all()] == [world[name]]
        assert Clock.objects.filter(kind="acknowledgement").count() == 1
    act_as(None)
    assert not Acknowledgement.objects.exists()
    act_as(world["olga"])
    other = Acknowledgement.objects.filter(person=world["omar"])
    assert other.update(done_at=world.now) == 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM policies_acknowledgement")
        assert cursor.fetchone() == (1,)


TOGETHER = "Smaller units together"


@pytest.mark.req("SEC-2")
def test_whoever_stands_in_for_somebody_finds_nothing_of_what_these_have_to_read(
    world: World, process: BecomeProcess
) -> None:
    publish(world)
    ask(world)
    work(world, process)
    agreed = people.delegate(world["stan"], to=world["adam"], since=world.now.date(), now=world.now)
    people.accept_delegation(agreed, now=world.now)
    people.go_away(world["stan"], since=world.now.date(), now=world.now)
    adams = {("acknowledgement", world["adam"])}
    act_as(world["adam"])
    found = duties.feed_of(world["adam"], now=world.now)
    assert {(one.kind, one.owner) for one in found if one.kind == "acknowledgement"} == adams
    # they do stand in for the rest: that policy is reviewed
    assert ("policy_review", world["stan"]) in {(one.kind, one.owner) for one in found}
    # nor where the database would show it
    with process("owner"):
        own = duties.own_of(world["adam"], now=world.now).filter(kind="acknowledgement")
        assert {(one.kind, one.owner) for one in own} == adams


@pytest.mark.req("AUD-3")
@pytest.mark.parametrize(
    ("units", "lines"),
    [
        # nobody can be made out of fewer than eleven, also not where all of them have
        ([("a", 10, 9)], []),
        ([("a", 4, 4), ("b", 6, 6)], []),
        ([], []),
        ([("a", 20, 5)], [("a", 20, 5, 9)]),
        # nobody, few, all but few: whoever knows the unit would know who
        ([("a", 14, 0)], [("a", 14, 0, 4)]),
        ([("a", 14, 4)], [("a", 14, 0, 4)]),
        ([("a", 14, 9)], [("a", 14, 5, 9)]),
        ([("a", 15, 10)], [("a", 15, 10, 15)]),
        ([("a", 14, 13)], [("a", 14, 10, 14)]),
        ([("a", 14, 14)], [("a", 14, 10, 14)]),
        ([("a", 20, 5), ("b", 6, 1), ("c", 5, 4)], [("a", 20, 5, 9), ("", 11, 5, 11)]),
        # what is left of the total would tell of b, so the next larger stands with it
        ([("a", 20, 5), ("b", 3, 1), ("c", 30, 7)], [("c", 30, 5, 9), ("", 23, 5, 9)]),
    ],
)
def test_no_figure_points_at_somebody(
    units: list[tuple[str, int, int]], lines: list[tuple[str, int, int, int]]
) -> None:
    told = protected([Counted(code, code, *counts) for code, *counts in units])
    assert told.asked == sum(asked for _, asked, _ in units)
    assert told.lines == tuple(Line(code, code or TOGETHER, *counts) for code, *counts in lines)


def test_what_is_told_of_all_is_no_more_than_what_is_told_of_the_units() -> None:
    told = protected([Counted("a", "a", 20, 19), Counted("b", "b", 20, 10)]).all
    assert told == Line("", "Everybody who was asked", 40, 25, 34)
    assert told.shares == (62, 85)
    assert protected([Counted("a", "a", 10, 10)]).all is None


@given(st.integers(11, 400), st.data())
def test_a_step_is_never_so_short_that_it_tells_how_many(asked: int, data: st.DataObject) -> None:
    done = data.draw(st.integers(0, asked))
    (line,) = protected([Counted("a", "a", asked, done)]).lines
    assert line.least <= done <= line.most <= asked
    assert line.most - line.least >= 4


def figures(
    world: World, after: timedelta = timedelta(weeks=1)
) -> tuple[int, list[tuple[str, int, int, int]]]:
    """Return what whoever asks is told of the version in force: asked in all, and each line."""
    version = PolicyVersion.objects.in_force(world.now.date()).get(policy__code="gifts")
    told = coverage([version.pk], now=world.now + after)[version.pk]
    return told.asked, [(one.code, one.asked, one.least, one.most) for one in told.lines]


def test_whoever_asks_counts_without_seeing_anybody(world: World, process: BecomeProcess) -> None:
    publish(world)
    ask(world)
    crew = crowd(world)
    work(world, process)
    for name in crew[:6]:
        read(world, name)
    act_as(world["hana"])
    assert figures(world) == (21, [("field", 21, 5, 9)])
    assert Acknowledgement.objects.count() == 1


@pytest.mark.req("SEC-2")
def test_whoever_compares_two_moments_does_not_see_that_somebody_read_in_between(
    world: World, process: BecomeProcess
) -> None:
    publish(world)
    ask(world)
    crew = crowd(world)
    work(world, process)
    for name in crew[:4]:
        read(world, name)
    # the world's day is a Monday
    monday, day = timedelta(weeks=1), timedelta(days=1)
    before = figures(world, monday)
    assert before == (21, [("field", 21, 0, 4)])
    read(world, crew[4], after=monday)
    days_after = [monday + n * day for n in range(7)]
    assert {str(figures(world, one)) for one in days_after} == {str(before)}
    # a week later it is told in a step that is wider than one
    assert figures(world, 2 * monday) == (21, [("field", 21, 5, 9)])
    for name in crew[5:9]:
        read(world, name, after=2 * monday)
        assert figures(world, 3 * monday - day) == figures(world, 3 * monday)


@pytest.mark.req("SEC-2")
def test_whoever_joins_after_all_have_read_is_told_of_by_no_two_figures(
    world: World, process: BecomeProcess
) -> None:
    publish(world)
    ask(world)
    crowd(world)
    work(world, process)
    for name in sorted(asked(process)):
        read(world, name)
    monday, day = timedelta(weeks=1), timedelta(days=1)
    before = figures(world, monday)
    assert before == (21, [("field", 21, 15, 21)])
    world.hire("newcomer", has_key=False)
    work(world, process, after=monday + day)
    # before the week is over nobody sees that somebody was asked
    assert figures(world, monday + 2 * day) == before
    unread = figures(world, 2 * monday)
    assert unread == (22, [("field", 22, 15, 22)])
    read(world, "newcomer", after=2 * monday)
    assert figures(world, 3 * monday) == unread


def test_figures_count_a_version_whoever_was_asked_by_whichever_campaign_and_left(
    world: World, process: BecomeProcess
) -> None:
    """Else an end would make everything read, and one audience could be taken from another."""
    publish(world)
    abroad = Unit.objects.create(code="abroad", name="Abroad")
    crew = crowd(world)
    Person.objects.filter(username__in=crew).update(unit=abroad)
    ask(world)
    work(world, process)
    for name in crew[:6]:
        read(world, name)
    Person.objects.filter(username__in=crew[5:7]).update(is_active=False)
    act_as(None)
    actions.end_campaign(Campaign.objects.get().pk, by=world["stan"], now=world.now)
    work(world, process)
    # the ten of the world are too few to stand alone
    assert figures(world) == (21, [("", 21, 5, 9)])
    crowd(world, name="more")
    ask(world, audience=actions.Audience(units=[abroad, world.unit]))
    work(world, process)
    work(world, process)
    assert figures(world) == (32, [("abroad", 11, 5, 11), ("field", 21, 0, 4)])


# -- pages -------------------------------------------------------------------------------------


def page(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def test_a_person_finds_what_is_asked_reads_it_and_says_so(
    client: Client, world: World, process: BecomeProcess
) -> None:
    publish(world)
    ask(world, now=world.now)
    work(world, process)
    sign_in(client, world, "olga", vault=False)
    assert "1 policy waits" in page(client, "/staff/")
    assert "Acknowledge it" in page(client, "/staff/policies/gifts/")
    act_as(world["olga"])
    mine = f"/staff/acknowledgements/{Acknowledgement.objects.get().pk}/"
    # the office finds it among everything that is due from them as well
    for address in ("/staff/acknowledgements/", "/desk/due/"):
        assert mine in page(client, address)
    text = page(client, mine)
    assert "Nothing of worth." in text
    assert "30 March" in text
    said = page_after(client, mine)
    assert "Thank you. You have acknowledged Gifts, version 1." in said
    assert "Nothing waits for you" in said
    assert "I have read it" not in page(client, mine)
    assert "policy waits" not in page(client, "/staff/")


def page_after(client: Client, address: str) -> str:
    return client.post(address, follow=True).content.decode()


def test_another_persons_is_not_found(client: Client, world: World, process: BecomeProcess) -> None:
    publish(world)
    ask(world)
    work(world, process)
    with process("owner"):
        omars = Acknowledgement.objects.get(person=world["omar"])
    sign_in(client, world, "olga", vault=False)
    assert client.get(f"/staff/acknowledgements/{omars.pk}/").status_code == 404
    assert client.post(f"/staff/acknowledgements/{omars.pk}/").status_code == 404


def test_the_owner_asks_in_the_browser_and_errors_keep_what_was_chosen(
    client: Client, world: World, process: BecomeProcess
) -> None:
    publish(world)
    sign_in(client, world, "stan", vault=False)
    address = "/staff/policies/gifts/readers/"
    assert address in page(client, "/staff/policies/gifts/")
    assert "The change is material" not in page(client, address)
    wrong = client.post(address, {"whom": "units", "count": "0", "time": "days"}).content.decode()
    assert "Choose at least one unit" in wrong
    assert "Give people at least 1." in wrong
    assert "<title>Error: " in wrong
    assert not Campaign.objects.exists()
    right = {"whom": "everybody", "count": "10", "time": "working_days", "is_material": "on"}
    asked_now = client.post(address, right, follow=True).content.decode()
    assert "nobody had been asked. Whoever was asked since is counted from" in asked_now
    world.hire("nina", has_key=False)
    work(world, process)
    assert "Field services" in page(client, address)
    campaign = Campaign.objects.get()
    # of a first version nothing has changed, so it is not asked
    assert (campaign.limit, campaign.is_material) == ("10wd", False)
    assert "is asked no more" in page_after(client, f"{address}{campaign.pk}/end/")
    assert (
        client.post(f"{address}{campaign.pk}/end/", follow=True).content.count(b"It is over") == 1
    )


def test_the_form_begins_with_the_offices_time_and_asks_whether_a_change_is_material(
    client: Client, world: World
) -> None:
    publish(world)
    publish(world)
    Standard.objects.filter(kind="acknowledgement").update(limit="21wd")
    sign_in(client, world, "stan", vault=False)
    address = "/staff/policies/gifts/readers/"
    form = page(client, address)
    assert "The change is material" in form
    assert 'value="21"' in form
    assert '<option value="working_days" selected>' in form
    short = client.post(address, {"whom": "everybody", "count": "1", "time": "days"})
    assert "1 day is too short for the path Reading policies." in short.content.decode()
    whole = {"whom": "everybody", "count": "3", "time": "days", "is_material": "on"}
    assert "Asked. It stands on" in client.post(address, whole, follow=True).content.decode()
    assert Campaign.objects.get().is_material


def test_the_same_figures_stand_on_the_page_once(
    client: Client, world: World, process: BecomeProcess
) -> None:
    publish(world)
    crew = crowd(world)
    for n in range(2):
        act_as(None)
        campaign = ask(world, now=world.now + timedelta(minutes=n))
        work(world, process)
        if not n:
            for name in crew:
                read(world, name)
            act_as(None)
            actions.end_campaign(campaign.pk, by=world["stan"], now=world.now)
    sign_in(client, world, "stan", vault=False)
    shown = page(client, "/staff/policies/gifts/readers/")
    assert shown.count("How many have read version 1, by unit</caption>") == 1
    assert "It is counted together with the later one" in shown


def test_many_that_were_read_stand_on_pages_and_cost_as_many_queries_as_one(
    client: Client,
    world: World,
    process: BecomeProcess,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    publish(world)
    campaign = ask(world)
    work(world, process)
    read(world, "olga")
    sign_in(client, world, "olga", vault=False)
    with django_assert_num_queries(10):
        page(client, "/staff/acknowledgements/")
    versions = PolicyVersion.objects.bulk_create(
        PolicyVersion(
            policy=campaign.policy,
            n=n,
            title=f"Gifts {n}",
            summary="A summary.",
            text="A text.",
            in_force_from=world.now.date().replace(year=2030),
        )
        for n in range(2, 1002)
    )
    with process("owner"):
        Acknowledgement.objects.bulk_create(
            Acknowledgement(
                campaign=campaign,
                version=version,
                person=world["olga"],
                asked_at=world.now,
                done_at=world.now,
            )
            for version in versions
        )
    with django_assert_num_queries(10):
        assert "Page 1 of 21" in page(client, "/staff/acknowledgements/")
    assert "Newer ones" in page(client, "/staff/acknowledgements/?page=2")
    # a number that is none, or too large, leads to the nearest page
    assert "Page 1 of 21" in page(client, "/staff/acknowledgements/?page=nonsense")
    assert "Page 21 of 21" in page(client, "/staff/acknowledgements/?page=999999999")


def test_a_page_of_campaigns_costs_as_many_queries_as_one(
    client: Client,
    world: World,
    process: BecomeProcess,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    publish(world)
    address = "/staff/policies/gifts/readers/"
    sign_in(client, world, "stan", vault=False)
    for n in range(3):
        act_as(None)
        campaign = ask(world, now=world.now + timedelta(minutes=n))
        work(world, process)
        if n != 1:
            with django_assert_num_queries(18):
                page(client, address)
        if n < 2:
            actions.end_campaign(campaign.pk, by=world["stan"], now=world.now)
            work(world, process)
