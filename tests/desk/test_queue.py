"""The queue: who finds what there, in which order, and what can be done from it."""

from datetime import timedelta
from urllib.parse import parse_qsl, urlencode

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from cases import actions
from cases.desk.views import rows
from cases.lifecycle import Channel, Finding, Level
from cases.models import Case, Concern
from common import clock
from people.middleware import act_as
from tests.doors import sign_in
from tests.world import World

QUEUE = "/desk/"


def shown(client: Client, address: str = QUEUE) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def order(page: str, *refs: str) -> list[str]:
    """Return these references in the order in which they stand on a page."""
    return sorted(refs, key=page.index)


@pytest.mark.req("TRI-1")
def test_the_most_urgent_stands_first_and_then_the_nearest_clock(
    client: Client, world: World
) -> None:
    later, _ = world.file()
    sooner, _ = world.file(now=world.now - timedelta(days=3))
    danger, _ = world.file(in_danger=True)
    sign_in(client, world, "olga")
    page = shown(client)
    assert order(page, later.ref, sooner.ref, danger.ref) == [danger.ref, sooner.ref, later.ref]
    assert page.count("Unread.") == 3
    assert "Someone may be in danger" in page


@pytest.mark.req("TRI-1")
def test_a_row_says_what_it_is_how_it_came_and_when(client: Client, world: World) -> None:
    concern, _ = world.file()
    sign_in(client, world, "olga")
    page = shown(client)
    assert "The client wants the report dated before the visit." in page
    for fact in (concern.ref, "Report", "Something else", "Web, anonymous", "to triage"):
        assert fact in page


def test_with_a_locked_vault_the_rows_stand_without_a_word_of_what_was_written(
    client: Client, world: World
) -> None:
    concern, _ = world.file()
    sign_in(client, world, "olga", vault=False)
    page = shown(client)
    assert concern.ref in page
    assert "Sealed: unlock to read" in page
    assert "/unlock/?next=/desk/" in page
    assert "client wants" not in page


@pytest.mark.req("TRI-6")
def test_whoever_it_is_about_finds_nothing_in_the_queue(client: Client, world: World) -> None:
    concern, _ = world.file(excluded=(world["omar"],))
    sign_in(client, world, "omar")
    page = shown(client)
    assert concern.ref not in page
    assert "Nothing waits for triage" in page


@pytest.mark.parametrize("name", ["adam", "anna", "stan", "chief"])
def test_whoever_does_not_work_here_is_refused(client: Client, world: World, name: str) -> None:
    sign_in(client, world, name, vault=False)
    assert client.get(QUEUE).status_code == 403
    assert client.post(QUEUE, {"take": "C-1"}).status_code == 403


def test_whoever_is_not_signed_in_signs_in_first_and_comes_back(
    client: Client, world: World
) -> None:
    assert client.get(QUEUE)["Location"] == "/sign-in/?next=/desk/"


@pytest.mark.req("TRI-1")
def test_an_officer_takes_a_concern_from_its_row(client: Client, world: World) -> None:
    concern, _ = world.file()
    sign_in(client, world, "olga")
    response = client.post(QUEUE, {"take": concern.ref, "to": ""}, follow=True)
    assert "You look after" in response.content.decode()
    concern.refresh_from_db()
    assert concern.owner == world["olga"]


@pytest.mark.req("TRI-1")
def test_those_that_are_picked_are_given_to_one_person_together(
    client: Client, world: World
) -> None:
    concerns = [world.file()[0] for _ in range(3)]
    sign_in(client, world, "olga")
    refs = [concern.ref for concern in concerns[:2]]
    data = {"pick": refs, "to": str(world["omar"].pk), "given": "asked"}
    response = client.post(QUEUE, data, follow=True)
    assert "Omar Example looks after 2 concerns now." in response.content.decode()
    owners = list(Concern.objects.filter(ref__in=refs).values_list("owner", flat=True))
    assert owners == [world["omar"].pk] * 2
    concerns[2].refresh_from_db()
    assert concerns[2].owner is None


