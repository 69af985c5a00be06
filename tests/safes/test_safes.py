"""What is sealed opens for its holders, and for nobody else, however it is moved."""

import secrets
from collections.abc import Iterator

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from common import sealing
from common.errors import RuleError
from ledger.rules import SYSTEM
from safes import access, actions, rules
from safes.actions import Holder
from safes.models import Grant, OuterKey, Safe, Sealed, State
from safes.rules import Opener, Receipt
from tests.conftest import BecomeProcess
from tests.world import World

pytestmark = pytest.mark.req("SEC-1")
ROW = "1b671a64-40d5-491e-99b0-da01ff1f3341"


def opener() -> Opener:
    return Opener(sealing.new_secret())


@pytest.fixture
def world(world: World, process: BecomeProcess) -> Iterator[World]:
    """Play as the owner: the safes of these tests belong to no concern, so the web sees none."""
    with process("owner"):
        yield world


@pytest.fixture
def safe(world: World) -> tuple[Safe, Opener]:
    """Return a safe with one item, and who holds it."""
    holder = opener()
    fresh = actions.make_safe("concern", holders=[Holder(holder.public)])
    actions.add(fresh.safe, row=fresh.safe.pk, items={"narrative": b"CANARY"})
    return fresh.safe, holder


def read(safe: Safe, by: Opener) -> bytes | None:
    where = (safe.pk, "narrative")
    return access.open_items(by, [where]).get(where)


def test_a_holder_reads_and_a_stranger_does_not(safe: tuple[Safe, Opener]) -> None:
    assert read(safe[0], safe[1]) == b"CANARY"
    assert read(safe[0], opener()) is None


def test_without_the_keystore_nothing_opens(
    safe: tuple[Safe, Opener], process: BecomeProcess
) -> None:
    with process("worker"):
        OuterKey.objects.using("keystore").filter(safe=safe[0].pk).delete()
    assert read(safe[0], safe[1]) is None


def test_a_dormant_grant_opens_after_it_was_activated_without_the_secret(world: World) -> None:
    ines = world.openers["ines"]
    fresh = actions.make_safe(
        "concern", holders=[Holder(ines.public, world["ines"], State.DORMANT)]
    )
    actions.add(fresh.safe, row=fresh.safe.pk, items={"narrative": b"CANARY"})
    assert read(fresh.safe, ines) is None
    assert actions.activate(fresh.safe, world["ines"])
    assert read(fresh.safe, ines) == b"CANARY"


def test_a_dormant_grant_whose_state_was_changed_by_hand_does_not_open(world: World) -> None:
    ines = world.openers["ines"]
    fresh = actions.make_safe(
        "concern", holders=[Holder(ines.public, world["ines"], State.DORMANT)]
    )
    actions.add(fresh.safe, row=fresh.safe.pk, items={"narrative": b"CANARY"})
    Grant.objects.filter(safe=fresh.safe).update(state=State.ACTIVE)
    with pytest.raises(sealing.SealBrokenError):
        read(fresh.safe, ines)


def test_an_item_that_was_moved_to_another_row_or_field_does_not_open(
    safe: tuple[Safe, Opener],
) -> None:
    item = Sealed.objects.get(safe=safe[0])
    Sealed.objects.filter(pk=item.pk).update(field="summary")
    with pytest.raises(sealing.SealBrokenError):
        access.open_items(safe[1], [(safe[0].pk, "summary")])


def test_a_changed_ciphertext_does_not_open(safe: tuple[Safe, Opener]) -> None:
    item = Sealed.objects.get(safe=safe[0])
    changed = bytearray(bytes(item.ciphertext))
    changed[-1] ^= 1
    Sealed.objects.filter(pk=item.pk).update(ciphertext=bytes(changed))
    with pytest.raises(sealing.SealBrokenError):
        read(*safe)


def test_whoever_was_removed_does_not_read_what_comes_later(world: World) -> None:
    olga, omar = world.openers["olga"], world.openers["omar"]
    fresh = actions.make_safe(
        "concern",
        holders=[Holder(olga.public, world["olga"]), Holder(omar.public, world["omar"])],
    )
    copied = list(Grant.objects.filter(safe=fresh.safe, person=world["olga"]))
    actions.remove(fresh.safe, [world["olga"]])
    safe = Safe.objects.get(pk=fresh.safe.pk)
    actions.add(safe, row=safe.pk, items={"narrative": b"LATER"})
    Grant.objects.bulk_create(copied)  # somebody restores the old grant from a copy
    assert read(safe, omar) == b"LATER"
    assert read(safe, olga) is None


