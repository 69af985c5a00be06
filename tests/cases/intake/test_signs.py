"""A reporter says at the door how they are; what has happened since is a report of its own."""

from datetime import timedelta

import pytest
from django.test import Client

from cases import access, actions
from cases.actions.identities import Identity
from cases.lifecycle import ConcernStatus, Level, Mode
from cases.lifecycle.links import LinkKind
from cases.lifecycle.protection import Answer, Asking, Point, RiskLevel
from cases.models import Case, CheckIn, Concern, Link, Message
from common import clock, days
from escalation.models import Clock
from ledger.models import Entry
from ledger.verbs import Verb
from people.middleware import act_as
from safes.access import open_texts
from safes.rules import Receipt
from tests.cases.intake.reporter import Reporter
from tests.conftest import BecomeProcess
from tests.world import World

pytestmark = pytest.mark.req("CAS-7")
SHIFTS = "My shifts were taken from me on Monday."


def asked(world: World, concern: Concern) -> Case:
    """Let Olga work on it, and a check-in be due in a week."""
    act_as(world["olga"])
    case = world.triage(concern)
    concern = case.concerns.get()
    actions.assess_risk(
        concern, by=world["olga"], point=Point.REPORT, signs=[], level=RiskLevel.HIGH,
        asking=Asking.HERE, agreed="", now=clock.now(), opener=world.openers["olga"],
    )  # fmt: skip
    row = CheckIn.objects.awaited().get()
    assert row.due_on == days.day_of(clock.now()) + timedelta(days=7)
    act_as(None)
    return case


def test_a_reporter_answers_and_tells_a_sign_with_one_receipt(
    client: Client, world: World, process: BecomeProcess
) -> None:
    reporter = Reporter(client)
    code = reporter.file()
    receipt = Receipt.read(code)
    reporter.come_back(code)
    assert "Has anything happened to you because" not in reporter.text
    concern = access.concern_of(receipt)
    assert concern is not None
    case = asked(world, concern)
    with process("speak"):
        reporter.come_back(code)
        assert "Has anything happened to you because you told us?" in reporter.text
        reporter.press("unharmed")
        assert "We ask you again." in reporter.text
        assert "Has anything happened to you because" not in reporter.text
        row = CheckIn.objects.get()
        assert (row.answer, row.answered_on) == (Answer.NO, days.day_of(clock.now()))
        # whatever is at hand, they can say at any time that something has happened
        reporter.press("harmed")
        hidden = reporter.hidden
        reporter.post("/speak/return/", **hidden, go="harmed-now", text="", in_danger="no")
        assert "Write what has happened. Nothing was sent yet." in reporter.text
        sent = {**reporter.hidden, "go": "harmed-now", "text": SHIFTS, "in_danger": "yes"}
        reporter.post("/speak/return/", **sent)
        assert "It was sent as a report of its own" in reporter.text
        assert "Something has happened to me since I told you." in reporter.text
        # the same page sends it once
        reporter.post("/speak/return/", **sent)
        reporter.come_back(code)
        assert "What has happened to you since" in reporter.text
        reporter.press("sign", sign="1")
        assert SHIFTS in reporter.text
        assert "Promised, and kept" in reporter.text
        own = access.concern_of(receipt.of_sign(1))
        assert own is not None
        assert access.concern_of(receipt.of_sign(2)) is None
    assert (own.mode, own.filed_at) == (Mode.ANONYMOUS, None)
    assert (own.status, own.urgency) == (ConcernStatus.RECEIVED, Level.DANGER)
    act_as(world["olga"])
    # she who is on duty sees both, and that one is a sign of retaliation in the other
    link = Link.objects.get(kind=LinkKind.RETALIATION)
    assert (link.concern, link.other_case, link.by) == (
        own,
        case,
        None,
    )
    assert link.at == days.midnight(days.day_of(clock.now()))
    assert Clock.objects.filter(subject_id=own.pk, kind="triage").exists()
    where = (own.pk, "narrative")
    assert open_texts(world.openers["olga"], [where])[where] == SHIFTS
    # the first is told that there is one, and answers in time
    message = Message.objects.get(concern=concern)
    told = open_texts(world.openers["olga"], [(message.pk, "body")])[message.pk, "body"]
    assert own.ref in told
    assert Clock.objects.filter(subject_id=concern.pk, kind="answer").exists()
    # what they answered is read by a person, and asked again
    row = CheckIn.objects.awaited().get()
    actions.read_check_in(row, by=world["olga"], now=clock.now())
    assert CheckIn.objects.awaited().get().due_on > row.due_on
    assert Entry.objects.filter(verb=Verb.CHECK_IN_ANSWERED, subject=concern.subject).exists()


def test_whoever_is_walled_off_or_named_learns_nothing_of_it(
    world: World, process: BecomeProcess
) -> None:
    concern, receipt = world.file(excluded=(world["otto"],))
    case = world.triage(concern)
    with process("speak"):
        act_as(None)
        access.present(receipt)
        concern = Concern.objects.get()
        fresh = actions.tell_sign(
            concern, receipt=receipt, n=1, text="Olga Example threatens me.", in_danger=False,
            now=world.now,
        )  # fmt: skip
    # Olga leads the first; the second is walled off from her, and nothing there tells of it
    for name in ("olga", "otto"):
        act_as(world[name])
        assert not Concern.objects.visible_to(world[name]).filter(pk=fresh.pk).exists()
        assert not Link.objects.exists()
    act_as(world["olga"])
    assert not Message.objects.filter(concern__case=case).exists()
    act_as(world["omar"])
    assert Concern.objects.visible_to(world["omar"]).filter(pk=fresh.pk).exists()


def test_a_name_that_was_given_goes_along_and_a_vault_stays_shut(world: World) -> None:
    for mode, later in ((Mode.NAMED, Mode.NAMED), (Mode.CONFIDENTIAL, Mode.ANONYMOUS)):
        concern, receipt = world.file(mode=mode, identity=Identity("Rita Reporter"))
        act_as(None)
        access.present(receipt)
        fresh = actions.tell_sign(
            concern, receipt=receipt, n=1, text=SHIFTS, in_danger=False, now=world.now
        )
        assert fresh.mode == later
        assert fresh.identity_safe is None
        # before triage it is linked to what was told first
        act_as(world["olga"])
        assert Link.objects.get(concern=fresh).other_concern == concern


def test_a_receipt_that_is_changed_takes_what_was_told_since_along(world: World) -> None:
    concern, old = world.file()
    act_as(None)
    access.present(old)
    fresh = actions.tell_sign(
        concern, receipt=old, n=1, text=SHIFTS, in_danger=False, now=world.now
    )
    concern = Concern.objects.get(pk=concern.pk)
    concern.is_receipt_shared = True
    concern.save(update_fields=["is_receipt_shared"])
    new = Receipt.new()
    actions.change_receipt(concern, old=old, new=new, now=world.now)
    assert access.signs_told(old) == []
    assert access.signs_told(new) == [fresh]
    where = (fresh.pk, "narrative")
    assert access.concern_of(new.of_sign(1)) == fresh
    assert open_texts(new.of_sign(1).opener, [where])[where] == SHIFTS
    assert not open_texts(old.of_sign(1).opener, [where])
