"""Walls that go up late, and the last resorts: what a review once found open."""

from datetime import timedelta

import pytest
from django.core import mail

from cases import actions
from cases.lifecycle import Kind, Mode
from cases.models import Concern
from common.errors import RuleError
from escalation import actions as escalation
from escalation.models import Clock
from ledger import actions as ledger
from ledger.models import Outbox
from people.middleware import act_as
from people.models import Person
from people.rules import Role
from safes.access import open_items, open_texts
from safes.models import Grant, MissingGrant
from safes.rules import Receipt
from tests.conftest import BecomeProcess
from tests.world import World, give_key

pytestmark = pytest.mark.req("TRI-6", "SEC-1")


def test_a_copy_of_an_old_grant_does_not_open_what_was_written_after_a_wall(world: World) -> None:
    concern, _ = world.file()
    case = world.triage(concern, by="omar")
    actions.add_member(
        case, by=world["omar"], opener=world.openers["omar"], person=world["otto"], now=world.now
    )
    copied = list(Grant.objects.filter(person=world["otto"]))
    actions.name_party(case, by=world["omar"], person=world["otto"], now=world.now)
    message = actions.answer(
        Concern.objects.get(pk=concern.pk),
        by=world["omar"],
        opener=world.openers["omar"],
        text="He is named.",
        now=world.now,
    )
    Grant.objects.bulk_create(copied)
    where = (message.pk, "body")
    assert open_texts(world.openers["omar"], [where])
    assert not open_texts(world.openers["otto"], [where])


def test_a_key_that_was_still_to_be_given_is_not_given_to_somebody_named_since(
    world: World,
) -> None:
    keyless = world.hire("kira", Role.OFFICER, has_key=False)
    concern, _ = world.file()
    case = world.triage(concern, by="omar")
    actions.add_member(
        case, by=world["omar"], opener=world.openers["omar"], person=keyless, now=world.now
    )
    assert MissingGrant.objects.filter(person=keyless).exists()
    actions.name_party(case, by=world["omar"], person=keyless, now=world.now)
    opener = give_key(keyless)
    actions.read_case(case, by=world["omar"], opener=world.openers["omar"], now=world.now)
    assert not open_texts(opener, [(case.pk, "summary"), (concern.pk, "narrative")])


def test_an_accused_custodian_holds_no_share_of_the_reporters_name(world: World) -> None:
    world.hire("cleo", Role.CUSTODIAN)
    concern, _ = world.file(
        mode=Mode.CONFIDENTIAL,
        identity=actions.Identity("Rita Reporter"),
        excluded=(world["carl"],),
    )
    where = (concern.pk, "share")
    assert open_items(world.openers["cleo"], [where])
    assert not open_items(world.openers["carl"], [where])


def test_where_every_custodian_is_walled_off_a_confidential_concern_is_refused(
    world: World,
) -> None:
    with pytest.raises(RuleError, match="Nobody here can keep a name confidential"):
        world.file(
            mode=Mode.CONFIDENTIAL,
            identity=actions.Identity("Rita Reporter"),
            excluded=(world["carl"],),
        )


def test_who_stands_in_for_a_walled_duty_set_sees_it_at_once_and_is_told(
    world: World, process: BecomeProcess
) -> None:
    concern, _ = world.file(excluded=(world["hana"],))
    actions.say(concern, text="One more thing.", now=world.now)
    with process("worker"):
        told = set(Outbox.objects.values_list("to", flat=True))
    assert told == {f"person:{world['ines'].pk}"}
    act_as(world["ines"])
    assert Concern.objects.visible_to(world["ines"]).get() == concern
    assert Concern.objects.get() == concern
    assert open_texts(world.openers["ines"], [(concern.pk, "narrative")])


def test_a_second_clock_does_not_take_a_concern_from_whom_it_was_handed_to(
    world: World, process: BecomeProcess
) -> None:
    concern, _ = world.file()
    late = max(Clock.objects.values_list("due_at", flat=True)) + timedelta(days=30)
    with process("worker"):
        escalation.sweep(now=late - timedelta(days=60))
    world.hire("abel", Role.INDEPENDENT)  # would stand first by name
    with process("worker"):
        escalation.sweep(now=late)
        concern.refresh_from_db()
    assert concern.handed_to == world["ines"]


def test_a_head_who_holds_no_key_leaves_it_unread(world: World) -> None:
    concern, _ = world.file()
    actions.read_concern(concern, by=world["hana"], opener=world.openers["hana"], now=world.now)
    act_as(world["hana"])
    assert Concern.objects.get().is_unread
    actions.read_concern(concern, by=world["olga"], opener=world.openers["olga"], now=world.now)
    assert not Concern.objects.get().is_unread


def test_a_draft_that_was_sent_is_not_expired(world: World, process: BecomeProcess) -> None:
    receipt = Receipt.new()
    draft = actions.start_draft(receipt=receipt, kind=Kind.REPORT, answers={}, now=world.now)
    sent = actions.file_concern(receipt=receipt, filing=world.filing(), draft=draft, now=world.now)
    with process("worker"):
        assert actions.expire_drafts(now=world.now + timedelta(days=30)) == 0
        assert Concern.objects.filter(pk=sent.pk).exists()


def test_a_member_who_holds_no_key_cannot_pass_one_on(world: World) -> None:
    case = world.triage(world.file()[0])
    Grant.objects.filter(person=world["olga"]).delete()
    with pytest.raises(RuleError, match="hold no key"):
        actions.add_member(
            case,
            by=world["olga"],
            opener=world.openers["olga"],
            person=Person.objects.get(username="otto"),
            now=world.now,
        )


def test_a_notice_that_waits_is_not_sent_to_somebody_named_meanwhile(
    world: World, process: BecomeProcess
) -> None:
    concern, _ = world.file()
    case = world.triage(concern, by="omar")
    actions.name_party(case, by=world["omar"], person=world["olga"], now=world.now)
    with process("worker"):
        ledger.deliver(now=world.now + timedelta(hours=2))
        dead = {row.to for row in Outbox.objects.exclude(dead_at=None)}
    assert {address for letter in mail.outbox for address in letter.to} == {"omar@example.org"}
    assert dead == {f"person:{world['olga'].pk}"}