def test_a_case_opens_the_concerns_that_it_holds(world: World) -> None:
    reporter, lead = opener(), opener()
    concern = actions.make_safe("concern", holders=[Holder(reporter.public)])
    case = actions.make_safe("case", holders=[Holder(lead.public)])
    actions.add(concern.safe, row=concern.safe.pk, items={"narrative": b"CANARY"})
    assert read(concern.safe, lead) is None
    actions.share(concern.safe, opener=reporter, holders=[Holder.of_safe(case.safe)])
    assert read(concern.safe, lead) == b"CANARY"
    assert read(concern.safe, opener()) is None


def test_only_somebody_who_can_open_a_safe_can_share_it(safe: tuple[Safe, Opener]) -> None:
    with pytest.raises(access.NoGrantError):
        actions.share(safe[0], opener=opener(), holders=[Holder(opener().public)])


def test_opening_many_items_takes_the_same_number_of_queries(
    world: World, django_assert_num_queries: object
) -> None:
    holder = opener()
    made = actions.make_safes("concern", [[Holder(holder.public)]] * 20)
    for fresh in made:
        actions.add(fresh.safe, row=fresh.safe.pk, items={"narrative": b"x"})
    for count in (1, 20):
        with django_assert_num_queries(2, connection=connection):  # type: ignore[operator] # pytest-django types it loosely
            found = access.open_items(holder, [(f.safe.pk, "narrative") for f in made[:count]])
        assert len(found) == count


def test_a_key_opens_with_its_passphrase_and_with_no_other(world: World) -> None:
    made = actions.make_key(world["stan"], passphrase="a long passphrase", by=SYSTEM, now=world.now)
    assert actions.unlock(world["stan"], passphrase="a long passphrase") == made
    with pytest.raises(RuleError, match="does not open your key"):
        actions.unlock(world["stan"], passphrase="another passphrase")


@given(st.binary(max_size=5_000))
def test_padding_comes_off_again_and_hides_the_length(data: bytes) -> None:
    padded = sealing.pad(data)
    assert sealing.unpad(padded) == data
    assert len(padded) in sealing.BUCKETS


@given(st.binary(max_size=2_000), st.binary(max_size=50))
def test_what_was_sealed_opens_where_it_was_bound(data: bytes, bound_to: bytes) -> None:
    secret = sealing.new_secret()
    sealed = sealing.seal(sealing.public_of(secret), data, bound_to)
    assert sealing.unseal(secret, sealed, bound_to) == data
    with pytest.raises(sealing.SealBrokenError):
        sealing.unseal(secret, sealed, bound_to + b"x")
    with pytest.raises(sealing.SealBrokenError):
        sealing.unseal(sealing.new_secret(), sealed, bound_to)


class TestReceipt:
    """INT-3: the code with which a reporter comes back."""

    pytestmark = pytest.mark.req("INT-3")

    def test_it_holds_130_random_bits_and_two_check_symbols(self) -> None:
        receipt = Receipt.new()
        assert len(receipt.symbols) == 28
        assert len(receipt.groups) == 7
        assert Receipt.new() != receipt

    def test_it_is_understood_however_it_is_typed(self) -> None:
        receipt = Receipt.new()
        spaced = str(receipt).replace("-", " ").lower().replace("0", "o").replace("1", "l")
        assert Receipt.parse(f"  {spaced} ") == receipt

    @given(st.integers(0, 27), st.integers(1, 31))
    def test_one_wrong_symbol_is_noticed(self, place: int, by: int) -> None:
        symbols = Receipt.new().symbols
        wrong = rules.ALPHABET[(rules.ALPHABET.index(symbols[place]) + by) % 32]
        assert Receipt.parse(symbols[:place] + wrong + symbols[place + 1 :]) is None

    def test_nothing_else_is_a_receipt(self) -> None:
        for typed in ("", "hello", "U" * 28, "0" * 29, secrets.token_hex(20)):
            assert Receipt.parse(typed) is None

    def test_it_is_not_shown_by_accident(self) -> None:
        receipt = Receipt.new()
        assert receipt.symbols not in repr(receipt)
        assert "…" in repr(receipt.opener)