def test_one_that_cannot_be_given_stays_picked_and_the_others_are_given(
    client: Client, world: World
) -> None:
    free, _ = world.file()
    walled, _ = world.file(excluded=(world["omar"],))
    sign_in(client, world, "olga")
    data = {"pick": [free.ref, walled.ref], "to": str(world["omar"].pk), "given": "asked"}
    page = client.post(QUEUE, data).content.decode()
    assert "This person cannot take it." in page
    assert page.count("checked") == 1
    free.refresh_from_db()
    assert free.owner == world["omar"]


def test_giving_nothing_to_somebody_says_so(client: Client, world: World) -> None:
    sign_in(client, world, "olga")
    page = client.post(QUEUE, {"to": str(world["omar"].pk)}).content.decode()
    assert "Nothing is picked" in page
    page = client.post(QUEUE, {"pick": ["C-1"], "to": "somebody"}).content.decode()
    assert "<title>Error: Queue" in page


@pytest.mark.req("TRI-1")
def test_the_filters_stand_in_the_address(client: Client, world: World) -> None:
    act_as(world["hana"])
    plain, _ = world.file()
    grave, _ = world.file(category=type(world.category).objects.get(code="coercion"))
    mine, _ = world.file(unit=world.unit)
    actions.assign(mine, by=world["olga"], to=world["olga"], now=world.now)
    case = world.triage(world.file()[0])
    closed = world.triage(world.file()[0])
    world.close(closed, finding=Finding.OUT_OF_SCOPE, reason="A.", message="B.", now=world.now)
    sign_in(client, world, "olga")
    here = clock.now()
    new, _ = world.file(now=here)
    act_as(world["olga"])
    Concern.objects.filter(pk=grave.pk).update(urgency=Level.HIGH, is_unread=False)
    for concern, due in ((plain, here + timedelta(hours=40)), (mine, None)):
        Concern.objects.filter(pk=concern.pk).update(next_due_at=due)
    Case.objects.filter(pk=case.pk).update(next_due_at=here + timedelta(days=9))
    Concern.objects.filter(case=case).update(is_unread=False)
    everything = {plain.ref, grave.ref, mine.ref, case.ref, closed.ref, new.ref}
    waiting = {plain.ref, grave.ref, mine.ref, new.ref}
    expected = {
        "": everything - {closed.ref},
        "?show=triage": waiting,
        "?show=mine": {mine.ref, case.ref},
        "?show=open": {case.ref},
        "?show=closed": {closed.ref},
        "?category=coercion": {grave.ref},
        "?unit=field": {mine.ref},
        "?channel=web&show=open": {case.ref},
        f"?channel={Channel.PHONE}": set(),
        "?urgency=3": {grave.ref, case.ref},
        "?due=over": {grave.ref},
        "?due=soon&show=triage": {plain.ref, new.ref},
        "?due=none&show=triage": {mine.ref},
        "?age=30": {plain.ref, grave.ref, mine.ref, case.ref},
        "?age=7&show=triage": waiting - {new.ref},
        "?unread=yes&show=triage": waiting - {grave.ref},
        "?unread=yes&show=open": set(),
        "?whose=mine": {mine.ref, case.ref},
        "?whose=mine&show=closed": {closed.ref},
        "?whose=nobody": waiting - {mine.ref},
        "?whose=nobody&show=open": set(),
        "?unread=yes&whose=nobody&age=30&due=soon": {plain.ref},
    }
    for query, refs in expected.items():
        page = shown(client, QUEUE + query)
        assert {ref for ref in everything if ref in page} == refs, query


def test_a_filter_that_is_wrong_is_said_and_does_not_count(client: Client, world: World) -> None:
    concern, _ = world.file()
    sign_in(client, world, "olga")
    page = shown(client, f"{QUEUE}?category=nonsense&after=nonsense&show=odd")
    assert "There is no such category. All are shown." in page
    assert "There is no such view." in page
    assert concern.ref in page


