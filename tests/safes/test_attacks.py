"""Somebody who has the database, or more, and what they get by it: nothing that they should not."""

from itertools import combinations
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from django.conf import LazySettings
from django.db import ProgrammingError, connection, transaction
from django.test import Client

from common import keys, sealing
from common.custody import Folder
from common.errors import RuleError
from ledger.rules import SYSTEM
from safes import access, actions, rules
from safes.actions import Holder
from safes.models import (
    Attestation,
    Grant,
    KeyApproval,
    MissingGrant,
    OuterKey,
    Safe,
    Sealed,
    State,
    UserKey,
)
from safes.rules import Opener, SafeKey
from tests.conftest import BecomeProcess
from tests.doors import sign_in
from tests.world import World, give_key

pytestmark = [pytest.mark.req("SEC-1"), pytest.mark.usefixtures("beyond_rows")]
WORDS = "four words of length"


def stranger() -> Opener:
    return Opener(sealing.new_secret())


def safe_of(world: World, *names: str) -> Safe:
    holders = [Holder(world.openers[name].public, world[name]) for name in names]
    return actions.make_safe("concern", holders=holders).safe


def write(safe: Safe, text: bytes, by: Opener | None = None) -> UUID:
    """Add an item to a safe as it is now in the database; `by` is a writer who reads as well."""
    row, safe = uuid4(), Safe.objects.get(pk=safe.pk)
    actions.add(safe, row=row, items={"body": text}, key=access.key_of(by, safe))
    return row


def form(row: UUID) -> bytes:
    """Return in which form a row's item lies."""
    return sealing.form_of(bytes(Sealed.objects.get(row=row).ciphertext))


def read(opener: Opener, row: UUID) -> bytes | None:
    return access.open_items(opener, [(row, "body")]).get((row, "body"))


def reads_nothing(opener: Opener, row: UUID) -> bool:
    """Return whether somebody finds nothing there, or is refused."""
    try:
        return read(opener, row) is None
    except sealing.SealBrokenError:
        return True


class TestCiphertext:
    """Whoever can write into the database moves ciphertexts about."""

    def test_any_two_that_change_places_open_nowhere(self, world: World) -> None:
        opener = world.openers["olga"]
        for _ in range(2):
            fresh = actions.make_safe("concern", holders=[Holder(opener.public, world["olga"])])
            for key in (fresh.key, None):
                items = {"body": b"one", "summary": b"two"}
                actions.add(fresh.safe, row=uuid4(), items=items, key=key)
        found = list(Sealed.objects.filter(safe__grants__holder=opener.public))
        assert len(found) == 8
        for one, other in combinations(found, 2):
            with transaction.atomic():
                Sealed.objects.filter(pk=one.pk).update(ciphertext=bytes(other.ciphertext))
                with pytest.raises(sealing.SealBrokenError):
                    access.open_items(opener, [(one.row, one.field)])
                transaction.set_rollback(True)

    @pytest.mark.parametrize("reads", [True, False])
    @pytest.mark.parametrize("column", ["safe", "epoch", "row", "field"])
    def test_what_is_moved_to_another_place_does_not_open(
        self, column: str, reads: bool, world: World
    ) -> None:
        opener = world.openers["olga"]
        safe, other = safe_of(world, "olga"), safe_of(world, "olga")
        row = write(safe, b"CANARY", by=opener if reads else None)
        actions.remove(safe, [])  # so that there is a second epoch to move to
        place = {"safe": other, "epoch": 2, "row": uuid4(), "field": "summary"}
        Sealed.objects.filter(row=row).update(**{column: place[column]})
        moved = Sealed.objects.get(safe__in=[safe, other])
        with pytest.raises(sealing.SealBrokenError):
            access.open_items(opener, [(moved.row, moved.field)])

    def test_a_page_goes_on_without_what_was_changed_and_the_log_says_so(
        self, client: Client, world: World, caplog: pytest.LogCaptureFixture
    ) -> None:
        first, _ = world.file(narrative="CANARY one. It was on site.")
        second, _ = world.file(narrative="CANARY two. It was on site.")
        one = Sealed.objects.get(row=first.pk, field="summary")
        other = Sealed.objects.get(row=second.pk, field="summary")
        Sealed.objects.filter(pk=one.pk).update(ciphertext=bytes(other.ciphertext))
        sign_in(client, world, "olga")
        page = client.get("/desk/")
        assert page.status_code == 200
        assert "CANARY two" in page.content.decode()
        assert "CANARY one" not in page.content.decode()
        assert f"A sealed item of {first.pk} was changed" in caplog.text
        assert "CANARY" not in caplog.text


