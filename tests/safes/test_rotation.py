"""Every layer of keys is rotated while people read, and nobody meets what they cannot open."""

import shutil
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import LazySettings

from common import keys
from common.custody import Environment, Folder, named
from common.errors import RuleError
from escalation.notices import _address, seal_address
from ethicsdesk.machine.keys import COMMON, rotate
from ledger import actions as ledger
from ledger import reports
from ledger.rules import SYSTEM
from safes import access, actions
from safes.actions import Holder
from safes.models import Attestation, OuterKey, UserKey
from tests.conftest import BecomeProcess
from tests.world import World

pytestmark = pytest.mark.req("SEC-1")
WORDS, OTHERS = "four words of length", "another four words"


@pytest.fixture
def folder(settings: LazySettings, tmp_path: Path) -> Path:
    """Return a folder with the keys of the house, which a test may rotate."""
    assert isinstance(settings.KEYS, Folder)
    shutil.copytree(settings.KEYS.path, tmp_path / "keys")
    settings.KEYS = Folder(tmp_path / "keys")
    return tmp_path / "keys"


@pytest.mark.usefixtures("beyond_rows")
class TestMaster:
    def test_in_batches_with_readers_between_and_the_old_key_away_at_the_end(
        self, folder: Path, world: World, process: BecomeProcess
    ) -> None:
        olga = world.openers["olga"]
        rows = [uuid4() for _ in range(7)]
        for row in rows:
            holder = Holder(olga.public, world["olga"])
            safe = actions.make_safe("concern", holders=[holder]).safe
            actions.add(safe, row=row, items={"body": b"CANARY"})
        assert rotate("master", folder) == "master-2.key"
        assert keys.current() == 2
        places = [(row, "body") for row in rows]
        with process("owner"):
            while True:
                assert len(access.open_items(olga, places)) == len(rows)
                if not actions.rewrap_outer_keys(batch=2):
                    break
        assert not OuterKey.objects.using("keystore").exclude(key_id=2).exists()
        keys._read.cache_clear()
        keys._derived.cache_clear()
        (folder / "master.key").unlink()
        assert len(access.open_items(olga, places)) == len(rows)

    def test_people_need_not_be_there(
        self, folder: Path, world: World, process: BecomeProcess
    ) -> None:
        made = actions.make_key(world["stan"], passphrase=WORDS, by=SYSTEM, now=world.now)
        code = actions.make_recovery(world["stan"], opener=made, now=world.now)
        UserKey.objects.exclude(person=world["stan"]).update(key_id=2)  # tests' own, which open not
        rotate("master", folder)
        with process("owner"):
            assert actions.rewrap_user_keys() == 1
            assert actions.rewrap_user_keys() == 0
        assert actions.unlock(world["stan"], passphrase=WORDS) == made
        with pytest.raises(RuleError):
            actions.unlock(world["stan"], passphrase=OTHERS)
        recovered = actions.recover(world["stan"], code=code, passphrase=OTHERS, now=world.now)
        assert recovered.opener == made

    @pytest.mark.usefixtures("world")
    def test_what_is_made_meanwhile_lies_under_the_newer_one(self, folder: Path) -> None:
        rotate("master", folder)
        safe = actions.make_safe("concern", holders=[]).safe
        assert OuterKey.objects.using("keystore").get(safe=safe.pk).key_id == 2
        rotate("master", folder)
        assert keys.current() == 3

    def test_indexes_stay_so_that_receipts_and_walls_are_found(
        self, folder: Path, world: World
    ) -> None:
        concern, receipt = world.file(excluded=(world["otto"],))
        before = receipt.locator
        rotate("master", folder)
        assert receipt.locator == before == bytes(concern.locator)

    def test_the_ledger_is_whole_with_entries_of_both(
        self, folder: Path, world: World, process: BecomeProcess
    ) -> None:
        world.file()
        rotate("master", folder)
        world.file()
        with process("worker"):
            ledger.seal(now=world.now)
            assert reports.verify(now=world.now).problems == []

    def test_a_newer_key_opens_before_it_wraps(self, folder: Path) -> None:
        (folder / "master-2.key").write_text("07" * 32)
        assert keys.current() == 1
        assert keys.wrapping("outer-key", 2) != keys.wrapping("outer-key", 1)


