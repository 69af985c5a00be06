"""The version in force on a day counts, and a published text never changes."""

from datetime import date, timedelta

import pytest
from django.db import Error, connection

from common.errors import RuleError
from escalation import actions as escalation
from escalation.models import Does, Path, PathStep, PathVersion, Standard
from escalation.rules import Limit
from ledger.rules import SYSTEM
from people.middleware import act_as
from people.rules import Role
from policies import actions
from policies.models import HANDLING, Kind, PolicyVersion
from tests.conftest import BecomeProcess
from tests.world import World

pytestmark = pytest.mark.django_db


def publish(world: World, day: date, acknowledge: int) -> PolicyVersion:
    path = Path.objects.get(code="standard")
    return actions.publish(
        code=HANDLING,
        text=actions.Text("Speaking up", "How.", "Text."),
        owner=world["hana"],
        in_force_from=day,
        now=world.now,
        promises=[
            (Kind.ACKNOWLEDGE, Limit(days=acknowledge), path),
            (Kind.FEEDBACK, Limit(months=2), path),
            (Kind.TRIAGE, Limit(working_days=2), path),
        ],
    )


@pytest.mark.req("ESC-3")
def test_a_concern_gets_the_promises_of_the_version_in_force_that_day(world: World) -> None:
    publish(world, world.now.date() + timedelta(days=1), acknowledge=3)
    today, _ = world.file()
    tomorrow, _ = world.file(now=world.now + timedelta(days=1))
    assert (today.acknowledge_by, today.filed_on) == (date(2026, 3, 23), date(2026, 3, 16))
    assert tomorrow.acknowledge_by == date(2026, 3, 20)
    act_as(world["olga"])
    today.refresh_from_db()
    assert today.acknowledge_by == date(2026, 3, 23)


def test_the_policy_on_speaking_up_has_to_make_every_promise(world: World) -> None:
    with pytest.raises(RuleError, match="has to promise all of"):
        actions.publish(
            code=HANDLING,
            text=actions.Text("Speaking up", "How.", "Text."),
            owner=world["hana"],
            in_force_from=world.now.date(),
            now=world.now,
        )
    assert PolicyVersion.objects.count() == 1


@pytest.mark.req("ESC-5")
def test_nothing_is_promised_on_a_path_that_falls_silent(world: World) -> None:
    with pytest.raises(RuleError, match="does not end with the independent person"):
        actions.publish(
            code="gifts",
            text=actions.Text("Gifts", "What we take.", "Nothing."),
            owner=world["hana"],
            in_force_from=world.now.date(),
            now=world.now,
            promises=[(Kind.TRIAGE, Limit(days=1), Path.objects.get(code="reading"))],
        )


@pytest.mark.req("ESC-5")
def test_a_path_on_which_something_is_promised_from_later_on_does_not_fall_silent(
    world: World,
) -> None:
    last = {"limit": "3d", "does": Does.HAND_OVER, "role": Role.INDEPENDENT}
    steps = [
        PathStep(anchor="after", limit="0d", does=Does.REMIND),
        PathStep(anchor="after", **last),
    ]
    path = escalation.publish_path(
        code="slow", name="Slow", steps=steps, by=SYSTEM, now=world.now
    ).path
    Standard.objects.filter(kind="campaign").update(path=path)
    draft = escalation.start_draft(path, by=world["adam"], now=world.now)
    escalation.remove_step(draft, n=2, by=world["adam"], now=world.now)
    draft = PathVersion.objects.get(pk=draft.pk)
    assert escalation.flaws_of(draft, now=world.now) == []
    actions.publish(
        code="gifts",
        text=actions.Text("Gifts", "What we take.", "Nothing."),
        owner=world["hana"],
        in_force_from=world.now.date() + timedelta(days=30),
        now=world.now,
        promises=[(Kind.TRIAGE, Limit(days=9), path)],
    )
    (flaw,) = escalation.flaws_of(draft, now=world.now)
    assert "Let the last rung hand over" in flaw.says


@pytest.mark.req("ESC-1")
def test_nothing_is_promised_in_a_time_before_which_its_path_would_begin(world: World) -> None:
    steps = [
        PathStep(anchor="before", limit="8d", does=Does.REMIND),
        PathStep(anchor="after", limit="3d", does=Does.HAND_OVER, role=Role.INDEPENDENT),
    ]
    path = escalation.publish_path(
        code="early", name="Early", steps=steps, by=SYSTEM, now=world.now
    ).path
    with pytest.raises(RuleError, match="8 days before a limit of 7 days"):
        actions.publish(
            code="gifts",
            text=actions.Text("Gifts", "What we take.", "Nothing."),
            owner=world["hana"],
            in_force_from=world.now.date(),
            now=world.now,
            promises=[(Kind.TRIAGE, Limit(days=7), path)],
        )


@pytest.mark.req("ESC-1")
def test_nothing_is_promised_on_a_path_by_which_no_clock_could_start(world: World) -> None:
    empty = Path.objects.create(code="empty", name="Empty")
    with pytest.raises(RuleError, match="Empty has no published version"):
        actions.publish(
            code="gifts",
            text=actions.Text("Gifts", "What we take.", "Nothing."),
            owner=world["hana"],
            in_force_from=world.now.date(),
            now=world.now,
            promises=[(Kind.TRIAGE, Limit(days=1), empty)],
        )
    with pytest.raises(RuleError, match="“empty” has no published version"):
        Path.objects.newest("empty")


@pytest.mark.parametrize(
    "statement",
    ["UPDATE policies_policyversion SET text = 'else'", "DELETE FROM policies_policyversion"],
)
def test_a_published_text_cannot_be_changed_even_by_the_owner_of_the_table(
    statement: str, world: World, process: BecomeProcess
) -> None:
    with process("owner"), pytest.raises(Error, match="annot"), connection.cursor() as cursor:
        cursor.execute(statement)


def test_without_a_policy_in_force_nothing_is_promised_and_nothing_sent(world: World) -> None:
    with pytest.raises(RuleError, match="Nothing was sent"):
        world.file(now=world.now.replace(year=2019))
