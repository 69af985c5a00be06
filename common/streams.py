"""Seal a file piece by piece, so that no more than one piece is ever in memory.

libsodium's secretstream (XChaCha20-Poly1305): pieces of 64 KiB, each bound to the file's id, to
all before it and, in the last, to its being the last. A piece that is missing, moved, changed or
of another file, and a stream that was cut, do not open. The last piece is padded to a bucket, so
that the length of a file tells little.
"""

import os
from collections.abc import Iterable, Iterator
from uuid import UUID

import nacl.bindings as sodium
from nacl.exceptions import CryptoError

from common import sealing
from common.sealing import SealBrokenError

PIECE_BYTES = 65_536
HEAD_BYTES = sodium.crypto_secretstream_xchacha20poly1305_HEADERBYTES
KEY_BYTES = sodium.crypto_secretstream_xchacha20poly1305_KEYBYTES
_MORE = sodium.crypto_secretstream_xchacha20poly1305_TAG_MESSAGE
_LAST = sodium.crypto_secretstream_xchacha20poly1305_TAG_FINAL


def _binding(file_id: UUID) -> bytes:
    return f"file|v1|{file_id}".encode()


class Sealer:
    """Takes a file in any portions, gives its sealed pieces; `bundle` opens them again."""

    def __init__(self, file_id: UUID) -> None:
        key = os.urandom(KEY_BYTES)
        self._state = sodium.crypto_secretstream_xchacha20poly1305_state()
        head = sodium.crypto_secretstream_xchacha20poly1305_init_push(self._state, key)
        self._bound_to = _binding(file_id)
        self._rest = bytearray()
        self.bundle = key + head

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Yield the pieces that are full by now."""
        self._rest += data
        while len(self._rest) >= PIECE_BYTES:
            piece = bytes(self._rest[:PIECE_BYTES])
            del self._rest[:PIECE_BYTES]
            yield self._push(piece, _MORE)

    def end(self) -> bytes:
        """Return the last piece."""
        return self._push(sealing.pad(bytes(self._rest)), _LAST)

    def _push(self, piece: bytes, tag: int) -> bytes:
        return sodium.crypto_secretstream_xchacha20poly1305_push(
            self._state, piece, self._bound_to, tag
        )


def opened(bundle: bytes, file_id: UUID, pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the plaintext of sealed pieces, or raise `SealBrokenError` at the first wrong one."""
    state = sodium.crypto_secretstream_xchacha20poly1305_state()
    sodium.crypto_secretstream_xchacha20poly1305_init_pull(
        state, bundle[KEY_BYTES:], bundle[:KEY_BYTES]
    )
    is_ended = False
    for piece in pieces:
        if is_ended:
            msg = "there is more after the end"
            raise SealBrokenError(msg)
        try:
            plain, tag = sodium.crypto_secretstream_xchacha20poly1305_pull(
                state, piece, _binding(file_id)
            )
        except (CryptoError, ValueError, RuntimeError) as error:
            raise SealBrokenError from error
        is_ended = tag == _LAST
        yield sealing.unpad(plain) if is_ended else plain
    if not is_ended:
        msg = "the end is missing"
        raise SealBrokenError(msg)