class TestForms:
    """Whoever can write into the database, and so has public keys, puts in words of their own."""

    @pytest.mark.parametrize("reads", [True, False])
    def test_nobody_puts_words_in_the_place_of_others_with_a_public_key(
        self, reads: bool, world: World
    ) -> None:
        olga, thief = world.openers["olga"], SafeKey(sealing.new_secret())
        safe = safe_of(world, "olga")
        row = write(safe, b"TRUE", by=olga if reads else None)
        assert form(row) == (sealing.SHARED if reads else sealing.BOXED)
        assert read(olga, row) == b"TRUE"
        place = rules.item_binding(safe.pk, 1, row, "body")
        public, guessed = bytes(safe.public), bytes(sealing.KEY_BYTES)
        for forged in (
            sealing.seal(public, b"FORGED", place),
            sealing.seal_boxed(public, guessed, b"FORGED", place),
            thief.seal(b"FORGED", place),
        ):
            Sealed.objects.filter(row=row).update(ciphertext=forged)
            with pytest.raises(sealing.SealBrokenError):
                read(olga, row)

    def test_no_earlier_epoch_takes_a_forged_text_in_the_place_of_a_later_one(
        self, world: World
    ) -> None:
        """The epoch of an item stands in the database, where whoever forges can set it back."""
        olga = world.openers["olga"]
        safe = safe_of(world, "olga")
        before = bytes(safe.public)
        actions.remove(safe, [])
        row = write(safe, b"TRUE", by=olga)
        assert read(olga, row) == b"TRUE"
        place = rules.item_binding(safe.pk, 1, row, "body")
        for forged in (
            sealing.seal(before, b"FORGED", place),
            sealing.seal_boxed(before, bytes(sealing.KEY_BYTES), b"FORGED", place),
        ):
            Sealed.objects.filter(row=row).update(epoch=1, ciphertext=forged)
            with pytest.raises(sealing.SealBrokenError):
                read(olga, row)

    def test_whoever_cannot_read_writes_all_the_same(self, world: World) -> None:
        safe = safe_of(world, "olga")
        row = write(safe, b"TEXT", by=world.openers["omar"])
        assert form(row) == sealing.BOXED
        assert read(world.openers["olga"], row) == b"TEXT"
        assert read(world.openers["omar"], row) is None

    def test_a_writer_whose_grant_was_changed_writes_all_the_same(self, world: World) -> None:
        safe, omar = safe_of(world, "olga", "omar"), world.openers["omar"]
        Grant.objects.filter(safe=safe, person=world["omar"]).update(wrapped=b"x")
        row = write(safe, b"TEXT", by=omar)
        assert form(row) == sealing.BOXED
        assert read(world.openers["olga"], row) == b"TEXT"


