"""Pressure that comes again from the same client is seen, and nothing behind a wall is counted."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from cases import access, actions, rules
from cases.lifecycle import TaskKind
from cases.models import Case, ClientLink, Concern, RedFlag
from common.days import day_of
from common.errors import RuleError
from ledger.models import Entry
from people.middleware import act_as
from people.models import Person
from safes.access import open_texts
from tests.conftest import BecomeProcess
from tests.doors import sign_in
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.req("TRI-7"), pytest.mark.usefixtures("world")]


def name(world: World, concern: Concern, client: str, *, by: str = "olga") -> ClientLink:
    act_as(world[by])
    return actions.name_client(
        concern, by=world[by], name=client, now=world.now, opener=world.openers.get(by)
    )


def known(world: World, concern: Concern, person: Person) -> access.Known:
    act_as(person)
    [one] = access.known_clients([concern], person, on=day_of(world.now))
    return one


def flagged(world: World, client: str, *, by: str = "olga") -> tuple[Case, RedFlag]:
    case = world.triage(world.file()[0], by=by)
    link = name(world, case.concerns.get(), client, by=by)
    flag = actions.keep_flag(
        case, link, by=world[by], words="He threatens.", now=world.now, opener=world.openers[by]
    )
    return case, flag


@pytest.mark.parametrize("written", ["acme werke12", "ÁCME-WERKE 12", "A.c.m.e. Werke (12)"])
def test_a_client_is_the_same_however_it_is_written(written: str) -> None:
    assert rules.client_index("Acme-Werke 12") == rules.client_index(written)
    assert rules.client_index("Acme-Werke 13") != rules.client_index(written)


def test_two_concerns_of_one_client_are_told_of_each_other(world: World) -> None:
    first, second = world.file()[0], world.file()[0]
    name(world, first, "Bellwether Ltd.")
    name(world, second, "bellwether ltd", by="omar")
    one = known(world, second, world["omar"])
    assert (one.number, one.seen, one.hidden) == (1, [first], 0)


def test_the_concerns_of_one_client_stand_the_newest_first_and_a_flag_costs_one_question(
    world: World, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    days = (9, 3, 6, 1)
    for ago in days:
        name(world, world.file(now=world.now - timedelta(days=ago))[0], "Bellwether")
    flagged(world, "Bellwether")
    one = known(world, Concern.objects.latest("filed_on"), world["olga"])
    told = [concern.filed_on for concern in one.seen if concern.filed_on]
    assert len(told) == len(days)
    assert told == sorted(told, reverse=True)
    with django_assert_num_queries(0):
        assert [(flag.case.ref, flag.by.name) for flag in one.flags]


def test_what_an_officer_does_not_see_is_counted_and_not_named(world: World) -> None:
    theirs = world.triage(world.file()[0])
    name(world, theirs.concerns.get(), "Bellwether")
    mine = world.file()[0]
    name(world, mine, "Bellwether", by="omar")
    one = known(world, mine, world["omar"])
    assert (one.number, one.seen, one.hidden) == (1, [], 1)


@pytest.mark.req("TRI-6")
def test_what_stands_behind_a_wall_of_whoever_asks_is_not_counted(world: World) -> None:
    for excluded in ((), (world["omar"],)):
        name(world, world.file(excluded=excluded)[0], "Bellwether")
    walled, _ = flagged(world, "Bellwether")
    actions.name_party(walled, by=world["olga"], person=world["omar"], now=world.now)
    mine = world.file()[0]
    name(world, mine, "Bellwether", by="omar")
    of_omar, of_olga = (known(world, mine, world[who]) for who in ("omar", "olga"))
    assert (of_omar.number, of_omar.more_flags, of_omar.flags) == (1, 0, [])
    assert (of_olga.number, len(of_olga.flags)) == (3, 1)


def test_what_was_filed_more_than_two_years_ago_is_not_counted(world: World) -> None:
    old = world.file(now=world.now - timedelta(days=732))[0]
    name(world, old, "Bellwether")
    mine = world.file()[0]
    name(world, mine, "Bellwether")
    assert known(world, mine, world["olga"]).number == 0


def test_a_slip_is_taken_back_and_not_counted_any_more(world: World) -> None:
    first, second = world.file()[0], world.file()[0]
    slip = name(world, first, "Bellwether")
    name(world, second, "Bellwether")
    actions.take_client_back(slip, by=world["olga"], now=world.now)
    assert known(world, second, world["olga"]).number == 0
    with pytest.raises(RuleError, match="already"):
        actions.take_client_back(slip, by=world["olga"], now=world.now)


@pytest.mark.parametrize(
    ("client", "why"), [("  --  ", "name or number"), ("x" * 121, "longer"), ("ACME", "already")]
)
def test_what_is_no_client_is_refused(world: World, client: str, why: str) -> None:
    concern, _ = world.file()
    name(world, concern, "Acme")
    with pytest.raises(RuleError, match=why):
        name(world, concern, client)


@pytest.mark.req("SEC-3")
def test_the_name_of_a_client_is_nowhere_but_sealed(world: World, process: BecomeProcess) -> None:
    concern, _ = world.file()
    link = name(world, concern, "Zanzibar Holdings")
    opened = open_texts(world.openers["omar"], [(link.pk, "client")])
    assert opened == {(link.pk, "client"): "Zanzibar Holdings"}
    with process("owner"), connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(l::text, '') FROM cases_clientlink l")
        assert "anzibar" not in cursor.fetchone()[0]
        told = Entry.objects.filter(verb="client_named").values_list("subject", flat=True)
        assert list(told) == [concern.subject]


def test_a_red_flag_is_reviewed_again_and_again_until_it_is_lifted_with_a_reason(
    world: World,
) -> None:
    case, flag = flagged(world, "Bellwether")
    first = case.tasks.get(kind=TaskKind.FLAG_REVIEW)
    assert (first, first.assignee) == (flag.review, case.lead)
    opener = world.openers["olga"]
    actions.finish_task(first, by=world["olga"], words="Still.", now=world.now, opener=opener)
    flag.refresh_from_db()
    assert flag.review.after == first
    actions.cancel_task(
        flag.review, by=world["olga"], reason="He left.", now=world.now, opener=opener
    )
    flag.refresh_from_db()
    assert flag.lifted_at == world.now


def test_whoever_sees_to_the_next_concern_learns_of_a_flag_and_not_why(
    world: World, client: Client
) -> None:
    flagged(world, "Bellwether")
    concern, _ = world.file()
    name(world, concern, "Bellwether", by="omar")
    act_as(None)
    sign_in(client, world, "omar")
    for page in ("desk:concern", "desk:triage"):
        told = client.get(reverse(page, args=[concern.ref])).content.decode()
        assert "Bellwether" in told
        assert "Red flag" in told
        assert "1 other concern" in told
        assert "He threatens" not in told


def test_in_the_browser_a_client_is_named_flagged_and_taken_back(
    world: World, client: Client
) -> None:
    case = world.triage(world.file()[0])
    concern = case.concerns.get()
    act_as(None)
    sign_in(client, world, "olga")
    at = reverse("desk:client", args=[concern.ref])
    empty = client.post(at, {"client": "", "text": "Begun."}).content.decode()
    assert "Write the client&#x27;s name or number" in empty
    assert "Begun." in empty
    assert client.post(at, {"client": "Bellwether"}).status_code == 302
    page = client.get(reverse("desk:clients", args=[case.ref]))
    [one] = page.context["clients"]
    assert one.name == "Bellwether"
    keep = reverse("desk:flag", args=[case.ref])
    assert "Write what the red flag" in client.post(keep, {"why": ""}).content.decode()
    link = str(one.known.link.pk)
    assert client.post(keep, {"link": link, "why": "He threatens."}).status_code == 302
    again = client.post(keep, {"link": link, "why": "Once more."}).content.decode()
    assert "already" in again
    assert "Once more." in again
    assert "He threatens." in again
    back = reverse("desk:client-back", args=[concern.ref])
    assert "Lift it first" in client.post(back, {"link": link}).content.decode()
    review = RedFlag.objects.get().review_id
    assert f"#task-{review}" in again
    tasks = client.get(reverse("desk:tasks", args=[case.ref])).content.decode()
    assert "Is the red flag still needed: Bellwether?" in tasks
    assert f'id="task-{review}"' in tasks
    timeline = client.get(reverse("desk:case", args=[case.ref])).content.decode()
    assert "said which client it is about" in timeline
    assert "kept a red flag on a client" in timeline
    lift = reverse("desk:tasks-cancel", args=[case.ref, review])
    assert client.post(lift, {"reason": "He left."}).status_code == 302
    assert client.post(back, {"link": link}).status_code == 302
    assert client.get(page.request["PATH_INFO"]).context["clients"] == []
