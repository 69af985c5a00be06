"""People are asked to read a policy: who, by when, once; and how many have is all that is told."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from common.errors import RuleError
from escalation import actions as escalation
from escalation.lifecycle import State
from escalation.models import Clock
from escalation.rules import Limit
from ledger.models import Entry, Outbox
from ledger.verbs import Verb
from people.middleware import act_as
from people.models import Person, Unit
from people.rules import Role
from policies import actions
from policies.models import Acknowledgement, Campaign, Policy, PolicyVersion
from policies.reports import coverage
from policies.rules import Coverage, Line, protected
from tests.conftest import BecomeProcess
from tests.doors import sign_in
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.req("POL-4")]
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
    ask(world, audience=actions.Audience(roles=[Role.CUSTODIAN, Role.AUDITOR]))
    work(world, process)
    assert asked(process) == {"carl", "anna"}
    act_as(None)
    actions.end_campaign(Campaign.objects.get().pk, by=world["stan"], now=world.now)
    elsewhere = Unit.objects.create(code="abroad", name="Abroad")
    Person.objects.filter(username="omar").update(unit=elsewhere)
    ask(world, audience=actions.Audience(units=[elsewhere]))
    work(world, process)
    assert asked(process) == {"omar"}


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"limit": Limit()}, "over as soon as it begins"),
        ({"audience": actions.Audience(roles=[Role.POLICY_OWNER])}, "nobody has that part"),
    ],
)
def test_what_would_ask_nobody_is_refused(world: World, changes: dict[str, Any], why: str) -> None:
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
    ask(world, audience=actions.Audience(roles=[Role.CUSTODIAN]))
    work(world, process)
    assert states(process, "campaign") == {State.RUNNING}
    read(world, "carl")
    work(world, process)
    assert states(process, "campaign") == {State.MET}


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
    ask(world, audience=actions.Audience(roles=[Role.AUDITOR]))
    work(world, process)
    with process("worker"):
        Clock.objects.exclude(kind="acknowledgement").update(next_at=None)
        for days in (12, 14, 21, 28, 60):
            escalation.sweep(now=world.now + timedelta(days=days))
        told = Outbox.objects.filter(template__startswith="clock")
        assert set(told.values_list("to", "template")) == {
            (f"person:{world['anna'].pk}", "clock_remind")
        }
        assert told.count() == 4
        contexts = [notice.context for notice in told]
        assert Clock.objects.get(kind="acknowledgement").problem == ""
    assert {context["reference"] for context in contexts} == {"gifts"}
    assert "anna" in asked(process)


def test_of_somebody_who_cannot_be_reached_the_owner_of_the_policy_hears(
    world: World, process: BecomeProcess
) -> None:
    publish(world)
    ask(world, audience=actions.Audience(roles=[Role.AUDITOR]))
    work(world, process)
    Person.objects.filter(username="anna").update(is_locked=True)
    # without Celery, as the watchdog
    with process("watchdog"):
        Clock.objects.exclude(kind="acknowledgement").update(next_at=None)
        escalation.sweep(now=world.now + timedelta(days=12))
        notice = Outbox.objects.get(template="clock_remind")
    assert notice.to == f"person:{world['stan'].pk}"
    # whoever has no part in the office is not led to a page that refuses them
    assert notice.context["path"] == "/staff/"


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


@pytest.mark.req("AUD-3")
@pytest.mark.parametrize(
    ("units", "told"),
    [
        # nobody can be made out of fewer than eleven, and all of them have nothing to hide
        ([("a", 10, 9)], Coverage(10, None)),
        ([("a", 4, 4), ("b", 6, 6)], Coverage(10, 10)),
        ([], Coverage(0, 0)),
        ([("a", 20, 5)], Coverage(20, 5, (Line("a", "a", 20, 5),))),
        (
            [("a", 20, 5), ("b", 6, 1), ("c", 5, 5)],
            Coverage(31, 11, (Line("a", "a", 20, 5), Line("", "Smaller units together", 11, 6))),
        ),
        # what is left of the total would tell of b, so the next larger stands with it
        (
            [("a", 20, 5), ("b", 3, 1), ("c", 30, 7)],
            Coverage(53, 13, (Line("c", "c", 30, 7), Line("", "Smaller units together", 23, 6))),
        ),
    ],
)
def test_no_figure_points_at_somebody(units: list[tuple[str, int, int]], told: Coverage) -> None:
    assert protected([Line(code, code, *counts) for code, *counts in units]) == told


def test_whoever_asks_counts_without_seeing_anybody(world: World, process: BecomeProcess) -> None:
    publish(world)
    campaign = ask(world)
    world.hire("nina", has_key=False)
    work(world, process)
    read(world, "olga")
    act_as(world["hana"])
    figures = coverage([campaign.pk])[campaign.pk]
    assert (figures.asked, figures.done) == (11, 1)
    assert Acknowledgement.objects.count() == 1


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
    wrong = client.post(address, {"whom": "units", "count": "0", "time": "days"}).content.decode()
    assert "Choose at least one unit" in wrong
    assert "Give people at least 1." in wrong
    assert "<title>Error: " in wrong
    assert not Campaign.objects.exists()
    right = {"whom": "everybody", "count": "10", "time": "working_days", "is_material": "on"}
    assert "Nobody has been asked yet" in client.post(address, right, follow=True).content.decode()
    world.hire("nina", has_key=False)
    work(world, process)
    assert "Field services" in page(client, address)
    campaign = Campaign.objects.get()
    assert (campaign.limit, campaign.is_material) == ("10wd", True)
    assert "is asked no more" in page_after(client, f"{address}{campaign.pk}/end/")
    assert (
        client.post(f"{address}{campaign.pk}/end/", follow=True).content.count(b"It is over") == 1
    )


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
            with django_assert_num_queries(17):
                page(client, address)
        if n < 2:
            actions.end_campaign(campaign.pk, by=world["stan"], now=world.now)
            work(world, process)
