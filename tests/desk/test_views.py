"""Views of the queue that somebody keeps: for themselves, or for the whole office."""

import pytest
from django.db import ProgrammingError, transaction
from django.test import Client

from cases.actions import views
from cases.models import Category, SavedView
from people.middleware import act_as
from tests.conftest import BecomeProcess
from tests.doors import sign_in
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.req("TRI-1")]
QUEUE = "/desk/"
KEEP = "/desk/views/keep/"


def keep(client: Client, filters: str, **shared: str) -> str:
    response = client.post(f"{KEEP}?{filters}", shared, follow=True)
    assert response.status_code == 200
    return response.content.decode()


def test_a_view_is_kept_under_the_name_of_its_filters_and_dropped_again(
    client: Client, world: World
) -> None:
    grave, _ = world.file(category=Category.objects.get(code="coercion"))
    plain, _ = world.file()
    sign_in(client, world, "olga")
    offered = client.get(f"{QUEUE}?show=triage&category=coercion").content.decode()
    assert f'action="{KEEP}?show=triage&amp;category=coercion"' in offered
    page = keep(client, "show=triage&category=coercion&after=3~~X")
    assert "for you alone" in page
    view = SavedView.objects.get()
    assert str(view) == f"Waiting for triage, {grave.category}"
    address = "/desk/?show=triage&amp;category=coercion"
    assert f'href="{address}"' in page
    assert 'data-key="1"' in page
    shown = client.get(address.replace("&amp;", "&")).content.decode()
    assert grave.ref in shown
    assert plain.ref not in shown
    assert "Keep this view" not in shown
    dropped = client.post(f"/desk/views/{view.pk}/drop/", follow=True).content.decode()
    assert "is dropped" in dropped
    assert not SavedView.objects.exists()


def test_what_is_shared_stands_for_the_office_and_only_its_keeper_drops_it(
    client: Client, world: World
) -> None:
    sign_in(client, world, "olga")
    keep(client, "show=mine")
    # every filter is kept, and is found again in the address of the view
    all_on = "show=triage&urgency=4&due=over&age=30&whose=nobody&unread=yes"
    assert f'href="/desk/?{all_on.replace("&", "&amp;")}"' in keep(client, all_on)
    name = "Waiting for triage, Someone may be in danger, Clock run out, 30 days and more"
    assert str(SavedView.objects.get(age="30")) == f"{name}, Nobody's yet, Unread"
    SavedView.objects.filter(age="30").delete()
    assert "for everybody in the office" in keep(client, "channel=phone", is_shared="on")
    shared = SavedView.objects.get(is_shared=True)
    sign_in(client, world, "omar")
    page = client.get(f"{QUEUE}?channel=phone").content.decode()
    assert f"by {world['olga']}" in page
    assert page.count('data-key="1"') == 1
    assert 'data-key="2"' not in page
    assert client.post(f"/desk/views/{shared.pk}/drop/").status_code == 404
    # he may keep it himself, and hers stays hers
    keep(client, "channel=phone")
    act_as(world["olga"])
    assert SavedView.objects.filter(person=world["olga"]).count() == 2


def test_a_view_that_is_kept_again_becomes_shared_and_stands_once(
    client: Client, world: World
) -> None:
    sign_in(client, world, "olga")
    keep(client, "show=mine")
    keep(client, "show=mine", is_shared="on")
    assert SavedView.objects.get().is_shared


def test_everything_open_and_one_view_too_many_are_refused(
    monkeypatch: pytest.MonkeyPatch, client: Client, world: World
) -> None:
    monkeypatch.setattr(views, "MOST", 1)
    sign_in(client, world, "olga")
    assert "Set a filter, then keep it." in keep(client, "show=odd")
    keep(client, "show=mine")
    assert "Drop one that you no longer use" in keep(client, "show=closed")
    assert SavedView.objects.count() == 1


@pytest.mark.req("SEC-2")
def test_the_database_gives_others_what_is_shared_and_lets_nobody_change_it(
    client: Client, world: World, process: BecomeProcess
) -> None:
    sign_in(client, world, "olga")
    keep(client, "show=mine")
    keep(client, "show=closed", is_shared="on")
    for name, seen in {"olga": 2, "omar": 1, "ines": 1, "adam": 0, "carl": 0, "stan": 0}.items():
        act_as(world[name])
        assert SavedView.objects.count() == seen, name
    act_as(world["omar"])
    assert SavedView.objects.update(is_shared=False) == 0
    assert SavedView.objects.all().delete()[0] == 0
    with pytest.raises(ProgrammingError), transaction.atomic():
        SavedView.objects.create(person=world["olga"], show="mine", saved_at=world.now)
    with process("worker"), pytest.raises(ProgrammingError), transaction.atomic():
        SavedView.objects.count()
