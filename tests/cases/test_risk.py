"""What follows from how likely and how grave, and from signs: proposed, and never decided."""

import pytest
from django.db import InternalError, transaction

from cases import access, actions
from cases.lifecycle import Given, Level
from cases.lifecycle.risks import Consent, Impact, Likelihood, SafeguardKind
from cases.models import Assessment, Case, Concern, Mark, Safeguard, Triage
from cases.rules import risk
from common.errors import RuleError
from people.middleware import act_as
from people.rules import Role
from policies import actions as policies
from policies.models import Indicator
from policies.rules import Remedy
from safes.access import open_texts
from tests.conftest import BecomeProcess
from tests.world import World

pytestmark = [pytest.mark.req("TRI-2", "TRI-3")]


@pytest.mark.parametrize(
    ("impact", "levels"),
    [
        (Impact.MINOR, "1112"),
        (Impact.MODERATE, "1222"),
        (Impact.SERIOUS, "2233"),
        (Impact.GRAVE, "2333"),
    ],
)
def test_severity_follows_from_how_likely_and_how_grave(impact: Impact, levels: str) -> None:
    found = [risk.severity(likelihood, impact) for likelihood in Likelihood]
    assert found == [Level(int(one)) for one in levels]


def signs(*codes: str) -> list[Indicator]:
    return list(Indicator.objects.offered().filter(code__in=codes))


@pytest.mark.django_db
def test_signs_propose_the_greatest_urgency_and_what_to_do_with_the_signs_for_it() -> None:
    proposal = risk.proposed(signs("gifts", "threat", "asked_again"))
    assert proposal.urgency == Level.HIGH
    assert proposal.remedies[Remedy.PAUSE_WORK] == [
        "Somebody is threatened",
        "They said no, and are asked again",
    ]
    assert list(proposal.remedies) == [Remedy.PAUSE_WORK, Remedy.AUTHORISE, Remedy.SAFE_CONTACT]
    assert risk.proposed([]) == (None, {})


def decide(world: World, concern: Concern, **changes: object) -> Case:
    """Triage a concern as Olga, weighed as possible and moderate."""
    facts: dict[str, object] = {
        "by": world["olga"], "opener": world.openers["olga"], "category": world.category,
        "urgency": Level.HIGH, "in_danger": False, "reason": "I rang.", "lead": world["olga"],
        "weighed": actions.Weighed(Likelihood.POSSIBLE, Impact.MODERATE), "now": world.now,
        **changes,
    }  # fmt: skip
    return actions.triage(concern, **facts)  # type: ignore[arg-type] # a test names what it changes


@pytest.mark.django_db
def test_the_record_says_what_was_weighed_and_seals_the_words(
    world: World, process: BecomeProcess
) -> None:
    weighed = actions.Weighed(
        Likelihood.LIKELY,
        Impact.SERIOUS,
        consent=Consent.REVIEWED,
        consent_words="She signed in May, alone.",
        resources="Somebody who speaks Twi.",
    )
    case = decide(world, world.file()[0], weighed=weighed)
    record = Assessment.objects.get()
    assert (case.severity, record.triage.severity) == (Level.HIGH, Level.HIGH)
    assert (record.likelihood, record.impact, record.overrode) == (3, 3, False)
    places = [(record.pk, name) for name in ("consent", "resources", "override")]
    assert open_texts(world.openers["olga"], places) == {
        places[0]: "She signed in May, alone.",
        places[1]: "Somebody who speaks Twi.",
    }
    update = pytest.raises(InternalError, match="Cannot update")
    with process("owner"), update, transaction.atomic():
        Assessment.objects.update(likelihood=1)


@pytest.mark.django_db
def test_what_is_marked_is_carried_to_triage_and_decided_otherwise_only_with_words(
    world: World, process: BecomeProcess
) -> None:
    concern, _ = world.file()
    act_as(world["olga"])
    actions.mark_signs(concern, by=world["olga"], signs=signs("threat"), now=world.now)
    with pytest.raises(RuleError, match="Proposed is urgency “High”"):
        decide(world, concern, urgency=Level.NORMAL)
    with pytest.raises(RuleError, match="Proposed is severity “Normal”"):
        decide(world, concern, severity=Level.LOW)
    with process("owner"):
        assert not Triage.objects.exists()
    weighed = actions.Weighed(
        Likelihood.POSSIBLE, Impact.MODERATE, override="It is over since May."
    )
    # more urgent than proposed needs no words, less does
    case = decide(world, concern, urgency=Level.LOW, weighed=weighed)
    assert (case.urgency, Assessment.objects.get().overrode) == (Level.LOW, True)
    assert [one.indicator.code for one in Mark.objects.standing()] == ["threat"]
    with pytest.raises(RuleError, match="triaged already"):
        actions.mark_signs(concern, by=world["olga"], signs=[], now=world.now)


@pytest.mark.django_db
def test_danger_is_more_than_any_sign_proposes_and_needs_no_words(world: World) -> None:
    concern, _ = world.file()
    case = decide(
        world, concern, urgency=Level.LOW, in_danger=True, signs=signs("violence", "gifts")
    )
    assert case.urgency == Level.DANGER
    assert [one.indicator.code for one in Mark.objects.standing()] == ["violence", "gifts"]


@pytest.mark.django_db
def test_a_mark_keeps_the_version_that_was_read_when_the_sign_is_changed_or_retired(
    world: World,
) -> None:
    concern, _ = world.file()
    act_as(world["olga"])
    [gifts] = signs("gifts")
    actions.mark_signs(concern, by=world["olga"], signs=[gifts], now=world.now)
    pola = world.hire("pola", Role.POLICY_OWNER)
    retired = policies.Sign("Gifts", "Why.", "Own", Level.LOW, is_offered=False)
    draft = policies.propose_indicator(sign=retired, of=gifts, by=pola, now=world.now)
    policies.publish_indicator(draft, by=world["hana"], now=world.now)
    known = access.signs_of(concern)
    assert known.standing == [gifts]
    actions.mark_signs(concern, by=world["olga"], signs=[], now=world.now)
    assert gifts not in access.signs_of(concern).offered
    with pytest.raises(RuleError, match="not on the list any more"):
        actions.mark_signs(concern, by=world["olga"], signs=[gifts], now=world.now)


@pytest.mark.django_db
def test_safeguards_are_in_place_as_the_case_is_opened_and_its_lead_owns_them(
    world: World,
) -> None:
    concern, _ = world.file()
    kinds = [SafeguardKind.PAUSE_WORK, SafeguardKind.SECOND_PERSON]
    decide(world, concern, safeguards=kinds, lead=world["omar"], given=Given.ASKED)
    guards = Safeguard.objects.order_by("kind").select_related("review__assignee")
    assert [(one.kind, one.owner) for one in guards] == [(one, world["omar"]) for one in kinds]
