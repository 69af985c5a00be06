"""Somebody steps off: the keys pass on first, and no assignment brings them back."""

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from cases import access, actions
from cases.lifecycle import Given
from cases.models import Case, Concern, Member, Wall
from common.errors import RuleError
from ledger.models import Entry, Outbox
from ledger.verbs import Verb
from people import actions as people
from people.middleware import act_as
from people.rules import Role
from safes.access import open_texts
from safes.models import Grant, Safe
from tests.conftest import BecomeProcess
from tests.doors import sign_in
from tests.world import World, give_key

pytestmark = pytest.mark.req("TRI-6")
WHY = "The partner is my cousin."


@pytest.fixture
def case(world: World) -> Case:
    """Return a case that Olga leads, alone."""
    return world.triage(world.file()[0])


def step_off(world: World, case: Case, to: str | None = "omar", by: str = "olga") -> None:
    act_as(world[by])
    actions.recuse_from_case(
        case,
        by=world[by],
        opener=world.openers[by],
        reason=WHY,
        to=world[to] if to else None,
        now=world.now,
    )


def test_the_lead_hands_over_without_loss_and_never_sees_it_again(world: World, case: Case) -> None:
    concern = case.concerns.get()
    epoch = Safe.objects.get(pk=case.safe_id).epoch
    step_off(world, case)
    words = [(case.pk, "summary"), (concern.pk, "narrative")]
    assert not open_texts(world.openers["olga"], words)
    act_as(world["omar"])
    assert len(open_texts(world.openers["omar"], words)) == 2
    assert not open_texts(world.openers["olga"], words)
    assert Safe.objects.get(pk=case.safe_id).epoch == epoch + 1
    assert Case.objects.get().lead == world["omar"]
    act_as(world["olga"])
    assert not Case.objects.visible_to(world["olga"]).exists()
    assert not Case.objects.exists()
    assert not Concern.objects.exists()


def test_the_reason_is_sealed_to_those_who_stay(world: World, case: Case) -> None:
    step_off(world, case)
    assert not Wall.objects.exists()
    act_as(world["omar"])
    where = (Wall.objects.get(case=case).pk, "reason")
    assert open_texts(world.openers["omar"], [where]) == {where: WHY}
    assert not open_texts(world.openers["olga"], [where])


def test_it_is_recorded_and_who_takes_over_is_told(
    world: World, case: Case, process: BecomeProcess
) -> None:
    step_off(world, case)
    with process("worker"):
        entry = Entry.objects.get(verb=Verb.RECUSED)
        told = [row.to for row in Outbox.objects.filter(template="concern_assigned")]
    assert (entry.actor, entry.subject) == (world["olga"].actor.ref, f"case:{case.pk}")
    assert told == [f"person:{world['omar'].pk}"]


def test_nobody_brings_them_back(world: World, case: Case) -> None:
    step_off(world, case)
    act_as(world["omar"])
    case = Case.objects.get()
    with pytest.raises(RuleError, match="cannot join"):
        actions.add_member(
            case, by=world["omar"], opener=world.openers["omar"], person=world["olga"],
            now=world.now,
        )  # fmt: skip
    assert world["olga"] not in access.may_take_over(case, world["omar"])
    assert world["olga"] not in access.may_lead(case.concerns.get())


def test_those_below_somebody_who_stepped_off_go_on_and_their_delegate_does_not(
    world: World, case: Case, process: BecomeProcess
) -> None:
    step_off(world, case, to="hana")
    step_off(world, case, to="omar", by="hana")
    act_as(world["omar"])
    assert Case.objects.visible_to(world["omar"]).exists()
    asked = people.delegate(world["hana"], to=world["omar"], since=world.now.date(), now=world.now)
    people.accept_delegation(asked, now=world.now)
    act_as(world["omar"])
    assert not Case.objects.exists()


def test_the_lead_has_to_say_who_follows(world: World, case: Case) -> None:
    with pytest.raises(RuleError, match="Choose who leads it"):
        step_off(world, case, to=None)
    for wrong in ("stan", "carl"):
        with pytest.raises(RuleError, match="cannot take over"):
            step_off(world, case, to=wrong)
    assert Member.objects.current().filter(person=world["olga"]).exists()


def test_the_head_takes_it_to_choose_on(world: World, case: Case) -> None:
    step_off(world, case, to="hana")
    act_as(world["hana"])
    assert open_texts(world.openers["hana"], [(case.pk, "summary")])
    assert Case.objects.get().lead == world["hana"]