class TestGrants:
    """Whoever can write into the database copies grants back, or changes them."""

    @pytest.mark.parametrize("column", ["safe", "epoch", "state", "person", "holder_safe"])
    def test_a_grant_that_was_moved_does_not_open(self, column: str, world: World) -> None:
        ines = world.openers["ines"]
        state = State.DORMANT if column == "state" else State.ACTIVE
        holder = Holder(ines.public, world["ines"], state)
        safe = actions.make_safe("concern", holders=[holder]).safe
        other = safe_of(world, "olga")
        row, elsewhere = write(safe, b"CANARY"), write(other, b"OTHER")
        changes: dict[str, object] = {
            "safe": {"safe": other},
            "epoch": {"epoch": 2},
            "state": {"state": State.ACTIVE},
            "person": {"person": world["olga"]},
            "holder_safe": {"person": None, "holder_safe": other},
        }
        Grant.objects.filter(safe=safe).update(**changes[column])  # type: ignore[arg-type] # columns
        assert reads_nothing(ines, row)
        assert reads_nothing(ines, elsewhere)

    def test_a_grant_in_the_name_of_another_key_opens_for_nobody(self, world: World) -> None:
        safe, thief = safe_of(world, "olga"), stranger()
        row = write(safe, b"CANARY")
        Grant.objects.filter(safe=safe).update(holder=thief.public)
        with pytest.raises(sealing.SealBrokenError):
            read(thief, row)

    @pytest.mark.parametrize("how", ["key", "safe", "person"])
    def test_whoever_slipped_into_a_grant_is_left_behind_at_the_next_epoch(
        self, how: str, world: World
    ) -> None:
        safe, thief = safe_of(world, "olga", "omar"), stranger()
        theirs = actions.make_safe("case", holders=[Holder(thief.public)]).safe
        changed = Grant.objects.filter(safe=safe, person=world["omar"])
        match how:
            case "key":
                changed.update(holder=thief.public)
            case "safe":
                changed.update(holder_safe=theirs, person=None)
            case _:
                changed.update(person=world["otto"])
        actions.remove(safe, [])
        row = write(safe, b"LATER")
        assert read(world.openers["olga"], row) == b"LATER"
        for opener in (thief, world.openers["otto"], world.openers["omar"]):
            assert reads_nothing(opener, row)

    def test_a_removed_officer_with_old_copies_of_everything_reads_nothing_new(
        self, world: World, process: BecomeProcess
    ) -> None:
        safe, olga = safe_of(world, "olga", "omar"), world.openers["olga"]
        before = write(safe, b"BEFORE")
        grants = list(Grant.objects.filter(safe=safe))
        outer = OuterKey.objects.using("keystore").get(safe=safe.pk)
        actions.remove(safe, [world["olga"]])
        after = write(safe, b"AFTER")
        # the copy of the database and of the keystore is put back, and every grant in it
        Grant.objects.filter(safe=safe).delete()
        Grant.objects.bulk_create(grants)
        with process("owner"):
            OuterKey.objects.using("keystore").filter(safe=safe.pk).update(wrapped=outer.wrapped)
        assert read(olga, before) == b"BEFORE"
        assert read(olga, after) is None
        # a grant of the old epoch that is passed off as one of the new
        Grant.objects.filter(safe=safe, person=world["olga"]).update(epoch=2)
        with pytest.raises(sealing.SealBrokenError):
            read(olga, after)

    def test_removing_somebody_whose_grant_was_destroyed_still_works(self, world: World) -> None:
        safe = safe_of(world, "olga", "omar")
        Grant.objects.filter(safe=safe, person=world["omar"]).update(wrapped=b"\x01rubbish")
        actions.remove(safe, [world["omar"]])
        assert read(world.openers["olga"], write(safe, b"LATER")) == b"LATER"


