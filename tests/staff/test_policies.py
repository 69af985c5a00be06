"""The policies, for everyone who works here."""

from datetime import date, timedelta

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from policies import actions as policies
from policies.rules import Block, blocks
from tests.doors import sign_in
from tests.world import World


@pytest.fixture
def reader(client: Client, world: World) -> Client:
    """Return the browser of somebody of the staff; there is a policy on gifts to read."""
    for year, words in (
        (2024, "Refuse **all** <b>gifts</b>."),
        (2025, "# Gifts\n\nSmall ones:\n- fruit\n- pens\n\n1. Thank.\n2. Note it."),
    ):
        policies.publish(
            code="gifts",
            text=policies.Text(f"Gifts {year}", "What you may accept.", words),
            owner=world["hana"],
            in_force_from=date(year, 1, 1),
            now=world.now,
        )
    sign_in(client, world, "stan", vault=False)
    return client


def text(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def test_everybody_signed_in_reads_what_is_in_force(reader: Client) -> None:
    page = text(reader, "/staff/")
    assert "Gifts 2025" in page
    assert "Gifts 2024" not in page
    assert "Speaking up" in page


def test_whoever_is_not_signed_in_signs_in_first(client: Client, world: World) -> None:
    assert client.get("/staff/")["Location"] == "/sign-in/?next=/staff/"
    assert client.get("/staff/policies/gifts/").status_code == 302


def test_words_find_a_policy_by_title_or_summary(reader: Client) -> None:
    page = text(reader, "/staff/?q=ACCEPT+gifts")
    assert "Gifts 2025" in page
    assert "Speaking up" not in page
    assert "No policy has these words" in text(reader, "/staff/?q=unicorn")


def test_another_day_shows_what_was_in_force_then(reader: Client) -> None:
    page = text(reader, "/staff/?on=2024-06-01")
    assert "Gifts 2024" in page
    assert "policies/gifts/?on=2024-06-01" in page
    page = text(reader, "/staff/policies/gifts/?on=2024-06-01")
    assert "Refuse **all** &lt;b&gt;gifts&lt;/b&gt;." in page
    assert "Shown as of" in page
    assert "No policy was in force" in text(reader, "/staff/?on=1999-01-01")
    assert "Not in force yet" in text(reader, "/staff/policies/gifts/?on=1999-01-01")


@pytest.mark.parametrize("wrong", ["yesterday", "2024-02-30", "2024", "1/2/2024"])
def test_a_wrong_date_is_said_and_today_is_shown(reader: Client, wrong: str) -> None:
    for address in ("/staff/", "/staff/policies/gifts/"):
        page = text(reader, f"{address}?on={wrong}&q=gifts")
        assert "This is no date." in page
        assert "<title>Error: " in page
        assert "Gifts 2025" in page


def test_the_text_says_its_version_and_since_when(reader: Client) -> None:
    page = text(reader, "/staff/policies/gifts/")
    assert "Version 2, in force since" in page
    assert "1 January 2025" in page
    assert "<li>fruit</li>" in page
    assert "<h2>Gifts</h2>" in page


def test_what_a_policy_promises_stands_beside_it(reader: Client) -> None:
    page = text(reader, "/staff/policies/speaking-up/")
    for words in ("within 7 days", "within 3 months", "within 2 working days"):
        assert words in page


def test_a_policy_that_is_not_there_is_not_found(reader: Client) -> None:
    assert reader.get("/staff/policies/nonsense/").status_code == 404


def test_many_policies_cost_as_many_queries_as_one(
    reader: Client, world: World, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(10):
        reader.get("/staff/?q=gifts")
    for n in range(5):
        policies.publish(
            code=f"gifts-{n}",
            text=policies.Text(f"More gifts {n}", "A summary.", "A text."),
            owner=world["hana"],
            in_force_from=(world.now - timedelta(days=n)).date(),
            now=world.now,
        )
    with django_assert_num_queries(10):
        reader.get("/staff/?q=gifts")


def test_a_text_is_made_of_headings_paragraphs_and_lists() -> None:
    written = (
        "# One\nplain\ngoes on\n\n## Two\n- a\n- b\n  goes on\n1. c\n2) d\n\n-no item\n#no heading"
    )
    assert blocks(written) == [
        Block("h2", ("One",)),
        Block("p", ("plain goes on",)),
        Block("h3", ("Two",)),
        Block("ul", ("a", "b goes on")),
        Block("ol", ("c", "d")),
        Block("p", ("-no item #no heading",)),
    ]
    assert blocks("") == []
    assert blocks("a\r\n\r\nb") == [Block("p", ("a",)), Block("p", ("b",))]