def test_a_member_steps_off_and_the_others_go_on(
    world: World, case: Case, process: BecomeProcess
) -> None:
    act_as(world["olga"])
    actions.add_member(
        case, by=world["olga"], opener=world.openers["olga"], person=world["omar"], now=world.now
    )
    step_off(world, case, to=None, by="omar")
    act_as(world["olga"])
    assert Case.objects.get().lead == world["olga"]
    with process("owner"):
        assert not Grant.objects.filter(safe=case.safe, person=world["omar"]).exists()


def test_the_only_one_with_a_key_does_not_leave_it_shut(world: World, case: Case) -> None:
    keyless = world.hire("kim", has_key=False)
    keyless.roles = ["officer"]
    keyless.save(update_fields=["roles"])
    with pytest.raises(RuleError, match="Nobody else could open it"):
        step_off(world, case, to="kim")
    give_key(keyless)
    step_off(world, case, to="kim")
    act_as(keyless)
    assert Case.objects.get().lead == keyless


def test_who_is_not_on_the_team_or_gives_no_reason_is_refused(world: World, case: Case) -> None:
    with pytest.raises(PermissionDenied):
        step_off(world, case, by="hana", to="otto")
    act_as(world["olga"])
    with pytest.raises(RuleError, match="Say why"):
        actions.recuse_from_case(
            case, by=world["olga"], reason="  ", to=world["omar"], now=world.now
        )


def test_without_an_open_vault_no_key_passes_on(world: World, case: Case) -> None:
    act_as(world["olga"])
    with pytest.raises(RuleError, match="Unlock"):
        actions.recuse_from_case(
            case, by=world["olga"], reason=WHY, to=world["omar"], now=world.now
        )


def test_an_officer_steps_off_a_concern_and_the_others_read_it(
    world: World, process: BecomeProcess
) -> None:
    concern, _ = world.file()
    act_as(world["olga"])
    actions.recuse_from_concern(concern, by=world["olga"], reason=WHY, now=world.now)
    assert not Concern.objects.visible_to(world["olga"]).exists()
    with process("owner"):
        assert not Grant.objects.filter(safe=concern.safe, person=world["olga"]).exists()
    act_as(world["omar"])
    with pytest.raises(RuleError, match="cannot take it"):
        actions.assign(concern, by=world["omar"], to=world["olga"], now=world.now, why=Given.ASKED)
    case = world.triage(Concern.objects.get(), by="omar")
    act_as(world["olga"])
    assert not Case.objects.filter(pk=case.pk).exists()


def test_the_last_who_can_read_a_concern_names_who_follows(world: World) -> None:
    """An independent person sees a concern only as long as it is theirs."""
    concern, _ = world.file(excluded=(world["hana"],))
    world.hire("iris", Role.INDEPENDENT)
    act_as(world["ines"])
    concern = Concern.objects.get(pk=concern.pk)
    with pytest.raises(PermissionDenied):
        actions.recuse_from_concern(concern, by=world["carl"], reason=WHY, now=world.now)
    with pytest.raises(RuleError, match="Nobody else could open it"):
        actions.recuse_from_concern(concern, by=world["ines"], reason=WHY, now=world.now)
    actions.recuse_from_concern(
        concern,
        by=world["ines"],
        opener=world.openers["ines"],
        reason=WHY,
        to=world["iris"],
        now=world.now,
    )
    act_as(world["iris"])
    assert Concern.objects.get().owner == world["iris"]
    assert open_texts(world.openers["iris"], [(concern.pk, "narrative")])


def test_the_pages_say_what_happened_and_what_was_read_before(
    world: World, case: Case, client: Client
) -> None:
    sign_in(client, world, "olga")
    place = reverse("desk:access", args=[case.ref])
    assert "Step off this case" in client.get(place).content.decode()
    wrong = client.post(reverse("desk:recuse", args=[case.ref]), {"off-reason": "", "off-to": ""})
    assert "Write why you step off" in wrong.content.decode()
    sent = {"off-reason": WHY, "off-to": str(world["omar"].pk)}
    done = client.post(reverse("desk:recuse", args=[case.ref]), sent, follow=True)
    assert "You stepped off" in done.content.decode()
    assert client.get(place).status_code == 404
    other = Client()
    sign_in(other, world, "omar")
    page = other.get(place).content.decode()
    assert "What was read before a wall stood" in page
    assert "Who stepped off" in page
    assert WHY in page
    assert (
        "stepped off for good" in other.get(reverse("desk:case", args=[case.ref])).content.decode()
    )
