"""The office's standards: who sets them, what is refused, and what the page shows."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from common.errors import RuleError
from escalation import actions
from escalation.models import Path, Standard
from escalation.rules import Limit
from escalation.rules.kinds import KINDS
from ledger.models import Entry
from ledger.verbs import Verb
from people.rules import Role
from tests.doors import sign_in
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.req("ESC-3")]
PAGE = "/setup/standards/"


def put(world: World, *, by: Any = "adam", **changes: Any) -> Standard:
    facts: dict[str, Any] = {
        "kind": "answer",
        "limit": Limit(days=1),
        "path": "standard",
        **changes,
    }
    facts["path"] = Path.objects.get(code=facts["path"])
    return actions.set_standard(by=world[by], now=world.now, **facts)


def test_every_kind_runs_without_any_standard_and_by_one_once_it_is_set(world: World) -> None:
    # a house begins with a path of its own for those whom nobody alarms about a policy
    gentle = {"campaign", "acknowledgement"}
    own = [kind for kind in KINDS.values() if not kind.is_promised and kind.code not in gentle]
    timed = Standard.objects.timed(*(kind.code for kind in own))
    assert [one.limit for one in timed] == [kind.within() for kind in own]
    assert {one.path.path.code for one in timed} == {"standard"}
    put(world)
    [answer] = Standard.objects.timed("answer")
    assert answer.limit == Limit(days=1)
    assert Entry.objects.filter(verb=Verb.STANDARD_SET, subject="standard:answer").exists()


def test_a_level_counts_before_what_is_set_for_any(world: World) -> None:
    put(world, kind="investigation", limit=Limit(days=50))
    put(world, kind="investigation", level=4, limit=Limit(days=5))
    limits = [
        Standard.objects.timed("investigation", level=level)[0].limit.days for level in (3, 4)
    ]
    assert limits == [50, 5]


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"kind": "feedback"}, "The policy on speaking up promises this"),
        ({"kind": "tea"}, "no such kind"),
        ({"level": 3}, "the same time however grave"),
        ({"limit": Limit()}, "Give it some time"),
        ({"path": "reading"}, "does not end with the independent person"),
    ],
)
def test_what_is_not_the_offices_to_set_is_refused(
    world: World, changes: dict[str, Any], why: str
) -> None:
    before = list(Standard.objects.values())
    with pytest.raises(RuleError, match=why):
        put(world, **changes)
    assert list(Standard.objects.values()) == before


def test_the_same_again_is_refused_and_so_is_whoever_is_no_administrator(world: World) -> None:
    put(world)
    with pytest.raises(RuleError, match="It is so already"):
        put(world)
    with pytest.raises(PermissionDenied):
        put(world, by="hana")


def test_an_administrator_sets_one_on_the_page_and_a_head_reads_it(
    client: Client, world: World
) -> None:
    sign_in(client, world, "adam")
    wrong = client.post(PAGE, {"kind": "answer", "count": "0", "unit": "days"}).content.decode()
    assert "Give it at least 1." in wrong
    assert "Choose a path. Nothing was changed." in wrong
    entered = {
        "kind": "answer",
        "count": "2",
        "unit": "working_hours",
        "path": Path.objects.get(code="standard").pk,
    }
    page = client.post(PAGE, entered, follow=True).content.decode()
    assert "Clocks that run keep their time." in page
    assert "2 working hours" in page
    world.hire("heidi", Role.HEAD)
    sign_in(client, world, "heidi")
    page = client.get(PAGE).content.decode()
    assert "2 working hours" in page
    assert "Set this standard" not in page
