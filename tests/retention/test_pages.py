"""The pages of retention: what each person finds there, and at what cost."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from cases.lifecycle import CaseStatus, Finding
from cases.models import Case, Member
from people.middleware import act_as
from retention import actions
from retention.lifecycle import Ground, HoldGround
from retention.models import Disposal, Hold, Rule
from retention.views import disposal as page_of_disposal
from safes import actions as safes
from safes.actions import Holder
from tests.doors import sign_in
from tests.retention.conftest import YEARS, Work, close, decide, long_ago
from tests.world import World

pytestmark = pytest.mark.req("SEC-5")

DISPOSAL = "/desk/disposal/"
TERMS = "/setup/retention/"


def shown(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def sent(client: Client, address: str, **data: object) -> str:
    response = client.post(address, data, follow=True)
    assert response.status_code == 200
    return response.content.decode()


def test_two_people_erase_a_case_by_the_page(
    client: Client, world: World, work: Work, settings: Settings
) -> None:
    settings.DISPOSAL_GRACE = timedelta(days=14)
    past = long_ago(world)
    sign_in(client, world, "olga")
    page = shown(client, DISPOSAL)
    assert past.case.ref in page
    assert "CANARY in the story." in page
    assert "HinSchG §11(5)" in page
    page = sent(client, f"{DISPOSAL}propose/", pick=[past.case.ref])
    assert f"To erase {past.case.ref} is proposed." in page
    assert "You proposed it: another person decides" in page
    assert "Approve: erase" not in page
    row = Disposal.objects.get()
    page = sent(client, f"{DISPOSAL}decide/", pick=[row.pk], what="approve")
    assert "another person decides. Nothing was changed." in page
    sign_in(client, world, "ines")
    page = shown(client, DISPOSAL)
    assert "you see what is asked, and not the case" in page
    assert f"/desk/disposal/of/{past.case.ref}/" not in page
    page = sent(client, f"{DISPOSAL}decide/", pick=[row.pk], what="approve")
    assert "can be stopped until" in page
    row.refresh_from_db()
    assert row.erase_after is not None
    assert work(row.erase_after) == 1
    page = shown(client, DISPOSAL)
    assert f"{past.case.ref}" in page
    assert "Olga Example, then Ines Example" in page


def test_what_is_refused_or_stopped_needs_a_reason_and_keeps_what_was_picked(
    client: Client, world: World
) -> None:
    past = long_ago(world)
    act_as(world["olga"])
    (row,) = actions.propose([past.kept], ground=Ground.TIME_OVER, by=world["olga"], now=world.now)
    sign_in(client, world, "hana")
    page = sent(client, f"{DISPOSAL}decide/", pick=[row.pk], what="refuse", reason=" ")
    assert "Say why. Nothing was changed." in page
    assert page.count("checked") == 2  # in both lists in which it stands
    page = sent(client, f"{DISPOSAL}stop/", pick=[row.pk])
    assert "Say why. Nothing was stopped." in page
    page = sent(client, f"{DISPOSAL}stop/", pick=["no id"], reason="Wait.")
    assert "Pick from the list again." in page
    page = sent(client, f"{DISPOSAL}stop/", reason="Wait.")
    assert "Nothing is picked" in page
    page = sent(client, f"{DISPOSAL}stop/", pick=[row.pk], reason="Wait.")
    assert f"Stopped: {past.case.ref} stays." in page


def test_the_case_says_until_when_it_is_kept_and_that_it_is_held(
    client: Client, world: World
) -> None:
    act_as(world["olga"])
    concern, _ = world.file()
    case = world.triage(concern)
    sign_in(client, world, "olga")
    address = f"/desk/cases/{case.ref}/"
    assert "The time begins when it is closed." in shown(client, address)
    act_as(world["olga"])
    close(world, case)
    page = shown(client, address)
    assert 'datetime="2029-03-16"' in page
    assert "HinSchG §11(5)" in page
    assert "Legal hold" not in page
    keeping = f"/desk/disposal/of/{case.ref}/"
    page = sent(client, f"{keeping}hold/", ground="litigation", reason="A CANARY claim.")
    assert "Nothing erases it until another person lifts the hold." in page
    assert "A CANARY claim." in page
    assert "Lift this hold" not in page
    assert "Legal hold" in shown(client, address)
    hold = Hold.objects.get()
    sign_in(client, world, "hana")
    page = shown(client, keeping)
    assert "Lift this hold" in page
    # the head approved the closing, so she reads it
    assert "A CANARY claim." in page
    page = sent(client, f"{keeping}lift/", hold=hold.pk)
    assert "Say why. The hold stands." in page
    page = sent(client, f"{keeping}lift/", hold=hold.pk, reason="It is over.")
    assert "The hold is lifted." in page
    assert "Legal hold" not in shown(client, address)


def test_a_court_order_is_proposed_on_the_page_of_the_case(client: Client, world: World) -> None:
    act_as(world["olga"])
    concern, _ = world.file()
    case = world.triage(concern)
    close(world, case)
    sign_in(client, world, "olga")
    keeping = f"/desk/disposal/of/{case.ref}/"
    page = sent(client, f"{keeping}request/", ground="court_order")
    assert "Say what was asked. Nothing was proposed." in page
    page = sent(client, f"{keeping}request/", ground="court_order", reason="Leeds, 3 C 12/26.")
    assert "is proposed. Another person decides." in page
    assert "Leeds, 3 C 12/26." in page
    assert "Propose to erase it" not in page


@pytest.mark.req("TRI-6")
def test_the_walled_find_the_same_with_and_without_a_case(
    client: Client, world: World, work: Work
) -> None:
    sign_in(client, world, "otto")

    def page() -> str:
        # a token of its own stands in every form of every answer
        return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", shown(client, DISPOSAL))

    without = page()
    past = long_ago(world, excluded=(world["otto"],))
    other = long_ago(world, excluded=(world["otto"],))
    assert page() == without
    (row,) = decide(world, past.kept)
    assert page() == without
    hold_address = f"/desk/disposal/of/{other.case.ref}/"
    assert client.get(hold_address).content == client.get("/desk/disposal/of/2001-1/").content
    assert client.post(f"{DISPOSAL}stop/", {"pick": [row.pk], "reason": "x"}).status_code == 404
    work(world.now)
    assert page() == without


def test_terms_are_set_by_one_and_shortened_by_two(client: Client, world: World) -> None:
    sign_in(client, world, "adam")
    page = shown(client, TERMS)
    assert "What counts until you set your own." in page
    page = sent(client, TERMS, outcome="upheld", months="many", law="")
    assert "Write the months as a number, such as 36." in page
    assert "Name the law or the reason." in page
    page = sent(client, TERMS, outcome="upheld", months="60", law="D.Lgs. 24/2023 art. 14")
    assert "It counts from now on." in page
    page = sent(client, TERMS, outcome="withdrawn", months="3", law="Not needed")
    assert "another person has to confirm it" in page
    assert "Confirm the shorter time" not in page
    rule = Rule.objects.get(state="proposed")
    sign_in(client, world, "hana")
    page = shown(client, TERMS)
    assert "Set this time" not in page
    page = sent(client, f"{TERMS}decide/", rule=rule.pk, what="confirm")
    assert "Confirmed. It counts from now on." in page
    assert client.post(TERMS, {"outcome": "upheld", "months": "99", "law": "L"}).status_code == 403


def test_a_withdrawn_concern_leads_to_its_keeping(client: Client, world: World) -> None:
    concern, _ = world.file()
    sign_in(client, world, "hana")
    assert f"/desk/disposal/of/{concern.ref}/" in shown(client, f"/desk/concerns/{concern.ref}/")
    page = shown(client, f"/desk/disposal/of/{concern.ref}/")
    assert "As long as it is open." in page
    page = sent(client, f"/desk/disposal/of/{concern.ref}/hold/", ground="claim", reason="A claim.")
    assert "Nothing erases it" in page


# -- how much it costs ----------------------------------------------------------------------------


def many(world: World, number: int) -> None:
    """Let many cases be closed that are due, with olga on the team of each."""
    holders = safes.holders_of([world["olga"]])[0]
    made = safes.make_safes("case", [[Holder(one.public, one.person) for one in holders]] * number)
    ended = world.now - YEARS
    cases = [
        Case(
            ref=f"2020-{n:05}",
            status=CaseStatus.CLOSED,
            category=world.category,
            urgency=2,
            severity=2,
            lead=world["olga"],
            safe=fresh.safe,
            opened_at=ended - timedelta(days=n),
            closed_at=ended - timedelta(days=n % 90),
            finding=list(Finding)[n % len(Finding)],
        )
        for n, fresh in enumerate(made)
    ]
    Case.objects.bulk_create(cases)
    Member.objects.bulk_create(
        Member(
            case=case,
            person=world["olga"],
            function=Member.Function.LEAD,
            since=ended,
        )
        for case in cases
    )


@pytest.mark.parametrize("number", [2, 1000])
def test_a_thousand_that_are_due_cost_as_many_queries_as_two(
    number: int,
    client: Client,
    world: World,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    many(world, number)
    sign_in(client, world, "olga")
    shown(client, DISPOSAL)
    with django_assert_num_queries(17):
        page = shown(client, DISPOSAL)
    assert page.count('name="pick"') == min(number, page_of_disposal.PAGE)
    assert ("1,000" in page) == (number == 1000)


def test_a_worker_erases_in_one_transaction_each(world: World, work: Work) -> None:
    pasts = [long_ago(world) for _ in range(3)]
    decide(world, *(past.kept for past in pasts))
    act_as(world["hana"])
    late = actions.place_hold(
        long_ago(world).kept, ground=HoldGround.AUDIT, reason="x", by=world["hana"], now=world.now
    )
    assert work(world.now) == 3
    act_as(world["hana"])
    assert list(Case.objects.values_list("pk", flat=True)) == [late.case_id]
