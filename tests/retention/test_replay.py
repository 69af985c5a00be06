"""What was erased stays erased when either cluster comes back from an older backup."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client

from audits import actions as audits
from cases import actions as cases
from cases.models import Case, Concern
from ethicsdesk import doctor
from ledger import actions as ledger
from ledger import reports as ledger_reports
from ledger.models import Entry
from ledger.verbs import Verb
from people.middleware import act_as
from retention import actions
from retention.lifecycle import HoldGround
from retention.models import Tombstone
from safes import reports
from safes.models import Erasure, OuterKey
from safes.rules import Receipt
from tests.conftest import BecomeProcess
from tests.retention.backup import back_up, execute, restore
from tests.retention.conftest import Past, Work, decide, long_ago
from tests.retention.test_erasing import RETURN, everything_of, opened
from tests.world import World

pytestmark = pytest.mark.req("SEC-5")
CLUSTERS = ["default", "keystore"]


def erased_after_a_backup(world: World, work: Work) -> Past:
    """Back everything up, erase a case and a draft, and return what the case was."""
    past = long_ago(world, excluded=(world["otto"],))
    cases.start_draft(
        receipt=Receipt.new(),
        kind=world.filing().kind,
        answers={"story": "CANARY"},
        now=world.now - (world.now - world.now.replace(year=2020)),
    )
    for alias in CLUSTERS:
        back_up(alias)
    decide(world, past.kept)
    work(world.now)
    return past


@pytest.mark.parametrize("restored", [["default"], ["keystore"], CLUSTERS])
def test_after_a_restore_the_replay_erases_it_again(
    restored: list[str], world: World, work: Work, process: BecomeProcess, tmp_path: Path
) -> None:
    past = erased_after_a_backup(world, work)
    kept = tmp_path / "erasures.json"
    with process("worker"):
        call_command("erasures", out=kept, stdout=StringIO())
        assert list(doctor.erasures(world.now)) == [doctor.Finding("What was erased is gone: 1")]
    for alias in restored:
        restore(alias)
    came_back = opened(past, world)
    # one half alone opens nothing; both open it for those who could before
    before = {"reporter", "olga", "omar", "hana"}
    assert came_back == (before if restored == CLUSTERS else set())
    with process("worker"):
        if restored != CLUSTERS:
            (finding,) = doctor.erasures(world.now)
            assert finding.state == doctor.State.BAD
            assert "replay_erasures" in finding.remedy
        # the record of what both clusters have lost is in the file alone
        source = {"from_": kept} if restored == CLUSTERS else {}
        call_command("replay_erasures", **source, stdout=StringIO())
        while ledger.seal(now=world.now):
            pass
        audits.fold(now=world.now)
        actions.erase(now=world.now)
        assert everything_of(past) == {
            "safes.Safe": 1,
            "safes.Grant": 1,
            "cases.Concern": 1,
            "safes.Sealed": 1,
        }  # the draft, which nobody erased
        assert Tombstone.objects.count() == 2
        assert reports.overdue() == []
        assert ledger_reports.verify(now=world.now).problems == []
        assert Entry.objects.filter(verb=Verb.ERASURES_REPLAYED).count() == 1
        assert Entry.objects.filter(verb=Verb.ERASED).count() == 2
    assert opened(past, world) == set()


def test_the_receipt_finds_nothing_after_the_replay(
    world: World, work: Work, process: BecomeProcess, client: Client
) -> None:
    past = erased_after_a_backup(world, work)
    restore("default")
    # the keys are in no backup of the main cluster, so already now nothing of it opens
    assert "CANARY" not in client.post(RETURN, {"receipt": str(past.receipt)}).content.decode()
    with process("worker"):
        assert actions.replay(now=world.now) == 1
        assert actions.replay(now=world.now) == 0
    never = client.post(RETURN, {"receipt": str(Receipt.new())})
    assert client.post(RETURN, {"receipt": str(past.receipt)}).content == never.content


def test_a_hold_in_the_old_rows_that_was_lifted_before_the_erasure_does_not_bring_it_back(
    world: World, work: Work, process: BecomeProcess
) -> None:
    past = long_ago(world)
    kept = past.kept
    act_as(world["hana"])
    hold = actions.place_hold(
        kept, ground=HoldGround.AUDIT, reason="An audit.", by=world["hana"], now=world.now
    )
    back_up("default")
    act_as(world["olga"])
    actions.lift_hold(kept, hold.pk, reason="It is over.", by=world["olga"], now=world.now)
    decide(world, past.kept)
    work(world.now)
    restore("default")
    with process("worker"):
        assert actions.replay(now=world.now) == 1
        assert Case.objects.count() == 0


def test_expired_drafts_are_replayed_too(world: World, process: BecomeProcess) -> None:
    draft = cases.start_draft(
        receipt=Receipt.new(), kind=world.filing().kind, answers={}, now=world.now
    )
    later = world.now.replace(month=9)
    for alias in CLUSTERS:
        back_up(alias)
    with process("worker"):
        cases.expire_drafts(now=later)
        actions.erase(now=later)
    restore("default")
    with process("worker"):
        assert Concern.objects.filter(pk=draft.pk).exists()
        assert actions.replay(now=later) == 1
        assert not Concern.objects.filter(pk=draft.pk).exists()


def test_a_file_that_somebody_changed_erases_nothing(
    world: World, work: Work, process: BecomeProcess, tmp_path: Path
) -> None:
    erased_after_a_backup(world, work)
    other, _ = world.file()
    kept = tmp_path / "erasures.json"
    with process("worker"):
        call_command("erasures", out=kept, stdout=StringIO())
        told = json.loads(kept.read_text())
        told["erasures"][0]["safes"] = [str(other.safe_id)]
        kept.write_text(json.dumps(told))
        with pytest.raises(CommandError, match="changed"):
            call_command("replay_erasures", from_=kept, stdout=StringIO())
        (tmp_path / "other").write_text("{}")
        with pytest.raises(CommandError, match="no record"):
            call_command("replay_erasures", from_=tmp_path / "other", stdout=StringIO())
        assert OuterKey.objects.using("keystore").filter(safe=other.safe_id).exists()


def test_keys_that_belong_to_nothing_are_told_by_the_doctor(
    world: World, process: BecomeProcess
) -> None:
    execute("keystore", "ALTER TABLE safes_outerkey ALTER made_on SET DEFAULT '2020-01-01'")
    world.file()
    back_up("keystore")
    with process("worker"):
        assert list(doctor.erasures(world.now)) == [doctor.Finding("What was erased is gone: 0")]
    back_up("default")
    for _ in range(reports.FEW + 1):
        world.file()
    restore("default")
    with process("worker"):
        found = list(doctor.erasures(world.now))
    assert [one.state for one in found] == [doctor.State.OK, doctor.State.WARN]
    assert str(Erasure.objects.using("default").count()) == "0"
