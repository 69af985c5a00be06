"""Everything due: whose it is, who finds it where, and in which order."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from cases import actions
from cases.lifecycle import Given, Mode
from cases.models import Case, Concern
from common import clock, days
from escalation import actions as escalation
from escalation.models import Clock
from people import actions as people
from people.middleware import act_as
from people.models import Person, Unit
from people.rules import Role
from tests.conftest import BecomeProcess
from tests.doors import sign_in
from tests.world import World

DUE = "/desk/due/"
Leave = Callable[[], None]


def shown(client: Client, query: str = "") -> str:
    response = client.get(DUE + query)
    assert response.status_code == 200
    return response.content.decode()


def owners(*concerns: Concern) -> set[Person | None]:
    """Return who stands on the open clocks of these concerns, whoever asks."""
    ids = [concern.pk for concern in concerns]
    return {one.owner for one in Clock.objects.about("concern", ids).open().select_related("owner")}


def triage(world: World, concern: Concern, *, by: str = "olga", lead: str = "") -> Case:
    """Triage as whoever does it: row security asks who that is."""
    act_as(world[by])
    case = world.triage(concern, by=by, lead=lead or by)
    act_as(None)
    return case


# -- whose they are ----------------------------------------------------------------------------


@pytest.mark.req("ESC-3")
def test_a_clock_follows_whoever_answers_for_its_concern(
    world: World, process: BecomeProcess, promised_alone: Leave
) -> None:
    concern, _ = world.file(unit=world.unit)
    with process("owner"):
        assert owners(concern) == {None}
    act_as(world["olga"])
    actions.assign(concern, by=world["olga"], to=world["omar"], now=world.now, why=Given.ASKED)
    with process("owner"):
        assert owners(concern) == {world["omar"]}
    triage(world, concern, by="omar", lead="otto")
    with process("owner"):
        assert owners(concern) == {world["otto"]}
        kept = Clock.objects.get(subject_id=concern.pk, kind="triage")
        assert set(Clock.objects.values_list("unit__code", flat=True)) == {"field"}
    assert kept.owner == world["omar"]  # who met it then


@pytest.mark.req("ESC-3")
def test_it_follows_when_somebody_steps_off(world: World, process: BecomeProcess) -> None:
    early, _ = world.file()
    late, _ = world.file()
    act_as(world["olga"])
    actions.assign(early, by=world["olga"], to=world["olga"], now=world.now)
    case = world.triage(late)
    given: dict[str, Any] = {"by": world["olga"], "reason": "A friend.", "now": world.now}
    opener = world.openers["olga"]
    actions.recuse_from_concern(early, **given)
    actions.recuse_from_case(case, **given, to=world["omar"], opener=opener)
    with process("owner"):
        assert owners(early) == {None}
        assert owners(late) == {world["omar"]}


@pytest.mark.req("ESC-3")
def test_it_follows_the_independent_person_who_has_it_from_an_escalation(
    world: World, process: BecomeProcess
) -> None:
    concern, _ = world.file()
    with process("worker"):
        escalation.sweep(now=world.now + timedelta(days=60))
    with process("owner"):
        assert owners(concern) == {world["ines"]}


# -- who finds what ----------------------------------------------------------------------------


@pytest.mark.req("ESC-3")
def test_an_officer_finds_their_own_and_on_asking_what_they_may_see(
    client: Client, world: World
) -> None:
    waiting, _ = world.file()
    worked, _ = world.file()
    case = world.triage(worked)
    others, _ = world.file()
    theirs = world.triage(others, by="omar")
    sign_in(client, world, "olga")
    own = shown(client)
    assert case.ref in own
    assert "The client wants the report dated before the visit." in own
    assert f'href="{reverse("desk:case", args=[case.ref])}"' in own
    assert waiting.ref not in own
    everything = shown(client, "?of=all")
    assert waiting.ref in everything
    assert case.ref in everything
    assert theirs.ref not in everything
    nobodys = shown(client, "?of=nobody")
    assert waiting.ref in nobodys
    assert case.ref not in nobodys


@pytest.mark.req("ESC-3")
def test_the_head_finds_everything_by_person_unit_kind_and_state(
    client: Client, world: World, promised_alone: Leave
) -> None:
    here, _ = world.file(unit=world.unit)
    there, _ = world.file(unit=Unit.objects.create(code="lab", name="Laboratory"))
    first, second = triage(world, here), triage(world, there, by="omar")
    promised_alone()
    sign_in(client, world, "hana")
    assert "Nothing is due from you" in shown(client)
    both = shown(client, "?of=all")
    assert first.ref in both
    assert second.ref in both
    for query in (f"?of={world['omar'].pk}", "?of=all&unit=lab"):
        page = shown(client, query)
        assert second.ref in page
        assert first.ref not in page
    assert "Acknowledge receipt" in shown(client, "?of=all&kind=acknowledge")
    assert "Nothing fits these filters" in shown(client, "?of=all&show=paused")
    # both were triaged in time
    assert shown(client, "?of=all&show=met").count('class="ed-row ed-row--due"') == 0
    Clock.objects.filter(state="met").update(met_at=clock.now() - timedelta(days=1))
    assert shown(client, "?of=all&show=met").count('class="ed-row ed-row--due"') == 2


def test_what_is_overdue_and_what_comes_stand_apart_the_nearest_first(
    client: Client, world: World, promised_alone: Leave
) -> None:
    concern, _ = world.file(now=clock.now() - timedelta(days=8))
    fresh, _ = world.file(now=clock.now())
    for one in (concern, fresh):
        triage(world, one)
    promised_alone()
    sign_in(client, world, "olga")
    over, coming = shown(client, "?show=over"), shown(client, "?show=running")
    assert over.count('class="ed-row ed-row--due"') == 1
    assert coming.count('class="ed-row ed-row--due"') == 3
    everything = shown(client)
    dues = [row.clock.due_at for row in client.get(DUE).context["rows"]]
    assert dues == sorted(dues)
    assert 'Overdue <span class="ed-count">1</span>' in everything
    assert 'Still to come <span class="ed-count">3</span>' in everything


@pytest.mark.req("ESC-5", "TRI-6")
def test_whoever_is_walled_off_finds_nothing_whoever_stands_on_the_clock(
    client: Client, world: World, process: BecomeProcess
) -> None:
    concern, _ = world.file(excluded=(world["omar"],))
    with process("owner"):
        Clock.objects.filter(subject_id=concern.pk).update(owner=world["omar"])
    sign_in(client, world, "omar")
    for query in ("", "?of=all", "?of=nobody"):
        page = shown(client, query)
        assert concern.ref not in page
        assert "to acknowledge" not in page


# -- instead of whoever is away, and of several ---------------------------------------------------


def stand_in(world: World, name: str, *, for_: str) -> None:
    """Let somebody be away from today on, and another act for them."""
    now = clock.now()
    asked = people.delegate(world[for_], to=world[name], since=days.day_of(now), now=now)
    people.accept_delegation(asked, now=now)
    people.go_away(world[for_], since=days.day_of(now), now=now)


def feed_of(world: World, name: str) -> str:
    link = people.make_feed_link(world[name], name="Phone", now=clock.now())
    return Client().get(f"/calendar/{link}.ics").content.decode()


@pytest.mark.req("ESC-3", "ESC-7")
def test_a_stand_in_finds_what_the_absent_owe_and_for_whom_and_the_absent_still_do(
    world: World, process: BecomeProcess, promised_alone: Leave
) -> None:
    concern, _ = world.file(now=clock.now() - timedelta(days=5))
    case = triage(world, concern)
    promised_alone()
    stand_in(world, "otto", for_="olga")
    with process("worker"):
        actions.see_to_open_work(now=clock.now())
    otto, olga = Client(), Client()
    sign_in(otto, world, "otto")
    sign_in(olga, world, "olga")
    for page in (shown(otto), otto.get("/desk/today/").content.decode()):
        assert case.ref in page
        assert "For Olga Example, who is not here" in page
    assert "to acknowledge" in feed_of(world, "otto")
    for page in (shown(olga), olga.get("/desk/today/").content.decode()):
        assert case.ref in page
        assert "who is not here" not in page
    people.come_back(world["olga"], now=clock.now())
    assert case.ref not in shown(otto)
    assert "to acknowledge" not in feed_of(world, "otto")


@pytest.mark.req("ESC-5")
def test_a_stand_in_behind_a_wall_finds_nothing_of_it(world: World, client: Client) -> None:
    concern, _ = world.file(excluded=(world["otto"],))
    case = triage(world, concern)
    stand_in(world, "otto", for_="olga")
    sign_in(client, world, "otto")
    page = shown(client)
    assert case.ref not in page
    assert "who is not here" not in page
    assert "BEGIN:VEVENT" not in feed_of(world, "otto")


@pytest.mark.req("ESC-3", "ESC-5", "CAS-8")
def test_a_custodian_finds_the_requests_that_wait_for_them_and_nothing_of_the_concern(
    world: World, process: BecomeProcess
) -> None:
    world.hire("cora", Role.CUSTODIAN)
    rita = actions.Identity("Rita Reporter")
    # cora is kept away from the second
    asked = []
    for excluded in ((), (world["cora"],)):
        concern, _ = world.file(
            mode=Mode.CONFIDENTIAL, identity=rita, excluded=excluded, now=clock.now()
        )
        case = triage(world, concern)
        act_as(world["olga"])
        asked.append(
            actions.ask_identity(concern, by=world["olga"], reason="Danger.", now=clock.now())
        )
        act_as(None)
    both, first = {one.ref for one in asked}, {asked[0].ref}
    for name, refs in (("carl", both), ("cora", first)):
        client = Client()
        sign_in(client, world, name)
        for page in (shown(client), client.get("/desk/today/").content.decode()):
            assert {ref for ref in both if f"Identity {ref}" in page} == refs
            assert concern.ref not in page
            assert case.ref not in page
        assert feed_of(world, name).count("BEGIN:VEVENT") == len(refs)
    assert "Whoever decides first" in shown(client)
    # whoever asked decides nothing
    olga = Client()
    sign_in(olga, world, "olga")
    assert asked[0].ref not in shown(olga)
    where = reverse("desk:identity", args=[asked[0].concern.ref])
    assert f'href="{where}"' in shown(olga, "?of=all")
    assert olga.get(where).status_code == 200
    act_as(world["carl"])
    actions.refuse_identity(asked[0], by=world["carl"], reason="Write.", now=clock.now())
    act_as(None)
    assert "Nothing is due from you" in shown(client)
    # what is decided stands as cancelled for everybody who might have decided it, and nobody else
    stands = {"carl": (1, 1), "cora": (0, 1), "omar": (0, 0)}
    for name, (confirmed, cancelled) in stands.items():
        told = feed_of(world, name)
        assert told.count("STATUS:CONFIRMED") == confirmed, name
        assert told.count("STATUS:CANCELLED") == cancelled, name


def test_ones_own_page_takes_the_same_queries_however_much_is_due(
    client: Client,
    world: World,
    promised_alone: Leave,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    concern, _ = world.file()
    triage(world, concern)
    promised_alone()
    stand_in(world, "hana", for_="olga")
    sign_in(client, world, "hana")
    shown(client)
    with django_assert_num_queries(OWN_QUERIES):
        shown(client)
    _many_clocks(world, concern, 60, "")
    with django_assert_num_queries(OWN_QUERIES):
        assert shown(client).count("For Olga Example") == 50


@pytest.mark.parametrize("name", ["stan", "chief", "anna", "adam"])
def test_whoever_has_no_such_duties_is_refused(client: Client, world: World, name: str) -> None:
    world.file()
    sign_in(client, world, name, vault=False)
    assert client.get(DUE, {"of": "all"}).status_code == 403


def test_whoever_is_not_of_the_office_can_ask_for_nobody_elses(
    client: Client, world: World
) -> None:
    world.hire("pia", Role.POLICY_OWNER)
    concern, _ = world.file()
    sign_in(client, world, "pia")
    page = shown(client, "?of=all")
    assert "There is no such person here. Your own is shown." in page
    assert concern.ref not in page


@pytest.mark.parametrize("query", ["?show=tea", "?of=olga", "?unit=moon", "?kind=tea", "?after=x"])
def test_a_wrong_address_shows_the_page_all_the_same(
    client: Client, world: World, query: str
) -> None:
    sign_in(client, world, "olga")
    page = shown(client, query)
    assert "Everything due" in page
    assert ("A filter of this address is wrong" in page) == ("after" not in query)


@pytest.mark.parametrize("view", ["", "met"])
def test_pages_follow_each_other_without_losing_or_repeating(
    client: Client, world: World, promised_alone: Leave, view: str
) -> None:
    concern, _ = world.file()
    case = world.triage(concern)
    promised_alone()
    _many_clocks(world, concern, 120, view)
    sign_in(client, world, "olga")
    ids: list[str] = []
    query = f"?show={view}"
    for _ in range(3):
        response = client.get(DUE + query)
        ids += [str(row.clock.pk) for row in response.context["rows"]]
        query = response.context["onward"]
    assert query == ""
    assert len(ids) == len(set(ids)) == 120 + (2 if not view else 0)
    assert case.ref in response.content.decode()
    assert "100+" in response.content.decode()


def test_a_page_takes_the_same_queries_however_much_is_due(
    client: Client,
    world: World,
    promised_alone: Leave,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    concern, _ = world.file()
    world.triage(concern)
    promised_alone()
    sign_in(client, world, "olga")
    client.get(DUE)
    with django_assert_num_queries(QUERIES):
        client.get(DUE, {"of": "all"})
    _many_clocks(world, concern, 120, "")
    with django_assert_num_queries(QUERIES):
        client.get(DUE, {"of": "all"})


# the frame, the choices of persons and units, five counts, the page, its subjects and their names
QUERIES = 20
# who is away and who stands in, and which originals wait
OWN_QUERIES = QUERIES + 3


def _many_clocks(world: World, concern: Concern, number: int, view: str) -> None:
    """Add clocks of many kinds to a concern; with `met`, all of them met just now."""
    like = Clock.objects.filter(subject_id=concern.pk, kind="acknowledge").get()
    state = {"state": "met", "met_at": clock.now()} if view == "met" else {}
    rows = []
    for n in range(number):
        row = Clock(
            subject_kind="concern",
            subject_id=concern.pk,
            kind=f"duty-{n}",
            owner=world["olga"],
            started_at=like.started_at,
            due_at=like.due_at,
            path=like.path,
        )
        for name, value in state.items():
            setattr(row, name, value)
        rows.append(row)
    Clock.objects.bulk_create(rows)


@pytest.mark.req("ESC-3")
@pytest.mark.parametrize("name", ["adam", "anna", "stan"])
def test_whoever_has_a_policy_to_read_is_let_in_and_nobody_else(
    client: Client, world: World, process: BecomeProcess, name: str
) -> None:
    sign_in(client, world, name, vault=False)
    pages = ("/desk/due/", "/desk/today/", "/desk/live/")
    assert [client.get(page).status_code for page in pages[:2]] == [403, 403]
    with process("owner"):
        Clock.objects.filter(kind="policy_review").update(owner=world[name])
    assert [client.get(page).status_code for page in pages] == [200, 200, 200]
    assert "Review of a policy" in client.get("/desk/due/").content.decode()
