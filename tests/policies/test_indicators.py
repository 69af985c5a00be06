"""The catalogue of indicators: it comes with its signs, and no one person changes what it says."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, InternalError, transaction
from django.test import Client

from common.errors import RuleError
from common.levels import Level
from people.middleware import act_as
from people.rules import Role
from policies import actions
from policies.models import Indicator
from policies.rules import Remedy
from tests.conftest import BecomeProcess
from tests.doors import sign_in
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.req("TRI-3"), pytest.mark.usefixtures("world")]
SIGN = actions.Sign(
    "They whisper", "Somebody may listen.", "Our own", Level.HIGH, [Remedy.SAFE_CONTACT]
)


def test_it_begins_with_signs_that_say_why_and_by_which_source(db: None) -> None:
    signs = list(Indicator.objects.offered())
    assert len(signs) >= 15
    assert all(one.why and one.source and one.proposes for one in signs)
    assert [one.position for one in signs] == sorted(one.position for one in signs)
    assert max(one.urgency for one in signs) == Level.DANGER


def test_what_one_person_proposes_counts_once_another_has_published_it(world: World) -> None:
    hana, pola = world["hana"], world.hire("pola", Role.POLICY_OWNER)
    act_as(hana)
    draft = actions.propose_indicator(sign=SIGN, by=hana, now=world.now)
    assert not Indicator.objects.offered().filter(code="they-whisper").exists()
    with pytest.raises(RuleError, match="somebody else publishes it"):
        actions.publish_indicator(draft, by=hana, now=world.now)
    with pytest.raises(RuleError, match="waits for a second person"):
        actions.propose_indicator(
            sign=actions.Sign("Quiet", "Why.", "Own", Level.LOW), of=draft, by=pola, now=world.now
        )
    actions.publish_indicator(draft, by=pola, now=world.now)
    assert Indicator.objects.offered().last() == draft
    with pytest.raises(RuleError, match="published by now"):
        actions.drop_indicator(draft, by=pola, now=world.now)


def test_one_that_is_not_offered_any_more_needs_two_as_well(world: World) -> None:
    hana, pola = world["hana"], world.hire("pola", Role.POLICY_OWNER)
    gifts = Indicator.objects.offered().get(code="gifts")
    retired = actions.Sign(
        gifts.label, gifts.why, gifts.source, Level(gifts.urgency), gifts.proposes, is_offered=False
    )
    draft = actions.propose_indicator(sign=retired, of=gifts, by=pola, now=world.now)
    assert gifts in Indicator.objects.offered()
    actions.publish_indicator(draft, by=hana, now=world.now)
    assert not Indicator.objects.offered().filter(code="gifts").exists()
    assert Indicator.objects.newest().get(code="gifts") == draft


def test_the_database_keeps_what_was_published(world: World, process: BecomeProcess) -> None:
    draft = actions.propose_indicator(sign=SIGN, by=world["hana"], now=world.now)
    with pytest.raises(IntegrityError, match="by_another"), transaction.atomic():
        Indicator.objects.filter(pk=draft.pk).update(
            state="published", decided_by=world["hana"], decided_at=world.now
        )
    with process("owner"), pytest.raises(InternalError, match="Cannot"), transaction.atomic():
        Indicator.objects.filter(code="threat").update(why="Nothing.")


def test_only_policy_owners_and_the_head_keep_it(world: World) -> None:
    for name in ("olga", "adam"):
        with pytest.raises(PermissionDenied):
            actions.propose_indicator(sign=SIGN, by=world[name], now=world.now)


def test_it_is_kept_in_the_browser(client: Client, world: World) -> None:
    world.hire("pola", Role.POLICY_OWNER)
    entered = {
        "label": "They whisper", "why": "Somebody may listen.", "source": "Our own",
        "urgency": "3", "remedies": ["safe_contact"],
    }  # fmt: skip
    sign_in(client, world, "pola")
    gap = client.post("/setup/indicators/", {**entered, "why": ""}).content.decode()
    assert "Write why it matters." in gap
    assert "They whisper" in gap
    client.post("/setup/indicators/", entered)
    draft = Indicator.objects.waiting().get()
    press = {"draft": str(draft.pk), "what": "publish"}
    own = client.post("/setup/indicators/decide/", press).content.decode()
    assert "somebody else publishes it" in own
    sign_in(client, world, "hana")
    shown = client.get("/setup/indicators/").content.decode()
    assert "proposed by Pola Example" in " ".join(shown.split())
    client.post("/setup/indicators/decide/", press)
    page = client.get("/setup/indicators/they-whisper/").content.decode()
    assert "Reach them by a safe way only" in page
    assert "In use" in page
    assert "Proposed by Pola Example" in page
