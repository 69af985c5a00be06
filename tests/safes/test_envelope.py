"""The envelope: what it holds, what it hides, and that each version opens for ever."""

from collections.abc import Callable
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common import sealing
from safes.rules import SafeKey

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
# made once by the code of the forms that followed it (docs/adr/0019)
SHARED = (
    "02011b969c8ff87dbd4d501dd3b187abc7ac0ef0b2466cd6d59d3a1596f60a034e4c802b473967bfa6196c110f60"
    "5e27df8864325d820a715eaf80ab9d29d9843010598d0b487c8b6b952ac5cd759c862eec37b0fc5bd9f745edfae7"
    "1513f0130d61b258ecbc177f1d74dc4f3af663b74c66de9b4f571d4bad939ff3465e4be80f7dcb272647528b98e5"
    "e3fab4ce7e5f96ff869021cce9f208ad85f3320d9312240d9a363dfa9519ca9c9e37d9dd5ac4f7a42fb28921a573"
    "2942de2c8a89a9496a51e7cfc4c958b945c54ceda960c7e65be2703f1ea76ba5dc2a8bec4c63c4fed856aa67a131"
    "8e15ba1e00145ca586afdc30add9acddbaac1c06cdd6b5b3254e303bc32b5c05efbbf91678b0aa39f334566beb85"
    "2adbe36e87763df135f8a7e24cc0da35b144f472bf6a"
)
BOXED = (
    "034cc59a6f4550e45959f2fb06e526f9849f86255ad94bb54024aa070de7b8fc202d50a67029f45caad95f70191f"
    "891f58ac534cc2494b838a41562655f827c8626aef2ba480dba1b9f1c77cdf1269a8f00176c9b6172741a3e07090"
    "81937c11e467f94b728da43159371741ab671e444924f0fbee6f179b32347e132c14994cc2e726581e03ff15f9ef"
    "f35230346b987d901f4abe41911553cc682e594120c046e468ad9eb85b610b75cb05b1a34982cd30e390545212ea"
    "f45b2d3e6979f72f397d27613967c98052a3a6377fb3567e41080e27f3386b46c7c9a956c4d3dc12626ee5314fe8"
    "e6be74f7ef8be327472269b48e2b6410cc09692ca6e059867810666cc9ffbdcf51d460d9c40708bf5903560b621c"
    "40c4f8da7e9d1156055ce9d922039c5f4dbf7ddba30d8e4d8dd759fb23932ad85ffa19572d423096a331b6640988"
    "481943ae3934447d3ba6288155d706b08f3b5ef24abe1ee7523598b7e9a9ca8306e41102f04f3d0fac1097713f51"
    "fabafd4be50f04dc06ab"
)
Opens = Callable[[bytes, bytes], bytes]
OPENS: list[tuple[str, Opens]] = [
    (SEALED, partial(sealing.unseal, SECRET)),
    (SHARED, SafeKey(SECRET).unseal),
]
PASSPHRASE_KEY = "64658a2d2b718e250c1461167f35f476e7a52a615aaae820029659e673ca4e1d"


def test_what_version_1_made_still_opens() -> None:
    assert sealing.decrypt(KEY, bytes.fromhex(ENVELOPE), BOUND) == b"golden"
    assert sealing.unbox(SECRET, bytes.fromhex(BOX)) == KEY
    assert sealing.unseal(SECRET, bytes.fromhex(SEALED), BOUND) == b"golden"
    assert sealing.passphrase_key("four words of length", bytes(16)).hex() == PASSPHRASE_KEY


def test_what_the_forms_made_that_name_themselves_still_opens() -> None:
    assert SafeKey(SECRET).unseal(bytes.fromhex(SHARED), BOUND) == b"golden"
    assert sealing.unseal_boxed(SECRET, KEY, bytes.fromhex(BOXED), BOUND) == b"golden"


def test_what_names_no_form_opens_in_no_safe() -> None:
    with pytest.raises(sealing.SealBrokenError):
        SafeKey(SECRET).unseal(bytes.fromhex(SEALED), BOUND)


@pytest.mark.parametrize("whole", [SHARED, BOXED])
def test_a_form_that_is_passed_off_as_another_does_not_open(whole: str) -> None:
    key, sealed = SafeKey(SECRET), bytes.fromhex(whole)
    inner, boxed = sealed[-297:], sealed[1 : 1 + sealing.SEALED_KEY_BYTES]
    named = [bytes([form]) + sealed[1:] for form in range(256) if form != sealed[0]]
    # the same with another head, of every length that a form has
    headed = [sealing.SHARED + inner, sealing.BOXED + boxed + inner, boxed + inner]
    for changed in {*named, *headed} - {sealed}:
        with pytest.raises(sealing.SealBrokenError):
            key.unseal(changed, BOUND)


@pytest.mark.parametrize("version", [0, 2, 255])
def test_another_version_is_refused_and_never_guessed_at(version: int) -> None:
    changed = bytes([version]) + bytes.fromhex(ENVELOPE)[1:]
    with pytest.raises(sealing.SealBrokenError):
        sealing.decrypt(KEY, changed, BOUND)


@pytest.mark.parametrize(("form", "opens"), OPENS)
@given(st.data())
def test_one_changed_bit_anywhere_is_noticed(form: str, opens: Opens, data: st.DataObject) -> None:
    whole = bytes.fromhex(form)
    place = data.draw(st.integers(0, len(whole) - 1))
    changed = bytearray(whole)
    changed[place] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(sealing.SealBrokenError):
        opens(bytes(changed), BOUND)


@given(st.integers(0, len(SHARED) // 2 - 1))
def test_a_part_of_it_does_not_open(length: int) -> None:
    for whole, opens in [*OPENS, (BOXED, SafeKey(SECRET).unseal)]:
        with pytest.raises(sealing.SealBrokenError):
            opens(bytes.fromhex(whole)[:length], BOUND)


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
