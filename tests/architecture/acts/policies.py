"""Acts of policies: publishing them, and who has read them."""

from collections.abc import Callable
from datetime import date

from common.levels import Level
from escalation.rules import Limit
from people.middleware import act_as
from people.rules import Role
from policies import actions as policies
from policies.models import Acknowledgement, Campaign, Indicator, Policy, Script
from policies.rules.scripts import Approval, Audience, Milestone
from tests.architecture.acts.registry import act, as_owner
from tests.world import World


@act("policies.actions.publish")
def _(w: World) -> Callable[[], object]:
    return lambda: policies.publish(
        code="gifts",
        text=policies.Text("Gifts", "What we take.", "Nothing."),
        owner=w["hana"],
        in_force_from=date(2026, 1, 1),
        now=w.now,
    )


def ask_to_read(w: World) -> Campaign:
    """Ask everybody to read the one policy."""
    return policies.start_campaign(
        Policy.objects.get(),
        by=w["hana"],
        audience=policies.Audience(),
        limit=Limit(days=14),
        is_material=False,
        now=w.now,
    )


@act("policies.actions.start_campaign")
def _(w: World) -> Callable[[], object]:
    return lambda: ask_to_read(w)


@act("policies.actions.end_campaign")
def _(w: World) -> Callable[[], object]:
    campaign = ask_to_read(w)
    return lambda: policies.end_campaign(campaign.pk, by=w["hana"], now=w.now)


@act("policies.actions.see_to_campaigns")
def _(w: World) -> Callable[[], object]:
    ask_to_read(w)
    return lambda: policies.see_to_campaigns(now=w.now)


@act("policies.actions.acknowledge")
def _(w: World) -> Callable[[], object]:
    ask_to_read(w)
    with as_owner():
        policies.see_to_campaigns(now=w.now)
    act_as(w["stan"])
    asked = Acknowledgement.objects.get(person=w["stan"])
    return lambda: policies.acknowledge(asked.pk, by=w["stan"], now=w.now)


def proposed(w: World) -> Indicator:
    """Let Hana propose a sign that is not on the list."""
    sign = policies.Sign("They whisper", "Somebody may listen.", "Our own", Level.NORMAL)
    return policies.propose_indicator(sign=sign, by=w["hana"], now=w.now)


@act("policies.actions.propose_indicator")
def _(w: World) -> Callable[[], object]:
    return lambda: proposed(w)


@act("policies.actions.publish_indicator")
def _(w: World) -> Callable[[], object]:
    draft, owner = proposed(w), w.hire("pola", Role.POLICY_OWNER)
    return lambda: policies.publish_indicator(draft, by=owner, now=w.now)


def said(w: World) -> Script:
    """Let Hana propose other words for a delay."""
    wording = policies.Wording(Audience.REPORTER, Milestone.DELAY, "Later.", Approval.CHANGED)
    return policies.propose_script(wording=wording, by=w["hana"], now=w.now)


@act("policies.actions.propose_script")
def _(w: World) -> Callable[[], object]:
    return lambda: said(w)


@act("policies.actions.publish_script")
def _(w: World) -> Callable[[], object]:
    draft, owner = said(w), w.hire("pola", Role.POLICY_OWNER)
    return lambda: policies.publish_script(draft, by=owner, now=w.now)


@act("policies.actions.drop_script")
def _(w: World) -> Callable[[], object]:
    draft = said(w)
    return lambda: policies.drop_script(draft, by=w["hana"], now=w.now)


@act("policies.actions.drop_indicator")
def _(w: World) -> Callable[[], object]:
    draft = proposed(w)
    return lambda: policies.drop_indicator(draft, by=w["hana"], now=w.now)