class TestPublicKeys:
    """Whoever can write into the database puts a key of their own in another's place."""

    def swap(self, world: World, thief: Opener) -> None:
        UserKey.objects.filter(person=world["olga"]).update(public=thief.public)

    def add_newer(self, world: World, thief: Opener) -> None:
        self.insert(world, thief, epoch=2)

    def add_newer_with_a_copied_attestation(self, world: World, thief: Opener) -> None:
        key = self.insert(world, thief, epoch=2)
        old = Attestation.objects.get(key__person=world["olga"])
        with connection.cursor() as cursor:
            cursor.execute("SET ROLE ed_owner")
            Attestation.objects.create(key=key, signature=old.signature, at=old.at)
            cursor.execute("SET ROLE ed_web")

    def add_with_an_attestation_of_their_own(self, world: World, thief: Opener) -> None:
        key = self.insert(world, thief, epoch=2)
        signature = thief.signing_key.sign(rules.attestation(key.statement))
        with connection.cursor() as cursor:
            cursor.execute("SET ROLE ed_owner")
            Attestation.objects.create(key=key, signature=signature, at=world.now)
            cursor.execute("SET ROLE ed_web")

    def give_another_person_the_attested_key(self, world: World, _thief: Opener) -> None:
        UserKey.objects.filter(person=world["olga"]).delete()
        UserKey.objects.filter(person=world["otto"]).update(person=world["olga"])

    def insert(self, world: World, thief: Opener, *, epoch: int) -> UserKey:
        return UserKey.objects.create(
            person=world["olga"],
            epoch=epoch,
            public=thief.public,
            signer=thief.signer,
            wrapped=b"",
            salt=b"",
            key_id=1,
            made_at=world.now,
        )

    @pytest.mark.parametrize(
        "attack",
        [
            "swap",
            "add_newer",
            "add_newer_with_a_copied_attestation",
            "add_with_an_attestation_of_their_own",
            "give_another_person_the_attested_key",
        ],
    )
    def test_nothing_is_sealed_to_a_key_that_nobody_vouched_for(
        self, attack: str, world: World, process: BecomeProcess
    ) -> None:
        thief = stranger()
        with process("owner"):
            getattr(self, attack)(world, thief)
        concern, _ = world.file()
        keys_used = {bytes(grant.holder) for grant in concern.safe.grants.all()}
        assert thief.public not in keys_used
        assert world.openers["otto"].public not in keys_used
        assert not concern.safe.grants.filter(person=world["olga"]).exists()
        assert MissingGrant.objects.filter(safe=concern.safe, person=world["olga"]).exists()
        assert world.openers["omar"].public in keys_used

    def test_the_web_process_cannot_attest(self, world: World, process: BecomeProcess) -> None:
        key = UserKey.objects.get(person=world["olga"])
        with process("web"), pytest.raises(ProgrammingError):
            Attestation.objects.filter(key=key).update(signature=b"x")

    def test_forged_approvals_attest_nothing(self, world: World, process: BecomeProcess) -> None:
        thief = stranger()
        key = self.insert(world, thief, epoch=2)
        for name in ("omar", "adam"):
            mine = UserKey.objects.get(person=world[name])
            KeyApproval.objects.create(
                key=key,
                owner=world["olga"],
                by=world[name],
                by_key=mine,
                signature=thief.signing_key.sign(rules.approval(key.statement)),
                at=world.now,
            )
        with process("worker"):
            assert actions.attest_approved(now=world.now) == 0

    def test_an_approval_copied_from_another_key_counts_for_nothing(
        self, world: World, process: BecomeProcess
    ) -> None:
        give_key(world["stan"], is_attested=False)
        stan, thief = world["stan"].keys.get(), stranger()
        for name in ("omar", "adam"):
            actions.approve(stan.pk, by=world[name], opener=world.openers[name], now=world.now)
        forged = self.insert(world, thief, epoch=2)
        KeyApproval.objects.filter(key=stan).update(key=forged, owner=world["olga"])
        with process("worker"):
            assert actions.attest_approved(now=world.now) == 0

    @pytest.mark.parametrize("column", ["public", "epoch", "kind", "proof"])
    def test_nothing_is_written_into_a_safe_whose_key_was_swapped(
        self, column: str, world: World
    ) -> None:
        safe, thief = safe_of(world, "olga"), stranger()
        changes: dict[str, object] = {
            "public": thief.public,
            "epoch": 2,
            "kind": "case",
            "proof": b"x",
        }
        Safe.objects.filter(pk=safe.pk).update(**{column: changes[column]})
        swapped = Safe.objects.get(pk=safe.pk)
        with pytest.raises(sealing.SealBrokenError):
            actions.add(swapped, row=uuid4(), items={"body": b"CANARY"})
        with pytest.raises(sealing.SealBrokenError):
            Holder.of_safe(swapped)