@pytest.mark.req("TRI-1")
def test_each_filter_that_is_on_is_a_chip_that_takes_it_off_alone(
    client: Client, world: World
) -> None:
    world.file()
    sign_in(client, world, "olga")
    on = {
        "show": "triage", "category": "coercion", "channel": "phone", "unit": "field",
        "urgency": "3", "due": "soon", "age": "7", "whose": "nobody", "unread": "yes",
    }  # fmt: skip
    address = f"{QUEUE}?{urlencode(on)}"
    chips = client.get(f"{address}&after=3~~X").context["removable"]
    assert [chip.label for chip in chips] == [
        "Category: Coercion", "Channel: Phone", f"Unit: {world.unit}", "Urgency: High",
        "Due in 48 h", "Age: 7 days and more", "Nobody's yet", "Unread",
    ]  # fmt: skip
    for name, chip in zip(list(on)[1:], chips, strict=True):
        # what remains is on, and pages begin anew
        left = {key: value for key, value in on.items() if key != name}
        assert dict(parse_qsl(chip.url.removeprefix("?"))) == left
    page = shown(client, address)
    assert "Nothing fits these filters" in page
    assert '<a class="ed-chip" href="?show=triage">Take all off</a>' in page
    assert "Take all off" not in shown(client, f"{QUEUE}?age=7")


@pytest.mark.req("TRI-1")
def test_pages_follow_one_another_without_a_gap_or_a_repetition(
    client: Client, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cases.desk.views.queue.PAGE", 2)
    concerns = [world.file(now=world.now - timedelta(days=n % 2))[0] for n in range(5)]
    Concern.objects.filter(pk__in=[one.pk for one in concerns[:2]]).update(next_due_at=None)
    sign_in(client, world, "olga")
    seen: list[str] = []
    address: str = "?show=triage"
    while address:
        listing = client.get(QUEUE + address).context["listings"][0]
        seen += [row.ref for row in listing.rows]
        address = listing.onward
    waiting = Concern.objects.waiting().values_list("ref", flat=True)
    assert seen == list(waiting)
    assert len(seen) == 5


def test_cases_page_as_well_open_and_closed(
    client: Client, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cases.desk.views.queue.PAGE", 2)
    sign_in(client, world, "olga")
    cases = [world.triage(world.file()[0]) for _ in range(3)]
    for show in ("open", "closed"):
        seen: list[str] = []
        address = f"?show={show}"
        while address:
            listing = client.get(QUEUE + address).context["listings"][0]
            seen += [row.ref for row in listing.rows]
            address = listing.onward
        assert seen == sorted((case.ref for case in cases), reverse=True)
        for case in cases if show == "open" else []:
            world.close(case, finding=Finding.PARTLY, reason="A.", message="B.", now=world.now)


def test_counting_ends_at_a_limit(
    monkeypatch: pytest.MonkeyPatch, client: Client, world: World
) -> None:
    monkeypatch.setattr(rows, "COUNTED", 2)
    for _ in range(4):
        world.file()
    sign_in(client, world, "olga")
    listing = client.get(f"{QUEUE}?show=triage").context["listings"][0]
    assert str(listing.tally) == "2+"
    assert listing.groups[0].number == "3+"
    assert len(listing.rows) == 4


@pytest.mark.req("TRI-1")
def test_the_queue_asks_as_much_for_thirty_rows_as_for_one(
    client: Client, world: World, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    world.file(in_danger=True)
    world.triage(world.file()[0])
    sign_in(client, world, "olga")
    client.get(QUEUE)
    with django_assert_num_queries(QUERIES):
        client.get(QUEUE)
    for _ in range(15):
        world.file()
        world.triage(world.file()[0])
    with django_assert_num_queries(QUERIES):
        assert len(client.get(QUEUE).context["listings"][0].rows) == 16


@pytest.mark.req("TRI-1")
def test_cases_stand_on_a_page_of_their_own(client: Client, world: World) -> None:
    waiting, _ = world.file()
    act_as(world["olga"])
    opened, closed = world.triage(world.file()[0]), world.triage(world.file()[0])
    world.close(closed, finding=Finding.PARTLY, reason="A.", message="B.", now=world.now)
    sign_in(client, world, "olga")
    for address, there, elsewhere in (
        ("/desk/cases/", opened, closed),
        ("/desk/cases/?show=triage", opened, closed),
        ("/desk/cases/?show=closed", closed, opened),
    ):
        page = shown(client, address)
        assert there.ref in page
        assert elsewhere.ref not in page
        assert waiting.ref not in page
    assert 'href="/desk/cases/" aria-current="true"' in " ".join(
        shown(client, f"/desk/cases/{opened.ref}/").split()
    )
    assert client.post("/desk/cases/", {"pick": waiting.ref}).status_code == 405


QUERIES = 22
