"""The envelope: what it holds, what it hides, and that each version opens for ever."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common import sealing

pytestmark = pytest.mark.req("SEC-1")
KEY, SECRET, BOUND = bytes(range(32)), bytes(range(32, 64)), b"bound"
# made once by the code of version 1; they have to open for as long as anything of it may lie around
ENVELOPE = (
    "015119a3ad0e9bc54a173e38ecbd14149b3ed889f50b8130b93898bed176c313457767dda0f6ac6e3ab6f9b89fd7eb"
)
BOX = (
    "0bf67e341e103fdc03b1bf024d8e14dae158c340a02152ba82d73fa732c7c32edb139501406d36a7ebdb9310f4e1"
    "e7c37b363c87e40b40fc29e97795598c513d0af9c3235055a76b154cbf04410fee80"
)
SEALED = (
    "b93560c12d7aef8d1001fe71cf63d8938b7f6e8d8f1138f8608216ac584a502519069ccca183f709ea1f61c38174"
    "09fdf1dad41abfb056cfbff4ee03d59fd818f6a437f0492591d3a3993deb743dd70701ef5819a7628548a84ef020"
    "79522e5706cf7030e95b2ea0deb9e9ce8a61084c1bbde0e948bb92e1e3594a912841ed5c3cb2c7ec1ff623af4440"
    "644c9377473eaa5b92b861e52c38cf4ee745c381f7f501cc0e475a1f0f2b7314ff172be42a586c1780b4cbaf5696"
    "4f44b333196d9032a7c86929a48b46e5a84381f14e17bb05e60acb7d8f9bab1c6328b57064c1d73c9e111d54d349"
    "c078d9b410be537fd41d6131de575adf94682b6202ad9947f4fda3948e15a79b5c91aebbc7199c265fd5c8c15224"
    "f053b3d358d92359bfc74f24e3fcd59e0c0ed13ac7f76dcac5d86fb30dcf3f9a264cf4b91f62e65da5c71ca2c40b"
    "b609ed625a0dec0d5d5accfddbe2b6851095108917121c57e7b01ecb2f5cf10c30324b28017590f8a7cee215f58b"
    "d372c33b243ad90ccb"
)
PASSPHRASE_KEY = "64658a2d2b718e250c1461167f35f476e7a52a615aaae820029659e673ca4e1d"


def test_what_version_1_made_still_opens() -> None:
    assert sealing.decrypt(KEY, bytes.fromhex(ENVELOPE), BOUND) == b"golden"
    assert sealing.unbox(SECRET, bytes.fromhex(BOX)) == KEY
    assert sealing.unseal(SECRET, bytes.fromhex(SEALED), BOUND) == b"golden"
    assert sealing.passphrase_key("four words of length", bytes(16)).hex() == PASSPHRASE_KEY


@pytest.mark.parametrize("version", [0, 2, 255])
def test_another_version_is_refused_and_never_guessed_at(version: int) -> None:
    changed = bytes([version]) + bytes.fromhex(ENVELOPE)[1:]
    with pytest.raises(sealing.SealBrokenError):
        sealing.decrypt(KEY, changed, BOUND)


@given(st.data())
def test_one_changed_bit_anywhere_is_noticed(data: st.DataObject) -> None:
    whole = bytes.fromhex(SEALED)
    place = data.draw(st.integers(0, len(whole) - 1))
    changed = bytearray(whole)
    changed[place] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(sealing.SealBrokenError):
        sealing.unseal(SECRET, bytes(changed), BOUND)


@given(st.integers(0, len(SEALED) // 2 - 1))
def test_a_part_of_it_does_not_open(length: int) -> None:
    with pytest.raises(sealing.SealBrokenError):
        sealing.unseal(SECRET, bytes.fromhex(SEALED)[:length], BOUND)


@given(st.integers(0, 200_000))
def test_a_length_tells_its_bucket_and_nothing_else(length: int) -> None:
    padded = sealing.pad(bytes(length))
    largest = sealing.BUCKETS[-1]
    assert len(padded) in sealing.BUCKETS or len(padded) % largest == 0
    # the smallest that holds it
    smaller = [size for size in sealing.BUCKETS if size < len(padded)]
    assert length + 1 > max([*smaller, len(padded) - largest])


def test_two_texts_of_one_bucket_look_alike() -> None:
    public = sealing.public_of(SECRET)
    lengths = {len(sealing.seal(public, bytes(length), BOUND)) for length in (0, 1, 100, 255)}
    assert len(lengths) == 1