class TestStolenCopies:
    """Whoever has a copy of both databases, and perhaps the keys of the server."""

    def test_without_the_master_key_not_even_a_holder_opens_anything(
        self, world: World, settings: LazySettings, tmp_path: Path
    ) -> None:
        row = write(safe_of(world, "olga"), b"CANARY")
        actions.make_key(world["stan"], passphrase=WORDS, by=SYSTEM, now=world.now)
        settings.KEYS = Folder(tmp_path)
        with pytest.raises(keys.KeyMissingError):
            read(world.openers["olga"], row)
        (tmp_path / keys.MASTER).write_text("07" * 32)
        with pytest.raises(sealing.SealBrokenError):
            read(world.openers["olga"], row)
        # a guess at a passphrase cannot even be tried
        with pytest.raises(RuleError):
            actions.unlock(world["stan"], passphrase=WORDS)

    def test_with_the_master_key_and_no_passphrase_nothing_opens(self, world: World) -> None:
        opener = actions.make_key(world["stan"], passphrase=WORDS, by=SYSTEM, now=world.now)
        holder = Holder(opener.public, world["stan"])
        dormant = Holder(world.openers["ines"].public, world["ines"], State.DORMANT)
        safe = actions.make_safe("concern", holders=[holder, dormant]).safe
        row = write(safe, b"CANARY")
        key = world["stan"].keys.get()
        layer = rules.server_layer(world["stan"].pk, key.key_id)
        binding = rules.key_binding(world["stan"].pk, 1, key.mode)
        peeled = sealing.decrypt(layer, bytes(key.wrapped), binding)
        outer = access.outer_keys([safe.pk])[safe.pk]
        assert opener.secret not in peeled
        known = [layer, outer, rules.release_key(outer), peeled[:32], peeled[-32:]]
        for grant in safe.grants.all():
            wrapper = outer if grant.state == State.ACTIVE else rules.release_key(outer)
            inner = sealing.decrypt(wrapper, bytes(grant.wrapped), grant.binding)
            assert len(inner) == sealing.SEALED_KEY_BYTES
            for secret in known:
                with pytest.raises(sealing.SealBrokenError):
                    sealing.unbox(secret, inner)
        assert all(read(Opener(secret), row) is None for secret in known)
        assert read(opener, row) == b"CANARY"

    def test_a_key_moved_to_somebody_else_does_not_open_for_them(self, world: World) -> None:
        actions.make_key(world["stan"], passphrase=WORDS, by=SYSTEM, now=world.now)
        sam = world.hire("sam", has_key=False)
        UserKey.objects.filter(person=world["stan"]).update(person=sam)
        with pytest.raises(RuleError):
            actions.unlock(sam, passphrase=WORDS)

    def test_a_key_declared_the_servers_own_by_hand_does_not_open(
        self, world: World, settings: LazySettings
    ) -> None:
        actions.make_key(world["stan"], passphrase=WORDS, by=SYSTEM, now=world.now)
        settings.MANAGED_KEYS = True
        UserKey.objects.filter(person=world["stan"]).update(mode="managed")
        assert actions.open_at_sign_in(world["stan"], password=None, now=world.now) is None


@pytest.mark.parametrize("through_a_case", [False, True])
def test_opening_300_items_takes_as_many_queries_as_opening_one(
    through_a_case: bool, world: World, django_assert_num_queries: object
) -> None:
    opener = world.openers["olga"]
    safe = safe_of(world, "omar" if through_a_case else "olga")
    if through_a_case:
        case = safe_of(world, "olga")
        holders = [Holder.of_safe(case)]
        actions.share(safe, opener=world.openers["omar"], holders=holders)
    rows = [write(safe, b"x") for _ in range(300)]
    for count in (1, 300):
        with django_assert_num_queries(3 if through_a_case else 2, connection=connection):  # type: ignore[operator] # pytest-django types it loosely
            found = access.open_items(opener, [(row, "body") for row in rows[:count]])
        assert len(found) == count
