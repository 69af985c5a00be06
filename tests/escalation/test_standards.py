"""The office's standards: who sets them, what is refused, and what the page shows."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from common.errors import RuleError
from escalation import actions
from escalation.forms.standards import StandardForm
from escalation.models import Does, Path, Standard, StandardChange
from escalation.rules import Anchor, Limit, Rung
from escalation.rules.kinds import KINDS
from escalation.rules.ladders import Step
from ledger.models import Entry
from ledger.verbs import Verb
from people.rules import Role
from policies import actions as policies
from policies.models import HANDLING
from policies.models import Kind as Promised
from tests.doors import sign_in
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.req("ESC-3")]
PAGE = "/setup/standards/"


def put(world: World, *, by: Any = "adam", **changes: Any) -> StandardChange | None:
    facts: dict[str, Any] = {
        "kind": "answer",
        "limit": Limit(days=1),
        "path": "standard",
        **changes,
    }
    facts["path"] = Path.objects.get(code=facts["path"])
    return actions.set_standard(by=world[by], now=world.now, **facts)


def settle(world: World, **changes: Any) -> None:
    """Set what a second person has to confirm, and let them."""
    change = put(world, **changes)
    assert change is not None
    actions.confirm_standard(change, by=world["hana"], now=world.now)


@pytest.fixture
def urgent(world: World) -> Path:
    """Return a path for danger, which adam drew and hana published."""
    by, now = world["adam"], world.now
    version = actions.make_path(code="urgent", name="Somebody may be in danger", by=by, now=now)
    for when, does, role in (
        ("2h start", Does.NOTIFY, Role.OFFICER),
        ("1d start", Does.HAND_OVER, Role.INDEPENDENT),
    ):
        limit, anchor = when.split()
        step = Step(Rung(Anchor(anchor), Limit.read(limit)), does.value, role)
        actions.add_step(version, step=step, by=by, now=now)
    actions.propose_version(version, by=by, now=now)
    actions.publish_version(version, seen=now, by=world["hana"], now=now)
    return version.path


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
    put(world, kind="investigation", limit=Limit(days=20))
    put(world, kind="investigation", level=4, limit=Limit(days=5))
    limits = [
        Standard.objects.timed("investigation", level=level)[0].limit.days for level in (3, 4)
    ]
    assert limits == [20, 5]


def test_danger_counts_before_guidance_and_guidance_before_any_other_level(
    world: World, urgent: Path
) -> None:
    put(world, limit=Limit(days=4))
    put(world, level=3, limit=Limit(days=3))
    put(world, filed_as="guidance", limit=Limit(days=2))
    settle(world, level=4, limit=Limit(days=1), path="urgent")
    asked = [(2, ""), (3, ""), (3, "guidance"), (2, "guidance"), (4, "guidance"), (4, "")]
    found = [
        Standard.objects.timed("answer", level=level, filed_as=filed_as)[0]
        for level, filed_as in asked
    ]
    assert [one.limit.days for one in found] == [4, 3, 2, 2, 1, 1]
    assert [one.path.path.code for one in found] == ["standard"] * 4 + ["urgent"] * 2


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"kind": "tea"}, "no such kind"),
        ({"kind": "task", "level": 3}, "the same time however grave"),
        ({"kind": "investigation", "filed_as": "guidance"}, "what runs on what somebody told"),
        ({"limit": None}, "no policy promises it"),
        ({"limit": Limit()}, "Give it some time"),
        ({"path": "reading"}, "does not end with the independent person"),
        # what is promised is never set longer, nor what may be longer by some calendar
        ({"kind": "acknowledge", "limit": Limit(days=8)}, "promises this within 7 days"),
        ({"kind": "feedback", "limit": Limit(months=4)}, "promises this within 3 months"),
        ({"kind": "acknowledge", "limit": Limit(working_days=5)}, "may be longer"),
        # nor what somebody told so short that it is over before its day is
        (
            {"kind": "triage", "limit": Limit(working_days=1)},
            "counts from the beginning of its day",
        ),
        ({"kind": "triage", "limit": Limit(hours=23)}, "Give it a day, or two working days"),
        # nor what is not promised longer than an office can mean
        ({"limit": Limit(months=999)}, "3 months at the most: Directive"),
        ({"kind": "investigation", "limit": Limit(months=7)}, "6 months at the most: Directive"),
        ({"kind": "unseal", "limit": Limit(working_days=90)}, "1 month at the most"),
        ({"kind": "policy_review", "limit": Limit(months=37)}, "36 months at the most"),
    ],
)
def test_what_is_not_the_offices_to_set_is_refused(
    world: World, changes: dict[str, Any], why: str
) -> None:
    before = list(Standard.objects.values())
    with pytest.raises(RuleError, match=why):
        put(world, **changes)
    assert list(Standard.objects.values()) == before
    assert not StandardChange.objects.exists()


def test_a_path_of_which_a_rung_would_come_before_the_start_is_refused(world: World) -> None:
    by, now = world["adam"], world.now
    draft = actions.make_path(code="early", name="Early", by=by, now=now)
    before = Step(Rung(Anchor.BEFORE, Limit(months=400)), Does.REMIND.value)
    last = Step(Rung(Anchor.AFTER, Limit(days=1)), Does.HAND_OVER.value, Role.INDEPENDENT)
    actions.add_step(draft, step=before, by=by, now=now)
    actions.add_step(draft, step=last, by=by, now=now)
    with pytest.raises(RuleError, match="400 months before a limit of 36 months"):
        actions.propose_version(draft, by=by, now=now)
    month = Step(Rung(Anchor.BEFORE, Limit(months=2)), Does.REMIND.value)
    actions.change_step(draft, n=1, step=month, by=by, now=now)
    actions.propose_version(draft, by=by, now=now)
    actions.publish_version(draft, seen=now, by=world["hana"], now=now)
    with pytest.raises(RuleError, match=r"Rung 1 would come before the start.*“Early”|“Early”"):
        put(world, path="early")
    # nothing is known to be too short: feedback may take three months
    settle(world, kind="feedback", limit=None, path="early")
    with pytest.raises(RuleError, match="2 months before a limit of 1 day"):
        put(world, kind="feedback", limit=Limit(days=1), path="early")


def test_a_rung_years_after_the_limit_is_refused(world: World) -> None:
    by, now = world["adam"], world.now
    draft = actions.make_path(code="late", name="Late", by=by, now=now)
    last = Step(Rung(Anchor.AFTER, Limit(months=999)), Does.HAND_OVER.value, Role.INDEPENDENT)
    actions.add_step(draft, step=last, by=by, now=now)
    with pytest.raises(RuleError, match="by then nobody waits for it"):
        actions.propose_version(draft, by=by, now=now)


def test_the_same_again_is_refused_and_so_is_whoever_is_no_administrator(world: World) -> None:
    put(world)
    with pytest.raises(RuleError, match="It is so already"):
        put(world)
    with pytest.raises(PermissionDenied):
        put(world, by="hana")


# -- what may make something later waits for a second person ---------------------------------


@pytest.mark.parametrize(
    ("changes", "waits"),
    [
        ({"limit": Limit(working_days=4)}, False),
        ({"limit": Limit(working_days=6)}, True),
        # the grave ones have 30 days already
        ({"kind": "investigation", "limit": Limit(days=50)}, True),
        ({"kind": "investigation", "limit": Limit(days=30)}, False),
        ({"path": "urgent"}, True),
        ({"kind": "triage", "limit": None, "level": 4}, True),
    ],
)
def test_more_time_or_another_path_waits_for_a_second_person(
    world: World, urgent: Path, changes: dict[str, Any], waits: bool
) -> None:
    assert (put(world, **changes) is not None) == waits
    assert Standard.objects.filter(kind=changes.get("kind", "answer")).exists() != waits


def test_a_second_person_confirms_and_never_who_proposed(world: World, urgent: Path) -> None:
    change = put(world, path="urgent")
    assert change is not None
    with pytest.raises(RuleError, match="You proposed this"):
        actions.confirm_standard(change, by=world["adam"], now=world.now)
    with pytest.raises(RuleError, match="waits for a second person already"):
        put(world, limit=Limit(days=2))
    with pytest.raises(PermissionDenied):
        actions.confirm_standard(change, by=world["olga"], now=world.now)
    actions.confirm_standard(change, by=world["hana"], now=world.now)
    [answer] = Standard.objects.timed("answer")
    assert answer.path.path == urgent
    with pytest.raises(RuleError, match="confirmed by now"):
        actions.drop_standard(change, by=world["hana"], now=world.now)


def test_what_was_dropped_changes_nothing_and_may_be_proposed_again(
    world: World, urgent: Path
) -> None:
    change = put(world, path="urgent")
    assert change is not None
    actions.drop_standard(change, by=world["adam"], now=world.now)
    assert not Standard.objects.filter(kind="answer").exists()
    settle(world, path="urgent")


# -- a path is retired ------------------------------------------------------------------------


@pytest.mark.req("ESC-1")
def test_a_path_is_retired_once_nothing_is_set_on_it(world: World, urgent: Path) -> None:
    by, now = world["adam"], world.now
    settle(world, path="urgent")
    with pytest.raises(RuleError, match="use this path for answer the reporter, so it stays"):
        actions.retire_path(urgent, by=by, now=now)
    with pytest.raises(RuleError, match="so it stays"):
        actions.retire_path(Path.objects.get(code="standard"), by=by, now=now)
    settle(world, path="standard")
    actions.retire_path(urgent, by=by, now=now)
    with pytest.raises(RuleError, match="was retired"):
        put(world, kind="interim", path="urgent")
    with pytest.raises(RuleError, match="was retired"):
        actions.start_draft(urgent, by=by, now=now)


@pytest.mark.req("ESC-1")
def test_a_path_that_was_retired_meanwhile_is_set_and_promised_no_more(
    world: World, urgent: Path
) -> None:
    by, now = world["adam"], world.now
    # as whoever sets it read it before
    before = Path.objects.get(pk=urgent.pk)
    actions.retire_path(urgent, by=by, now=now)
    with pytest.raises(RuleError, match="was retired"):
        actions.set_standard(kind="interim", limit=Limit(days=3), path=before, by=by, now=now)
    promises = [(one, Limit(days=5), before) for one in Promised]
    text = policies.Text("Speaking up", "How we handle it.", "We read it.")
    with pytest.raises(RuleError, match="was retired"):
        policies.publish(
            code=HANDLING, text=text, owner=world["hana"], in_force_from=now.date(), now=now,
            promises=promises,
        )  # fmt: skip


def test_one_standard_is_set_after_the_other_also_where_none_stands_yet(
    world: World, urgent: Path
) -> None:
    held = []
    for path in ("standard", "urgent"):
        with CaptureQueriesContext(connection) as asked:
            put(world, kind="interim", path=path, limit=Limit(days=3))
        first, *_ = [one["sql"] for one in asked if "FOR UPDATE" in one["sql"]]
        # before anything is asked of what stands
        order = [one["sql"] for one in asked if first == one["sql"] or '_standard"' in one["sql"]]
        assert order[0] == first
        held.append(first)
    usual = Path.objects.get(code="standard").pk
    assert all(f"{usual}" in sql for sql in held)


@pytest.mark.req("ESC-1")
def test_an_administrator_retires_a_path_on_its_page(
    client: Client, world: World, urgent: Path
) -> None:
    sign_in(client, world, "adam")
    address = f"/setup/paths/{urgent.code}/"
    assert "Retire this path" in client.get(address).content.decode()
    page = client.post(f"{address}retire/", follow=True).content.decode()
    assert "Retired: nothing begins on it any more." in page
    assert "Draft the next version" not in page
    assert str(urgent) not in str(StandardForm()["path"])
    assert "Retired" in client.get("/setup/paths/").content.decode()


# -- the page ---------------------------------------------------------------------------------


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
        "unit": "working_days",
        "path": Path.objects.get(code="standard").pk,
    }
    page = client.post(PAGE, entered, follow=True).content.decode()
    assert "Clocks that run keep their time." in page
    assert "2 working days" in page
    world.hire("heidi", Role.HEAD)
    sign_in(client, world, "heidi")
    page = client.get(PAGE).content.decode()
    assert "2 working days" in page
    assert "Set this standard" not in page


def test_a_path_for_danger_is_set_on_the_page_and_confirmed_by_the_head(
    client: Client, world: World, urgent: Path
) -> None:
    sign_in(client, world, "adam")
    entered = {"kind": "triage", "scope": "4", "count": "", "unit": "days", "path": urgent.pk}
    page = client.post(PAGE, entered, follow=True).content.decode()
    assert "the head of the office confirms it first" in page.replace("\n", " ")
    assert "Waits for a second person" in page
    change = StandardChange.objects.get()
    decided = {"change": change.pk, "what": "confirm"}
    page = client.post(f"{PAGE}decide/", decided).content.decode()
    assert "You proposed this" in page
    sign_in(client, world, "hana")
    page = client.post(f"{PAGE}decide/", decided, follow=True).content.decode()
    assert "It counts for what begins from now on." in page
    assert "Waits for a second person" not in page
    assert "as promised" in page
    assert "Somebody may be in danger" in page
    page = client.post(f"{PAGE}decide/", decided).content.decode()
    assert "It was confirmed or dropped meanwhile." in page