class TestSigning:
    def test_what_the_old_key_signed_is_believed_and_then_signed_again(
        self, folder: Path, world: World, process: BecomeProcess
    ) -> None:
        with process("worker"):
            ledger.seal(now=world.now)
        assert rotate("signing", folder) == "signing-2.key"
        world.file()
        with process("worker"):
            ledger.seal(now=world.now)
            assert reports.verify(now=world.now).problems == []
        assert actions.holders_of([world["olga"]])[1] == []
        with process("owner"):
            assert actions.sign_again() == Attestation.objects.count()
        keys._read.cache_clear()
        (folder / "signing.pub").unlink()
        assert actions.holders_of([world["olga"]])[1] == []

    def test_signing_again_gives_no_false_attestation_a_true_signature(
        self, folder: Path, world: World, process: BecomeProcess
    ) -> None:
        with process("owner"):
            Attestation.objects.filter(key__person=world["olga"]).update(signature=b"x" * 64)
            rotate("signing", folder)
            actions.sign_again()
        assert actions.holders_of([world["olga"]])[1] == [world["olga"]]


def test_addresses_sealed_to_an_older_mailer_are_still_read(folder: Path) -> None:
    before = seal_address("before@example.org")
    assert rotate("mailer", folder) == "mailer-2.key"
    after = seal_address("after@example.org")
    assert _address(before, "") == "before@example.org"
    assert _address(after, "") == "after@example.org"
    (folder / "mailer.key").unlink()
    keys._read.cache_clear()
    assert _address(after, "") == "after@example.org"


class TestCustody:
    def test_keys_may_come_from_the_environment(
        self, folder: Path, settings: LazySettings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        rotate("master", folder)
        rotate("signing", folder)
        there = Folder(folder)
        for name in there.names():
            variable = name.removesuffix(".key").replace("-", "_").replace(".", "_").upper()
            monkeypatch.setenv(f"ETHICSDESK_KEY_{variable}", there.text(name) or "")
        given = named("environment")
        assert given == Environment()
        assert given.names() == there.names()
        expected = (keys.wrapping("outer-key", 2), keys.derived("subject-index"), keys.current())
        publics = [public.public_bytes_raw() for public in keys.verifying_keys()]
        settings.KEYS = given
        found = (keys.wrapping("outer-key", 2), keys.derived("subject-index"), keys.current())
        assert found == expected
        assert [public.public_bytes_raw() for public in keys.verifying_keys()] == publics
        assert keys.signing_key().public_key().public_bytes_raw() == publics[0]

    def test_a_key_that_was_not_given_is_named_and_found_as_soon_as_it_is(
        self, settings: LazySettings, tmp_path: Path
    ) -> None:
        settings.KEYS = Folder(tmp_path)
        with pytest.raises(keys.KeyMissingError, match=r"master-2\.key"):
            keys.wrapping("outer-key", 2)
        (tmp_path / "master-2.key").write_text("07" * 32)
        assert len(keys.wrapping("outer-key", 2)) == 32

    def test_whoever_only_opens_gets_a_newer_key_before_whoever_wraps(self, tmp_path: Path) -> None:
        trusted, common = tmp_path / "keys", tmp_path / "common"
        trusted.mkdir()
        common.mkdir()
        for layer in ("master", "signing", "mailer"):
            rotate(layer, trusted, {common: COMMON})
        assert {path.name for path in common.iterdir()} == {
            "master-2.key", "master.now", "mailer-2.pub", "signing-2.pub",
        }  # fmt: skip
        assert {path.stat().st_mode & 0o777 for path in trusted.iterdir()} == {0o600}
