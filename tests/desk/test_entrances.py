"""The pages on which the office keeps its entrances for people outside."""

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from cases import actions
from cases.actions import Words
from cases.models import Entrance
from questionnaires.lifecycle import BY_NAME
from tests.doors import sign_in
from tests.questionnaires.sheets import SHEET, published
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.req("INT-10")]
LIST = "/setup/entrances/"
QUERIES = 10


@pytest.fixture
def adam(client: Client, world: World) -> Client:
    sign_in(client, world, "adam")
    return client


def sent(client: Client, address: str, **data: object) -> str:
    answer = client.post(address, data, follow=True)
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_an_entrance_is_opened_changed_printed_closed_and_opened_again(
    world: World, adam: Client
) -> None:
    asked = published(world, SHEET.__class__(kind=BY_NAME, sections=SHEET.sections)).questionnaire
    # what everybody is asked is no questionnaire of an entrance
    general = published(world, code="general").questionnaire
    page = sent(adam, LIST, title="Clients", language="en", questionnaire=general.pk, intro="Hi.")
    assert "This questionnaire is not asked any more." in page
    assert "Hi.</textarea>" in page
    assert not Entrance.objects.exists()
    page = sent(adam, LIST, title="Clients", language="ar", questionnaire=asked.pk)
    one = Entrance.objects.get()
    at = f"{LIST}{one.code}/"
    assert f"/speak/at/{one.code}/" in page
    assert 'role="img"' in page
    assert (one.questionnaire, one.language) == (asked, "ar")
    sent(adam, at, title="Our clients", language="en")
    poster = adam.get(f"{at}poster/").content.decode()
    assert "Our clients" in poster
    assert f"/speak/at/{one.code}/" in poster
    assert "Its address shows the first page of everybody" in sent(
        adam, f"{at}state/", what="close"
    )
    assert "It is closed already" in sent(adam, f"{at}state/", what="close")
    assert "It is open again" in sent(adam, f"{at}state/", what="open")
    assert adam.get(f"{LIST}nothing/").status_code == 404


def test_the_list_asks_as_much_for_many_as_for_one(
    world: World, adam: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in (1, 5):
        for n in range(number):
            actions.open_entrance(words=Words(f"No. {n}"), by=world["adam"], now=world.now)
        with django_assert_num_queries(QUERIES):
            adam.get(LIST)


def test_nobody_else_keeps_entrances(world: World) -> None:
    for name in ("olga", "stan", "pola"):
        if name in world.people:
            with pytest.raises(PermissionDenied):
                actions.open_entrance(words=Words("Clients"), by=world[name], now=world.now)
    assert not Entrance.objects.exists()
